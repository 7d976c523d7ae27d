# SPDX-License-Identifier: Apache-2.0
"""What the tests of the command share: running it, and python3-protobuf's view of its messages.

PYTHONPATH names this folder; $OUT and $GEN are as in the other tests."""
import atexit, datetime, json, os, re, shutil, subprocess, sys, tempfile
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

OUT = os.path.abspath(os.environ.get("OUT", "build"))
GEN = os.path.abspath(os.environ.get("GEN", "build/gen"))
EXECWIRE = OUT + "/execwire"
CORPUS = "../shared/corpus/"
TMP = tempfile.mkdtemp(prefix="execwire-test-")
atexit.register(shutil.rmtree, TMP, True)
# For the environment of scripts that run the command often, and on no network: AddressSanitizer does not search its own
# 10 MB of globals for pointers at each end, which would take half of the time. libc's for the network are among these.
OFTEN = {"LSAN_OPTIONS": "use_globals=0"}

passed = failed = 0


def check(what, good, detail=""):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print("FAILED:", what)
        print("".join("    %s\n" % line for line in str(detail).splitlines()[:40]), end="")
        if os.environ.get("CMOCKA_TEST_ABORT") == "1": # as in programs: the first failure is enough
            finish()


def same(what, expected, actual):
    """Shows where they begin to differ."""
    pair = [value if isinstance(value, (str, bytes)) else repr(value) for value in (expected, actual)]
    start = max(0, len(os.path.commonprefix(pair)) - 40)
    check(what, expected == actual, "expected: %.300r\nactual:   %.300r" % tuple(p[start:] for p in pair))


def finish():
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(failed > 0 or passed == 0)


class Done:
    """How a run ended: `out` is bytes, `err` text."""

    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err.decode("utf-8", "replace")

    def __repr__(self):
        return "status %d\nout: %.1000r\nerr: %.1000s" % (self.status, self.out, self.err)


def run(*arguments, data=b"", **options):
    """Runs execwire on `data` as its standard input."""
    if isinstance(data, str):
        data = data.encode()
    if "stdin" not in options:
        options["input"] = data
    options.setdefault("stdout", subprocess.PIPE)
    options.setdefault("stderr", subprocess.PIPE)
    options.setdefault("timeout", 60)
    done = subprocess.run([EXECWIRE] + list(arguments), **options)
    return Done(done.returncode, done.stdout or b"", done.stderr or b"")


def good(what, done):
    check(what + ": succeeds", done.status == 0, done)
    return done.out


def refused(what, done, status, err, out=b""):
    """One line of error, this one (a regular expression when it is compiled), and this output."""
    fits = err.fullmatch(done.err) if isinstance(err, re.Pattern) else done.err == err
    check(what, done.status == status and fits and done.err.count("\n") == 1 and
          (out is None or done.out == out),
          "expected: status %d, %s\n%r" % (status, err, done))


def path(name):
    return os.path.join(TMP, name)


def write(name, data):
    with open(path(name), "wb") as file:
        file.write(data.encode() if isinstance(data, str) else data)
    return path(name)


def read(name):
    with open(path(name), "rb") as file:
        return file.read()


# ---- The schema, as protobuf's own runtime has it ----

_files = descriptor_pb2.FileDescriptorSet.FromString(
    open(GEN + "/execution_state.pbset", "rb").read())
_pool = descriptor_pool.DescriptorPool()
for _file in _files.file:
    _pool.Add(_file)
State = message_factory.MessageFactory(_pool).GetPrototype(
    _pool.FindMessageTypeByName("execwire.v1.ExecutionState"))



def frame_class():
    """LinkFrame, as protobuf's own runtime has it."""
    described = path("link.pbset")
    subprocess.run(["protoc", "-Iproto", "--include_imports", "-o", described,
                    "execwire/v1/link.proto"], check=True)
    pool = descriptor_pool.DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString(read("link.pbset")).file:
        pool.Add(file)
    return message_factory.MessageFactory(pool).GetPrototype(
        pool.FindMessageTypeByName("execwire.v1.LinkFrame"))


# what a server calls them (the design's table, which the schema does not have)
API_ENUMS = {
    "ExecutionStateType": "Undefined New AskForBid AskForBidAccepted AskForBidRejected "
                          "BidAccepted BidRejected Completed Failed Cancelled".split(),
    "StorageSourceType": [None] + "IPFS RepoClone RepoCloneLFS URLDownload Estuary Inline "
                                  "LocalDirectory S3".split() + [None],
}


def names_of(field):
    """Documented name, API key."""
    documented = {"std_out": "stdout", "std_err": "stderr"}.get(field.name, field.name)
    return documented, field.json_name


def is_map(field):
    return field.message_type is not None and field.message_type.GetOptions().map_entry


def is_time(field):
    return field.message_type is not None and field.message_type.name == "Timestamp"


def instant(text):
    """Seconds and nanoseconds since 1970 of an RFC 3339 time."""
    date, fraction, offset = re.fullmatch(
        r"(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)", text).groups()
    at = datetime.datetime.fromisoformat(date.upper()) - datetime.datetime(1970, 1, 1)
    seconds = at.days * 86400 + at.seconds
    if offset not in "Zz":
        sign = -1 if offset[0] == "-" else 1
        seconds -= sign * (int(offset[1:3]) * 3600 + int(offset[4:]) * 60)
    return seconds, int(((fraction or ".0")[1:] + "0" * 9)[:9])


def to_message(document, message=None):
    """The message that a document means; unknown keys are an error."""
    message = State() if message is None else message
    fields = {name: field for field in message.DESCRIPTOR.fields for name in names_of(field)}
    for key, value in document.items():
        if value is not None:
            set_field(message, fields[key], value)
    return message


def set_field(message, field, value):
    if is_map(field):
        for name, text in value.items():
            getattr(message, field.name)[name] = text
    elif is_time(field):
        stamp = getattr(message, field.name)
        stamp.SetInParent()
        stamp.seconds, stamp.nanos = instant(value)
    elif field.message_type is not None:
        getattr(message, field.name).SetInParent()
        to_message(value, getattr(message, field.name))
    elif field.enum_type is not None and isinstance(value, str):
        setattr(message, field.name, enum_number(field.enum_type, value))
    elif field.type == field.TYPE_STRING or isinstance(value, bool):
        setattr(message, field.name, value)
    else:
        setattr(message, field.name, int(value))


def enum_number(enum, name):
    servers = API_ENUMS.get(enum.name, [])
    return servers.index(name) if name in servers else enum.values_by_name[name].number


def to_document(message, api=False, names=False):
    """The document that a message is written as."""
    document = {}
    for field, value in message.ListFields():
        if is_map(field):
            value = dict(sorted(value.items(), key=lambda entry: entry[0].encode()))
        elif is_time(field):
            at = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=value.seconds)
            value = at.isoformat() + (".%09d" % value.nanos).rstrip("0").rstrip(".") + "Z"
        elif field.message_type is not None:
            value = to_document(value, api, names)
        elif field.enum_type is not None and names:
            value = enum_name(field.enum_type, value, api)
        document[names_of(field)[api]] = value
    return document


def enum_name(enum, number, api):
    servers = API_ENUMS.get(enum.name, [])
    if api:
        return servers[number] if number < len(servers) and servers[number] else number
    return enum.values_by_number[number].name if number in enum.values_by_number else number


def varint(value):
    out = b""
    while value >= 0x80:
        out, value = out + bytes([value & 0x7F | 0x80]), value >> 7
    return out + bytes([value])


def delimited(messages):
    return b"".join(varint(len(message)) + message for message in messages)


def undelimited(data):
    messages = []
    while data:
        size = shift = at = 0
        while True:
            size |= (data[at] & 0x7F) << shift
            shift, at = shift + 7, at + 1
            if data[at - 1] < 0x80:
                break
        assert at + size <= len(data), "cut off"
        messages.append(data[at:at + size])
        data = data[at + size:]
    return messages


def documents():
    """Name and JSON Lines of every file of documents there is."""
    yield "tests/vectors", b"".join(
        json.dumps(json.load(open("tests/vectors/" + name)), ensure_ascii=False).encode() + b"\n"
        for name in sorted(os.listdir("tests/vectors")) if name.endswith(".json"))
    yield "examples/states.jsonl", open("examples/states.jsonl", "rb").read()
    for name in ("real.jsonl", "lifecycle.jsonl"):
        if os.path.exists(CORPUS + name):
            yield CORPUS + name, open(CORPUS + name, "rb").read()
        else:
            print("skipped: %s: not there" % (CORPUS + name))


def base58(data):
    digits, number = "", int.from_bytes(data, "big")
    while number:
        number, digit = divmod(number, 58)
        digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"[digit] + digits
    return digits
