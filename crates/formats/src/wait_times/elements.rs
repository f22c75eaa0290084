//! The members of the feed: rows of the page. None goes into a record, since no record type states a wait.

use super::document::*;
use crate::elements::ElementRow;

/// All members that are read.
pub fn elements() -> Vec<ElementRow> {
    let mut rows = Vec::new();
    let blocks: [(&str, &str, &str, &[&str]); 5] = [
        ("port", "crossing", "cruce", Port::TEXTS),
        (
            "commercial_vehicle_lanes",
            "lanes for trucks",
            "carriles de carga",
            CommercialLanes::TEXTS,
        ),
        (
            "passenger_vehicle_lanes",
            "lanes for cars",
            "carriles de vehículos ligeros",
            PassengerLanes::TEXTS,
        ),
        (
            "pedestrian_lanes",
            "lanes for people on foot",
            "carriles peatonales",
            PedestrianLanes::TEXTS,
        ),
        (
            "*_lanes",
            "one kind of lane",
            "una clase de carril",
            Lane::TEXTS,
        ),
    ];
    for (block, en, es, texts) in blocks {
        for text in texts {
            rows.push(ElementRow::new(
                format!("{block}/{text}"),
                format!("{en}: `{text}`"),
                format!("{es}: `{text}`"),
                true,
                &[],
            ));
        }
    }
    rows
}
