#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# `make install` puts all in place, programs in C and C++ need nothing else, `make uninstall` takes
# all away again.
set -eu

out=${OUT:-build}
cc=${CC:-gcc}
case $cc in
*clang*) cxx=clang++ ;;
*) cxx=g++ ;;
esac
flags="${CFLAGS:--O2} -Wall -Wextra -Wconversion -Wshadow -Wpedantic -Werror"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
dest="$tmp/a place"
root=$tmp/root # the same: pkgconf 1.8 cannot have a space in PKG_CONFIG_SYSROOT_DIR
. tests/support/check.sh

# same WHAT EXPECTED ACTUAL: the two texts are equal
same() {
    printf '%s\n' "$2" >"$tmp/expected"
    printf '%s\n' "$3" >"$tmp/actual"
    check "$1" diff -u "$tmp/expected" "$tmp/actual"
}

into() {
    make --no-print-directory OUT="$out" DESTDIR="$dest" "$@" >"$tmp/make.log" 2>&1
}

# ---- What is installed ---------------------------------------------------------------------------

mkdir -p "$dest/usr/bin" "$dest/usr/lib"
ln -s "$dest" "$root"
: >"$dest/usr/bin/neighbour"
: >"$dest/usr/lib/libneighbour.so"
check 'make install' into PREFIX=/usr LIBDIR=/usr/lib install || cat "$tmp/make.log"
files=$(cd "$dest" && find . ! -type d ! -path '*/doc/*' ! -name '*neighbour*' | LC_ALL=C sort)
version=$(sed -n 's/^Version: //p' "$dest/usr/lib/pkgconfig/execwire.pc")
same 'the files' "./usr/bin/execwire
./usr/include/execwire/abi.h
./usr/include/execwire/error.h
./usr/include/execwire/execwire.h
./usr/include/execwire/fields.h
./usr/include/execwire/fuzz.h
./usr/include/execwire/gateway.h
./usr/include/execwire/link.h
./usr/include/execwire/link_frame.h
./usr/include/execwire/printable.h
./usr/include/execwire/seal.h
./usr/include/execwire/seal_mbedtls.h
./usr/include/execwire/serial.h
./usr/include/execwire/state.h
./usr/include/execwire/types.h
./usr/lib/cmake/execwire/execwire-config-version.cmake
./usr/lib/cmake/execwire/execwire-config.cmake
./usr/lib/libexecwire.a
./usr/lib/libexecwire.so
./usr/lib/libexecwire.so.0
./usr/lib/libexecwire.so.$version
./usr/lib/pkgconfig/execwire.pc
./usr/lib/systemd/system/execwire-gateway.service
./usr/lib/systemd/system/execwire-gateway.socket
./usr/share/bash-completion/completions/execwire
./usr/share/execwire/execution_state.fdp
./usr/share/execwire/execution_state.pbset
./usr/share/execwire/proto/execwire/v1/execution_state.options
./usr/share/execwire/proto/execwire/v1/execution_state.proto
./usr/share/execwire/proto/execwire/v1/link.proto
./usr/share/fish/vendor_completions.d/execwire.fish
./usr/share/man/man1/execwire-gateway.1
./usr/share/man/man1/execwire.1
./usr/share/zsh/site-functions/_execwire" "$files"
for document in README.md CHANGELOG.md LICENSE docs/wire-format.md docs/security.md docs/fields.md examples/node_agent.c; do
    check "share/doc/execwire/$document" [ -s "$dest/usr/share/doc/execwire/$document" ]
done
check 'the links of the documents that are installed' /usr/bin/python3 tests/support/links.py "$dest/usr"
# shellcheck disable=SC2046 # names without spaces
check 'the links of the documents in the source' /usr/bin/python3 tests/support/links.py . $(git ls-files '*.md')
odd=$(cd "$dest" && find . -type f ! -perm 644 ! -path './usr/bin/execwire' ! -name '*.so.*')
same 'only programs and shared objects may be executable' '' "$odd"
check 'the command is executable' [ -x "$dest/usr/bin/execwire" ]
same 'execwire --version' "execwire $version" "$("$dest/usr/bin/execwire" --version | head -n 1)"
# shellcheck disable=SC2016 # the inner shell expands it
check 'nothing names DESTDIR' sh -c '! grep -rlF "$1" "$1/usr/lib/pkgconfig" "$1/usr/include"' - "$dest"

library=$dest/usr/lib/libexecwire.so.$version
same 'SONAME' 'libexecwire.so.0' "$(objdump -p "$library" | awk '$1 == "SONAME" {print $2}')"
same 'only execwire_* is visible' '' "$(nm -D --defined-only "$library" |
    awk '{print $3}' | grep -v '^execwire_' | grep -v '^__[a-z]*san_\|^__gcov\|^mangle_path$\|^__start\|^__stop' || true)"
same 'only execwire_* is global in the archive' '' "$(nm -g --defined-only "$dest/usr/lib/libexecwire.a" |
    awk 'NF == 3 {print $3}' | grep -v '^execwire_' | grep -v '^__[a-z]*san_\|^__gcov\|^mangle_path$\|^DW\.' || true)"

# ---- A program that needs nothing else -----------------------------------------------------------

cat >"$tmp/program.c" <<'C'
#include <execwire/execwire.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
    uint8_t wire[128];
    char json[256];
    size_t size = 0;
    size_t json_size = 0;
    execwire_error error;
    execwire_state state;
    execwire_state back;

    memset(&state, 0, sizeof state);
    state.job_id = EXECWIRE_STR("j-1");
    state.has_run_output = true;
    state.run_output.has_exit_code = true;
    state.run_output.exit_code = -1;
    state.run_output.std_out = EXECWIRE_STR("hello\n");
    if (execwire_encode(&state, wire, sizeof wire, &size, &error) != EXECWIRE_OK ||
        execwire_decode(wire, size, NULL, &back, &error) != EXECWIRE_OK ||
        execwire_json_write(&back, NULL, json, sizeof json, &json_size, &error) != EXECWIRE_OK) {
        fprintf(stderr, "%s: %s\n", error.path, error.text);
        return 1;
    }
    printf("%s %.*s ", execwire_version(), (int)json_size, json);
    for (size_t i = 0; i < size; i++) {
        printf("%02x", (unsigned)wire[i]);
    }
    printf("\n");
    return 0;
}
C
sed -e '/#include <stdio.h>/d' -e '1i #include <stdio.h>' "$tmp/program.c" >"$tmp/stdio_first.c"
cp "$tmp/program.c" "$tmp/program.cc"
cp "$tmp/stdio_first.c" "$tmp/stdio_first.cc"
hex=2203 hex=${hex}6a2d31 hex=${hex}3a0a0801 hex=${hex}2a06 hex=${hex}68656c6c6f0a
expected="$version {\"job_id\":\"j-1\",\"run_output\":{\"exit_code\":-1,\"stdout\":\"hello\\n\"}} $hex"

package() {
    PKG_CONFIG_SYSROOT_DIR=$root PKG_CONFIG_LIBDIR=$root/${lib:-usr/lib}/pkgconfig \
        PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1 PKG_CONFIG_ALLOW_SYSTEM_LIBS=1 pkg-config "$@" execwire
}

# build NAME SOURCE COMPILER BEFORE_LIBS
build() {
    eval "$3 $flags $(package --cflags) -o '$tmp/$1' '$tmp/$2' ${4:-} $(package --libs)"
}

# runs NAME SOURCE COMPILER: linked with either library, it prints what is expected
runs() {
    check "$1, shared: builds" build "$1" "$2" "$3"
    check "$1, shared: needs the library" sh -c "objdump -p '$tmp/$1' | grep -q 'NEEDED *libexecwire.so.0$'"
    same "$1, shared: runs" "$expected" "$(LD_LIBRARY_PATH=$dest/usr/lib "$tmp/$1" 2>&1)"
    check "$1, static: builds" build "$1" "$2" "$3" -Wl,-Bstatic\ "$(package --libs)"\ -Wl,-Bdynamic\ -Wl,--as-needed
    check "$1, static: needs no library" sh -c "! objdump -p '$tmp/$1' | grep 'NEEDED *libexecwire'"
    same "$1, static: runs" "$expected" "$("$tmp/$1" 2>&1)"
}

check 'pkg-config knows it' package --exists
runs c program.c "$cc -std=c11"
runs c_stdio_first stdio_first.c "$cc -std=c11"
runs c99 program.c "$cc -std=c99"
runs cxx program.cc "$cxx -std=c++11"
runs cxx_stdio_first stdio_first.cc "$cxx -std=c++20"

# with_cmake LIBRARY VERSION: a program that finds the package, in this version, and links that library
with_cmake() {
    rm -rf "$tmp/cmake"
    mkdir -p "$tmp/cmake"
    cp "$tmp/program.c" "$tmp/cmake"
    cat >"$tmp/cmake/CMakeLists.txt" <<CMAKE
cmake_minimum_required(VERSION 3.13)
project(consumer C)
find_package(execwire $2 REQUIRED)
add_executable(program program.c)
target_link_libraries(program $1)
CMAKE
    cmake -S "$tmp/cmake" -B "$tmp/cmake/build" -DCMAKE_PREFIX_PATH="$dest/usr" \
        -DCMAKE_C_COMPILER="$cc" -DCMAKE_C_FLAGS="$flags" &&
        cmake --build "$tmp/cmake/build"
}

if command -v cmake >/dev/null; then
    check 'cmake, shared: builds' with_cmake execwire::execwire "$version"
    same 'cmake, shared: runs' "$expected" "$("$tmp/cmake/build/program" 2>&1)"
    check 'cmake, shared: needs the library' sh -c "objdump -p '$tmp/cmake/build/program' | grep -q 'NEEDED *libexecwire.so.0$'"
    check 'cmake, static: builds' with_cmake execwire::static "$version"
    same 'cmake, static: runs' "$expected" "$("$tmp/cmake/build/program" 2>&1)"
    check 'cmake, static: needs no library' sh -c "! objdump -p '$tmp/cmake/build/program' | grep 'NEEDED *libexecwire'"
    same 'cmake: another minor version is refused' no \
        "$(with_cmake execwire::static 0.99 >/dev/null 2>&1 && echo yes || echo no)"
else
    echo 'skipped: cmake: not installed'
fi

# newlib's and musl's <stdio.h>
cat >"$tmp/macros.c" <<'C'
#define stdin (_impure_ptr->_stdin)
#define stdout (_impure_ptr->_stdout)
#define stderr (_impure_ptr->_stderr)
#include <execwire/execwire.h>
C
check 'a C library with stdout as a macro' sh -c "$cc -std=c11 -fsyntax-only $(package --cflags) '$tmp/macros.c'"
for header in abi error execwire fields fuzz gateway link link_frame printable seal serial state types; do
    echo "#include <execwire/$header.h>" >"$tmp/alone.c"
    check "$header.h alone" sh -c "$cc -std=c11 -Wall -Werror -fsyntax-only $(package --cflags) '$tmp/alone.c'"
done

# ---- The schema ----------------------------------------------------------------------------------

share=$dest/usr/share/execwire
check 'the schema compiles where it was put' \
    protoc -I"$share/proto" --include_imports -o "$tmp/set" execwire/v1/execution_state.proto
cat >"$tmp/text" <<'TEXT'
job_id: "j-1"
run_output {
  exit_code: -1
  std_out: "hello\n"
}
TEXT
same 'protoc reads our bytes with the descriptor set' "$(cat "$tmp/text")" "$(
    /usr/bin/python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.argv[1]))' "$hex" |
        protoc --descriptor_set_in="$share/execution_state.pbset" --decode=execwire.v1.ExecutionState)"

# the file alone, for a pool that has Timestamp
cat >"$tmp/registry.py" <<'PYTHON'
import sys

from google.protobuf import descriptor_pool, message_factory, timestamp_pb2

pool = descriptor_pool.DescriptorPool()
pool.AddSerializedFile(timestamp_pb2.DESCRIPTOR.serialized_pb)
pool.AddSerializedFile(open(sys.argv[1], "rb").read())
message = pool.FindMessageTypeByName("execwire.v1.ExecutionState")
options = message.file.GetOptions()
print(message_factory.MessageFactory(pool).GetPrototype(message).FromString(bytes.fromhex(sys.argv[2])), end="")
print(options.go_package, options.java_package, options.java_multiple_files)
PYTHON
same 'python3-protobuf reads them with the file descriptor' "$(cat "$tmp/text")
execwire/v1;execwirev1 execwire.v1 True" "$(/usr/bin/python3 "$tmp/registry.py" "$share/execution_state.fdp" "$hex" 2>&1)"

# as docs/wire-format.md says, in a copy
protobuf_c() {
    cp -r "$share/proto" "$tmp/protobuf-c"
    (cd "$tmp/protobuf-c" && sh -e "$tmp/recipe") &&
        "$cc" -I"$tmp/protobuf-c" -o "$tmp/reader" "$dest/usr/share/doc/execwire/examples/read_with_protobuf_c.c" \
            "$tmp/protobuf-c/execwire/v1/execution_state.pb-c.c" "$tmp/protobuf-c/google/protobuf/timestamp.pb-c.c" -lprotobuf-c
}

# shellcheck disable=SC2016 # no shell
sed -n '/^```sh$/,/^```$/{/^```/d;p}' "$dest/usr/share/doc/execwire/docs/wire-format.md" >"$tmp/recipe"
check 'the schema is compiled for protobuf-c' protobuf_c
same 'which reads a state' '- EXECUTION_STATE_FAILED' "$(printf '\002\100\010' | "$tmp/reader")"
same 'and one with a newer number' '- (a newer state)' "$(printf '\002\100\012' | "$tmp/reader")"

# ---- Away again ----------------------------------------------------------------------------------

check 'make uninstall' into PREFIX=/usr LIBDIR=/usr/lib uninstall
same 'only the neighbours are left' './usr/bin/neighbour
./usr/lib/libneighbour.so' "$(cd "$dest" && find . ! -type d | LC_ALL=C sort)"

check 'make install LIBDIR=' into PREFIX=/opt/execwire LIBDIR=/opt/execwire/lib/arch install
check 'LIBDIR is where the libraries are' [ -f "$dest/opt/execwire/lib/arch/libexecwire.a" ]
lib=opt/execwire/lib/arch
same 'LIBDIR is in execwire.pc' "-L$root/$lib -lexecwire" "$(package --libs | sed 's/ *$//')"
check 'make uninstall LIBDIR=' into PREFIX=/opt/execwire LIBDIR=/opt/execwire/lib/arch uninstall
same 'nothing is left there' '' "$(find "$dest/opt" ! -type d)"

finish
