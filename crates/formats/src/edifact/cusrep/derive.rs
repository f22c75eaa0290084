//! What the table of CUSREP can't say: which record a report becomes, and what changed.

use crate::draft::Severity;
use crate::edifact::moment::{Moment, happened, moment};
use crate::edifact::reading::TripReading;
use crate::edifact::trip::{self, Filler, TripPass, Wants, loops};

/// In-bond goods named in a DOC.
const INBOND: &str = "950";
/// The document that reports the export of in-bond goods.
const EXPORT: &str = "833";

/// The record of a report.
pub(super) fn heads(root: &TripPass<'_>, reading: &TripReading) -> Vec<&'static str> {
    let (document, function) = (root.text_in("document", 0), root.text_in("function", 0));
    if TripReading::is(&reading.cancelling, function)
        || TripReading::is(&reading.deleting, function)
    {
        vec!["TripCancelled"]
    } else if TripReading::is(&reading.arrival_documents, document)
        || document == Some(EXPORT)
        || root.each("arrived").next().is_some()
    {
        vec!["ConveyanceArrived"]
    } else if is_period(root) {
        vec!["Appointment"]
    } else if TripReading::is(&reading.replacing, function) {
        vec!["Conveyance"]
    } else {
        vec!["Manifest"]
    }
}

fn is_period(root: &TripPass<'_>) -> bool {
    root.each("arrival").next().is_some_and(|(at, text)| {
        matches!(
            moment(text, root.text_in("arrival-format", at)),
            Some(Moment::Period(..))
        )
    })
}

/// The trip, with the numbers of its shipments.
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
    shipments(one, root);
}

fn shipments(one: &mut Filler<'_, '_>, root: &TripPass<'_>) {
    let all: Vec<TripPass<'_>> = loops(root, "DOC").collect();
    let mut packages = Some(0_i64);
    let mut count = 0;
    for pass in &all {
        let Some((at, scn)) = pass.each("scn").next() else {
            continue;
        };
        let to = format!("/shipments/{count}");
        count += 1;
        one.identify_at(pass, ("scn", at), &format!("{to}/scn"), ("scn", scn), None);
        let aboard = pass.each("aboard").next();
        let found = aboard.and_then(|(at, text)| Some((at, text.parse::<i64>().ok()?)));
        if let Some((at, number)) = found {
            one.put_at(pass, ("aboard", at), &format!("{to}/packages"), number);
        }
        packages = packages.and_then(|sum| sum.checked_add(found?.1));
    }
    // A preliminary report may name its shipments later: then nobody knows yet whether the truck is empty.
    let preliminary = TripReading::is(&one.reading.preliminary, root.text_in("function", 0));
    if count > 0 || !preliminary {
        one.put_at(root, ("document", 0), "/empty", count == 0);
    }
    let first = all
        .iter()
        .find_map(|pass| Some((pass, pass.each("aboard").next()?.0)));
    if let (Some(sum), Some((pass, at))) = (packages, first) {
        one.put_at(pass, ("aboard", at), "/packages", sum);
    }
}

/// What the truck is now, after a change.
pub(super) fn conveyance(one: &mut Filler<'_, '_>) {
    let root = one.pass;
    trip::check_mode(one, root);
    trip::carrier(one, root);
    trip::trip(one, root);
    trip::vehicle(one, root, Wants::All);
    trip::driver(one, root);
    trip::equipment(one, root);
    trip::cause(one, root);
    let named: Vec<&str> = [
        ("/plate", "tractor"),
        ("/vin", "tractor"),
        ("/equipment", "trailer"),
        ("/driver", "driver"),
    ]
    .into_iter()
    .filter(|(pointer, _)| one.member(pointer).is_some())
    .map(|(_, swapped)| swapped)
    .collect();
    let mut kinds = named.clone();
    kinds.dedup();
    if let [swapped] = kinds.as_slice() {
        one.put_at(root, ("function", 0), "/swapped", *swapped);
        one.tell_at(
            root,
            ("function", 0),
            (Severity::Note, "swapped-assumed"),
            format!("the change names the {swapped} alone, so that is taken as what changed"),
            format!("el cambio cita solo: {swapped}; se toma como lo que cambió"),
        );
    }
}

/// The truck is there.
pub(super) fn arrived(one: &mut Filler<'_, '_>) {
    let root = one.pass;
    trip::carrier(one, root);
    trip::trip(one, root);
    trip::vehicle(one, root, Wants::Plate);
    let row = ("arrived", "arrived-format", 0);
    let said = root.each("arrived").next();
    let row = said.map_or(row, |(at, _)| (row.0, row.1, at));
    let zone = one.reading.zone.clone();
    happened(one, root, row, zone.as_deref());
    let export = root.text_in("document", 0) == Some(EXPORT);
    let inbond = loops(root, "DOC").any(|pass| pass.text_in("named-kind", 0) == Some(INBOND));
    if export || inbond {
        one.tell_at(
            root,
            ("document", 0),
            (Severity::Error, "inbond-event-not-carried"),
            "the report is of in-bond goods at their destination, for which the crossing has no record".to_owned(),
            "el reporte es de mercancía in-bond en su destino, para la cual el cruce no tiene registro".to_owned(),
        );
    }
}

/// The truck is expected in a period.
pub(super) fn appointment(one: &mut Filler<'_, '_>) {
    let root = one.pass;
    trip::carrier(one, root);
    trip::trip(one, root);
    trip::direction(one, root);
    trip::vehicle(one, root, Wants::All);
    if let Some(Moment::Period(from, until)) = trip::arrival(one, root, true)
        && trip::instant(one, root, "/window/windowStart", from)
    {
        trip::instant(one, root, "/window/windowEnd", until);
    }
}

/// The trip is taken back.
pub(super) fn trip_cancelled(one: &mut Filler<'_, '_>) {
    let root = one.pass;
    trip::carrier(one, root);
    trip::trip(one, root);
    trip::cause(one, root);
}
