"""Runs all twenty examples of the clients against a node, once with a token and once with a key, and reads what they say."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path.cwd()
sys.path.insert(0, str(ROOT / "crates/garita/tests/oracles/shared"))

from garita_node import running  # noqa: E402

sys.path.insert(0, str(ROOT / "clients/python"))

from garita_client import Api, ProblemError, RequestSigner, root_of  # noqa: E402

# What each example says when it did what it is for; `{by}` is how the caller is known.
SAID = {
    "01": [r"Transportes Ocotillo \(carrier\), known by {by}, may \*, until 20"],
    "02": [r"judged good: Manifest", r"schema-required at /credentialSubject/plate: .+ / falta", r"code-unknown at /credentialSubject/port"],
    "03": [r"filed ni:///sha-256;\S{43} at entry \d+ recorded", r"sent again: the same record"],
    "04": [r"trip TOCQ:TOCQ\d{10} is expected", r"Appointment in force", r"Manifest in force"],
    "05": [r"found trip TOCQ:TOCQ\d{10} by its trip", r"[1-5] trips, two a page"],
    "06": [r"new: Manifest ni:", r"resumed: Manifest ni:.+\nresumed: Manifest ni:", r"nothing was missed"],
    "07": [r"read as x12-309", r"/trip = .TOCQ\d{10}. \(line 4, ", r"filed Manifest ni:"],
    "08": [r"stored 22 bytes as ni:", r"read back: the same"],
    "09": [r"proven: entry \d+ of \d+ in ", r"a changed receipt is refused"],
    "10": [r"corrected: Appointment replaced, Appointment in force", r"withdrawn: Appointment withdrawn, Appointment withdrawn,"],
}


def check(name, said, by):
    for pattern in SAID[name[:2]]:
        if not re.search(pattern.replace("{by}", by), said):
            sys.exit(f"{name} by {by} does not say `{pattern}` but:\n{said}")


def run(command, folder, environment):
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
    if done.returncode:
        sys.exit(f"{command[-1]}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def built():
    """The TypeScript client, compiled beside the modules that its lock file names."""
    folder = pathlib.Path(os.environ["ORACLE_WORK"]) / "clients" / "typescript"
    shutil.rmtree(folder.parent, ignore_errors=True)
    shutil.copytree(ROOT / "clients/typescript", folder, ignore=shutil.ignore_patterns("node_modules", "dist"))
    shutil.copytree(ROOT / "clients/examples", folder.parent / "examples")
    (folder / "node_modules").symlink_to(os.environ["ORACLE_NODE_MODULES"])
    run(["node", "node_modules/typescript/bin/tsc"], folder, os.environ)
    return folder


def refusals(node, key):
    """What a signature must not be good for."""
    pem = key.pem()
    signer = RequestSigner.from_pem(pem)
    for change, code in (
        (lambda f: f.update({"Signature-Input": f["Signature-Input"].replace('nonce="', 'nonce="x')}), "request-signature-invalid"),
        (lambda f: f.pop("Signature"), "request-unsigned"),
    ):

        class Changed:
            def fields(self, method, url, body, change=change):
                fields = signer.fields(method, url, body)
                change(fields)
                return fields

        expect(code, Api(node.url, signer=Changed()).who_am_i)

    class Same:
        """Signs everything alike: a write counts once."""

        def fields(self, method, url, body):
            return signer.fields(method, url, body, nonce="same", now=self.now)

    import time

    same = Same()
    same.now = time.time()
    api = Api(node.url, signer=same)
    api.attach_file(b"once", content_type="text/plain")
    expect("request-replayed", lambda: api.attach_file(b"once", content_type="text/plain"))
    same.now -= 200
    expect("request-expired", api.who_am_i)
    stranger = RequestSigner.new()
    expect("key-unknown", Api(node.url, signer=stranger).who_am_i)
    reader = RequestSigner.new()
    node.command("key", "add", "--data", node.data, "--party", "ocotillo", "--scope", "read", reader.key_id)
    api = Api(node.url, signer=reader)
    api.list_records()
    expect("scope-insufficient", lambda: api.attach_file(b"x"))
    node.command("key", "revoke", "--data", node.data, reader.key_id)
    expect("key-revoked", api.list_records)
    # The public key is no secret: nobody gets in by saying it.
    expect("unauthenticated", Api(node.url, token=signer.key_id).who_am_i)
    return 8


def expect(code, call):
    try:
        call()
    except ProblemError as problem:
        assert problem.code == code, f"{problem.code} where {code} was expected"
        assert problem.detail_es and problem.errors, code
        return
    sys.exit(f"taken where `{code}` was expected")


def merkle():
    """Every entry of every log up to 70 entries has a proof that leads to the root, and no other leaf has it."""
    from hashlib import sha256

    def root(leaves):
        if len(leaves) == 1:
            return leaves[0]
        half = 1 << (len(leaves) - 1).bit_length() - 1
        return sha256(b"\1" + root(leaves[:half]) + root(leaves[half:])).digest()

    def path(leaves, index):
        if len(leaves) == 1:
            return []
        half = 1 << (len(leaves) - 1).bit_length() - 1
        if index < half:
            return path(leaves[:half], index) + [root(leaves[half:])]
        return path(leaves[half:], index - half) + [root(leaves[:half])]

    for size in range(1, 71):
        leaves = [sha256(b"\0" + bytes([n])).digest() for n in range(size)]
        for index in range(size):
            proof = path(leaves, index)
            assert root_of(leaves[index], index, size, proof) == root(leaves), (index, size)
            assert root_of(sha256(b"another").digest(), index, size, proof) != root(leaves)


def main():
    run([sys.executable, "clients/generate.py", "--check"], ROOT, os.environ)
    committed = (ROOT / "clients/openapi.json").read_text()
    written = subprocess.run([os.environ["GARITA"], "openapi"], check=True, capture_output=True, text=True).stdout
    if json.loads(written) != json.loads(committed):
        sys.exit("clients/openapi.json is stale: garita openapi > clients/openapi.json, then python3 clients/generate.py")
    cache = f"{os.environ['ORACLE_WORK']}/mypy"
    run([sys.executable, "-m", "mypy", "--python-version", "3.10", "--cache-dir", cache, "garita_client"], ROOT / "clients/python", os.environ)
    merkle()
    typescript = built()
    with running() as node:
        key = RequestSigner.new()
        pem = node.data / "client.pem"
        pem.write_bytes(key.pem())
        node.command("key", "add", "--data", node.data, "--party", "ocotillo", "--scope", "*", "--name", "client", key.key_id)
        count = 0
        for by in ("token", "key"):
            environment = {**os.environ, "GARITA_URL": node.url, "GARITA_TOKEN_FILE": str(node.token_file("ocotillo"))}
            if by == "key":
                environment["GARITA_KEY_FILE"] = str(pem)
            for example in sorted((ROOT / "clients/python/examples").glob("[01]*.py")):
                check(example.name, run([sys.executable, str(example)], ROOT, environment), by)
                count += 1
            for example in sorted((typescript / "dist/examples").glob("[01]*.js")):
                check(example.name, run(["node", str(example)], typescript, environment), by)
                count += 1
        assert count == 40, count
        refused = refusals(node, key)
    print(f"{count} runs of 20 examples, {refused} refusals of signatures")


main()
