-- A month is a partition, so that retention drops whole ones. What lies outside of two decades shares one: a batch
-- with a span in every month that can be written would make thousands of parts, a fsync each (F47).
CREATE TABLE observations {on_cluster} (
    project_id LowCardinality(String),
    trace_id String,
    id String,
    start_time DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
    parent_id String,
    type LowCardinality(String),
    name LowCardinality(String),
    end_time Nullable(DateTime64(6, 'UTC')) CODEC(Delta, ZSTD(1)),
    completion_start_time Nullable(DateTime64(6, 'UTC')) CODEC(Delta, ZSTD(1)),
    environment LowCardinality(String),
    level LowCardinality(String),
    status_message String CODEC(ZSTD(1)),
    version LowCardinality(String),
    release LowCardinality(String),
    user_id String CODEC(ZSTD(1)),
    session_id String CODEC(ZSTD(1)),
    is_app_root Bool,
    model LowCardinality(String),
    model_parameters String CODEC(ZSTD(1)),
    prompt_name LowCardinality(String),
    prompt_version Nullable(Int64),
    input String CODEC(ZSTD(3)),
    output String CODEC(ZSTD(3)),
    metadata Map(LowCardinality(String), String) CODEC(ZSTD(3)),
    provided_usage Map(LowCardinality(String), UInt64) CODEC(ZSTD(1)),
    provided_cost Map(LowCardinality(String), Float64) CODEC(ZSTD(1)),
    tool_definitions Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    tool_calls Array(String) CODEC(ZSTD(1)),
    tool_call_names Array(LowCardinality(String)),
    experiment Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    service_name LowCardinality(String),
    service_version LowCardinality(String),
    scope_name LowCardinality(String),
    scope_version LowCardinality(String),
    sdk_language LowCardinality(String),
    source LowCardinality(String),
    public_key LowCardinality(String),
    sdk_name LowCardinality(String),
    sdk_version LowCardinality(String),
    prompt_id LowCardinality(String),
    model_id LowCardinality(String),
    usage Map(LowCardinality(String), UInt64) CODEC(ZSTD(1)),
    cost Map(LowCardinality(String), Decimal(38, 12)) CODEC(ZSTD(1)),
    total_cost Nullable(Decimal(38, 12)) CODEC(ZSTD(1)),
    pricing_tier LowCardinality(String),
    created_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
    updated_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
    merge_state String CODEC(ZSTD(1)),
    version_seq UInt64 CODEC(Delta, ZSTD(1)),
    is_deleted UInt8,
    -- Filters and texts: docs/decisions/0002. One filter covers 8 x 1,024 rows: looking into a filter costs the
    -- same whatever its size, so smaller ones would only be more to look into.
    -- by_trace: the spans of one trace when its time is not known.
    INDEX by_trace trace_id TYPE bloom_filter(0.001) GRANULARITY 8,
    -- by_id: the applier asks for hundreds of ids at once, most of them new; at 0.001 each hit a third of the
    -- filters by chance. This rate is out of reach: it makes the engine take its best, 20 bits a value.
    INDEX by_id id TYPE bloom_filter(0.0000001) GRANULARITY 8,
    -- by_session, by_user, by_value: lists filtered by a value that is rare; they cost a byte a row together.
    INDEX by_session session_id TYPE bloom_filter(0.01) GRANULARITY 8,
    INDEX by_user user_id TYPE bloom_filter(0.01) GRANULARITY 8,
    INDEX by_value mapValues(metadata) TYPE bloom_filter(0.001) GRANULARITY 8
)
ENGINE = {replacing}
PARTITION BY if(toYear(start_time) BETWEEN 2020 AND 2039, toYYYYMM(start_time), 0)
ORDER BY (project_id, start_time, trace_id, id)
SETTINGS {durable}, index_granularity = 1024;

CREATE TABLE traces {on_cluster} (
    project_id LowCardinality(String),
    id String,
    timestamp DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
    name LowCardinality(String),
    environment LowCardinality(String),
    user_id String CODEC(ZSTD(1)),
    session_id String CODEC(ZSTD(1)),
    release LowCardinality(String),
    version LowCardinality(String),
    tags Array(LowCardinality(String)),
    public Bool,
    bookmarked Bool,
    input String CODEC(ZSTD(3)),
    output String CODEC(ZSTD(3)),
    metadata Map(LowCardinality(String), String) CODEC(ZSTD(3)),
    observation_count UInt64,
    first_start Nullable(DateTime64(6, 'UTC')) CODEC(Delta, ZSTD(1)),
    last_end Nullable(DateTime64(6, 'UTC')) CODEC(Delta, ZSTD(1)),
    error_count UInt64,
    warning_count UInt64,
    default_count UInt64,
    debug_count UInt64,
    usage Map(LowCardinality(String), UInt64) CODEC(ZSTD(1)),
    total_cost Nullable(Decimal(38, 12)) CODEC(ZSTD(1)),
    input_preview String CODEC(ZSTD(1)),
    output_preview String CODEC(ZSTD(1)),
    created_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
    updated_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
    merge_state String CODEC(ZSTD(1)),
    version_seq UInt64 CODEC(Delta, ZSTD(1)),
    is_deleted UInt8,
    -- by_id: as in observations; a filter covers 32 x 256 rows.
    INDEX by_id id TYPE bloom_filter(0.0000001) GRANULARITY 32,
    -- by_session, by_user, by_value: a rare value lies in few of the blocks of 4 x 256 rows; a frequent one lies in
    -- all of them and is found by reading from the newest row on.
    INDEX by_session session_id TYPE bloom_filter(0.01) GRANULARITY 4,
    INDEX by_user user_id TYPE bloom_filter(0.01) GRANULARITY 4,
    INDEX by_value mapValues(metadata) TYPE bloom_filter(0.001) GRANULARITY 4,
    -- in_input, in_output: full-text search over traces; a filter must say lower(input), like the index.
    -- Observations have none: it would cost them 320 bytes a row and double the work of an insert.
    INDEX in_input lower(input) TYPE text(tokenizer = 'splitByNonAlpha'),
    INDEX in_output lower(output) TYPE text(tokenizer = 'splitByNonAlpha')
)
ENGINE = {replacing}
PARTITION BY if(toYear(timestamp) BETWEEN 2020 AND 2039, toYYYYMM(timestamp), 0)
ORDER BY (project_id, timestamp, id)
SETTINGS {durable}, index_granularity = 256;

CREATE TABLE scores {on_cluster} (
    project_id LowCardinality(String),
    id String,
    timestamp DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
    name LowCardinality(String),
    value Nullable(Float64),
    string_value String CODEC(ZSTD(1)),
    long_string_value String CODEC(ZSTD(1)),
    data_type LowCardinality(String),
    source LowCardinality(String),
    environment LowCardinality(String),
    trace_id String,
    observation_id String,
    session_id String CODEC(ZSTD(1)),
    dataset_run_id String CODEC(ZSTD(1)),
    comment String CODEC(ZSTD(1)),
    metadata Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    config_id LowCardinality(String),
    queue_id LowCardinality(String),
    author_user_id LowCardinality(String),
    execution_trace_id String CODEC(ZSTD(1)),
    public_key LowCardinality(String),
    sdk_name LowCardinality(String),
    sdk_version LowCardinality(String),
    created_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
    updated_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
    merge_state String CODEC(ZSTD(1)),
    version_seq UInt64 CODEC(Delta, ZSTD(1)),
    is_deleted UInt8,
    -- by_id: as in observations. by_trace, by_observation: the scores of what a page shows.
    INDEX by_id id TYPE bloom_filter(0.0000001) GRANULARITY 8,
    INDEX by_trace trace_id TYPE bloom_filter(0.001) GRANULARITY 8,
    INDEX by_observation observation_id TYPE bloom_filter(0.001) GRANULARITY 8
)
ENGINE = {replacing}
PARTITION BY if(toYear(timestamp) BETWEEN 2020 AND 2039, toYYYYMM(timestamp), 0)
ORDER BY (project_id, timestamp, id)
SETTINGS {durable}, index_granularity = 1024;
