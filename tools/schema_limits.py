# SPDX-License-Identifier: Apache-2.0
"""What C, the tables' types and JSON cannot say of a schema: each is a sentence that completes "the
schema has ...", or None. generate.py asks before it writes anything."""
import glob
import os
import re

# C's, and C++20's, in which the header is read as well; and macros of the headers of C, POSIX and
# newlib that are no calls and do not look it (MACRO)
KEYWORDS = frozenset("""
    alignas alignof and and_eq asm auto bitand bitor bool break case catch char char8_t char16_t
    char32_t class co_await co_return co_yield compl concept const const_cast consteval constexpr
    constinit continue decltype default delete do double dynamic_cast else enum explicit export
    extern false float for friend goto if inline int long mutable namespace new noexcept not not_eq
    nullptr operator or or_eq private protected public register reinterpret_cast requires restrict
    return short signed sizeof static static_assert static_cast struct switch template this
    thread_local throw true try typedef typeid typename union unsigned using virtual void volatile
    wchar_t while xor xor_eq linux unix errno assert offsetof stdin stdout stderr
    typeof typeof_unqual noreturn complex imaginary math_errhandling basename d_fileno fd_set fds_bits
    h_addr h_errno ifa_broadaddr ifa_dstaddr ifc_buf ifc_req ifr_addr ifr_bandwidth ifr_broadaddr
    ifr_data ifr_dstaddr ifr_flags ifr_hwaddr ifr_ifindex ifr_map ifr_metric ifr_mtu ifr_name
    ifr_netmask ifr_newname ifr_qlen ifr_slave msg_cbytes physadr quad s6_addr s6_addr16 s6_addr32
    sa_handler sa_sigaction sched_priority si_addr si_addr_lsb si_arch si_band si_call_addr si_fd
    si_int si_lower si_overrun si_pid si_pkey si_ptr si_status si_stime si_syscall si_timerid si_uid
    si_upper si_utime si_value sigev_notify_attributes sigev_notify_function signgam st_atime st_ctime
    st_mtime strtodf tzname""".split())
# NULL, PRId64, M_PIf, _Bool
MACRO = re.compile(r"[A-Z][A-Z0-9_]*|(?:PRI|SCN)[a-zX]\w*|[A-Z]{1,3}_\w*|_[A-Z_]\w*")
ROOT = os.path.join(os.path.dirname(__file__), "..")

MAX_NUMBER = 65535   # uint16_t number in execwire_field
MAX_TYPES = 16       # type : 4 in execwire_field
MAX_FIELDS = 64      # a bit for each in the JSON reader
IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
PLAIN_PATH = re.compile(r"[A-Za-z0-9_.+/-]+")
API_NAME = re.compile(r"API name: ([A-Za-z_][A-Za-z0-9_]*)\.(?: |$)")
ORDER = re.compile(r"Servers write ([A-Za-z0-9_]+(?:, [A-Za-z0-9_]+)*) in this order\.")
SAYS_API_NAME = re.compile(r"api name\s*:", re.I)
PACKAGE = "execwire.v1"  # src/wire/nanopb.c names it, and all that reads what is written
FIRST = "ExecutionState"


def bounds():
    """EXECWIRE_SCHEMA_... of the library, by the rest of the name."""
    with open(os.path.join(ROOT, "src/schema/schema.h"), encoding="utf-8") as header:
        return {name: int(number) for name, number in
                re.findall(r"#define EXECWIRE_SCHEMA_(\w+) (\d+)", header.read())}


BOUNDS = bounds()


def means_something_else(name):
    return name in KEYWORDS or MACRO.fullmatch(name) is not None


def of_file(file):
    if file.extension:
        return "an extension, which nanopb 0.4.7 has an advisory about"
    if file.syntax not in ("", "proto2", "proto3"):
        return "another syntax than proto2 and proto3: " + file.syntax
    if file.package != PACKAGE:
        return "another package than %s: %s" % (PACKAGE, file.package or "none")
    first = file.message_type[0].name if file.message_type else "none"
    if first != FIRST:
        return "another first message than %s: %s" % (FIRST, first)
    if not PLAIN_PATH.fullmatch(file.name):
        return "a file name that is no plain path: " + file.name
    return None


def commented(file):
    """The name of each thing whose comment is written anywhere, and its path in the descriptor."""
    for number, things in ((4, file.message_type), (5, file.enum_type)):
        for i, thing in enumerate(things):
            yield thing.name, (number, i)
            for j, part in enumerate(thing.field if number == 4 else thing.value):
                yield part.name, (number, i, 2, j)


def of_comments(file, comments):
    for name, path in commented(file):
        comment = comments.get(path, "")
        for character in comment:
            if not character.isprintable():
                return "a character that is not printable in the comment of %s: U+%04X" % (
                    name, ord(character))
        of_value = path[0] == 5 and len(path) == 4
        if of_value and len(SAYS_API_NAME.findall(comment)) != bool(API_NAME.match(comment)):
            return "a comment whose API name is not as in \"API name: Completed. ...\": " + name
    return None


def of_order(message, order):
    keys = [field.json_name for field in message.fields]
    if not set(order) <= set(keys) or len(set(order)) < len(order):
        return "an order of servers that is not of keys, each once: " + message.full_name
    return None


def of_extent(depth, nested):
    if depth > BOUNDS["DEPTH"]:
        return "messages more than %d deep: %d" % (BOUNDS["DEPTH"], depth)
    if nested > BOUNDS["NESTED"]:
        return "more than %d messages inside a state: %d" % (BOUNDS["NESTED"], nested)
    return None


def taken_names():
    """The names of all headers and switches, in which generated ones must not come again."""
    names = {"EXECWIRE_STATE_H"}
    for path in glob.glob(os.path.join(ROOT, "include/execwire/*.h")) \
            + glob.glob(os.path.join(ROOT, "src/**/*.[ch]"), recursive=True):
        with open(path, encoding="utf-8") as source:
            text = re.sub(r"/\*.*?\*/", "", source.read(), flags=re.S)
        if path.endswith(".c"):
            text = "\n".join(re.findall(r"^#if.*", text, re.M))
        names |= set(re.findall(r"\b(?:execwire|EXECWIRE)_\w+", text))
        names |= {"EXECWIRE_" + name for name in re.findall(r"\bX\((\w+),", text)}
    return names - {"execwire_state"}


def of_names(schema, snake):
    """Types and enum values: their C names."""
    taken = taken_names()
    tables = {}
    for message in schema.messages:
        if tables.setdefault(snake(message.name), message) is not message:
            return "two messages that C cannot tell apart: " + message.name
    for name in [m.name for m in schema.messages] + [each.name for e, _ in schema.enums
                                                     for each in (e, *e.value)]:
        if not IDENTIFIER.fullmatch(name):
            return "a name that C has not: " + name
    for name, c_name in [(m.name, m.c_name) for m in schema.messages
                         if not m.is_entry and m.c_name != "execwire_time"] \
            + [(e.name, "execwire_" + snake(e.name)) for e, _ in schema.enums] \
            + [(v.name, "EXECWIRE_" + v.name) for e, _ in schema.enums for v in e.value]:
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
            if means_something_else(member):
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
            if len(key) > BOUNDS["KEY_SIZE"]:
                return "a JSON key of more than %d bytes: %s" % (BOUNDS["KEY_SIZE"], key)
            if keys.setdefault(key, field.name) != field.name:
                return "two fields with the JSON key \"%s\": %s and %s" % (
                    key, keys[key], field.name)
    return None


def of_numbers(message):
    if not message.fields:
        return "a message without fields, which C has not: " + message.name
    if len(message.fields) > MAX_FIELDS:
        return "more than %d fields in %s" % (MAX_FIELDS, message.name)
    numbers = set()
    for field in message.fields:
        if not 0 < field.number <= MAX_NUMBER:
            return "a field number beyond %d: %s" % (MAX_NUMBER, field.name)
        if field.number in numbers:
            return "two fields of number %d in %s" % (field.number, message.name)
        numbers.add(field.number)
    return None


def of_enum(enum, prefix, api_names):
    """The names that JSON reading takes for an enum: without case, underscores and the prefix."""
    names = {}
    if not 0 < len(enum.value) <= MAX_NUMBER:
        return "an enum without values, or with more than %d: %s" % (MAX_NUMBER, enum.name)
    for value, api_name in zip(enum.value, api_names):
        if value.number < 0:
            return "a negative enum number: " + value.name
        if not value.name[prefix:].strip("_"):
            return "an enum value without a name of its own: " + value.name
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
