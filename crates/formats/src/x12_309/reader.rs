//! From segments to the plain manifests, with the place of each element and what is wrong with it.

use super::document::*;
use super::{Reading, TruckManifestDocument};
use crate::ReadError;
use crate::draft::{Noted, NotedSet, Places, SegmentMark, Severity};

use crate::edi::{Elements, Group, Interchange, Segment, Text as X12Text, TransactionSet};

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
                let noted = places.put_set(set.name());
                let header = &set.header;
                let segment = places.put_segment(noted, header.id, header.line, header.position);
                let root = places.put_node(at.clone(), segment);
                let mut one = Set {
                    at,
                    name: set.name(),
                    noted,
                    root,
                    line: Line {
                        mark: segment,
                        elements: Elements::of(header),
                    },
                    bill: root,
                    party: root,
                    equipment: root,
                    goods: root,
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

struct Set<'a, 's> {
    at: String,
    name: String,
    noted: NotedSet,
    /// The segment being read.
    line: Line<'s>,
    /// The nodes of the document that are being filled.
    root: Noted,
    bill: Noted,
    party: Noted,
    equipment: Noted,
    goods: Noted,
    reading: &'a Reading,
    places: &'a mut Places,
}

struct Line<'s> {
    mark: SegmentMark,
    elements: Elements<'s>,
}

impl<'s> Set<'_, 's> {
    /// The text of an element, noting its place under a field of a node.
    fn take(&mut self, number: usize, node: Noted, field: &'static str) -> String {
        match self.line.elements.element(number) {
            Some(text) => {
                self.places
                    .put_text(node, field, self.line.mark, number, text);
                text.to_owned()
            }
            None => String::new(),
        }
    }

    /// The text of an element that is an item of a list, noting its place.
    fn item(&mut self, number: usize, list: &str, index: usize) -> String {
        match self.line.elements.element(number) {
            Some(text) => {
                let pointer = format!("{}{list}/{index}", self.at);
                self.places.put_item(pointer, self.line.mark, number, text);
                text.to_owned()
            }
            None => String::new(),
        }
    }

    /// Notes that a node of the document begins with the segment.
    fn node(&mut self, field: &str) -> Noted {
        let pointer = format!("{}{field}", self.at);
        self.places.put_node(pointer, self.line.mark)
    }

    /// Notes a part of the document that has no segment of its own.
    fn part(&mut self, field: &str) -> Noted {
        let pointer = format!("{}{field}", self.at);
        self.places.put_part(pointer)
    }

    fn read(
        &mut self,
        interchange: &Interchange<'_>,
        group: &Group<'_>,
        set: &TransactionSet<'s>,
    ) -> TruckManifestDocument {
        let mut document = TruckManifestDocument {
            interchange: self.header(interchange, group, set),
            ..TruckManifestDocument::default()
        };
        let mut heading = true;
        let mut ports = 0;
        for segment in &set.segments {
            self.line.elements.cut(segment);
            self.line.mark =
                self.places
                    .put_segment(self.noted, segment.id, segment.line, segment.position);
            match segment.id {
                "M10" => self.m10(&mut document, segment),
                "VEH" if heading => document.vehicle = Some(self.veh()),
                "M7" if heading && document.vehicle.is_some() => {
                    let at = document
                        .vehicle
                        .as_ref()
                        .map_or(0, |vehicle| vehicle.seals.len());
                    let found = self.seals("/vehicle/seals", at, 1..=4);
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
                    document.port = self.take(1, self.root, "port");
                    document.arrival_date = self.take(2, self.root, "arrival_date");
                    document.firms = self.take(4, self.root, "firms");
                    document.arrival_time = self.take(5, self.root, "arrival_time");
                }
                "LX" => {
                    heading = false;
                    let at = format!("/bills/{}", document.bills.len());
                    self.bill = self.node(&at);
                    let line = self.take(1, self.bill, "line");
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
        document.scac = self.take(1, self.root, "scac");
        document.mode = self.take(2, self.root, "mode");
        document.country = self.take(3, self.root, "country");
        document.conveyance_code = self.take(4, self.root, "conveyance_code");
        document.conveyance_name = self.take(5, self.root, "conveyance_name");
        document.voyage = self.take(6, self.root, "voyage");
        document.trip = self.take(7, self.root, "trip");
        // The count is checked against the bills by the mapper, which knows their number.
        let _ = self.take(8, self.root, "bill_count");
        document.manifest_type = self.take(9, self.root, "manifest_type");
    }

    fn veh(&mut self) -> Vehicle {
        let node = self.part("/vehicle");
        Vehicle {
            vin: self.take(2, node, "vin"),
            plate: self.take(self.reading.veh_plate, node, "plate"),
            plate_state: self.take(self.reading.veh_plate_state, node, "plate_state"),
            plate_country: self.take(self.reading.veh_plate_country, node, "plate_country"),
            seals: Vec::new(),
        }
    }

    fn seals(
        &mut self,
        field: &str,
        from: usize,
        numbers: std::ops::RangeInclusive<usize>,
    ) -> Vec<String> {
        let mut found = Vec::new();
        for number in numbers {
            let text = self.item(number, field, from + found.len());
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
                // What its codes mean on a truck is published nowhere that was found: a person decides.
                self.tell(
                    Severity::Warning,
                    "bill-amends",
                    segment,
                    "M13 says that this bill changes a manifest sent before; it is read as a bill of this manifest",
                    "M13 dice que este conocimiento cambia un manifiesto anterior; se lee como conocimiento de este manifiesto",
                );
            }
            "M11" if bill.bill_number.is_empty() => self.m11(bill),
            "N9" => {
                let node = self.part(&format!("{at}/references/{}", bill.references.len()));
                bill.references.push(Reference {
                    qualifier: self.take(1, node, "qualifier"),
                    value: self.take(2, node, "value"),
                    description: self.take(3, node, "description"),
                });
            }
            "N1" => {
                let at = format!("{at}/parties/{}", bill.parties.len());
                self.party = self.node(&at);
                bill.parties.push(Party {
                    code: self.take(1, self.party, "code"),
                    name: self.take(2, self.party, "name"),
                    id_qualifier: self.take(3, self.party, "id_qualifier"),
                    id: self.take(4, self.party, "id"),
                    ..Party::default()
                });
            }
            "N3" | "N4" => {
                let at = format!("{at}/parties/{}", bill.parties.len().wrapping_sub(1));
                match bill.parties.last_mut() {
                    Some(party) if segment.id == "N3" => {
                        for number in 1..=2 {
                            let text =
                                self.item(number, &format!("{at}/address"), party.address.len());
                            if !text.is_empty() {
                                party.address.push(text);
                            }
                        }
                    }
                    Some(party) => {
                        party.city = self.take(1, self.party, "city");
                        party.state = self.take(2, self.party, "state");
                        party.postal_code = self.take(3, self.party, "postal_code");
                        party.country = self.take(4, self.party, "country");
                    }
                    None => self.not_read(segment),
                }
            }
            "M12" if bill.inbond.is_none() => {
                let node = self.part(&format!("{at}/inbond"));
                bill.inbond = Some(Inbond {
                    entry_type: self.take(1, node, "entry_type"),
                    number: self.take(2, node, "number"),
                    destination_port: self.take(3, node, "destination_port"),
                    foreign_port: self.take(4, node, "foreign_port"),
                    value: self.take(5, node, "value"),
                });
            }
            "VID" => {
                let at = format!("{at}/equipment/{}", bill.equipment.len());
                self.equipment = self.node(&at);
                let equipment = BillEquipment {
                    code: self.take(1, self.equipment, "code"),
                    initial: self.take(2, self.equipment, "initial"),
                    number: self.take(3, self.equipment, "number"),
                    vid_seals: self.seals(&format!("{at}/vid_seals"), 0, 4..=5),
                    iso_type: self.take(9, self.equipment, "iso_type"),
                    load_status: self.take(10, self.equipment, "load_status"),
                    service: self.take(11, self.equipment, "service"),
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

    fn m11(&mut self, bill: &mut Bill) {
        let node = self.bill;
        bill.bill_number = self.take(1, node, "bill_number");
        bill.foreign_port = self.take(2, node, "foreign_port");
        bill.quantity = self.take(3, node, "quantity");
        bill.unit = self.take(4, node, "unit");
        bill.weight = self.take(5, node, "weight");
        bill.weight_unit = self.take(6, node, "weight_unit");
        bill.volume = self.take(7, node, "volume");
        bill.volume_unit = self.take(8, node, "volume_unit");
        bill.bill_type = self.take(9, node, "bill_type");
        bill.place_of_receipt = self.take(10, node, "place_of_receipt");
        bill.second_bill = self.take(11, node, "second_bill");
        bill.issuer_scac = self.take(12, node, "issuer_scac");
    }

    fn equipment(&mut self, equipment: &mut BillEquipment, at: &str, segment: &Segment<'_>) {
        let current = equipment.goods.len().wrapping_sub(1);
        match (segment.id, equipment.goods.last_mut()) {
            ("M7", _) => {
                let found = self.seals(&format!("{at}/seals"), equipment.seals.len(), 1..=4);
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
                self.goods = self.node(&at);
                let goods = Goods {
                    quantity: self.take(1, self.goods, "quantity"),
                    description: self.take(2, self.goods, "description"),
                    marks: self.take(3, self.goods, "marks"),
                    code_qualifier: self.take(4, self.goods, "code_qualifier"),
                    code: self.take(5, self.goods, "code"),
                    value: self.take(6, self.goods, "value"),
                    weight_unit: self.take(7, self.goods, "weight_unit"),
                    weight: self.take(8, self.goods, "weight"),
                    unit: self.take(10, self.goods, "unit"),
                    country: self.take(11, self.goods, "country"),
                    ..Goods::default()
                };
                equipment.goods.push(goods);
            }
            (_, Some(goods)) => {
                let at = format!("{at}/goods/{current}");
                let hazard = self.item(1, &format!("{at}/hazards"), goods.hazards.len());
                goods.hazards.push(hazard);
            }
            (_, None) => self.not_read(segment),
        }
    }
}
