"""A node with a real mail server and a receiver of requests, neither of them ours: what comes is read and verified by other people's programs."""

import email
import email.policy
import http.server
import json
import os
import pathlib
import re
import sys
import threading
import time
import types
import urllib.error
import urllib.request

import base58
import http_message_signatures
from aiosmtpd.controller import Controller
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ROOT = pathlib.Path.cwd()
sys.path.insert(0, str(ROOT / "crates/garita/tests/oracles/shared"))

from garita_node import free_port, running  # noqa: E402

PARTIES = ["desk:Scorecard desk:publisher,compiler,reviewer,sponsor"]
ROAD = "road-a"
COVERED = ("@method", "@target-uri", "content-digest")


class Box:
    """What a mail server does with a mail."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=email.policy.default)))
        return "250 taken"


class Receiver(http.server.BaseHTTPRequestHandler):
    """Keeps what is posted, gives a challenge back, refuses the first changes."""

    requests = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        said = json.loads(body)
        Receiver.requests.append((self.path, dict(self.headers.items()), body))
        seen = [json.loads(b)["type"] for _, _, b in Receiver.requests]
        status = 503 if said["type"] == "changes" and seen.count("changes") == 1 else 200
        self.send_response(status)
        self.end_headers()
        if said["type"] == "confirmation":
            self.wfile.write(said["challenge"].encode())

    def log_message(self, *_):
        pass


class Keys(http_message_signatures.HTTPSignatureKeyResolver):
    """The node's keys as its DID document publishes them."""

    def __init__(self, url):
        document = json.loads(urllib.request.urlopen(f"{url}/.well-known/did.json").read())
        self.keys = {m["id"]: m["publicKeyMultibase"] for m in document["verificationMethod"]}

    def resolve_public_key(self, key_id):
        octets = base58.b58decode(self.keys[key_id][1:])
        assert self.keys[key_id][0] == "z" and octets[:2] == b"\xed\x01", "no Ed25519 Multikey"
        return Ed25519PublicKey.from_public_bytes(octets[2:])


def until(what, so, seconds=60):
    for _ in range(seconds * 10):
        found = so()
        if found:
            return found
        time.sleep(0.1)
    sys.exit(f"waited in vain: {what}")


def file(node, record_type, subject):
    said = {"sources": ["https://example.org/minutes"], "statedOn": "2026-03-10"}
    body = json.dumps({"recordType": record_type, "credentialSubject": {**said, **subject}}).encode()
    head = {"authorization": f"Bearer {node.token('desk')}", "content-type": "application/json"}
    urllib.request.urlopen(urllib.request.Request(f"{node.url}/v1/records", body, head)).read()


def date(node, day, on):
    why = {"reasonCode": "not-stated", "reasonText": "El acuerdo llegó tarde"}
    file(node, "DateStated", {"project": ROAD, "dateKind": "target", "date": day, "statedOn": on, **why})


def post(node, path, body=b"", kind="application/json"):
    request = urllib.request.Request(f"{node.url}{path}", body, {"content-type": kind})
    with urllib.request.urlopen(request) as answer:
        return answer.status, answer.read()


def follow(node, **wanted):
    return post(node, "/follow", json.dumps({"when": ["dates"], "project": ROAD, **wanted}).encode())


def verify(node, receiver, path, headers, body):
    verifier = http_message_signatures.HTTPMessageVerifier(
        signature_algorithm=http_message_signatures.algorithms.ED25519, key_resolver=Keys(node.url)
    )
    message = types.SimpleNamespace(method="POST", url=f"{receiver}{path}", headers=headers)
    [found] = verifier.verify(message, require_components=COVERED, body=body)
    assert found.label == "garita"
    altered = types.SimpleNamespace(method="POST", url=f"{receiver}/elsewhere", headers=headers)
    for message, octets in [(altered, body), (message, body + b" ")]:
        try:
            verifier.verify(message, require_components=COVERED, body=octets)
        except http_message_signatures.InvalidSignature:
            continue
        sys.exit("an altered request was taken for good")


def mails(node, box):
    """Asked, confirmed, told in Spanish, ended as a mail program ends it."""
    status, _ = follow(node, email="ana@example.org", **{"in": "es", "pace": "at-once"})
    assert status == 202
    [to], question = until("the question by mail", lambda: box.mails and box.mails[0])
    assert to == "ana@example.org" and question["MIME-Version"] == "1.0"
    page = re.search(r"/follow/[\w-]+", question.get_content())[0]
    assert post(node, f"{page}/confirm")[0] == 200
    date(node, "2029", "2026-04-10")
    _, told = until("the mail", lambda: len(box.mails) > 1 and box.mails[1])
    text = told.get_content()
    assert "cambia de 2028 a 2029" in text and "El acuerdo llegó tarde" in text, text
    assert told["Subject"].startswith("Camino A: la fecha prometida cambia"), told["Subject"]
    assert told["Content-Language"] == "es" and told["Auto-Submitted"] == "auto-generated"
    assert not told.defects and told["Message-ID"] != question["Message-ID"]
    # RFC 8058: a POST to the address in the header, with this body, ends it.
    [end] = re.findall(r"<([^>]+)>", told["List-Unsubscribe"])
    assert told["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    kind = "application/x-www-form-urlencoded"
    assert post(node, end.removeprefix(node.url), b"List-Unsubscribe=One-Click", kind)[0] == 200
    try:
        urllib.request.urlopen(f"{node.url}{page}")
    except urllib.error.HTTPError as gone:
        assert gone.code == 404
    else:
        sys.exit("it was ended and is still there")
    return len(box.mails)


def requests(node):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    receiver = f"http://127.0.0.1:{server.server_port}"
    status, _ = follow(node, webhook=f"{receiver}/hook?for=a%20b&x=1")
    assert status == 201
    date(node, "2028", "2026-03-10")
    until("the refused and the repeated request", lambda: len(Receiver.requests) >= 3)
    asked, refused, again = Receiver.requests[:3]
    assert refused[2] == again[2] and refused[1]["idempotency-key"] == again[1]["idempotency-key"]
    for path, headers, body in [asked, refused, again]:
        verify(node, receiver, path, headers, body)
    [change] = json.loads(again[2])["changes"]
    assert (change["old"], change["new"], change["movedDays"]) == ("2027", "2028", 366), change
    return len(Receiver.requests)


def main():
    box = Box()
    smtp = Controller(box, hostname="127.0.0.1", port=free_port())
    smtp.start()

    def prepare(data):
        path = data / "node.json"
        said = json.loads(path.read_text())
        said.update(mail={"from": "Garita <scorecard@garita.example>", "server": f"smtp://127.0.0.1:{smtp.port}"}, webhooksInside=True)
        path.write_text(json.dumps(said))

    with running(PARTIES, prepare) as node:
        named = {"project": ROAD, "nameEn": "Road A", "nameEs": "Camino A", "side": "us", "port": "Laredo", "sponsors": ["SANDAG"]}
        file(node, "ProjectStated", {**named, "projectClass": "road", "projectType": "road", "phase": "implementation", "statedOn": "2026-01-01"})
        date(node, "2027", "2026-01-10")
        until("the project", lambda: b"2027" in urllib.request.urlopen(f"{node.url}/projects.csv").read())
        taken, got = requests(node), mails(node, box)
    smtp.stop()
    print(f"{got} mails read, {taken} requests verified")


if __name__ == "__main__":
    os.environ.setdefault("NO_PROXY", "*")
    main()
