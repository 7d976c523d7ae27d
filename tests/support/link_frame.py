# SPDX-License-Identifier: Apache-2.0
"""LinkFrame as it stands in a frame, as link.proto's "Heads" says it: what a state's frame and a piece
have without tags, and protobuf's own runtime for all else."""
from command import *

Frame = frame_class()

STATE, ELAPSED = 7, 14  # where the parts of `update` begin
LOW = (1 << 32) - 1


class Bytes:
    """Takes bytes from the front."""

    def __init__(self, data):
        self.data = data

    def take(self, size):
        taken, self.data = self.data[:size], self.data[size:]
        assert len(taken) == size, "cut off"
        return taken

    def number(self, size):
        return int.from_bytes(self.take(size), "little")

    def varint(self):
        value = shift = 0
        while True:
            byte, = self.take(1)
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    def time(self):
        low = self.number(4)
        return low | self.varint() << 32


def read_state(data):
    first, second = data.take(2)
    identified, span = second >> 4 & 1, second >> 5
    elapsed = 0 if span == 0 else data.time() if span == 7 else data.number(4) | span - 1 << 32
    head = Frame(update=first & 127 | (second & 15) << STATE | elapsed << ELAPSED)
    head.check = data.number(4)
    if identified:
        head.ids, head.created = data.take(31), data.time()
    rest = Frame.FromString(data.data)
    rest.MergeFrom(head)
    return rest


def read_frame(data):
    if data[0] >= 0x80:
        return read_state(Bytes(data))
    if data[0] != 0:
        return Frame.FromString(data)
    data = Bytes(data[1:])
    return Frame(update=data.varint(), whole=data.varint(), offset=data.varint(), piece=data.data)


def write_time(time):
    return (time & LOW).to_bytes(4, "little") + varint(time >> 32)


def write_state(frame):
    ref, state, elapsed = frame.update & 127, frame.update >> STATE & 15, frame.update >> ELAPSED
    identified = len(frame.ids) == 31 and frame.HasField("created")
    span = 0 if elapsed == 0 else min((elapsed >> 32) + 1, 7)
    head = bytes([0x80 | ref, state | identified << 4 | span << 5])
    head += b"" if span == 0 else write_time(elapsed) if span == 7 else (elapsed & LOW).to_bytes(4, "little")
    head += frame.check.to_bytes(4, "little")
    rest = Frame.FromString(frame.SerializeToString())
    rest.ClearField("update"), rest.ClearField("check")
    if identified:
        head += frame.ids + write_time(frame.created)
        rest.ClearField("ids"), rest.ClearField("created")
    return head + rest.SerializeToString()


def write_frame(frame):
    if not frame.HasField("update"):
        return frame.SerializeToString()
    if not frame.HasField("whole"):
        return write_state(frame)
    return b"\0" + varint(frame.update) + varint(frame.whole) + varint(frame.offset) + frame.piece


def number_of(frame):
    """The update's number in a state's frame."""
    state = frame.update >> STATE & 15
    usual = state if state < 3 else (state + 3) // 2
    return frame.number if frame.HasField("number") else usual
