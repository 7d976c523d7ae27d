# SPDX-License-Identifier: Apache-2.0
"""The deepest stack that a program can reach: frames of gcc's -fcallgraph-info=su, and for what gcc
did not compile, of the instructions."""
import collections
import re
import sys

from arm import run

# Functions at which a recursion is counted, and how many levels above the deepest message they stop.
# No recursion goes deeper than the schema, which the generator measures; every other cycle in the
# call graph is an error.
RECURSIVE = {"check_message": 0, "pb_encode": 0, "read_message": 0,
             "read_object": 0, "write_message": 0,
             "walk_message": 0, "write_clears": 0,
             "size_of_message": 0, "put_message": 0,
             "pb_encode_submessage": 1}  # called by a message for one inside it
# Cycles that are there in the code and not in the data: a proto3 message (Timestamp) has no
# messages inside.
ONCE = ("pb_check_proto3_default_value",)
# The head of a piece is written while its bytes are put.
TWICE = ("execwire_sink_put",)
# What an indirect call can reach: nanopb's descriptors name one callback for fields, no message has
# a callback of its own (encode_basic_field) or extensions, and decoding passes no visitor.
INDIRECT = {"encode_basic_field": [], "encode_field": ["execwire_nanopb_field"],
            "pb_encode": ["execwire_nanopb_field"], "pb_default_field_callback": [], "show": [],
            "execwire_sink_put": ["put_buffer", "put_crc", "put_piece"],
            "execwire_sender_emit": ["drop"], "put_piece": ["drop"], "execwire_sender_end_control": ["drop"],
            "execwire_execution_recall": ["recall_state"],
            "execwire_link_predict_large": ["compare_joined"],
            "execwire_way_begin": ["derive"], "run": ["crypt"],
            "execwire_seal_node_write": ["reserve", "random_bytes"]}


def plain(name):
    """Without what gcc adds to a copy of a function: ".constprop.0"."""
    return name.split(".")[0]


def without_file(title):
    """gcc writes a static function as "file.c:name"."""
    return title.split(":")[-1]


class CallGraph:
    def __init__(self, elf, objects, schema_depth):
        self.schema_depth = schema_depth
        self.frames = {}
        self.calls = collections.defaultdict(set)
        for name in objects:
            self.read_call_graph(re.sub(r"\.o$", ".ci", name))
        self.read_instructions(elf)
        self.read_aliases(elf)

    def read_call_graph(self, path):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for title, size in re.findall(r'node: { title: "([^"]+)" label: "[^"]*?(\d+) bytes', text):
            self.frames[without_file(title)] = int(size)
        for caller, callee in re.findall(r'edge: { sourcename: "([^"]+)" targetname: "([^"]+)"',
                                         text):
            self.calls[without_file(caller)].add(without_file(callee))

    def read_instructions(self, elf):
        """Functions of libc and libgcc: what they push and reserve, and what they call."""
        name, compiled = None, True
        for line in run("arm-none-eabi-objdump", "-d", "--no-show-raw-insn", elf).splitlines():
            start = re.match(r"\w+ <([\w.]+)>:", line)
            if start:
                name = start.group(1)
                compiled = name in self.frames
                self.frames.setdefault(name, 0)
            elif not compiled:
                self.read_instruction(name, line)

    def read_instruction(self, name, line):
        push = re.search(r"\tpush\t{(.*)}|\tstmdb\tsp!, {(.*)}", line)
        reserve = re.search(r"\tsub\tsp, (?:sp, )?#(\d+)", line)
        call = re.search(r"\tbl?(?:\.[nw])?\t\w+ <([\w.]+)>", line)
        if push:
            self.frames[name] += 4 * len((push.group(1) or push.group(2)).split(","))
        if reserve:
            self.frames[name] += int(reserve.group(1))
        if call and call.group(1) != name:
            self.calls[name].add(call.group(1))

    def read_aliases(self, elf):
        """Names of the same address, such as __aeabi_uidiv and __udivsi3, are the same function."""
        at = collections.defaultdict(list)
        for line in run("arm-none-eabi-nm", elf).splitlines():
            address, kind, name = line.split()[-3:]
            if kind in "TtWw":
                at[address].append(name)
        for names in at.values():
            for known in [name for name in names if name in self.frames]:
                for name in names:
                    self.frames.setdefault(name, self.frames[known])
                    self.calls[name] |= self.calls[known] - {name}

    def callees(self, name):
        for callee in self.calls[name]:
            if callee != "__indirect_call":
                yield callee
            elif plain(name) in INDIRECT:
                yield from INDIRECT[plain(name)]
            else:
                sys.exit("size: an indirect call that is not in the table: " + name)

    def deepest(self, name, path=(), levels=None):
        """The largest sum of frames from this function down. `path` holds its callers since the last
        message that was entered, `levels` how often each recursive function was entered."""
        levels = dict(levels or {})
        base = plain(name)
        if name not in self.frames:
            return 0  # a call that gcc thought of and then did without: it is not in the program
        if base in RECURSIVE:
            levels[base] = levels.get(base, 0) + 1
            path = ()
            if levels[base] > self.schema_depth - RECURSIVE[base]:
                return 0
        if base in TWICE:
            levels[base] = levels.get(base, 0) + 1
            path = ()
            if levels[base] > 2:
                return 0
        if name in path and base in ONCE:
            return 0
        if name in path:
            sys.exit("size: a cycle that is not in the table: " + name)
        below = (self.deepest(callee, path + (name,), levels) for callee in self.callees(name))
        return self.frames[name] + max(below, default=0)
