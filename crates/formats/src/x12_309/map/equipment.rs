//! The tractor, its equipment and the seals on both.

use super::super::document::{BillEquipment, TruckManifestDocument};
use super::Map;
use crate::draft::Severity;
use crate::identifiers;
use crate::manifest::{container_like, equipment_kind};

impl Map<'_> {
    pub(super) fn vehicle(&mut self, record: usize) {
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

    pub(super) fn equipment(&mut self, record: usize) {
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
            let container = container_like(&equipment.initial, &equipment.number);
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
