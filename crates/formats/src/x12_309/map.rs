//! From the plain manifests to draft records: a `Manifest` for each 309, a `Shipment` for each bill.

use super::document::*;
use super::{Reading, TripElement, TruckManifestDocument};
use crate::decimal;
use crate::draft::{Builder, Draft, Places, Severity};
use crate::identifiers;
use crate::kinds::DocumentKind;
use crate::manifest::{kilograms, southern_port_zone};

mod arrival;
mod equipment;
mod goods;
mod shipment;

/// Makes the draft of all manifests of a file.
pub(super) fn draft(
    documents: &[TruckManifestDocument],
    places: Places,
    reading: &Reading,
) -> Draft {
    let mut out = Builder::new(DocumentKind::X12Manifest309, places);
    for (index, document) in documents.iter().enumerate() {
        let at = format!("/{index}");
        let mut map = Map {
            at,
            reading,
            document,
            out: &mut out,
        };
        let record = map.out.record("Manifest");
        map.manifest(record);
        for (index, bill) in document.bills.iter().enumerate() {
            if !bill.bill_number.is_empty() {
                let record = map.out.record("Shipment");
                map.shipment(record, index, bill);
            }
        }
    }
    out.finish()
}

struct Map<'a> {
    at: String,
    reading: &'a Reading,
    document: &'a TruckManifestDocument,
    out: &'a mut Builder,
}

impl Map<'_> {
    fn at(&self, field: &str) -> String {
        format!("{}{field}", self.at)
    }

    fn fault(
        &mut self,
        severity: Severity,
        code: &'static str,
        field: &str,
        en: String,
        es: String,
    ) {
        let origin = self.at(field);
        self.out.fault(severity, code, &origin, en, es);
    }

    /// Sets a member to the normal form of an identifier. A value that does not fit is set as it stands, with a
    /// fault, so that a person sees it; one that the document does not have is missing.
    fn identifier(
        &mut self,
        record: usize,
        pointer: &str,
        name: &str,
        text: &str,
        field: &str,
        code: &'static str,
    ) -> bool {
        if text.is_empty() {
            return false;
        }
        let origin = self.at(field);
        match identifiers::normalise(name, text) {
            Ok(normal) => self.out.set(record, pointer, normal, &origin),
            Err(wrong) => {
                self.out.set(record, pointer, text, &origin);
                let (en, es) = (
                    format!("`{text}`: {wrong}"),
                    format!("`{text}`: {}", wrong.es()),
                );
                self.out.fault(Severity::Error, code, &origin, en, es);
            }
        }
        true
    }

    fn trip(&mut self, record: usize) {
        let (text, field, other, name) = match self.reading.trip {
            TripElement::M1006 => (
                &self.document.voyage,
                "/voyage",
                &self.document.trip,
                "M1007",
            ),
            TripElement::M1007 => (&self.document.trip, "/trip", &self.document.voyage, "M1006"),
        };
        if !self.identifier(record, "/trip", "trip-number", text, field, "trip-form") {
            self.out
                .missing(record, "/trip", "the trip number", "el número de viaje");
            if !other.is_empty() {
                self.fault(
                    Severity::Warning,
                    "trip-elsewhere",
                    "",
                    format!("the trip number is read from elsewhere, and {name} holds `{other}`: the reading may have to be set"),
                    format!("el número de viaje se lee de otro elemento, y {name} contiene `{other}`: quizá deba ajustarse la lectura"),
                );
            }
        }
    }

    fn carrier(&mut self, record: usize) {
        let document = self.document;
        if !self.identifier(
            record,
            "/scac",
            "scac",
            &document.scac,
            "/scac",
            "scac-form",
        ) {
            self.out.missing(
                record,
                "/scac",
                "the carrier's SCAC",
                "el SCAC del transportista",
            );
        }
        self.trip(record);
    }

    fn direction(&mut self, record: usize) {
        // A 309 goes to CBP about arrivals; from the Mexican border that is northbound, from elsewhere it is nothing
        // of this crossing.
        if southern_port_zone(&self.document.port).is_some() && self.is_truck() {
            let origin = self.at("/port");
            self.out.set(record, "/direction", "northbound", &origin);
        } else {
            self.out.missing(
                record,
                "/direction",
                "northbound or southbound",
                "hacia el norte o hacia el sur",
            );
        }
    }

    fn is_truck(&self) -> bool {
        self.reading.truck_modes.contains(&self.document.mode)
    }

    fn manifest(&mut self, record: usize) {
        let document = self.document;
        if !self.is_truck() {
            let mode = &document.mode;
            self.fault(
                Severity::Error,
                "not-a-truck-manifest",
                "/mode",
                format!(
                    "not a truck manifest: mode `{mode}`, a truck has {}",
                    self.reading.truck_modes.join(" or ")
                ),
                format!(
                    "no es un manifiesto de camión: modo `{mode}`, un camión tiene {}",
                    self.reading.truck_modes.join(" o ")
                ),
            );
        }
        self.carrier(record);
        self.direction(record);
        if !self.identifier(
            record,
            "/port",
            "schedule-d",
            &document.port,
            "/port",
            "port-form",
        ) {
            self.out.missing(
                record,
                "/port",
                "the US port, Schedule D",
                "el puerto de EE. UU., Schedule D",
            );
        }
        self.arrival(record);
        self.vehicle(record);
        let bills = document
            .bills
            .iter()
            .filter(|bill| !bill.bill_number.is_empty())
            .count();
        let origin = self.at("");
        // An empty truck has no list of shipments, rather than one with nothing in it.
        self.out.set(record, "/empty", bills == 0, &origin);
        self.equipment(record);
        self.totals(record);
        self.counts(bills);
    }

    fn counts(&mut self, bills: usize) {
        let origin = self.at("/bill_count");
        if let Some(said) = self.out.text_at(&origin)
            && said.parse::<usize>() != Ok(bills)
        {
            self.fault(
                Severity::Error,
                "bill-count",
                "/bill_count",
                format!("M1008 says {said} bills, there are {bills}"),
                format!("M1008 dice {said} conocimientos, hay {bills}"),
            );
        }
        let mut seen: std::collections::HashSet<&str> = std::collections::HashSet::new();
        for (index, bill) in self.document.bills.iter().enumerate() {
            if bill.line.parse::<usize>() != Ok(index + 1) {
                self.fault(
                    Severity::Warning,
                    "line-number",
                    &format!("/bills/{index}/line"),
                    format!("LX says {}, this is line {}", bill.line, index + 1),
                    format!("LX dice {}, esta es la línea {}", bill.line, index + 1),
                );
            }
            if !bill.bill_number.is_empty() && !seen.insert(&bill.bill_number) {
                self.fault(
                    Severity::Error,
                    "scn-repeated",
                    &format!("/bills/{index}/bill_number"),
                    format!("{} stands twice in the manifest", bill.bill_number),
                    format!("{} está dos veces en el manifiesto", bill.bill_number),
                );
            }
        }
    }

    fn scn(&self, bill: &Bill) -> String {
        if self.reading.scn_without_scac {
            format!("{}{}", bill.issuer_scac, bill.bill_number)
        } else {
            bill.bill_number.clone()
        }
    }

    /// What the bills say one by one and sum up to.
    fn totals(&mut self, record: usize) {
        let document = self.document;
        let mut packages: Option<i64> = Some(0);
        let mut weight: Option<i128> = Some(0);
        let mut count = 0;
        let mut loaded: Vec<(&str, usize)> = Vec::new();
        for (index, bill) in document
            .bills
            .iter()
            .enumerate()
            .filter(|(_, bill)| !bill.bill_number.is_empty())
        {
            let at = format!("/bills/{index}");
            let to = format!("/shipments/{count}");
            count += 1;
            let scn = self.scn(bill);
            self.identifier(
                record,
                &format!("{to}/scn"),
                "scn",
                &scn,
                &format!("{at}/bill_number"),
                "scn-form",
            );
            match whole(&bill.quantity) {
                Some(number) => {
                    let origin = self.at(&format!("{at}/quantity"));
                    self.out
                        .set(record, &format!("{to}/packages"), number, &origin);
                    packages = packages.and_then(|sum| sum.checked_add(number));
                }
                None => {
                    packages = None;
                    self.out.missing(
                        record,
                        &format!("{to}/packages"),
                        "the number of packages",
                        "el número de bultos",
                    );
                }
            }
            match kilograms(&bill.weight, &bill.weight_unit) {
                Some(found) => {
                    let origin = self.at(&format!("{at}/weight"));
                    self.out.set(
                        record,
                        &format!("{to}/grossWeightKg"),
                        decimal::json(found),
                        &origin,
                    );
                    weight = weight.map(|sum| sum + found);
                }
                None => {
                    weight = None;
                    let field = format!("{to}/grossWeightKg");
                    self.out.missing(
                        record,
                        &field,
                        "the gross weight, with its unit",
                        "el peso bruto, con su unidad",
                    );
                }
            }
            if !loaded
                .iter()
                .any(|(place, _)| *place == bill.place_of_receipt)
            {
                loaded.push((&bill.place_of_receipt, index));
            }
        }
        if count > 0 {
            let origin = self.at("/bills/0");
            if let Some(packages) = packages {
                self.out.set(record, "/packages", packages, &origin);
            }
            if let Some(weight) = weight {
                self.out
                    .set(record, "/grossWeightKg", decimal::json(weight), &origin);
            }
        }
        if let [(place, index)] = loaded.as_slice() {
            let origin = self.at(&format!("/bills/{index}/place_of_receipt"));
            self.out.set_some(record, "/loadedAt", Some(place), &origin);
        }
    }
}

fn whole(text: &str) -> Option<i64> {
    decimal::parse(text).and_then(decimal::whole)
}
