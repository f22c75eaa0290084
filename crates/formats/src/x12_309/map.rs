//! From the plain manifests to draft records: a `Manifest` for each 309, a `Shipment` for each bill.

use super::document::*;
use super::{Reading, TripElement, TruckManifestDocument};
use crate::decimal;
use crate::draft::{Builder, Draft, Places, Severity};
use crate::edi::map::{parse_date, parse_time};
use crate::identifiers;
use crate::kinds::DocumentKind;
use crate::manifest::{equipment_kind, kilograms, package_unit, southern_port_zone};
use jiff::tz::TimeZone;

/// Goods text of a record is at most this long; a manifest's free text can fill pages.
const GOODS_TEXT_CHARS_MAX: usize = 300;

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

    fn arrival(&mut self, record: usize) {
        let (date, time) = (&self.document.arrival_date, &self.document.arrival_time);
        let missing = |out: &mut Builder| {
            out.missing(
                record,
                "/estimatedArrival",
                "when the truck is expected at the US port",
                "cuándo se espera el camión en el puerto de EE. UU.",
            );
        };
        if date.is_empty() {
            missing(self.out);
            return;
        }
        let Some(day) = parse_date(date) else {
            self.fault(
                Severity::Error,
                "date-form",
                "/arrival_date",
                format!("`{date}` is no date like 20261124"),
                format!("`{date}` no es una fecha como 20261124"),
            );
            missing(self.out);
            return;
        };
        if time.is_empty() {
            // A day is no instant: midnight would be a guess that makes every manifest late.
            missing(self.out);
            return;
        }
        let Some(moment) = parse_time(time) else {
            self.fault(
                Severity::Error,
                "time-form",
                "/arrival_time",
                format!("`{time}` is no time like 0910"),
                format!("`{time}` no es una hora como 0910"),
            );
            missing(self.out);
            return;
        };
        let zone_name = self
            .reading
            .zone
            .as_deref()
            .or_else(|| southern_port_zone(&self.document.port));
        let instant = zone_name
            .and_then(|name| TimeZone::get(name).ok())
            .and_then(|zone| zone.to_timestamp(day.to_datetime(moment)).ok());
        match (instant, zone_name) {
            (Some(instant), Some(name)) => {
                let origin = self.at("/arrival_time");
                self.out
                    .set(record, "/estimatedArrival", instant.to_string(), &origin);
                self.fault(
                    Severity::Note,
                    "local-time",
                    "/arrival_time",
                    format!("P4 has no zone: the time is taken as local in {name}"),
                    format!("P4 no tiene huso: la hora se toma como local en {name}"),
                );
            }
            _ => {
                self.fault(
                    Severity::Warning,
                    "zone-unknown",
                    "/arrival_time",
                    format!(
                        "the zone of port {} is not known, so the time is no instant",
                        self.document.port
                    ),
                    format!(
                        "no se conoce el huso del puerto {}, así que la hora no es un instante",
                        self.document.port
                    ),
                );
                missing(self.out);
            }
        }
    }

    fn vehicle(&mut self, record: usize) {
        let document = self.document;
        let mut plated = false;
        if let Some(vehicle) = &document.vehicle {
            plated = self.identifier(
                record,
                "/plate",
                "plate",
                &vehicle.plate,
                "/vehicle/plate",
                "plate-form",
            );
            // A state can't be told from a country of the same letters, so both are needed.
            if !vehicle.plate_state.is_empty()
                && matches!(vehicle.plate_country.as_str(), "US" | "MX" | "CA")
            {
                let origin = self.at("/vehicle/plate_state");
                let state = format!("{}-{}", vehicle.plate_country, vehicle.plate_state);
                self.out.set(record, "/plateState", state, &origin);
            }
            self.identifier(
                record,
                "/vin",
                "vin",
                &vehicle.vin,
                "/vehicle/vin",
                "vin-form",
            );
        }
        for (bill, index, equipment) in all_equipment(document) {
            if !plated && self.reading.vid_tractor_codes.contains(&equipment.code) {
                let field = format!("/bills/{bill}/equipment/{index}/number");
                plated = self.identifier(
                    record,
                    "/plate",
                    "plate",
                    &equipment.number,
                    &field,
                    "plate-form",
                );
            }
        }
        if !plated {
            self.out.missing(
                record,
                "/plate",
                "the tractor's plate",
                "la placa del tractor",
            );
        }
    }

    fn equipment(&mut self, record: usize) {
        let document = self.document;
        let mut numbers: std::collections::HashSet<String> = std::collections::HashSet::new();
        let mut sealed: std::collections::HashSet<String> = std::collections::HashSet::new();
        let mut seals: Vec<(String, String)> = Vec::new();
        for (index, seal) in document
            .vehicle
            .iter()
            .flat_map(|vehicle| vehicle.seals.iter().enumerate())
        {
            seals.push((seal.clone(), format!("/vehicle/seals/{index}")));
        }
        let mut count = 0;
        for (bill, index, equipment) in all_equipment(document) {
            let at = format!("/bills/{bill}/equipment/{index}");
            for (number, seal) in equipment.vid_seals.iter().enumerate() {
                seals.push((seal.clone(), format!("{at}/vid_seals/{number}")));
            }
            for (number, seal) in equipment.seals.iter().enumerate() {
                seals.push((seal.clone(), format!("{at}/seals/{number}")));
            }
            let number = format!("{}{}", equipment.initial, equipment.number);
            if self.reading.vid_tractor_codes.contains(&equipment.code) || number.is_empty() {
                continue;
            }
            let container = container_like(equipment);
            let wrong = container
                .then(|| identifiers::normalise("container", &number).err())
                .flatten();
            if let Some(wrong) = &wrong {
                self.fault(
                    Severity::Warning,
                    "container-check-digit",
                    &format!("{at}/number"),
                    format!("`{number}`: {wrong}"),
                    format!("`{number}`: {}", wrong.es()),
                );
            }
            if !numbers.insert(number.clone()) {
                continue;
            }
            let origin = self.at(&format!("{at}/number"));
            let to = format!("/equipment/{count}");
            self.out.set(
                record,
                &format!("{to}/equipmentNumber"),
                number.as_str(),
                &origin,
            );
            if container && wrong.is_none() {
                self.out.set(
                    record,
                    &format!("{to}/containerNumber"),
                    number.as_str(),
                    &origin,
                );
            }
            if let Some(kind) = equipment_kind(&equipment.code) {
                let origin = self.at(&format!("{at}/code"));
                self.out
                    .set(record, &format!("{to}/equipmentKind"), kind, &origin);
            }
            count += 1;
        }
        let mut count = 0;
        for (seal, field) in seals {
            let normal = identifiers::normalise("seal", &seal);
            if let Err(wrong) = &normal {
                let (en, es) = (
                    format!("`{seal}`: {wrong}"),
                    format!("`{seal}`: {}", wrong.es()),
                );
                self.fault(Severity::Error, "seal-form", &field, en, es);
            }
            let normal = normal.unwrap_or(seal);
            if sealed.insert(normal.clone()) {
                let origin = self.at(&field);
                self.out
                    .set(record, &format!("/seals/{count}"), normal, &origin);
                count += 1;
            }
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

    fn scn(&self, bill: &Bill) -> String {
        if self.reading.scn_without_scac {
            format!("{}{}", bill.issuer_scac, bill.bill_number)
        } else {
            bill.bill_number.clone()
        }
    }

    fn shipment(&mut self, record: usize, index: usize, bill: &Bill) {
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

    fn goods(&mut self, record: usize, at: &str, bill: &Bill) {
        let mut count = 0;
        let (mut quantities, mut weights) = (Some(0_i64), Some(0_i128));
        for (number, equipment) in bill.equipment.iter().enumerate() {
            for (line, goods) in equipment.goods.iter().enumerate() {
                let at = format!("{at}/equipment/{number}/goods/{line}");
                let to = format!("/goods/{count}");
                count += 1;
                self.goods_line(record, &to, &at, goods, &bill.unit);
                quantities = quantities.and_then(|sum| {
                    whole(&goods.quantity).and_then(|found| sum.checked_add(found))
                });
                weights = weights.and_then(|sum| {
                    kilograms(&goods.weight, &goods.weight_unit).map(|found| sum + found)
                });
            }
        }
        if count == 0 {
            self.out.missing(
                record,
                "/goods/0/goodsText",
                "what the goods are",
                "qué son las mercancías",
            );
            return;
        }
        if let (Some(sum), Some(said)) = (quantities, whole(&bill.quantity))
            && sum != said
        {
            self.fault(
                Severity::Warning,
                "quantity-sum",
                &format!("{at}/quantity"),
                format!("M1103 says {said} packages, the lines sum up to {sum}"),
                format!("M1103 dice {said} bultos, las líneas suman {sum}"),
            );
        }
        if let (Some(sum), Some(said)) = (weights, kilograms(&bill.weight, &bill.weight_unit)) {
            // Lines are rounded one by one: half a kilogram each is no contradiction.
            if (sum - said).abs() > decimal::ONE / 2 * i128::from(count) {
                let (said, sum) = (decimal::text(said), decimal::text(sum));
                self.fault(
                    Severity::Warning,
                    "weight-sum",
                    &format!("{at}/weight"),
                    format!("M1105 says {said} kg, the lines sum up to {sum} kg"),
                    format!("M1105 dice {said} kg, las líneas suman {sum} kg"),
                );
            }
        }
    }

    fn goods_line(&mut self, record: usize, to: &str, at: &str, goods: &Goods, bill_unit: &str) {
        // Where the sender cut the text is not known (inside a word or between two), so lines stay lines.
        let text: Vec<&str> = std::iter::once(goods.description.as_str())
            .chain(goods.more.iter().map(|more| more.description.as_str()))
            .filter(|text| !text.is_empty())
            .collect();
        let text = text.join("\n");
        let shown: String = text.chars().take(GOODS_TEXT_CHARS_MAX).collect();
        let field = format!("{at}/description");
        let origin = self.at(&field);
        if !self
            .out
            .set_some(record, &format!("{to}/goodsText"), Some(&shown), &origin)
        {
            self.out.missing(
                record,
                &format!("{to}/goodsText"),
                "what the goods are",
                "qué son las mercancías",
            );
        }
        if shown.len() < text.len() {
            self.fault(
                Severity::Note,
                "text-cut",
                &field,
                format!("the description is cut at {GOODS_TEXT_CHARS_MAX} characters"),
                format!("la descripción se corta a {GOODS_TEXT_CHARS_MAX} caracteres"),
            );
        }
        if goods.code_qualifier == "J" {
            let field = format!("{at}/code");
            match identifiers::normalise("hts", &goods.code) {
                Ok(normal) => {
                    let origin = self.at(&field);
                    self.out
                        .set(record, &format!("{to}/commodityCode"), normal, &origin);
                }
                Err(wrong) => {
                    let (en, es) = (
                        format!("`{}`: {wrong}", goods.code),
                        format!("`{}`: {}", goods.code, wrong.es()),
                    );
                    self.fault(Severity::Warning, "tariff-form", &field, en, es);
                }
            }
        }
        match whole(&goods.quantity) {
            Some(number) => {
                let origin = self.at(&format!("{at}/quantity"));
                self.out
                    .set(record, &format!("{to}/packages"), number, &origin);
            }
            None => {
                self.out.missing(
                    record,
                    &format!("{to}/packages"),
                    "the number of packages",
                    "el número de bultos",
                );
            }
        }
        let unit = if goods.unit.is_empty() {
            bill_unit
        } else {
            &goods.unit
        };
        if let Some(code) = package_unit(unit) {
            let origin = self.at(&format!("{at}/unit"));
            self.out
                .set(record, &format!("{to}/packageUnit"), code, &origin);
        }
        if let Some(weight) = kilograms(&goods.weight, &goods.weight_unit) {
            let origin = self.at(&format!("{at}/weight"));
            self.out.set(
                record,
                &format!("{to}/grossWeightKg"),
                decimal::json(weight),
                &origin,
            );
        }
        if goods.country.len() == 2 {
            let origin = self.at(&format!("{at}/country"));
            self.out.set(
                record,
                &format!("{to}/originCountry"),
                goods.country.as_str(),
                &origin,
            );
        }
        for (index, hazard) in goods.hazards.iter().enumerate() {
            let field = format!("{at}/hazards/{index}");
            if index > 0 {
                self.fault(
                    Severity::Warning,
                    "hazard-many",
                    &field,
                    "only the first dangerous-goods number of a line is taken".to_owned(),
                    "solo se toma el primer número de mercancía peligrosa de una línea".to_owned(),
                );
                break;
            }
            self.identifier(
                record,
                &format!("{to}/unNumber"),
                "un-number",
                hazard,
                &field,
                "un-number-form",
            );
        }
    }
}

fn all_equipment(
    document: &TruckManifestDocument,
) -> impl Iterator<Item = (usize, usize, &BillEquipment)> {
    document.bills.iter().enumerate().flat_map(|(bill, found)| {
        found
            .equipment
            .iter()
            .enumerate()
            .map(move |(index, equipment)| (bill, index, equipment))
    })
}

/// A VID is of a container when its initial is an owner code: four letters, the last a category.
fn container_like(equipment: &BillEquipment) -> bool {
    equipment.initial.len() == 4
        && equipment
            .initial
            .bytes()
            .all(|byte| byte.is_ascii_uppercase())
        && equipment.number.len() == 7
        && equipment.number.bytes().all(|byte| byte.is_ascii_digit())
}

fn whole(text: &str) -> Option<i64> {
    decimal::parse(text).and_then(decimal::whole)
}
