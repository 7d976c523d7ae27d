# SPDX-License-Identifier: Apache-2.0
"""The memory that the library's calls are lent, and what moves values into it and out of it."""
from __future__ import annotations

import ctypes
import datetime
from typing import Any, NoReturn

from . import _layout, _library
from ._error import ExecwireError, from_c
from .schema import ExecutionState

TIME_SIZE = 30  # EXECWIRE_TIME_SIZE
LARGEST_KEPT = 1 << 20  # bytes of memory that is kept for the next call
ENUM_LIMIT, INT64_LIMIT = 1 << 31, 1 << 63

_STATE, _TIME, _ENTRY = (_library.structs["execwire_" + name] for name in ("state", "time", "entry"))


class Block:
    """Memory at an address that C knows; it never moves, so that more of it is another one."""

    __slots__ = ("data", "size", "address", "_hold")

    def __init__(self, size: int) -> None:
        self.data = bytearray(size)
        self.size = size
        self._hold = (ctypes.c_char * size).from_buffer(self.data)
        self.address = ctypes.addressof(self._hold)


def at_least(block: Block, size: int) -> Block:
    return block if size <= block.size else Block(max(size, 2 * block.size))


class Memory:
    """What one call uses. A call takes one that nobody uses (`taken`) and gives it back (`give_back`)."""

    def __init__(self) -> None:
        self.input = Block(4096)  # what a state points to: a call's input, or a state's strings
        self.output = Block(4096)
        self.entries = Block(16 * _ENTRY.size)
        self.state = Block(_STATE.size)
        self._time, self._time_text = Block(_TIME.size), Block(TIME_SIZE)
        self.error, self.scratch, self.size = _library.Error(), _library.Scratch(), ctypes.c_size_t()
        self.error_at, self.scratch_at = ctypes.addressof(self.error), ctypes.addressof(self.scratch)
        self.text, self.base = b"", 0  # the input as Python has it, and where C has it

    def failure(self) -> ExecwireError:
        return from_c(self.error)

    # ---- From C ----

    def lend(self, entries: int = 0, text: int = 0) -> int:
        """Fills in the scratch: room for so many entries at least, and for text behind as large an input."""
        self.entries = at_least(self.entries, entries * _ENTRY.size)
        self.scratch.entries, self.scratch.entry_capacity = self.entries.address, self.entries.size // _ENTRY.size
        self.scratch.text, self.scratch.text_capacity = self.input.address + text, text
        return self.scratch_at

    def decode(self, data: bytes) -> None:
        """Reads a message into the state."""
        size = len(data)
        self.input = block = at_least(self.input, size)
        block.data[:size] = data
        self.text, self.base = data, block.address
        code = _library.decode(block.address, size, self.lend(), self.state.address, self.error_at)
        if code == _library.NO_SPACE:
            code = _library.decode(block.address, size, self.lend(self.scratch.entry_count), self.state.address, self.error_at)
        if code:
            raise self.failure()

    def read_json(self, data: bytes, options: _library.JsonOptions) -> None:
        """Reads JSON into the state."""
        size = len(data)
        self.input = block = at_least(self.input, 2 * size)  # texts never need more than the input has
        block.data[:size] = data

        def read(entries: int) -> int:
            return int(_library.json_read(block.address, size, options, self.lend(entries, size), self.state.address, self.error_at))

        code = read(0)
        if code == _library.NO_SPACE:
            code = read(self.scratch.entry_count)
        if code:
            raise self.failure()
        self.text, self.base = data + block.data[size:size + self.scratch.text_size], block.address

    def read_state(self) -> ExecutionState:
        """The state as Python has it."""
        return _layout.read_execution_state(_STATE.unpack_from(self.state.data), self)

    def map(self, address: int, count: int) -> dict[str, str]:
        text, base = self.text, self.base
        entries = memoryview(self.entries.data)[:count * _ENTRY.size]
        return {text[key - base:key - base + key_size].decode(): text[value - base:value - base + value_size].decode()
                for key, key_size, value, value_size, _ in _ENTRY.iter_unpack(entries)}

    def time(self, seconds: int, nanos: int) -> str:
        _TIME.pack_into(self._time.data, 0, seconds, nanos)
        _library.time_write(self._time.address, self._time_text.address, TIME_SIZE, self.size, None)
        return self._time_text.data[:self.size.value].decode()

    # ---- To C ----

    def write_state(self, state: ExecutionState) -> None:
        """Puts a state of Python's where the library's calls find it."""
        writer = Writer(self)
        _layout.write_execution_state(state, writer, "", "")
        if writer.used > self.input.size or len(writer.entries) * _ENTRY.size > self.entries.size:
            self.input = at_least(self.input, writer.used)
            self.entries = at_least(self.entries, len(writer.entries) * _ENTRY.size)
            writer = Writer(self)
            _layout.write_execution_state(state, writer, "", "")
        self.input.data[:writer.used] = b"".join(writer.parts)
        for i, entry in enumerate(writer.entries):
            _ENTRY.pack_into(self.entries.data, i * _ENTRY.size, *entry)
        _STATE.pack_into(self.state.data, 0, *writer.values)

    def read_time(self, text: bytes) -> tuple[int, int]:
        if _library.time_read(text, len(text), self._time.address, self.error_at):
            raise self.failure()
        seconds, nanos = _TIME.unpack(self._time.data)
        return seconds, nanos

    def write(self, call: Any, *options: Any) -> memoryview:
        """What a writing call makes of the state; valid until the next call."""
        def attempt() -> int:
            return int(call(self.state.address, *options, self.output.address, self.output.size, self.size, self.error_at))

        code = attempt()
        if code == _library.NO_SPACE:
            self.output = at_least(self.output, self.size.value)
            code = attempt()
        if code:
            raise self.failure()
        return memoryview(self.output.data)[:self.size.value]


# Taking from a list and appending to it are whole steps in every thread.
_unused: list[Memory] = []


def taken() -> Memory:
    try:
        return _unused.pop()
    except IndexError:
        return Memory()


def give_back(memory: Memory) -> None:
    if memory.input.size + memory.output.size + memory.entries.size <= LARGEST_KEPT:
        _unused.append(memory)


def as_utf8(text: str) -> bytes:
    """Half a surrogate pair becomes bytes that the library refuses, and says where they are."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def describe(value: object) -> str:
    """As the library says what it found in JSON."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    for types, name in ((str, "a string"), ((int, float), "a number"), (dict, "an object"), ((list, tuple), "an array")):
        if isinstance(value, types):  # type: ignore[arg-type]
            return name
    return "a value of type " + type(value).__name__


class Writer:
    """A state's values in the order of its struct, and the text that they point to."""

    __slots__ = ("memory", "values", "parts", "base", "used", "entries")

    def __init__(self, memory: Memory) -> None:
        self.memory, self.base, self.used = memory, memory.input.address, 0
        self.values: list[int] = []
        self.parts: list[bytes] = []
        self.entries: list[tuple[int, int, int, int, int]] = []

    def refuse(self, expected: str, value: object, path: str) -> NoReturn:
        raise ExecwireError("EXECWIRE_ERROR_EXPECTED_" + expected, path=path, found=describe(value))

    def put(self, text: str) -> tuple[int, int]:
        part = as_utf8(text)
        address, size = self.base + self.used, len(part)
        self.parts.append(part)
        self.used += size
        return address, size

    def string(self, value: object, path: str, name: str) -> None:
        if value is None:
            self.values += (0, 0)
        elif isinstance(value, str):
            self.values += self.put(value)
        else:
            self.refuse("STRING", value, path + name)

    def bool(self, value: object, path: str, name: str) -> None:
        if value is None:
            self.values += (False, False)
        elif isinstance(value, bool):
            self.values += (True, value)
        else:
            self.refuse("BOOL", value, path + name)

    def int64(self, value: object, path: str, name: str) -> None:
        if value is None:
            self.values += (False, 0)
        elif not isinstance(value, int) or isinstance(value, bool):
            self.refuse("INTEGER", value, path + name)
        elif not -INT64_LIMIT <= value < INT64_LIMIT:
            raise ExecwireError("EXECWIRE_ERROR_INTEGER_RANGE", path=path + name)
        else:
            self.values += (True, value)

    def enum(self, value: object, path: str, name: str) -> None:
        if value is None:
            self.values += (False, 0)
        elif not isinstance(value, int) or isinstance(value, bool):
            self.refuse("ENUM", value, path + name)
        elif not 0 <= value < ENUM_LIMIT:
            raise ExecwireError("EXECWIRE_ERROR_ENUM_RANGE", path=path + name)
        else:
            self.values += (True, value)

    def time(self, value: object, path: str, name: str) -> None:
        if value is None:
            self.values += (False, 0, 0)
            return
        if isinstance(value, datetime.datetime):
            if value.utcoffset() is None:
                raise ExecwireError("EXECWIRE_ERROR_EXPECTED_TIME", path=path + name, found="a datetime without a time zone")
            value = value.astimezone(datetime.timezone.utc).isoformat()
        elif not isinstance(value, str):
            self.refuse("TIME", value, path + name)
        try:
            self.values += (True, *self.memory.read_time(as_utf8(value)))
        except ExecwireError as error:
            raise ExecwireError(error.code, offset=error.offset, path=path + name, found=error.found) from None

    def map(self, value: object, path: str, name: str) -> None:
        if value is None:
            self.values += (0, 0)
            return
        if not isinstance(value, dict):
            self.refuse("OBJECT", value, path + name)
        for key, text in value.items():
            if not isinstance(key, str):
                self.refuse("STRING", key, path + name)
            if not isinstance(text, str):
                self.refuse("STRING", text, path + name + _token(key))
        for key in sorted(value, key=as_utf8):
            self.entries.append((*self.put(key), *self.put(value[key]), 0))
        self.values += (self.memory.entries.address, len(self.entries))


def _token(name: str) -> str:
    """One name of a path: a token of a JSON Pointer, RFC 6901, as the library writes it."""
    shown = name.encode("utf-8", "replace").decode()
    return "/" + "".join(c if c.isprintable() else "?" for c in shown).replace("~", "~0").replace("/", "~1")
