#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# execwire link and inspect --link, without a transport: what is refused, the session's file, status
# lines, damaged frames, and every field of a frame by the name that link.proto has.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
import base64, hashlib, socket, time
from command import *
from link_frame import Frame, read_frame, write_frame

STATES = os.path.abspath("examples/states.jsonl")
os.chdir(TMP)


# ---- What is refused ----

for arguments, error in {
    ("link",): "a command is missing: link send or link recv (see execwire link --help)",
    ("link", "nonsense"): "no such command 'link nonsense' (see execwire --help)",
    ("link", "send"): "link send: a way back is missing: --back or --udp, else --one-way or --lossless",
    ("link", "recv"): "link recv: a way back is missing: --back or --udp, else --one-way or --lossless",
    ("link", "send", "--one-way", "--lossless"): "link send: --one-way and --lossless contradict each other",
    ("link", "send", "--one-way", "--back", "x"): "link send: nothing comes back with --one-way and --lossless",
    ("link", "send", "--udp", "localhost:1", "--back", "x"): "link send: --udp has its own way back",
    ("link", "recv", "--udp", "localhost:1", "--lossless"): "link recv: UDP is not lossless",
    ("link", "recv", "--udp", "localhost:1", STATES): "link recv: --udp takes the place of files",
    ("link", "send", "--single"): "link send has no option --single (see execwire link send --help)",
    ("link", "send", "--status"): "link send has no option --status (see execwire link send --help)",
    ("link", "recv", "--session", "x"): "link recv has no option --session (see execwire link recv --help)",
    ("encode", "--mtu", "99"): "encode has no option --mtu (see execwire encode --help)",
    ("decode", "--link"): "decode has no option --link (see execwire decode --help)",
}.items():
    refused("usage: " + " ".join(arguments), run(*arguments), 2, "execwire: %s\n" % error)
for option, arguments in {"mtu": ["50", "65508", "x", ""], "back": [""], "session": [""], "udp": [""],
                          "timing": ["", "x=3", "repeat", "repeat=", "repeat=0", "repeat=3x", "repeat=3,", "tries=16", "tries=0"]}.items():
    command = ["link", "send", "--lossless"]
    for argument in arguments:
        refused("usage: --%s '%s'" % (option, argument), run(*command, "--" + option, argument), 2,
                "execwire: wrong argument '%s' of '--%s' (see execwire link send --help)\n" % (argument, option))
for arguments, error in {
    ("link", "send", "--back", "missing/back", STATES): "missing/back: No such file or directory",
    ("link", "recv", "--back", "missing/back", STATES): "missing/back: No such file or directory",
    ("link", "send", "--back", "77", STATES): "77: Bad file descriptor",
    ("link", "send", "--back", "4294967297", STATES): "4294967297: Bad file descriptor",
    ("link", "send", "--lossless", "--session", "missing/number", STATES): "missing/number: No such file or directory",
    ("link", "send", "--lossless", "--session", ".", STATES): ".: Is a directory",
}.items():
    refused("failure: " + " ".join(arguments), run(*arguments), 3, "execwire: %s\n" % error)
done = run("link", "recv", "--udp", "nowhere.invalid:1")
check("a place that is none", done.status == 3 and done.err.startswith("execwire: nowhere.invalid:1: ") and done.err.count("\n") == 1, done)
refused("an address that is not ours", run("link", "recv", "--one-way", "--udp", "192.0.2.1:1"), 3,
        "execwire: 192.0.2.1:1: Cannot assign requested address\n")

# ---- The session ----

for stored, number in ((None, 1), ("1\n", 2), ("41\n", 42), ("4294967295\n", 1)):
    if stored is not None:
        write("number", stored)
    out = good("session", run("link", "send", "--lossless", "--session", "number", STATES))
    same("session after %r" % stored, (number, "%d\n" % number), (read_frame(undelimited(out)[0]).session, read("number").decode()))
check("no other file is left", not os.path.exists("number.new"))
for stored in "", "x\n", "-1\n", "1", "4294967296\n", "99999999999999999999999\n", "1\n2\n":
    write("number", stored)
    refused("session file %r" % stored, run("link", "send", "--lossless", "--session", "number", STATES), 3,
            "execwire: number: not the number of a session\n")
    same("it stays as it was", stored, read("number").decode())

# ---- Forms of states and frames ----

write("number", "0\n")
os.remove("number")
frames = good("send", run("link", "send", "--lossless", "--session", "number", STATES))
states = good("encode", run("encode", STATES))
same("JSON", good("decode", run("decode", data=states)), good("recv", run("link", "recv", "--lossless", data=frames)))
same("JSON of the API", good("decode", run("decode", "--form", "api", "--enums", "name", data=states)),
     good("recv", run("link", "recv", "--lossless", "--form", "api", "--enums", "name", data=frames)))
same("protobuf out", states, good("recv", run("link", "recv", "--lossless", "--protobuf", data=frames)))
os.remove("number")
same("protobuf in", frames, good("send", run("link", "send", "--lossless", "--protobuf", "--session", "number", data=states)))
os.remove("number")
lines = good("send", run("link", "send", "--lossless", "--hex", "--session", "number", STATES))
same("lines", undelimited(frames), [bytes.fromhex(line) for line in lines.decode().split()])
same("lines in", states, good("recv", run("link", "recv", "--lossless", "--hex", "--protobuf", data=lines)))
same("--hex --delimited: the last one counts", states,
     good("recv", run("link", "recv", "--lossless", "--hex", "--delimited", "--protobuf", data=frames)))
refused("a bad state", run("link", "send", "--lossless", data='{"State": "x"}'), 1, re.compile(r"<stdin>:1:\d+: /State: .*\n"))

# ---- Frames that are damaged or missing ----

parts = undelimited(frames)
bad = [parts[0], b"\x01" + parts[1], *parts[1:]]
refused("lossless, a damaged frame", run("link", "recv", "--lossless", data=delimited(bad)), 1,
        "<stdin>: message 2, byte 0: not a frame, or a damaged one\n", out=None)
done = run("link", "recv", "--one-way", "--protobuf", data=delimited(bad))
same("one-way, a damaged frame", (0, states, "execwire: frames dropped: 1\n"), (done.status, done.out, done.err))
same("--quiet", "", run("link", "recv", "--one-way", "-q", data=delimited(bad)).err)
done = run("link", "recv", "--lossless", data=delimited(parts[1:]))
same("lossless, the hello is missing", (1, "execwire: link recv: waits for the sender's next hello; what comes before it is lost\n"
     "execwire: link recv: frames before the first hello: %d\n" % len(parts[1:])), (done.status, done.err))
done = run("link", "recv", "--lossless", "--keep-going", data=delimited(parts[1:]))
check("and the rest", done.status == 1 and done.err.count("\n") > 1, done)

done = run("link", "recv", "--back", "back", "--status", "--timing", "want=1,ack=1", data=delimited(parts[:1] + parts[4:]))
check("--status: what is missing is wanted", "ref 0: of an execution whose identity has not come\n" in done.err, done)
done = run("link", "recv", "--back", "back2", "--status", data=delimited(parts[:3] + [parts[2][:-1] + bytes([parts[2][-1] ^ 1])]))
check("--status: a frame that fits nothing", "does not give the state that was sent" in done.err, done)

receiver = subprocess.Popen([EXECWIRE, "link", "recv", "--one-way", "--status", "--timing", "fresh=1"], stdin=subprocess.PIPE,
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
receiver.stdin.write(delimited(parts[:2]))
receiver.stdin.flush()
same("--status: nothing is heard for longer than --timing fresh", b"execwire: ref 0: silent\n", receiver.stderr.readline())
receiver.stdin.close()
same("--status: the end", (b"", 0), (receiver.stderr.read(), receiver.wait(10)))

# ---- What is not there, what ends, and what is full ----

mapped = json.dumps({"JobID": "j", "Version": 1, "State": 3, "PublishedResults": {"Metadata": {"a": "1", "b": ""}}})
missing = "execwire: missing: No such file or directory\n"
refused("send: no such file", run("link", "send", "--lossless", "missing"), 3, missing)
refused("recv: no such file", run("link", "recv", "--lossless", "missing"), 3, missing)
large = json.dumps({"RunOutput": {"stdout": "".join(chr(33 + i * i % 89) for i in range(300000))}})
full = re.compile(r"execwire: .*: No space left on device\n")
unanswered = write("unanswered", "")
for what, arguments, data in [("send", ["send", "--lossless"], open(STATES).read()), ("send, a large state", ["send", "--lossless"], large),
                              ("send, two ways", ["send", "--back", unanswered], open(STATES).read()), ("recv", ["recv", "--lossless"], frames)]:
    refused("a full disk: " + what, run("link", *arguments, data=data, stdout=open("/dev/full", "wb")), 3, full)
refused("a full way back", run("link", "recv", "--back", "/dev/full", data=delimited(undelimited(frames)[1:])), 3, full)
done = run("link", "send", "--back", unanswered, data=open(STATES).read())
executions = {(m.job_id, m.compute_reference) for m in map(State.FromString, undelimited(states))}
refused("the way back ends without an answer", done, 3,
        "execwire: executions whose last state was not acknowledged: %d\n" % len(executions), out=None)
done = run("link", "send", "--back", ".", data=mapped, timeout=10)
same("the way back cannot be read: it is said once", (3, "execwire: .: Is a directory\n"
     "execwire: executions whose last state was not acknowledged: 1\n"), (done.status, done.err))

# ---- Repeats, and an address of IPv6 ----

fast = ["--one-way", "--timing", "repeat=1,identity=1,tries=2"]
repeated = good("send with repeats", run("link", "send", *fast, data=mapped))
kinds = [read_frame(frame).HasField("patch") for frame in undelimited(repeated)]
same("a state and its repeats", 3, sum(kinds))
same("each of them is enough", [good("encode", run("encode", data=mapped))] * 3,
     [good("recv", run("link", "recv", "--one-way", "--protobuf", data=delimited(undelimited(repeated)[:1] + [frame])))
      for frame in undelimited(repeated) if read_frame(frame).HasField("patch")])


def datagrams(place, family, address):
    with socket.socket(family, socket.SOCK_DGRAM) as end:
        end.bind((address, 0))
        end.settimeout(5)
        port = end.getsockname()[1]
        good("send to " + place, run("link", "send", *fast, "--udp", place % port, data=mapped))
        return [end.recv(65536) for _ in repeated_frames]


repeated_frames = undelimited(repeated)
for place, family, address in ("[::1]:%d", socket.AF_INET6, "::1"), ("127.0.0.1:%d", socket.AF_INET, "127.0.0.1"), ("localhost:%d", socket.AF_INET, "127.0.0.1"), ("%d", socket.AF_INET6, "::"):
    try:
        got = datagrams(place, family, address)
    except OSError as error:
        print("skipped: %s: %s" % (place % 0, error))
        continue
    same(place + ": the state", good("encode", run("encode", data=mapped)),
         good("recv", run("link", "recv", "--one-way", "--protobuf", data=delimited(got))))

# ---- UDP, this test being the other end ----

end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
end.bind(("127.0.0.1", 0))
end.settimeout(10)
sender = subprocess.Popen([EXECWIRE, "link", "send", "--udp", "127.0.0.1:%d" % end.getsockname()[1]], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
sender.stdin.write(mapped.encode())
sender.stdin.close()
for _ in range(2):  # the hello and the state
    frame, address = end.recvfrom(65536)
    end.sendto(Frame(acks=[read_frame(frame).check]).SerializeToString(), address)
same("send: all is acknowledged", (b"", 0), (sender.stderr.read(), sender.wait(10)))

# a place where nobody answers: that is said while there is still time to do something about it
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
    deaf.bind(("127.0.0.1", 0))
    place = "127.0.0.1:%d" % deaf.getsockname()[1]
    for quiet in [], ["--quiet"]:
        sender = subprocess.Popen([EXECWIRE, "link", "send", "--timing", "urgent=200", *quiet, "--udp", place], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        sender.stdin.write(mapped.encode())
        sender.stdin.close()
        if quiet:
            time.sleep(3.5)
            sender.terminate()
        first = sender.stderr.readline()
        same("send: nobody answers " + " ".join(quiet), b"" if quiet else b"execwire: no answer from %s yet\n" % place.encode(), first)
        sender.terminate()
        same("and it is said once", b"", sender.stderr.read())
        sender.wait(10)

# without a file for the number, which may come twice in a second
here = []
for job in "k", "l":
    out = undelimited(good("send " + job, run("link", "send", "--lossless", data=json.dumps({"JobID": job, "Version": 1, "State": 3}))))
    here.append(read_frame(out[0]))
check("salts", here[0].salt != here[1].salt and all(hello.salt for hello in here), here)
out = good("send with a file", run("link", "send", "--lossless", "--session", "number", data=mapped))
check("no salt beside a file", not read_frame(undelimited(out)[0]).HasField("salt"))

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
    probe.bind(("127.0.0.1", 0))
    place = probe.getsockname()
receiver = subprocess.Popen([EXECWIRE, "link", "recv", "--max-message", "4096", "--udp", ":%d" % place[1]],
                            stdout=open("/dev/full", "wb"), stderr=subprocess.PIPE)
end.settimeout(0.1)
asked = None
for _ in range(100):  # until it listens
    end.sendto(parts[1], place)
    try:
        asked = read_frame(end.recv(65536))
        break
    except OSError:
        pass
same("recv: the hello is wanted", [0, 128], asked and sorted(asked.wants))
for datagram in bytes(4097), parts[0], parts[1]:
    end.sendto(datagram, place)
same("recv: a state that cannot be written ends it", (b"execwire: <stdout>: No space left on device\nexecwire: frames dropped: 1\n", 3),
     (receiver.stderr.read(), receiver.wait(10)))

# ---- inspect --link ----

shown = good("inspect", run("inspect", "--link", data=frames)).decode()
kinds = re.findall(r"^message \d+: .*: (\w+)$", shown, re.M)
same("kinds", ["hello", "identity"], kinds[:2])
rows = re.findall(r"^ *\d+ +\d+ +(?:[0-9a-f]{2} )+(?:\.\.)? +(\d+):\w+ +(\w+) ", shown, re.M)
fields = {field.number: field.name for field in Frame.DESCRIPTOR.fields}
check("names", rows and all(fields[int(number)] == name for number, name in rows), repr(rows))

packed = b"plain text"
everything = Frame(acks=[0x01020304], ids=bytes(range(32)), created=5, offset=6, whole=7, cid=bytes(32), bucket=packed, region=packed, node=b"n\x1b1",
                   out=packed, err=b"\xfb\x00", status=b"\xc1\xff\xff", piece=b"abc", check=0xdeadbeef, generation=2, base=3, profile=0,
                   salt=0x1c0ffee, epoch=-4, first_word=1, words=[packed, packed], live=[3 + 2048 * 5], wants=[3, 128], number=12, session=8,
                   clear=[11, 9 + 4 * 32, 0], update=3 | 7 << 7 | 5 << 11 | (1 << 30 | 500000000) << 14)
everything.patch.status = "s"
everything.patch.run_output.std_out = "o"
everything.repairs.extend([3, 100, 10, 20, 3, 100, 40, 60])
done = run("inspect", "--link", "--single", data=everything.SerializeToString())
check("fields that are of no one kind", done.status == 1 and "<- BROKEN at byte" in done.out.decode(), done)
shown = {name: value.strip() for name, value in re.findall(r"^ *\d+ +\d+  .*? \d+:\w+ +(\w+) +\w+ ?(.*)$", done.out.decode(), re.M)}
same("every field", set(fields.values()) - set(shown), set())
columns = [len(before) for before in re.findall(r"^( *\d+ .* )\d+:LEN +(?:patch|run_output|stdout) ", done.out.decode(), re.M)]
same("what is in a patch stands two further right, and what is in that two more", [columns[0], columns[0] + 2, columns[0] + 4], columns)
uuid = "00010203-0405-0607-0809-0a0b0c0d0e0f e-10111213-1415-1617-1819-1a1b1c1d1e1f"
for name, value in {"acks": "01020304", "ids": uuid, "check": "deadbeef", "epoch": "-4", "salt": "01c0ffee",
                    "created": "0.000000005 s after the epoch", "wants": "ref 3 hello", "out": '"plain text"',
                    "live": "ref 3 number 5", "clear": "11 9.4 0", "repairs": "ref 3: bytes 10 to 30 of 100, ref 3: bytes 40 to 100 of 100", "node": r'"n\u001b1"',
                    "err": "2 bytes, with a word of the session", "piece": "3 bytes", "number": "12"}.items():
    same("value of " + name, value, shown.get(name))

done = run("inspect", "--link", "--single", data=write_frame(Frame(update=3 | 5 << 7 | 2 << 11 | (4099 & 15) << 14 | 40 << 18 | (4099 >> 4) << 32, whole=300, piece=b"x")))
check("update of a piece", "ref 3, state 5, number 322, generation 4099\n" in done.out.decode(), done)
for state, elapsed, says in (5, (1 << 30) + 500, "state 5, usual number 4, 1.000000500 s"), (15, 99 << 30, "state in patch, usual number 9, 99.000000000 s"):
    done = run("inspect", "--link", "--single", data=write_frame(Frame(update=3 | state << 7 | elapsed << 14, check=1)))
    check("update of a state: " + says, "ref 3, %s after create_time\n" % says in done.out.decode(), done)


def value_of(frame):
    """The value of the only field of a frame that is none by itself, behind a check: that is no state's head."""
    data = b"\x7d\0\0\0\0" + (frame if isinstance(frame, bytes) else frame.SerializeToString())
    done = run("inspect", "--link", "--single", data=data)
    found = re.findall(r"^ *\d+ +\d+  .*? \d+:\w+ +(\(?\w+\)?) +([\w?]+) *(.*)$", done.out.decode(), re.M)
    return found[1] if len(found) == 2 else done


# 31 bytes: byte 6 has the low halves of both bytes 6, whose second place has the last byte (link.proto); identifiers as multiformats' specifications have them
short = bytes(range(6)) + b"\x5a" + bytes(range(7, 22)) + b"\x1f" + bytes(range(23, 31))
sha = hashlib.sha256(b"hello").digest()
for frame, value in [
    (Frame(ids=short), ("ids", "bytes", "00010203-0405-4507-0809-0a0b0c0d0e0f e-10111213-1415-4a17-1819-1a1b1c1d1e1f")),
    (Frame(ids=bytes(30)), ("ids", "bytes", "30 bytes")),
    (Frame(cid=sha), ("cid", "bytes", base58(b"\x12\x20" + sha))),
    (Frame(cid=(int.from_bytes(b"\x01\x55\x12\x20" + sha, "big") << 2).to_bytes(36, "big")), ("cid", "bytes", "b" + base64.b32encode(b"\x01\x55\x12\x20" + sha).decode().rstrip("=").lower())),
    (Frame(cid=bytes(33)), ("cid", "bytes", "33 bytes")),
    (Frame(node=sha), ("node", "bytes", base58(b"\x12\x20" + sha))),
    (Frame(out=b"job \xf5"), ("out", "bytes", "5 bytes, with an id of the execution")),
    (Frame(out=bytes(4097)), ("out", "bytes", "4097 bytes, of more than 4096")),
    (Frame(out=b"\xc0"), ("out", "bytes", "malformed")),
    (b"\xca\x01\x02\x28\x05", ("repairs", "uint32", "malformed")),
    (b"\xf0\x01\x05", ("(unknown)", "?", "")),
]:
    same("value of %.40r" % frame, value, value_of(frame))

for wrong in (b"\x4a", b"\x0a\x01x", b"\x08", b"\x4d\x01", b"\x48\x05", b"\xfa\xff\x03\x01", b"\x0b", b"\x12\x03abc", b"\x72\x02\x0a\x09", b"\xf8"):
    done = run("inspect", "--link", "--single", data=wrong)
    check("broken: " + wrong.hex(), done.status == 1 and " -- BROKEN\n" in done.out.decode() and done.err.count("\n") == 1, done)
finish()
PYTHON
