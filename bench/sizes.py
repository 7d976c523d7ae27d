#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Bytes that the same messages take in several formats.

usage: sizes.py BENCH DESCRIPTOR_SET CSV [CORPUS]

The messages come from `BENCH --messages WORKLOAD`. zstd's dictionary is trained on the first half of
them, so all formats are measured on the second, which is of other executions. In the "protobuf with
strings" times are RFC 3339 text, as in a schema that was made from the JSON without a thought.
"""
import csv
import json
import subprocess
import sys
import zlib

import cbor2
import msgpack
import zstandard
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

WORKLOADS = ("small", "typical", "large")
DICTIONARY_SIZE = 16 << 10


def messages(bench, workload):
    text = subprocess.run([bench, "--messages", workload], stdout=subprocess.PIPE, check=True).stdout
    for line in text.splitlines():
        wire, _, document = line.partition(b" ")
        yield bytes.fromhex(wire.decode()), document


def class_with_strings(set_path):
    """The schema with every Timestamp as a string."""
    with open(set_path, "rb") as file:
        files = descriptor_pb2.FileDescriptorSet.FromString(file.read())
    schema = files.file[-1]
    del schema.dependency[:]
    for message in schema.message_type:
        for field in message.field:
            if field.type_name == ".google.protobuf.Timestamp":
                field.ClearField("type_name")
                field.type = descriptor_pb2.FieldDescriptorProto.TYPE_STRING
    pool = descriptor_pool.DescriptorPool()
    pool.Add(schema)
    name = "%s.%s" % (schema.package, schema.message_type[0].name)
    return message_factory.MessageFactory(pool).GetPrototype(pool.FindMessageTypeByName(name))


def formats(training, set_path):
    plain = zstandard.ZstdCompressor(level=3)
    dictionary = zstandard.train_dictionary(DICTIONARY_SIZE, training)
    with_dictionary = zstandard.ZstdCompressor(level=3, dict_data=dictionary)
    message = class_with_strings(set_path)

    def as_protobuf(document):
        return json_format.ParseDict(document, message()).SerializeToString()

    def gzip(data):
        coder = zlib.compressobj(9, wbits=31)
        return coder.compress(data) + coder.flush()
    return (("JSON", lambda wire, text: text),
            ("JSON, gzip -9", lambda wire, text: gzip(text)),
            ("JSON, zstd -3", lambda wire, text: plain.compress(text)),
            ("JSON, zstd -3 with a dictionary", lambda wire, text: with_dictionary.compress(text)),
            ("MessagePack", lambda wire, text: msgpack.packb(json.loads(text))),
            ("CBOR", lambda wire, text: cbor2.dumps(json.loads(text))),
            ("protobuf with strings", lambda wire, text: as_protobuf(json.loads(text))),
            ("execwire", lambda wire, text: wire))


def measure(bench, workload, set_path):
    pairs = list(messages(bench, workload))
    training, measured = pairs[:len(pairs) // 2], pairs[len(pairs) // 2:]
    for name, encode in formats([text for _, text in training], set_path):
        total = sum(len(encode(wire, text)) for wire, text in measured)
        yield workload, name, round(total / len(measured), 1)


def main(bench, set_path, path, corpus=None):
    rows = [row for workload in WORKLOADS + ((corpus,) if corpus else ())
            for row in measure(bench, workload, set_path)]
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(("workload", "format", "bytes"))
        out.writerows(rows)


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    main(*sys.argv[1:])
