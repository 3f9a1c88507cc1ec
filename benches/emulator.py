#!/usr/bin/env python3
"""Measures the local Customer.io over sockets, and writes its section of README.md:
`emulator.py measure PROGRAM` prints a figure a line, `emulator.py report FILE` reads them. The processor's time is that of
the program, as the kernel counts it."""

import base64
import json
import pathlib
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import section

MANY = 100_000
IN_A_BATCH = 1_000
STREAMS = 50
IDENTIFIES = 20_000

TRACK = "Basic " + base64.b64encode(b"emulator-site:emulator-track-key").decode()
APP = "Bearer emulator-app-key"

# The targets: the most, in the unit of the figure; at least, where it is a share.
TARGETS = {
    "program, MB": 8.0,
    "ready, with 1,000 people, ms": 50,
    "idle memory, MB": 10,
    "messages, MB for 100,000": 120,
    "people, MB for 100,000": 150,
    "events, MB for 100,000": 80,
    "page of 100 requests, processor, ms": 2,
    "page of 100 people, processor, ms": 2,
    "page of 100 events, processor, ms": 2,
    "page of 100 messages, processor, ms": 2,
    "search in 100,000 people for one, processor, ms": 200,
    "search in 100,000 events for one, processor, ms": 200,
    "search in 100,000 messages for one, processor, ms": 200,
    "a list holds the state, 95 % of the times, ms": 0.2,
    "a broadcast to 100000 of 100000 holds the state, 95 % of the times, ms": 0.2,
    "a broadcast to 100000 beside constant requests, s": 5,
    "a broadcast beside constant requests holds the state, 95 % of the times, ms": 0.2,
    "a response to wait after it holds, 99 % of 200, ms": 20,
    f"20,000 identifies with {STREAMS} streams over the same with none, time": 1.25,
    f"changes that any of {STREAMS} streams lost": 0,
    "calls beside a reader of lists over the same alone, speed": ("at least", 0.8),
    "page: its first row of 100,000 people, ms": 500,
    "page: a search of 100,000 people until the row is there, ms": 200,
    "page: identifies while it is open over the same without, speed": ("at least", 0.8),
}


def say(name, value, shown=""):
    print(f"{name}\t{value}\t{shown}", flush=True)


class Program:
    """The program, which listens on a free port."""

    def __init__(self, path, *arguments):
        self.folder = tempfile.TemporaryDirectory()
        ready = pathlib.Path(self.folder.name) / "ready.json"
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            [path, "--port", "0", "--no-https", "--listen", "127.0.0.1", "--ready-file", ready, *arguments],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not ready.exists() or not ready.read_text():
            if self.process.poll() is not None:
                sys.exit(f"{path} has ended with {self.process.returncode}")
            time.sleep(0.001)
        self.ready = time.perf_counter() - self.started
        self.port = int(json.loads(ready.read_text())["url"].rsplit(":", 1)[1].strip("/"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()

    def processor(self):
        """How long its threads have had a processor, in seconds."""
        tasks = pathlib.Path(f"/proc/{self.process.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9

    def memory(self):
        """What it has of the machine's memory, in MB."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:"))) * 1024 / 1e6

    def call(self):
        return Connection(self.port)


class Connection:
    """A connection that is kept."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb", buffering=1 << 16)

    @staticmethod
    def request(line, body=b"", authorization=None):
        head = [f"{line} HTTP/1.1", "host: localhost"]
        if authorization:
            head.append(f"authorization: {authorization}")
        if body:
            head += ["content-type: application/json", f"content-length: {len(body)}"]
        return "\r\n".join(head).encode() + b"\r\n\r\n" + body

    def send(self, *request):
        self.socket.sendall(self.request(*request))

    def response(self):
        status, length, is_chunked = int(self.file.readline().split()[1]), 0, False
        while (line := self.file.readline().lower()) != b"\r\n":
            length = int(line[15:]) if line.startswith(b"content-length:") else length
            is_chunked |= line.startswith(b"transfer-encoding: chunked")
        body = self.file.read(length)
        while is_chunked and (size := int(self.file.readline(), 16)):
            body += self.file.read(size)
            self.file.readline()
        if is_chunked:
            self.file.readline()
        if status != 200:
            sys.exit(f"a response has the status {status}: {body[:500]!r}")
        return body

    def get(self, path):
        self.send(f"GET {path}")
        return json.loads(self.response())

    def all(self, requests):
        """Sends requests, some at a time."""
        for start in range(0, len(requests), 50):
            some = requests[start:start + 50]
            self.socket.sendall(b"".join(some))
            for _ in some:
                self.response()


def encoded(value):
    return json.dumps(value, separators=(",", ":")).encode()


def identify(number, attributes):
    return Connection.request(f"PUT /api/v1/customers/{number}", encoded(attributes), TRACK)


def email(number):
    body = {"transactional_message_id": 1, "to": f"p{number}@example.com", "identifiers": {"id": str(number)},
            "subject": "Hello", "body": "<p>Your order is on its way, and will be there tomorrow.</p>"}
    return Connection.request("POST /v1/send/email", encoded(body), APP)


def fill(program):
    """As many people, events and messages; of requests, those that the log has room for."""
    connection = program.call()
    for start in range(0, MANY, IN_A_BATCH):
        rows = range(start, start + IN_A_BATCH)
        people = [{"type": "person", "action": "identify", "identifiers": {"id": str(number)}, "attributes": {
            "email": f"p{number}@example.com", "plan": "free", "seats": number, "city": "Paris"}} for number in rows]
        events = [{"type": "person", "action": "event", "name": f"purchase {number % 7}",
                   "identifiers": {"id": str(number)},
                   "attributes": {"item": f"item {number}", "price": 12.5}} for number in rows]
        for batch in (people, events):
            connection.send("POST /api/v2/batch", encoded({"batch": batch}), TRACK)
            connection.response()
        connection.all([email(number) for number in rows])
    counts = connection.get("/_emulator/v1/counts")
    assert (counts["people"], counts["events"], counts["messages"]) == (MANY, MANY, MANY), counts
    return counts


def start(path):
    say("program, MB", pathlib.Path(path).stat().st_size / 1e6)
    with tempfile.TemporaryDirectory() as folder:
        seed = pathlib.Path(folder) / "seed.json"
        seed.write_bytes(encoded({"people": [{"id": str(number), "email": f"p{number}@example.com", "plan": "pro",
                                              "first_name": "Ada"} for number in range(1_000)]}))
        times = []
        for _ in range(20):
            with Program(path, "--seed", seed) as program:
                times.append(program.ready * 1e3)
        say("ready, with 1,000 people, ms", statistics.median(times), f"{min(times):.1f} to {max(times):.1f}")
    with Program(path) as program:
        program.call().get("/livez")
        say("idle memory, MB", program.memory())


def ingest(path):
    """What a request costs the program, of each of three kinds."""
    kinds = {
        "identify": lambda number: identify(number % 1_000, {"plan": "team", "seats": number}),
        "event": lambda number: Connection.request(f"POST /api/v1/customers/{number % 1_000}/events", encoded(
            {"name": "purchase", "data": {"price": 23.45, "sku": str(number)}}), TRACK),
        "e-mail": email,
    }
    for name, of in kinds.items():
        requests = [of(number) for number in range(IDENTIFIES)]
        best, rate = float("inf"), 0
        for _ in range(3):
            with Program(path) as program:
                connection = program.call()
                before, began = program.processor(), time.perf_counter()
                connection.all(requests)
                best = min(best, (program.processor() - before) / len(requests) * 1e6)
                rate = max(rate, len(requests) / (time.perf_counter() - began))
        say(f"{name}, processor, µs", best, f"{rate:,.0f} a second on one connection")


def lists(path):
    with Program(path) as program:
        counts = fill(program)
        say("memory with 100,000 people, events and messages each, MB", program.memory(),
            f"and the last {counts['requests']:,} requests")
        connection = program.call()

        def cost(query, times):
            best = float("inf")
            for _ in range(5):
                before = program.processor()
                for _ in range(times):
                    page = connection.get(f"/_emulator/v1/{query}")
                best = min(best, (program.processor() - before) / times * 1e3)
            return best, len(page["items"])

        for kind in ("requests", "people", "events", "messages"):
            best, rows = cost(kind, 20)
            assert rows == 100, rows
            say(f"page of 100 {kind}, processor, ms", best)
        # The oldest, which is found last.
        for kind, text in (("people", "p0@example.com"), ("events", "item%200%22"), ("messages", "p0@example.com")):
            best, rows = cost(f"{kind}?q={text}", 1)
            assert rows <= 1, rows
            say(f"search in 100,000 {kind} for one, processor, ms", best)
        state(path, program, connection)


def state(path, program, connection):
    before, began = program.processor(), time.perf_counter()
    connection.send("GET /_emulator/v1/state")
    document = connection.response()
    took, processor = time.perf_counter() - began, program.processor() - before
    say("state of these written, s", took, f"{len(document) / 1e6:.0f} MB, {processor:.2f} s of the processor")
    file = pathlib.Path(program.folder.name) / "state.json"
    file.write_bytes(document)
    with Program(path, "--state", file) as other:
        say("state of these read at the start, s", other.ready, f"{other.processor():.2f} s of the processor")
        counts = other.call().get("/_emulator/v1/counts")
        assert (counts["people"], counts["events"], counts["messages"]) == (MANY, MANY, MANY), counts


def waiting(path):
    with Program(path) as program:
        waiter, sender, late = program.call(), program.call(), []
        for number in range(200):
            seq = sender.get("/_emulator/v1/counts")["seq"]
            waiter.send(f"GET /_emulator/v1/messages?to=p{number}@example.com&after={seq}&wait=10s")
            # It is to wait when the message comes.
            time.sleep(0.005)
            came = []
            thread = threading.Thread(target=lambda: came.append((waiter.response(), time.perf_counter())))
            thread.start()
            sender.all([email(number)])
            sent = time.perf_counter()
            thread.join()
            assert len(json.loads(came[0][0])["items"]) == 1
            late.append((came[0][1] - sent) * 1e3)
        late.sort()
        say("a response to wait after it holds, 99 % of 200, ms", late[197],
            f"median {statistics.median(late):.1f}, longest {late[-1]:.1f}")


# Follows a stream until the number that its standard input says, and prints how many changes came.
FOLLOWER = """
import json, socket, sys, threading
port, count = int(sys.argv[1]), int(sys.argv[2])
streams = []
for _ in range(count):
    stream = socket.create_connection(("127.0.0.1", port))
    stream.sendall(b"GET /_emulator/v1/stream?after=0 HTTP/1.1\\r\\nhost: localhost\\r\\n\\r\\n")
    streams.append(stream.makefile("rb"))
def frame(stream):
    while not (line := stream.readline()).startswith(b"data:"):
        assert line, "the stream has ended"
    data = json.loads(line[5:])
    return data["seq"], len(data["changes"]) + data.get("behind", 0)
for stream in streams:
    frame(stream)
print("open", flush=True)
last = [None]
found = []
def follow(stream):
    changes = 0
    while True:
        seq, more = frame(stream)
        changes += more
        if last[0] is not None and seq >= last[0]:
            return found.append(changes)
threads = [threading.Thread(target=follow, args=(stream,)) for stream in streams]
[thread.start() for thread in threads]
last[0] = int(sys.stdin.readline())
print("said", flush=True)
[thread.join() for thread in threads]
print(min(found), max(found), flush=True)
"""


def streams(path):
    requests = [identify(number % 1_000, {"plan": "team", "seats": number}) for number in range(IDENTIFIES)]
    times, lost = {0: [], STREAMS: []}, 0
    # In turns: the machine may have other things to do.
    for _ in range(3):
        for count in times:
            with Program(path) as program:
                connection, follower = program.call(), None
                if count:
                    follower = subprocess.Popen([sys.executable, "-c", FOLLOWER, str(program.port), str(count)],
                                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
                    assert follower.stdout.readline() == "open\n"
                before, began = program.processor(), time.perf_counter()
                connection.all(requests)
                times[count].append((time.perf_counter() - began, program.processor() - before))
                if follower:
                    seq = connection.get("/_emulator/v1/counts")["seq"]
                    follower.stdin.write(f"{seq}\n")
                    follower.stdin.flush()
                    assert follower.stdout.readline() == "said\n"
                    # A frame for those who have seen all that there was before they knew where it ends.
                    connection.all([identify(0, {"plan": "last"})])
                    seq = connection.get("/_emulator/v1/counts")["seq"]
                    least, most = map(int, follower.stdout.readline().split())
                    follower.wait()
                    # Some may have ended before the last call, which is two changes.
                    lost = max(lost, seq - 2 - least, most - seq)
    (alone, processor), (beside, processor_beside) = (map(min, zip(*times[count])) for count in times)
    say(f"20,000 identifies with {STREAMS} streams over the same with none, time", beside / alone,
        f"{beside:.2f} over {alone:.2f} s; processor {processor_beside:.2f} over {processor:.2f} s")
    say(f"changes that any of {STREAMS} streams lost", lost)


def measure(path):
    start(path)
    ingest(path)
    waiting(path)
    streams(path)
    lists(path)


SECTION = section.Section("emulator", TARGETS, """## The local Customer.io

Written by `benches/emulator`: the program as it is handed out (profile `dist`), over sockets, and what its tests measure.
"Processor" is the program's own time, which hangs less on what else runs.""")


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ("measure", "report"):
        sys.exit(__doc__)
    {"measure": measure, "report": SECTION.write}[sys.argv[1]](sys.argv[2])
