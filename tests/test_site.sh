#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The documents as pages (tools/site): each has one, none asks another place for anything, and a link or an
# anchor that leads nowhere is said.
set -u

gen=${GEN:-build/gen}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
. tests/support/check.sh

if ! command -v pandoc >/dev/null; then
    echo 'skipped: the documents as pages: no pandoc'
    echo '1 passed, 0 failed'
    exit 0
fi

nowhere() {
    ! grep -E "$1" -r "$tmp/site" --include='*.html'
}

# the document with one more line in a copy of the tree
said() {
    rm -rf "$tmp/tree"
    copy_tree "$tmp/tree"
    echo "$1" >>"$tmp/tree/docs/link.md"
    (cd "$tmp/tree" && ! tools/site "$tmp/other" "$fields" 2>"$tmp/said") && grep -F "$2" "$tmp/said"
}

fields=$(realpath "$gen/fields.md")
check 'it is made, and all links lead somewhere' tools/site "$tmp/site" "$fields"
for document in $(git ls-files '*.md' | grep -v '^tests/'); do
    page=$(echo "${document%.md}.html" | sed 's/README.html$/index.html/')
    check "$document has a page with a title" grep -q '<title>[^<]' "$tmp/site/$page"
done
check 'the field reference has a page' grep -q 'RunCommandResult' "$tmp/site/docs/fields.html"
check 'the manual page has one' grep -q -- '--ignore-unknown' "$tmp/site/docs/execwire.html"
check 'nothing is asked of other places' nowhere '<script|<link|<iframe|@import|url\(|src="[a-z]+:'
check 'no page leads to Markdown' nowhere 'href="[^":]*[.]md["#]'
check 'comments stay in the source' nowhere '<!--'
check 'a document is a link to its page' grep -q 'href="docs/link.html"' "$tmp/site/index.html"
check 'a page knows the others from its own folder' grep -q 'href="../python/index.html"' "$tmp/site/docs/link.html"
check 'a header is there to be read' cmp include/execwire/link.h "$tmp/site/include/execwire/link.h"
check 'a folder is no link' nowhere 'href="[^"]*/src"'
check 'a link that leads nowhere is said' said '[x](nowhere.md)' 'docs/link.md: nowhere.md'
check 'an anchor that leads nowhere is said' said '[x](../README.md#nowhere)' 'docs/link.md: ../README.md#nowhere'
check 'a picture of another place is said' said '![x](https://example.org/x.png)' 'https://example.org/x.png'

finish
