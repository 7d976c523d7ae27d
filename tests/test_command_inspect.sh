#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# inspect and stats: each offset, size, byte, tag, name and value held against a small reader of
# protobuf that is written here, the sizes against Python's json.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
import statistics
from command import *

os.environ.update(OFTEN)

TYPES = {0: "VARINT", 1: "I64", 2: "LEN", 3: "SGROUP", 5: "I32"}


def take_varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if data[at - 1] < 0x80:
            return value, at


def signed(value, bits):
    value &= (1 << bits) - 1
    return value - (value >> (bits - 1) << bits)


def end_of_value(data, at, number, wire_type):
    """Where the value begins (behind a length) and ends."""
    if wire_type == 0:
        return at, take_varint(data, at)[1]
    if wire_type == 2:
        size, at = take_varint(data, at)
        return at, at + size
    if wire_type in (1, 5):
        return at, at + (8 if wire_type == 1 else 4)
    start = at
    while True:
        tag, at = take_varint(data, at)
        if tag == number << 3 | 4:
            return start, at
        at = end_of_value(data, at, tag >> 3, tag & 7)[1]


def fields_of(data, at, end, descriptor, depth=0):
    """Each field: depth, where it, its value and what follows begin, number, wire type, descriptor."""
    while at < end:
        start = at
        tag, at = take_varint(data, at)
        value, at = end_of_value(data, at, tag >> 3, tag & 7)
        field = descriptor.fields_by_number.get(tag >> 3)
        yield depth, start, value, at, tag >> 3, tag & 7, field
        if field is not None and field.message_type is not None:
            yield from fields_of(data, value, at, field.message_type, depth + 1)


def value_of(data, value, end, field):
    """What the last column says, where it is that simple; None elsewhere."""
    if field.type == field.TYPE_STRING:
        text = data[value:end].decode()
        plain = len(text.encode()) <= 48 and text.isprintable() and not set(text) & set('"\\')
        return '"%s"' % text if plain else None
    if is_time(field):
        stamp = field.message_type._concrete_class.FromString(data[value:end])
        return to_document(State(create_time=stamp))["create_time"]
    if field.message_type is not None:
        return "%d bytes" % (end - value)
    number = take_varint(data, value)[0]
    if field.type == field.TYPE_BOOL:
        return "true" if number else "false"
    if field.type == field.TYPE_SINT64:
        return str(number >> 1 if number % 2 == 0 else -(number >> 1) - 1)
    if field.type == field.TYPE_ENUM:
        names = field.enum_type.values_by_number
        return "%d %s" % (number, names[number].name if number in names else "(no name)")
    return str(signed(number, 64 if field.type == field.TYPE_INT64 else 32))


def type_of(field):
    if field.message_type is not None or field.enum_type is not None:
        return (field.message_type or field.enum_type).name
    return {field.TYPE_STRING: "string", field.TYPE_BOOL: "bool", field.TYPE_INT64: "int64",
            field.TYPE_SINT64: "sint64", field.TYPE_INT32: "int32"}[field.type]


def check_row(what, columns, row, data, seen):
    depth, start, value, end, number, wire_type, field = seen
    cells = {name: row[at:to].strip() for name, at, to in columns}
    name = "(unknown)" if field is None else names_of(field)[0]
    whole = data[start:value if field is not None and field.message_type is not None else end]
    shown = whole if wire_type != 2 else whole[:8]
    expected = {"offset": str(start), "size": str(end - start), "tag": "%d:%s" % (number, TYPES[wire_type]), "field": name,
                "bytes": shown.hex(" ") + (" .." if len(whole) > len(shown) else "")}
    if field is not None:
        expected["type"] = type_of(field)
        if value_of(data, value, end, field) is not None:
            expected["value"] = value_of(data, value, end, field)
    same("%s: row at %d" % (what, start), expected, {name: cells[name] for name in expected})
    at = dict((name, at) for name, at, to in columns)
    same("%s: row at %d is indented" % (what, start), [2 * depth] * 3,
         [len(row[at[name]:]) - len(row[at[name]:].lstrip()) for name in ("bytes", "tag", "field")])


def check_inspect(what, messages):
    output = good(what, run("inspect", data=delimited(messages))).decode()
    blocks = output.split("\n\n")
    same(what + ": blocks", len(messages), len(blocks))
    offset = 0
    for i, (data, block) in enumerate(zip(messages, blocks)):
        first, *rows = block.rstrip("\n").split("\n")
        prefix = varint(len(data))
        same("%s: message %d" % (what, i + 1), "message %d: %d bytes at offset %d, after the length %s" % (
            i + 1, len(data), offset + len(prefix), prefix.hex(" ")), first)
        offset += len(prefix) + len(data)
        seen = list(fields_of(data, 0, len(data), State.DESCRIPTOR))
        if not data:
            same("%s: message %d: no table" % (what, i + 1), [], rows)
            continue
        names = rows[0].split()
        same("%s: columns" % what, "offset size bytes tag field type value".split(), names)
        starts = [rows[0].index(name) if k > 1 else 0 for k, name in enumerate(names)]
        starts[1] = rows[0].index("offset") + 6 # right-aligned
        columns = list(zip(names, starts, starts[1:] + [None]))
        same("%s: message %d: rows" % (what, i + 1), len(seen), len(rows) - 1)
        for row, field in zip(rows[1:], seen):
            check_row("%s: message %d" % (what, i + 1), columns, row, data, field)


for name, text in documents():
    messages = [to_message(json.loads(line)).SerializeToString() for line in text.splitlines()][:40]
    check_inspect(name, messages)
odd = bytes.fromhex("a006ffffffffffffffffff01 aa0603616263 b306 0801 b406 bd0601020304 c1060102030405060708"
                    " d2fcffff0f00 9204028001 088101".replace(" ", "")) [:-3]
check_inspect("unknown fields", [odd, State(node_id="n" * 20000).SerializeToString(), b""])
newer = delimited([odd])
many = bytes.fromhex("5801") * 2500 # more rows than are aligned together
rows = run("inspect", "--single", data=many).out.decode().splitlines()
same("many fields", (2502, 1), (len(rows), len({row[8:] for row in rows[2:]})))

# ---- Text that a terminal would obey ----

for text, shown in [("a\tb\r\n", r'"a\tb\r\n"'), ('"\\', r'"\"\\"'), ("\0\x1b[31m\x7f", r'"\u0000\u001b[31m\u007f"'),
                    ("\x85\u202e\u200b\ufeff\u2066", r'"\u0085\u202e\u200b\ufeff\u2066"'), ("é→🚀", '"é→🚀"'),
                    ("x" * 49, '"%s"... 49 bytes' % ("x" * 48)), ("x" * 47 + "é!", '"%sé"... 50 bytes' % ("x" * 47))]:
    row = run("inspect", "--single", data=State(status=text).SerializeToString()).out.decode().splitlines()[2]
    same("text %r" % text, shown, row.split("  string  ")[1])
row = run("inspect", "--single", data=b"\x82\x06\x03a\xff\x1b").out.decode().splitlines()[2]
check("bytes of an unknown field", row.endswith(r'"a\xff\u001b"'), row)

stamp = State(create_time={"seconds": 1}).create_time.SerializeToString()
for extra, shown in (b"", "1970-01-01T00:00:01Z"), (b"\x18\x01", "4 bytes"), (b"\x1b\x1c", "4 bytes"), (b"\x9d\x06\xff\xff\xff\xff", "8 bytes"):
    row = run("inspect", "--single", data=b"\x12" + varint(len(stamp + extra)) + stamp + extra).out.decode().splitlines()[2]
    same("a time with %r" % extra, shown, row.split("  Timestamp  ")[1])

# ---- Broken messages ----

whole = State(job_id="j-1", version=7, run_output={"std_out": "hello", "exit_code": -1}).SerializeToString()
for cut in range(1, len(whole)):
    done = run("inspect", data=varint(len(whole)) + whole[:cut])
    lines = done.out.decode().splitlines()
    ends = [f[3] for f in fields_of(whole, 0, len(whole), State.DESCRIPTOR) if f[0] == 0]
    shown = max([end for end in ends if end <= cut], default=0)
    complete = [f for f in fields_of(whole, 0, len(whole), State.DESCRIPTOR) if f[3] <= shown]
    check("cut at %d" % cut, done.status == 1 and lines[0] == "message 1: %d bytes at offset 1, after the length %02x -- BROKEN" % (cut, len(whole)) and
          len(lines) == len(complete) + 3 and done.err == "<stdin>: message 1, byte %d: the input ends too early\n" % cut and
          lines[-1].endswith("<- BROKEN at byte %d: the input ends too early" % cut), done)
done = run("inspect", "--keep-going", data=delimited([b"\x58\x01\x2a\x02a\xff", b"\x58\x02"]))
lines = done.out.decode().splitlines()
check("bad text is shown, and where it is bad", r'"a\xff"' in lines[3] and
      lines[4] == "     5  <- BROKEN at byte 5: /NodeId: not valid UTF-8" and lines[6].startswith("message 2: 2 bytes"), done)
done = run("inspect", data=delimited([b"\x58\x01\x28\x01"]))
same("bytes that are no field", "     2  28 01  <- BROKEN at byte 2: /NodeId: the field has another wire type in the schema",
     done.out.decode().splitlines()[3])
write("a", delimited([b"\x58\x01"])), write("b", delimited([b"\x58\x02"]))
lines = run("inspect", path("a"), path("b")).out.decode().splitlines()
same("several files are told apart", [path("a") + ":", "", path("b") + ":"], [lines[0], lines[4], lines[5]])

# ---- stats ----


def rows_of(table):
    """Cells by the first word; the first column may be indented and holds no blanks."""
    return [(len(line) - len(line.lstrip()), line.replace(" %", "").split()) for line in table.splitlines()]


def spread(sizes):
    return [str(min(sizes)), str(statistics.median_low(sizes)), "%.1f" % statistics.mean(sizes), str(max(sizes))]


def json_of(message, api=False):
    return len(json.dumps(to_document(message, api), separators=(",", ":"), ensure_ascii=False).encode())


def paths_of(data, at, end, descriptor, path=()):
    for depth, start, value, stop, number, wire_type, field in fields_of(data, at, end, descriptor):
        if depth == 0:
            name = path + (names_of(field)[0],)
            yield name, stop - start
            if field.message_type is not None and not is_time(field) and not is_map(field):
                yield from paths_of(data, value, stop, field.message_type, name)


def without(message, path):
    """A copy that lacks a field."""
    copy = State.FromString(message.SerializeToString())
    inner = copy
    for i, name in enumerate(path):
        field = {"stdout": "std_out", "stderr": "std_err"}.get(name, name)
        if i == len(path) - 1:
            inner.ClearField(field)
        elif not inner.HasField(field):
            break
        else:
            inner = getattr(inner, field)
    return copy


def check_stats(what, messages, *options, data):
    api = "api" in options
    wires = [m.SerializeToString(deterministic=True) for m in messages]
    head, table = good(what, run("stats", *options, data=data)).decode().split("\n\nfield")
    lines = head.splitlines()
    same(what + ": messages", "%d messages" % len(messages), lines[0])
    same(what + ": titles", "bytes min median mean max".split(), lines[2].split())
    sizes = [json_of(m, api) for m in messages]
    same(what + ": JSON", ["JSON", str(sum(sizes))] + spread(sizes), lines[3].split())
    total = sum(map(len, wires))
    same(what + ": wire", ["wire", str(total)] + spread(list(map(len, wires))) + ["%.1f" % (100 * total / sum(sizes)), "%", "of", "JSON"], lines[4].split())
    same(what + ": lengths", "and %d bytes for the lengths before the messages" % (len(delimited(wires)) - total), lines[5])
    fields = {}
    for wire in wires:
        for name, size in paths_of(wire, 0, len(wire), State.DESCRIPTOR):
            fields.setdefault(name, []).append(size)
    lost = {name: sum(json_of(m, api) - json_of(without(m, name), api) for m in messages) for name in fields}
    shown, open_names = {}, []
    for indent, cells in rows_of("field" + table)[1:]:
        open_names[indent // 2:] = [cells[0]]
        shown[tuple(open_names)] = cells[1:]
    expected = {name: [str(lost[name]), str(sum(sizes)), "%.1f" % (100 * sum(sizes) / total), str(len(sizes))] + spread(sizes)
                for name, sizes in fields.items()}
    same(what + ": fields", sorted(expected), sorted(shown))
    for name in expected:
        same("%s: %s" % (what, ".".join(name)), expected[name], shown.get(name))
    order = [int(cells[1]) for name, cells in shown.items() if len(name) == 1]
    same(what + ": largest first", sorted(order, reverse=True), order)
    check(what + ": no line ends in blanks", not re.search(" \n", head + table))


for name, text in documents():
    messages = [to_message(json.loads(line)) for line in text.splitlines()][:200]
    data = delimited([m.SerializeToString(deterministic=True) for m in messages])
    check_stats(name, messages, data=data)
    text = b"\n".join(text.splitlines()[:200])
    check_stats(name + ", --json", messages, "--json", "--form", "api", data=text)
done = run("stats", data=newer)
check("stats: unknown fields", done.err == "execwire: unknown fields: 7\n" and "(unknown)" in done.out.decode(), done)
same("stats: empty messages", "2 messages\n\n      bytes  min  median  mean  max\nJSON      4    2       2   2.0    2\n"
     "wire      0    0       0   0.0    0  0.0 % of JSON\nand 2 bytes for the lengths before the messages\n", run("stats", data=b"\0\0").out.decode())
check("stats: one message", run("stats", data=b"\0").out.startswith(b"1 message\n"))
done = run("stats", "--keep-going", data=b'\x02\x28\x01' + delimited([b"\x58\x01"]))
check("stats: --keep-going tells of the good ones", done.status == 1 and done.out.startswith(b"1 message\n"), done)
same("stats: nothing of a broken file", b"", run("stats", data=delimited([b"\x58\x01", b"\x28\x01"])).out)
big = [State(status="x" * size) for size in (9000, 20000, 100000, 900000, 1000000)]
median = int(run("stats", data=delimited([m.SerializeToString() for m in big])).out.splitlines()[4].split()[3])
check("stats: a large median, at most 0.4 % too small", 0.996 * big[2].ByteSize() <= median <= big[2].ByteSize(), median)
finish()
PYTHON
