-- The states of states.pb, a stream of `execwire gateway --protobuf`, in a table that keeps the newest of
-- each execution. What the schema says is read as it stands: `Protobuf` is messages after their lengths,
-- and of Kafka's messages, which have none, `ProtobufSingle` reads each.
--
-- SPDX-License-Identifier: Apache-2.0

CREATE TABLE states (
    node_id String,
    job_id String,
    compute_reference String,
    version Int64,
    state Int32,               -- no Enum: one number that is newer than the schema would fail the whole read
    desired_state Nullable(Int32),
    status Nullable(String),
    create_time Nullable(DateTime64(9, 'UTC')),
    update_time Nullable(DateTime64(9, 'UTC')),
    results Nullable(String),
    exit_code Nullable(Int64), -- absent is not 0
    stdout Nullable(String),
    stderr Nullable(String)
) ENGINE = ReplacingMergeTree(version) ORDER BY (node_id, job_id, compute_reference);

INSERT INTO states
WITH
    -- a DateTime64(9) begins in 1900; Go's zero time, which means none, is of the year 1
    (t -> if(t.1 BETWEEN -2208988800 AND 9223372035, fromUnixTimestamp64Nano(t.1 * 1000000000 + ifNull(t.2, 0), 'UTC'), NULL)) AS time
SELECT
    ifNull(node_id, ''), ifNull(job_id, ''), ifNull(compute_reference, ''), ifNull(version, 0), ifNull(state, 0),
    desired_state, status, time(create_time), time(update_time),
    published_results.1, run_output.1, run_output.2, run_output.3
FROM file('states.pb', 'Protobuf', '
    node_id Nullable(String),
    job_id Nullable(String),
    compute_reference Nullable(String),
    version Nullable(Int64),
    state Nullable(Int32),
    desired_state Nullable(Int32),
    status Nullable(String),
    create_time Tuple(seconds Nullable(Int64), nanos Nullable(Int32)),
    update_time Tuple(seconds Nullable(Int64), nanos Nullable(Int32)),
    published_results Tuple(name Nullable(String)),
    run_output Tuple(exit_code Nullable(Int64), std_out Nullable(String), std_err Nullable(String))')
SETTINGS format_schema = 'execution_state:ExecutionState';

-- the newest of each execution, whether it has been merged or not
SELECT * FROM states FINAL ORDER BY node_id, job_id, compute_reference FORMAT JSONEachRow;
