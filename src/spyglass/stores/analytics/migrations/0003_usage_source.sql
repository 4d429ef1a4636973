-- Where the usage of an observation comes from: empty when its sender stated it, `estimated` when its texts were
-- counted here.
ALTER TABLE observations {on_cluster} ADD COLUMN usage_source LowCardinality(String) AFTER usage;
