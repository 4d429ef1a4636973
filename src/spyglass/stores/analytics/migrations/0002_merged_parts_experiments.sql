-- The embedded engine removes parts as soon as a merge has replaced them (`old_parts_lifetime` is 0 there), and does
-- not force what it merged to the disk by itself: a power cut in between would lose rows that were durable.
ALTER TABLE observations {on_cluster} MODIFY SETTING min_compressed_bytes_to_fsync_after_merge = 1;
ALTER TABLE traces {on_cluster} MODIFY SETTING min_compressed_bytes_to_fsync_after_merge = 1;
ALTER TABLE scores {on_cluster} MODIFY SETTING min_compressed_bytes_to_fsync_after_merge = 1;
-- by_experiment: the spans of one experiment or dataset. Without it a list of runs reads every span since the dataset
-- was made (0.8 s in 3 million rows; with it 0.2 s, for 11 KB).
ALTER TABLE observations {on_cluster} ADD INDEX by_experiment mapValues(experiment) TYPE bloom_filter(0.001) GRANULARITY 8;
