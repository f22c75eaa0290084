//! From segments to the plain manifests, with the place of each element and what is wrong with it.

use super::document::*;
use super::{Reading, TruckManifestDocument};
use crate::ReadError;
use crate::draft::{Places, Severity};
use crate::edi::{Group, Interchange, Segment, Text as X12Text, TransactionSet};

/// Reads all 309 of the text.
pub(super) fn read(
    text: &X12Text<'_>,
    reading: &Reading,
) -> Result<(Vec<TruckManifestDocument>, Places), ReadError> {
    let mut places = Places::default();
    let mut documents = Vec::new();
    let mut interchanges = text.interchanges();
    while let Some(interchange) = interchanges.interchange()? {
        for group in &interchange.groups {
            for set in &group.sets {
                if set.id != "309" {
                    places.fault_at(
                        Severity::Error,
                        "x12-set-not-read",
                        "",
                        Some(set.header.place(&set.name(), 1)),
                        format!("transaction set {} is not read here", set.id),
                        format!("aquí no se lee el conjunto {}", set.id),
                    );
                    continue;
                }
                let at = format!("/{}", documents.len());
                let mut one = Set {
                    at,
                    name: set.name(),
                    reading,
                    places: &mut places,
                };
                documents.push(one.read(&interchange, group, set));
            }
        }
        for problem in interchanges.take_problems() {
            let severity = if problem.serious {
                Severity::Error
            } else {
                Severity::Warning
            };
            places.fault_at(
                severity,
                problem.code,
                "",
                Some(problem.place),
                problem.en,
                problem.es,
            );
        }
    }
    if documents.is_empty() {
        places.fault_at(
            Severity::Error,
            "x12-309-missing",
            "",
            None,
            "the file holds no 309".to_owned(),
            "el archivo no contiene ningún 309".to_owned(),
        );
    }
    Ok((documents, places))
}

struct Set<'a> {
    at: String,
    name: String,
    reading: &'a Reading,
    places: &'a mut Places,
}

impl Set<'_> {
    /// The text of an element, noting its place under a field.
    fn take(&mut self, segment: &Segment<'_>, number: usize, field: &str) -> String {
        match segment.element(number) {
            Some(text) => {
                self.places.put(
                    format!("{}{field}", self.at),
                    segment.place(&self.name, number),
                );
                text.to_owned()
            }
            None => String::new(),
        }
    }

    fn read(
        &mut self,
        interchange: &Interchange<'_>,
        group: &Group<'_>,
        set: &TransactionSet<'_>,
    ) -> TruckManifestDocument {
        let mut document = TruckManifestDocument {
            interchange: self.header(interchange, group, set),
            ..TruckManifestDocument::default()
        };
        self.places
            .put(self.at.clone(), set.header.place(&self.name, 0));
        let mut heading = true;
        let mut ports = 0;
        for segment in &set.segments {
            match segment.id {
                "M10" => self.m10(&mut document, segment),
                "VEH" if heading => document.vehicle = Some(self.veh(segment)),
                "M7" if heading && document.vehicle.is_some() => {
                    let at = document
                        .vehicle
                        .as_ref()
                        .map_or(0, |vehicle| vehicle.seals.len());
                    let found = self.seals(segment, "/vehicle/seals", at, 1..=4);
                    if let Some(vehicle) = &mut document.vehicle {
                        vehicle.seals.extend(found);
                    }
                }
                "P4" => {
                    heading = false;
                    ports += 1;
                    if ports > 1 {
                        self.tell(
                            Severity::Error,
                            "x12-port-many",
                            segment,
                            "only the first P4 is read as the port of arrival",
                            "solo el primer P4 se lee como puerto de llegada",
                        );
                        continue;
                    }
                    document.port = self.take(segment, 1, "/port");
                    document.arrival_date = self.take(segment, 2, "/arrival_date");
                    document.firms = self.take(segment, 4, "/firms");
                    document.arrival_time = self.take(segment, 5, "/arrival_time");
                }
                "LX" => {
                    heading = false;
                    let at = format!("/bills/{}", document.bills.len());
                    self.places
                        .put(format!("{}{at}", self.at), segment.place(&self.name, 0));
                    let line = self.take(segment, 1, &format!("{at}/line"));
                    document.bills.push(Bill {
                        line,
                        ..Bill::default()
                    });
                }
                _ => {
                    let index = document.bills.len().wrapping_sub(1);
                    match document.bills.last_mut() {
                        Some(bill) => self.bill(bill, &format!("/bills/{index}"), segment),
                        None => self.not_read(segment),
                    }
                }
            }
        }
        document
    }

    fn tell(
        &mut self,
        severity: Severity,
        code: &'static str,
        segment: &Segment<'_>,
        en: &str,
        es: &str,
    ) {
        let place = segment.place(&self.name, 0);
        self.places.fault_at(
            severity,
            code,
            &self.at,
            Some(place),
            en.to_owned(),
            es.to_owned(),
        );
    }

    fn not_read(&mut self, segment: &Segment<'_>) {
        let (en, es) = (
            format!("segment {} is not read", segment.id),
            format!("no se lee el segmento {}", segment.id),
        );
        self.tell(Severity::Note, "segment-not-read", segment, &en, &es);
    }

    fn header(
        &mut self,
        interchange: &Interchange<'_>,
        group: &Group<'_>,
        set: &TransactionSet<'_>,
    ) -> InterchangeHeader {
        let isa = |number| interchange.header.element(number).unwrap_or("").to_owned();
        let gs = |number| group.element(number).to_owned();
        let header = InterchangeHeader {
            sender_qualifier: isa(5),
            sender: isa(6),
            receiver_qualifier: isa(7),
            receiver: isa(8),
            date: isa(9),
            time: isa(10),
            standard: isa(11),
            version: isa(12),
            control_number: isa(13),
            acknowledgment: isa(14),
            usage: isa(15),
            group_code: gs(1),
            group_sender: gs(2),
            group_receiver: gs(3),
            group_date: gs(4),
            group_time: gs(5),
            group_control_number: gs(6),
            release: gs(8),
            set_control_number: set.control_number.to_owned(),
        };
        if !matches!(header.group_code.as_str(), "AQ" | "SO") {
            let place = group.header.map(|header| header.place("interchange", 1));
            self.places.fault_at(
                Severity::Warning,
                "x12-group-code",
                &self.at,
                place,
                format!(
                    "a 309 goes in a group AQ (SO in the older releases), not {}",
                    header.group_code
                ),
                format!(
                    "un 309 va en un grupo AQ (SO en las versiones antiguas), no {}",
                    header.group_code
                ),
            );
        }
        if header.usage == "T" {
            self.places.fault_at(
                Severity::Warning,
                "x12-test",
                &self.at,
                Some(interchange.header.place("interchange", 15)),
                "the interchange is marked as a test".to_owned(),
                "el intercambio está marcado como prueba".to_owned(),
            );
        }
        header
    }

    fn m10(&mut self, document: &mut TruckManifestDocument, segment: &Segment<'_>) {
        if !document.scac.is_empty() || !document.mode.is_empty() {
            self.tell(
                Severity::Error,
                "x12-m10-many",
                segment,
                "only the first M10 is read",
                "solo se lee el primer M10",
            );
            return;
        }
        document.scac = self.take(segment, 1, "/scac");
        document.mode = self.take(segment, 2, "/mode");
        document.country = self.take(segment, 3, "/country");
        document.conveyance_code = self.take(segment, 4, "/conveyance_code");
        document.conveyance_name = self.take(segment, 5, "/conveyance_name");
        document.voyage = self.take(segment, 6, "/voyage");
        document.trip = self.take(segment, 7, "/trip");
        // The count is checked against the bills by the mapper, which knows their number.
        let _ = self.take(segment, 8, "/bill_count");
        document.manifest_type = self.take(segment, 9, "/manifest_type");
    }

    fn veh(&mut self, segment: &Segment<'_>) -> Vehicle {
        Vehicle {
            vin: self.take(segment, 2, "/vehicle/vin"),
            plate: self.take(segment, self.reading.veh_plate, "/vehicle/plate"),
            plate_state: self.take(
                segment,
                self.reading.veh_plate_state,
                "/vehicle/plate_state",
            ),
            plate_country: self.take(
                segment,
                self.reading.veh_plate_country,
                "/vehicle/plate_country",
            ),
            seals: Vec::new(),
        }
    }

    fn seals(
        &mut self,
        segment: &Segment<'_>,
        field: &str,
        from: usize,
        numbers: std::ops::RangeInclusive<usize>,
    ) -> Vec<String> {
        let mut found = Vec::new();
        for number in numbers {
            let text = self.take(segment, number, &format!("{field}/{}", from + found.len()));
            if !text.is_empty() {
                found.push(text);
            }
        }
        found
    }

    fn bill(&mut self, bill: &mut Bill, at: &str, segment: &Segment<'_>) {
        match segment.id {
            "M13" => {
                bill.amendment = Some(
                    segment
                        .elements()
                        .map(|text| text.trim().to_owned())
                        .collect(),
                );
            }
            "M11" if bill.bill_number.is_empty() => self.m11(bill, at, segment),
            "N9" => {
                let at = format!("{at}/references/{}", bill.references.len());
                bill.references.push(Reference {
                    qualifier: self.take(segment, 1, &format!("{at}/qualifier")),
                    value: self.take(segment, 2, &format!("{at}/value")),
                    description: self.take(segment, 3, &format!("{at}/description")),
                });
            }
            "N1" => {
                let at = format!("{at}/parties/{}", bill.parties.len());
                self.places
                    .put(format!("{}{at}", self.at), segment.place(&self.name, 0));
                bill.parties.push(Party {
                    code: self.take(segment, 1, &format!("{at}/code")),
                    name: self.take(segment, 2, &format!("{at}/name")),
                    id_qualifier: self.take(segment, 3, &format!("{at}/id_qualifier")),
                    id: self.take(segment, 4, &format!("{at}/id")),
                    ..Party::default()
                });
            }
            "N3" | "N4" => {
                let at = format!("{at}/parties/{}", bill.parties.len().wrapping_sub(1));
                match bill.parties.last_mut() {
                    Some(party) if segment.id == "N3" => {
                        for number in 1..=2 {
                            let text = self.take(
                                segment,
                                number,
                                &format!("{at}/address/{}", party.address.len()),
                            );
                            if !text.is_empty() {
                                party.address.push(text);
                            }
                        }
                    }
                    Some(party) => {
                        party.city = self.take(segment, 1, &format!("{at}/city"));
                        party.state = self.take(segment, 2, &format!("{at}/state"));
                        party.postal_code = self.take(segment, 3, &format!("{at}/postal_code"));
                        party.country = self.take(segment, 4, &format!("{at}/country"));
                    }
                    None => self.not_read(segment),
                }
            }
            "M12" if bill.inbond.is_none() => {
                let at = format!("{at}/inbond");
                bill.inbond = Some(Inbond {
                    entry_type: self.take(segment, 1, &format!("{at}/entry_type")),
                    number: self.take(segment, 2, &format!("{at}/number")),
                    destination_port: self.take(segment, 3, &format!("{at}/destination_port")),
                    foreign_port: self.take(segment, 4, &format!("{at}/foreign_port")),
                    value: self.take(segment, 5, &format!("{at}/value")),
                });
            }
            "VID" => {
                let at = format!("{at}/equipment/{}", bill.equipment.len());
                self.places
                    .put(format!("{}{at}", self.at), segment.place(&self.name, 0));
                let equipment = BillEquipment {
                    code: self.take(segment, 1, &format!("{at}/code")),
                    initial: self.take(segment, 2, &format!("{at}/initial")),
                    number: self.take(segment, 3, &format!("{at}/number")),
                    vid_seals: self.seals(segment, &format!("{at}/vid_seals"), 0, 4..=5),
                    iso_type: self.take(segment, 9, &format!("{at}/iso_type")),
                    load_status: self.take(segment, 10, &format!("{at}/load_status")),
                    service: self.take(segment, 11, &format!("{at}/service")),
                    ..BillEquipment::default()
                };
                bill.equipment.push(equipment);
            }
            "M7" | "N10" | "H1" => {
                let at = format!("{at}/equipment/{}", bill.equipment.len().wrapping_sub(1));
                match bill.equipment.last_mut() {
                    Some(equipment) => self.equipment(equipment, &at, segment),
                    None => self.not_read(segment),
                }
            }
            _ => self.not_read(segment),
        }
    }

    fn m11(&mut self, bill: &mut Bill, at: &str, segment: &Segment<'_>) {
        bill.bill_number = self.take(segment, 1, &format!("{at}/bill_number"));
        bill.foreign_port = self.take(segment, 2, &format!("{at}/foreign_port"));
        bill.quantity = self.take(segment, 3, &format!("{at}/quantity"));
        bill.unit = self.take(segment, 4, &format!("{at}/unit"));
        bill.weight = self.take(segment, 5, &format!("{at}/weight"));
        bill.weight_unit = self.take(segment, 6, &format!("{at}/weight_unit"));
        bill.volume = self.take(segment, 7, &format!("{at}/volume"));
        bill.volume_unit = self.take(segment, 8, &format!("{at}/volume_unit"));
        bill.bill_type = self.take(segment, 9, &format!("{at}/bill_type"));
        bill.place_of_receipt = self.take(segment, 10, &format!("{at}/place_of_receipt"));
        bill.second_bill = self.take(segment, 11, &format!("{at}/second_bill"));
        bill.issuer_scac = self.take(segment, 12, &format!("{at}/issuer_scac"));
    }

    fn equipment(&mut self, equipment: &mut BillEquipment, at: &str, segment: &Segment<'_>) {
        let current = equipment.goods.len().wrapping_sub(1);
        match (segment.id, equipment.goods.last_mut()) {
            ("M7", _) => {
                let found = self.seals(
                    segment,
                    &format!("{at}/seals"),
                    equipment.seals.len(),
                    1..=4,
                );
                equipment.seals.extend(found);
            }
            // A line without quantity and code goes on with the description before it.
            ("N10", Some(goods))
                if segment.element(1).is_none() && segment.element(5).is_none() =>
            {
                goods.more.push(Text {
                    description: segment.element(2).unwrap_or("").to_owned(),
                    marks: segment.element(3).unwrap_or("").to_owned(),
                });
            }
            ("N10", _) => {
                let at = format!("{at}/goods/{}", equipment.goods.len());
                self.places
                    .put(format!("{}{at}", self.at), segment.place(&self.name, 0));
                let goods = Goods {
                    quantity: self.take(segment, 1, &format!("{at}/quantity")),
                    description: self.take(segment, 2, &format!("{at}/description")),
                    marks: self.take(segment, 3, &format!("{at}/marks")),
                    code_qualifier: self.take(segment, 4, &format!("{at}/code_qualifier")),
                    code: self.take(segment, 5, &format!("{at}/code")),
                    value: self.take(segment, 6, &format!("{at}/value")),
                    weight_unit: self.take(segment, 7, &format!("{at}/weight_unit")),
                    weight: self.take(segment, 8, &format!("{at}/weight")),
                    unit: self.take(segment, 10, &format!("{at}/unit")),
                    country: self.take(segment, 11, &format!("{at}/country")),
                    ..Goods::default()
                };
                equipment.goods.push(goods);
            }
            (_, Some(goods)) => {
                let at = format!("{at}/goods/{current}");
                let hazard =
                    self.take(segment, 1, &format!("{at}/hazards/{}", goods.hazards.len()));
                goods.hazards.push(hazard);
            }
            (_, None) => self.not_read(segment),
        }
    }
}
