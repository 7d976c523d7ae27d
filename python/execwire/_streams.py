# SPDX-License-Identifier: Apache-2.0
"""Many states in one stream, each after its size: the format of protobuf's writeDelimitedTo."""
from __future__ import annotations

import ctypes
from typing import BinaryIO, Iterable, Iterator, Union

from . import _library
from ._codec import Bytes, as_bytes, decode, encode_delimited
from ._error import ExecwireError, from_c
from ._memory import Block
from .schema import ExecutionState

DEFAULT_MAX_MESSAGE = 1048576  # EXECWIRE_DEFAULT_MAX_MESSAGE
PIECE = 65536  # bytes that are read at a time

Source = Union[BinaryIO, Iterable[Bytes]]


def _chunks(source: Source) -> Iterator[bytes]:
    read = getattr(source, "read1", None) or getattr(source, "read", None)
    if read is None:
        for piece in source:
            yield as_bytes(piece)
        return
    while chunk := read(PIECE):
        yield chunk


class _Reader:
    """execwire_delimited_reader, with a buffer of its own."""

    def __init__(self, max_message: int) -> None:
        self._reader, self._buffer = Block(_library.sizeof("execwire_delimited_reader")), Block(max_message or 1)
        self._used, self._message, self._error = ctypes.c_size_t(), _library.Str(), _library.Error()
        self._error_at = ctypes.addressof(self._error)
        _library.delimited_init(self._reader.address, self._buffer.address, max_message)

    def messages(self, chunk: bytes) -> Iterator[tuple[int, bytes]]:
        """The messages that end in a piece, each with where in the piece that is."""
        block, at = Block(len(chunk)), 0
        block.data[:] = chunk
        while at < len(chunk):
            if _library.delimited_feed(self._reader.address, block.address + at, len(chunk) - at, self._used, self._message,
                                       self._error_at):
                raise from_c(self._error)
            at += self._used.value
            if self._message.data:
                yield at, self._message.bytes()

    def end(self) -> None:
        if _library.delimited_end(self._reader.address, self._error_at):
            raise from_c(self._error)


def read_delimited(source: Source, *, max_message: int = DEFAULT_MAX_MESSAGE) -> Iterator[ExecutionState]:
    """The states of a stream: of a file that is open for reading bytes, a socket's makefile("rb"), or pieces
    of bytes, however they are cut. States before an error are given out before the error is raised; offsets
    count from the stream's start. Raises ExecwireError; EXECWIRE_ERROR_TRUNCATED where the stream ends
    inside a message.

    max_message  bytes of the largest message that is accepted
    """
    reader, taken = _Reader(max_message), 0
    for chunk in _chunks(source):
        for end, message in reader.messages(chunk):
            try:
                state = decode(message)
            except ExecwireError as error:
                start = taken + end - len(message)
                raise ExecwireError(error.code, offset=start + error.offset, path=error.path, found=error.found) from None
            yield state
        taken += len(chunk)
    reader.end()


def write_delimited(states: Iterable[ExecutionState], file: BinaryIO) -> None:
    """Writes states into a file that is open for writing bytes. Raises ExecwireError."""
    for state in states:
        file.write(encode_delimited(state))
