#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What becomes of a file that is there already, or of a link that leads to none: with -o, and with the
# file of a session.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
import stat
from command import *

os.umask(0o022)
os.chdir(TMP)
WIRE = b"\x02\x58\x05"


def encode(to, **options):
    return run("encode", "-o", to, data=b'{"Version":5}', **options)


def begin_session(to, **options):
    return run("link", "send", "--lossless", "--session", to, data=b'{"Version":5}', **options)


# what writes a file, what is in it afterwards, what may have been in it before
WRITERS = ("-o", encode, WIRE, b"old"), ("--session", begin_session, b"8\n", b"7\n")


def about(name):
    if not os.path.exists(name):
        return None, None, None
    status = os.lstat(name)
    return status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)


def content(name):
    return open(name, "rb").read() if os.path.exists(name) else b"(missing)"


def fresh():
    """An empty folder."""
    os.chdir(TMP)
    shutil.rmtree("place", True)
    os.makedirs("place/there")
    os.chmod("place", 0o777)
    os.chdir("place")


# ---- Symbolic links ----

LINKS = { # links by name, and the file that the first of them leads to
    "a relative link": ([("link", "there/file")], "there/file"),
    "one in another folder": ([("there/link", "../file")], "file"),
    "an absolute link": ([("there/link", TMP + "/place/there/inside/../file")], "there/file"),
    "as many as there may be": ([("%d" % i, "%d" % (i + 1)) for i in range(39)] + [("39", "file")], "file"),
    "a chain": ([("link", "there/second"), ("there/second", "third"), ("there/third", "../file")], "file"),
    "through a folder's link": ([("there/link", "../door/../file"), ("door", "there/inside")], "there/file"),
}
for what, write_it, text, old in WRITERS:
    for name, (links, leads_to) in LINKS.items():
        for exists in False, True:
            fresh()
            os.mkdir("there/inside")
            for link, to in links:
                os.symlink(to, link)
            if exists:
                write("place/" + leads_to, old)
            good("%s: %s" % (what, name), write_it(links[0][0]))
            same("%s: %s leads to the file" % (what, name), text if exists or what == "-o" else b"1\n", content(leads_to))
            same("%s: %s stays one" % (what, name), [to for link, to in links], [os.path.islink(link) and os.readlink(link) for link, to in links])
            same("%s: %s: the file is a usual one" % (what, name), 0o644, about(leads_to)[2])
            same("%s: %s: nothing else is there" % (what, name), len(links) + 1 + 2, # and two folders
                 sum(len(folders) + len(files) for _, folders, files in os.walk(".")))
    fresh()
    os.symlink("none/file", "lost")
    os.symlink("loop", "loop")
    refused(what + ": a link to no folder", write_it("lost"), 3, "execwire: lost: No such file or directory\n")
    refused(what + ": a link to itself", write_it("loop"), 3, "execwire: loop: Too many levels of symbolic links\n")
    same(what + ": both stay", ["none/file", "loop"], [os.path.islink(link) and os.readlink(link) for link in ("lost", "loop")])

# ---- Owner, group and permissions ----

for what, write_it, text, old in WRITERS:
    for mode in 0o600, 0o640, 0o664, 0o646:
        fresh()
        write("place/file", old)
        os.chmod("file", mode)
        good(what, write_it("file"))
        same("%s: permissions %o" % (what, mode), (text, mode), (content("file"), about("file")[2]))
    fresh()
    write("place/file", old)
    write("place/file.new", b"mine")
    good(what, write_it("file"))
    same(what + ": no other file is touched", (b"mine", 3), (content("file.new"), len(os.listdir("."))))

if os.getuid() != 0:
    print("skipped: owners and groups: only root may give files away")
    finish()

# where everybody may run it, and a coverage run write its counters
shutil.copy(EXECWIRE, TMP)
os.mkdir(path("counters"))
os.chmod(path("counters"), 0o777)
os.chmod(TMP, 0o711)
counting = dict(os.environ, GCOV_PREFIX=path("counters"))


def as_somebody(write_it, groups):
    """The same, without root's rights."""
    import command
    before, command.EXECWIRE = command.EXECWIRE, TMP + "/execwire"
    done = write_it("file", user=65534, group=65534, extra_groups=groups, env=counting)
    command.EXECWIRE = before
    return done


def given(owner, group, mode, old):
    fresh()
    write("place/file", old)
    os.chown("file", owner, group)
    os.chmod("file", mode)


REFUSED = "execwire: file: a new file in its place cannot have its owner and group (>FILE keeps them)\n"
for what, write_it, text, old in WRITERS:
    given(1234, 5678, 0o640, old)
    good(what, write_it("file"))
    same(what + ": owner and group stay", (text, (1234, 5678, 0o640)), (content("file"), about("file")))
    os.symlink("file", "link")
    good(what, write_it("link"))
    same(what + ": behind a link too", (1234, 5678, 0o640), about("file"))
    given(65534, 5678, 0o660, old)
    good(what, as_somebody(write_it, [5678]))
    same(what + ": a group that one is in", (text, (65534, 5678, 0o660)), (content("file"), about("file")))
    for owner, group in (1234, 65534), (65534, 5678):
        given(owner, group, 0o666, old)
        # what link send writes to standard output comes later
        refused("%s: %d:%d cannot be kept" % (what, owner, group), as_somebody(write_it, []), 3, REFUSED)
        same(what + ": all is as it was", (old, (owner, group, 0o666), ["file", "there"]),
             (content("file"), about("file"), sorted(os.listdir("."))))
finish()
PYTHON
