#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Compressed texts in frames against a second implementation, in Python, which looks at everything anew
# for every byte.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
import random
from command import *
from link_frame import read_frame
from link_compress import SAMPLE, compress

MARK = b"\xfa"
chance = random.Random(1)
WORDS = SAMPLE.decode().split() + ["α", "β", "進捗", "100%", "\t", "\n", "\n"]


def prose(size):
    return " ".join(chance.choice(WORDS) for _ in range(size))[:size]


def noise(size):
    return "".join(chr(chance.choice((chance.randrange(1, 128), chance.randrange(0xA0, 0x800)))) for _ in range(size))


texts = [prose(size) for size in (9, 30, 77, 300, 800)] + [noise(size) for size in (9, 50, 200)]
texts += ["\0\0\0\0\0Traceback (most recent call last):\n", "\0" * 40, "a" * 500, "\n\n\n\n\n\n\n\n\n\n", "ab" * 150, SAMPLE.decode()[:600], "é" * 100]
states = "".join(json.dumps({"job_id": "j%d" % i, "run_output": {"stdout": text}}) + "\n" for i, text in enumerate(texts))
frames = good("send", run("link", "send", "--lossless", "--mtu", "4096", data=states))
frames = [read_frame(frame) for frame in undelimited(frames)]
sent = {frame.patch.job_id: frame.out for frame in frames if frame.HasField("out")}
compressed = 0
for i, text in enumerate(texts):
    out = sent["j%d" % i]
    if out.startswith(MARK):
        size, compressed = len(text.encode()), compressed + 1
        size = bytes([size]) if size < 128 else bytes([size & 127 | 128, size >> 7])
        same("text %d" % i, (MARK + size + compress(text.encode())).hex(), out.hex())
    else:
        check("text %d: the compressed form would be longer" % i, 2 + len(compress(text.encode())) >= len(out))
check("most are compressed", compressed >= 10, str(compressed))
finish()
PYTHON
