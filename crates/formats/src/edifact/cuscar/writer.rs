//! From records to a CUSCAR.

use super::table::CUSCAR;
use crate::edi::map::{Envelope, write as write_document};
use crate::edifact::Written;
use crate::edifact::lines::{NAME_CHARS_MAX, TEXT_PIECES_MAX, pieces};
use crate::edifact::node::{Filling, left_out};
use crate::edifact::reading::{TripElement, TripReading};
use crate::edifact::trip;
use serde_json::Value;

/// Writes a manifest with its shipments, or what takes them back: records of type `Manifest`, `Shipment`,
/// `TripCancelled` and `ShipmentCancelled`, each with its subject.
///
/// A `Manifest` without `Shipment` records is written with what its list says of them. Members that a CUSCAR has no
/// place for are named in [`Written::left_out`].
pub fn write(records: &[(&str, &Value)], envelope: &Envelope, reading: &TripReading) -> Written {
    let of = |wanted: &'static str| {
        let records = records.iter().filter(move |(found, _)| *found == wanted);
        records.map(|(_, subject)| *subject)
    };
    let mut out = Filling::root(&CUSCAR);
    if let Some(manifest) = of("Manifest").next() {
        head(&mut out, manifest, "85", "9", reading);
        let shipments: Vec<&Value> = of("Shipment").collect();
        if shipments.is_empty() {
            let listed = manifest.pointer("/shipments").and_then(Value::as_array);
            for (index, subject) in listed.into_iter().flatten().enumerate() {
                shipment(&mut out, index + 1, subject, reading);
            }
        }
        for (index, subject) in shipments.into_iter().enumerate() {
            shipment(&mut out, index + 1, subject, reading);
        }
    } else if let Some(cancelled) = of("TripCancelled").next() {
        let code = reading.cancelling.first().map_or("1", String::as_str);
        head(&mut out, cancelled, "85", code, reading);
        cause(&mut out, cancelled);
    } else if let Some(first) = of("ShipmentCancelled").next() {
        let code = reading.deleting.first().map_or("3", String::as_str);
        head(&mut out, first, "85", code, reading);
        cause(&mut out, first);
        for (index, subject) in of("ShipmentCancelled").enumerate() {
            shipment(&mut out, index + 1, subject, reading);
        }
    } else {
        let alone = reading.shipments_only.first().map_or("87", String::as_str);
        head(&mut out, &Value::Null, alone, "9", reading);
        for (index, subject) in of("Shipment").enumerate() {
            shipment(&mut out, index + 1, subject, reading);
        }
    }
    let (text, replaced) = write_document(&CUSCAR, &out.document(envelope.clone()), reading);
    let again = super::read(text.as_bytes(), reading);
    Written {
        left_out: left_out(records, again.ok().as_ref()),
        text,
        replaced,
    }
}

fn text<'a>(subject: &'a Value, pointer: &str) -> &'a str {
    subject
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or("")
}

fn number(subject: &Value, pointer: &str) -> String {
    match subject.pointer(pointer) {
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

fn head(
    out: &mut Filling<TripReading>,
    subject: &Value,
    document: &str,
    function: &str,
    reading: &TripReading,
) {
    let trip = match reading.trip {
        TripElement::Bgm1004 => text(subject, "/trip"),
        TripElement::Tdt8028 => "",
    };
    out.segment(&[
        ("document", document),
        ("trip", trip),
        ("function", function),
    ]);
    trip::write_arrival(out, subject, reading);
    let port = text(subject, "/port");
    if !port.is_empty() {
        out.segment(&[("port", port), ("port-list", "77")]);
    }
    let seals = subject.pointer("/seals").and_then(Value::as_array);
    for seal in seals.into_iter().flatten().filter_map(Value::as_str) {
        out.segment(&[("seal", seal)]);
    }
    let scac = text(subject, "/scac");
    if let Some(mut carrier) = out.inner("NAD carrier").filter(|_| !scac.is_empty()) {
        carrier.segment(&[("scac", scac)]);
        out.add(carrier);
    }
    trip::write_driver(out, subject, reading);
    trip::write_vehicle(out, subject, reading);
    trip::write_equipment(out, subject);
}

fn cause(out: &mut Filling<TripReading>, subject: &Value) {
    let cause = text(subject, "/cause");
    if let Some(mut remark) = out.inner("FTX").filter(|_| !cause.is_empty()) {
        trip::write_cause(&mut remark, cause);
        out.add(remark);
    }
}

fn shipment(out: &mut Filling<TripReading>, line: usize, subject: &Value, reading: &TripReading) {
    let Some(mut pass) = out.inner("SG7") else {
        return;
    };
    pass.segment(&[("line", &line.to_string())]);
    pass.segment(&[("inbond", text(subject, "/inBondNumber"))]);
    pass.segment(&[("scn", text(subject, "/scn"))]);
    pass.segment(&[("packages", &number(subject, "/packages"))]);
    let weight = number(subject, "/grossWeightKg");
    if !weight.is_empty() {
        pass.segment(&[("weight", &weight), ("weight-unit", &reading.weight_unit)]);
    }
    pass.segment(&[("received", text(subject, "/loadedAt"))]);
    let destination = text(subject, "/destinationPort");
    if !destination.is_empty() {
        pass.segment(&[("destination", destination), ("destination-list", "77")]);
    }
    let kind = text(subject, "/releaseType");
    let code = reading
        .release_types
        .iter()
        .find(|(_, found)| *found == kind);
    if let Some((code, _)) = code {
        pass.segment(&[("release", code)]);
    }
    for (id, to) in [("NAD shipper", "/shipper"), ("NAD consignee", "/consignee")] {
        if let Some(party) = subject.pointer(to) {
            address(&mut pass, id, party);
        }
    }
    let goods = subject.pointer("/goods").and_then(Value::as_array);
    for (index, item) in goods.into_iter().flatten().enumerate() {
        goods_line(&mut pass, index + 1, item, reading);
    }
    out.add(pass);
}

fn address(out: &mut Filling<TripReading>, id: &str, party: &Value) {
    let Some(mut pass) = out.inner(id) else {
        return;
    };
    let names = pieces(text(party, "/partyName"), " ", NAME_CHARS_MAX, 5);
    let streets = pieces(text(party, "/streetAddress"), ", ", NAME_CHARS_MAX, 4);
    let region = text(party, "/region");
    let mut said: Vec<(String, &str)> = Vec::new();
    for (name, texts) in [("name", &names), ("street", &streets)] {
        for (index, text) in texts.iter().enumerate() {
            said.push((format!("{name}-{}", index + 1), text));
        }
    }
    for (name, text) in [
        ("city", text(party, "/locality")),
        ("region", region),
        ("region-list", if region.is_empty() { "" } else { "163" }),
        ("postal-code", text(party, "/postalCode")),
        ("country", text(party, "/country")),
    ] {
        said.push((name.to_owned(), text));
    }
    let said: Vec<(&str, &str)> = said
        .iter()
        .map(|(name, text)| (name.as_str(), *text))
        .collect();
    pass.segment(&said);
    out.add(pass);
}

fn goods_line(out: &mut Filling<TripReading>, line: usize, item: &Value, reading: &TripReading) {
    let Some(mut pass) = out.inner("GID") else {
        return;
    };
    pass.segment(&[("goods-line", &line.to_string())]);
    pass.segment(&[
        ("goods-packages", &number(item, "/packages")),
        ("goods-unit", text(item, "/packageUnit")),
    ]);
    let lines: Vec<String> = text(item, "/goodsText")
        .split('\n')
        .map(str::to_owned)
        .collect();
    for five in lines.chunks(TEXT_PIECES_MAX) {
        pass.numbered("text", five);
    }
    let weight = number(item, "/grossWeightKg");
    if !weight.is_empty() {
        pass.segment(&[
            ("goods-weight-unit", &reading.weight_unit),
            ("goods-weight", &weight),
        ]);
    }
    pass.segment(&[("hazard", text(item, "/unNumber").trim_start_matches("UN"))]);
    pass.segment(&[("tariff", text(item, "/commodityCode"))]);
    pass.segment(&[("origin", text(item, "/originCountry"))]);
    out.add(pass);
}
