// States as JavaScript has them: what encode takes, what it refuses, and what decode gives.
//
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";

import { execwire, failure, hex } from "./support.js";

const { decode, encode, fromJSON, ExecwireError } = execwire;

test("a state is the same bytes as its JSON", () => {
  const state = {
    job_id: "j", node_id: "", version: 3, state: 7, desired_state: "running", create_time: "2024-05-07T09:41:26.000000001Z",
    run_output: { exit_code: -1, stdout: "-3.4 °C\n", stderrtruncated: false },
    published_results: { metadata: { b: "2", a: "1" }, s3: {} },
  };
  assert.equal(hex(encode(state)), hex(fromJSON(JSON.stringify(state))));
});

test("undefined and null are the same as an absent field", () => {
  assert.equal(encode({ state: undefined, run_output: null, version: null }).length, 0);
  assert.deepEqual(decode(new Uint8Array()), {});
});

test("int64 is exact: a number where it can be, else a bigint", () => {
  const edge = Number.MAX_SAFE_INTEGER;
  for (const value of [0, 1, -1, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 2 ** 32, -(2 ** 32), edge, -edge]) {
    for (const version of [value, BigInt(value)]) {
      const bytes = encode({ version, run_output: { exit_code: version } });
      assert.equal(hex(bytes), hex(fromJSON(`{"version":${value},"run_output":{"exit_code":${value}}}`)));
      assert.deepEqual(decode(bytes), { version: value, run_output: { exit_code: value } });
    }
  }
  for (const value of [2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n), 0x123456789abcdefn]) {
    const bytes = encode({ version: value });
    assert.equal(hex(bytes), hex(fromJSON(`{"version":${value}}`)));
    assert.equal(decode(bytes).version, value);
  }
});

test("enums are numbers, also without a name; encode takes names", () => {
  assert.deepEqual(decode(encode({ state: 12345 })), { state: 12345 });
  assert.deepEqual(decode(encode({ state: "Completed" })), { state: 7 });
  assert.deepEqual(decode(encode({ state: "EXECUTION_STATE_FAILED" })), { state: 8 });
  assert.equal(execwire.ExecutionStateType.EXECUTION_STATE_FAILED, 8);
  assert.equal(execwire.StorageSourceType.STORAGE_SOURCE_S3, 8);
  assert.ok(Object.isFrozen(execwire.ExecutionDesiredState));
});

test("times are text to the nanosecond; a Date is taken", () => {
  const time = "2023-10-17T12:28:08.123456789Z";
  assert.deepEqual(decode(encode({ create_time: time })), { create_time: time });
  assert.deepEqual(decode(encode({ create_time: "2023-10-17T14:28:08.5+02:00" })), { create_time: "2023-10-17T12:28:08.5Z" });
  assert.deepEqual(decode(encode({ create_time: new Date(1.5e12) })), { create_time: "2017-07-14T02:40:00Z" });
});

test("text is any Unicode", () => {
  for (const status of ["", "\0", "\ufeff", "a\ufeffb", "é", "€", "𝄞", "aé€𝄞z", "\ufffd", "\u{10ffff}"]) {
    const state = { job_id: status, status, run_output: { stdout: status + status, stderr: "" } };
    assert.deepEqual(decode(encode(state)), state);
    assert.equal(hex(encode(state)), hex(fromJSON(JSON.stringify(state))));
  }
});

test("keys of metadata are any text, __proto__ too", () => {
  const metadata = JSON.parse('{"__proto__":"x","constructor":"y","é":"𝄞","10":"a","9":"b","":""}');
  const state = { published_results: { metadata } };
  const again = decode(encode(state));
  assert.equal(hex(encode(again)), hex(fromJSON(JSON.stringify(state))));
  assert.deepEqual(Object.entries(again.published_results.metadata).sort(), Object.entries(metadata).sort());
  assert.equal(Object.getPrototypeOf(again.published_results.metadata), Object.prototype);
});

const refusals = [
  [null, "EXECWIRE_ERROR_EXPECTED_OBJECT 0"],
  [[], "EXECWIRE_ERROR_EXPECTED_OBJECT 0"],
  ["{}", "EXECWIRE_ERROR_EXPECTED_OBJECT 0"],
  [{ run_output: 7 }, "EXECWIRE_ERROR_EXPECTED_OBJECT 0 /RunOutput"],
  [{ run_output: [] }, "EXECWIRE_ERROR_EXPECTED_OBJECT 0 /RunOutput"],
  [{ published_results: { metadata: "x" } }, "EXECWIRE_ERROR_EXPECTED_OBJECT 0 /PublishedResults/Metadata"],
  [{ published_results: { metadata: { "a/~b": 1 } } }, "EXECWIRE_ERROR_EXPECTED_STRING 0 /PublishedResults/Metadata/a~1~0b"],
  [{ stat: 1 }, "EXECWIRE_ERROR_UNKNOWN_KEY 0 /stat"],
  [{ JobID: "x" }, "EXECWIRE_ERROR_UNKNOWN_KEY 0 /JobID"],
  [{ run_output: { "a/\n": 1 } }, "EXECWIRE_ERROR_UNKNOWN_KEY 0 /RunOutput/a~1?"],
  [JSON.parse('{"__proto__":1}'), "EXECWIRE_ERROR_UNKNOWN_KEY 0 /__proto__"],
  [{ job_id: 7 }, "EXECWIRE_ERROR_EXPECTED_STRING 0 /JobID"],
  [{ job_id: "aé\ud800b" }, "EXECWIRE_ERROR_UTF8 3 /JobID"],
  [{ job_id: "\ud834", node_id: "\udd1e" }, "EXECWIRE_ERROR_UTF8 0 /JobID"],
  [{ published_results: { metadata: { "\udd1e": "" } } }, "EXECWIRE_ERROR_UTF8 0 /PublishedResults/Metadata/\udd1e"],
  [{ version: "7" }, "EXECWIRE_ERROR_EXPECTED_INTEGER 0 /Version"],
  [{ version: NaN }, "EXECWIRE_ERROR_EXPECTED_INTEGER 0 /Version"],
  [{ version: Infinity }, "EXECWIRE_ERROR_EXPECTED_INTEGER 0 /Version"],
  [{ version: 1.5 }, "EXECWIRE_ERROR_INTEGER_FRACTION 0 /Version"],
  [{ version: 2 ** 53 }, "EXECWIRE_ERROR_INTEGER_RANGE 0 /Version"],
  [{ version: 2n ** 63n }, "EXECWIRE_ERROR_INTEGER_RANGE 0 /Version"],
  [{ version: -(2n ** 63n) - 1n }, "EXECWIRE_ERROR_INTEGER_RANGE 0 /Version"],
  [{ run_output: { exit_code: true } }, "EXECWIRE_ERROR_EXPECTED_INTEGER 0 /RunOutput/exitCode"],
  [{ run_output: { stdouttruncated: 1 } }, "EXECWIRE_ERROR_EXPECTED_BOOL 0 /RunOutput/stdouttruncated"],
  [{ state: 1.5 }, "EXECWIRE_ERROR_EXPECTED_ENUM 0 /State"],
  [{ state: 7n }, "EXECWIRE_ERROR_EXPECTED_ENUM 0 /State"],
  [{ state: -1 }, "EXECWIRE_ERROR_ENUM_RANGE 0 /State"],
  [{ state: 2 ** 31 }, "EXECWIRE_ERROR_ENUM_RANGE 0 /State"],
  [{ state: "Done" }, "EXECWIRE_ERROR_ENUM_NAME 0 /State"],
  [{ create_time: 7 }, "EXECWIRE_ERROR_EXPECTED_TIME 0 /CreateTime"],
  [{ create_time: new Date(NaN) }, "EXECWIRE_ERROR_EXPECTED_TIME 0 /CreateTime"],
  [{ create_time: new Date(-1e14) }, "EXECWIRE_ERROR_TIME_SYNTAX 0 /CreateTime"],
  [{ create_time: "2023-13-17T12:28:08Z" }, "EXECWIRE_ERROR_TIME_FIELD 5 /CreateTime"],
  [{ create_time: "0000-12-31T23:59:59Z" }, "EXECWIRE_ERROR_TIME_RANGE 0 /CreateTime"],
];

for (const [state, expected] of refusals) {
  test("refused: " + expected, () => assert.equal(failure(() => encode(state)), expected));
}

test("an error says all of it to a person", () => {
  try {
    encode({ run_output: { exit_code: "none" } });
    assert.fail();
  } catch (error) {
    assert.ok(error instanceof ExecwireError && error instanceof Error);
    assert.equal(String(error), "ExecwireError: /RunOutput/exitCode: expected an integer, found a string");
    assert.equal(error.found, "a string");
  }
});
