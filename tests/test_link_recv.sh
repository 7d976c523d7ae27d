#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A receiver of links against frames of another making: Python writes them by link.proto with protobuf's
# own runtime, and computes checks with zlib. Frames that are odd, hostile, or come out of order, and
# what docs/link.md says of each.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
import struct, uuid, zlib
from command import *
from link_frame import number_of, read_frame, write_frame

descriptors = path("link.pbset")
subprocess.run(["protoc", "-Iproto", "--include_imports", "-o", descriptors, "execwire/v1/link.proto"], check=True)
pool = descriptor_pool.DescriptorPool()
for file in descriptor_pb2.FileDescriptorSet.FromString(open(descriptors, "rb").read()).file:
    pool.Add(file)
Frame, State = (message_factory.MessageFactory(pool).GetPrototype(pool.FindMessageTypeByName("execwire.v1." + name))
                for name in ("LinkFrame", "ExecutionState"))

NODE, JOB, REFERENCE = bytes(range(32)), uuid.UUID(int=0x20edbcba3acc4672884ab649fcbce49b), uuid.UUID(int=0xe8180a6bd4f41a2abffcd3c12ef89057)
EPOCH = 1697545600
TEXTS = {"old": "of an earlier session", "no session": "of a session whose hello has not come", "no word": "refers to a word that has not come",
         "no identity": "of an execution whose identity has not come", "no base": "based on a state that is not there",
         "mismatch": "does not give the state that was sent", "no room": "larger than the memory lent",
         "other node": "of another node than the one that this receiver hears",
         "feedback": "feedback, which is for senders", "profile": "of a profile that this version does not know",
         "frame": "not a frame, or a damaged one", "text": "malformed packed or compressed text"}


def hash_text(digest):
    return base58(b"\x12\x20" + digest)


# ---- The sender's side ----


def state_of(number, **fields):
    """What the receiver predicts of a state in which nothing happens but `fields`."""
    state = State(compute_reference="e-%s" % REFERENCE, job_id=str(JOB), node_id=hash_text(NODE), state=1, version=number)
    state.create_time.seconds, state.create_time.nanos = EPOCH + 88, 90286107
    state.update_time.seconds, state.update_time.nanos = EPOCH + 89, 90286107
    state.published_results.SetInParent()
    for name, value in fields.items():
        setattr(state, name, value)
    return state


def check_of(state, ref, number, generation=0, session=1):
    start = zlib.crc32(struct.pack("<BIBBI", 0, session, ref, generation, number))
    return zlib.crc32(state.SerializeToString(deterministic=True), start)


def update_of(ref, elapsed=1 << 30, state=1):
    return ref | state << 7 | elapsed << 14


def piece_of(ref, number, state=1):
    return ref | state << 7 | (number & 7) << 11 | number >> 3 << 18


def delta(state, n, ref=0, **fields):
    fields.setdefault("update", update_of(ref, state=state.state))
    fields.setdefault("check", check_of(state, ref, n, fields.get("generation", 0), fields.pop("of", 1)))
    frame = Frame(**fields)
    if number_of(frame) != n:
        frame.number = n
    return write_frame(frame)


def identity(state, n, ref=0, **fields):
    fields.setdefault("ids", JOB.bytes + REFERENCE.bytes)
    fields.setdefault("created", (88 << 30) + 90286107)
    return delta(state, n, ref, **fields)


def control(of_node=b"", **fields):
    frame = Frame(**fields)
    frame.check = zlib.crc32(of_node, zlib.crc32(frame.SerializeToString()))
    return frame.SerializeToString()


def hello(**fields):
    for name, value in {"session": 1, "node": NODE, "epoch": EPOCH}.items():
        fields.setdefault(name, value)
    return control(**{name: value for name, value in fields.items() if value is not None})


def words(*texts, node=NODE, session=1, **fields):
    return control(node, session=session, words=texts, **fields)


def digest(*entries, node=NODE, session=1):
    return control(node, session=session, live=[ref | generation << 7 | number << 11 for ref, generation, number in entries])


def pieces(frame, number, size=40, ref=0, state=1):
    return [write_frame(Frame(update=piece_of(ref, number, state), whole=len(frame), offset=at, piece=frame[at:at + size])) for at in range(0, len(frame), size)]


# ---- The receiver's side ----


def hear(*frames, mode=["--one-way"]):
    """The states that come out, and what is said of each frame: (its number, its ref or None, TEXTS' key)."""
    done = run("link", "recv", *mode, "--status", "--protobuf", data=delimited(frames))
    assert done.status == 0, done
    said = []
    for line in done.err.splitlines():
        parts = re.fullmatch(r"(?:execwire: )?<stdin>: message (\d+)(?:, byte \d+)?:(?: ref (\d+):| /\w+(?:/\w+)*:)? (.*)", line)
        if parts:
            key = [key for key, text in TEXTS.items() if text == parts[3]]
            said.append((int(parts[1]), parts[2] and int(parts[2]), key[0] if key else parts[3]))
    return [State.FromString(message) for message in undelimited(done.out)], said, done


def expect(what, frames, said=(), states=()):
    """`said` without refs where a frame has none."""
    got, heard, done = hear(*frames)
    same(what + ": states", [m.SerializeToString(deterministic=True) for m in states], [m.SerializeToString(deterministic=True) for m in got])
    same(what + ": said", list(said), heard)
    if heard != list(said):
        print(done)


ONE, TWO, THREE = state_of(1), state_of(2, state=2), state_of(3, state=3)
first = identity(ONE, 1)
START = [hello(), first]

# ---- What an honest sender may say ----

expect("an identity and a delta", START + [delta(TWO, 2)], states=[ONE, TWO])
version_4 = uuid.UUID(int=0xe8180a6bd4f44a2abffcd3c12ef89057)
raw = JOB.bytes + version_4.bytes
short = raw[:6] + bytes([(raw[6] & 15) << 4 | raw[22] & 15]) + raw[7:22] + raw[31:] + raw[23:31]
ids31 = state_of(1, compute_reference="e-%s" % version_4)
expect("ids in 31 bytes", [hello(), identity(ids31, 1, ids=short)], states=[ids31])
other = state_of(1, node_id=hash_text(bytes(32)))
expect("another node of this session", [hello(), identity(other, 1, node=bytes(32))], states=[other])
named = state_of(1, node_id="n-1")
expect("a session of a named node", [hello(node=b"n-1"), identity(named, 1)], states=[named])
nobody = state_of(1)
nobody.ClearField("node_id")
expect("a session without a node", [hello(node=None), identity(nobody, 1)], states=[nobody])
late = state_of(1)
late.ClearField("create_time"), late.ClearField("update_time")
expect("no times", [hello(epoch=None), write_frame(Frame(update=update_of(0, 0), ids=JOB.bytes + REFERENCE.bytes, check=check_of(late, 0, 1)))],
       states=[late])
expect("created without an epoch", [hello(epoch=None), first], [(2, 0, "no session")])
earlier = state_of(1)
earlier.update_time.seconds = EPOCH + 87
early = State()
early.update_time.CopyFrom(earlier.update_time)
expect("updated before created", [hello(), identity(earlier, 1, update=update_of(0, 0), patch=early)], states=[earlier])
far = state_of(1000)
expect("a number that is not the usual one", [hello(), identity(far, 1000)], states=[far])
v0 = state_of(2, state=7, desired_state=2)
v0.published_results.cid, v0.published_results.name, v0.published_results.storage_source = hash_text(bytes(32)), "ipfs://" + hash_text(bytes(32)), 1
v0.run_output.CopyFrom(State().run_output)
for field, value in dict(exit_code=0, runner_error="", std_out="", std_err="", stdouttruncated=False, stderrtruncated=False).items():
    setattr(v0.run_output, field, value)
expect("results in IPFS", START + [delta(v0, 2, cid=bytes(32))], states=[ONE, v0])
text = State.FromString(v0.SerializeToString())
text.published_results.Clear()
text.published_results.SetInParent()
text.run_output.std_out, text.status = "job %s\n" % JOB, "e-%s done" % REFERENCE
expect("packed texts", START + [delta(text, 2, out=b"job \xf5\n", status=b"\xf6 done")], states=[ONE, text])
learned = state_of(2, status="no room left")
expect("a word", [hello(), words(b"no room left"), first, delta(learned, 2, status=b"\xfc")], states=[ONE, learned])
expect("words come twice", [hello(), words(b"one"), words(b"one", b"no room left"), first, delta(learned, 2, status=b"\xfb\x01")], states=[ONE, learned])
expect("repeats say nothing", START + [first, delta(TWO, 2), delta(TWO, 2), first], states=[ONE, TWO])
patched = state_of(2)
patched.published_results.metadata["k"] = "v"
patch = State()
patch.published_results.metadata["k"] = "v"
expect("a patch", START + [delta(patched, 2, patch=patch)], states=[ONE, patched])
based = State.FromString(patched.SerializeToString())
based.version, based.state = 3, 3
expect("a base with metadata", START + [delta(patched, 2, patch=patch), delta(based, 3, base=2)], states=[ONE, patched, based])
cleared = state_of(2)
cleared.ClearField("published_results")
expect("cleared", START + [delta(cleared, 2, clear=[6])], states=[ONE, cleared])
alone = State(status="alone")
expect("all cleared", START + [delta(alone, 2, clear=[1, 2, 4, 5, 6, 10, 11], patch=alone, update=update_of(0, state=15))], states=[ONE, alone])
again = state_of(1, state=2)
expect("a new session", START + [hello(session=2), identity(again, 1, of=2)], states=[ONE, again])
expect("pieces", [hello()] + pieces(first, 1), states=[ONE])
expect("pieces in reverse", [hello()] + pieces(first, 1)[::-1] + [delta(TWO, 2)], states=[ONE, TWO])
expect("a digest of what is known", START + [digest((0, 0, 1))], states=[ONE])

# ---- What comes too early or too late ----

expect("no hello", [first, delta(TWO, 2), words(b"word"), digest((0, 0, 1))],
       [(1, 0, "no session"), (2, 0, "no session"), (3, None, "no session"), (4, None, "no session")])
expect("no identity", [hello(), delta(TWO, 2)], [(2, 0, "no identity")])
expect("another base", START + [delta(THREE, 3, base=2)], [(3, 0, "no base")], [ONE])
expect("a base that is not older", START + [delta(ONE, 1, base=1, check=0)], states=[ONE])
expect("no word", START + [delta(learned, 2, status=b"\xfc")], [(3, 0, "no word")], [ONE])
expect("words are missing before these", [hello(), words(b"two", first_word=1), first], [(2, None, "no session")], [ONE])
expect("words of another session", START + [words(b"two", session=2)], [(3, None, "no session")], [ONE])
expect("words of an earlier session", [hello(session=2), words(b"two", session=1)], [(2, None, "old")])
expect("an earlier session", [hello(session=2), hello(), identity(ONE, 1, session=1), digest((0, 0, 1))],
       [(2, None, "old"), (3, 0, "old"), (4, None, "old")])
expect("a later session", START + [identity(again, 1, session=2, of=2), digest((0, 0, 1), session=2)], [(3, 0, "no session"), (4, None, "no session")], [ONE])
expect("what was known before a new session", START + [hello(session=2), delta(TWO, 2)], [(4, 0, "no identity")], [ONE])
expect("later profiles", [hello(), identity(ONE, 1, profile=1), hello(session=2, profile=1), first],
       [(2, 0, "profile"), (3, None, "profile")], [ONE])

expect("parity of the largest number", START + [write_frame(Frame(update=piece_of(0, 2), whole=10, offset=20, piece=bytes(2)))], [], [ONE])

# ---- What is odd or hostile: no state, and the next good frame is none the worse ----

last = state_of(9, state=9, desired_state=2)
good_end = identity(last, 9)
long_node = control(session=1, node=b"n" * 65, epoch=EPOCH)
for epoch in 253402300799, 2 ** 63 - 1, -2 ** 63:
    expect("an epoch of %d" % epoch, [hello(epoch=epoch), first], [(2, 0, "mismatch")])
for what, frame, outcome in [
    ("ids of another size", identity(TWO, 2, ids=bytes(30)), "mismatch"),
    ("no ids", identity(TWO, 2, ids=b""), "mismatch"),
    ("a CID of another size", delta(v0, 2, cid=bytes(33)), "mismatch"),
    ("created beyond all years", identity(ONE, 2, created=2 ** 63 + 5), "mismatch"),
    ("created as late as it goes", identity(ONE, 2, created=2 ** 63 - 1), "mismatch"),
    ("a text that refers to a CID that is not there", delta(TWO, 2, status=b"\xf8"), "mismatch"),
    ("a text that refers to the bucket", delta(TWO, 2, bucket=b"b", status=b"\xf9"), "mismatch"),
    ("a word that is cut off", delta(TWO, 2, status=b"\xfb"), "text"),
    ("a UUID that is cut off", delta(TWO, 2, out=b"\xc0" + bytes(15)), "text"),
    ("a hash that is cut off", delta(TWO, 2, err=b"\xc1" + bytes(31)), "text"),
    ("compressed text inside of text", delta(TWO, 2, bucket=b"a\xfa\x01b"), "text"),
    ("compressed text of 2049 bytes", delta(TWO, 2, status=b"\xfa\x81\x10"), "text"),
    ("compressed text without its size", delta(TWO, 2, status=b"\xfa\x80"), "text"),
    ("clearing a field that there is not", delta(TWO, 2, clear=[12]), "frame"),
    ("clearing inside of a string", delta(TWO, 2, clear=[4 + 1 * 32]), "frame"),
    ("clearing the whole state", delta(TWO, 2, clear=[0]), "frame"),
    ("clearing what no patch is", delta(TWO, 2, clear=[1 << 30]), "frame"),
    ("a feedback", control(wants=[1]), "feedback"),
    ("a check of a damaged state", delta(TWO, 2, check=0), "mismatch"),
    ("a digest of another node", digest((0, 0, 1), node=bytes(32)), "frame"),
    ("words of another node", words(b"word", node=bytes(32)), "frame"),
    ("a hello of another node", hello(session=2, node=bytes(32)), "other node"),
    ("a hello of a node whose name is too long", long_node, "other node"),
    ("a word that refers to ids", words(b"\xf5"), "no session"),
    ("a word that is cut off in a hello", words(b"\xc0"), "no session"),
    ("more words than there may be", words(*[b"w"] * 33), "no session"),
    ("more bytes of words than there may be", words(*[bytes(200)] * 3), "no session"),
    ("a word of 256 bytes", words(bytes(256)), "no session"),
    ("a piece beyond its frame", write_frame(Frame(update=piece_of(0, 2), whole=10, offset=5, piece=bytes(6))), "mismatch"),
    ("a piece far beyond", write_frame(Frame(update=piece_of(0, 2), whole=10, offset=2 ** 32 - 1, piece=bytes(2))), "mismatch"),
    ("parity of too large a number", write_frame(Frame(update=piece_of(0, 2), whole=10, offset=21, piece=bytes(2))), "mismatch"),
    ("an empty piece", write_frame(Frame(update=piece_of(0, 2), whole=10, piece=b"")), "mismatch"),
    ("a piece of a frame of 4 GB", write_frame(Frame(update=piece_of(0, 2), whole=2 ** 32 - 1, piece=b"x")), "no room"),
    ("a hello in pieces", pieces(hello(session=2), 2, size=1000)[0], "frame"),
    ("a piece in pieces", pieces(pieces(first, 1)[0], 2, size=1000)[0], "frame"),
    ("another ref in pieces", pieces(identity(ONE, 2, ref=3), 2, size=1000)[0], "frame"),
    ("a piece that is no frame", pieces(b"\xff\xff\xff\xff\xff\xff", 2, size=1000)[0], None),
]:
    got, said, done = hear(*START, frame, good_end)
    same(what + ": states", [ONE.SerializeToString(), last.SerializeToString()], [m.SerializeToString() for m in got])
    check(what + ": said", len(said) == 1 and said[0][0] == 3 and outcome in (None, said[0][2]), done)

# ---- Where an error is: at the field's value, in a patch at what is wrong in it ----

for path_there, inside, frame in [
    ("/out", b"abc\xfa", delta(TWO, 2, bucket=b"\xf5", out=b"abc\xfa")),
    ("/status", b"\xfa\x80", delta(TWO, 2, status=b"\xfa\x80")),
    ("/clear", b"\x06\x0c", delta(TWO, 2, clear=[6, 12])),
    ("/patch/Status", b"\xff", delta(TWO, 2) + b"\x72\x03\x4a\x01\xff"),
    ("/patch/PublishedResults/CID", b"\xfe", delta(TWO, 2) + b"\x72\x07\x4a\x00\x32\x03\x0a\x01\xfe"),
]:
    at = frame.index(inside)
    for what, frames, number in ("a frame", [frame], 3), ("pieces", pieces(frame, 2, size=9), 2 + len(pieces(frame, 2, size=9))):
        _, _, done = hear(*START, *frames)
        found = re.search(r"<stdin>: message (\d+), byte (\d+): ([^ ]*): ", done.err)
        same("where: %s in %s" % (path_there, what), (number, at, path_there), found and (int(found[1]), int(found[2]), found[3]))

# ---- A digest that says more than is known ----

done = run("link", "recv", "--back", path("back"), "--status", data=delimited(START + [digest((0, 0, 2), (5, 0, 1))]))
check("a digest: suspect and wanted", "execwire: ref 0: suspect\n" in done.err and
      {"execwire: wants ref 0", "execwire: wants ref 5"} <= set(done.err.splitlines()), done)
back = [Frame.FromString(frame) for frame in undelimited(read("back"))]
same("a digest: the wants", [0, 5], sorted(ref for frame in back for ref in frame.wants))
for frame in back:
    if frame.HasField("check"):
        check_there = frame.check
        frame.ClearField("check")
        same("feedback: its check", zlib.crc32(frame.SerializeToString()), check_there)
acks = {ack for frame in back for ack in frame.acks}
check("feedback: the state is acknowledged", read_frame(first).check in acks, repr(acks))
finish()
PYTHON
