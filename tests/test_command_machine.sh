#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What programs read: inspect --json and stats --csv, against a walk over the same bytes with
# python3-protobuf's schema and against Python's own json and csv.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
import csv, io, statistics
from command import *
from link_frame import read_frame

LINES = open("examples/states.jsonl", "rb").read() + b'{"Status":"a\\u001b[31m\\u202e\\"\\\\\\n\xc3\xa9\xf0\x9f\x9a\x80","PublishedResults":{"Metadata":{"k":"v"}},"Version":-1}\n{}\n'
if os.path.exists(CORPUS + "lifecycle.jsonl"):
    LINES += b"\n".join(open(CORPUS + "lifecycle.jsonl", "rb").read().splitlines()[:300]) + b"\n"
else:
    print("skipped: ../shared/corpus/lifecycle.jsonl: not there")
WIRE = good("encode", run("encode", data=LINES))
NAMES = {0: "VARINT", 1: "I64", 2: "LEN", 5: "I32"}


def number(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 128:
            return value, at


def signed(value):
    return value - (1 << 64) if value >> 63 else value


def documented(field):
    """The name that Bacalhau's documentation has for it (proto/execwire/v1/execution_state.proto)."""
    return {"std_out": "stdout", "std_err": "stderr"}.get(field.name, field.name)


def walk(data, start, end, descriptor, depth):
    """Each field as inspect --json is to say it."""
    while start < end:
        tag, at = number(data, start)
        field = descriptor.fields_by_number.get(tag >> 3)
        value, payload = number(data, at)
        if tag & 7 == 2:
            stop = payload + value
        else:
            stop, payload = payload, at
        inner = field and field.message_type
        says = {"offset": start, "size": stop - start, "depth": depth, "bytes": data[start:payload if inner else stop].hex(), "number": tag >> 3,
                "wire_type": NAMES[tag & 7], "name": field and documented(field), "type": None}
        if field:
            says["type"] = (inner or field.enum_type).name if inner or field.enum_type else KIND[field.type]
        if field and not inner:
            if field.type == field.TYPE_STRING:
                says["value"] = data[payload:stop].decode()
            elif field.enum_type:
                says["value"], says["value_name"] = value, field.enum_type.values_by_number[value].name if value in field.enum_type.values_by_number else None
            elif field.type == field.TYPE_BOOL:
                says["value"] = bool(value)
            elif field.type in (field.TYPE_SINT64, field.TYPE_SINT32):
                says["value"] = (value >> 1) ^ -(value & 1)
            else:
                says["value"] = signed(value)
        elif field and inner.name == "Timestamp":
            stamp = inner._concrete_class.FromString(data[payload:stop])
            says["value"] = stamp.ToJsonString()
        elif not field and tag & 7 == 0:
            says["value"] = value
        yield says
        if inner:
            yield from walk(data, payload, stop, inner, depth + 1)
        start = stop


D = State.DESCRIPTOR.fields[0]
KIND = {D.TYPE_STRING: "string", D.TYPE_BOOL: "bool", D.TYPE_INT32: "int32", D.TYPE_INT64: "int64", D.TYPE_SINT64: "sint64"}

# ---- inspect --json ----


def messages(data):
    at = 0
    while at < len(data):
        size, start = number(data, at)
        yield start, start - at, data[start:start + size]
        at = start + size


def plain(field):
    """Times with as many digits as they need: protobuf writes three, six or nine."""
    field = dict(field)
    if isinstance(field.get("value"), str) and field["type"] == "Timestamp":
        field["value"] = re.sub(r"\.(\d*?)0+Z", lambda m: "." + m[1] + "Z" if m[1] else "Z", field["value"])
    return field


told = [json.loads(line) for line in good("inspect --json", run("inspect", "--json", data=WIRE)).splitlines()]
same("an object a message", len(LINES.splitlines()), len(told))
for count, (says, (start, length_size, data)) in enumerate(zip(told, messages(WIRE))):
    same("message %d" % count, {"message": count + 1, "offset": start, "size": len(data), "length_size": length_size, "good": True}, {key: value for key, value in says.items() if key != "fields"})
    same("message %d: fields" % count, [plain(field) for field in walk(data, 0, len(data), State.DESCRIPTOR, 0)], [plain(field) for field in says["fields"]])
text = run("inspect", "--json", data=WIRE).out
check("it is safe to print", not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]|\xe2\x80\xae", text))
unknown = json.loads(good("unknown", run("inspect", "--json", "--hex", data="f8ffff7f05fa010161fd0101000000")))
same("unknown fields", [((1 << 25) - 1, "VARINT", None, None, 5), (31, "LEN", None, None, None), (31, "I32", None, None, None)],
     [(f["number"], f["wire_type"], f["name"], f["type"], f.get("value")) for f in unknown["fields"]])
for line in "58", "5805ff", "2a02ffff", "5805600", "2a05":
    done, table = run("inspect", "--json", "--hex", data=line + "\n"), run("inspect", "--hex", data=line + "\n")
    same("%s: the same error" % line, (table.status, table.err), (done.status, done.err))
    broken = re.search(rb"BROKEN at byte (\d+): (?:(/\S+): )?(.*)", table.out)
    if broken:
        says = json.loads(done.out)
        same("%s: broken" % line, (False, int(broken[1]), (broken[2] or b"").decode(), broken[3].decode()),
             (says["good"], says["error"]["offset"], says["error"]["path"], says["error"]["text"]))
    else:
        same("%s: nothing" % line, b"", done.out)
one = write("one.pb", WIRE[:sum(next(messages(WIRE))[:1]) + len(next(messages(WIRE))[2])])
same("several files, no titles", 2, len([json.loads(line) for line in good("two files", run("inspect", "--json", one, one)).splitlines()]))

frames = good("frames", run("link", "send", "--lossless", data=LINES))
told = [json.loads(line) for line in good("inspect --link --json", run("inspect", "--link", "--json", data=frames)).splitlines()]
table = run("inspect", "--link", data=frames).out.decode()
same("kinds", re.findall(r"^message \d+: \d+ bytes at offset \d+, after the length [0-9a-f ]+: (\w+)$", table, re.M), [says["kind"] for says in told])
for says, (start, length_size, data) in zip(told, messages(frames)):
    frame = read_frame(data)
    same("frame %d" % says["message"], (start, len(data), sorted(field.number for field, _ in frame.ListFields())),
         (says["offset"], says["size"], sorted({field["number"] for field in says["fields"] if field["depth"] == 0})))
    same("frame %d: all of its bytes" % says["message"], data.hex(), "".join(field["bytes"] for field in says["fields"]))

# ---- stats --csv ----

rows = list(csv.DictReader(io.StringIO(good("stats --csv", run("stats", "--csv", data=WIRE)).decode())))
sizes = [len(data) for _, _, data in messages(WIRE)]


def summary(values):
    return {"count": str(len(values)), "min": str(min(values)), "median": str(statistics.median_low(values)), "max": str(max(values))}


def of_row(what, name):
    return next((row for row in rows if (row["what"], row["name"]) == (what, name)), {})


# two characters are longer in decode's lines, which a terminal does not obey, than in the JSON that is counted
texts = [len(line.encode()) for line in run("decode", data=WIRE).out.decode().replace("\\u202e", "\u202e").splitlines()]
for name, values in ("json", texts), ("wire", sizes):
    row = of_row("message", name)
    same(name, dict(summary(values), total=str(sum(values))), dict({column: row[column] for column in ("count", "min", "median", "max")}, total=row[name + "_bytes"]))
same("lengths", str(len(WIRE) - sum(sizes)), of_row("message", "lengths")["wire_bytes"])
fields = {}
for _, _, data in messages(WIRE):
    names = []
    for field in walk(data, 0, len(data), State.DESCRIPTOR, 0):
        names[field["depth"]:] = [field["name"]]
        fields.setdefault(".".join(names), []).append(field["size"])
for row in rows:
    if row["what"] == "field":
        values = fields[row["name"]]
        same(row["name"], dict(summary(values), wire_bytes=str(sum(values))), {column: row[column] for column in ("count", "min", "median", "max", "wire_bytes")})
tops = [name for name in fields if "." not in name]
check("every field has a row", {row["name"] for row in rows if row["what"] == "field"} >= set(tops), tops)
check("no table", b"of wire" not in run("stats", "--csv", "--color=always", data=WIRE).out)
same("of nothing, the titles", b"what,name,json_bytes,wire_bytes,count,min,median,mean,max\n", run("stats", "--csv", data=b"").out)
same("of JSON the same", run("stats", "--csv", data=WIRE).out, run("stats", "--csv", "--json", data=LINES).out)
finish()
PYTHON
