"""Import a document as people have it: first the draft with the place of each member, then file it."""

import pathlib
import sys

from common import connect, new_trip

api = connect()
file = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2] / "examples" / "empty-truck.edi")
# Another trip each time, so that the example can be run again.
document = file.read_bytes().replace(b"TOCQ2611240417", new_trip().encode())

draft = api.import_document("auto", document)
print("read as", draft["kind"])
for record in draft["records"]:
    print(record["recordType"], "from", file.name)
    for pointer, place in record["sources"].items():
        print(f"  {pointer} = {place['text']!r} (line {place['line']}, {place['path']})")
    for gap in record["missing"]:
        print("  missing", gap["pointer"], gap["en"])
for fault in draft["faults"]:
    print(fault["severity"], fault["code"], fault["en"])

filed = api.import_document("auto", document, submit=True)
print("filed", filed["records"][0]["recordType"], filed["records"][0]["id"])
