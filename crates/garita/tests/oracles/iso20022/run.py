"""Has the standard's schemas and a foreign library judge the ISO 20022 messages that we write, and compares verdicts on broken ones.

The schemas are those that packages of the registry carry. Two message versions come without one (or with one that is cut to a rail's
usage); those are read by pyiso20022, whose classes are generated from the schemas. A package's code is not run except pyiso20022's classes.
"""

import importlib
import importlib.util
import os
import pathlib
import sys

from lxml import etree
from xsdata.formats.dataclass.parsers import XmlParser
from xsdata.formats.dataclass.parsers.config import ParserConfig

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"

# Where the packages keep their schemas.
SCHEMAS = {
    "pain.001.001.09": ("pain001", "templates/pain.001.001.09/pain.001.001.09.xsd"),
    "pain.001.001.11": ("pain001", "templates/pain.001.001.11/pain.001.001.11.xsd"),
    "pain.002.001.12": ("pain001", "pain002/schemas/pain.002.001.12.xsd"),
    "pacs.008.001.08": ("pacs008", "templates/pacs.008.001.08/pacs.008.001.08.xsd"),
    "pacs.008.001.10": ("pacs008", "templates/pacs.008.001.10/pacs.008.001.10.xsd"),
    "camt.054.001.08": ("camt053", "xsd/camt.054.001.08.xsd"),
    "camt.054.001.10": ("camt053", "xsd/camt.054.001.10.xsd"),
}

# Errors that no schema tells: check digits, sums, currencies, the header against its message.
OURS_ALONE = {
    "amount-minor-unit", "count-mismatch", "currency-mixed", "currency-unknown", "header-message", "header-version",
    "identifier-check-digit", "identifier-form", "identifier-part", "sum-mismatch", "uetr-repeated",
}


def schema(identifier):
    package, path = SCHEMAS[identifier]
    folder = importlib.util.find_spec(package).submodule_search_locations[0]
    return etree.XMLSchema(etree.parse(pathlib.Path(folder) / path))


def parts(path):
    """The identifiers and elements of header and message in a file."""
    for element in etree.parse(path).iter():
        if not isinstance(element.tag, str):
            continue
        name = etree.QName(element)
        if name.localname in ("AppHdr", "Document") and (name.namespace or "").startswith(NAMESPACE):
            # Taken out of its envelope, so that the schema sees what stands in its own namespace only.
            yield name.namespace.removeprefix(NAMESPACE), etree.fromstring(etree.tostring(element, with_tail=False))


def read_by_library(identifier, element):
    """Whether pyiso20022 takes it: unknown, repeated and misplaced elements, and missing required ones, are refused."""
    name = identifier.replace(".", "_")
    module = importlib.import_module(f"pyiso20022.{name[:4]}.{name}")
    kind = getattr(module, "AppHdr" if identifier.startswith("head") else "Document")
    XmlParser(config=ParserConfig(fail_on_unknown_properties=True, fail_on_converter_warnings=True)).from_bytes(
        etree.tostring(element), kind
    )


def main():
    out = pathlib.Path(os.environ.get("ORACLE_OUT") or sys.argv[1])
    schemas = {identifier: schema(identifier) for identifier in SCHEMAS}
    wrong, by_schema, by_library = [], 0, 0
    for path in sorted((out / "made").glob("*.xml")):
        for identifier, element in parts(path):
            if identifier in schemas:
                by_schema += 1
                if not schemas[identifier].validate(element):
                    wrong.append(f"{path.name}: {schemas[identifier].error_log[0]}")
            try:
                read_by_library(identifier, element)
                by_library += 1
            except Exception as error:  # the library's own, of many kinds
                wrong.append(f"{path.name}: pyiso20022: {error}")

    same, refused = 0, 0
    for line in (out / "broken.tsv").read_text(encoding="utf-8").splitlines():
        name, _, told = line.partition("\t")
        told = told.split()
        judged = [(schemas[i], e) for i, e in parts(out / "broken" / name) if i in schemas]
        if not name.startswith(tuple(SCHEMAS)) or not judged:
            continue
        theirs = all(judge.validate(element) for judge, element in judged)
        structural = [code for code in told if code not in OURS_ALONE]
        if theirs and structural:
            wrong.append(f"{name}: only we refuse it: {structural}")
        elif not theirs and not told:
            wrong.append(f"{name}: only the schema refuses it: {[j.error_log[0].message for j, _ in judged if len(j.error_log)][:1]}")
        else:
            same += 1
            refused += not theirs
    print(f"{by_schema} messages by their schema, {by_library} by pyiso20022; {same} broken ones judged alike, {refused} of them refused")
    for line in wrong[:20]:
        print(line)
    enough = by_schema > 100 and by_library > 100 and refused > 100
    return 1 if wrong or not enough else 0


sys.exit(main())
