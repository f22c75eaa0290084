"""Checks a receipt without the node: the leaf, its way up the Merkle tree, and the log's signature on the root."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import List, Tuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .generated import Receipt

_LEAF_PREFIX = b"garita leaf v1\n"
_LEAF_MEMBERS = ("act", "audience", "id", "logged", "party", "view")
# Algorithm byte of Ed25519 in a C2SP signed note.
_ED25519 = 0x01


class ReceiptError(Exception):
    """What of a receipt does not hold."""


@dataclass(frozen=True)
class Proven:
    """What a receipt proves: origin of the log, index of the entry, size of the log that holds it, id of the record."""

    log: str
    index: int
    size: int
    record: str


def check_receipt(receipt: Receipt, log_key: str) -> Proven:
    """Proves that the log of `log_key` holds the receipt's record; raises `ReceiptError` where anything does not hold.

    Take `log_key` from the network's list (`get_network()["nodes"]`), not from the receipt: whose key it is, a receipt cannot say.
    """
    text, signatures = _note(receipt["checkpoint"])
    name, key_id, key = _verifier_key(log_key)
    origin, size, root = text.split("\n")[:3]
    if origin != name:
        raise ReceiptError(f"the checkpoint is of log {origin}, not of {name}")
    if not any(signer == name and data[:4] == key_id and _holds(key, data[4:], text) for signer, data in signatures):
        raise ReceiptError("the checkpoint is not signed by this log")
    # The canonical form (RFC 8785) of six members: in the order of their names, strings and one integer.
    committed = {m: v for m, v in sorted(receipt["leaf"].items()) if m in _LEAF_MEMBERS}
    leaf_body = json.dumps(committed, ensure_ascii=False, separators=(",", ":"))
    salt = base64.urlsafe_b64decode(receipt["salt"] + "=" * (-len(receipt["salt"]) % 4))
    if len(salt) != 32:
        raise ReceiptError("the salt has not 32 bytes")
    leaf = _sha256(_LEAF_PREFIX, salt, leaf_body.encode("utf-8"))
    proof = [base64.b64decode(h) for h in receipt["proof"]]
    if root_of(_sha256(b"\0", leaf), receipt["index"], int(size), proof) != base64.b64decode(root):
        raise ReceiptError("the proof does not lead to the checkpoint's root")
    record, view = receipt["leaf"]["id"], receipt["leaf"]["view"]
    if (receipt["stamp"]["id"], receipt["stamp"]["view"]) != (record, view):
        raise ReceiptError("the stamp is of another record")
    return Proven(origin, receipt["index"], int(size), record)


def root_of(leaf: bytes, index: int, size: int, proof: List[bytes]) -> bytes:
    """Root that an inclusion proof leads to (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        raise ReceiptError("the entry lies beyond the log")
    node, last, value = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ReceiptError("the proof is too long")
        if node & 1 or node == last:
            value = _sha256(b"\1", sibling, value)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            value = _sha256(b"\1", value, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise ReceiptError("the proof is too short")
    return value


def _sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def _holds(key: Ed25519PublicKey, signature: bytes, text: str) -> bool:
    try:
        key.verify(signature, text.encode("utf-8"))
    except InvalidSignature:
        return False
    return True


def _note(checkpoint: str) -> Tuple[str, List[Tuple[str, bytes]]]:
    """A C2SP signed note: its text, and its signatures."""
    text, blank, rest = checkpoint.rpartition("\n\n")
    if not blank:
        raise ReceiptError("the checkpoint is no signed note")
    lines = [line.split(" ") for line in rest.split("\n") if line.startswith("\u2014 ")]
    return text + "\n", [(line[1], base64.b64decode(line[2])) for line in lines if len(line) == 3]


def _verifier_key(text: str) -> Tuple[str, bytes, Ed25519PublicKey]:
    """`NAME+HEX+BASE64` (C2SP signed note)."""
    name, hexadecimal, encoded = (text.split("+", 2) + ["", ""])[:3]
    data = base64.b64decode(encoded)
    if len(data) != 33 or data[0] != _ED25519:
        raise ReceiptError("not an Ed25519 verifier key")
    key_id = _sha256(name.encode("utf-8"), b"\n", data)[:4]
    if key_id.hex() != hexadecimal:
        raise ReceiptError("the verifier key's id is not that of its key")
    return name, key_id, Ed25519PublicKey.from_public_bytes(data[1:])
