# SPDX-License-Identifier: Apache-2.0
"""A NATS server of a test's own, and a client that speaks its protocol over a plain socket."""
import json, os, socket, subprocess, time


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def wait_for(what, seconds=20):
    """What `what` returns when that is true; the last it returned, when the time is over."""
    last = time.monotonic() + seconds
    while not (result := what()) and time.monotonic() < last:
        time.sleep(0.02)
    return result


class Server:
    """nats-server with JetStream in `folder`, at one port however often it is started."""

    def __init__(self, folder, config=""):
        self.folder, self.port = folder, free_port()
        os.makedirs(folder, exist_ok=True)
        self.config = folder + "/server.conf"
        with open(self.config, "w") as file:
            file.write('listen: "127.0.0.1:%d"\njetstream { store_dir: "%s" }\n%s\n' % (self.port, folder, config))
        self.process = None

    def start(self):
        self.log = open(self.folder + "/log", "ab")
        self.process = subprocess.Popen(["nats-server", "-c", self.config], stdout=self.log, stderr=self.log)
        wait_for(self.listens)
        return self

    def listens(self):
        with socket.socket() as end:
            return end.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.log.close()
        self.process = None


class Client:
    def __init__(self, port, **options):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.file = self.socket.makefile("rb")
        self.file.readline() # INFO
        self.last = 0
        options = dict(options, verbose=False, pedantic=False, headers=True, no_responders=True)
        self.send(b"CONNECT %s\r\nPING\r\n" % json.dumps(options).encode())
        line = self.file.readline()
        if not line.startswith(b"PONG"):
            raise OSError(line)

    def send(self, data):
        self.socket.sendall(data)

    def subscribe(self, subject):
        """Returns its number."""
        self.last += 1
        self.send(b"SUB %s %d\r\n" % (subject.encode(), self.last))
        return self.last

    def publish(self, subject, data=b"", reply=""):
        self.send(b"PUB %s %s %d\r\n%s\r\n" % (subject.encode(), reply.encode(), len(data), data))

    def next(self, number, seconds=10):
        """Subject, headers and data of a subscription's next message; None where none comes in time.
        What comes for others is dropped."""
        self.socket.settimeout(seconds)
        while True:
            try:
                line = self.file.readline().split()
            except TimeoutError:
                return None
            if not line:
                raise OSError("the server is gone")
            if line[0] == b"PING":
                self.send(b"PONG\r\n")
            elif line[0] in (b"MSG", b"HMSG"):
                data = self.file.read(int(line[-1]) + 2)[:-2]
                size = int(line[-2]) if line[0] == b"HMSG" else 0
                if int(line[2]) != number:
                    continue
                headers = [one.split(": ", 1) for one in data[:size].decode().split("\r\n")[1:] if ": " in one]
                return line[1].decode(), dict(headers), data[size:]

    def request(self, subject, document=None):
        box = "_INBOX.%d.%d" % (id(self), self.last)
        number = self.subscribe(box)
        self.publish(subject, b"" if document is None else json.dumps(document).encode(), box)
        answer = json.loads(self.next(number)[2])
        if "error" in answer:
            raise OSError(answer["error"])
        return answer

    def add_stream(self, name, subjects, **options):
        return self.request("$JS.API.STREAM.CREATE." + name, dict(options, name=name, subjects=subjects, storage="file",
                                                                  retention="limits", num_replicas=1))

    def count(self, name):
        return self.request("$JS.API.STREAM.INFO." + name)["state"]["messages"]

    def messages(self, name):
        """All messages of a stream, in its order."""
        count = self.count(name)
        box = "box.%d.%d" % (id(self), self.last)
        number = self.subscribe(box)
        self.publish("$JS.API.CONSUMER.CREATE." + name, json.dumps({"stream_name": name, "config": {
            "deliver_subject": box, "deliver_policy": "all", "ack_policy": "none"}}).encode())
        return [self.next(number) for _ in range(count)]

    def close(self):
        self.file.close()
        self.socket.close()
