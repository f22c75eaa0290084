//! What cargo and conveyance reports say of a trip alike: the truck, its equipment, seals and driver, when it comes.

use super::lines::{NAME_CHARS_MAX, TEXT_CHARS_MAX, TEXT_PIECES_MAX, pieces};
use super::moment::{self, Moment};
use super::node::Filling;
use super::reading::{NameOrder, TripElement, TripReading};
use crate::draft::Severity;
use crate::edi::map::{Deriving, Pass};
use crate::identifiers;
use crate::manifest::{equipment_kind, southern_port_zone};
use jiff::Timestamp;
use jiff::civil::DateTime;
use serde_json::Value;
use std::collections::HashSet;

pub(super) use tables::{DRIVER, EQUIPMENT as EQD, VEHICLE as TDT};
pub(super) use tables::{driver_loop, equipment_loop, vehicle_loop};

mod tables;

/// A record being filled from a report.
pub(super) type Filler<'a, 'b> = Deriving<'a, 'b, TripReading>;
/// A pass of a report.
pub(super) type TripPass<'a> = Pass<'a, TripReading>;

/// The message around a pass.
pub(super) fn root<'a, 'b, R>(pass: &'a Pass<'b, R>) -> &'a Pass<'b, R> {
    let mut at = pass;
    while let Some(around) = at.around {
        at = around;
    }
    at
}

/// The passes of a loop of the message.
pub(super) fn loops<'a, R>(
    root: &'a Pass<'_, R>,
    trigger: &'a str,
) -> impl Iterator<Item = Pass<'a, R>> {
    root.inside()
        .filter(move |pass| pass.table.trigger == trigger)
}

/// The head of a message names a few parties and the vehicle; further passes are of consignments.
const HEAD_LOOPS_MAX: usize = 120;

/// The passes of a loop in the head of the message. Each shipment asks for them, so only so many are looked at.
pub(super) fn heads<'a, R>(
    root: &'a Pass<'_, R>,
    trigger: &'a str,
) -> impl Iterator<Item = Pass<'a, R>> {
    root.inside()
        .take(HEAD_LOOPS_MAX)
        .take_while(|pass| pass.table.trigger != "CNI")
        .filter(move |pass| pass.table.trigger == trigger)
}

/// The trip number, with where it stands.
pub(super) fn trip(one: &mut Filler<'_, '_>, root: &TripPass<'_>) {
    match one.reading.trip {
        TripElement::Bgm1004 => {
            if let Some(text) = root.text_in("trip", 0) {
                one.identify_at(root, ("trip", 0), "/trip", ("trip-number", text), None);
            }
        }
        TripElement::Tdt8028 => {
            for vehicle in heads(root, "TDT") {
                if let Some(text) = vehicle.text_in("journey", 0) {
                    let at = ("journey", 0);
                    one.identify_at(&vehicle, at, "/trip", ("trip-number", text), None);
                    return;
                }
            }
        }
    }
}

/// The carrier: NAD+CA, else the carrier of the vehicle.
pub(super) fn carrier(one: &mut Filler<'_, '_>, root: &TripPass<'_>) {
    for (trigger, name) in [("NAD", "scac"), ("TDT", "carrier")] {
        for pass in heads(root, trigger) {
            if let Some(text) = pass.text_in(name, 0) {
                // What does not fit is told where the element is read, of NAD+CA.
                one.identify_at(&pass, (name, 0), "/scac", ("scac", text), None);
                return;
            }
        }
    }
}

/// Northbound, where the port is on the Mexican border and the report is of a truck.
pub(super) fn direction(one: &mut Filler<'_, '_>, root: &TripPass<'_>) {
    let Some((at, port)) = root.each("port").next() else {
        return;
    };
    if southern_port_zone(port).is_some() && is_truck(one.reading, root) {
        one.put_at(root, ("port", at), "/direction", "northbound");
    }
}

fn is_truck(reading: &TripReading, root: &TripPass<'_>) -> bool {
    heads(root, "TDT")
        .filter_map(|pass| pass.text_in("mode", 0).map(str::to_owned))
        .all(|mode| reading.truck_modes.contains(&mode))
}

/// Tells a report of another mode of transport.
pub(super) fn check_mode(one: &mut Filler<'_, '_>, root: &TripPass<'_>) {
    let modes = one.reading.truck_modes.join(", ");
    for pass in heads(root, "TDT") {
        let Some(mode) = pass.text_in("mode", 0) else {
            continue;
        };
        if !one.reading.truck_modes.iter().any(|found| found == mode) {
            one.tell_at(
                &pass,
                ("mode", 0),
                (Severity::Error, "not-a-truck-manifest"),
                format!("not a truck manifest: mode `{mode}`, a truck has {modes}"),
                format!("no es un manifiesto de camión: modo `{mode}`, un camión tiene {modes}"),
            );
            return;
        }
    }
}

/// What DTM+132 says: `None` where there is none, or none that can be read, which is told.
pub(super) fn arrival(
    one: &mut Filler<'_, '_>,
    root: &TripPass<'_>,
    tells: bool,
) -> Option<Moment> {
    let text = root.text_in("arrival", arrival_at(root)?)?;
    let found = moment::moment(text, root.text_in("arrival-format", arrival_at(root)?));
    if found.is_none() && tells {
        one.tell_at(
            root,
            ("arrival", arrival_at(root)?),
            (Severity::Error, "date-form"),
            format!("`{text}` is no date or time in its format"),
            format!("`{text}` no es una fecha u hora en su formato"),
        );
    }
    found
}

fn arrival_at(root: &TripPass<'_>) -> Option<usize> {
    root.each("arrival").map(|(at, _)| at).next()
}

/// Sets a member to the instant of a local time, and tells in which zone it was taken.
pub(super) fn instant(
    one: &mut Filler<'_, '_>,
    root: &TripPass<'_>,
    pointer: &str,
    time: DateTime,
) -> bool {
    let at = ("arrival", arrival_at(root).unwrap_or(0));
    let port = root.each("port").next().map_or("", |(_, port)| port);
    let zone = one.reading.zone.clone();
    let zone = zone.as_deref().or_else(|| southern_port_zone(port));
    let found = zone.and_then(|zone| Some((moment::instant(time, zone)?, zone)));
    match found {
        Some((instant, zone)) => {
            one.put_at(root, at, pointer, instant.to_string());
            one.tell_at(
                root,
                at,
                (Severity::Note, "local-time"),
                format!("DTM has no zone: the time is taken as local in {zone}"),
                format!("DTM no tiene huso: la hora se toma como local en {zone}"),
            );
            true
        }
        None => {
            one.tell_at(
                root,
                at,
                (Severity::Warning, "zone-unknown"),
                format!("the zone of port {port} is not known, so the time is no instant"),
                format!(
                    "no se conoce el huso del puerto {port}, así que la hora no es un instante"
                ),
            );
            false
        }
    }
}

/// When the truck is expected. A day alone is no instant: midnight would be a guess that makes every report late.
pub(super) fn expected(one: &mut Filler<'_, '_>, root: &TripPass<'_>) {
    match arrival(one, root, true) {
        Some(Moment::Local(time) | Moment::Period(time, _)) => {
            instant(one, root, "/estimatedArrival", time);
        }
        Some(Moment::Instant(instant)) => {
            let at = ("arrival", arrival_at(root).unwrap_or(0));
            one.put_at(root, at, "/estimatedArrival", instant.to_string());
        }
        Some(Moment::Day(_)) | None => {}
    }
}

/// The truck's plate, where it was issued and, where it is wanted, the VIN.
pub(super) fn vehicle(one: &mut Filler<'_, '_>, root: &TripPass<'_>, wants: Wants) {
    let (mut vin, mut plate) = (false, false);
    for pass in heads(root, "TDT") {
        let list = pass.text_in("identity-list", 0);
        let name = ["identity", "identity-code"]
            .into_iter()
            .find(|name| pass.text_in(name, 0).is_some());
        let Some((name, text)) = name.and_then(|name| Some((name, pass.text_in(name, 0)?))) else {
            continue;
        };
        if TripReading::is(&one.reading.plate_lists, list) && !plate {
            plate = true;
            let found = ("plate", text);
            one.identify_at(&pass, (name, 0), "/plate", found, Some("plate-form"));
            if wants != Wants::Plate {
                state(one, &pass, "/plateState");
            }
        } else if TripReading::is(&one.reading.vin_lists, list) && !vin && wants == Wants::All {
            vin = true;
            one.identify_at(&pass, (name, 0), "/vin", ("vin", text), Some("vin-form"));
        }
    }
}

/// What a record has of the truck.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wants {
    /// Plate only.
    Plate,
    /// Plate, where it was issued, VIN.
    All,
}

/// Where a plate was issued: a state can't be told from a country of the same letters, so both are needed.
fn state(one: &mut Filler<'_, '_>, pass: &TripPass<'_>, pointer: &str) {
    let country = ["plate-country", "nationality"]
        .into_iter()
        .find_map(|name| pass.each(name).next().map(|(_, text)| text.to_owned()));
    let Some((at, state)) = pass.each("plate-state").next() else {
        return;
    };
    if let Some(country) = country.filter(|text| matches!(text.as_str(), "US" | "MX" | "CA")) {
        one.put_at(
            pass,
            ("plate-state", at),
            pointer,
            format!("{country}-{state}"),
        );
    }
}

/// Trailers and containers.
pub(super) fn equipment(one: &mut Filler<'_, '_>, root: &TripPass<'_>) {
    let mut numbers: HashSet<String> = HashSet::new();
    let mut count = 0;
    for pass in loops(root, "EQD") {
        let plate = pass.each("equipment-plate").next();
        let number = pass
            .text_in("equipment-number", 0)
            .map(|text| ("equipment-number", 0, text));
        // The guides leave the number out where the plate says it.
        let number = number.or(plate.map(|(at, text)| ("equipment-plate", at, text)));
        let Some((name, at, number)) = number else {
            continue;
        };
        if !numbers.insert(number.to_owned()) {
            continue;
        }
        let to = format!("/equipment/{count}");
        count += 1;
        one.put_at(&pass, (name, at), &format!("{to}/equipmentNumber"), number);
        if container_like(number) {
            match identifiers::normalise("container", number) {
                Ok(normal) => {
                    one.put_at(&pass, (name, at), &format!("{to}/containerNumber"), normal);
                }
                Err(wrong) => one.tell_at(
                    &pass,
                    (name, at),
                    (Severity::Warning, "container-check-digit"),
                    format!("`{number}`: {wrong}"),
                    format!("`{number}`: {}", wrong.es()),
                ),
            }
        }
        if let Some((at, text)) = plate {
            let pointer = format!("{to}/plate");
            let at = ("equipment-plate", at);
            one.identify_at(&pass, at, &pointer, ("plate", text), Some("plate-form"));
            state(one, &pass, &format!("{to}/plateState"));
        }
        kind(one, &pass, &format!("{to}/equipmentKind"));
    }
}

fn kind(one: &mut Filler<'_, '_>, pass: &TripPass<'_>, pointer: &str) {
    let said = pass.text_in("equipment-text", 0).unwrap_or("");
    if EQUIPMENT.iter().any(|(kind, _)| *kind == said) {
        one.put_at(pass, ("equipment-text", 0), pointer, said);
        return;
    }
    let Some(code) = pass.text_in("equipment-code", 0) else {
        return;
    };
    let kind = match code {
        "TE" => Some("trailer"),
        _ => equipment_kind(code),
    };
    if let Some(kind) = kind {
        one.put_at(pass, ("equipment-code", 0), pointer, kind);
    }
}

/// Kinds of equipment of the records with the code that is written for each; where two have one code, the kind is
/// written as text too.
const EQUIPMENT: &[(&str, &str)] = &[
    ("trailer", "TE"),
    ("trailer-53", "TE"),
    ("trailer-48", "TE"),
    ("tank", "TE"),
    ("reefer", "RT"),
    ("flatbed", "FT"),
    ("chassis", "CH"),
    ("container-20", "2B"),
    ("container-40", "4B"),
];

fn container_like(number: &str) -> bool {
    let (initial, digits) = number.split_at_checked(4).unwrap_or((number, ""));
    crate::manifest::container_like(initial, digits)
}

/// Seals on the truck and its equipment.
pub(super) fn seals(one: &mut Filler<'_, '_>, root: &TripPass<'_>) {
    let mut sealed: HashSet<String> = HashSet::new();
    for (at, text) in root.each("seal") {
        seal(one, root, ("seal", at), text, &mut sealed);
    }
    for pass in loops(root, "EQD") {
        for (at, text) in pass.each("equipment-seal") {
            seal(one, &pass, ("equipment-seal", at), text, &mut sealed);
        }
    }
}

fn seal(
    one: &mut Filler<'_, '_>,
    pass: &TripPass<'_>,
    at: (&str, usize),
    text: &str,
    sealed: &mut HashSet<String>,
) {
    let normal = identifiers::normalise("seal", text).unwrap_or_else(|_| text.to_owned());
    let pointer = format!("/seals/{}", sealed.len());
    if sealed.insert(normal) {
        one.identify_at(pass, at, &pointer, ("seal", text), Some("seal-form"));
    }
}

/// The driver, from the first person who answers for the truck.
pub(super) fn driver(one: &mut Filler<'_, '_>, root: &TripPass<'_>) {
    let Some(pass) = root.inside().find(|pass| pass.table.id == tables::DRIVER) else {
        return;
    };
    let names: Vec<&str> = ["name-1", "name-2", "name-3", "name-4", "name-5"]
        .into_iter()
        .filter_map(|name| pass.text_in(name, 0))
        .collect();
    let Some((first, rest)) = names.split_first() else {
        return;
    };
    let name = match (one.reading.names, rest) {
        (_, []) => (*first).to_owned(),
        (NameOrder::AsWritten, _) => names.join(" "),
        (NameOrder::FamilyFirst, _) => {
            one.tell_at(
                &pass,
                ("name-1", 0),
                (Severity::Note, "name-order"),
                format!("`{first}` is taken as the family name and put last"),
                format!("`{first}` se toma como apellido y se pone al final"),
            );
            format!("{} {first}", rest.join(" "))
        }
    };
    one.put_at(&pass, ("name-1", 0), "/driver/driverName", name);
}

/// Says of a record that it changes an earlier one, where the function of the report says so; tells whether it does.
pub(super) fn amends(one: &mut Filler<'_, '_>, root: &TripPass<'_>) -> bool {
    let code = root.text_in("function", 0);
    if !TripReading::is(&one.reading.replacing, code) {
        return false;
    }
    let mut reason = format!("function {}", code.unwrap_or(""));
    let texts = heads(root, "FTX").map(|pass| joined(&pass, "remark", " "));
    let mut texts = texts.chain([joined(root, "remark", " ")]);
    if let Some(text) = texts.find(|text| !text.is_empty()) {
        reason.push_str(": ");
        reason.push_str(&text);
    }
    one.amends(&reason);
    true
}

/// Tells that a report replaces an earlier one, or that a later one will complete it.
pub(super) fn function(one: &mut Filler<'_, '_>, root: &TripPass<'_>) {
    let code = root.text_in("function", 0);
    if amends(one, root) {
        let code = code.unwrap_or("");
        one.tell_at(
            root,
            ("function", 0),
            (Severity::Warning, "replaces-earlier"),
            format!("function {code} changes a report sent before: it is filed as an amendment of the record in force, where there is one"),
            format!("la función {code} cambia un reporte anterior: se presenta como enmienda del registro vigente, si lo hay"),
        );
    } else if TripReading::is(&one.reading.preliminary, code) {
        one.tell_at(
            root,
            ("function", 0),
            (Severity::Note, "preliminary"),
            "the report is preliminary: a later one completes it".to_owned(),
            "el reporte es preliminar: otro posterior lo completa".to_owned(),
        );
    }
}

/// The reason of a change or cancellation.
pub(super) fn cause(one: &mut Filler<'_, '_>, root: &TripPass<'_>) {
    for pass in heads(root, "FTX") {
        let text = joined(&pass, "remark", " ");
        if !text.is_empty() {
            one.put_at(&pass, ("remark-1", 0), "/cause", text);
            return;
        }
    }
    let text = joined(root, "remark", " ");
    if !text.is_empty() {
        one.put_at(root, ("remark-1", 0), "/cause", text);
    }
}

/// Tells a report that only confirms another.
pub(super) fn confirmation(one: &mut Filler<'_, '_>, root: &TripPass<'_>) {
    if TripReading::is(&one.reading.confirming, root.text_in("function", 0)) {
        one.tell_at(
            root,
            ("function", 0),
            (Severity::Warning, "confirms-earlier"),
            "the report confirms one that was sent before and says little itself: nothing is to be filed".to_owned(),
            "el reporte confirma uno enviado antes y dice poco por sí mismo: no hay nada que presentar".to_owned(),
        );
    }
}

/// Writes the reason of a change or cancellation.
pub(super) fn write_cause(out: &mut Filling<TripReading>, cause: &str) {
    out.numbered(
        "remark",
        &pieces(cause, " ", TEXT_CHARS_MAX, TEXT_PIECES_MAX),
    );
}

/// The pieces of a text (`name-1` to `name-5`) of all segments of a pass, joined.
pub(super) fn joined<R>(pass: &Pass<'_, R>, name: &str, separator: &str) -> String {
    let pieces = pass.node.fields.iter().filter_map(|field| {
        let row = pass.table.rows.get(field.row)?;
        let rest = row.name.strip_prefix(name)?.strip_prefix('-')?;
        rest.parse::<u8>().ok().map(|_| field.text.as_str())
    });
    pieces.collect::<Vec<_>>().join(separator)
}

fn text<'a>(subject: &'a Value, pointer: &str) -> &'a str {
    subject
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or("")
}

/// Writes when the truck is expected, as local time of its port.
pub(super) fn write_arrival(
    out: &mut Filling<TripReading>,
    subject: &Value,
    reading: &TripReading,
) {
    let zone = reading
        .zone
        .as_deref()
        .or_else(|| southern_port_zone(text(subject, "/port")));
    let said: Option<Timestamp> = text(subject, "/estimatedArrival").parse().ok();
    if let Some(local) = said.and_then(|instant| moment::text(instant, zone?)) {
        out.segment(&[("arrival", &local), ("arrival-format", "203")]);
    }
}

/// Writes the truck: a pass of TDT for each name that it has.
pub(super) fn write_vehicle(
    out: &mut Filling<TripReading>,
    subject: &Value,
    reading: &TripReading,
) {
    let first = |list: &[String]| list.first().cloned().unwrap_or_default();
    let mode = reading.truck_modes.last().cloned().unwrap_or_default();
    let names = [
        (text(subject, "/vin"), first(&reading.vin_lists), ""),
        (
            text(subject, "/plate"),
            first(&reading.plate_lists),
            text(subject, "/plateState"),
        ),
    ];
    for (identity, list, state) in names.iter().filter(|(identity, ..)| !identity.is_empty()) {
        let Some(mut pass) = out.inner(tables::VEHICLE) else {
            return;
        };
        let (country, state) = state.split_once('-').unwrap_or(("", ""));
        let journey = match reading.trip {
            TripElement::Bgm1004 => "",
            TripElement::Tdt8028 => text(subject, "/trip"),
        };
        pass.segment(&[
            ("journey", journey),
            ("mode", &mode),
            ("identity-list", list),
            ("identity", identity),
            ("nationality", country),
        ]);
        pass.segment(&[("plate-state", state)]);
        out.add(pass);
    }
}

/// Writes trailers and containers; the seals of the truck go on the first of them, or stand alone.
pub(super) fn write_equipment(out: &mut Filling<TripReading>, subject: &Value) {
    let items = subject.pointer("/equipment").and_then(Value::as_array);
    for item in items.into_iter().flatten() {
        let Some(mut pass) = out.inner(tables::EQUIPMENT) else {
            return;
        };
        let kind = text(item, "/equipmentKind");
        let known = EQUIPMENT.iter().find(|(found, _)| *found == kind);
        let code = known.map_or("TE", |(_, code)| code);
        // `TE` alone says a trailer; where the record says nothing, or more, the text does.
        let shown = if kind == "trailer" || code != "TE" {
            ""
        } else {
            kind
        };
        pass.segment(&[
            ("equipment-code", if kind.is_empty() { "ZZZ" } else { code }),
            ("equipment-number", text(item, "/equipmentNumber")),
            ("equipment-text", shown),
        ]);
        pass.segment(&[("equipment-plate", text(item, "/plate"))]);
        let (country, state) = text(item, "/plateState")
            .split_once('-')
            .unwrap_or(("", ""));
        pass.segment(&[("plate-state", state)]);
        pass.segment(&[("plate-country", country)]);
        out.add(pass);
    }
}

/// Writes the driver's name, the family name apart where it is too long for one element.
pub(super) fn write_driver(out: &mut Filling<TripReading>, subject: &Value, reading: &TripReading) {
    let name = text(subject, "/driver/driverName");
    let Some(mut pass) = out.inner(tables::DRIVER).filter(|_| !name.is_empty()) else {
        return;
    };
    let mut names = Vec::new();
    if name.chars().count() <= NAME_CHARS_MAX {
        names.push(name.to_owned());
    } else if reading.names == NameOrder::AsWritten {
        names = pieces(name, " ", NAME_CHARS_MAX, 5);
    } else {
        let (rest, family) = name.rsplit_once(' ').unwrap_or((name, ""));
        names.push(family.to_owned());
        names.extend(pieces(rest, " ", NAME_CHARS_MAX, 4));
    }
    pass.numbered("name", &names);
    out.add(pass);
}
