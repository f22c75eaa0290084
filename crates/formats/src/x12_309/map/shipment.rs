//! A `Shipment` for each bill: parties, in-bond movement, packages and weight.

use super::super::TripElement;
use super::super::document::Bill;
use super::{Map, whole};
use crate::decimal;
use crate::identifiers;
use crate::manifest::kilograms;

impl Map<'_> {
    pub(super) fn shipment(&mut self, record: usize, index: usize, bill: &Bill) {
        let document = self.document;
        let at = format!("/bills/{index}");
        let scn = self.scn(bill);
        let scn_origin = self.at(&format!("{at}/bill_number"));
        // Its faults are told once, at the manifest.
        let normal = identifiers::normalise("scn", &scn).unwrap_or(scn);
        self.out.set(record, "/scn", normal, &scn_origin);
        self.direction(record);
        for (pointer, value, field) in [
            ("/scac", &document.scac, "/scac"),
            (
                "/trip",
                match self.reading.trip {
                    TripElement::M1006 => &document.voyage,
                    TripElement::M1007 => &document.trip,
                },
                match self.reading.trip {
                    TripElement::M1006 => "/voyage",
                    TripElement::M1007 => "/trip",
                },
            ),
            ("/port", &document.port, "/port"),
        ] {
            let origin = self.at(field);
            self.out.set_some(record, pointer, Some(value), &origin);
        }
        let origin = self.at(&format!("{at}/place_of_receipt"));
        self.out
            .set_some(record, "/loadedAt", Some(&bill.place_of_receipt), &origin);
        self.party(record, "/shipper", "SH", &at, bill);
        self.party(record, "/consignee", "CN", &at, bill);
        self.bill_totals(record, &at, bill);
        if let Some(inbond) = &bill.inbond {
            let field = format!("{at}/inbond/number");
            self.identifier(
                record,
                "/inBondNumber",
                "inbond-number",
                &inbond.number,
                &field,
                "inbond-number",
            );
            let field = format!("{at}/inbond/destination_port");
            self.identifier(
                record,
                "/destinationPort",
                "schedule-d",
                &inbond.destination_port,
                &field,
                "port-form",
            );
            if matches!(inbond.entry_type.as_str(), "61" | "62" | "63") {
                let origin = self.at(&format!("{at}/inbond/entry_type"));
                self.out.set(record, "/releaseType", "INBOND", &origin);
            }
        }
        self.goods(record, &at, bill);
    }

    fn bill_totals(&mut self, record: usize, at: &str, bill: &Bill) {
        match whole(&bill.quantity) {
            Some(number) => {
                let origin = self.at(&format!("{at}/quantity"));
                self.out.set(record, "/packages", number, &origin);
            }
            None => self.out.missing(
                record,
                "/packages",
                "the number of packages",
                "el número de bultos",
            ),
        }
        match kilograms(&bill.weight, &bill.weight_unit) {
            Some(found) => {
                let origin = self.at(&format!("{at}/weight"));
                self.out
                    .set(record, "/grossWeightKg", decimal::json(found), &origin);
            }
            None => {
                self.out.missing(
                    record,
                    "/grossWeightKg",
                    "the gross weight, with its unit",
                    "el peso bruto, con su unidad",
                );
            }
        }
    }

    fn party(&mut self, record: usize, to: &str, code: &str, at: &str, bill: &Bill) {
        let found = bill
            .parties
            .iter()
            .enumerate()
            .find(|(_, party)| party.code == code);
        let Some((index, party)) = found else {
            let role = if code == "SH" {
                ("shipper", "remitente")
            } else {
                ("consignee", "destinatario")
            };
            self.out.missing(
                record,
                &format!("{to}/partyName"),
                &format!("the {}", role.0),
                &format!("el {}", role.1),
            );
            self.out.missing(
                record,
                &format!("{to}/country"),
                &format!("the {}'s country", role.0),
                &format!("el país del {}", role.1),
            );
            return;
        };
        let at = self.at(&format!("{at}/parties/{index}"));
        let out = &mut *self.out;
        if !out.set_some(
            record,
            &format!("{to}/partyName"),
            Some(&party.name),
            &format!("{at}/name"),
        ) {
            out.missing(
                record,
                &format!("{to}/partyName"),
                "the party's name",
                "el nombre de la parte",
            );
        }
        out.set_some(
            record,
            &format!("{to}/streetAddress"),
            Some(&party.address.join(", ")),
            &format!("{at}/address/0"),
        );
        out.set_some(
            record,
            &format!("{to}/locality"),
            Some(&party.city),
            &format!("{at}/city"),
        );
        out.set_some(
            record,
            &format!("{to}/region"),
            Some(&party.state),
            &format!("{at}/state"),
        );
        out.set_some(
            record,
            &format!("{to}/postalCode"),
            Some(&party.postal_code),
            &format!("{at}/postal_code"),
        );
        let country = party.country.as_str();
        if country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase()) {
            out.set(
                record,
                &format!("{to}/country"),
                country,
                &format!("{at}/country"),
            );
        } else {
            out.missing(
                record,
                &format!("{to}/country"),
                "the country, two letters",
                "el país, dos letras",
            );
        }
    }
}
