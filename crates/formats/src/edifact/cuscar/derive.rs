//! What the table of CUSCAR can't say: which records a report becomes, sums over lines, weights in kilograms.

mod goods;

use crate::decimal;
use crate::draft::Severity;
use crate::edifact::reading::TripReading;
use crate::edifact::trip::{self, Filler, TripPass, Wants, loops};
use crate::identifiers;
use std::collections::HashSet;

/// The records of a report, its consignments left out.
pub(super) fn heads(root: &TripPass<'_>, reading: &TripReading) -> Vec<&'static str> {
    let (document, function) = (root.text_in("document", 0), root.text_in("function", 0));
    let alone = TripReading::is(&reading.shipments_only, document);
    let names_shipments = loops(root, "CNI").next().is_some();
    if TripReading::is(&reading.cancelling, function) {
        vec!["TripCancelled"]
    } else if TripReading::is(&reading.deleting, function) {
        if names_shipments {
            vec![]
        } else {
            vec!["TripCancelled"]
        }
    } else if alone {
        vec![]
    } else {
        vec!["Manifest"]
    }
}

/// The record of a consignment.
pub(super) fn consignment(pass: &TripPass<'_>, reading: &TripReading) -> Vec<&'static str> {
    let function = trip::root(pass).text_in("function", 0);
    if TripReading::is(&reading.cancelling, function) {
        vec![]
    } else if TripReading::is(&reading.deleting, function) || is_cancelled(pass, reading) {
        vec!["ShipmentCancelled"]
    } else {
        vec!["Shipment"]
    }
}

fn is_cancelled(pass: &TripPass<'_>, reading: &TripReading) -> bool {
    TripReading::is(&reading.shipment_cancelled, pass.text_in("status", 0))
}

/// The truck with what is on it.
pub(super) fn manifest(one: &mut Filler<'_, '_>) {
    let root = one.pass;
    trip::check_mode(one, root);
    trip::carrier(one, root);
    trip::trip(one, root);
    trip::direction(one, root);
    trip::expected(one, root);
    trip::vehicle(one, root, Wants::All);
    trip::driver(one, root);
    trip::equipment(one, root);
    trip::seals(one, root);
    trip::function(one, root);
    trip::confirmation(one, root);
    let all: Vec<TripPass<'_>> = loops(root, "CNI").collect();
    let aboard: Vec<&TripPass<'_>> = all
        .iter()
        .filter(|pass| !is_cancelled(pass, one.reading))
        .collect();
    // An empty truck has no list of shipments, rather than one with nothing in it.
    one.put_at(root, ("document", 0), "/empty", aboard.is_empty());
    totals(one, &aboard);
    counts(one, root, &all);
}

/// What the consignments say one by one and sum up to.
fn totals(one: &mut Filler<'_, '_>, aboard: &[&TripPass<'_>]) {
    let (mut packages, mut weight) = (Some(0_i64), Some(0_i128));
    // Where all goods were taken over, as long as it is one place.
    let mut loaded: Option<Place<'_, '_>> = None;
    let mut differs = false;
    for (index, pass) in aboard.iter().enumerate() {
        let to = format!("/shipments/{index}");
        if let Some((at, scn)) = pass.each("scn").next() {
            // What does not fit is told where the element is read.
            let pointer = format!("{to}/scn");
            one.identify_at(pass, ("scn", at), &pointer, ("scn", scn), None);
        }
        let found = goods::packages(one, pass, &format!("{to}/packages"));
        packages = packages.and_then(|sum| sum.checked_add(found?));
        let found = goods::weight(one, pass, &format!("{to}/grossWeightKg"));
        weight = weight.and_then(|sum| sum.checked_add(found?));
        let (place, at) = goods::loaded(pass).unwrap_or_default();
        match &loaded {
            Some((known, ..)) => differs |= *known != place,
            None => loaded = Some((place, pass, at)),
        }
    }
    if let Some(first) = aboard.first() {
        if let Some(packages) = packages {
            goods::packages(one, first, "/packages");
            one.replace("/packages", packages);
        }
        if let Some(weight) = weight {
            goods::weight(one, first, "/grossWeightKg");
            one.replace("/grossWeightKg", decimal::json(weight));
        }
    }
    if let Some((place, pass, at)) = loaded.filter(|(place, ..)| !differs && !place.is_empty()) {
        one.put_at(pass, at, "/loadedAt", place);
    }
}

/// A place with the pass and row that say it.
type Place<'a, 'b> = (String, &'a TripPass<'b>, (&'static str, usize));

/// Counts, line numbers and numbers that stand twice.
fn counts(one: &mut Filler<'_, '_>, root: &TripPass<'_>, all: &[TripPass<'_>]) {
    for pass in loops(root, "CNT") {
        if let Some(said) = pass.text_in("consignments", 0)
            && said.parse::<usize>() != Ok(all.len())
        {
            let count = all.len();
            one.tell_at(
                &pass,
                ("consignments", 0),
                (Severity::Error, "consignment-count"),
                format!("CNT says {said} consignments, there are {count}"),
                format!("CNT dice {said} embarques, hay {count}"),
            );
        }
    }
    let mut seen: HashSet<&str> = HashSet::new();
    for (index, pass) in all.iter().enumerate() {
        let line = pass.text_in("line", 0).unwrap_or("");
        if line.parse::<usize>() != Ok(index + 1) {
            let expected = index + 1;
            one.tell_at(
                pass,
                ("line", 0),
                (Severity::Warning, "line-number"),
                format!("CNI says {line}, this is line {expected}"),
                format!("CNI dice {line}, esta es la línea {expected}"),
            );
        }
        if let Some((at, scn)) = pass.each("scn").next()
            && !seen.insert(scn)
        {
            one.tell_at(
                pass,
                ("scn", at),
                (Severity::Error, "scn-repeated"),
                format!("{scn} stands twice in the manifest"),
                format!("{scn} está dos veces en el manifiesto"),
            );
        }
    }
}

/// A consignment.
pub(super) fn shipment(one: &mut Filler<'_, '_>) {
    let pass = one.pass;
    let root = trip::root(pass);
    trip::amends(one, root);
    if !TripReading::is(&one.reading.shipments_only, root.text_in("document", 0)) {
        trip::carrier(one, root);
        trip::trip(one, root);
    }
    trip::direction(one, root);
    if let Some((place, at)) = goods::loaded(pass) {
        one.put_at(pass, at, "/loadedAt", place);
    }
    for (id, to) in [("NAD shipper", "/shipper"), ("NAD consignee", "/consignee")] {
        if let Some(party) = pass.inside().find(|inside| inside.table.id == id) {
            address(one, &party, to);
        }
    }
    goods::packages(one, pass, "/packages");
    goods::weight(one, pass, "/grossWeightKg");
    release(one, pass);
    goods::lines(one, pass);
}

fn address(one: &mut Filler<'_, '_>, party: &TripPass<'_>, to: &str) {
    for (name, separator, pointer) in [
        ("name", " ", format!("{to}/partyName")),
        ("street", ", ", format!("{to}/streetAddress")),
    ] {
        let text = trip::joined(party, name, separator);
        if !text.is_empty() {
            let first = format!("{name}-1");
            one.put_at(party, (&first, 0), &pointer, text);
        }
    }
    if let Some(country) = party.text_in("country", 0)
        && country.len() == 2
        && country.bytes().all(|byte| byte.is_ascii_uppercase())
    {
        one.put_at(party, ("country", 0), &format!("{to}/country"), country);
    }
}

fn release(one: &mut Filler<'_, '_>, pass: &TripPass<'_>) {
    if let Some((at, kind)) = pass.each("inbond-type").next()
        && matches!(kind, "61" | "62" | "63")
    {
        one.put_at(pass, ("inbond-type", at), "/releaseType", "INBOND");
        return;
    }
    for name in ["inbond", "inbond-reference"] {
        if let Some((at, number)) = pass.each(name).next()
            && pass.each("inbond-type").next().is_none()
        {
            one.put_at(pass, (name, at), "/releaseType", "INBOND");
            one.tell_at(
                pass,
                (name, at),
                (Severity::Note, "inbond-assumed"),
                format!("the shipment has in-bond number {number}, so its release type is taken as in-bond"),
                format!("el embarque tiene el número in-bond {number}, por lo que su tipo se toma como in-bond"),
            );
            return;
        }
    }
    for (at, code) in pass.each("release") {
        match one.reading.release_types.get(code).cloned() {
            Some(kind) => {
                one.put_at(pass, ("release", at), "/releaseType", kind);
                return;
            }
            None => one.tell_at(
                pass,
                ("release", at),
                (Severity::Note, "release-not-mapped"),
                format!("release code {code} has no release type in the reading"),
                format!("el código de liberación {code} no tiene tipo en la lectura"),
            ),
        }
    }
}

/// A report that takes the trip back.
pub(super) fn trip_cancelled(one: &mut Filler<'_, '_>) {
    let root = one.pass;
    trip::carrier(one, root);
    trip::trip(one, root);
    trip::cause(one, root);
}

/// A consignment that is taken out.
pub(super) fn shipment_cancelled(one: &mut Filler<'_, '_>) {
    let pass = one.pass;
    trip::cause(one, trip::root(pass));
}

/// Whether a text is a number of the identifier's form.
fn fits(identifier: &str, text: &str) -> Result<String, identifiers::IdentifierError> {
    identifiers::normalise(identifier, text)
}
