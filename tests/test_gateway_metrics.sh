#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Metrics of a gateway: Prometheus' text format by its own rules, figures that are what happened, and /healthz.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
import urllib.request
from gateway import *

NAME, LABEL = r"[a-zA-Z_:][a-zA-Z0-9_:]*", r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(r"(%s)(?:\{(%s(?:,%s)*)\})? (\+Inf|-?[0-9.]+(?:e[+-]?[0-9]+)?)" % (NAME, LABEL, LABEL))
TYPES = ("counter", "gauge", "histogram")


def parsed(text):
    """The samples, by name and labels. A metric is one group: help, type, samples; nothing comes twice."""
    check("it ends with a line", text.endswith("\n"))
    samples, kinds, current = {}, {}, None
    for line in text.splitlines():
        if line.startswith("# HELP "):
            current = line.split(" ")[2]
            check("a group of its own, with a text: " + line, current not in kinds and len(line.split(" ", 3)[3]) > 10, line)
            kinds[current] = None
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            check("a type after its help: " + line, name == current and kinds[name] is None and kind in TYPES, line)
            kinds[name] = kind
        else:
            sample = SAMPLE.fullmatch(line)
            check("a sample: " + line, sample, line)
            name, labels, value = sample.groups()
            base = re.sub("_(bucket|sum|count)$", "", name) if kinds[current] == "histogram" else name
            check("in its group: " + line, base == current and (name, labels) not in samples, line)
            samples[name, labels] = float(value)
            check("a counter ends in _total: " + name, kinds[current] != "counter" or name.endswith("_total"))
    buckets = [value for (name, _), value in samples.items() if name.endswith("_bucket")]
    check("buckets grow", buckets == sorted(buckets), buckets)
    return samples


with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]


def ask(where="metrics"):
    return urllib.request.urlopen("http://127.0.0.1:%d/%s" % (port, where), timeout=10).read().decode()


gateway = Gateway("--metrics", "127.0.0.1:%d" % port, "--udp", "127.0.0.1:%d" % free_port())
end = gateway.socket()
for frame in frames(state("a", 1) + state("a", 1, "k") + state("a", 1, "l"))[:4]:
    heard(end, frame)
before = parsed(ask())
same("no execution is doubtful", 0, before["execwire_suspects", None])
same("what was written", len(read("out")), before["execwire_output_bytes_total", None])
check("which is something", before["execwire_output_bytes_total", None] > 100)
same("each carrier", [("execwire_carrier_lost_frames_total", 'carrier="udp",number="%d"' % number) for number in (0, 1)],
     sorted(key for key in before if "carrier" in key[0]))
# another session: what is known is doubtful until the node has said it again
heard(end, frames(state("a", 1), "--session", write("session", "%d\n" % (time.time() + 1000)))[0])
text = ask()
after = parsed(text)
same("another session", 3, after["execwire_suspects", None])
check("counters never shrink", all(after[key] >= value for key, value in before.items() if key[0].endswith("_total")))
try:
    from prometheus_client.parser import text_string_to_metric_families
    theirs = {(sample.name, ",".join('%s="%s"' % label for label in sample.labels.items()) or None): sample.value
              for family in text_string_to_metric_families(text) for sample in family.samples}
    same("Prometheus' own parser reads the same", after, theirs)
except ImportError:
    print("skipped: Prometheus' own parser: python3-prometheus-client is not installed")
same("healthz", "ok\n", ask("healthz"))
same("it ends", 0, gateway.end())
finish()
PYTHON
