#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the whole command, built with sanitizers, against mutated inputs: JSON, messages in each
framing, frames of a link. Each input goes through every command that reads its kind, many of them in
one process, with --keep-going. It counts when the command that counts says that it had it as a message.

usage: inputs.py COMMAND FINDINGS INPUTS [SEED]

A process has to end with 0 or 1, and in time; a sender that hears such feedback with 3 as well, which says that states are
not acknowledged. What it was given when it does not is put in FINDINGS.
Inputs that were too much for the command once come first.
"""
import glob
import itertools
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import zlib
from concurrent.futures import ThreadPoolExecutor

sys.path[:0] = ["tests/support"]
sys.dont_write_bytecode = True
from serial import frame as serial_frame  # noqa: E402

BATCH = 4000  # inputs in one process
PATIENCE = 120  # seconds
LARGEST_SEED = 2048
INTERESTING = [b"\0", b"\xff", b"\x7f", b"\x80", b"\xff" * 9 + b"\x01", b"\xff\xff\xff\xff\x07", b"\\u0000", b"\\ud800", b"\xc2\x9b",
               b"\xe2\x80\xae", b"\xed\xa0\x80", b"1e999", b"-0", b"9223372036854775808", b"0000-12-31T23:59:59-01:25", b"null", b"[" * 70]


def varint(value):
    out = b""
    while value >= 0x80:
        out, value = out + bytes([value & 0x7F | 0x80]), value >> 7
    return out + bytes([value])


def delimited(message):
    return varint(len(message)) + message


def undelimited(data):
    at, messages = 0, []
    while at < len(data):
        size = shift = 0
        while True:
            size |= (data[at] & 0x7F) << shift
            shift, at = shift + 7, at + 1
            if data[at - 1] < 0x80:
                break
        messages.append(data[at:at + size])
        at += size
    return messages


# ---- Running it ----


class Command:
    def __init__(self, path, findings):
        self.path, self.findings = path, findings
        self.processes = itertools.count()
        # an error of a sanitizer is a signal, and never a status that the command has itself
        options = "abort_on_error=1:print_stacktrace=1:allocator_may_return_null=1"
        self.environment = dict(os.environ, ASAN_OPTIONS=options, UBSAN_OPTIONS=options)

    def run(self, arguments, data, allowed=(0, 1)):
        """Both outputs; ends everything when it did what it must not. The output is a file: to a pipe
        nothing is written that fills the buffer."""
        words = [self.path] + arguments
        next(self.processes)
        with tempfile.TemporaryFile() as file:
            try:
                done = subprocess.run(words, input=data, stdout=file, stderr=subprocess.PIPE, timeout=PATIENCE, env=self.environment)
            except subprocess.TimeoutExpired:
                self.found(words, data, "does not end in %d s" % PATIENCE)
            file.seek(0)
            out = file.read()
        if done.returncode not in allowed or b"Sanitizer" in done.stderr or b"runtime error:" in done.stderr:
            self.found(words, data, "ends with %d\n%s" % (done.returncode, done.stderr[-6000:].decode("utf-8", "replace")))
        return out, done.stderr

    def found(self, words, data, what):
        os.makedirs(self.findings, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix="input-", dir=self.findings)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        sys.exit("FOUND: %s <%s\n%s" % (" ".join(words), name, what))


# ---- A way back ----

CHECK_TAG = b"\x7d" # of field 15, fixed32: CRC-32 of all that is not in it

# No feedback, and nearly a read of the command, which reads of the way back once before the first state and after each
UNHEARD = 4 * delimited(bytes(65000))


def send(command, arguments, states, back, allowed=(0, 1, 3)):
    """Frames that say these states, of a sender that hears `back`. Its session is the first, as of each that has no file."""
    os.makedirs(command.findings, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, tempfile.NamedTemporaryFile(prefix="back-", dir=command.findings, delete=False) as file:
        file.write(back)
        file.flush()
        out = command.run(arguments + ["--session", folder + "/session", "--back", file.name], states, allowed)
        os.remove(file.name)
    return out


def feedback_of(command, arguments, states):
    """What a receiver says to that sender, who loses no frame, each third or each second."""
    frames, heard = undelimited(send(command, arguments, states, b"")[0]), []
    for lost in None, 3, 2:
        with tempfile.NamedTemporaryFile() as back:
            with subprocess.Popen([command.path, "link", "recv", "--quiet", "--back", back.name, "--timing", "ack=1,want=1"], stdin=subprocess.PIPE,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=command.environment) as receiver:
                for number, frame in enumerate(frames):
                    if lost is None or number % lost != 1:
                        receiver.stdin.write(delimited(frame))
                receiver.stdin.flush()
                size, end = -1, time.monotonic() + 3 # what it lacks it asks for without an end
                while size == 0 or (size < os.path.getsize(back.name) and time.monotonic() < end):
                    size = os.path.getsize(back.name)
                    time.sleep(0.5)
            heard.append(undelimited(open(back.name, "rb").read()))
    send(command, arguments, states, UNHEARD * (states.count(b"\n") + 2) + b"".join(map(delimited, heard[0])), [0])
    return sum(heard, [])


# ---- What was too much once ----


def reproduce(command):
    lines = b"{}\n" * 300000  # each becomes an empty line, which has to find room
    command.run(["encode", "--hex"], lines, [0])
    command.run(["encode"], lines, [0])
    huge = b"\x3a" + varint(400 << 20) + b"\x01" * (400 << 20)  # six times as much as JSON: more than 2 GiB
    large = delimited(huge) + delimited(b"\x58\x05")
    for arguments in ["stats"], ["decode", "--keep-going"], ["check"]:
        command.run(arguments + ["--max-message", "2147483647"], large, [0, 1])
    array = b'[1]\n{"Version":1}\n{"Version":2}\n{"Version":3}\n'
    out, _ = command.run(["encode", "--keep-going"], array, [1])
    if undelimited(out) != [b"\x58\x01", b"\x58\x02", b"\x58\x03"]:
        command.found(["encode", "--keep-going"], array, "gives %r" % out)
    for text in b'{"Executions":[{"Version":1}]}', b'{"ID":"j","State":{"StateType":3},"Version":2}':
        command.run(["encode", "--ignore-unknown"], text, [1])
    command.run(["encode"], b'{"CreateTime":"0000-12-31T23:59:59-01:25"}', [0])
    out, err = command.run(["decode"], delimited(b"\x3a\x03\xc2\x9b\x7f") + b"\x02\x58", [1])
    if re.search(rb"[\x7f\x9b]", out + err):
        command.found(["decode"], b"", "prints what no terminal should see: %r" % (out + err))
    for place in ":99999", ":0", ":":
        command.run(["link", "send", "--one-way", "--udp", place], b"{}", [2])
    command.run(["encode", "--pretty"], b"{}", [2])
    command.run(["link", "--help"], b"", [0])


# ---- Mutating ----


class Mutator:
    def __init__(self, chance):
        self.chance = chance
        self.words = INTERESTING + [word.decode("unicode_escape").encode("latin-1") for name in sorted(glob.glob("fuzz/*.dict"))
                                    for word in re.findall(rb'^"(.*)"$', open(name, "rb").read(), re.M)]

    def change(self, data, others):
        chance = self.chance
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + chance.choice((1, 1, 2, 4, 16, 64)))
        kind = chance.randrange(7)
        if kind == 0 and at < len(data):
            data[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            data[at:end] = bytes(chance.randrange(256) for _ in range(end - at))
        elif kind == 2:
            del data[at:end]
        elif kind == 3:
            data[at:at] = data[at:end] * chance.choice((1, 2, 50))
        elif kind == 4:
            data[at:at] = chance.choice(self.words)
        elif kind == 5:
            data[at:end] = chance.choice(self.words)
        else:
            other = chance.choice(others)
            start = chance.randrange(len(other) + 1)
            data[at:end] = other[start:start + chance.choice((4, 16, 64, 256))]

    def mutated(self, seed, others):
        data = bytearray(seed)
        for _ in range(self.chance.choice((1, 1, 2, 3, 8))):
            self.change(data, others)
        return bytes(data)


# ---- The kinds of input ----


def number(pattern, text):
    return sum(int(found) for found in re.findall(pattern, text, re.M))


def counted_by_check(out, err):
    return number(rb": (\d+) good", out) + number(rb", (\d+) bad$", out) + number(rb"frames dropped: (\d+)$", err)


def counted_by_inspect(out, err):
    return len(re.findall(rb"^message \d+: ", out, re.M))


class Kind:
    """Inputs of one kind: how a mutated seed stands in a stream, and what reads it. The first command
    is the one that counts."""

    def __init__(self, seeds, share, wrap, commands, counted=counted_by_check):
        self.seeds, self.share, self.wrap, self.counted = seeds, share, wrap, counted
        self.commands = [command.split() + ["--keep-going"] for command in commands]

    def run(self, command, arguments, stream):
        return command.run(arguments, stream)

    def batch(self, mutator):
        """A stream, and how many in it are not mutated."""
        seeds = mutator.chance.choices(self.seeds, k=BATCH)
        return b"".join(self.wrap(mutator.mutated(seed, self.seeds), mutator) for seed in seeds), 0


class Frames(Kind):
    """Frames among those that a receiver understands, so that there is a session to disturb."""

    def batch(self, mutator):
        out = []
        for at in range(BATCH):
            frame = self.seeds[at % len(self.seeds)]
            if mutator.chance.random() < 0.3:
                out.append(self.wrap(frame, mutator))
            out.append(self.wrap(mutator.mutated(frame, self.seeds), mutator))
        return b"".join(out), len(out) - BATCH


class Feedback(Frames):
    """What a sender of these states hears, of a session whose feedback was noted."""

    def __init__(self, seeds, states, *rest):
        super().__init__(seeds, *rest)
        self.states = states

    def run(self, command, arguments, stream):
        if "send" not in arguments:
            return super().run(command, arguments, stream)
        frames, count = undelimited(stream), self.states.count(b"\n") - 2
        shares = [b"".join(map(delimited, frames[at::count])) for at in range(count)]
        return send(command, arguments, self.states, UNHEARD + UNHEARD.join(shares))


def sealed(data, mutator):
    """Feedback, whose check fits most often: what is behind the check is not reached otherwise."""
    at = data.find(CHECK_TAG)
    if at < 0 or at + 5 > len(data) or mutator.chance.random() < 0.1:
        return delimited(data)
    return delimited(data[:at + 1] + zlib.crc32(data[:at] + data[at + 5:]).to_bytes(4, "little") + data[at + 5:])


def plain(data, _):
    return delimited(data)


def as_line(data, _):
    """An object on a line of its own, most often: behind a bad one reading goes on at the next object."""
    return b"{" + data.replace(b"\n", b" ")[1:] + b"\n"


def as_digits(data, mutator):
    text = data.hex().encode()
    if mutator.chance.random() < 0.3:
        text = mutator.mutated(text, [text]).replace(b"\n", b"")
    return text + b"\n"


def as_serial(data, mutator):
    text = serial_frame(data)
    return text if mutator.chance.random() < 0.7 else b"\0" + mutator.mutated(text, [text]) + b"\0"


def seeds_of(command):
    """JSON objects, messages, and frames of links."""
    documents = [json.dumps(json.load(open(name, encoding="utf-8"))).encode() for name in sorted(glob.glob("tests/vectors/*.json"))]
    documents += open("examples/states.jsonl", "rb").read().splitlines()
    text = b"\n".join(documents)
    messages = undelimited(command.run(["encode", "--keep-going"], text)[0])
    messages += [open(name, "rb").read() for folder in ("wire", "differential") for name in sorted(glob.glob("fuzz/corpus/%s/*" % folder))]
    documents += [open(name, "rb").read().replace(b"\n", b" ") for name in sorted(glob.glob("fuzz/corpus/json/*"))]
    frames = []
    for arguments in ["--lossless"], ["--lossless", "--mtu", "51"], ["--one-way", "--timing", "urgent=1,repeat=1,identity=1,tries=2"]:
        frames += undelimited(command.run(["link", "send", "--keep-going"] + arguments, text)[0])
    states = b"".join(document + b"\n" for document in documents if command.run(["encode", "--single"], document)[1] == b"")
    feedback = [frame for mtu in ("222", "51") for frame in feedback_of(command, ["link", "send", "--mtu", mtu], states)]
    return [[seed for seed in seeds if 0 < len(seed) <= LARGEST_SEED] for seeds in (documents, messages, frames, feedback)] + [states]


def kinds_of(documents, messages, frames, feedback, states):
    return {
        "JSON": Kind(documents, 0.3, as_line, [
            "check --json", "encode", "encode --hex --ignore-unknown", "encode --serial --max-message 400", "stats --json",
            "stats --json --ignore-unknown --form api", "link send --lossless", "link send --lossless --ignore-unknown --mtu 51",
            "encode --at=", "encode --at=/PublishedResults/* --ignore-unknown"]),
        "messages": Kind(messages, 0.3, plain, [
            "check", "decode", "decode --form api --enums name --pretty", "inspect", "stats", "decode --max-message 100",
            "link send --lossless --protobuf"]),
        "hex": Kind(messages, 0.1, as_digits, ["check --hex", "decode --hex --enums name", "inspect --hex", "stats --hex", "decode --hex --wrapped", "decode --base64", "inspect --base64 --wrapped"]),
        "serial": Kind(messages, 0.1, as_serial, ["check --serial", "decode --serial", "inspect --serial", "stats --serial"]),
        "frames": Frames(frames, 0.15, plain, [
            "inspect --link", "link recv --lossless", "link recv --one-way --status", "link recv --one-way --protobuf --max-message 400",
            "link recv --back /dev/null --mtu 51"], counted_by_inspect),
        "feedback": Feedback(feedback, states, 0.05, sealed, [
            "inspect --link", "link send", "link send --mtu 51 --timing urgent=1,repeat=1"], counted_by_inspect),
    }


def main(path, findings, wanted, seed="1"):
    start = time.monotonic()
    command = Command(path, findings)
    reproduce(command)
    print("what was too much once: survived", flush=True)
    mutator = Mutator(random.Random(int(seed)))
    total = readings = 0
    for name, kind in kinds_of(*seeds_of(command)).items():
        made = counted = 0
        while counted < kind.share * int(wanted):
            stream, unchanged = kind.batch(mutator)
            counted += min(BATCH, kind.counted(*kind.run(command, kind.commands[0], stream)) - unchanged)
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                list(pool.map(lambda arguments: kind.run(command, arguments, stream), kind.commands[1:]))
            made += BATCH
        print("%-9s %8d mutated inputs of %d made, each read by %d commands" % (name + ":", counted, made, len(kind.commands)), flush=True)
        total, readings = total + counted, readings + counted * len(kind.commands)
    print("%d mutated inputs, read %d times in %d processes, seed %s, %.0f s: no finding" % (
        total, readings, next(command.processes), seed, time.monotonic() - start))


if __name__ == "__main__":
    main(*sys.argv[1:])
