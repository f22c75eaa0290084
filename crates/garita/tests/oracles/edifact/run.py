"""A foreign parser reads the EDIFACT that we write: pydifact, segment by segment; jsonschema judges what becomes of it.

Beside each NAME.edi stands NAME.json: the segments as our own reader reads them, and the records of its draft that lack
nothing. By hand, from the root of the repository:

    ORACLE_OUT=DIR cargo test -p garita-formats --test it edifact_round::interchanges -- --ignored
    ORACLE_OUT=DIR python3 crates/garita/tests/oracles/edifact/run.py
"""

import json
import os
import pathlib
import sys
import warnings

# The parser has no directory of syntax version 4 and says so for each service segment.
warnings.simplefilter("ignore")

from jsonschema import Draft202012Validator  # noqa: E402
from pydifact.segmentcollection import Interchange  # noqa: E402


def parts(element):
    """An element as a list of components, empty ones at its end left out."""
    found = list(element) if isinstance(element, list) else [element]
    while found and not found[-1]:
        found.pop()
    # Our reader trims blanks around a component.
    return [part.strip() for part in found]


def read(path):
    """The segments of pydifact, those of the envelopes left out."""
    interchange = Interchange.from_str(path.read_text(encoding="utf-8"))
    outside = {"UNB", "UNZ", "UNG", "UNE", "UNH", "UNT"}
    return [
        [segment.tag, *(parts(element) for element in segment.elements)]
        for segment in interchange.segments
        if segment.tag not in outside
    ]


def invalid(records, schemas):
    """What of the records does not fit the schema of their type."""
    for record_type, subject in records:
        schema = json.loads((schemas / f"{record_type}.json").read_text(encoding="utf-8"))
        for error in Draft202012Validator(schema).iter_errors(subject):
            yield f"{record_type} {error.json_path}: {error.message}"


def main():
    """Compares each file with what stands beside it."""
    schemas = pathlib.Path("profiles/crossing/schemas")
    files = sorted(pathlib.Path(os.environ["ORACLE_OUT"]).glob("*.edi"))
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
        records += len(expected["records"])
        for text in invalid(expected["records"], schemas):
            wrong += 1
            print(f"{path.name}: {text}")
    print(f"{len(files)} interchanges, {records} records validated, {wrong} wrong")
    return 1 if wrong or not files else 0


if __name__ == "__main__":
    sys.exit(main())
