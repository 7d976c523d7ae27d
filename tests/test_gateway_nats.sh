#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The gateway with NATS on both ends: frames at subjects, states in a stream, each of them once; a server
# that is killed, that comes late, that takes nothing yet, and that asks for a password.
set -eu

if ! command -v nats-server >/dev/null; then
    echo "skipped: there is no nats-server"
    exit 0
fi
export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
import atexit, hashlib, signal, time, urllib.request
from command import *
from nats import *

if "is not in this build" in run("gateway", "--nats", "nats://127.0.0.1").err:
    print("skipped: this build has no libnats")
    sys.exit(0)

processes = []
# libnats 3.4.1 forgets a message that comes while a subscription ends
os.environ["LSAN_OPTIONS"] = "print_suppressions=0:suppressions=" + write("leaks", "leak:natsMsg_create\n")


@atexit.register
def end_all():
    for process in processes:
        process.kill()
        process.wait()


class Gateway:
    def __init__(self, *options, name="gateway"):
        self.err = path(name + ".err")
        with open(self.err, "wb") as err:
            self.process = subprocess.Popen([EXECWIRE, "gateway", "--timing", "ack=20", *options], stdin=subprocess.DEVNULL,
                                            stdout=subprocess.DEVNULL, stderr=err)
        processes.append(self.process)

    def said(self):
        return open(self.err, encoding="utf-8").read()

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(timeout=20)


def server(name, config=""):
    made = Server(path(name), config)
    atexit.register(made.kill)
    return made


def state(node, version, reference="e", output=""):
    return {"ComputeReference": reference, "JobID": "j", "NodeId": node, "Version": version, "State": 7, "RunOutput": {"stdout": output}}


def frames(*states):
    done = run("link", "send", "--one-way", "--hex", "--timing", "urgent=1,repeat=1,identity=1,tries=1",
               data="".join(json.dumps(one) + "\n" for one in states))
    return [bytes.fromhex(line) for line in done.out.decode().split()]


def say(client, node, all_frames, prefix="nodes"):
    """As a node does, which hears of what was taken; True: of something."""
    number = client.subscribe("%s.%s.down" % (prefix, node))
    for frame in all_frames:
        client.publish("%s.%s.up" % (prefix, node), frame)
    return client.next(number, 3) is not None


def url(one, rest, user=""):
    return "nats://%s127.0.0.1:%d/%s" % (user, one.port, rest)


def newest(messages):
    """The last state of each subject."""
    return {subject: State.FromString(data) for subject, headers, data in messages}


# ---- A subject that no stream takes; what comes of it is seen at the end ----

picky = server("picky").start()
Client(picky.port).add_stream("good", ["picky.good.>"])
metrics = free_port()
patience = Gateway("--nats", url(picky, "nodes"), "--to", url(picky, "picky"), "--metrics", "127.0.0.1:%d" % metrics, name="patience")


def node(name, *states):
    sender = subprocess.Popen([EXECWIRE, "link", "send", "--nats", url(picky, "nodes/" + name), "--timing", "urgent=200,repeat=200"],
                              stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    processes.append(sender)
    for one in states:
        sender.stdin.write(json.dumps(one).encode() + b"\n")
    sender.stdin.flush()
    return sender


bad = node("bad", state("bad", 1))
check("a state is refused", wait_for(lambda: "no stream takes its subjects, which is tried again" in patience.said()), patience.said())
fine = node("good", state("good", 1))
check("others are taken meanwhile", wait_for(lambda: Client(picky.port).count("good") == 1))

# ---- In and out ----

one = server("one", "max_payload: 65536").start()
client = Client(one.port)
client.add_stream("states", ["states.>"], max_msg_size=20000)
gateway = Gateway("--nats", url(one, "nodes"), "--to", url(one, "states?stream=states"))
check("it listens", wait_for(lambda: say(Client(one.port), "n-1", frames(state("n-1", 1)))), gateway.said())
for version in (2, 3):
    check("a state is acknowledged", say(client, "n-1", frames(state("n-1", version))))
check("strange names", say(client, "n-2", frames(state("a b.*>%\u00e9", 4, "x y.z"), )))
check("and none", say(client, "n-3", frames({"JobID": "j", "Version": 5})))
check("and one that is what stands for none", say(client, "n-4", frames(state("-", 6, "-"))))
stored = client.messages("states")
expected = {"states.n-1.e": 3, "states.a%20b%2E%2A%3E%25\u00e9.x%20y%2Ez": 4, "states.-.-": 5, "states.%2D.%2D": 6}
same("subjects, and the last state of each", expected, {subject: one.version for subject, one in newest(stored).items()})
subject, headers, data = stored[0]
same("what it is", ["application/protobuf", "execwire.v1.ExecutionState", "n-1"],
     [headers.get(name) for name in ("Content-Type", "Execwire-Schema", "Execwire-Node")])
same("the id", hashlib.sha256(subject.encode() + b"\0" + data).hexdigest(), headers.get("Nats-Msg-Id"))
same("the message is the state's", data, good("encode", run("encode", "--single", data=json.dumps(state("n-1", 1)))))

# ---- Nodes of the command ----

senders = []
for i in range(8):
    sender = subprocess.Popen([EXECWIRE, "link", "send", "--nats", url(one, "nodes/m-%d" % i), "--timing", "urgent=200,repeat=200"],
                              stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    processes.append(sender)
    sender.stdin.write("".join(json.dumps(state("m-%d" % i, version, "e-%d" % job)) + "\n" for version in (1, 2, 3)
                               for job in range(4)).encode())
    sender.stdin.close()
    senders.append(sender)
for sender in senders:
    check("all is acknowledged", sender.wait(timeout=30) == 0, sender.stderr.read())
same("the last state of each", {"states.m-%d.e-%d" % (i, job): 3 for i in range(8) for job in range(4)},
     {subject: last.version for subject, last in newest(client.messages("states")).items() if ".m-" in subject})

agent = [OUT + "/examples/node_agent", "--node-id", "n-17", "--execution-id", "a", "--", "sh", "-c", "echo out; exit 3"]
send = [EXECWIRE, "link", "send", "--protobuf", "--nats", url(one, "nodes/n-17"), "--session", path("session")]
same("an agent's states, piped, are acknowledged", 0, subprocess.run(send, stdin=subprocess.Popen(agent, stdout=subprocess.PIPE).stdout, stderr=subprocess.PIPE, timeout=30).returncode)
last = newest(client.messages("states"))["states.n-17.a"]
same("the last of them", ("out\n", 3), (last.run_output.std_out, last.run_output.exit_code))

# ---- A repeat ----

count = client.count("states")
same("killed", -signal.SIGKILL, gateway.end(signal.SIGKILL))
gateway = Gateway("--nats", url(one, "nodes"), "--to", url(one, "states?stream=states"))
check("another gateway takes it again", wait_for(lambda: say(Client(one.port), "n-1", frames(state("n-1", 3)))))
same("it is stored once", count, client.count("states"))

# ---- What is too large ----

large = "".join(chr(33 + (i * 7919 + i * i) % 90) for i in range(70000))
check("a state larger than the stream takes is given up", say(client, "n-4", frames(state("n-4", 1, "e", large[:30000]))))
check("which is said", wait_for(lambda: "states.n-4.e is refused: it is larger than the stream takes" in gateway.said()), gateway.said())
say(client, "n-5", frames(state("n-5", 1, "e", large[:70000])))
check("later ones are taken", say(client, "n-1", frames(state("n-1", 4))))
same("they are", 4, newest(client.messages("states"))["states.n-1.e"].version)

# ---- The server is killed ----

one.kill()
check("which is said", wait_for(lambda: "the server is gone" in gateway.said()), gateway.said())
one.start()
check("and that it is back", wait_for(lambda: gateway.said().count("/nodes: the server is there") == 1), gateway.said())
client = Client(one.port)
check("frames come again", wait_for(lambda: say(Client(one.port), "n-6", frames(state("n-6", 6)))))
check("and states", wait_for(lambda: "states.n-6.e" in newest(client.messages("states"))))
same("what was stored before is there", 4, newest(client.messages("states"))["states.n-1.e"].version)
status = gateway.end()
same("its end, with a state that was refused", True, status in (0, 1))

# ---- A server and a stream that come late, and a password ----

password = write("password", "s3cret pass\n")
two = server("two", 'authorization { user: "ada", password: "s3cret pass" }')
gateway = Gateway("--log", "json", "--udp", "127.0.0.1:%d" % (port := free_port(socket.SOCK_DGRAM)), "--to",
                  url(two, "late/x?password-file=" + password, "ada@").replace("late/x", "late.x"))
check("no server yet", wait_for(lambda: "no server yet" in gateway.said()), gateway.said())
sender = subprocess.Popen([EXECWIRE, "link", "send", "--udp", "127.0.0.1:%d" % port, "--timing", "urgent=200,repeat=200"],
                          stdin=subprocess.PIPE, stderr=subprocess.PIPE)
processes.append(sender)
sender.stdin.write("".join(json.dumps(state("n", version, "e-%d" % reference)) + "\n" for version in (1, 2, 3)
                           for reference in range(20)).encode())
sender.stdin.close()
time.sleep(1)
same("nothing is acknowledged meanwhile", None, sender.poll())
two.start()
check("the server is there", wait_for(lambda: "/late.x: the server is there" in gateway.said()), gateway.said())
check("without a stream", wait_for(lambda: "no stream takes its subjects, which is tried again" in gateway.said()), gateway.said())
same("nothing is acknowledged still", None, sender.poll())
client = Client(two.port, user="ada", **{"pass": "s3cret pass"})
client.add_stream("late", ["late.x.>"])
same("then all is", 0, sender.wait(timeout=30))
same("the last states", {"late.x.n.e-%d" % i: 3 for i in range(20)},
     {subject: one.version for subject, one in newest(client.messages("late")).items()})
same("one line each", [1, 1], [gateway.said().count(text) for text in ("no stream takes", "no server yet")])
check("taken again is said", "states are taken again" in gateway.said(), gateway.said())
same("each an event", [("broker_lost", "warning"), ("broker_back", "info"), ("engine_fails", "warning"), ("engine_takes", "info")],
     [(one["event"], one["level"]) for one in map(json.loads, gateway.said().splitlines()) if one["event"].startswith(("broker", "engine_t", "engine_f"))])
check("no password is", "s3cret" not in gateway.said(), gateway.said())
same("an orderly end", 0, gateway.end())

def anew(secret):
    """The server started anew, with another password."""
    two.kill()
    text = open(two.config).read()
    write("two/server.conf", text[:text.rindex("authorization")] + 'authorization { user: "ada", password: "%s" }\n' % secret)
    two.start()

write("password", "s3cret pass\n")
gateway = Gateway("--nats", url(two, "nodes?password-file=" + password, "ada@"), name="renewed")
hears = lambda: run("link", "send", "--nats", url(two, "nodes/n", "ada:" + now + "@"), "--timing", "urgent=200,repeat=200,tries=2",
                    data=json.dumps(state("n", 1))).status == 0
now = "s3cret%20pass"
check("a node is heard", wait_for(hears), gateway.said())
write("password", "")
gateway.process.send_signal(signal.SIGHUP)
check("a file without a password is said", wait_for(lambda: "no password in its first line" in gateway.said()), gateway.said())
anew("s3cret pass")
check("and the one of before stays", wait_for(hears), gateway.said())
write("password", "an0ther\n")
gateway.process.send_signal(signal.SIGHUP)
time.sleep(0.3)
anew("an0ther")
now = "an0ther"
check("a new one is used for the next connection", wait_for(hears), gateway.said())
check("and is in no message", "an0ther" not in gateway.said(), gateway.said())
same("an orderly end", 0, gateway.end())
anew("s3cret pass")
gateway = Gateway("--nats", url(two, "nodes", "ada:wrong@"))
check("a wrong password is said", wait_for(lambda: "no server lets it in" in gateway.said()), gateway.said())
same("and ends in an orderly way", 0, gateway.end())

# ---- TLS ----

key, certificate = path("key.pem"), path("certificate.pem")
if shutil.which("openssl") is None:
    print("skipped: TLS: there is no openssl")
else:
    def certify():
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"], check=True, stderr=subprocess.DEVNULL)

    def hears(version):
        run("link", "send", "--one-way", "--nats", "tls://" + place.replace("nodes", "nodes/n") + files, "--timing", "urgent=1,repeat=1,identity=1,tries=1",
            data=json.dumps(state("n", version)))
        return any(json.loads(one)["version"] == version for one in open(path("tls.jsonl")))

    certify()
    three = server("three", 'tls { cert_file: "%s", key_file: "%s", ca_file: "%s", verify: true }' % (certificate, key, certificate)).start()
    place, files = "localhost:%d/nodes" % three.port, "?ca=%s&cert=%s&key=%s" % (certificate, certificate, key)
    gateway = Gateway("--nats", "tls://" + place + files, "-o", path("tls.jsonl"), name="tls")
    sender = run("link", "send", "--nats", "tls://" + place.replace("nodes", "nodes/n") + files, "--timing", "urgent=200,repeat=200",
                 data=json.dumps(state("n", 1)))
    same("a node is acknowledged over TLS", 0, sender.status)
    same("its state came", ["n"], [json.loads(line)["node_id"] for line in open(path("tls.jsonl"))])
    good = open(certificate, "rb").read()
    write("certificate.pem", "no certificate")
    gateway.process.send_signal(signal.SIGHUP)
    check("certificates that cannot be read are said", wait_for(lambda: "/nodes: no certificates can be read from the file of ca" in gateway.said()), gateway.said())
    write("certificate.pem", good)
    three.kill()
    three.start()
    check("and those of before stay", wait_for(lambda: hears(2)), gateway.said())
    certify()
    gateway.process.send_signal(signal.SIGHUP)
    time.sleep(0.3)
    three.kill()
    three.start()
    check("new ones are used for the next connection", wait_for(lambda: hears(3)), gateway.said())
    same("an orderly end", 0, gateway.end())
    for what, wrong in (("a name that the certificate does not have", "tls://127.0.0.1:%d/nodes%s" % (three.port, files)),
                        ("an issuer that nobody knows", "tls://" + place + files.replace("ca=%s&" % certificate, "")),
                        ("no certificate of ours", "tls://" + place + "?ca=" + certificate), ("no TLS", "nats://" + place)):
        gateway = Gateway("--nats", wrong, name="tls")
        check(what + " is said", wait_for(lambda: "no server lets it in" in gateway.said()), gateway.said())
        same("and ends in an orderly way", 0, gateway.end())

# ---- What no stream took ----

fine.stdin.close()
same("the others' states are acknowledged", 0, fine.wait(timeout=30))
check("what is refused is given up", wait_for(lambda: "picky.bad.e is refused: no stream takes its subjects" in patience.said()), patience.said())
bad.stdin.write(json.dumps(state("bad", 3, "f")).encode() + b"\n")
bad.stdin.close()
check("and what comes after it at once", wait_for(lambda: "picky.bad.f is refused" in patience.said(), 5), patience.said())
same("its node is not asked for it again", 0, bad.wait(timeout=30))
figures = urllib.request.urlopen("http://127.0.0.1:%d/metrics" % metrics, timeout=10).read().decode()
same("what was refused is counted", ["2"], re.findall(r"^execwire_engine_refused_total\{.*\} (.*)", figures, re.M))
same("what is refused is said once", 1, patience.said().count("tried again"))
same("what is given up makes the gateway's status", 1, patience.end())

# ---- URLs ----

for text, said in (("nats://h", "the path is a subject without wildcards"), ("nats://h/a.*", "the path is a subject"),
                   ("nats://h/a..b", "the path is a subject"), ("nats://h/a?ca=x", "ca, cert and key are for tls://"),
                   ("tls://h/a?cert=x", "cert and key need each other"), ("tls://h/a?ca=/nowhere", "no certificates can be read"),
                   ("nats://h/a?x=1", "parameter x is unknown")):
    for option in ("--nats", "--to"):
        refused("%s %s" % (option, text), run("gateway", "-q", "--udp", "127.0.0.1:%d" % free_port(socket.SOCK_DGRAM), option, text),
                3, re.compile("execwire: .*%s.*\n" % re.escape(said)))
for rest in ("nodes", "nodes/", "/n", "nodes/a.b", "nodes/*", "nodes/" + "n" * 60):
    refused("a node at " + rest, run("link", "send", "-q", "--nats", url(one, rest), data="{}"), 3,
            re.compile("execwire: --nats .*(HOST/PREFIX/NODE, where NODE|the path is a subject).*\n"))
finish()
PYTHON
