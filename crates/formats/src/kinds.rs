//! One table of all kinds of document: names, how each is recognised, how it is read, which element goes where.
//!
//! A new importer is a module and a row here; the command line, the API, the pages and the fuzz targets take it from this table.

use serde::{Deserialize, Serialize};

use crate::draft::Draft;
use crate::elements::ElementRow;
use crate::{ReadError, carta_porte, epcis, x12_309};

/// The kinds of document this crate reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocumentKind {
    /// CFDI 4.0 with the Carta Porte 3.1 complement, or the bare complement.
    CartaPorte,
    /// ANSI X12 309, customs manifest.
    X12Manifest309,
    /// EPCIS 2.0 in JSON or JSON-LD.
    Epcis,
}

/// What is ambiguous in the guides, as configuration: one member for each kind that has something to choose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Readings {
    /// ANSI X12 309.
    pub x12_309: x12_309::Reading,
}

/// One kind of document.
#[derive(Clone, Copy, Debug)]
pub struct Importer {
    /// The kind.
    pub kind: DocumentKind,
    /// Its name, as in `garita import KIND`.
    pub name: &'static str,
    /// What it is, in English.
    pub en: &'static str,
    /// What it is, in Spanish.
    pub es: &'static str,
    /// The standard and its version.
    pub standard: &'static str,
    /// Whether a file that begins so is of this kind.
    pub recognises: fn(&Head<'_>) -> bool,
    /// Reads a file.
    pub read: fn(&[u8], &Readings) -> Result<Draft, ReadError>,
    /// Which element goes where, from the tables that reading uses.
    pub elements: fn() -> Vec<ElementRow>,
}

/// All kinds, in the order in which they are tried on a file of unknown kind.
pub static IMPORTERS: &[Importer] = &[
    Importer {
        kind: DocumentKind::CartaPorte,
        name: "carta-porte",
        en: "Waybill: CFDI 4.0 with Carta Porte 3.1",
        es: "CFDI 4.0 con complemento Carta Porte 3.1",
        standard: "SAT CartaPorte31.xsd, cfdv40.xsd",
        recognises: |head| {
            head.is_xml() && (head.has("CartaPorte") || head.has("http://www.sat.gob.mx/cfd/4"))
        },
        read: |bytes, _| carta_porte::read(bytes),
        elements: carta_porte::elements,
    },
    Importer {
        kind: DocumentKind::X12Manifest309,
        name: "x12-309",
        en: "Customs manifest, ANSI X12 309",
        es: "Manifiesto aduanal, ANSI X12 309",
        standard: "ASC X12 309; CBP ACE truck guide",
        recognises: |head| head.has_x12_set("309"),
        read: |bytes, readings| x12_309::read(bytes, &readings.x12_309),
        elements: x12_309::elements,
    },
    Importer {
        kind: DocumentKind::Epcis,
        name: "epcis",
        en: "Events of things, EPCIS 2.0 (JSON, JSON-LD)",
        es: "Eventos de objetos, EPCIS 2.0 (JSON, JSON-LD)",
        standard: "GS1 EPCIS 2.0, CBV 2.0 (ISO/IEC 19987, 19988)",
        recognises: epcis::recognises,
        read: |bytes, _| epcis::read(bytes),
        elements: epcis::elements,
    },
];

impl DocumentKind {
    /// All kinds.
    pub fn all() -> impl Iterator<Item = DocumentKind> {
        IMPORTERS.iter().map(|importer| importer.kind)
    }

    /// The row of this kind.
    pub fn importer(self) -> &'static Importer {
        IMPORTERS
            .iter()
            .find(|importer| importer.kind == self)
            .unwrap_or_else(|| unreachable!("every kind has its row: tested"))
    }

    /// The kind's name, as in `garita import KIND`.
    pub fn name(self) -> &'static str {
        self.importer().name
    }

    /// The kind of that name, if there is one.
    pub fn from_name(name: &str) -> Option<DocumentKind> {
        IMPORTERS
            .iter()
            .find(|importer| importer.name == name)
            .map(|importer| importer.kind)
    }
}

impl Serialize for DocumentKind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// The beginning of a file, as far as it is looked at to say what the file is.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    bytes: &'a [u8],
}

impl<'a> Head<'a> {
    /// Only this much of a file is looked at.
    pub const BYTES_MAX: usize = 64 * 1024;

    /// The head of a file; a byte order mark and blanks before the text are passed over.
    pub fn of(bytes: &'a [u8]) -> Head<'a> {
        let head = bytes.get(..Self::BYTES_MAX).unwrap_or(bytes);
        let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
        Head {
            bytes: head.trim_ascii_start(),
        }
    }

    /// The bytes.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Whether the text stands in the head.
    pub fn has(&self, needle: &str) -> bool {
        let needle = needle.as_bytes();
        self.bytes
            .windows(needle.len())
            .any(|window| window == needle)
    }

    /// Whether it begins as XML does.
    pub fn is_xml(&self) -> bool {
        self.bytes.starts_with(b"<")
    }

    /// Whether it is an X12 interchange with a transaction set of that number.
    pub fn has_x12_set(&self, set: &str) -> bool {
        let head = self.bytes;
        if !head.starts_with(b"ISA") {
            return false;
        }
        let (Some(&segment), Some(&element)) = (head.get(105), head.get(3)) else {
            return false;
        };
        let st = [b"ST".as_slice(), &[element], set.as_bytes(), &[element]].concat();
        head.windows(st.len() + 1).any(|window| {
            window.ends_with(&st)
                && window
                    .first()
                    .is_some_and(|before| *before == segment || before.is_ascii_whitespace())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_one_row_and_every_row_its_elements() {
        let mut names = std::collections::BTreeSet::new();
        for importer in IMPORTERS {
            assert!(names.insert(importer.name), "{} twice", importer.name);
            assert_eq!(importer.kind.importer().name, importer.name);
            assert_eq!(DocumentKind::from_name(importer.name), Some(importer.kind));
            let rows = (importer.elements)();
            assert!(rows.len() >= 5, "{}: {} rows", importer.name, rows.len());
            for row in rows {
                assert!(
                    !row.place.is_empty() && !row.en.is_empty() && !row.es.is_empty(),
                    "{}: {row:?}",
                    importer.name
                );
                assert!(
                    row.goes.iter().all(|goes| goes.member.starts_with('/')),
                    "{}: {row:?}",
                    importer.name
                );
            }
        }
        assert!(DocumentKind::from_name("auto").is_none());
    }
}
