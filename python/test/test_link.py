# SPDX-License-Identifier: Apache-2.0
"""The link's receiver, on frames that the command sends."""
import math
import os
import random
import select
import subprocess
import time
import unittest

from support import COMMAND, JSONL, run
from execwire import ExecwireError, LinkReceiver, decode, from_json, json_to_bytes

STATE = "EXECWIRE_LINK_STATE"
MESSAGES = [json_to_bytes(line) for line in JSONL.splitlines()]
QUICK = ["--timing", "urgent=20,repeat=30,identity=40"]


def frames(*args):
    return [bytes.fromhex(line) for line in run(["link", "send", "--hex", *args], JSONL.encode()).decode().splitlines()]


LOSSLESS = frames("--lossless")


def received(receiver, sent):
    """The messages of the states that come out."""
    events = [receiver.receive(frame, i) for i, frame in enumerate(sent)]
    return [event.message for event in events if event.outcome == STATE]


class OneWay(unittest.TestCase):
    def test_lossless(self):
        receiver = LinkReceiver("lossless")
        events = [event for event in map(receiver.receive, LOSSLESS) if event.outcome == STATE]
        self.assertEqual([event.message for event in events], MESSAGES)
        self.assertEqual([event.state for event in events], [decode(message) for message in MESSAGES])
        self.assertEqual({event.text for event in events}, {"a new state"})

    def test_in_pieces(self):
        sent = frames("--lossless", "--mtu", "51")
        self.assertLessEqual(max(map(len, sent)), 51)
        receiver = LinkReceiver("lossless")
        self.assertEqual(received(receiver, sent), MESSAGES)
        self.assertGreater(receiver.stats.outcomes["EXECWIRE_LINK_PIECE"], 0)

    def test_what_link_recv_gives_of_the_same_frames(self):
        sent = frames("--one-way", *QUICK)
        lines = "".join(frame.hex() + "\n" for frame in sent).encode()
        theirs = run(["link", "recv", "--hex", "--one-way"], lines).decode().splitlines()
        messages = received(LinkReceiver("one-way"), sent)
        self.assertEqual(messages, [json_to_bytes(line) for line in theirs])
        self.assertLessEqual(set(MESSAGES[2:]), set(messages))

    def test_losses(self):
        sent = frames("--one-way", *QUICK)
        messages = received(LinkReceiver("one-way"), [frame for i, frame in enumerate(sent) if i % 3 != 1])
        self.assertTrue(messages)
        self.assertLessEqual(set(messages), set(MESSAGES))


class TwoWay(unittest.TestCase):
    """The command as sender, both ways connected."""

    def exchange(self, lost):
        back, to_sender = os.pipe()
        sender = subprocess.Popen([COMMAND, "link", "send", "--hex", "--quiet", "--back", str(back),
                                   "--timing", "urgent=60,repeat=90,want=30"],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=[back])
        os.close(back)
        sender.stdin.write(JSONL.encode())
        sender.stdin.close()
        receiver, messages, count, rest = LinkReceiver(ack_ms=5, want_ms=30), [], 0, b""
        with sender, open(to_sender, "wb", buffering=0) as answers:
            while True:
                if select.select([sender.stdout], [], [], 0.005)[0]:
                    chunk = os.read(sender.stdout.fileno(), 4096)
                    if not chunk:
                        break
                    *lines, rest = (rest + chunk).split(b"\n")
                    for line in lines:
                        count += 1
                        event = None if lost(count - 1) else receiver.receive(bytes.fromhex(line.decode()))
                        messages += [event.message] if event and event.message else []
                frame = receiver.poll(mtu=64).frame
                if frame is not None:
                    try:
                        answers.write(frame.hex().encode() + b"\n")
                    except BrokenPipeError:
                        pass  # it may end before the last acknowledgment
        return receiver, messages, count

    def test_feedback_goes_back(self):
        receiver, messages, _ = self.exchange(lambda i: False)
        self.assertLessEqual(set(messages), set(MESSAGES))
        self.assertIn(MESSAGES[-1], messages)
        self.assertGreater(receiver.stats.feedbacks, 0)

    def test_with_losses_the_last_states_arrive(self):
        chance = random.Random(15)
        receiver, messages, count = self.exchange(lambda i: chance.random() < 0.3)
        self.assertLessEqual(set(messages), set(MESSAGES))
        self.assertLessEqual(set(MESSAGES[-2:]), set(messages))
        self.assertGreater(count, len(MESSAGES))


class Receiver(unittest.TestCase):
    def test_poll(self):
        receiver = LinkReceiver()
        self.assertEqual(receiver.poll(0), (None, math.inf))
        self.assertEqual(LinkReceiver("one-way").poll(0), (None, math.inf))
        self.assertEqual(receiver.receive(LOSSLESS[1], 1000).outcome, "EXECWIRE_LINK_NO_SESSION")
        frame, due = receiver.poll(1000)
        self.assertTrue(0 < len(frame) <= 255)
        self.assertTrue(1000 < due < 10000)
        self.assertRaises(ValueError, receiver.poll, 0, mtu=50)

    def test_views(self):
        receiver = LinkReceiver("lossless", fresh_ms=1000)
        self.assertIsNone(receiver.view(0, 0))
        last = [event for event in (receiver.receive(frame, 5000) for frame in LOSSLESS) if event.outcome == STATE][-1]
        view = receiver.view(last.ref, 5400)
        self.assertEqual(view, (True, False, last.number, 400, last.state, last.message))
        self.assertFalse(receiver.view(last.ref, 6001).current)
        for nobody in (99, 9999, -1, 2**40):
            self.assertIsNone(receiver.view(nobody, 5400))

    def test_the_clock_is_its_own(self):
        receiver = LinkReceiver("lossless")
        last = [event for event in map(receiver.receive, LOSSLESS) if event.outcome == STATE][-1]
        time.sleep(0.02)
        self.assertTrue(15 <= receiver.view(last.ref).age_ms < 10000)

    def test_stats(self):
        receiver = LinkReceiver("lossless")
        self.assertEqual(sum(receiver.stats.outcomes.values()), 0)
        for frame in LOSSLESS:
            receiver.receive(frame, 0)
        stats = receiver.stats
        self.assertEqual(stats.outcomes[STATE], len(MESSAGES))
        self.assertEqual(stats.bytes, sum(map(len, LOSSLESS)))
        self.assertEqual((stats.malformed, stats.forgotten, stats.feedbacks), (0, 0, 0))

    def test_what_is_no_frame_changes_nothing(self):
        receiver = LinkReceiver("lossless")
        damaged = bytearray(LOSSLESS[0])
        damaged[7] ^= 1
        for frame, code in ((b"", "LINK_FRAME"), (b"\x00", "TRUNCATED"), (damaged, "LINK_FRAME")):
            with self.assertRaises(ExecwireError) as caught:
                receiver.receive(frame, 0)
            self.assertEqual(caught.exception.code, "EXECWIRE_ERROR_" + code)
        self.assertEqual(receiver.stats.malformed, 3)
        self.assertEqual(received(receiver, LOSSLESS), MESSAGES)

    def test_bits_turned(self):
        """Never a state that was not sent."""
        for frame in LOSSLESS:
            for bit in range(0, 8 * len(frame), 5):
                receiver = LinkReceiver("lossless", max_message=4096)
                received(receiver, LOSSLESS)
                damaged = bytearray(frame)
                damaged[bit >> 3] ^= 1 << (bit & 7)
                try:
                    message = receiver.receive(damaged, 100).message
                except ExecwireError:
                    continue
                self.assertTrue(message is None or message in MESSAGES)

    def test_options(self):
        self.assertRaises(TypeError, LinkReceiver, "both")
        small = LinkReceiver("lossless", max_message=64)
        received(small, LOSSLESS)
        self.assertGreater(small.stats.outcomes["EXECWIRE_LINK_NO_ROOM"], 0)
        self.assertEqual(from_json(JSONL.splitlines()[0]), decode(MESSAGES[0]))


if __name__ == "__main__":
    unittest.main()
