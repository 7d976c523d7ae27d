# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# For test scripts: counts what holds, and says of what does not what was printed.

passed=0
failed=0

# check WHAT COMMAND...: it succeeds
check() {
    what=$1
    shift
    if log=$("$@" 2>&1); then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAILED: %s\n%s\n' "$what" "$log"
    fi
}

# The script's last command, whose status is its own.
finish() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
    exit
}

# copy_tree FOLDER: what a checkout has, without anything that was made
copy_tree() {
    mkdir -p "$1"
    tar -c --exclude=./build --exclude=./dist --exclude=./.git . | tar -x -C "$1"
}
