"""Fuzzes every operation of the node's OpenAPI documents: no 5xx, no answer against its schema, nothing taken that a schema refuses.

GARITA_FUZZ_SEED and GARITA_FUZZ_SECONDS (of each pass; 60 where absent) choose another run.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import urllib.error
import urllib.request

ROOT = pathlib.Path.cwd()
sys.path.insert(0, str(ROOT / "crates/garita/tests/oracles/shared"))

from garita_node import running  # noqa: E402
from openapi_spec_validator import validate  # noqa: E402

# Documents that a node serves, each with what stands before its paths. Each is read, validated and fuzzed.
DOCUMENTS = [("/openapi.json", "")]
# Not fuzzed, with the reason; `asked` sends them what can be told in one answer.
LEFT_OUT = {"stream": "it has no end"}
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
    "ignored_auth",
]
SCHEMA_PREFIX = "#/components/schemas/"


def call(node, method, path, token="", body=None):
    """Status and body of an answer."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    data = None if body is None else json.dumps(body).encode()
    if data is not None:
        headers["Content-Type"] = "application/json"
    request = urllib.request.Request(node.url + path, data=data, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def filled(node):
    """Puts some records there, and tells real values of the parameters that name them."""
    token = node.token("ocotillo")
    digests, keys = [], []
    for n in range(6):
        trip = f"TOCQ26112404{n:02}"
        status, body = call(node, "POST", "/v1/records", token, {
            "recordType": "Manifest",
            "credentialSubject": {
                "scac": "TOCQ", "trip": trip, "direction": "northbound", "port": "2304",
                "estimatedArrival": "2026-11-24T15:10:00Z", "plate": f"47AK{n}F", "empty": True,
            },
        })
        if status == 201:
            digests.append(json.loads(body)["leaf"]["id"].removeprefix("ni:///sha-256;"))
            keys.append(f"TOCQ:{trip}")
    assert digests, body
    indicators = [i["id"] for i in json.loads(call(node, "GET", "/v1/indicators")[1])["items"]]
    programs = [p["id"] for p in json.loads(call(node, "GET", "/v1/profiles")[1])["items"]]
    return {
        "digest": digests, "kind": ["trip", "shipment"], "key": keys, "id": indicators[:8], "profile": programs + ["record"],
        "slug": ["cbp", "ocotillo"], "path": ["0/000.p/6", "entries/000.p/6"], "q": [keys[0][5:], "47AK"],
        "party": ["cbp", "ocotillo"], "type": ["Manifest"],
    }


def references(value, found):
    if isinstance(value, dict):
        name = value.get("$ref", "")
        if isinstance(name, str) and name.startswith(SCHEMA_PREFIX):
            found.add(name.removeprefix(SCHEMA_PREFIX))
        for inner in value.values():
            references(inner, found)
    elif isinstance(value, list):
        for inner in value:
            references(inner, found)


def reachable(document, roots):
    """Names of all schemas that some places refer to."""
    found = set()
    references(roots, found)
    while True:
        more = set(found)
        for name in found:
            references(document["components"]["schemas"][name], more)
        if more == found:
            return found
        found = more


def close(schema):
    """An answer has no member that its schema does not name."""
    if isinstance(schema, dict):
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
        for inner in schema.values():
            close(inner)
    elif isinstance(schema, list):
        for inner in schema:
            close(inner)


def strict(document, known):
    """The document as it is fuzzed: answers are closed, and parameters take real values half of the time."""
    operations = [(path, o) for path, item in document["paths"].items() for o in item.values() if isinstance(o, dict)]
    asked = reachable(document, [o.get("requestBody") for _, o in operations])
    answered = reachable(document, [o["responses"] for _, o in operations] + [document["components"].get("responses")])
    for name in answered - asked:
        close(document["components"]["schemas"][name])
    for path, operation in operations:
        for parameter in operation.get("parameters", []):
            values = known.get(parameter["name"])
            # The same word names something else in the operator's and the importer's addresses.
            if values and not re.search("/import/|/admin/keys/", path):
                parameter["schema"] = {"anyOf": [{"enum": values}, parameter["schema"]]}
    return document


def fuzz(node, base, document, token, who):
    """One pass with a token over the operations of `who`."""
    work = pathlib.Path(os.environ["ORACLE_OUT"])
    kept = {"token": ("token", "anyone", "peer"), "operator": ("operator",)}[who]
    part = json.loads(json.dumps(document))
    for path, item in list(part["paths"].items()):
        for method, operation in list(item.items()):
            if operation.get("x-who", "token") not in kept or operation.get("operationId") in LEFT_OUT:
                del item[method]
        if not item:
            del part["paths"][path]
    if not part["paths"]:
        return
    # A method that is left out here is not one that the address refuses.
    checks = [c for c in CHECKS if who == "token" or c not in ("unsupported_method", "allow_header_conformance")]
    file = work / f"{who}{base.replace('/', '-')}.json"
    file.write_text(json.dumps(part))
    # The fuzzer's own data base of examples stays out of the repository.
    command = [
        sys.executable, "-m", "schemathesis.cli", "run", str(file), "--url", node.url + base,
        "--header", f"Authorization: Bearer {token}", "--checks", ",".join(checks), "--phases", "examples,coverage,fuzzing",
        "--max-time", os.environ.get("GARITA_FUZZ_SECONDS", "60"), "--max-examples", "40", "--seed", os.environ.get("GARITA_FUZZ_SEED", "1"),
        "--request-timeout", "20", "--continue-on-failure", "--suppress-health-check", "all", "--warnings", "off",
    ]
    done = subprocess.run(command, cwd=work)
    if done.returncode:
        sys.exit(f"the fuzzer has something to say of {who}; again: GARITA_ORACLES=all cargo verify oracles api")


def asked(node):
    """What is not fuzzed, asked by hand: the stream refuses in one answer."""
    for path, token, expected in (
        ("/v1/stream", "", 401),
        ("/v1/stream?cursor=-1", node.token("cbp"), 400),
        ("/v1/stream?cursor=x", node.token("cbp"), 400),
        ("/v1/stream?cursor=99999999999999999999999", node.token("cbp"), 400),
    ):
        status, body = call(node, "GET", path, token)
        assert status == expected, (path, status, body)
        assert json.loads(body)["code"], path


def main():
    with running() as node:
        known = filled(node)
        for path, base in DOCUMENTS:
            document = json.loads(call(node, "GET", path)[1])
            validate(document)
            document = strict(document, known)
            fuzz(node, base, document, node.token("ocotillo"), "token")
            fuzz(node, base, document, (node.data / "admin.token").read_text().strip(), "operator")
        asked(node)
        status, body = call(node, "GET", "/v1/status")
        assert status == 200, body
    print(f"{len(DOCUMENTS)} documents valid and fuzzed; left out: {LEFT_OUT}")


main()
