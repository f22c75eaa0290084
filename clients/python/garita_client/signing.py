"""RFC 9421 signatures with Ed25519, and RFC 9530 digests."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from typing import Dict, List, Optional, Tuple

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

# Seconds for which a signature is good: the node takes none that is older than two minutes.
_VALID_S = 60
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
# Multicodec of an Ed25519 public key.
_ED25519_PUB = b"\xed\x01"


class RequestSigner:
    """An Ed25519 key whose public half the node's operator registered with `garita key add`."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        # The public key in multibase: what the node knows it by.
        self.key_id = "z" + _base58(_ED25519_PUB + raw)

    @classmethod
    def new(cls) -> "RequestSigner":
        """A new key. Keep `pem()` secret; give `key_id` to the node's operator."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, pem: bytes, password: Optional[bytes] = None) -> "RequestSigner":
        """From a private key in PEM (`openssl genpkey -algorithm ed25519`)."""
        key = serialization.load_pem_private_key(pem, password)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError("not an Ed25519 key")
        return cls(key)

    def pem(self) -> bytes:
        """The private key, PKCS#8 in PEM."""
        return self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def fields(
        self, method: str, url: str, body: Optional[bytes], now: Optional[float] = None, nonce: Optional[str] = None
    ) -> Dict[str, str]:
        """The fields that sign a request: what is covered is the method, the whole target, and the body's digest."""
        fields: Dict[str, str] = {}
        covered: List[Tuple[str, str]] = [("@method", method), ("@target-uri", url)]
        if body is not None:
            digest = base64.b64encode(hashlib.sha256(body).digest()).decode("ascii")
            fields["Content-Digest"] = f"sha-256=:{digest}:"
            covered.append(("content-digest", fields["Content-Digest"]))
        created = int(time.time() if now is None else now)
        nonce = secrets.token_urlsafe(16) if nonce is None else nonce
        names = " ".join(f'"{name}"' for name, _ in covered)
        parameters = (
            f'({names});created={created};expires={created + _VALID_S};keyid="{self.key_id}";alg="ed25519";nonce="{nonce}"'
        )
        lines = [f'"{name}": {value}' for name, value in covered]
        base = "\n".join(lines + [f'"@signature-params": {parameters}'])
        signature = base64.b64encode(self._key.sign(base.encode("ascii"))).decode("ascii")
        fields["Signature-Input"] = f"sig={parameters}"
        fields["Signature"] = f"sig=:{signature}:"
        return fields


def _base58(data: bytes) -> str:
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = _BASE58[digit] + text
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "1" * zeros + text
