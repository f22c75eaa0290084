//! What manifests of either syntax share: zones of ports, weights, codes of equipment and packages.

use crate::decimal;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

/// Grams in a pound, in millionths of a kilogram: 0.45359237 kg, exact by definition, times 10^8.
const POUND: i128 = 45_359_237;

/// A weight in millionths of a kilogram; the units of the X12 dictionary that a manifest may use.
pub(crate) fn kilograms(text: &str, unit: &str) -> Option<i128> {
    let value = decimal::parse(text)?;
    match unit {
        "K" | "KG" => Some(value),
        // Rounded to the gram: the dictionary allows no finer weight in pounds.
        "L" | "LB" => {
            let exact = value.checked_mul(POUND)?;
            let grams = (exact / decimal::ONE + 50_000) / 100_000;
            Some(grams * 1_000)
        }
        "E" | "ET" => value.checked_mul(1_000),
        _ => None,
    }
}

/// The zone of a port of entry on the Mexican border, by its Schedule D district; `None` elsewhere.
pub(crate) fn southern_port_zone(port: &str) -> Option<&'static str> {
    if port.len() != 4 || !port.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match port {
        // Presidio is in the district of El Paso, on Central time.
        "2403" => Some("America/Chicago"),
        _ => match port.get(..2)? {
            "23" => Some("America/Chicago"),
            "24" => Some("America/Denver"),
            "25" => Some("America/Los_Angeles"),
            "26" => Some("America/Phoenix"),
            _ => None,
        },
    }
}

/// The kind of equipment of the record for an equipment description code; others are left to a person.
pub(crate) fn equipment_kind(code: &str) -> Option<&'static str> {
    match code {
        "TL" | "TF" => Some("trailer"),
        "RT" => Some("reefer"),
        "FT" => Some("flatbed"),
        "CH" => Some("chassis"),
        "2B" => Some("container-20"),
        "4B" => Some("container-40"),
        _ => None,
    }
}

/// The package code of UN/ECE Recommendation 21 for a manifest unit code; others are left out.
pub(crate) fn package_unit(unit: &str) -> Option<&'static str> {
    match unit {
        "CTN" | "CT" => Some("CT"),
        "CRT" | "CR" => Some("CR"),
        "PLT" | "PX" => Some("PX"),
        "BAG" | "BG" => Some("BG"),
        "DRM" | "DR" => Some("DR"),
        "ROL" | "RO" => Some("RO"),
        "PKG" | "PK" => Some("PK"),
        "UNT" | "UN" => Some("UN"),
        _ => None,
    }
}

/// The instant of a local time at a port, with the zone that was taken: the one given, or the port's.
pub(crate) fn instant(
    day: Date,
    moment: Time,
    port: &str,
    zone: Option<&str>,
) -> Option<(Timestamp, String)> {
    let name = zone.or_else(|| southern_port_zone(port))?;
    let zone = TimeZone::get(name).ok()?;
    let instant = zone.to_timestamp(day.to_datetime(moment)).ok()?;
    Some((instant, name.to_owned()))
}

/// Whether an initial and a number are those of a container: four capitals and seven digits.
pub(crate) fn container_like(initial: &str, number: &str) -> bool {
    initial.len() == 4
        && initial.bytes().all(|byte| byte.is_ascii_uppercase())
        && number.len() == 7
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// A text in pieces of at most so many characters, cut at blanks; a longer word is cut where it must.
pub(crate) fn pieces(text: &str, chars_max: usize) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let letters: Vec<char> = word.chars().collect();
        for part in letters.chunks(chars_max.max(1)) {
            let part: String = part.iter().collect();
            match out.last_mut() {
                Some(last) if last.chars().count() + 1 + part.chars().count() <= chars_max => {
                    last.push(' ');
                    last.push_str(&part);
                }
                _ => out.push(part),
            }
        }
    }
    out
}
