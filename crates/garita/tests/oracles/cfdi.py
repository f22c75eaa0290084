"""Reads CFDIs that Garita wrote, by the tax authority's own style sheets and schemas.

    GARITA_ORACLE_DIR=/tmp/cfdi cargo nextest run -p garita-formats documents_for_oracles
    pip install --target /tmp/satcfdi satcfdi==26.10.1
    PYTHONPATH=/tmp/satcfdi python3 crates/garita/tests/oracles/cfdi.py /tmp/cfdi

For each N.xml of the folder: libxslt makes the original string by the style sheet that satcfdi ships, and it must be
N.original; libxml2 validates N.xml against the schemas that satcfdi ships. The schemas are rewritten to lie side by
side; nothing is fetched. Exit 0 if all agree.
"""

import pathlib
import sys
import tempfile

import satcfdi
from lxml import etree

SHIPPED = pathlib.Path(satcfdi.__file__).parent / "transform/schemas"
CFD = SHIPPED / "www.sat.gob.mx/sitio_internet/cfd"
ROOTS = [
    "4/cfdv40.xsd",
    "CartaPorte/CartaPorte31.xsd",
    "ComercioExterior20/ComercioExterior20.xsd",
    "TimbreFiscalDigital/TimbreFiscalDigitalv11.xsd",
]
XS = "{http://www.w3.org/2001/XMLSchema}"


def original_strings():
    """The style sheet of CFDI 4.0, with those of the complements that it includes."""
    sheet = CFD / "4/cadenaoriginal_4_0/cadenaoriginal_4_0.xslt"
    return etree.XSLT(etree.parse(str(sheet)))


def schema():
    """One schema of all, each import pointing at the copy shipped."""
    folder = pathlib.Path(tempfile.mkdtemp())
    done = {}

    def copy(path):
        if path in done:
            return done[path]
        name = f"{len(done)}.xsd"
        done[path] = name
        tree = etree.parse(str(path))
        for imported in tree.getroot().iter(f"{XS}import", f"{XS}include"):
            location = imported.get("schemaLocation")
            target = SHIPPED / location.split("://", 1)[1]
            imported.set("schemaLocation", copy(target))
        tree.write(str(folder / name))
        return name

    imports = "".join(
        f'<xs:import namespace="{etree.parse(str(CFD / root)).getroot().get("targetNamespace")}" '
        f'schemaLocation="{copy(CFD / root)}"/>'
        for root in ROOTS
    )
    whole = f'<xs:schema xmlns:xs="{XS[1:-1]}">{imports}</xs:schema>'
    (folder / "all.xsd").write_text(whole)
    return etree.XMLSchema(etree.parse(str(folder / "all.xsd")))


def main():
    folder = pathlib.Path(sys.argv[1])
    transform, valid = original_strings(), schema()
    compared = validated = wrong = 0
    for path in sorted(folder.glob("*.xml")):
        tree = etree.parse(str(path))
        validated += 1
        if not valid.validate(tree):
            wrong += 1
            print(f"{path.name}: {valid.error_log.last_error}")
        ours = path.with_suffix(".original")
        if ours.exists():
            compared += 1
            theirs = str(transform(tree))
            if theirs != ours.read_text(encoding="utf-8"):
                wrong += 1
                print(f"{path.name}: theirs {theirs}\n{path.name}: ours   {ours.read_text(encoding='utf-8')}")
    print(f"{compared} original strings compared, {validated} documents validated, {wrong} wrong")
    return 1 if wrong or not validated else 0


if __name__ == "__main__":
    sys.exit(main())
