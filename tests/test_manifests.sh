#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The manifests beside the one source file: what each names is there and compiles for a Cortex-M,
# with what its switches define, and with the link layer and the seal where those were chosen. CMake
# runs the two CMakeLists.txt themselves, with stand-ins for the commands of ESP-IDF and Zephyr.
set -u

out=${OUT:-build}/test-manifests
dist=$out/dist
. tests/support/check.sh

for tool in arm-none-eabi-gcc cmake; do
    if ! command -v "$tool" >/dev/null; then
        echo "skipped: the manifests: no $tool"
        echo "1 passed, 0 failed"
        exit 0
    fi
done

# compiles NAME FILE: a list of "source FILE", "include DIR", "define MACRO"
compiles() {
    sources=$(sed -n 's/^-- source //p' "$2")
    flags="$(sed -n 's/^-- include /-I/p' "$2") $(sed -n 's/^-- define /-D/p' "$2")"
    check "$1 names sources" test -n "$sources"
    for source in $sources; do
        # shellcheck disable=SC2086 # a list of words
        check "$1: $source" arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -std=c11 -Wall -Wextra \
            -Werror $flags -c -o "$out/object.o" "$source"
        printf '#include <execwire.h>\nexecwire_state state;\n' >"$out/user.c"
        # shellcheck disable=SC2086
        check "$1: the header is found" arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb $flags -c \
            -o "$out/user.o" "$out/user.c"
    done
}

# with NAME, without NAME: the object that was compiled last has such a function, or has none
with() {
    check "$1 is there" sh -c 'arm-none-eabi-nm "$1" | grep -qi " t $2$"' sh "$out/object.o" "$1"
}

without() {
    check "$1 is left out" sh -c '! arm-none-eabi-nm "$1" | grep -qi " t $2$"' sh "$out/object.o" "$1"
}

# linked NAME FILE: the same as compiles, of a list that was to have the link layer
linked() {
    compiles "$1" "$2"
    for name in execwire_link_update execwire_link_receive execwire_encode; do
        with "$name"
    done
    printf '#include <execwire-link.h>\nexecwire_link_sender sender;\n' >"$out/user.c"
    # shellcheck disable=SC2086 # a list of words, from compiles
    check "$1: the link layer's header is found" arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb $flags -c \
        -o "$out/user.o" "$out/user.c"
}

# sealed NAME FILE: the same, of a list that was to have the seal, behind what else there is
sealed() {
    compiles "$1" "$2"
    with execwire_seal_node_write
    printf '#include <execwire-seal.h>\nexecwire_seal_node node;\n' >"$out/user.c"
    # shellcheck disable=SC2086 # a list of words, from compiles
    check "$1: the seal's header is found" arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb $flags -c \
        -o "$out/user.o" "$out/user.c"
}

mkdir -p "$out"
check "make dist" make --no-print-directory -s dist DIST="$dist"
# lists of words come from it: by a path without spaces
full=$(mktemp -d)/dist
trap 'rm -r "${full%/dist}"' EXIT
ln -s "$(cd "$dist" && pwd)" "$full"

cat >"$out/esp-idf.cmake" <<CMAKE
macro(idf_component_register)
    set(COMPONENT_LIB __idf_execwire) # as ESP-IDF does
    cmake_parse_arguments(A "" "" "SRCS;INCLUDE_DIRS;REQUIRES;PRIV_REQUIRES" \${ARGN})
    foreach(source \${A_SRCS})
        message(STATUS "source $full/\${source}")
    endforeach()
    foreach(folder \${A_INCLUDE_DIRS})
        message(STATUS "include $full/\${folder}")
    endforeach()
endmacro()
function(target_compile_definitions target scope)
    message(STATUS "define \${ARGN}")
endfunction()
include("$full/CMakeLists.txt")
CMAKE
cat >"$out/zephyr.cmake" <<CMAKE
function(zephyr_library)
endfunction()
function(zephyr_library_sources)
    message(STATUS "source \${ARGN}")
endfunction()
function(zephyr_include_directories)
    message(STATUS "include \${ARGN}")
endfunction()
function(zephyr_library_compile_definitions)
    message(STATUS "define \${ARGN}")
endfunction()
include("$full/zephyr/CMakeLists.txt")
CMAKE

all='-DCONFIG_EXECWIRE=y -DCONFIG_EXECWIRE_DECODE=y -DCONFIG_EXECWIRE_JSON_READ=y
    -DCONFIG_EXECWIRE_JSON_WRITE=y -DCONFIG_EXECWIRE_TEXTS=y -DCONFIG_EXECWIRE_NANOPB=y'
for system in esp-idf zephyr; do
    # shellcheck disable=SC2086
    check "$system with all" sh -c 'cmake "$@" >"$0"' "$out/list" $all -P "$out/$system.cmake"
    compiles "$system" "$out/list"
    without execwire_link_update
    with execwire_nanopb_field
    check "$system with texts defines nothing" sh -c '! grep -q "^-- define" "$1"' sh "$out/list"
    check "$system, small" sh -c 'cmake "$@" >"$0"' "$out/list" -DCONFIG_EXECWIRE=y \
        -P "$out/$system.cmake"
    compiles "$system, small" "$out/list"
    without execwire_decode
    without execwire_json_read
    without execwire_json_write
    without execwire_nanopb_field
    check "$system with the link layer" sh -c 'cmake "$@" >"$0"' "$out/list" -DCONFIG_EXECWIRE=y \
        -DCONFIG_EXECWIRE_DECODE=y -DCONFIG_EXECWIRE_LINK=y -P "$out/$system.cmake"
    linked "$system with the link layer" "$out/list"
    check "$system with the seal" sh -c 'cmake "$@" >"$0"' "$out/list" -DCONFIG_EXECWIRE=y \
        -DCONFIG_EXECWIRE_SEAL=y -P "$out/$system.cmake"
    sealed "$system with the seal" "$out/list"
done
check "Zephyr without execwire" sh -c 'cmake "$@" >"$0"' "$out/list" -P "$out/zephyr.cmake"
check "Zephyr without execwire compiles nothing" test ! -s "$out/list"

# the options that the CMakeLists.txt ask for are the ones that Kconfig has
for option in EXECWIRE EXECWIRE_DECODE EXECWIRE_LINK EXECWIRE_SEAL EXECWIRE_JSON_READ EXECWIRE_JSON_WRITE EXECWIRE_TEXTS \
    EXECWIRE_NANOPB; do
    check "Kconfig has $option" grep -qx "config $option" "$dist/Kconfig"
done
check "Kconfig offers the link layer with the decoder alone, which it needs" sh -c \
    'sed -n "/^config EXECWIRE_LINK$/,/^config/p" "$1" | grep -q "depends on EXECWIRE_DECODE$"' sh "$dist/Kconfig"
check "Kconfig has nanopb unless told otherwise" sh -c \
    'sed -n "/^config EXECWIRE_NANOPB$/,/^config/p" "$1" | grep -q "default y$"' sh "$dist/Kconfig"
check "module.yml names files that are there" /usr/bin/python3 - "$dist" <<'PYTHON'
import os, sys
lines = dict(line.strip().split(": ") for line in open(sys.argv[1] + "/zephyr/module.yml")
             if ": " in line and not line.startswith("#"))
assert os.path.isfile(os.path.join(sys.argv[1], lines["cmake"], "CMakeLists.txt"))
assert os.path.isfile(os.path.join(sys.argv[1], lines["kconfig"]))
PYTHON

# PlatformIO: srcFilter and directories of library.json
check "library.json" /usr/bin/python3 - "$dist" "$out/list" <<'PYTHON'
import glob, json, os, re, sys
dist, out = sys.argv[1:]
build = json.load(open(dist + "/library.json"))
assert all(os.path.isfile(os.path.join(dist, header)) for header in build["headers"])
assert re.fullmatch(r"\d+\.\d+\.\d+", build["version"])
build = build["build"]
with open(out, "w") as file:
    for pattern in build["srcFilter"]:
        for source in glob.glob(os.path.join(dist, build["srcDir"], pattern[2:-1])):
            print("-- source " + source, file=file)
    print("-- include " + os.path.join(dist, build["includeDir"]), file=file)
PYTHON
compiles "PlatformIO" "$out/list"
without execwire_link_update
with execwire_nanopb_field
cp "$out/list" "$out/small"
echo "-- define EXECWIRE_NO_NANOPB" >>"$out/small" # build_flags
compiles "PlatformIO without nanopb" "$out/small"
without execwire_nanopb_field
echo "-- define EXECWIRE_LINK" >>"$out/list"
linked "PlatformIO with the link layer" "$out/list"
echo "-- define EXECWIRE_SEAL" >>"$out/list"
sealed "PlatformIO with link layer and seal" "$out/list"
with execwire_link_update
check "idf_component.yml has the version" grep -Eq '^version: "[0-9]+\.[0-9]+\.[0-9]+"$' "$dist/idf_component.yml"

finish
