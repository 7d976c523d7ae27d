#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the library as one source file and one header, the same with the link layer, and the seal.

usage: amalgamate.py VERSION GEN_DIR NANOPB_DIR OUT_DIR

GEN_DIR holds what is generated from the schema, NANOPB_DIR nanopb's source. OUT_DIR gets
execwire.h and execwire.c. Only the public names are visible outside execwire.c: all of nanopb and
whatever the library's files share is static there. So that the link layer sees that,
execwire-link.c, with execwire-link.h, includes execwire.c and is compiled instead of it. The seal
knows of neither more than the public names: execwire-seal.c, with execwire-seal.h and
execwire-seal-mbedtls.h, is compiled beside one of them, or included behind it. Of the writers
(src/wire/writer.h) one is compiled.
"""
import collections
import os
import re
import sys

PUBLIC_HEADERS = ["types.h", "error.h", "state.h", "execwire.h", "fields.h", "printable.h",
                  "serial.h"]
FLOORS = ["base", "error", "text", "schema", "wire", "json"]
LINK_HEADERS = ["link_frame.h", "link.h"]
SEAL_HEADERS = ["seal.h"]
SEAL_MBEDTLS_HEADERS = ["seal_mbedtls.h"]
LINK_FLOORS = ["link/base", "link/frame", "link/model", "link/sender", "link/receiver", "link/view"]
SEAL_FLOORS = ["seal"]
CONDITIONS = {"wire/cursor": "#ifndef EXECWIRE_NO_DECODE",
              "wire/reader": "#ifndef EXECWIRE_NO_DECODE",
              "wire/usual": "#ifndef EXECWIRE_NO_DECODE",
              "wire/fields": "#ifndef EXECWIRE_NO_DECODE",
              "json/foreign": "#ifndef EXECWIRE_NO_JSON_READ",
              "json/guess": "#ifndef EXECWIRE_NO_JSON_READ",
              "json/number": "#ifndef EXECWIRE_NO_JSON_READ",
              "json/scanner": "#ifndef EXECWIRE_NO_JSON_READ",
              "json/reader": "#ifndef EXECWIRE_NO_JSON_READ",
              "json/usual": "#ifndef EXECWIRE_NO_JSON_READ",
              "json/walk": "#ifndef EXECWIRE_NO_JSON_READ",
              "json/compact": "#ifndef EXECWIRE_NO_JSON_WRITE",
              "json/writer": "#ifndef EXECWIRE_NO_JSON_WRITE",
              "wire/direct": "#ifdef EXECWIRE_DIRECT",
              "wire/nanopb": "#ifdef EXECWIRE_NANOPB"}
FROM_NANOPB = re.compile(r"nanopb: |generated: .*\.pb\.")
NANOPB_HEADERS = ["pb.h", "pb_common.h", "pb_encode.h"]
NANOPB_SOURCES = ["pb_common.c", "pb_encode.c"]
GENERATED = ["google/protobuf/timestamp.pb", "execwire/v1/execution_state.pb"]

# words of C; comments, literals and members are no names
TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''
                   r'|(?:\.|->)\s*[A-Za-z_]\w*|[A-Za-z_]\w*', re.S)
# a function's declaration or definition at the start of a line
FUNCTION = re.compile(r"^(?:extern )?((?:\w+[ *]+)+?\**)(\w+) ?\((?=[^;{}]*?\)\s*[;{])", re.M)

SETTINGS = """\
/* The writer: the link layer's where that is, or else nanopb's, or execwire's own. */
#if defined(EXECWIRE_CANONICAL)
#elif defined(EXECWIRE_NO_NANOPB)
#define EXECWIRE_DIRECT 1
#else
#define EXECWIRE_NANOPB 1
#endif

/* How nanopb is built: for buffers alone, without texts, and without packed arrays, of which the
 * schema has none. */
#ifdef EXECWIRE_NANOPB
#define PB_BUFFER_ONLY 1
#define PB_NO_ERRMSG 1
#define PB_ENCODE_ARRAYS_UNPACKED 1
#endif

/* Not every build needs every function. */
#if defined(__GNUC__)
#define EXECWIRE_LOCAL static __attribute__((unused))
#else
#define EXECWIRE_LOCAL static
#endif

/* nanopb measures by writing to NULL, which it checks before memcpy; gcc overlooks that. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnonnull"
#endif
"""

SETTINGS_END = """
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
"""

HEADER_BESIDE = """\
/* SPDX-License-Identifier: Apache-2.0 */
"""
LINK_SOURCE = """\
/* execwire with its link layer: compile this instead of execwire.c, which it includes.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "execwire-link.h"

/* The walk over a state that the link layer needs anyway is the writer. */
#define EXECWIRE_CANONICAL 1

#include "execwire.c"

#ifdef EXECWIRE_NO_DECODE
#error "The link layer reads frames: leave EXECWIRE_NO_DECODE out, the linker drops what is not called."
#endif
"""

SEAL_SOURCE = """\
/* execwire's sealed frames: compile this beside execwire.c or execwire-link.c. A program that is one
 * end gets nothing of the other from a linker that drops what is not called.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "execwire-seal.h"

#ifndef EXECWIRE_LOCAL
#define EXECWIRE_LOCAL static
#endif
"""


def read(*parts):
    with open(os.path.join(*parts), encoding="utf-8") as file:
        return file.read()


def heading(text):
    return "\n/* ---- %s %s */\n\n" % (text, "-" * (88 - len(text)))


def without_includes(text):
    """Drops the project's own includes and nanopb's; system headers stay."""
    text = re.sub(r'^#include "[^"]+"\n', "", text, flags=re.M)
    return re.sub(r"^#include <(?:execwire/|pb)[^>]+>\n", "", text, flags=re.M)


def without_license_line(text):
    text = re.sub(r"^/\* SPDX-License-Identifier: Apache-2.0 \*/\n", "", text)
    return re.sub(r"\n \*\n \* SPDX-License-Identifier: Apache-2.0 \*/", " */", text, count=1)


def declared(text):
    return {m.group(2) for m in FUNCTION.finditer(text) if not m.group(1).startswith("static")}


def make_local(text, names):
    def local(match):
        kind, name = match.group(1), match.group(2)
        if name not in names or kind.startswith("static"):
            return match.group(0)
        return "EXECWIRE_LOCAL %s%s(" % (kind, name)
    return FUNCTION.sub(local, text)


def file_names(text):
    """The names that a source file defines for itself."""
    names = set(re.findall(r"^static [^;={(]*?(\w+)(?:\[\w*\])* ?(?:=|\(|;)", text, re.M))
    names |= set(re.findall(r"^typedef (?:struct|enum) (\w+)", text, re.M))
    return names | set(re.findall(r"^} (\w+)\[\w*\] =", text, re.M)) | \
        set(re.findall(r"^} (\w+);", text, re.M))


def macros(text):
    """The macros that a source file defines and leaves defined."""
    return {name for name in re.findall(r"^ *# *define (\w+)", text, re.M)
            if not re.search(r"^#undef %s$" % name, text, re.M)}


def check_names(parts):
    """Each file-level name has one file, and no macro of a file is a word of another: so that the
    files can follow each other as they are."""
    owners = collections.defaultdict(set)
    users = collections.defaultdict(set)
    for _, name, text in parts:
        if name:
            for own in file_names(text) | macros(text):
                owners[own].add(name)
        for word in set(TOKEN.findall(text)):
            users[word].add(name)
    for own, files in sorted(owners.items()):
        if len(files) > 1:
            sys.exit("amalgamate.py: %s is a name of %s" % (own, " and of ".join(sorted(files))))
    for _, name, text in parts:
        for macro in macros(text) if name else ():
            if users[macro] != {name}:
                sys.exit("amalgamate.py: %s is a macro of %s and a word of other files"
                         % (macro, name))


def static_tables(text):
    """nanopb's descriptors: static, as the functions are."""
    text = re.sub(r"^extern const pb_msgdesc_t", "static const pb_msgdesc_t", text, flags=re.M)
    for line in ("const uint32_t structname ## _field_info",
                 "const pb_msgdesc_t* const structname ## _submsg_info",
                 "const pb_msgdesc_t structname ## _msg"):
        text = text.replace("    " + line, "    static " + line)
    return text


def write_header(src, gen, version):
    parts = ["/* execwire %s: all public headers in one. */\n" % version]
    parts.append("#ifndef EXECWIRE_H\n#define EXECWIRE_H\n")
    for name in PUBLIC_HEADERS:
        folder = os.path.join(gen, "execwire") if name == "state.h" else "include/execwire"
        parts.append(heading(name) + without_license_line(without_includes(read(folder, name))))
    parts.append("\n#endif\n")
    parts[0] = parts[0].replace(" */", "\n *\n * SPDX-License-Identifier: Apache-2.0 */")
    return "".join(parts)


def note(nanopb, version):
    text = "execwire %s, with nanopb's runtime, as one source file.\n\n" % version
    text += ("SPDX-License-Identifier: Apache-2.0 AND Zlib\n\n"
             "The parts from nanopb are under the license that follows. They were altered: what "
             "was\nvisible to other files is static here.\n\n")
    text += read(nanopb, "LICENSE.txt").strip()
    lines = [(" * " + line.rstrip()).rstrip() for line in text.split("\n")]
    return "/*" + "\n".join(lines)[2:] + " */\n"


def internal_headers(sources_, known=()):
    """The headers that these files include, each after those that it includes itself, without
    those that are known."""
    found = list(known)

    def visit(text):
        for name in re.findall(r'^#include "([\w/]+/\w+\.h)"', text, re.M):
            if name not in found:
                visit(read("src", name))
                found.append(name)
    for name in sources_:
        visit(read("src", name))
    return found[len(known):]


def files_of(floors):
    return [os.path.join(floor, name) for floor in floors
            for name in sorted(os.listdir(os.path.join("src", floor)))
            if name.endswith(".c")]


def core_sources():
    return files_of(FLOORS)


def switched(title, text):
    part = "wire/nanopb" if FROM_NANOPB.match(title) else title.split(".")[0]
    return "%s\n\n%s\n\n#endif" % (CONDITIONS[part], text) if part in CONDITIONS else text


def sources(gen, nanopb):
    """Every part of execwire.c: its heading, the file that it is, if it is a source file, its text."""
    for name in NANOPB_HEADERS:
        yield "nanopb: " + name, None, static_tables(read(nanopb, name))
    for name in GENERATED:
        yield "generated: %s.h" % name, None, static_tables(read(gen, "nanopb", name + ".h"))
    for name in NANOPB_SOURCES:
        yield "nanopb: " + name, name, read(nanopb, name)
    for name in GENERATED:
        yield "generated: %s.c" % name, None, read(gen, "nanopb", name + ".c")
    for name in internal_headers(core_sources()):
        yield name, None, read("src", name)
    yield "generated: tables.c", None, read(gen, "tables.c")
    for name in core_sources():
        text = read("src", name)
        if '#include "layout.h"' in text:
            text = text.replace('#include "layout.h"', read(gen, "layout.h"))
        yield name, name, text


def sources_beside(floors, known):
    """Every part of execwire-link.c or execwire-seal.c, as for execwire.c, but for the headers that
    are known."""
    for name in internal_headers(files_of(floors), known):
        yield name, None, read("src", name)
    for name in files_of(floors):
        yield name, name, read("src", name)


def joined(parts, others):
    """The text of all parts. What they share with each other, or with the others, which get into
    the same program, is static."""
    shared = set()
    for _, name, text in parts + others:
        if name is None:
            shared |= declared(text)
    out = []
    for title, _, text in parts:
        text = without_license_line(without_includes(text))
        text = make_local(text, shared).replace("static inline", "EXECWIRE_LOCAL inline")
        text = text.replace("google_protobuf_Timestamp", "execwire_pb_Timestamp")
        out.append(heading(title) + switched(title, text.strip("\n")) + "\n")
    return "".join(out)


def tidy(text):
    return re.sub(r"\n{3,}", "\n\n", text)


def write_source(parts, link, nanopb, version):
    return tidy(note(nanopb, version) + '#include "execwire.h"\n\n' +
                SETTINGS + joined(parts, link) + SETTINGS_END)


def write_header_beside(names, included):
    """The public headers of what is beside execwire.h, in one that includes another first."""
    text = "\n".join(without_license_line(without_includes(read("include/execwire", name)))
                     for name in names)
    return HEADER_BESIDE + re.sub(r"^(#define \w+_H\n)", r'\1\n#include "%s"\n' % included, text,
                                  count=1, flags=re.M)


def write_source_beside(beginning, parts, others):
    return tidy(beginning + joined(parts, others))


def main(version, gen, nanopb, out_dir):
    os.makedirs(out_dir, exist_ok=True)
    core = list(sources(gen, nanopb))
    link = list(sources_beside(LINK_FLOORS, internal_headers(core_sources())))
    seal = list(sources_beside(SEAL_FLOORS, []))
    check_names(core + link + seal)
    for name, text in (("execwire.h", write_header("include", gen, version)),
                       ("execwire.c", write_source(core, link, nanopb, version)),
                       ("execwire-link.h", write_header_beside(LINK_HEADERS, "execwire.h")),
                       ("execwire-link.c", write_source_beside(LINK_SOURCE, link, core)),
                       ("execwire-seal.h", write_header_beside(SEAL_HEADERS, "execwire.h")),
                       ("execwire-seal-mbedtls.h",
                        write_header_beside(SEAL_MBEDTLS_HEADERS, "execwire-seal.h")),
                       ("execwire-seal.c", write_source_beside(SEAL_SOURCE, seal, []))):
        with open(os.path.join(out_dir, name), "w", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
