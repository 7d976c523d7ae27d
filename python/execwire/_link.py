# SPDX-License-Identifier: Apache-2.0
"""The receiver of a link: frames to states, and feedback back."""
from __future__ import annotations

import ctypes
import dataclasses
import math
import threading
import time
from typing import Literal, NamedTuple

from . import _library
from ._codec import Bytes, as_bytes, decode
from ._error import from_c
from ._memory import Block
from .schema import ExecutionState

MODES = ("two-way", "one-way", "lossless")  # execwire_link_mode
MIN_MTU = 51  # EXECWIRE_LINK_MIN_MTU
MAX_REFS = 128  # EXECWIRE_LINK_MAX_REFS
NEVER = (1 << 64) - 1  # EXECWIRE_LINK_NEVER
TRANSFERS = 16  # large frames that arrive in pieces at the same time

Mode = Literal["two-way", "one-way", "lossless"]


class LinkEvent(NamedTuple):
    """What a frame brought."""

    #: What became of it: "EXECWIRE_LINK_STATE" and others, which `docs/link.md` explains.
    outcome: str
    #: The same for people.
    text: str
    #: The execution's number on this link, where the frame has one.
    ref: int | None
    #: The state's number; with EXECWIRE_LINK_STATE and EXECWIRE_LINK_REPEATED.
    number: int
    #: With EXECWIRE_LINK_STATE: the state, and its bytes as `encode` writes them.
    state: ExecutionState | None
    message: bytes | None


class LinkAnswer(NamedTuple):
    """What `poll` has to send, and when to call it again."""

    frame: bytes | None
    next: float


class LinkView(NamedTuple):
    """What is known of an execution at a time."""

    #: Its newest state was confirmed within fresh_ms, and nothing speaks against it.
    current: bool
    #: Something speaks against it: there may be a newer one, and it is wanted.
    suspect: bool
    #: Of the state.
    number: int
    #: Since the state was last confirmed.
    age_ms: int
    state: ExecutionState
    message: bytes


@dataclasses.dataclass
class LinkStats:
    #: How many frames had each outcome.
    outcomes: dict[str, int]
    #: Frames that are no frames.
    malformed: int
    #: Executions that had to make room.
    forgotten: int
    #: Frames sent back.
    feedbacks: int
    #: Received.
    bytes: int


def _milliseconds(now: float | None) -> int:
    return int(time.monotonic() * 1000 if now is None else now)


class LinkReceiver:
    """The receiver of a link, `docs/link.md`: one for each node that is heard. It gives out exactly the states
    that the sender had, or nothing.

    mode         what the link does with frames, as the sender was told
    max_message  bytes of the largest state, encoded; some 37 times that is the receiver's memory
    ack_ms       two-way: an acknowledgment waits this long for others; 0: 100
    want_ms      two-way: the same thing is wanted at most this often; 0: 500
    fresh_ms     how long a state is current without a sign; 0: 20 minutes

    Times are milliseconds of any clock that never goes back; time.monotonic()'s unless given. It may be used
    from several threads, one after the other.
    """

    def __init__(self, mode: Mode = "two-way", *, max_message: int = 65536, ack_ms: int = 0, want_ms: int = 0,
                 fresh_ms: int = 0) -> None:
        if mode not in MODES:
            raise TypeError("execwire: mode is one of " + ", ".join(MODES))
        self._lock = threading.Lock()
        self._error, self._event, self._view = _library.Error(), _library.LinkEvent(), _library.LinkView()
        self._error_at = ctypes.addressof(self._error)
        self._receiver = Block(_library.sizeof("execwire_link_receiver"))
        options = _library.LinkOptions(mode=MODES.index(mode), ack_ms=ack_ms, want_ms=want_ms, fresh_ms=fresh_ms)
        self._lent = self._lend(options, max_message)
        if _library.receiver_init(self._receiver.address, options, self._error_at):
            raise from_c(self._error)
        self._head = _library.LinkReceiverHead.from_address(self._receiver.address)

    @staticmethod
    def _lend(options: _library.LinkOptions, largest: int) -> list[Block]:
        """Memory as execwire(1) lends it, for states of at most `largest` bytes."""
        entries = largest // 4 + 1
        sizes = {"contexts": MAX_REFS * _library.sizeof("execwire_link_context"), "store": 8 * largest, "text": 2 * largest,
                 "entries": entries * _library.sizeof("execwire_entry"), "pieces": TRANSFERS * largest,
                 "transfers": TRANSFERS * _library.sizeof("execwire_link_transfer")}
        blocks = {name: Block(size or 1) for name, size in sizes.items()}
        for name, block in blocks.items():
            setattr(options, name, block.address)
        options.context_count, options.entry_capacity, options.transfer_count = MAX_REFS, entries, TRANSFERS
        options.store_capacity, options.text_capacity = sizes["store"], sizes["text"]
        options.piece_capacity = sizes["pieces"]
        return list(blocks.values())

    def receive(self, frame: Bytes, now: float | None = None) -> LinkEvent:
        """Takes one frame. Every well-formed frame is fine, whatever became of it. Raises ExecwireError, after
        which all is as it was."""
        data = as_bytes(frame)
        with self._lock:
            if _library.receive(self._receiver.address, data, len(data), _milliseconds(now), self._event, self._error_at):
                raise from_c(self._error)
            event = self._event
            message = event.message.bytes() if event.state else None
            outcome, text = _library.outcomes[event.outcome]
            ref, number = event.ref if event.has_ref else None, event.number
        return LinkEvent(outcome, text, ref, number, decode(message) if message is not None else None, message)

    def poll(self, now: float | None = None, *, mtu: int = 255) -> LinkAnswer:
        """Writes a frame of feedback of at most `mtu` bytes, when one is due; two-way only. `next` says when to
        call again: math.inf when nothing is due until the next frame."""
        if mtu < MIN_MTU:
            raise ValueError("execwire: mtu is %d or more" % MIN_MTU)
        out, size = Block(mtu), ctypes.c_size_t()
        with self._lock:
            due = _library.receiver_poll(self._receiver.address, _milliseconds(now), out.address, mtu, size)
        return LinkAnswer(bytes(out.data[:size.value]) or None, math.inf if due == NEVER else float(due))

    def view(self, ref: int, now: float | None = None) -> LinkView | None:
        """What is known of an execution; None where nothing is."""
        if not 0 <= ref < MAX_REFS:
            return None
        with self._lock:
            if not _library.receiver_view(self._receiver.address, ref, _milliseconds(now), self._view):
                return None
            view, message = self._view, self._view.message.bytes()
            current, suspect, number, age_ms = view.current, view.suspect, view.number, view.age_ms
        return LinkView(current, suspect, number, age_ms, decode(message), message)

    @property
    def stats(self) -> LinkStats:
        stats = self._head.stats
        names = (name for name, _ in _library.outcomes)
        return LinkStats(dict(zip(names, stats.outcomes)), stats.malformed, stats.forgotten, stats.feedbacks, stats.bytes)
