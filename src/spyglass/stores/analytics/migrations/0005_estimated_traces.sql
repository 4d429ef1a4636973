-- Whether some of the usage of a trace was counted here: lists of traces need not look at the observations for it.
ALTER TABLE traces {on_cluster} ADD COLUMN estimated Bool AFTER debug_count;
ALTER TABLE traces {on_cluster} UPDATE estimated = true WHERE (project_id, id) IN
(SELECT project_id, trace_id FROM observations WHERE usage_source = 'estimated')
SETTINGS mutations_sync = 1, allow_nondeterministic_mutations = 1;
