"""A verifier of our logs, written from C2SP signed-note, tlog-checkpoint, tlog-tiles, tlog-cosignature and tlog-proof, RFC 6962 §2.1 and
docs/protocol.md.

It shares nothing with ours: proofs are made and checked by the recursive definitions, where ours climbs in a loop.
"""

import base64
import hashlib
import json
import re
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

HASH = 32
WIDTH = 256
ED25519, COSIGNATURE = 1, 4
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


class Refused(Exception):
    """Why something is not believed."""


def need(holds, why):
    if not holds:
        raise Refused(why)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def verify_ed25519(public, signature, message):
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise Refused("the signature is wrong") from error


# Encodings: a text is taken only where it is the one that the bytes would be written as.


def from_base64(text):
    try:
        octets = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Refused("no base64") from error
    need(base64.b64encode(octets).decode() == text, "base64 with spare bits")
    return octets


def to_base64url(octets):
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def from_base64url(text):
    need(re.fullmatch(r"[\w-]*", text, re.ASCII) and len(text) % 4 != 1, "no base64url")
    octets = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    need(to_base64url(octets) == text, "base64url with spare bits")
    return octets


def from_multikey(text):
    """The 32 bytes of an Ed25519 key in base58btc."""
    need(text[:1] == "z" and all(c in BASE58 for c in text[1:]), "no Multikey")
    number = 0
    for c in text[1:]:
        number = number * 58 + BASE58.index(c)
    octets = number.to_bytes((number.bit_length() + 7) // 8, "big")
    need(len(octets) == 34 and octets[:2] == b"\xed\x01", "no Ed25519 Multikey")
    return octets[2:]


def jcs(value):
    """RFC 8785, for values without fractions and members named in ASCII."""
    if isinstance(value, dict):
        need(all(name.isascii() for name in value), "a member's name that is not ASCII")
        return b"{" + b",".join(jcs(name) + b":" + jcs(value[name]) for name in sorted(value)) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(map(jcs, value)) + b"]"
    need(not isinstance(value, float) and (not isinstance(value, int) or abs(value) < 1 << 53), "a number without one form")
    try:
        return json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise Refused("half of a surrogate pair") from error


def ni(octets):
    return "ni:///sha-256;" + to_base64url(sha256(octets))


# Notes and checkpoints.


class Key(NamedTuple):
    """Whose signatures are believed, as its verifier key says: `name+key id+base64(type || key)`."""

    name: str
    id: bytes
    kind: int
    public: bytes

    @classmethod
    def parse(cls, text):
        parts = text.split("+", 2)
        need(len(parts) == 3, "no verifier key")
        name, material = parts[0], from_base64(parts[2])
        need(is_name(name) and len(material) == 33 and material[0] in (ED25519, COSIGNATURE), "no verifier key of a kind known here")
        key = cls(name, sha256(name.encode(), b"\n", material)[:4], material[0], material[1:])
        need(parts[1] == key.id.hex(), "the key id is another key's")
        return key

    def __str__(self):
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes([self.kind]) + self.public).decode()}"

    def verify(self, text, signature):
        if self.kind == COSIGNATURE:
            text = cosigned(text, time_of(signature))
            signature = signature[8:]
        verify_ed25519(self.public, signature, text)


def time_of(signature):
    """When a cosignature was made, in seconds since 1970."""
    need(len(signature) == 72 and 0 < int.from_bytes(signature[:8], "big") < 1 << 63, "no timestamped signature")
    return int.from_bytes(signature[:8], "big")


def cosigned(text, time):
    """What a witness signs (tlog-cosignature, Ed25519 signed message)."""
    return f"cosignature/v1\ntime {time}\n".encode() + text


def is_name(name):
    return name != "" and not any(c.isspace() or c == "+" for c in name)


def parse_note(note):
    """The text, with its last newline, and the signature lines: name, key id, signature."""
    try:
        note = note.decode()
    except UnicodeDecodeError as error:
        raise Refused("no UTF-8") from error
    need(not any(c < " " and c != "\n" for c in note), "a control character")
    blank = note.rfind("\n\n")
    need(blank > 0 and note.endswith("\n"), "no note")
    lines = []
    for line in note[blank + 2 : -1].split("\n"):
        parts = line.split(" ")
        need(len(parts) == 3 and parts[0] == "\u2014" and is_name(parts[1]), "no signature line")
        octets = from_base64(parts[2])
        need(len(octets) > 4, "no signature")
        lines.append((parts[1], octets[:4], octets[4:]))
    return note[: blank + 1].encode(), lines


def open_note(note, keys):
    """The text of a note that all of these keys signed; lines of other keys are passed over."""
    text, lines = parse_note(note)
    signed = set()
    for name, key_id, signature in lines:
        for key in keys:
            if (key.name, key.id) == (name, key_id):
                # No word of C2SP: ours refuses it too (`note-signature-repeated`).
                need(key not in signed, "a key signed twice")
                key.verify(text, signature)
                signed.add(key)
    need(signed == set(keys), "not signed by all who must")
    return text


def cosigners(note, panel):
    """The keys of a panel that cosigned, and when, in the order of their lines. Lines of others are passed over."""
    text, lines = parse_note(note)
    found = []
    for name, key_id, signature in lines:
        for key in panel:
            if (key.name, key.id) == (name, key_id):
                need(key not in [held for held, _ in found], "a witness signed twice")
                key.verify(text, signature)
                found.append((key, time_of(signature)))
    return found


class Checkpoint(NamedTuple):
    """The head of a log: a tree of `size` leaves with this root."""

    origin: str
    size: int
    root: bytes

    @classmethod
    def open(cls, note, log, witnesses=()):
        """Reads a checkpoint that the log and all of the witnesses signed."""
        lines = open_note(note, [log, *witnesses]).decode().split("\n")
        need(len(lines) == 4 and lines[3] == "", "a checkpoint of ours is three lines")
        origin, size, root = lines[:3]
        need(origin == log.name, "the checkpoint of another log")
        need(re.fullmatch(r"0|[1-9][0-9]*", size, re.ASCII), "no size")
        root = from_base64(root)
        need(len(root) == HASH, "no root")
        return cls(origin, int(size), root)


# The tree.


def leaf_hash(leaf):
    return sha256(b"\0", leaf)


def node_hash(left, right):
    return sha256(b"\1", left, right)


def split(size):
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def root_of(hashes):
    """MTH over leaves whose hashes these are."""
    if len(hashes) < 2:
        return hashes[0] if hashes else sha256()
    half = split(len(hashes))
    return node_hash(root_of(hashes[:half]), root_of(hashes[half:]))


def tile_path(level, index, width):
    """`tile/L/N[.p/W]`; the level `entries` is that of the entry bundles."""
    digits = f"{index:03}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join(["x" + group for group in groups[:-1]] + groups[-1:])
    return f"tile/{level}/{path}" + (f".p/{width}" if width < WIDTH else "")


def tiles_of(size):
    """All tiles of a tree: level, index, width."""
    tiles, level = [], 0
    while size:
        tiles += [(level, index, WIDTH) for index in range(size // WIDTH)]
        if size % WIDTH:
            tiles.append((level, size // WIDTH, size % WIDTH))
        size, level = size // WIDTH, level + 1
    return tiles


def parse_tile(octets, width):
    need(len(octets) == width * HASH, "a tile of another length")
    return [octets[at : at + HASH] for at in range(0, len(octets), HASH)]


def parse_bundle(octets, width):
    entries = []
    while octets:
        length = int.from_bytes(octets[:2], "big")
        need(len(octets) >= 2 + length, "a bundle that is cut")
        entries.append(octets[2 : 2 + length])
        octets = octets[2 + length :]
    need(len(entries) == width and all(len(entry) == HASH for entry in entries), "no bundle of so many leaves")
    return entries


class Tree:
    """A log as its tiles give it; it is what the checkpoint says, or is not made."""

    def __init__(self, checkpoint, tiles):
        """`tiles` has the bytes of each tile of the checkpoint's size by (level, index), and of each bundle by ("entries", index)."""
        self.size, self.levels, self.known = checkpoint.size, {}, {}
        wanted = tiles_of(self.size)
        bundles = {("entries", index): width for level, index, width in wanted if level == 0}
        need(set(tiles) == {(level, index) for level, index, _ in wanted} | set(bundles), "a tile too many or missing")
        for level, index, width in wanted:
            hashes = parse_tile(tiles[level, index], width)
            self.levels[level, index] = hashes
            for place, found in enumerate(hashes if level else []):
                need(found == root_of(self.levels[level - 1, index * WIDTH + place]), "a hash that is not that of the tile below")
        self.entries = []
        for (_, index), width in bundles.items():
            entries = parse_bundle(tiles["entries", index], width)
            need([leaf_hash(entry) for entry in entries] == self.levels[0, index], "an entry that is not in the tile")
            self.entries += entries
        need(root_of([leaf_hash(entry) for entry in self.entries]) == checkpoint.root, "another root")
        need(self.root() == checkpoint.root, "another root by the upper tiles")

    def root(self, size=None):
        return self.hash(0, self.size if size is None else size)

    def hash(self, start, size):
        """MTH(D[start:start+size]), from the highest tile that has it."""
        if size & (size - 1) == 0 and start % size == 0:
            if (start, size) not in self.known:
                level = (size.bit_length() - 1) // 8
                count, first = size >> 8 * level, start >> 8 * level
                self.known[start, size] = root_of(self.levels[level, first // WIDTH][first % WIDTH :][:count])
            return self.known[start, size]
        half = split(size)
        return node_hash(self.hash(start, half), self.hash(start + half, size - half))

    def inclusion(self, index, size, start=0):
        """PATH(index, D[start:start+size]) of RFC 6962 §2.1.1."""
        if size == 1:
            return []
        half = split(size)
        if index < half:
            return [*self.inclusion(index, half, start), self.hash(start + half, size - half)]
        return [*self.inclusion(index - half, size - half, start + half), self.hash(start, half)]

    def consistency(self, old, new, start=0, whole=True):
        """SUBPROOF(old, D[start:start+new], whole) of RFC 6962 §2.1.2."""
        if old == new:
            return [] if whole else [self.hash(start, new)]
        half = split(new)
        if old <= half:
            return [*self.consistency(old, half, start, whole), self.hash(start + half, new - half)]
        return [*self.consistency(old - half, new - half, start + half, False), self.hash(start, half)]


def verify_inclusion(leaf, index, checkpoint, proof):
    """Whether the log has this leaf's bytes at `index`."""

    def climb(index, size, proof):
        need(bool(proof) == (size > 1), "a proof of another length")
        if size == 1:
            return leaf_hash(leaf)
        half = split(size)
        if index < half:
            return node_hash(climb(index, half, proof[:-1]), proof[-1])
        return node_hash(proof[-1], climb(index - half, size - half, proof[:-1]))

    need(0 <= index < checkpoint.size, "no such leaf")
    need(all(len(step) == HASH for step in proof), "no hash")
    need(climb(index, checkpoint.size, proof) == checkpoint.root, "the proof leads to another root")


def verify_consistency(old, new, proof):
    """Whether the log of `new` begins with that of `old`."""

    def climb(m, n, whole, proof):
        if m == n and whole:
            need(not proof, "a proof of another length")
            return old.root, old.root
        need(bool(proof), "a proof of another length")
        if m == n:
            need(len(proof) == 1, "a proof of another length")
            return proof[0], proof[0]
        half = split(n)
        if m <= half:
            small, large = climb(m, half, whole, proof[:-1])
            return small, node_hash(large, proof[-1])
        small, large = climb(m - half, n - half, False, proof[:-1])
        return node_hash(proof[-1], small), node_hash(proof[-1], large)

    need(old.origin == new.origin and 0 < old.size <= new.size, "not an earlier tree of the log")
    need(all(len(step) == HASH for step in proof), "no hash")
    need(climb(old.size, new.size, True, proof) == (old.root, new.root), "the proof leads to another root")


# Receipts (docs/protocol.md, Log).

LEAF = {"id": str, "view": str, "act": str, "party": str, "logged": int, "audience": str}
STAMP = {"id": str, "view": str, "node": str, "log": str, "index": int, "logged": int, "signature": str}
RECEIPT = {"leaf": dict, "salt": str, "index": int, "stamp": dict, "proof": list, "checkpoint": str, "logKey": str, "state": str}
WITNESSED = {"size": int, "at": int, "by": list}


class Network(NamedTuple):
    """What the governance chain says: key, log and witness key (or none) of each node, home of each party, whom the charter names as witnesses."""

    nodes: dict
    homes: dict
    witnesses: list

    @classmethod
    def of(cls, entries):
        nodes, homes, witnesses = {}, {}, []
        for entry in entries:
            said = entry["credentialSubject"]["statement"]
            if said["kind"] == "genesis":
                witnesses = said.get("witnesses", [])
            elif said["kind"] == "node":
                witness = said.get("witnessKey")
                nodes[said["did"]] = (from_multikey(said["key"]), Key.parse(said["logKey"]), witness and Key.parse(witness))
            elif said["kind"] == "party":
                homes[said["did"]] = said["home"]
        return cls(nodes, homes, witnesses)

    def panel(self, node):
        """The witnesses of a node's log, and how many there are."""
        named = sorted({did for did in self.witnesses or self.nodes if did != node})
        keys = [self.nodes[did][2] for did in named if did in self.nodes and self.nodes[did][2]]
        # One key is one witness.
        keys = list({key.public: key for key in reversed(keys)}.values())[::-1]
        need(all(key.kind == COSIGNATURE for key in keys), "a witness with the key of a log")
        return keys, len(named) if self.witnesses else len(keys)


def once(pairs):
    need(len(dict(pairs)) == len(pairs), "a member twice")
    return dict(pairs)


def members(value, form):
    need(type(value) is dict and set(value) == set(form), "members missing or too many")
    need(all(type(value[name]) is kind for name, kind in form.items()), "a member of another type")


def commit(leaf, salt):
    """The 32 bytes that the log holds."""
    need(len(salt) == 32, "no salt")
    return sha256(b"garita leaf v1\n", salt, jcs(leaf))


def verify_receipt(text, network):
    """What a receipt proves: its log's checkpoint, index, leaf, and its members."""
    try:
        receipt = json.loads(text, object_pairs_hook=once)
    except ValueError as error:
        raise Refused("no JSON") from error
    members(receipt, RECEIPT | ({"witnessed": dict} if type(receipt) is dict and "witnessed" in receipt else {}))
    leaf, stamp = receipt["leaf"], receipt["stamp"]
    members(leaf, LEAF)
    members(stamp, STAMP)
    need(all(type(step) is str for step in receipt["proof"]), "a member of another type")
    need(leaf["act"] in ("issued", "received"), "an act that no leaf has yet")
    home = network.homes.get(leaf["party"]) if leaf["act"] == "issued" else leaf["party"]
    need(home in network.nodes and stamp["node"] in network.nodes, "a node that the network does not know")
    log = network.nodes[home][1]
    need(receipt["logKey"] == str(log), "the log key is not the one of the network's list")
    checkpoint = Checkpoint.open(receipt["checkpoint"].encode(errors="surrogatepass"), log)
    committed = commit(leaf, from_base64url(receipt["salt"]))
    verify_inclusion(committed, receipt["index"], checkpoint, [from_base64(step) for step in receipt["proof"]])
    verify_stamp(stamp, network)
    need((stamp["id"], stamp["view"]) == (leaf["id"], leaf["view"]), "the stamp of another record or view")
    if leaf["act"] == "issued":
        same = (home, checkpoint.origin, receipt["index"])
        need((stamp["node"], stamp["log"], stamp["index"]) == same, "the stamp contradicts the leaf")
        # A view may be made after its record was logged, for who is let in later.
        earlier = leaf["view"] != "whole" and stamp["logged"] < leaf["logged"]
        need(earlier or stamp["logged"] == leaf["logged"], "the stamp contradicts the leaf")
    verify_witnessed(receipt, checkpoint, *network.panel(home))
    return checkpoint, receipt["index"], committed, receipt


def verify_witnessed(receipt, checkpoint, panel, count):
    """That the receipt says of its witnesses what its checkpoint's lines say, and that more than half cosigned where it says that it is witnessed."""
    found = cosigners(receipt["checkpoint"].encode(errors="surrogatepass"), panel)
    if "witnessed" not in receipt:
        need(receipt["state"] == "recorded" and not found, "cosigned, and it says nothing of it")
        return
    said = receipt["witnessed"]
    members(said, WITNESSED)
    need(receipt["state"] == "witnessed", "witnessed, and its state is another")
    need(said["by"] == [str(key) for key, _ in found], "witnessed by others than it says")
    need(2 * len(found) > count, "not more than half")
    need(said["size"] == checkpoint.size and said["at"] == 1000 * max(time for _, time in found), "witnessed another tree, or at another time")


def verify_proof(octets, network):
    """What a proof as text (tlog-proof) proves, which more than half of the log's witnesses cosigned: its checkpoint, index, leaf."""
    try:
        text = octets.decode()
    except UnicodeDecodeError as error:
        raise Refused("no UTF-8") from error
    head, blank, note = text.partition("\n\n")
    lines = head.split("\n")
    need(blank and len(lines) >= 3 and lines[0] == "c2sp.org/tlog-proof@v1", "no proof")
    need(lines[1].startswith("extra ") and re.fullmatch(r"index (0|[1-9][0-9]*)", lines[2], re.ASCII), "no extra data, or no index")
    octets = from_base64(lines[1].removeprefix("extra "))
    try:
        extra = json.loads(octets, object_pairs_hook=once)
    except ValueError as error:
        raise Refused("no JSON") from error
    members(extra, {"leaf": dict, "salt": str})
    members(extra["leaf"], LEAF)
    need(jcs(extra) == octets, "not in its one spelling")
    leaf = extra["leaf"]
    home = network.homes.get(leaf["party"]) if leaf["act"] == "issued" else leaf["party"]
    need(home in network.nodes, "a node that the network does not know")
    checkpoint = Checkpoint.open(note.encode(), network.nodes[home][1])
    panel, count = network.panel(home)
    need(2 * len(cosigners(note.encode(), panel)) > count, "not more than half")
    committed = commit(leaf, from_base64url(extra["salt"]))
    index = int(lines[2].removeprefix("index "))
    verify_inclusion(committed, index, checkpoint, [from_base64(line) for line in lines[3:]])
    return checkpoint, index, committed


def verify_stamp(stamp, network):
    public, log, _ = network.nodes[stamp["node"]]
    need(stamp["log"] == log.name, "the stamp names another log")
    unsigned = {name: value for name, value in stamp.items() if name != "signature"}
    verify_ed25519(public, from_base64url(stamp["signature"]), b"garita stamp v1\n" + jcs(unsigned))
