"""Reads CFDIs that Garita wrote, by the tax authority's own style sheets and schemas, and the drafts that they become.

    cargo verify oracles cfdi

For each N.xml of the folder: libxslt makes the original strings of document and stamp by the style sheets that satcfdi
ships, and they must be N.original and N.stamp; libxml2 validates N.xml against the schemas that satcfdi ships. The
records of N.json are valid by the program's schemas, but for the members that they say are missing. Nothing is
fetched. Exit 0 if all agree.
"""

import json
import os
import pathlib
import sys

import jsonschema
import satcfdi
from lxml import etree

PROGRAM = pathlib.Path(__file__).resolve().parents[5] / "profiles/crossing/schemas"
SHIPPED = pathlib.Path(satcfdi.__file__).parent / "transform/schemas"
CFD = SHIPPED / "www.sat.gob.mx/sitio_internet/cfd"
ROOTS = [
    "4/cfdv40.xsd",
    "CartaPorte/CartaPorte31.xsd",
    "ComercioExterior20/ComercioExterior20.xsd",
    "TimbreFiscalDigital/TimbreFiscalDigitalv11.xsd",
]
TFD = "{http://www.sat.gob.mx/TimbreFiscalDigital}"
XS = "{http://www.w3.org/2001/XMLSchema}"


def sheet(path):
    """A style sheet; those that it includes lie beside it in the package."""
    return etree.XSLT(etree.parse(str(CFD / path)))


def schema():
    """One schema of all; those that they import lie beside them in the package."""
    whole = etree.Element(f"{XS}schema")
    for root in ROOTS:
        space = etree.parse(str(CFD / root)).getroot().get("targetNamespace")
        etree.SubElement(whole, f"{XS}import", namespace=space, schemaLocation=(CFD / root).as_uri())
    return etree.XMLSchema(whole)


def agree(path, theirs):
    """Whether the file of ours, if there is one, says the same."""
    if not path.exists():
        return None
    ours = path.read_text(encoding="utf-8")
    if theirs == ours:
        return True
    pairs = enumerate(zip(theirs, ours))
    at = next((at for at, (one, other) in pairs if one != other), min(len(theirs), len(ours)))
    around = slice(max(at - 20, 0), at + 20)
    print(f"{path.name}: theirs ...{theirs[around]!r}, ours ...{ours[around]!r}")
    return False


def draft_is_valid(record):
    """Whether the subject is valid, but for what the draft says is missing."""
    name = record["recordType"]
    checker = jsonschema.Draft202012Validator(json.loads((PROGRAM / f"{name}.json").read_text(encoding="utf-8")))
    missing = [gap["pointer"] for gap in record["missing"]]

    def told(error):
        at = "".join(f"/{token}" for token in error.absolute_path)
        absent = [f"{at}/{key}" for key in error.validator_value if key not in error.instance]
        return all(any(gap == key or gap.startswith(f"{key}/") for gap in missing) for key in absent)

    wrong = [
        error
        for error in checker.iter_errors(record["subject"])
        if error.validator != "required" or not told(error)
    ]
    for error in wrong:
        print(f"{name}: {error.json_path} {error.message[:200]}")
    return not wrong


def main():
    folder = pathlib.Path(os.environ["ORACLE_OUT"])
    cfdi = sheet("4/cadenaoriginal_4_0/cadenaoriginal_4_0.xslt")
    stamp = sheet("TimbreFiscalDigital/cadenaoriginal_TFD_1_1.xslt")
    valid = schema()
    verdicts = {"documents valid": [], "original strings": [], "strings of stamps": [], "drafts valid": []}
    for path in sorted(folder.glob("*.xml")):
        tree = etree.parse(str(path))
        verdicts["documents valid"].append(valid.validate(tree))
        if not verdicts["documents valid"][-1]:
            print(f"{path.name}: {valid.error_log.last_error}")
        verdicts["original strings"].append(agree(path.with_suffix(".original"), str(cfdi(tree))))
        for found in tree.iter(f"{TFD}TimbreFiscalDigital"):
            alone = etree.ElementTree(etree.fromstring(etree.tostring(found, with_tail=False)))
            verdicts["strings of stamps"].append(agree(path.with_suffix(".stamp"), str(stamp(alone))))
        for record in json.loads(path.with_suffix(".json").read_text(encoding="utf-8")):
            verdicts["drafts valid"].append(draft_is_valid(record))
    right = True
    for name, found in verdicts.items():
        told = [verdict for verdict in found if verdict is not None]
        right = right and all(told) and told != []
        print(f"{name}: {sum(told)} of {len(told)}")
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
