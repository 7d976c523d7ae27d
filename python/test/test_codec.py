# SPDX-License-Identifier: Apache-2.0
"""Bytes, states and JSON: the vectors, and the C library on whatever is wrong."""
import array
import dataclasses
import itertools
import json
import re
import threading
import unittest

from support import ROOT, VECTORS, execwire, failure, protobuf_class, result, results, run
from execwire import ExecutionState, StorageSpec, decode, encode, from_json, json_to_bytes, to_json

CHANGES = (0x01, 0x02, 0x07, 0x08, 0x20, 0x80, 0xFF)


def damaged(data):
    """An input with each of its bytes changed, left out, or all that follows cut off."""
    for i, byte in enumerate(data):
        yield data[:i]
        yield data[:i] + data[i + 1:]
        for change in CHANGES:
            yield data[:i] + bytes([byte ^ change]) + data[i + 1:]


def present(message):
    """A dataclass as the documents have it: what is absent is not there."""
    return {name: present(value) if dataclasses.is_dataclass(value) else value
            for name in (field.name for field in dataclasses.fields(message))
            if (value := getattr(message, name)) is not None}


def as_protobuf(message):
    """The same of python3-protobuf's message."""
    found = {}
    for field, value in message.ListFields():
        if field.message_type is None:
            found[field.json_name if field.name.startswith("std_") else field.name] = value
        elif field.message_type.name == "Timestamp":
            text = value.ToJsonString()[:-1]
            found[field.name] = (text.rstrip("0") if "." in text else text) + "Z"
        elif field.message_type.GetOptions().map_entry:
            found[field.name] = dict(value)
        else:
            found[field.name] = as_protobuf(value)
    return found


class Vectors(unittest.TestCase):
    def test_there_are_some(self):
        self.assertGreaterEqual(len(VECTORS), 16)

    def test_bytes(self):
        for name, (text, data) in VECTORS.items():
            with self.subTest(name):
                self.assertEqual(json_to_bytes(text), data)
                self.assertEqual(json_to_bytes(text.encode()), data)
                self.assertEqual(encode(from_json(text)), data)
                self.assertEqual(encode(decode(data)), data)

    def test_states_are_what_protobuf_reads(self):
        reader = protobuf_class()
        for name, (_, data) in VECTORS.items():
            with self.subTest(name):
                self.assertEqual(present(decode(data)), as_protobuf(reader.FromString(data)))

    def test_states_are_what_json_says(self):
        for name, (_, data) in VECTORS.items():
            with self.subTest(name):
                self.assertEqual(present(decode(data)), json.loads(to_json(data)))

    def test_json_is_the_commands(self):
        for name, (_, data) in VECTORS.items():
            for form, enums, pretty in itertools.product(("documented", "api"), ("numbers", "names"), (False, True)):
                args = ["decode", "--single", "--form", form, "--enums", enums[:-1]] + ["--pretty"] * pretty
                with self.subTest(name, form=form, enums=enums, pretty=pretty):
                    theirs = run(args, data).decode()
                    self.assertEqual(to_json(data, form=form, enums=enums, pretty=pretty) + "\n", theirs)
                    self.assertEqual(to_json(decode(data), form=form, enums=enums, pretty=pretty) + "\n", theirs)

    def test_readings(self):
        """tests/readings.txt: the canonical bytes of other runtimes' bytes."""
        lines = [line.split() for line in (ROOT / "tests/readings.txt").read_text().splitlines()
                 if line and not line.startswith("#")]
        self.assertGreater(len(lines), 20)
        for data, canonical in (["" if text == "-" else text for text in line[:2]] for line in lines):
            self.assertEqual(encode(decode(bytes.fromhex(data))).hex(), canonical)


class SameAsC(unittest.TestCase):
    """Code, offset, path and found of whatever is wrong."""

    def same(self, kind, call, inputs):
        inputs = list(inputs)
        theirs = results((kind, data) for data in inputs)
        self.assertEqual(len(theirs), len(inputs))
        for data, expected in zip(inputs, theirs):
            self.assertEqual(result(lambda: call(data)), expected, data.hex())
        return {line.split()[0] for line in theirs}, len(inputs)

    def test_damaged_bytes(self):
        inputs = itertools.chain.from_iterable(damaged(data) for _, data in VECTORS.values())
        codes, count = self.same("decode", lambda data: encode(decode(data)), inputs)
        self.assertGreater(count, 20000)
        self.assertGreater(len(codes), 8)

    def test_damaged_json(self):
        inputs = itertools.chain.from_iterable(damaged(text.encode()) for text, _ in VECTORS.values())
        codes, count = self.same("json", json_to_bytes, inputs)
        self.assertGreater(count, 20000)
        self.assertGreater(len(codes), 15)

    def test_corpora(self):
        for folder, kind, call in (("differential", "decode", lambda data: encode(decode(data))),
                                   ("json", "json", json_to_bytes), ("json", "json", lambda data: encode(from_json(data)))):
            files = [path.read_bytes() for path in sorted((ROOT / "fuzz/corpus" / folder).iterdir())]
            self.assertGreater(len(files), 20)
            self.same(kind, call, files)


class Inputs(unittest.TestCase):
    def test_any_bytes_are_taken(self):
        data = VECTORS["everything"][1]
        expected = decode(data)
        around = bytearray(b"____" + data + b"____")
        for view in (bytearray(data), memoryview(data), memoryview(around)[4:-4], array.array("B", data)):
            self.assertEqual(decode(view), expected)
        for wrong in ("0a", None, 7, [10]):
            self.assertRaises(TypeError, decode, wrong)

    def test_what_was_given_out_stays(self):
        first, state = json_to_bytes('{"status":"first"}'), from_json('{"status":"fi\\u0072st"}')
        for i in range(10):
            from_json('{"status":"%s"}' % ("x" * 1000 * i))
        self.assertEqual((first, state.status), (b"\x4a\x05first", "first"))

    def test_large_ones(self):
        status = "\x01" * 300000 + "€𝄞é"
        state = ExecutionState(status=status)
        self.assertEqual(decode(encode(state)), state)
        self.assertEqual(json.loads(to_json(state))["status"], status)
        self.assertEqual(from_json(json.dumps({"status": status})), state)
        state = ExecutionState(published_results=StorageSpec(metadata={"key %d" % i: "é%d" % i for i in range(5000)}))
        self.assertEqual(decode(encode(state)), state)
        metadata = {"key %d" % i: "" for i in range(20000)}
        self.assertEqual(from_json(json.dumps({"published_results": {"metadata": metadata}})).published_results.metadata, metadata)

    def test_options(self):
        self.assertEqual(from_json('{"a":{"b":[1]},"State":"New","c":2}', ignore_unknown=True), ExecutionState(state=1))
        self.assertEqual(json_to_bytes('{"State":"New","c":2}', ignore_unknown=True).hex(), "4001")
        self.assertEqual(failure(lambda: from_json('{"a":1}')), "EXECWIRE_ERROR_UNKNOWN_KEY 1 /a")
        self.assertRaises(TypeError, to_json, b"", form="Api")
        self.assertRaises(TypeError, to_json, b"", enums="name")

    def test_half_a_surrogate_pair(self):
        for half in ("\ud800", "\udfff", "\udc00\ud800"):
            self.assertEqual(failure(lambda: from_json('{"status":"é%s"}' % half)), "EXECWIRE_ERROR_UTF8 13 /Status")

    def test_threads(self):
        """Each call has memory of its own."""
        wrong = []

        def work(i):
            state = ExecutionState(job_id="job %d" % i, status=str(i) * (50 * i + 1), version=i)
            for _ in range(300):
                if decode(encode(state)) != state or from_json(to_json(state)) != state:
                    wrong.append(i)
        threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])

    def test_versions(self):
        header = (ROOT / "include/execwire/execwire.h").read_text()
        parts = [re.search(r"VERSION_%s (\d+)" % part, header)[1] for part in ("MAJOR", "MINOR", "PATCH")]
        self.assertEqual(execwire.__version__, ".".join(parts))
        self.assertEqual(execwire.library_version, ".".join(parts))


if __name__ == "__main__":
    unittest.main()
