"""Three nodes, two with some hundred records: their logs by HTTP, receipts, proofs, stamps and cosignatures, verified by `verifier.py`; then ten
thousand changed copies of them, which neither it nor `garita log verify-receipt` may take. `GARITA_FUZZ_SEED` chooses other changes; keys and salts are new in
each run, so that a fault is told with the copy itself."""

import collections
import concurrent.futures
import contextlib
import itertools
import json
import os
import pathlib
import random
import sys
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path.cwd()
sys.path.insert(0, str(ROOT / "crates/garita/tests/oracles/shared"))

import judged  # noqa: E402
from garita_node import network  # noqa: E402
from verifier import (  # noqa: E402
    Checkpoint, Key, Network, Refused, Tree, cosigners, from_base64, jcs, leaf_hash, ni, node_hash, open_note, parse_note, root_of, sha256, tile_path,
    tiles_of, time_of, verify_consistency, verify_proof, verify_receipt,
)

SEED = int(os.environ.get("GARITA_FUZZ_SEED", "20261130"))
CARRIER = ["ocotillo:Transportes Ocotillo:carrier:scac=TOCQ"]
# No record is for it: it is there to witness, so that more than half is both of two.
BROKER = ["mines:Mines Road Brokers:broker.us,declarant:filer=M7K"]
OFFICES = ["cbp:US customs:customs.us", "anam:Mexican customs:customs.mx", "bridge:World Trade Bridge:bridge"]
# Records filed before each look at the log; the bridge gets a view of each, which is a leaf of its own.
ROUNDS = [1, 2, 39, 100, 130, 60]
# Leaves of the logs at the end, by node: the record and its view; both again, and the notice by which customs tell the bridge. Both logs have
# full tiles, a partial one, and a partial one above.
LEAVES = (2 * sum(ROUNDS), 3 * sum(ROUNDS))
# Receipts asked for of each kind: of the home, of the receiver, of the view that it received.
RECEIPTS_EACH = 60
# Proofs as text, of each kind.
PROOFS_EACH = 20
# Earlier checkpoints, of those that receipts bring, of which all tiles are fetched.
EARLIER = 12


def call(node, path, token=None, body=None):
    headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(node.url + path, body and json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def read(node, path, token=None, body=None):
    status, _, answer = call(node, path, token, body)
    assert status in (200, 201), f"{path}: {status} {answer.decode()}"
    return answer.decode()


def appointment(n):
    return {
        "recordType": "Appointment",
        "credentialSubject": {
            "scac": "TOCQ", "trip": f"TOCQ{2611240000 + n}", "plate": "47AK2F", "plateState": "MX-TAM", "direction": "northbound",
            "crossing": "230404", "lane": "standard", "empty": False, "remarks": f"Viaje {n}, ¿remolque? “seco”",
            "window": {"windowStart": "2026-11-24T13:00:00Z", "windowEnd": "2026-11-24T13:30:00Z"}, "contact": "dispatch@ocotillo.example",
        },
    }


class Log:
    """A node's log, fetched again and again; each time it must be what its checkpoint says and continue what it was."""

    def __init__(self, node, chain):
        self.node = node
        did = json.loads(read(node, "/.well-known/did.json"))["id"]
        self.key = chain.nodes[did][1]
        self.panel, self.witnesses = chain.panel(did)
        self.cache, self.checkpoints, self.notes = {}, [], []

    def fetch(self, level, index, width):
        path = f"/log/{tile_path(level, index, width)}"
        status, headers, octets = call(self.node, path)
        assert status == 200, f"{path}: {status}"
        assert headers["content-type"] == "application/octet-stream", f"{path}: {headers['content-type']}"
        assert "immutable" in headers["cache-control"] and "max-age=31536000" in headers["cache-control"], f"{path}: {headers['cache-control']}"
        self.cache[level, index, width] = octets
        return octets

    def look(self):
        """Takes the newest checkpoint and all that it stands for."""
        status, headers, note = call(self.node, "/log/checkpoint")
        assert status == 200 and headers["content-type"] == "text/plain; charset=utf-8", (status, headers["content-type"])
        assert headers["cache-control"] == "no-cache", headers["cache-control"]
        self.checkpoint = Checkpoint.open(note, self.key)
        self.tree = Tree(self.checkpoint, self.tiles_at(self.checkpoint.size))
        self.add(self.checkpoint, note)

    def tiles_at(self, size):
        tiles = {}
        for level, index, width in tiles_of(size):
            for kind in (level, "entries")[: 2 if level == 0 else 1]:
                tiles[kind, index] = self.cache.get((kind, index, width)) or self.fetch(kind, index, width)
        return tiles

    def add(self, checkpoint, note):
        """Keeps a checkpoint with the log's line alone: how many have cosigned it changes, and is no other tree."""
        note = b"\n".join(note.split(b"\n")[:5]) + b"\n"
        assert Checkpoint.open(note, self.key) == checkpoint
        if checkpoint not in self.checkpoints:
            self.checkpoints.append(checkpoint)
            self.notes.append(note)

    def witnessed(self):
        """Waits until all witnesses have cosigned the newest tree; each line is verified. The log's other address serves the same note."""
        assert self.witnesses == len(self.panel) == 2, self.panel
        for _ in range(300):
            note = call(self.node, "/log/witnessed")[2]
            with contextlib.suppress(Refused):
                if Checkpoint.open(note, self.key, self.panel) == self.checkpoint:
                    break
            time.sleep(0.1)
        else:
            sys.exit(f"the log of {self.checkpoint.size} leaves is not witnessed: {note.decode()}")
        assert len(cosigners(note, self.panel)) == 2
        assert call(self.node, "/log/checkpoint")[2] == note
        self.cosigned = note

    def prefixes(self):
        """A partial tile is the beginning of every later one of its place."""
        count = 0
        for (level, index, width), octets in self.cache.items():
            for (kind, place, more), larger in self.cache.items():
                if (kind, place) == (level, index) and more > width:
                    assert larger.startswith(octets), f"{tile_path(level, index, width)} is no beginning of that of {more}"
                    count += 1
        return count

    def absent(self):
        """Paths of nothing, or of a tile in another spelling: none is there, and no cache may keep the answer for long."""
        size = self.checkpoint.size
        full, part = size // 256, size % 256
        ahead = [f"0/{full:03}", f"0/{full:03}.p/{part + 1}", f"entries/{full:03}", f"1/000.p/{full + 1}", "1/000", "2/000.p/1"]
        spelt = ["0/0", "00/000", "0/000.p/256", "0/000.p/0", "0/000.p/01", "0/x000/000", "64/000", "-1/000", "0/000/"]
        for path in ahead + spelt:
            status, headers, _ = call(self.node, f"/log/tile/{path}")
            assert status == 404 and "cache-control" not in headers, f"{path}: {status}, {headers.get('cache-control')}"
        return len(ahead + spelt)


def specified():
    """Examples of the specifications themselves."""
    text = b"This is an example message.\n"
    example = "\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
    key = Key.parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    assert open_note(text + example.encode(), [key]) == text
    line = "\u2014 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
    assert time_of(parse_note(b"x\n\n" + line.encode())[1][0][2]) == 1679315147
    assert tile_path(0, 1234067, 256) == "tile/0/x001/x234/067" and tile_path("entries", 5, 8) == "tile/entries/005.p/8"
    widths = collections.Counter((level, width) for level, _, width in tiles_of(70_000))
    assert widths == {(0, 256): 273, (0, 112): 1, (1, 256): 1, (1, 17): 1, (2, 1): 1}, widths
    assert tiles_of(256) == [(0, 0, 256), (1, 0, 1)]
    # RFC 6962 §2.1.3, the tree of seven leaves.
    leaves = [bytes([n]) * 32 for n in range(7)]
    a, b, c, d, e, f, j = hashes = [leaf_hash(leaf) for leaf in leaves]
    left, right = node_hash(node_hash(a, b), node_hash(c, d)), node_hash(node_hash(e, f), j)
    tiles = {(0, 0): b"".join(hashes), ("entries", 0): b"".join(b"\0\x20" + leaf for leaf in leaves)}
    tree = Tree(Checkpoint("example.com/foo", 7, node_hash(left, right)), tiles)
    assert tree.inclusion(0, 7) == [b, node_hash(c, d), right] and tree.inclusion(3, 7) == [c, node_hash(a, b), right]
    assert tree.inclusion(4, 7) == [f, j, left] and tree.inclusion(6, 7) == [node_hash(e, f), left]
    assert tree.consistency(3, 7) == [c, d, node_hash(a, b), right] and tree.consistency(4, 7) == [right]
    assert tree.consistency(6, 7) == [node_hash(e, f), j, left] and root_of([]) == sha256()


def filled(home, there, logs):
    """Files the records, looking at both logs between; the answers."""
    token = home.token("ocotillo")
    answers = []
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        for count in ROUNDS:
            begun = len(answers)
            answers += pool.map(lambda n: read(home, "/v1/records", token, appointment(n)), range(begun, begun + count))
            logs[0].look()
            assert logs[0].checkpoint.size == 2 * len(answers), logs[0].checkpoint.size
            # The receiver comes after; what it has by now is as good.
            if call(there, "/log/checkpoint")[0] == 200:
                logs[1].look()
    for _ in range(600):
        if logs[1].checkpoints and logs[1].checkpoint.size == LEAVES[1]:
            return answers
        time.sleep(0.1)
        logs[1].look()
    sys.exit(f"the receiver has {logs[1].checkpoint.size} leaves of {LEAVES[1]}")


def receipts(home, there, answers, logs, chain):
    """Receipts of all kinds, verified: each proves a leaf that its log has, by a checkpoint that the log continues."""
    digests = [json.loads(text)["leaf"]["id"].removeprefix("ni:///sha-256;") for text in answers]
    some = digests[:: max(1, len(digests) // RECEIPTS_EACH)][:RECEIPTS_EACH]
    kinds = {"filed": answers}
    for kind, node, slug in [("of the home", home, "ocotillo"), ("of the receiver", there, "cbp"), ("of the receiver's view", there, "bridge")]:
        token = node.token(slug)
        kinds[kind] = [read(node, f"/v1/records/{digest}/receipt", token) for digest in some]
    acts, states = collections.Counter(), collections.Counter()
    for kind, texts in kinds.items():
        for text in texts:
            checkpoint, index, committed, said = verify_receipt(text, chain)
            log = next(log for log in logs if log.key.name == checkpoint.origin)
            assert log.tree.entries[index] == committed, f"{kind}: another leaf at {index}"
            proof = log.tree.inclusion(index, checkpoint.size)
            assert proof == [from_base64(step) for step in said["proof"]], f"{kind}: another proof than the tiles give"
            log.add(checkpoint, said["checkpoint"].encode())
            acts[said["leaf"]["act"], said["leaf"]["view"]] += 1
            states[said["state"]] += 1
    assert set(acts) == {("issued", "whole"), ("received", "whole"), ("received", "bridge")}, acts
    # What was answered at once was recorded; all that was asked for after both logs were witnessed is.
    assert states == {"recorded": len(answers), "witnessed": 3 * len(some)}, states
    return kinds


def proofs(home, there, answers, logs, chain):
    """Proofs as text: the same leaf, place and path as the log's own."""
    texts = []
    for node, slug in [(home, "ocotillo"), (there, "cbp"), (there, "bridge")]:
        for text in answers[:: max(1, len(answers) // PROOFS_EACH)][:PROOFS_EACH]:
            digest = json.loads(text)["leaf"]["id"].removeprefix("ni:///sha-256;")
            proof = read(node, f"/v1/records/{digest}/proof", node.token(slug)).encode()
            checkpoint, index, committed = verify_proof(proof, chain)
            log = next(log for log in logs if log.key.name == checkpoint.origin)
            assert checkpoint == log.checkpoint and log.tree.entries[index] == committed, f"another leaf at {index}"
            texts.append(proof)
    return texts


def records(home, there, chain, kinds):
    """The record is what its receipt names, and the audience is whom it went to."""
    did = {party.rsplit(":", 1)[1]: party for party in chain.homes}
    whole = [[did[slug], "whole"] for slug in ("anam", "cbp", "ocotillo")]
    everybody = sorted([*whole, [did["bridge"], "bridge"]])
    there_whole = sorted(pair for pair in whole if pair[0] != did["ocotillo"])
    expected = {("issued", "whole"): everybody, ("received", "whole"): there_whole, ("received", "bridge"): [[did["bridge"], "bridge"]]}
    for kind, node, slug in [("of the home", home, "ocotillo"), ("of the receiver", there, "cbp"), ("of the receiver's view", there, "bridge")]:
        for text in kinds[kind][:10]:
            said = json.loads(text)
            leaf = said["leaf"]
            held = json.loads(read(node, f"/v1/records/{leaf['id'].removeprefix('ni:///sha-256;')}", node.token(slug)))
            assert held["stamp"] == said["stamp"] and held["record"]["id"] == leaf["id"]
            if leaf["view"] == "whole":
                assert leaf["id"] == ni(jcs({name: v for name, v in held["record"].items() if name not in ("id", "proof")}))
            assert leaf["audience"] == ni(jcs(expected[leaf["act"], leaf["view"]])), f"{kind}: another audience"


def earlier(rng, log):
    """Trees that the log had and the one that it has, each from its own tiles."""
    some = rng.sample(log.checkpoints, min(EARLIER, len(log.checkpoints)))
    log.trees = [(checkpoint, log.tiles_at(checkpoint.size)) for checkpoint in [*some, log.checkpoint]]
    for checkpoint, tiles in log.trees:
        Tree(checkpoint, tiles)


def consistent(log):
    """Every checkpoint ever seen is a beginning of the next and of the last."""
    order = sorted(range(len(log.checkpoints)), key=lambda n: log.checkpoints[n].size)
    log.checkpoints, log.notes = [log.checkpoints[n] for n in order], [log.notes[n] for n in order]
    pairs = [*itertools.pairwise(log.checkpoints), *((old, log.checkpoint) for old in log.checkpoints[:-1])]
    for old, new in pairs:
        assert log.tree.root(old.size) == old.root, f"another root at {old.size}"
        verify_consistency(old, new, log.tree.consistency(old.size, new.size))
    return len(pairs)


def main():
    rng = random.Random(SEED)
    folder = pathlib.Path(os.environ["ORACLE_OUT"])
    folder.mkdir(parents=True, exist_ok=True)
    print(f"seed {SEED}")
    specified()
    with network(CARRIER, OFFICES, BROKER) as (home, there, _):
        chain = Network.of(json.loads(read(home, "/v1/governance"))["entries"])
        logs = [Log(home, chain), Log(there, chain)]
        answers = filled(home, there, logs)
        for log in logs:
            log.look()
            log.witnessed()
        kinds = receipts(home, there, answers, logs, chain)
        proven = proofs(home, there, answers, logs, chain)
        records(home, there, chain, kinds)
        paths = sum(log.absent() for log in logs)
        for log in logs:
            earlier(rng, log)
    texts = [text for kind in kinds.values() for text in kind]
    pairs = sum(consistent(log) for log in logs)
    prefixes = sum(log.prefixes() for log in logs)
    assert prefixes >= 10 and pairs >= 20, (prefixes, pairs)
    tiles = sum(len(log.cache) for log in logs)
    print(f"{LEAVES[0]} and {LEAVES[1]} leaves, {tiles} tiles, {prefixes} beginnings of later ones, {paths} paths of nothing")
    print(f"{len(texts)} receipts with stamps and proofs, {len(proven)} proofs as text, {pairs} pairs of checkpoints consistent, both logs witnessed by 2 of 2")
    faults = judged.judge(rng, logs, chain, texts, proven, folder)
    if faults:
        sys.exit("\n".join(faults[:40]))


if __name__ == "__main__":
    os.environ.setdefault("NO_PROXY", "*")
    main()
