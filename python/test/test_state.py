# SPDX-License-Identifier: Apache-2.0
"""States as Python has them: what encode takes, what it refuses, and what decode gives."""
import copy
import datetime
import json
import pickle
import unittest

from support import execwire, failure
from execwire import (ExecutionDesiredState, ExecutionState, ExecutionStateType, ExecwireError, RunCommandResult,
                      S3StorageSpec, StorageSourceType, StorageSpec, decode, encode, from_json, json_to_bytes)

NAMES = ("compute_reference create_time desired_state job_id node_id published_results run_output state status "
         "update_time version")  # the attributes of Bacalhau's SDK


class States(unittest.TestCase):
    def test_names_are_those_of_the_sdk(self):
        self.assertEqual(list(ExecutionState.__slots__), NAMES.split())
        self.assertEqual(list(RunCommandResult.__slots__),
                         ["exit_code", "runner_error", "stderr", "stderrtruncated", "stdout", "stdouttruncated"])

    def test_same_bytes_as_its_json(self):
        state = ExecutionState(
            job_id="j", node_id="", version=3, state=ExecutionStateType.COMPLETED,
            desired_state=ExecutionDesiredState.RUNNING, create_time="2024-05-07T09:41:26.000000001Z",
            run_output=RunCommandResult(exit_code=-1, stdout="-3.4 °C\n", stderrtruncated=False),
            published_results=StorageSpec(metadata={"b": "2", "a": "1"}, s3=S3StorageSpec()))
        self.assertEqual(encode(state), json_to_bytes(json.dumps({
            "job_id": "j", "node_id": "", "version": 3, "state": 7, "desired_state": "running",
            "create_time": "2024-05-07T09:41:26.000000001Z",
            "run_output": {"exit_code": -1, "stdout": "-3.4 °C\n", "stderrtruncated": False},
            "published_results": {"metadata": {"b": "2", "a": "1"}, "s3": {}}})))

    def test_none_is_absent(self):
        self.assertEqual(encode(ExecutionState()), b"")
        self.assertEqual(decode(b""), ExecutionState())
        self.assertIsNone(decode(b"").version)

    def test_integers_are_exact(self):
        for value in (0, 1, -1, 2**31, -2**31 - 1, 2**53 + 1, 2**63 - 1, -2**63, 0x123456789ABCDEF):
            state = ExecutionState(version=value, run_output=RunCommandResult(exit_code=value))
            self.assertEqual(encode(state), json_to_bytes('{"version":%d,"run_output":{"exit_code":%d}}' % (value, value)))
            self.assertEqual(decode(encode(state)), state)

    def test_enums(self):
        self.assertIs(decode(bytes.fromhex("4008")).state, ExecutionStateType.FAILED)
        self.assertEqual(ExecutionStateType.FAILED, 8)
        self.assertEqual(StorageSourceType.S3, 8)
        newer = decode(encode(ExecutionState(state=12345))).state
        self.assertEqual((type(newer), newer), (int, 12345))

    def test_times(self):
        time = "2023-10-17T12:28:08.123456789Z"
        self.assertEqual(decode(encode(ExecutionState(create_time=time))).create_time, time)
        zone = datetime.timezone(datetime.timedelta(hours=2))
        for given, expected in (("2023-10-17T14:28:08.5+02:00", "2023-10-17T12:28:08.5Z"),
                                (datetime.datetime(2017, 7, 14, 4, 40, 0, 250, zone), "2017-07-14T02:40:00.00025Z"),
                                (datetime.datetime(1, 1, 1, tzinfo=datetime.timezone.utc), "0001-01-01T00:00:00Z")):
            self.assertEqual(decode(encode(ExecutionState(update_time=given))).update_time, expected)

    def test_text_is_any_unicode(self):
        for text in ("", "\0", "\ufeff", "a\ufeffb", "é", "€", "𝄞", "aé€𝄞z", "\ufffd", "\U0010ffff"):
            state = ExecutionState(job_id=text, status=text, run_output=RunCommandResult(stdout=text * 2, stderr=""))
            self.assertEqual(decode(encode(state)), state)
            self.assertEqual(encode(state), json_to_bytes(json.dumps(
                {"job_id": text, "status": text, "run_output": {"stdout": text * 2, "stderr": ""}})))

    def test_metadata(self):
        metadata = {"é": "𝄞", "": "", "b": "1", "a": "2", "\ufffd": "x", "\U00010000": "y"}
        state = ExecutionState(published_results=StorageSpec(metadata=metadata))
        self.assertEqual(decode(encode(state)).published_results.metadata, metadata)
        self.assertEqual(encode(state), json_to_bytes(json.dumps({"published_results": {"metadata": metadata}})))
        empty = ExecutionState(published_results=StorageSpec(metadata={}))
        self.assertIsNone(decode(encode(empty)).published_results.metadata)

    def test_as_objects(self):
        state = ExecutionState(job_id="j", state=ExecutionStateType.NEW, run_output=RunCommandResult(exit_code=0))
        self.assertEqual(repr(state), "ExecutionState(job_id='j', run_output=RunCommandResult(exit_code=0), "
                                      "state=<ExecutionStateType.NEW: 1>)")
        for other in (copy.copy(state), copy.deepcopy(state), pickle.loads(pickle.dumps(state))):
            self.assertEqual(other, state)
        self.assertNotEqual(ExecutionState(version=0), ExecutionState())
        with self.assertRaises(AttributeError):
            state.jobid = "x"
        self.assertRaises(TypeError, ExecutionState, JobID="x")
        self.assertRaises(TypeError, ExecutionState, "x")


class S(str):
    """A str all the same."""


def output(**members):
    return ExecutionState(run_output=RunCommandResult(**members))


def results(**members):
    return ExecutionState(published_results=StorageSpec(**members))


REFUSED = [
    (None, "EXPECTED_OBJECT 0"), ([], "EXPECTED_OBJECT 0"), ({}, "EXPECTED_OBJECT 0"),
    (RunCommandResult(), "EXPECTED_OBJECT 0"),
    (ExecutionState(run_output=7), "EXPECTED_OBJECT 0 /RunOutput"),
    (ExecutionState(run_output={}), "EXPECTED_OBJECT 0 /RunOutput"),
    (results(metadata="x"), "EXPECTED_OBJECT 0 /PublishedResults/Metadata"),
    (results(metadata={"a/~b\n": 1}), "EXPECTED_STRING 0 /PublishedResults/Metadata/a~1~0b?"),
    (results(metadata={1: "a"}), "EXPECTED_STRING 0 /PublishedResults/Metadata"),
    (ExecutionState(job_id=7), "EXPECTED_STRING 0 /JobID"),
    (ExecutionState(job_id=b"x"), "EXPECTED_STRING 0 /JobID"),
    (ExecutionState(job_id="aé\ud800b"), "UTF8 3 /JobID"),
    (ExecutionState(job_id="\ud834", node_id="\udd1e"), "UTF8 0 /JobID"),
    (results(metadata={"\udd1e": ""}), "UTF8 0 /PublishedResults/Metadata/???"),
    (ExecutionState(version="7"), "EXPECTED_INTEGER 0 /Version"),
    (ExecutionState(version=7.0), "EXPECTED_INTEGER 0 /Version"),
    (ExecutionState(version=2**63), "INTEGER_RANGE 0 /Version"),
    (ExecutionState(version=-2**63 - 1), "INTEGER_RANGE 0 /Version"),
    (output(exit_code=True), "EXPECTED_INTEGER 0 /RunOutput/exitCode"),
    (output(stdouttruncated=1), "EXPECTED_BOOL 0 /RunOutput/stdouttruncated"),
    (ExecutionState(state=1.5), "EXPECTED_ENUM 0 /State"),
    (ExecutionState(state="Completed"), "EXPECTED_ENUM 0 /State"),
    (ExecutionState(state=True), "EXPECTED_ENUM 0 /State"),
    (ExecutionState(state=-1), "ENUM_RANGE 0 /State"),
    (ExecutionState(state=2**31), "ENUM_RANGE 0 /State"),
    (ExecutionState(create_time=7), "EXPECTED_TIME 0 /CreateTime"),
    (ExecutionState(create_time=datetime.datetime(2023, 1, 1)), "EXPECTED_TIME 0 /CreateTime"),
    (ExecutionState(create_time="2023-13-17T12:28:08Z"), "TIME_FIELD 5 /CreateTime"),
    (ExecutionState(create_time="0000-12-31T23:59:59Z"), "TIME_RANGE 0 /CreateTime"),
    (ExecutionState(create_time="\ud800"), "TIME_SYNTAX 0 /CreateTime"),
]


class Refusals(unittest.TestCase):
    def test_each(self):
        for state, expected in REFUSED:
            with self.subTest(expected):
                self.assertEqual(failure(lambda: encode(state)), "EXECWIRE_ERROR_" + expected)

    def test_an_error_says_all_of_it_to_a_person(self):
        with self.assertRaises(ExecwireError) as caught:
            encode(output(exit_code="none"))
        error = caught.exception
        self.assertEqual(str(error), "/RunOutput/exitCode: expected an integer, found a string")
        self.assertEqual(error.found, "a string")
        self.assertIsInstance(error, ValueError)
        again = pickle.loads(pickle.dumps(error))
        self.assertEqual((again.code, again.offset, again.path, str(again)), (error.code, 0, error.path, str(error)))

    def test_a_refused_state_leaves_nothing_behind(self):
        good = ExecutionState(status="good")
        for state, _ in REFUSED:
            failure(lambda: encode(state))
            self.assertEqual(encode(good).hex(), "4a04676f6f64")

    def test_subclasses_of_str_are_text(self):
        self.assertEqual(encode(ExecutionState(status=S("good"))).hex(), "4a04676f6f64")
        self.assertEqual(from_json(S('{"status":"good"}')).status, "good")


if __name__ == "__main__":
    unittest.main()
