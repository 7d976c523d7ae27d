#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The headers compile with <stdio.h> before or after them, or without it, with each C library and as C
# and C++: some of them define stdout and stderr as macros.
set -u

out=${OUT:-build}/test-headers
passed=0
failed=0

# libc_headers NAME COMPILER...: what is not there is skipped
libc_headers() {
    name=$1
    shift
    if ! command -v "$1" >/dev/null || ! echo '#include <stdio.h>' | "$@" -fsyntax-only -x c - 2>/dev/null; then
        echo "skipped: the headers on $name: no $*"
        return
    fi
    for source in "$out"/*.c; do
        for language in c c++; do
            standard=c11
            [ $language = c ] || standard=c++17
            if log=$("$@" -x $language -std=$standard -Wall -Wextra -Wpedantic -Wconversion -Werror \
                -fsyntax-only -Iinclude -Ibuild/gen "$source" 2>&1); then
                passed=$((passed + 1))
            else
                failed=$((failed + 1))
                printf 'FAILED: %s as %s on %s\n%s\n' "$(basename "$source")" $language "$name" "$log"
            fi
        done
    done
}

use='static int use(execwire_state *state, FILE *file)
{
    state->run_output.std_out = EXECWIRE_STR("out");
    state->run_output.std_err = EXECWIRE_STR("err");
    return fprintf(file == NULL ? stdout : stderr, "%s", execwire_version());
}
int (*user)(execwire_state *, FILE *) = use;'
own='#include <execwire/abi.h>
#include <execwire/execwire.h>
#include <execwire/serial.h>'

rm -rf "$out"
mkdir -p "$out"
printf '#include <stdio.h>\n%s\n%s\n' "$own" "$use" >"$out/before.c"
printf '%s\n#include <stdio.h>\n%s\n' "$own" "$use" >"$out/after.c"
printf '#include <execwire/serial.h>\nextern execwire_state state;\nextern execwire_serial_reader reader;\n' >"$out/alone.c"

libc_headers glibc "${CC:-gcc}"
libc_headers "glibc, clang" clang
libc_headers musl musl-gcc
libc_headers newlib arm-none-eabi-gcc -mcpu=cortex-m0plus -mthumb --specs=nano.specs
libc_headers picolibc arm-none-eabi-gcc -mcpu=cortex-m0plus -mthumb --specs=picolibc.specs

# between the views of C++ and ours
cat >"$out/view.cc" <<'CC'
#include <execwire/execwire.h>
int main()
{
    const std::string_view here("eu-1"), empty(""), absent;
    execwire_state state = {};
    state.status = execwire_str_of(here.substr(0, 2));
    EXECWIRE_SET(&state, version, 7);
    bool good = state.has_version && state.version == 7 && execwire_string_view(state.status) == "eu" &&
                execwire_str_of(empty).data != nullptr && execwire_str_of(absent).data == nullptr &&
                execwire_string_view(execwire_str_of("n-1")) == "n-1" &&
                execwire_string_view(execwire_str{nullptr, 0}).data() == nullptr;
    return good ? 0 : 1;
}
CC
for compiler in g++ clang++; do
    for standard in c++17 c++20; do
        what="$compiler -std=$standard: std::string_view"
        if ! command -v $compiler >/dev/null; then
            echo "skipped: $what: no $compiler"
            continue
        fi
        if $compiler -std=$standard -Wall -Wextra -Wpedantic -Werror -Iinclude -Ibuild/gen -o "$out/view" "$out/view.cc" && "$out/view"; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            echo "FAILED: $what"
        fi
    done
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
