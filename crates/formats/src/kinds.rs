//! One table of all kinds of document: names, how each is recognised, how it is read, which element goes where.
//!
//! A new importer is a module and a row here; the command line, the API, the pages and the fuzz targets take it from this table.

use serde::{Deserialize, Serialize};

use crate::draft::Draft;
use crate::elements::ElementRow;
use crate::{
    ReadError, bts, carta_porte, cove, cover_sheet, doda, edifact, epcis, iso20022, oc4ids,
    pedimento, projects, trade_credential, wait_times, x12_309, x12_350, x12_353, x12_355, x12_358,
};

/// The kinds of document this crate reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocumentKind {
    /// CFDI 4.0 with the Carta Porte 3.1 complement, ComercioExterior 2.0 or both, or the bare Carta Porte.
    CartaPorte,
    /// ANSI X12 309, customs manifest.
    X12Manifest309,
    /// ANSI X12 350, customs status information.
    X12Status350,
    /// ANSI X12 353, customs events advisory.
    X12Events353,
    /// ANSI X12 355, customs acceptance or rejection.
    X12Answer355,
    /// ANSI X12 358, customs consist information.
    X12Consist358,
    /// Pedimento, the fields of Anexo 22 from JSON or CSV.
    Pedimento,
    /// Border wait times, in the form of CBP's feed.
    BorderWaitTimes,
    /// COVE, the value receipt of VUCEM.
    Cove,
    /// The QR of a DODA.
    Doda,
    /// The QR of a truck manifest's cover sheet.
    AceCoverSheet,
    /// A CBP 3461 entry or a USMCA certification as a credential of the traceability vocabulary.
    TradeCredential,
    /// BTS border crossing entry data.
    BtsCrossings,
    /// ISO 20022 payment message, its business application header, or both.
    Iso20022,
    /// UN/EDIFACT CUSCAR, customs cargo report.
    EdifactCuscar,
    /// UN/EDIFACT CUSREP, customs conveyance report.
    EdifactCusrep,
    /// UN/EDIFACT CUSRES, customs response.
    EdifactCusres,
    /// EPCIS 2.0 in JSON or JSON-LD.
    Epcis,
    /// Infrastructure projects, CSV.
    ProjectList,
    /// What was stated of infrastructure projects, CSV.
    ProjectStatements,
    /// Figures of places, CSV.
    PlaceIndicators,
    /// OC4IDS project package, or one project of it.
    Oc4ids,
}

/// What is ambiguous in the guides, as configuration: one member for each kind that has something to choose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Readings {
    /// CFDI 4.0 with Carta Porte and foreign trade.
    pub carta_porte: carta_porte::Reading,
    /// ANSI X12 309.
    pub x12_309: x12_309::Reading,
    /// ANSI X12 350.
    pub x12_350: x12_350::Reading,
    /// ANSI X12 353.
    pub x12_353: x12_353::Reading,
    /// ANSI X12 355.
    pub x12_355: x12_355::Reading,
    /// ANSI X12 358.
    pub x12_358: x12_358::Reading,
    /// The QR of a DODA.
    pub doda: doda::Reading,
    /// The QR of a truck manifest's cover sheet.
    pub ace_cover_sheet: cover_sheet::Reading,
    /// UN/EDIFACT CUSCAR and CUSREP.
    pub edifact_trip: edifact::TripReading,
    /// UN/EDIFACT CUSRES.
    pub edifact_cusres: edifact::cusres::Reading,
    /// OC4IDS.
    pub oc4ids: oc4ids::Reading,
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
        kind: DocumentKind::Iso20022,
        name: "iso20022",
        en: "Payment message, ISO 20022",
        es: "Mensaje de pago, ISO 20022",
        standard: "ISO 20022: head.001, pain.001, pain.002, pain.013, pacs.002, pacs.004, pacs.008, camt.054",
        recognises: |head| head.is_xml() && head.has(iso20022::NAMESPACE),
        read: |bytes, _| iso20022::read(bytes),
        elements: iso20022::elements,
    },
    Importer {
        kind: DocumentKind::CartaPorte,
        name: "carta-porte",
        en: "Waybill: CFDI 4.0 with Carta Porte 3.1",
        es: "CFDI 4.0 con complemento Carta Porte 3.1",
        standard: "SAT CartaPorte31.xsd, ComercioExterior20.xsd, cfdv40.xsd",
        recognises: |head| {
            head.is_xml() && (head.has("CartaPorte") || head.has("http://www.sat.gob.mx/cfd/4"))
        },
        read: |bytes, readings| carta_porte::read_as(bytes, &readings.carta_porte),
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
        kind: DocumentKind::X12Status350,
        name: "x12-350",
        en: "Customs status, ANSI X12 350",
        es: "Estado aduanal, ANSI X12 350",
        standard: "ASC X12 350; CBP ACE truck guide, release 4060",
        recognises: |head| head.has_x12_set("350"),
        read: |bytes, readings| x12_350::read(bytes, &readings.x12_350),
        elements: x12_350::elements,
    },
    Importer {
        kind: DocumentKind::X12Events353,
        name: "x12-353",
        en: "Customs events of goods in bond, ANSI X12 353",
        es: "Eventos aduanales de mercancía in-bond, ANSI X12 353",
        standard: "ASC X12 353; CBP ACE truck guide, release 6050",
        recognises: |head| head.has_x12_set("353"),
        read: |bytes, readings| x12_353::read(bytes, &readings.x12_353),
        elements: x12_353::elements,
    },
    Importer {
        kind: DocumentKind::X12Answer355,
        name: "x12-355",
        en: "Customs acceptance or rejection, ANSI X12 355",
        es: "Aceptación o rechazo aduanal, ANSI X12 355",
        standard: "ASC X12 355",
        recognises: |head| head.has_x12_set("355"),
        read: |bytes, readings| x12_355::read(bytes, &readings.x12_355),
        elements: x12_355::elements,
    },
    Importer {
        kind: DocumentKind::X12Consist358,
        name: "x12-358",
        en: "Customs consist, ANSI X12 358",
        es: "Lista de embarques del viaje, ANSI X12 358",
        standard: "ASC X12 358",
        recognises: |head| head.has_x12_set("358"),
        read: |bytes, readings| x12_358::read(bytes, &readings.x12_358),
        elements: x12_358::elements,
    },
    Importer {
        kind: DocumentKind::Pedimento,
        name: "pedimento",
        en: "Customs declaration of Mexico (pedimento), JSON or CSV",
        es: "Pedimento, JSON o CSV",
        standard: "RGCE Anexo 22 (fields); the JSON and CSV forms are ours",
        recognises: pedimento::recognises,
        read: |bytes, _| pedimento::read(bytes),
        elements: pedimento::elements,
    },
    Importer {
        kind: DocumentKind::BorderWaitTimes,
        name: "border-wait-times",
        en: "Border wait times feed, JSON or XML",
        es: "Tiempos de espera en la frontera, JSON o XML",
        standard: "CBP border wait times feed",
        recognises: wait_times::recognises,
        read: |bytes, _| wait_times::read(bytes),
        elements: wait_times::elements,
    },
    Importer {
        kind: DocumentKind::Cove,
        name: "cove",
        en: "Value receipt of VUCEM (COVE), XML or JSON",
        es: "Acuse de valor de VUCEM (COVE), XML o JSON",
        standard: "VUCEM COVE (unsure in parts)",
        recognises: cove::recognises,
        read: |bytes, _| cove::read(bytes),
        elements: cove::elements,
    },
    Importer {
        kind: DocumentKind::Doda,
        name: "doda",
        en: "QR of an operation document for customs dispatch (DODA)",
        es: "QR del documento de operación para despacho aduanero (DODA)",
        standard: "SAT DODA and PITA guide (layout by reading)",
        recognises: doda::recognises,
        read: |bytes, readings| doda::read(bytes, &readings.doda),
        elements: doda::elements,
    },
    Importer {
        kind: DocumentKind::AceCoverSheet,
        name: "ace-cover-sheet",
        en: "QR of a truck manifest's cover sheet",
        es: "QR de la carátula del manifiesto de camión",
        standard: "CBP ACE truck manifest QR specification",
        recognises: cover_sheet::recognises,
        read: |bytes, readings| cover_sheet::read(bytes, &readings.ace_cover_sheet),
        elements: cover_sheet::elements,
    },
    Importer {
        kind: DocumentKind::TradeCredential,
        name: "trade-credential",
        en: "CBP 3461 entry or USMCA certification as a credential",
        es: "Entrada CBP 3461 o certificación T-MEC como credencial",
        standard: "W3C CCG traceability vocabulary",
        recognises: trade_credential::recognises,
        read: |bytes, _| trade_credential::read(bytes),
        elements: trade_credential::elements,
    },
    Importer {
        kind: DocumentKind::BtsCrossings,
        name: "bts-crossings",
        en: "Border crossing entry data of BTS, CSV",
        es: "Datos de cruces fronterizos de BTS, CSV",
        standard: "BTS border crossing entry data",
        recognises: bts::recognises,
        read: |bytes, _| bts::read(bytes),
        elements: bts::elements,
    },
    Importer {
        kind: DocumentKind::EdifactCuscar,
        name: "edifact-cuscar",
        en: "Customs cargo report, UN/EDIFACT CUSCAR",
        es: "Reporte de carga a la aduana, UN/EDIFACT CUSCAR",
        standard: "UN/EDIFACT D.03B CUSCAR; CBP ACE truck guide",
        recognises: |head| head.has_edifact_message("CUSCAR"),
        read: |bytes, readings| edifact::cuscar::read(bytes, &readings.edifact_trip),
        elements: edifact::cuscar::elements,
    },
    Importer {
        kind: DocumentKind::EdifactCusrep,
        name: "edifact-cusrep",
        en: "Customs conveyance report, UN/EDIFACT CUSREP",
        es: "Reporte del medio de transporte a la aduana, UN/EDIFACT CUSREP",
        standard: "UN/EDIFACT D.03B CUSREP; CBP ACE truck guide",
        recognises: |head| head.has_edifact_message("CUSREP"),
        read: |bytes, readings| edifact::cusrep::read(bytes, &readings.edifact_trip),
        elements: edifact::cusrep::elements,
    },
    Importer {
        kind: DocumentKind::EdifactCusres,
        name: "edifact-cusres",
        en: "Customs response, UN/EDIFACT CUSRES",
        es: "Respuesta de la aduana, UN/EDIFACT CUSRES",
        standard: "UN/EDIFACT D.03B CUSRES; CBP ACE truck guide",
        recognises: |head| head.has_edifact_message("CUSRES"),
        read: |bytes, readings| edifact::cusres::read(bytes, &readings.edifact_cusres),
        elements: edifact::cusres::elements,
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
    Importer {
        kind: DocumentKind::ProjectList,
        name: "project-list",
        en: "Infrastructure projects, CSV",
        es: "Proyectos de infraestructura, CSV",
        standard: "the CSV form is ours; phases are those of OC4IDS 0.9.5",
        recognises: projects::recognises_list,
        read: |bytes, _| projects::read_list(bytes),
        elements: projects::list_elements,
    },
    Importer {
        kind: DocumentKind::ProjectStatements,
        name: "project-statements",
        en: "Dated statements of infrastructure projects, CSV",
        es: "Declaraciones fechadas de proyectos de infraestructura, CSV",
        standard: "the CSV form is ours; phases are those of OC4IDS 0.9.5",
        recognises: projects::recognises_statements,
        read: |bytes, _| projects::read_statement_list(bytes),
        elements: projects::statement_elements,
    },
    Importer {
        kind: DocumentKind::PlaceIndicators,
        name: "place-indicators",
        en: "Figures of ports and places, CSV",
        es: "Cifras de puertos y lugares, CSV",
        standard: "the CSV form is ours",
        recognises: projects::recognises_places,
        read: |bytes, _| projects::read_place_list(bytes),
        elements: projects::place_elements,
    },
    Importer {
        kind: DocumentKind::Oc4ids,
        name: "oc4ids",
        en: "Infrastructure projects, OC4IDS (JSON)",
        es: "Proyectos de infraestructura, OC4IDS (JSON)",
        standard: "OC4IDS 0.9.5",
        recognises: oc4ids::recognises,
        read: |bytes, readings| oc4ids::read(bytes, &readings.oc4ids),
        elements: oc4ids::elements,
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

    /// Whether the text stands in its first line.
    pub fn first_line_has(&self, needle: &str) -> bool {
        let line = self
            .bytes
            .split(|byte| *byte == b'\n')
            .next()
            .unwrap_or(&[]);
        Head { bytes: line }.has(needle)
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

impl Head<'_> {
    /// Whether it is an EDIFACT interchange with a message of that type.
    pub fn has_edifact_message(&self, message: &str) -> bool {
        let head = self.bytes;
        let una = head.starts_with(b"UNA");
        if !una && !head.starts_with(b"UNB") {
            return false;
        }
        // UNA names the separators of components and elements, level B has those of ISO 646.
        let (component, element) = if una {
            (head.get(3).copied(), head.get(4).copied())
        } else {
            let element = head.get(3).copied();
            let component = if element == Some(0x1D) { 0x1F } else { b':' };
            (Some(component), element)
        };
        let (Some(component), Some(element)) = (component, element) else {
            return false;
        };
        let kind = [&[element], message.as_bytes(), &[component]].concat();
        let mut from = 0;
        while let Some(rest) = head.get(from..)
            && let Some(at) = rest.windows(3).position(|window| window == b"UNH")
        {
            // The reference before the type has at most 14 characters.
            let behind = rest.get(at + 3..).unwrap_or(b"");
            let near = behind.get(..kind.len() + 16).unwrap_or(behind);
            if behind.first() == Some(&element)
                && near.windows(kind.len()).any(|window| window == kind)
            {
                return true;
            }
            from += at + 3;
        }
        false
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
                let is_member =
                    |member: &str| member.starts_with('/') || member == crate::elements::OCCURRED;
                assert!(
                    row.goes.iter().all(|goes| is_member(&goes.member)),
                    "{}: {row:?}",
                    importer.name
                );
            }
        }
        assert!(DocumentKind::from_name("auto").is_none());
    }
}
