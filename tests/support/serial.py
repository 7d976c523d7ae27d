# SPDX-License-Identifier: Apache-2.0
"""Frames on a serial line, written from the description alone, and a line that damages them."""
import random
import zlib


def stuffed(data):
    """COBS: splits at zeros first, which the library does not."""
    out = b""
    for piece in data.split(b"\0"):
        while len(piece) >= 254:
            out += b"\xff" + piece[:254]
            piece = piece[254:]
        out += bytes([len(piece) + 1]) + piece
    return out


def frame(message):
    return b"\0" + stuffed(message + zlib.crc32(message).to_bytes(4, "little")) + b"\0"


def unframed(data):
    """The message of an undamaged frame."""
    data, out = data.strip(b"\0"), b""
    while data:
        out += data[1:data[0]]
        full, data = data[0] == 255, data[data[0]:]
        if data and not full:
            out += b"\0"
    message, crc = out[:-4], out[-4:]
    assert zlib.crc32(message).to_bytes(4, "little") == crc
    return message


class BadLine:
    """Loses, corrupts and repeats bytes, each with a chance of its own; a seed makes it the same line
    each time."""

    def __init__(self, seed, lost, corrupted, repeated=0.0):
        self.random = random.Random(seed)
        self.lost, self.corrupted, self.repeated = lost, corrupted, repeated
        self.damages = 0

    def carry(self, data):
        out = bytearray()
        for byte in data:
            fate = self.random.random()
            if fate < self.lost:
                self.damages += 1
                continue
            if fate < self.lost + self.corrupted:
                self.damages += 1
                byte ^= self.random.randrange(1, 256)
            elif fate < self.lost + self.corrupted + self.repeated:
                self.damages += 1
                out.append(byte)
            out.append(byte)
        return bytes(out)
