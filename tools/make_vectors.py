#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the test vectors' bytes with python3-protobuf, so that nothing of ours is in them.

usage: make_vectors.py DESCRIPTOR_SET DIR [OUT_DIR]

For each NAME.json in DIR it writes NAME.pb into OUT_DIR (DIR unless given). DESCRIPTOR_SET is the
schema, from protoc --include_imports. The tests that use python3-protobuf import this file.
"""
import json
import pathlib
import re
import sys

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, timestamp_pb2


def squeeze(name):
    return name.replace("_", "").upper()


class Schema:
    """The schema as python3-protobuf has it."""

    def __init__(self, descriptor_set):
        self.files = descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(descriptor_set).read_bytes())
        self.ignored = 0  # keys that the schema does not have
        pool = descriptor_pool.DescriptorPool()
        for file in self.files.file:
            pool.Add(file)
        self.State = message_factory.MessageFactory(pool).GetPrototype(
            pool.FindMessageTypeByName("execwire.v1.ExecutionState"))

    @staticmethod
    def names(enum):
        """Documented names, whole and without what they all begin with: servers' names are the
        latter when case and underscores do not count."""
        numbers = {squeeze(value.name): value.number for value in enum.values}
        start = re.match(r"(.*?_(STATE|SOURCE)_)", enum.values[0].name).group(1)
        numbers.update({squeeze(value.name[len(start):]): value.number for value in enum.values})
        return numbers

    def message(self, text, ignore_unknown=False):
        """The message that a JSON document in either form means."""
        state = self.State()
        self.fill(state, json.loads(text), ignore_unknown)
        return state

    def fill(self, message, members, ignore_unknown):
        fields = {}
        for field in message.DESCRIPTOR.fields:
            fields[field.name] = fields[field.json_name] = field
        for key, value in members.items():
            if key not in fields and ignore_unknown:
                self.ignored += 1
            elif value is not None:
                self.put(message, fields[key], value, ignore_unknown)

    def put(self, message, field, value, ignore_unknown):
        if field.message_type is None:
            if field.enum_type is not None and isinstance(value, str):
                value = self.names(field.enum_type)[squeeze(value)]
            elif field.cpp_type == field.CPPTYPE_INT64:
                value = int(value)
            setattr(message, field.name, value)
        elif field.message_type.GetOptions().map_entry:
            getattr(message, field.name).update(value)
        elif field.message_type.full_name == "google.protobuf.Timestamp":
            time = timestamp_pb2.Timestamp()
            time.FromJsonString(value)
            getattr(message, field.name).SetInParent()
            getattr(message, field.name).MergeFromString(time.SerializeToString())
        else:
            getattr(message, field.name).SetInParent()
            self.fill(getattr(message, field.name), value, ignore_unknown)


def encode(message):
    """Canonical: libprotobuf writes fields by number and, asked to, map entries by key."""
    return message.SerializeToString(deterministic=True)


def main(descriptor_set, folder, out=None):
    schema = Schema(descriptor_set)
    for source in sorted(pathlib.Path(folder).glob("*.json")):
        data = encode(schema.message(source.read_text(encoding="utf-8")))
        pathlib.Path(out or folder, source.stem + ".pb").write_bytes(data)


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(*sys.argv[1:])
