#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Texts of the kind that jobs print, to train the priors of text compression on: a file each into the
folder given. Messages are those of Debian's packages, in English, as their German catalogues have
them; prose is Perl's own documentation; logs, tracebacks, tables and progress are made by chance, the
same each time. Nothing of a corpus that is measured is among them.

texts.py FOLDER"""
import datetime, gettext, json, os, random, re, sys

CATALOGUES = "/usr/share/locale/de/LC_MESSAGES/%s.mo"
PACKAGES = ("apt bash coreutils dpkg grep findutils make tar glib20 gnutls30 Linux-PAM elfutils wget sed diffutils "
            "libc curl ld systemd").split()
PROSE = "/usr/share/perl/%s/pod/perldiag.pod"
LONGEST = 2048

chance = random.Random(7)
pick = chance.choice
below = chance.randrange


def prose():
    versions = sorted(os.listdir("/usr/share/perl"), key=len)
    return open(next(PROSE % version for version in versions if os.path.exists(PROSE % version))).read()


PERL = prose()
WORDS = re.findall(r"[a-z]{2,10}", PERL)
VERBS = ("Loading Starting Processing Downloading Writing Reading Saving Finished Running Creating Using Checking "
         "Connecting Uploading Installing Building").split()
THINGS = ("model data file inputs outputs dataset config results container image job task worker process checkpoint "
          "weights package server cache batch").split()
FAULTS = ["No such file or directory", "Permission denied", "connection refused", "timeout", "exit status 1",
          "not found", "context deadline exceeded", "Out of memory"]
FOLDERS = ["/inputs", "/outputs", "/tmp", "/usr/local/lib/python3.%d/site-packages", "/app", "/data", "/home/user",
           "/root", "."]
ENDINGS = ["", ".py", ".csv", ".json", ".txt", ".log", ".png", ".so", ".pt", ".jpg"]


def word():
    return pick(WORDS)


def path():
    folder = pick(FOLDERS)
    return (folder % below(6, 13) if "%" in folder else folder) + "".join("/" + word() for _ in range(below(2, 4))) + pick(ENDINGS)


def lines(parts):
    return "".join(part + "\n" for part in parts)


def messages():
    """What programs say, a few lines each."""
    def fill(match):
        kind = match.group(0)[-1]
        if kind in "duil":
            return str(pick((0, 1, 2, 3, 5, 10, 12, 100, 128, 443, 1024, below(100000))))
        return pick((word(), "'%s'" % word(), path())) if kind == "s" else "%"

    for name in PACKAGES:
        if not os.path.exists(CATALOGUES % name):
            continue
        with open(CATALOGUES % name, "rb") as file:
            catalogue = gettext.GNUTranslations(file)._catalog
        known = sorted({key for key in catalogue if isinstance(key, str) and 3 < len(key) < 300})
        chance.shuffle(known)
        for _ in range(min(25, len(known) // 6)):
            before = pick(("", name + ": ", "E: ", "W: ", "error: ", "WARNING: ", word() + ": "))
            said = [known.pop() for _ in range(min(below(1, 8), len(known)))]
            yield lines(before + re.sub(r"%[-0-9.*]*[lzhj]*[a-zA-Z%]", fill, one).rstrip("\n") for one in said)


def other_languages():
    for language in ("de", "fr", "ru", "zh_CN", "ja"):
        path = CATALOGUES.replace("/de/", "/%s/" % language) % "coreutils"
        if not os.path.exists(path):
            continue
        with open(path, "rb") as file:
            catalogue = gettext.GNUTranslations(file)._catalog
        known = sorted({text for text in catalogue.values() if 3 < len(text) < 200})
        for _ in range(8):
            yield lines(pick(known).rstrip("\n") for _ in range(below(1, 4)))


def pieces_of_prose():
    for _ in range(90):
        at = below(len(PERL) - 400)
        yield PERL[at:at + pick((60, 150, 400))]


def log_message():
    return pick((
        "%s %s %s" % (pick(VERBS), pick(THINGS), path()), "%s %s..." % (pick(VERBS), pick(THINGS)),
        "%s %s %d of %d" % (pick(VERBS), pick(THINGS), below(1, 50), pick((10, 50, 100))),
        "%s=%s %s=%d" % (word(), word(), word(), below(1000)), "Done in %.2f seconds" % (chance.random() * 100),
        "%s completed successfully" % pick(THINGS), "Total time: %.3f s" % (chance.random() * 10),
        "failed to %s %s: %s" % (word(), path(), pick(FAULTS)),
        "http://%s.%s/%s" % (word(), pick(("com", "org", "io")), word()), "%s: %s" % (word(), word()),
        " ".join(word() for _ in range(below(3, 12)))))


STAMPS = ("%Y-%m-%d %H:%M:%S,000", "%Y-%m-%dT%H:%M:%S.000Z", "%b %d %H:%M:%S host", "%H:%M:%S.000", "%Y/%m/%d %H:%M:%S",
          "[%Y-%m-%d %H:%M:%S]", "%a %b %d %H:%M:%S UTC %Y")
LEVELS = ["INFO", "INFO", "WARN", "DEBUG", "ERROR", "INF", "WRN", "info", "warning", "error"]
STYLES = ("{time} {level} {text}", "{time} [{level}] {text}", "[{level}] {text}", "{level}: {text}", "{text}")


def logs():
    for _ in range(160):
        form, style, level, said = pick(STAMPS), pick(STYLES), pick(LEVELS), []
        now = datetime.datetime(2020, 1, 1) + datetime.timedelta(seconds=below(86400 * 2500))
        for _ in range(pick((1, 1, 2, 3, 5, 8, 14))):
            now += datetime.timedelta(seconds=pick((0, 0, 1, 7, 100)))
            time = now.strftime(form).replace("000", "%03d" % below(1000))
            said.append(style.format(time=time, level=level, text=log_message()))
        yield lines(said)


def tracebacks():
    for _ in range(40):
        text = "Traceback (most recent call last):\n"
        for _ in range(below(1, 5)):
            text += '  File "%s", line %d, in %s\n    %s\n' % (
                path(), below(1, 900), pick(("<module>", "main", "run", word())),
                pick(("return %s(%s)" % (word(), word()), "import " + word(), "%s = %s.%s()" % (word(), word(), word()),
                      "raise %sError(%s)" % (word().title(), word()), "with open(%s) as f:" % word())))
        yield text + pick((
            "ModuleNotFoundError: No module named '%s'" % word(),
            "FileNotFoundError: [Errno 2] No such file or directory: '%s'" % path(), "KeyError: '%s'" % word(),
            "ValueError: " + log_message(), "RuntimeError: CUDA out of memory.",
            "TypeError: %s() takes %d positional arguments but %d were given" % (word(), below(3), below(4, 6)),
            "AttributeError: '%s' object has no attribute '%s'" % (word(), word()))) + "\n"


def progress():
    for _ in range(30):
        whole, text = pick((10, 50, 100, 1000)), ""
        for i in range(pick((1, 3, 8, 20))):
            done = whole * (i + 1) // 20
            bar = done * 10 // whole
            text += "\r%3d%%|%s%s| %d/%d [%02d:%02d<00:%02d, %5.2fit/s]" % (
                done * 100 // whole, "█" * bar, " " * (10 - bar), done, whole, i // 60, i % 60, 20 - i, chance.random() * 30)
        yield text + pick(("", "\n"))
    for _ in range(20):
        yield lines("Epoch %d/10\n938/938 [==============================] - %ds %dms/step - loss: %.4f - accuracy: %.4f" % (
            epoch + 1, below(9), below(9), chance.random(), chance.random()) for epoch in range(pick((1, 3, 8))))


def number():
    return pick(("%.6f" % chance.random(), "%.2f" % (chance.random() * 100), str(below(10000)), word(),
                 "0x%08x" % below(2**32)))


def tables():
    for _ in range(50):
        columns, between = below(2, 6), pick(("  ", "\t", ",", " | ", ", "))
        yield lines([between.join(word() for _ in range(columns))] + [
            between.join([str(row)] + [number() for _ in range(columns - 1)]) for row in range(pick((2, 5, 10)))])
    for _ in range(30):
        record = {word(): pick((below(1000), round(chance.random(), pick((3, 8, 15))), word(), True, None,
                                [below(300) for _ in range(4)])) for _ in range(below(2, 8))}
        yield pick((json.dumps(record), str(record), json.dumps(record, indent=2))) + "\n"
    for _ in range(15):
        yield lines("%064x" % below(2**256) for _ in range(pick((1, 2))))


SHORT = ["Hello World\n", "hello\n", "OK\n", "done\n", "Success\n", "exit status 1\n", "Done.\n", "Killed\n", "test\n",
         "Segmentation fault (core dumped)\n", "execution completed\n"]


def short():
    yield from SHORT
    for _ in range(3):
        yield "Hello, %s!\n" % word()
        yield "/bin/sh: 1: %s: not found\n" % word()
        yield "execution failed: %s\n" % pick(FAULTS)


folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
kinds = (messages, other_languages, pieces_of_prose, logs, tracebacks, progress, tables, short)
for i, text in enumerate(text for kind in kinds for text in kind()):
    with open("%s/%04d" % (folder, i), "wb") as file:
        file.write(text.encode()[:LONGEST])
