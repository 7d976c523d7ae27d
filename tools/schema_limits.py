# SPDX-License-Identifier: Apache-2.0
"""What C, the tables' types and JSON cannot say of a schema: each is a sentence that completes "the
schema has ...", or None. generate.py asks before it writes anything."""
import glob
import os
import re

# C11's, and C++20's, in which the header is read as well
KEYWORDS = frozenset("""
    alignas alignof and and_eq asm auto bitand bitor bool break case catch char char8_t char16_t
    char32_t class co_await co_return co_yield compl concept const const_cast consteval constexpr
    constinit continue decltype default delete do double dynamic_cast else enum explicit export
    extern false float for friend goto if inline int long mutable namespace new noexcept not not_eq
    nullptr operator or or_eq private protected public register reinterpret_cast requires restrict
    return short signed sizeof static static_assert static_cast struct switch template this
    thread_local throw true try typedef typeid typename union unsigned using virtual void volatile
    wchar_t while xor xor_eq linux unix errno assert offsetof stdin stdout stderr""".split())

MAX_NUMBER = 65535   # uint16_t number in execwire_field
MAX_KEY_SIZE = 40    # EXECWIRE_SCHEMA_KEY_SIZE
MAX_TYPES = 16       # type : 4 in execwire_field
MAX_FIELDS = 64      # a bit for each in the JSON reader
IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


def taken_names():
    """The names of all headers, in which generated ones must not come again."""
    names = set()
    root = os.path.join(os.path.dirname(__file__), "..")
    for path in glob.glob(os.path.join(root, "include/execwire/*.h")) \
            + glob.glob(os.path.join(root, "src/**/*.h"), recursive=True):
        with open(path, encoding="utf-8") as header:
            text = re.sub(r"/\*.*?\*/", "", header.read(), flags=re.S)
        names |= set(re.findall(r"\b(?:execwire|EXECWIRE)_\w+", text))
        names |= {"EXECWIRE_" + name for name in re.findall(r"\bX\((\w+),", text)}
    return names - {"execwire_state"}


def of_names(schema, snake):
    """Types and enum values: their C names."""
    taken = taken_names()
    tables = {}
    for message in schema.messages:
        if not IDENTIFIER.fullmatch(message.name):
            return "a name that C has not: " + message.name
        if tables.setdefault(snake(message.name), message) is not message:
            return "two messages that C cannot tell apart: " + message.name
    for name, c_name in [(m.name, m.c_name) for m in schema.messages
                         if not m.is_entry and m.c_name != "execwire_time"] \
            + [(e.name, "execwire_" + snake(e.name)) for e, _ in schema.enums] \
            + [(v.name, "EXECWIRE_" + v.name) for e, _ in schema.enums for v in e.value]:
        if not IDENTIFIER.fullmatch(c_name):
            return "a name that C has not: " + name
        if c_name in taken:
            return "a name that is %s in C, which is there already: %s" % (c_name, name)
        taken.add(c_name)
    return None


def of_members(message):
    """The members of a message's struct."""
    members = {}
    for field in message.fields:
        for member in ["has_" + field.name] * field.flagged() + [field.name]:
            if not IDENTIFIER.fullmatch(member):
                return "a name that C has not: " + field.name
            if member in KEYWORDS:
                return "a field whose name means something else in C or C++: %s" % member
            if member in members:
                return "fields of one C name in %s: %s and %s" % (
                    message.name, members[member], field.name)
            members[member] = field.name
    return None


def of_keys(message):
    """The JSON keys of a message: reading takes both forms, so that all of them are one set."""
    keys = {}
    for field in message.fields:
        for key in (field.documented, field.json_name):
            if not PLAIN_KEY.fullmatch(key):
                return "a JSON key that is no plain name: %r of %s" % (key, field.name)
            if len(key) > MAX_KEY_SIZE:
                return "a JSON key of more than %d bytes: %s" % (MAX_KEY_SIZE, key)
            if keys.setdefault(key, field.name) != field.name:
                return "two fields with the JSON key \"%s\": %s and %s" % (
                    key, keys[key], field.name)
    return None


def of_numbers(message):
    if not message.fields:
        return "a message without fields, which C has not: " + message.name
    if len(message.fields) > MAX_FIELDS:
        return "more than %d fields in %s" % (MAX_FIELDS, message.name)
    for field in message.fields:
        if field.number > MAX_NUMBER:
            return "a field number beyond %d: %s" % (MAX_NUMBER, field.name)
    return None


def of_enum(enum, prefix, api_names):
    """The names that JSON reading takes for an enum: without case, underscores and the prefix."""
    names = {}
    for value, api_name in zip(enum.value, api_names):
        if value.number < 0:
            return "a negative enum number: " + value.name
        for name in (value.name, value.name[prefix:], api_name):
            plain = name.replace("_", "").upper() if name else ""
            if plain and names.setdefault(plain, value.number) != value.number:
                return "two values of %s that are read as \"%s\"" % (enum.name, name)
    return None


def of_counts(schema):
    for count, what in ((len(schema.messages), "messages, Timestamp and maps included"),
                        (len(schema.enums), "enums")):
        if count > MAX_TYPES:
            return "more than %d %s" % (MAX_TYPES, what)
    return None
