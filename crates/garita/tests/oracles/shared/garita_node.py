"""A node of one's own, made and run as people do it: `garita init`, `garita serve`."""

import contextlib
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

PARTIES = [
    "cbp:US customs:customs.us",
    "anam:Mexican customs:customs.mx",
    "ocotillo:Transportes Ocotillo:carrier:scac=TOCQ",
    "mines:Mines Road Brokers:broker.us,declarant:filer=M7K",
]

FOUNDING = ["--network", "Oracle", "--simulated"]


class Node:
    """A running node: its address, folder, and the tokens of its operator and parties."""

    def __init__(self, url, data):
        self.url, self.data = url, pathlib.Path(data)

    def token_file(self, slug):
        return self.data / f"{slug}.token"

    def token(self, slug):
        return self.token_file(slug).read_text().strip()

    def command(self, *arguments):
        """Runs the binary to its end; what it wrote."""
        done = subprocess.run([os.environ["GARITA"], *map(str, arguments)], check=True, capture_output=True, text=True)
        return done.stdout.strip()


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


@contextlib.contextmanager
def demonstrated(speed=240):
    """Yields the first node of a running demonstration; ends it."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="garita-oracle-"))
    ports = (random.randrange(20_000, 30_000, 8) for _ in range(50))
    port = next(port for port in ports if all(is_free(port + n) for n in range(4)))
    log = open(folder / "log", "wb")
    words = [os.environ["GARITA"], "demo", "--folder", folder / "demo", "--port", port, "--speed", speed]
    process = subprocess.Popen([*map(str, words)], stdout=log, stderr=log)
    node = Node(f"http://127.0.0.1:{port}", folder / "demo")
    try:
        answers(node, process, folder / "log")
        yield node
    finally:
        stop(process)
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


def running(parties=PARTIES, prepare=lambda data: None):
    """Yields a node that answers; stops it and removes its folder at the end. `prepare` is given the folder before the node starts."""
    return serving(parties, FOUNDING, prepare)


@contextlib.contextmanager
def network(founder, *joining):
    """Yields the nodes of one network, one for each list of parties: the first founds it, the others join by invitation."""
    with contextlib.ExitStack() as held:
        nodes = [held.enter_context(serving(founder, FOUNDING))]
        for parties in joining:
            nodes.append(held.enter_context(serving(parties, [])))
            invitation = nodes[0].command("peer", "invite", "--data", nodes[0].data)
            nodes[-1].command("peer", "add", "--data", nodes[-1].data, invitation)
        yield nodes


def unlimited(data):
    """Programs that judge ask more than people do, and all from one address; how much each may ask is tested elsewhere."""
    path = data / "node.json"
    file = json.loads(path.read_text())
    file["limits"] = dict.fromkeys(["peer", "peerBytes", "principal", "address", "costly", "failures"])
    path.write_text(json.dumps(file, indent=2))


@contextlib.contextmanager
def serving(parties, words, prepare=lambda data: None):
    folder = tempfile.mkdtemp(prefix="garita-oracle-")
    address = f"127.0.0.1:{free_port()}"
    node = Node(f"http://{address}", pathlib.Path(folder) / "node")
    named = [word for party in parties for word in ("--party", party)]
    node.command("init", "--data", node.data, "--listen", address, *words, *named)
    unlimited(node.data)
    prepare(node.data)
    log = open(pathlib.Path(folder) / "log", "wb")
    process = subprocess.Popen([os.environ["GARITA"], "serve", "--data", str(node.data)], stdout=log, stderr=log)
    try:
        answers(node, process, pathlib.Path(folder) / "log")
        yield node
        if process.poll() is not None:
            raise RuntimeError("the node ended by itself: " + (pathlib.Path(folder) / "log").read_text()[-2000:])
    finally:
        stop(process)
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


def is_free(port):
    with socket.socket() as held, contextlib.suppress(OSError):
        held.bind(("127.0.0.1", port))
        return True
    return False


def answers(node, process, log):
    """Waits until a node is ready."""
    for _ in range(300):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{node.url}/readyz", timeout=2).close()
            return
        if process.poll() is not None:
            raise RuntimeError(log.read_text()[-2000:])
        time.sleep(0.1)
    raise RuntimeError("the node does not answer")


def stop(process):
    if process.poll() is None:
        process.send_signal(signal.SIGINT if "demo" in process.args else signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
