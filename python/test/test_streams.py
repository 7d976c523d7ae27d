# SPDX-License-Identifier: Apache-2.0
"""Delimited streams, cut wherever they can be."""
import io
import socket
import unittest

from support import VECTORS, execwire, run
from execwire import ExecutionState, ExecwireError, decode, encode_delimited, read_delimited, write_delimited

STATES = [decode(data) for _, data in VECTORS.values()]
# as the command writes it
STREAM = run(["encode"], "\n".join(text for text, _ in VECTORS.values()).encode())


def failure(pieces, **options):
    """How many states come before the error, and what that is."""
    count = 0
    try:
        for _ in read_delimited(pieces, **options):
            count += 1
    except ExecwireError as error:
        return count, error.code.replace("EXECWIRE_ERROR_", ""), error.offset, error.path
    return count, None


class Streams(unittest.TestCase):
    def test_written_as_the_command_writes_it(self):
        file = io.BytesIO()
        write_delimited(STATES, file)
        self.assertEqual(file.getvalue(), STREAM)
        self.assertEqual(b"".join(map(encode_delimited, STATES)), STREAM)

    def test_cut_anywhere(self):
        for at in range(len(STREAM) + 1):
            self.assertEqual(list(read_delimited([STREAM[:at], STREAM[at:]], max_message=4096)), STATES)

    def test_single_bytes_and_one_large_piece(self):
        self.assertEqual(list(read_delimited(bytes([byte]) for byte in STREAM)), STATES)
        many = list(read_delimited([STREAM * 200]))
        self.assertEqual((len(many), many[-len(STATES):]), (200 * len(STATES), STATES))

    def test_files(self):
        self.assertEqual(list(read_delimited(io.BytesIO(STREAM * 100))), STATES * 100)
        raw = io.BytesIO(STREAM)
        self.assertEqual(list(read_delimited(io.BufferedReader(raw, 64))), STATES)

    def test_a_state_is_given_out_as_soon_as_it_is_there(self):
        sender, receiver = socket.socketpair()
        with sender, receiver, receiver.makefile("rb") as file:
            states = read_delimited(file)
            sender.sendall(bytes.fromhex("02400702"))
            self.assertEqual(next(states).state, 7)
            sender.sendall(bytes.fromhex("4008"))
            self.assertEqual(next(states).state, 8)
            sender.close()
            self.assertRaises(StopIteration, next, states)

    def test_an_end_inside_a_message_is_refused(self):
        ends = [0]
        for _, data in VECTORS.values():
            ends.append(ends[-1] + (1 if len(data) < 128 else 2) + len(data))
        self.assertEqual(ends[-1], len(STREAM))
        for at in range(len(STREAM)):
            count = sum(end <= at for end in ends[1:])
            expected = (count, None) if at in ends else (count, "TRUNCATED", max(end for end in ends if end < at), "")
            self.assertEqual(failure([STREAM[:at]], max_message=4096), expected)

    def test_a_broken_message(self):
        good, broken = bytes.fromhex("024007"), bytes.fromhex("054a03c3289f")  # 0xC3 without its second byte
        whole = good + good + broken + good
        for pieces in ([whole], [good, good, broken, good], [bytes([byte]) for byte in whole]):
            self.assertEqual(failure(pieces), (2, "UTF8", 9, "/Status"))

    def test_lengths(self):
        good = bytes.fromhex("024007")
        self.assertEqual(failure([good, bytes.fromhex("ffffffffffff7f")]), (1, "VARINT", 3, ""))
        self.assertEqual(failure([good, bytes.fromhex("ffffffff0f")]), (1, "TOO_LARGE", 3, ""))
        self.assertEqual(failure([good + bytes.fromhex("044a024142")], max_message=3), (1, "TOO_LARGE", 3, ""))
        self.assertEqual(failure([good + bytes.fromhex("034a0141")], max_message=3), (2, None))

    def test_what_is_no_state_is_not_written(self):
        file = io.BytesIO()
        with self.assertRaises(ExecwireError):
            write_delimited([ExecutionState(state=1), ExecutionState(state="x")], file)
        self.assertEqual(file.getvalue().hex(), "024001")

    def test_two_streams_at_a_time_do_not_meet(self):
        one, two = (read_delimited(bytes([byte]) for byte in STREAM) for _ in range(2))
        self.assertEqual([state for pair in zip(one, two) for state in pair], [s for state in STATES for s in (state, state)])

    def test_text_is_no_stream(self):
        self.assertRaises(TypeError, lambda: list(read_delimited(["024007"])))
        self.assertRaises(TypeError, lambda: list(read_delimited(7)))
        self.assertTrue(issubclass(execwire.ExecwireError, ValueError))


if __name__ == "__main__":
    unittest.main()
