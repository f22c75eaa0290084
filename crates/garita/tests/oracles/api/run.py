"""Fuzzes every operation of the node's OpenAPI documents: no 5xx, no answer against its schema, nothing taken that a schema refuses.

Without more, a number of cases of each operation is tried, in about three minutes. GARITA_FUZZ_SECONDS asks for a longer run, of all
passes together; GARITA_FUZZ_SEED for other cases.
"""

import collections
import json
import os
import pathlib
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path.cwd()
sys.path.insert(0, str(ROOT / "crates/garita/tests/oracles/shared"))

sys.path.insert(0, str(ROOT / "clients/python"))

from garita_client import RequestSigner  # noqa: E402
from garita_node import running  # noqa: E402
from openapi_spec_validator import validate  # noqa: E402

# Documents that a node serves, each with what stands before its paths. Each is read, validated and fuzzed.
DOCUMENTS = [("/openapi.json", ""), ("/epcis/openapi.json", "/epcis")]
# Cases of an operation, beside those that cover its parameters and members one by one.
EXAMPLES = 12
# The same in a run that was asked to be long: it begins anew until its time is over.
EXAMPLES_LONG = 60
# Not fuzzed, with the reason; `asked` sends them what can be told in one answer.
LEFT_OUT = {"stream": "it has no end"}
# Where subscribers are: a name that by RFC 2606 leads nowhere, so that no case makes the node call a stranger.
SUBSCRIBER = "https://subscriber.invalid/events"
# All that the fuzzer has but three kinds. What a schema allows need not be taken: programs judge further (`positive_data_acceptance`).
# The next are of its stateful phase, for which a document names links, and ours name none (`use_after_free`,
# `ensure_resource_availability`). Who may see what is held by tests with two parties (`object_level_authorization`).
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


def call(node, method, path, token="", body=None, **headers):
    """Status, body and headers of an answer."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    if data is not None:
        headers["Content-Type"] = "application/json"
    request = urllib.request.Request(node.url + path, data=data, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers


def read(node, path, token=""):
    status, body, _ = call(node, "GET", path, token)
    assert status == 200, (path, status, body)
    return json.loads(body)


def manifest(n):
    trip = f"TOCQ26112404{n:02}"
    return {
        "recordType": "Manifest",
        "credentialSubject": {
            "scac": "TOCQ", "trip": trip, "direction": "northbound", "port": "2304",
            "estimatedArrival": "2026-11-24T15:10:00Z", "plate": f"47AK{n}F", "empty": True,
        },
    }


def filled(node):
    """Puts some records there, and tells real values of what names them: by METHOD PATH NAME, by path and name, or by name.

    A body stands under METHOD PATH.
    """
    token = node.token("ocotillo")
    photo = json.loads(call(node, "POST", "/v1/attachments", token, {"seal": "photographed"})[1])
    digests, keys = [], []
    for n in range(6):
        status, body, _ = call(node, "POST", "/v1/records", token, {**manifest(n), "relatedResource": [photo["relatedResource"]]})
        assert status == 201, body
        digests.append(json.loads(body)["leaf"]["id"].removeprefix("ni:///sha-256;"))
        keys.append(f"TOCQ:{manifest(n)['credentialSubject']['trip']}")
    formats = [f["kind"] for f in read(node, "/v1/formats")["items"]]
    exports = [d["document"] for d in read(node, f"/v1/cases/trip/{keys[0]}/documents", token)["items"]]
    assert exports, "the trip can be written as nothing"
    status, sheet, _ = call(node, "GET", "/v1/sheets/Manifest?format=csv", token)
    assert status == 200, sheet
    admin = (node.data / "admin.token").read_text().strip()
    # As many keys as the passes may revoke one after the other.
    registered = [RequestSigner.new().key_id for _ in range(8)]
    for key in registered:
        status, body, _ = call(node, "POST", "/v1/admin/keys", admin, {"party": "cbp", "publicKey": key, "name": "oracle", "scopes": ["read"], "days": 9})
        assert status == 201, body
    return {
        "digest": digests, "kind": ["trip", "shipment"], "key": keys, "profile": [p["id"] for p in read(node, "/v1/profiles")["items"]] + ["record"],
        "id": [i["id"] for i in read(node, "/v1/indicators")["items"]][:8], "document": exports,
        "slug": ["cbp", "ocotillo"], "path": ["0/000.p/6", "entries/000.p/6"], "q": [keys[0][5:], "47AK"],
        "party": ["cbp", "ocotillo"], "type": ["Manifest"], "recordType": ["Manifest", "ConveyanceArrived"], "zone": ["America/Matamoros"],
        "/v1/formats/{kind} kind": formats, "/v1/import/{kind} kind": ["auto", *formats], "/v1/admin/keys/{key} key": registered,
        "/v1/attachments/{digest} digest": [photo["id"].removeprefix("ni:///sha-256;")],
        "POST /v1/records": {**manifest(7), "standing": "act"}, "POST /v1/records/dry-run": manifest(8),
        "POST /v1/contacts": {"desk": "Tráfico", "telephone": "+528670000000", "hours": "24 h", "languages": ["es"]},
        "POST /v1/sheets/{recordType}": [sheet.decode("utf-8-sig")],
        "POST /v1/admin/tokens": {"party": "cbp", "name": "gate", "scopes": ["read"], "days": 9},
        "POST /v1/admin/keys": {"party": "cbp", "publicKey": RequestSigner.new().key_id, "name": "gate", "scopes": ["read"], "days": 9},
        "POST /v1/admin/links": {"party": "cbp", "person": "M. Herrera", "post": "primary"},
    }


def captured(node):
    """Puts some events there, with a capture, queries and subscriptions, and tells their names as `filled` does."""
    token = node.token("ocotillo")
    document = json.loads((ROOT / "fuzz/corpus/epcis/right.jsonld").read_text())
    first = document["epcisBody"]["eventList"][0]
    first["bizLocation"] = {"id": "urn:epc:id:sgln:0614141.00888.0"}
    # The second time one event is another of a name that is taken: a capture with an error to tell.
    captures = []
    for behaviour in ("rollback", "proceed"):
        status, body, headers = call(node, "POST", "/epcis/capture", token, document, GS1_Capture_Error_Behaviour=behaviour)
        assert status == 202, body
        captures.append(headers["Location"].rsplit("/", 1)[1])
        while read(node, f"/epcis/capture/{captures[-1]}", token)["running"]:
            time.sleep(0.1)
        first["disposition"] = "in_transit"
    assert len(read(node, f"/epcis/capture/{captures[1]}", token)["errors"]) == 1
    events = read(node, "/epcis/events", token)["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    assert len(events) == 2, events
    known = {"captureID": captures, "eventID": [e["eventID"] for e in events]}
    for name in ("eventTypes", "epcs", "bizSteps", "bizLocations", "readPoints", "dispositions"):
        members = read(node, f"/epcis/{name}?perPage=1000", token)["member"]
        said = [m for m in members if m.startswith("urn:") or m in ("ObjectEvent", "arriving", "in_progress")]
        assert said, (name, members)
        for path in (f"/{name}/{{value}}", f"/{name}/{{value}}/events"):
            known[f"{path} value"] = said
    _, _, headers = call(node, "GET", "/epcis/events?perPage=1", token)
    known["token"] = [urllib.parse.parse_qs(headers["Link"].split("<")[1].split(">")[0].partition("?")[2])["nextPageToken"][0]]
    known["nextPageToken"] = known["token"]
    # What is taken away is not what others ask for.
    spare = [f"spare-{n}" for n in range(8)]
    for name in ("arrivals", "all", *spare):
        asked = {"EQ_bizStep": ["arriving"]} if name == "arrivals" else {}
        status, body, _ = call(node, "POST", "/epcis/queries", token, {"name": name, "query": asked})
        assert status == 201, body
    subscriptions = []
    for _ in range(9):
        subscription = {"dest": SUBSCRIBER, "schedule": {"hour": "3"}}
        status, body, _ = call(node, "POST", "/epcis/queries/arrivals/subscriptions", token, subscription)
        assert status == 201, body
        subscriptions.append(json.loads(body)["subscriptionID"])
    one = "/queries/{queryName}/subscriptions/{subscriptionID}"
    single = {**first, "@context": document["@context"], "eventID": "urn:uuid:5f4b1d1e-6b1c-4f0e-9a77-0c3a3f1f2a10"}
    return {
        **known, "queryName": ["arrivals", "all"], f"{one} queryName": ["arrivals"], f"{one} subscriptionID": subscriptions[:1],
        "DELETE /queries/{queryName} queryName": spare, f"DELETE {one} subscriptionID": subscriptions[1:],
        "POST /capture": document, "POST /events": single, "POST /queries": {"name": "mine", "query": {"EQ_bizStep": ["departing"]}},
        "POST /queries/{queryName}/subscriptions": {"dest": SUBSCRIBER, "stream": True},
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


# Corpora of what is signed, which no importer reads.
SIGNED = {"canon-json", "credential", "did", "http-signature", "json-ld", "nquads", "status", "token"}


def documents_of_people():
    """What an importer is given: a file of each kind, as text."""
    files = sorted(f for f in (ROOT / "fuzz/corpus").glob("*/*") if f.parent.name not in SIGNED)
    files = [f for f in files if f.stat().st_size < 20_000]
    # A workbook is no text, and goes another way.
    return [f.read_text() for f in files if f.suffix != ".xlsx"]


def strict(document, known):
    """The document as it is fuzzed: answers are closed; parameters and files are real ones half of the time, and there is a good body."""
    operations = [(m, p, o) for p, item in document["paths"].items() for m, o in item.items() if isinstance(o, dict)]
    asked = reachable(document, [o.get("requestBody") for _, _, o in operations])
    answered = reachable(document, [o["responses"] for _, _, o in operations] + [document["components"].get("responses")])
    for name in answered - asked:
        close(document["components"]["schemas"][name])
    subscription = document["components"]["schemas"].get("NewSubscription")
    if subscription:
        subscription["properties"]["dest"] = {"type": "string", "enum": [SUBSCRIBER, f"{SUBSCRIBER}?of=ocotillo"]}
    for method, path, operation in operations:
        name = f"{method.upper()} {path}"
        for parameter in operation.get("parameters", []):
            # The same word names something else in another address.
            names = (f"{name} {parameter['name']}", f"{path} {parameter['name']}", parameter["name"])
            values = next((known[n] for n in names if n in known), None)
            # Discovery answers alike whatever is named.
            if values and parameter["schema"].get("type") == "string" and method != "options":
                parameter["schema"] = {"anyOf": [{"enum": values}, parameter["schema"]]}
                if parameter["in"] == "path":
                    parameter["example"] = values[0]
        content = operation.get("requestBody", {}).get("content", {})
        if "*/*" in content:
            files = known.get(name, documents_of_people())
            content["text/plain"] = {"schema": {"anyOf": [{"enum": files}, {"type": "string"}]}}
            content["application/octet-stream"] = content.pop("*/*")
        elif name in known:
            for media in content.values():
                media["example"] = known[name]
    return document


def part_of(document, who):
    """The operations of `who`."""
    kept = {"token": ("token", "anyone", "peer"), "operator": ("operator",)}[who]
    part = json.loads(json.dumps(document))
    for path, item in list(part["paths"].items()):
        for method, operation in list(item.items()):
            if operation["x-who"] not in kept or operation.get("operationId") in LEFT_OUT:
                del item[method]
        if not item:
            del part["paths"][path]
    return part


def turns(part):
    """The operations of a part by method, in two turns: what takes away comes when the rest has been tried."""
    methods = collections.Counter(method for item in part["paths"].values() for method in item)
    removing = methods.pop("delete", 0)
    return [(kept, count) for kept, count in ((sorted(methods), methods.total()), (["delete"], removing)) if count]


def fuzz(node, base, part, token, who, kept, seconds):
    """One pass with a token over a part of a document: whether all was well, and the cases of each operation."""
    work = pathlib.Path(os.environ["ORACLE_OUT"])
    # A method that is left out here is not one that the address refuses.
    checks = [c for c in CHECKS if who == "token" or c not in ("unsupported_method", "allow_header_conformance")]
    name = f"{who}{base.replace('/', '-')}-{'-'.join(kept)}"
    file, events = work / f"{name}.json", work / f"{name}.ndjson"
    file.write_text(json.dumps(part))
    # The fuzzer's own data base of examples stays out of the repository.
    command = [
        sys.executable, "-m", "schemathesis.cli", "run", str(file), "--url", node.url + base,
        "--header", f"Authorization: Bearer {token}", "--checks", ",".join(checks), "--phases", "examples,coverage,fuzzing",
        "--max-examples", str(EXAMPLES_LONG if seconds else EXAMPLES), "--seed", os.environ.get("GARITA_FUZZ_SEED", "1"),
        "--request-timeout", "20", "--continue-on-failure", "--suppress-health-check", "all", "--warnings", "off",
        "--report-ndjson-path", str(events), *(word for method in kept for word in ("--include-method", method.upper())),
    ]
    if seconds:
        command += ["--max-time", str(seconds)]
    done = subprocess.run(command, cwd=work)
    return done.returncode == 0, tried(events)


def tried(events):
    """Of each operation, how many answers of each status it gave."""
    cases = collections.defaultdict(collections.Counter)
    with events.open() as lines:
        for line in lines:
            recorder = json.loads(line).get("ScenarioFinished", {}).get("recorder", {})
            for interaction in recorder.get("interactions", {}).values():
                status = (interaction.get("response") or {}).get("status_code", 0)
                cases[recorder["label"]][status] += 1
    return cases


def asked(node):
    """What is not fuzzed, asked by hand: the stream refuses in one answer."""
    for path, token, expected in (
        ("/v1/stream", "", 401),
        ("/v1/stream?cursor=-1", node.token("cbp"), 400),
        ("/v1/stream?cursor=x", node.token("cbp"), 400),
        ("/v1/stream?cursor=99999999999999999999999", node.token("cbp"), 400),
    ):
        status, body, _ = call(node, "GET", path, token)
        assert status == expected, (path, status, body)
        assert json.loads(body)["code"], path


def main():
    with running() as node:
        known = {"": filled(node), "/epcis": captured(node)}
        tokens = {"token": node.token("ocotillo"), "operator": (node.data / "admin.token").read_text().strip()}
        passes, failed = [], []
        for path, base in DOCUMENTS:
            document = read(node, path)
            validate(document)
            document = strict(document, known[base])
            for who in tokens:
                part = part_of(document, who)
                passes += [(path, base, who, part, *turn) for turn in turns(part)]
        total = sum(operations for *_, operations in passes)
        wanted = int(os.environ.get("GARITA_FUZZ_SECONDS", "0"))
        for path, base, who, part, kept, operations in passes:
            began = time.monotonic()
            well, cases = fuzz(node, base, part, tokens[who], who, kept, wanted * operations // total)
            took = time.monotonic() - began
            count, good = sum(c.total() for c in cases.values()), sum(c[s] for c in cases.values() for s in c if 200 <= s < 300)
            print(f"{path} by {who} ({', '.join(kept)}): {count} cases of {operations} operations in {took:.0f} s, {good} of them taken")
            for label in sorted(label for label, c in cases.items() if not any(200 <= s < 300 for s in c)):
                print(f"  nothing taken by {label}: {dict(cases[label])}")
            missed = {f"{method.upper()} {place}" for place, item in part["paths"].items() for method in item if method in kept} - set(cases)
            assert not missed, f"not tried: {sorted(missed)}; of {sorted(cases)}"
            if not well:
                failed.append(f"{path} by {who}")
        asked(node)
        read(node, "/v1/status")
    if failed:
        sys.exit(f"the fuzzer has something to say of {', '.join(failed)}; again: GARITA_ORACLES=all cargo verify oracles api")
    print(f"{len(DOCUMENTS)} documents valid, {total} operations fuzzed; left out: {LEFT_OUT}")


main()
