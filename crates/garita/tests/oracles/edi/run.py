"""Foreign parsers read the interchanges that we write: pyx12 those of X12, pydifact those of EDIFACT.

Beside each NAME.x12 or NAME.edifact stands NAME.json: the segments as our own reader reads them. Theirs must be the same,
and their envelopes without error. By hand:

    cargo run --package garita-formats --example edi -- make DIR 200
    ORACLE_OUT=DIR python3 run.py
"""

import io
import json
import os
import pathlib
import sys
import warnings

import pydifact.parser
import pyx12.x12file

# pydifact says of each service segment that it has no directory to check it against.
warnings.simplefilter("ignore")


def x12(path):
    """The segments and errors of pyx12. It knows the envelopes of version 00501 and older ones."""
    found = []
    errors = []
    # Given a path it reads ASCII only.
    text = io.StringIO(path.read_text(encoding="utf-8"))
    with pyx12.x12file.X12Reader(text) as reader:
        for segment in reader:
            name = segment.get_seg_id()
            elements = [segment.get_value(f"{name}{number:02}") or "" for number in range(1, len(segment) + 1)]
            found.append([name, [[element.strip()] for element in elements]])
            errors.extend(reader.pop_errors())
        reader.cleanup()
        errors.extend(reader.pop_errors())
    return found, errors


def edifact(path):
    """The segments of pydifact, and counts and references of the messages that differ from what it read."""
    parser = pydifact.parser.Parser()
    segments = list(parser.parse(path.read_text(encoding="utf-8")))
    found = []
    errors = []
    started = reference = None
    for number, segment in enumerate(segments):
        elements = [element if isinstance(element, list) else [element] for element in segment.elements]
        if segment.tag == "UNH":
            started, reference = number, elements[0][0]
        if segment.tag == "UNT" and elements[:2] != [[str(number - started + 1)], [reference]]:
            errors.append(f"UNT {elements} after {number - started + 1} segments of {reference}")
        if segment.tag != "UNA":
            found.append([segment.tag, elements])
    if started is None:
        errors.append("no message")
    return found, errors


def filled(segments):
    """Without what is empty at the end of elements and segments: some keep it, some don't."""
    out = []
    for name, elements in segments:
        elements = [[part.strip() for part in element] for element in elements]
        for element in elements:
            while element and not element[-1]:
                element.pop()
        while elements and not elements[-1]:
            elements.pop()
        out.append([name, elements])
    return out


def main():
    """Compares each file with what stands beside it."""
    folder = pathlib.Path(os.environ["ORACLE_OUT"])
    files = sorted([*folder.glob("*.x12"), *folder.glob("*.edifact")])
    wrong = 0
    for path in files:
        found, errors = x12(path) if path.suffix == ".x12" else edifact(path)
        expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        for error in errors:
            print(f"{path.name}: {error}")
        if filled(found) != filled(expected):
            print(f"{path.name}: read otherwise")
            for theirs, ours in zip(filled(found), filled(expected)):
                if theirs != ours:
                    print(f"  theirs {theirs}\n  ours   {ours}")
        wrong += bool(errors) or filled(found) != filled(expected)
    print(f"{len(files)} interchanges read, {wrong} wrong")
    return 1 if wrong or not files else 0


if __name__ == "__main__":
    sys.exit(main())
