"""Reads our EDIFACT with a parser of others (pydifact) and compares segment by segment with what our reader finds;
with a folder of schemas, also validates the records that we make of it (jsonschema).

    mkdir -p /tmp/edifact
    GARITA_ORACLE_EDIFACT=/tmp/edifact cargo nextest run -p garita-formats interchanges_for_other_parsers
    pip install --target /tmp/oracle pydifact==0.2.3 jsonschema==4.23.0
    PYTHONPATH=/tmp/oracle python3 crates/garita/tests/oracles/edifact.py /tmp/edifact profiles/crossing/schemas

Exit 0: all agree. Exit 1: the differences are named.
"""

import json
import pathlib
import sys
import warnings

# The parser has no directory of syntax version 4 and says so for each service segment.
warnings.simplefilter("ignore")

from pydifact.segmentcollection import Interchange  # noqa: E402


def parts(element):
    """An element as a list of components, empty ones at its end left out."""
    found = list(element) if isinstance(element, list) else [element]
    while found and not found[-1]:
        found.pop()
    # Our reader trims blanks around a component.
    return [part.strip() for part in found]


def read(path):
    interchange = Interchange.from_str(path.read_text(encoding="utf-8"))
    outside = {"UNB", "UNZ", "UNG", "UNE", "UNH", "UNT"}
    return [
        [segment.tag, *(parts(element) for element in segment.elements)]
        for segment in interchange.segments
        if segment.tag not in outside
    ]


def invalid(records, schemas):
    from jsonschema import Draft202012Validator

    for record_type, subject in records:
        schema = json.loads((schemas / f"{record_type}.json").read_text(encoding="utf-8"))
        for error in Draft202012Validator(schema).iter_errors(subject):
            yield f"{record_type} {error.json_path}: {error.message}"


def main(folder, schemas=None):
    files = sorted(pathlib.Path(folder).glob("*.edi"))
    wrong = records = 0
    for path in files:
        expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        try:
            found = read(path)
        except Exception as error:  # noqa: BLE001: whatever the parser throws is a difference
            found = repr(error)
        if found != expected["segments"]:
            wrong += 1
            print(f"{path.name}: differs")
            for ours, theirs in zip(expected["segments"], found):
                if ours != theirs:
                    print(f"  ours   {ours}\n  theirs {theirs}")
                    break
        if schemas:
            records += len(expected["records"])
            for text in invalid(expected["records"], pathlib.Path(schemas)):
                wrong += 1
                print(f"{path.name}: {text}")
    print(f"{len(files)} interchanges, {records} records validated, {wrong} wrong")
    return 1 if wrong or not files else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
