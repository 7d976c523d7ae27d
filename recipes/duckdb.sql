-- The states of states.jsonl, which `execwire gateway` writes, as states.parquet; and the newest of each
-- execution. Columns are named, as what is guessed from the first lines is wrong for later ones.
--
-- SPDX-License-Identifier: Apache-2.0

CREATE VIEW states AS SELECT * FROM read_json('states.jsonl', format = 'newline_delimited', columns = {
    compute_reference: 'VARCHAR',
    create_time: 'TIMESTAMP',   -- of microseconds; TIMESTAMP_NS has no year 1, which is Go's zero time
    desired_state: 'INTEGER',
    job_id: 'VARCHAR',          -- a UUID as a rule, not always
    node_id: 'VARCHAR',
    published_results: 'STRUCT(cid VARCHAR, metadata MAP(VARCHAR, VARCHAR), name VARCHAR, path VARCHAR, read_write BOOLEAN,
        repo VARCHAR, s3 STRUCT(bucket VARCHAR, checksum VARCHAR, endpoint VARCHAR, "key" VARCHAR, region VARCHAR, version_id VARCHAR),
        source_path VARCHAR, storage_source INTEGER, url VARCHAR)',
    run_output: 'STRUCT(exit_code BIGINT, runner_error VARCHAR, "stderr" VARCHAR, stderrtruncated BOOLEAN, "stdout" VARCHAR,
        stdouttruncated BOOLEAN)',
    state: 'INTEGER',
    status: 'VARCHAR',
    update_time: 'TIMESTAMP',
    version: 'BIGINT'});

COPY states TO 'states.parquet' (FORMAT parquet, COMPRESSION zstd);

SELECT arg_max(s, s.version) AS state
FROM read_parquet('states.parquet') AS s
GROUP BY s.node_id, s.job_id, s.compute_reference
ORDER BY s.node_id, s.job_id, s.compute_reference;
