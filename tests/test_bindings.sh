#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What a binding asks the shared library for before it trusts its own idea of the structs: by ctypes, held
# against the SONAME that objdump reads and the sizes that the compiler has for every struct of the headers.
set -u

out=${OUT:-build}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

if nm "$out/libexecwire.so" | grep -Eq ' __(asan|msan)_'; then
    echo "skipped: bindings: Python has no sanitizer's runtime"
    echo "1 passed, 0 failed"
    exit 0
fi

{
    for header in include/execwire/*.h "${GEN:-build/gen}"/execwire/state.h; do
        echo "#include <execwire/$(basename "$header")>"
    done
    printf '#include <stdio.h>\nint main(void)\n{\n    printf("%%d\\n", EXECWIRE_ABI);\n'
    cat include/execwire/*.h "${GEN:-build/gen}"/execwire/state.h | grep -o '^} execwire_[a-z0-9_]*;' | tr -d '} ;' |
        sed 's/.*/    printf("& %zu\\n", sizeof(&));/'
    printf '}\n'
} >"$tmp/sizes.c"
"${CC:-gcc}" -std=c11 -Iinclude -I"${GEN:-build/gen}" -o "$tmp/sizes" "$tmp/sizes.c" && "$tmp/sizes" >"$tmp/expected" || exit 1

/usr/bin/python3 - "$out/libexecwire.so" "$tmp/expected" "$(objdump -p "$out/libexecwire.so" | awk '$1 == "SONAME" {print $2}')" <<'PYTHON'
import ctypes, os, sys

library, expected, soname = sys.argv[1:]
lib = ctypes.CDLL(os.path.abspath(library))
lib.execwire_sizeof.argtypes = [ctypes.c_char_p]
lib.execwire_sizeof.restype = ctypes.c_size_t
lib.execwire_abi.argtypes = []
lib.execwire_abi.restype = ctypes.c_int
passed = failed = 0


def same(what, expected, actual):
    global passed, failed
    passed, failed = passed + (expected == actual), failed + (expected != actual)
    if expected != actual:
        print("FAILED: %s: expected %r, got %r" % (what, expected, actual))


class Str(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("size", ctypes.c_size_t)]


class Time(ctypes.Structure):
    _fields_ = [("seconds", ctypes.c_int64), ("nanos", ctypes.c_int32)]


first, *lines = open(expected).read().splitlines()
same("the library's number is the SONAME's", soname, "libexecwire.so.%d" % lib.execwire_abi())
same("and the header's", int(first), lib.execwire_abi())
sizes = dict(line.split() for line in lines)
enums = ("json_form", "json_enums", "code", "link_mode", "link_outcome", "kind", "frame_kind", "text_needs", "seal_outcome")
for name, size in sizes.items():
    is_struct = name not in ["execwire_" + each for each in enums]
    same("sizeof " + name, int(size) if is_struct else 0, lib.execwire_sizeof(name.encode()))
same("the structs of each header are among them", set(), {
    "execwire_str", "execwire_error", "execwire_state", "execwire_storage_spec", "execwire_scratch",
    "execwire_serial_reader", "execwire_link_sender", "execwire_link_receiver"} - set(sizes))
for struct, name in ((Str, b"execwire_str"), (Time, b"execwire_time")):
    same("a binding's " + struct.__name__, ctypes.sizeof(struct), lib.execwire_sizeof(name))
for name in (None, b"", b"execwire_stat", b"execwire_state2", b"state", b"EXECWIRE_STATE"):
    same("no struct is called %r" % name, 0, lib.execwire_sizeof(name))

print("%d passed, %d failed" % (passed, failed))
sys.exit(failed > 0)
PYTHON
