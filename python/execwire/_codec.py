# SPDX-License-Identifier: Apache-2.0
"""States, bytes and JSON."""
from __future__ import annotations

from typing import Literal, Union

from . import _library
from ._memory import as_utf8, give_back, taken
from .schema import ExecutionState

Bytes = Union[bytes, bytearray, memoryview]

Form = Literal["documented", "api"]
Enums = Literal["numbers", "names"]


def as_bytes(data: Bytes) -> bytes:
    return data if type(data) is bytes else memoryview(data).tobytes()


def _choose(option: str, value: str, first: str, second: str) -> int:
    if value not in (first, second):
        raise TypeError('execwire: %s is "%s" or "%s"' % (option, first, second))
    return int(value == second)


def encode(state: ExecutionState) -> bytes:
    """Writes a state as one protobuf message. Equal states give equal bytes. Raises ExecwireError."""
    memory = taken()
    try:
        memory.write_state(state)
        return memory.write(_library.encode).tobytes()
    finally:
        give_back(memory)


def encode_delimited(state: ExecutionState) -> bytes:
    """The same with its size before it, protobuf's writeDelimitedTo. Raises ExecwireError."""
    memory = taken()
    try:
        memory.write_state(state)
        return memory.write(_library.delimited_write).tobytes()
    finally:
        give_back(memory)


def decode(data: Bytes) -> ExecutionState:
    """Reads one protobuf message. Unknown fields are skipped. Raises ExecwireError.

    An enum's number that has no name stays a plain int. Times are text, as they have nanoseconds.
    """
    message = as_bytes(data)
    memory = taken()
    try:
        memory.decode(message)
        return memory.read_state()
    finally:
        give_back(memory)


def to_json(state: ExecutionState | Bytes, *, form: Form = "documented", enums: Enums = "numbers", pretty: bool = False) -> str:
    """A state, or a protobuf message, as JSON. Raises ExecwireError.

    form    keys of the documented record ("job_id") or of Bacalhau's REST API, "api" ("JobID")
    enums   enums as numbers or names; Bacalhau's Python SDK reads numbers alone
    pretty  indented by two spaces, a line a member
    """
    options = _library.JsonOptions(_choose("form", form, "documented", "api"), _choose("enums", enums, "numbers", "names"), pretty)
    memory = taken()
    try:
        if isinstance(state, ExecutionState):
            memory.write_state(state)
        else:
            memory.decode(as_bytes(state))
        return str(memory.write(_library.json_write, options), "utf-8")
    finally:
        give_back(memory)


def from_json(text: str | Bytes, *, ignore_unknown: bool = False) -> ExecutionState:
    """Reads JSON with the keys of either form. Raises ExecwireError, whose offset counts bytes of UTF-8.

    ignore_unknown  skip keys that the record does not have instead of refusing them
    """
    data = as_utf8(text) if isinstance(text, str) else as_bytes(text)
    options = _library.JsonOptions(ignore_unknown=ignore_unknown)
    memory = taken()
    try:
        memory.read_json(data, options)
        return memory.read_state()
    finally:
        give_back(memory)


def json_to_bytes(text: str | Bytes, *, ignore_unknown: bool = False) -> bytes:
    """JSON as a protobuf message: `encode(from_json(text))` in a third of the time. Raises ExecwireError."""
    data = as_utf8(text) if isinstance(text, str) else as_bytes(text)
    options = _library.JsonOptions(ignore_unknown=ignore_unknown)
    memory = taken()
    try:
        memory.read_json(data, options)
        return memory.write(_library.encode).tobytes()
    finally:
        give_back(memory)
