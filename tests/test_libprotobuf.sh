#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The official runtime reads what we write, and we read what it writes: protoc and python3-protobuf
# on all test vectors, on tests/readings.txt, and on ../shared/corpus when that is there.
set -eu

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

/usr/bin/python3 -B - "${OUT:-build}/execwire" "${GEN:-build/gen}" "$tmp" <<'PYTHON'
import itertools, json, pathlib, re, subprocess, sys

from google.protobuf import descriptor_pb2

sys.path.insert(0, "tools")
import make_vectors

command, generated, tmp = sys.argv[1:]
descriptor_set = generated + "/execution_state.pbset"
schema = make_vectors.Schema(descriptor_set)
vectors = sorted(pathlib.Path("tests/vectors").glob("*.json"))
corpus = pathlib.Path("../shared/corpus")
passed = failed = 0


def check(what, good, detail=""):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print("FAILED: %s\n    %s" % (what, detail))


def run(*arguments, data=b"", status=0):
    """Standard output; standard error is left in run.errors."""
    done = subprocess.run(arguments, input=data, capture_output=True, timeout=60)
    run.errors = done.stderr.decode()
    check(" ".join(arguments), done.returncode == status,
          "exit status %d\n%s" % (done.returncode, run.errors))
    return done.stdout


def varint(value):
    start = b""
    while value > 127:
        start, value = start + bytes([value & 127 | 128]), value >> 7
    return start + bytes([value])


def delimited(messages, tag=b""):
    return b"".join(tag + varint(len(data)) + data for data in messages)


def split(stream):
    """Takes a delimited stream apart."""
    messages = []
    while stream:
        size = next(i for i, byte in enumerate(stream) if byte < 128) + 1
        length = sum((byte & 127) << 7 * i for i, byte in enumerate(stream[:size]))
        assert len(stream) >= size + length
        messages.append(stream[size:size + length])
        stream = stream[size + length:]
    return messages


def protoc(mode, files, data):
    """A stream is one message for protoc, with a field 1 that is repeated."""
    files = descriptor_pb2.FileDescriptorSet.FromString(files.SerializeToString())
    file = files.file.add(name="stream.proto", package="test", dependency=[files.file[-1].name])
    file.message_type.add(name="Stream").field.add(
        name="message", number=1, label=3, type=11, type_name=".execwire.v1.ExecutionState")
    pathlib.Path(tmp, "stream.pbset").write_bytes(files.SerializeToString())
    options = ["--deterministic_output"] if mode == "--encode" else []
    return run("protoc", "--descriptor_set_in=%s/stream.pbset" % tmp, *options,
               mode + "=test.Stream", "stream.proto", data=data)


def unknown(message):
    below = [value for field, value in message.ListFields()
             if field.message_type and field.label != field.LABEL_REPEATED]
    return len(message.UnknownFields()) + sum(map(unknown, below))


# ---- One message at a time ------------------------------------------------------------------------

make_vectors.main(descriptor_set, "tests/vectors", tmp)
check("each document has its bytes", [path.stem for path in vectors] ==
      [path.stem for path in sorted(pathlib.Path("tests/vectors").glob("*.pb"))])
for path in vectors:
    data = path.with_suffix(".pb").read_bytes()
    check("make vectors would not change %s" % path.with_suffix(".pb"),
          data == pathlib.Path(tmp, path.stem + ".pb").read_bytes())
    check("%s is encoded to these bytes" % path,
          run(command, "encode", "--single", str(path)) == data)

for line in open("tests/readings.txt", encoding="utf-8"):
    if line[0] not in "#\n":
        given, canonical, count = line.split()
        message = schema.State.FromString(bytes.fromhex(given.strip("-")))
        dict(message.published_results.metadata)  # until asked, libprotobuf keeps repeated keys
        found = unknown(message)
        message.DiscardUnknownFields()
        meaning = make_vectors.encode(message).hex() or "-"
        check("reading " + given, (meaning, found) == (canonical, int(count)), (meaning, found))

# ---- A number without a name ------------------------------------------------------------------------
# A newer version's state must not vanish for those who compiled an older schema.

newer = pathlib.Path("tests/vectors/unknown_enums.pb").read_bytes()
message = schema.State.FromString(newer)
seen = message.desired_state, message.state, message.published_results.storage_source
check("enum numbers without a name are in their fields", seen == (3, 10, 2147483647), seen)
check("none is an unknown field", unknown(message) == 0, message)
message.DiscardUnknownFields()
check("they are written again", make_vectors.encode(message) == newer, message)
text = protoc("--decode", schema.files, delimited([newer], b"\n"))
check("protoc shows such a number by the field's name", re.search(rb"(?m)^  state: 10$", text), text)

# ---- protobuf-c's copy of the schema --------------------------------------------------------------


def shape(folder):
    """The schema without what only its syntax says."""
    run("protoc", "-I" + folder, "-o", tmp + "/shape", "execwire/v1/execution_state.proto")
    file = descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(tmp, "shape").read_bytes()).file[0]
    syntax = file.syntax
    file.ClearField("syntax")
    for message in file.message_type:
        message.ClearField("oneof_decl")
        for field in message.field:
            field.ClearField("oneof_index")
            field.ClearField("proto3_optional")
    return syntax, file


(syntax, ours), (copied, theirs) = shape("proto"), shape(generated + "/proto2")
check("in proto2 the schema has the same names, numbers, types and presence",
      (syntax, copied) == ("proto3", "") and ours == theirs, theirs)

# ---- Streams, both ways ---------------------------------------------------------------------------


def protoc_reads(what, messages):
    """And writes the same bytes from the text that it makes of them."""
    joined = delimited(messages, b"\n")
    text = protoc("--decode", schema.files, joined)
    check(what + ": protoc reads each message",
          len(re.findall(rb"(?m)^message {", text)) == len(messages))
    check(what + ": protoc writes them again", protoc("--encode", schema.files, text) == joined)


def python_reads(what, messages, expected):
    wrong = [i for i, (data, message) in enumerate(itertools.zip_longest(messages, expected))
             if data is None or message is None or schema.State.FromString(data) != message or
             make_vectors.encode(message) != data]
    check(what + ": python3-protobuf reads and writes each message", not wrong, wrong[:10])


def we_read(what, stream, expected):
    for form, enums in itertools.product(("documented", "api"), ("number", "name")):
        lines = run(command, "decode", "--form", form, "--enums", enums, data=stream).splitlines()
        check("%s: %s form, enums by %s" % (what, form, enums),
              [schema.message(line) for line in lines] == expected)


def both_ways(what, lines, *options):
    """Returns the bytes that we write for these documents."""
    expected = [schema.message(line, ignore_unknown=bool(options)) for line in lines]
    stream = run(command, "encode", *options, data=b"\n".join(lines))
    messages = split(stream)
    python_reads(what, messages, expected)
    protoc_reads(what, messages)
    check(what + ": python3-protobuf writes the same stream",
          delimited(map(make_vectors.encode, expected)) == stream)
    we_read(what, stream, expected)
    return messages


both_ways("vectors", [path.read_bytes() for path in vectors])

# ---- The corpus -----------------------------------------------------------------------------------


def lines_of(name):
    return (corpus / name).read_bytes().splitlines()


def minified(line):
    return json.dumps(json.loads(line), ensure_ascii=False, separators=(",", ":")).encode()


def check_corpus():
    both_ways("real.jsonl", lines_of("real.jsonl"))
    lifecycle = lines_of("lifecycle.jsonl")
    wire = sum(map(len, both_ways("lifecycle.jsonl", lifecycle)))
    text = sum(map(len, map(minified, lifecycle)))
    print("lifecycle.jsonl: %d messages, mean %.1f bytes of protobuf, %.1f of JSON: %.1f %%"
          % (len(lifecycle), wire / len(lifecycle), text / len(lifecycle), 100 * wire / text))
    check("lifecycle.jsonl: at most 62 % of minified JSON", wire <= 0.62 * text)


def check_emitted():
    """As servers emitted them: refused, or with the keys counted that the record does not have."""
    emitted = lines_of("real-as-emitted.jsonl")
    known = set(itertools.chain(*((field.name, field.json_name)
                                  for field in schema.State.DESCRIPTOR.fields)))
    first = next(key for key in json.loads(emitted[0]) if key not in known)
    run(command, "encode", str(corpus / "real-as-emitted.jsonl"), status=1)
    check("an unknown key is refused with its place", run.errors == "%s:1:%d: /%s: unknown key\n" % (
        corpus / "real-as-emitted.jsonl", emitted[0].index(b'"%s"' % first.encode()) + 1, first),
        run.errors)
    schema.ignored = 0
    both_ways("real-as-emitted.jsonl", emitted, "--ignore-unknown")
    run(command, "encode", "--ignore-unknown", data=b"\n".join(emitted))
    check("the ignored keys are counted",
          run.errors == "execwire: unknown keys ignored: %d\n" % schema.ignored, run.errors)


if corpus.is_dir():
    check_corpus()
    check_emitted()
else:
    print("skipped: the corpus: there is no %s" % corpus)

print("%d passed, %d failed" % (passed, failed))
sys.exit(failed > 0)
PYTHON
