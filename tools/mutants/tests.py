# SPDX-License-Identifier: Apache-2.0
"""Runs one test, with a mutant or with none."""
import hashlib
import os
import pickle
import re
import resource
import signal
import subprocess
import tempfile
import time

MEMORY = 4 << 30  # bytes of address space; a mutant that wants more has failed
# what is slow, and about few files of the command: others would wait for it, and ask it where nothing else comes by
ABOUT = {"test_command_completion.sh": re.compile("(command|completion|main|options?)[.]"),
         "test_command_faults.sh": re.compile("(io|input|output|progress|replace|report|session|source)[.]"),
         "test_command_jobs.sh": re.compile("(delimited|each|framing|input|output|relay|report|source|values)[.]"),
         "test_command_memory.sh": re.compile("(finder|input|output|report|values)[.]"),
         "test_command_printable.sh": re.compile("(escape|report|show)[.]"),
         "test_command_sealed.sh": re.compile("(carriers?|crypto|datagrams|frame_queue|gateway|hex|keys|library|link.*|log|"
                                              "recv_line|sealed.*|session|socket|udp|work)[.]"),
         "test_command_signals.sh": re.compile("(command|delimited|hex|input|io|main|output|replace|source|values)[.]"),
         "test_link_gateway.sh": re.compile("link|udp"),
         "test_link_transports.sh": re.compile("link"),
         "test_gateway_kafka.sh": re.compile("(encode_name|engines|letter|to_kafka)[.]"),
         "test_gateway_keep.sh": re.compile("(keep|work)[.]"),
         "test_gateway_log.sh": re.compile("(log|refusals|work)[.]"),
         "test_gateway_metrics.sh": re.compile("(carriers|figures|metrics|output|tally)[.]"),
         "test_gateway_mqtt.sh": re.compile("(engines|link|mqtt.*|to_mqtt)[.]"),
         "test_gateway_nats.sh": re.compile("(engines|nats|nats_(consumer|server|state)|to_nats)[.]"),
         "test_gateway_partitions.sh": re.compile("nats_(consumer|leases|partitions)[.]"),
         "test_gateway_rotate.sh": re.compile("(gateway|lines|log|work)[.]"),
         "test_gateway_serial.sh": re.compile("(carrier|serial)[.]")}
LARGEST_FILE = 1 << 30
LONGEST = 600  # seconds that a process may compute
MARKED = 512 << 12  # bytes: EXECWIRE_MUTANTS in mutants.h


class Test:
    """A program or a script (*.sh) that is run in a tree: the one in OUT/marks, or the one in OUT.
    Of "SCRIPT:2/16" it is the second of 16 parts, which PART tells the script."""
    def __init__(self, path, tree, source_hash):
        self.path, _, self.part = path.partition(":")
        self.tree, self.hash = tree, source_hash
        self.name = path[path.rfind("/", 0, len(self.path)) + 1:]
        self.is_script = self.path.endswith(".sh")
        self.seconds = 0
        self.marks = b""

    def judges(self, mutant):
        """Tests of link, gateway and seal are asked about them alone, not about what is below them, and scripts
        about the command."""
        if mutant["file"].startswith("src/cli/"):
            return self.is_script or "cli" in self.name or "command" in self.name
        return not self.is_script and all(part not in self.name or mutant["file"].startswith("src/%s/" % part)
                                          for part in ("link", "gateway", "seal"))

    def is_about(self, mutant):
        about = ABOUT.get(os.path.basename(self.path))
        return not about or about.match(os.path.basename(mutant["file"])) is not None

    def run(self, limit, mutant=None, marks=None):
        """Whether it passed in so many seconds."""
        out = "build/marks" if marks else "build"
        command = ["sh", self.path] if self.is_script else [os.path.join(out, self.path)]
        with tempfile.TemporaryDirectory(prefix="mutant") as folder:
            os.chmod(folder, 0o711) # some run the command as nobody
            environment = dict(os.environ, TMPDIR=folder, OUT=out, CMOCKA_TEST_ABORT="1",
                               EXECWIRE_COMMAND=out + "/execwire", EXECWIRE_MUTANT=str(mutant or MARKED),
                               EXECWIRE_MARKS=marks or "", PART=self.part or "1/1")
            process = subprocess.Popen(command, cwd=self.tree, env=environment, stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                       start_new_session=True, preexec_fn=bound)
            try:
                return process.wait(limit) == 0
            except subprocess.TimeoutExpired:
                return False
            finally:
                end(process)

    def measure(self):
        """Runs it with no mutant: how long it takes, and what it comes by. Neither changes as long as
        the test and the mutants are the same."""
        kept = os.path.join(self.tree, "marks", "%s %s" % (
            self.name.replace("/", "-"), hash_of(os.path.join(self.tree, "mutants.json"))))
        if os.path.exists(kept):
            with open(kept, "rb") as file:
                known = pickle.load(file)
            if known[0] == self.hash:
                _, self.marks, self.seconds = known
                return
        self.run_unchanged()
        os.makedirs(os.path.dirname(kept), exist_ok=True)
        with open(kept, "wb") as file:
            pickle.dump((self.hash, self.marks, self.seconds), file)

    def run_unchanged(self):
        with tempfile.NamedTemporaryFile() as file:
            file.truncate(MARKED)
            os.chmod(file.name, 0o666)
            marked = self.run(600, marks=file.name)
            self.marks = file.read()
        start = time.monotonic()
        if not (marked and self.run(600)):
            raise SystemExit("mutants: %s fails with no mutant" % self.path)
        self.seconds = time.monotonic() - start


def bound():
    # of a run that was stopped, nothing goes on for ever
    resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def end(process):
    """All that the test started is in its session."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def hash_of(*paths):
    """Of files, and of all files in folders."""
    sha = hashlib.sha256()
    for path in paths:
        files = [path] if os.path.isfile(path) else sorted(
            os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names)
        for name in files:
            with open(name, "rb") as file:
                sha.update(name.encode() + b"\0" + file.read())
    return sha.hexdigest()[:16]
