#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Reads the states of `execwire gateway --protobuf` on standard input, with python3-protobuf and the schema alone.

usage: consume.py execution_state.pbset <states.pb"""
import sys
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from google.protobuf.internal.decoder import _DecodeVarint32 as read_size

pool = descriptor_pool.DescriptorPool()
with open(sys.argv[1], "rb") as file:
    for described in descriptor_pb2.FileDescriptorSet.FromString(file.read()).file:
        pool.Add(described)
State = message_factory.MessageFactory(pool).GetPrototype(pool.FindMessageTypeByName("execwire.v1.ExecutionState"))

data = b""
while more := sys.stdin.buffer.read1(65536):
    data, at = data + more, 0
    while at < len(data):
        try:
            size, start = read_size(data, at)
        except IndexError:  # a size that is cut off
            break
        if start + size > len(data):
            break
        state, at = State.FromString(data[start:start + size]), start + size
        print(json_format.MessageToJson(state, preserving_proto_field_name=True, indent=None), flush=True)
    data = data[at:]
sys.exit("the last state is cut off" if data else 0)
