//! What was written is compared with what was meant: by what a record names, not by where it stands.

use garita_formats::out::{CaseRecord, Exporter, LeftOut, write};
use garita_formats::{DocumentKind, Readings, read};
use serde_json::{Value, json};

use crate::round_trip::{Case, sending};
use crate::round_trip_border::{carta_porte, pedimento, sent, texts};

fn left(left_out: &[LeftOut], record: usize) -> Vec<&str> {
    left_out
        .iter()
        .filter(|left| left.record == record)
        .map(|left| left.pointer.as_str())
        .collect()
}

#[test]
fn shipments_that_a_carta_porte_does_not_name_are_of_another() {
    let is_fit = |(case, _): &(Case, Vec<(String, String)>)| {
        case[0].1.get("goods").is_none() && case.get(2).is_some_and(|(of, _)| *of == "Shipment")
    };
    let (mut case, supplied) = (0..).map(carta_porte).find(is_fit).unwrap();
    case[1].1["shipper"]["partyName"] = json!("Arneses del Norte");
    let named = case[2].1.clone();
    let place = |party: &Value| {
        let part = |member: &str| party[member].as_str().unwrap().to_owned();
        format!("{}, {}", part("locality"), part("region"))
    };
    let own = &mut case[0].1;
    own["scns"] = json!([named["scn"]]);
    for member in ["packages", "grossWeightKg"] {
        own[member] = named[member].clone();
    }
    own["origin"] = json!(place(&named["shipper"]));
    own["destination"] = json!(place(&named["consignee"]));
    let written = sent("carta-porte", &case, &supplied).unwrap();
    assert!(left(&written.left_out, 1).is_empty());
    assert!(left(&written.left_out, 2).is_empty());
    let draft = read(DocumentKind::CartaPorte, &written.bytes).unwrap();
    assert_eq!(
        draft.record("Shipment").unwrap().subject["shipper"]["partyName"],
        named["shipper"]["partyName"]
    );
}

#[test]
fn a_list_that_goes_out_as_several_records_is_compared_with_each() {
    let first =
        json!({ "scns": ["TOCQ88402171", "TOCQ88402172"], "decision": "release", "port": "2304" });
    let second = json!({ "scns": ["TOCQ88402173"], "decision": "release", "port": "2304" });
    let of = |subject, at: &str| CaseRecord {
        record_type: "ReleaseDecision",
        subject,
        occurred: Some(at.parse().unwrap()),
    };
    let records = [
        of(&first, "2026-11-24T21:11:00Z"),
        of(&second, "2026-11-24T21:40:00Z"),
    ];
    let exporter = Exporter::named("x12-350").unwrap();
    let written = write(exporter, &records, &sending(), &Readings::default()).unwrap();
    assert_eq!(written.left_out, []);
    let draft = read(exporter.kind, &written.bytes).unwrap();
    assert_eq!(draft.records.len(), 3);
}

#[test]
fn a_report_and_an_act_of_the_same_leave_nothing_out() {
    let (mut case, supplied) = (0..)
        .map(pedimento)
        .find(|(case, _)| case.iter().any(|(of, _)| *of == "PedimentoValidated"))
        .unwrap();
    let at = case
        .iter()
        .position(|(of, _)| *of == "PedimentoValidated")
        .unwrap();
    let again = case[at].clone();
    case.push(again);
    let written = sent("pedimento", &case, &supplied).unwrap();
    assert!(left(&written.left_out, at).is_empty());
    assert!(left(&written.left_out, case.len() - 1).is_empty());

    // The broker's report said another number: that one is not written.
    case[at].1["acknowledgment"] = json!("B1B2C3D4");
    let written = sent("pedimento", &case, &supplied).unwrap();
    assert_eq!(left(&written.left_out, at), ["/acknowledgment"]);
    assert!(left(&written.left_out, case.len() - 1).is_empty());
}

#[test]
fn invoices_are_found_by_their_numbers() {
    let (first, mut supplied) = (0..)
        .map(pedimento)
        .find(|(case, _)| case.len() == 1 && case[0].1.get("coves").is_none())
        .unwrap();
    let with = |number: &str, cove: &str| {
        let mut subject = first[0].1.clone();
        subject["number"] = json!(number);
        subject["coves"] = json!([cove]);
        ("Pedimento", subject)
    };
    let year = first[0].1["number"].as_str().unwrap()[..1].to_owned();
    let case = vec![
        with(&format!("{year}000201"), "COVE26A4F0002"),
        with(&format!("{year}000202"), "COVE26A4F0001"),
        ("InvoiceSummary", json!({ "invoiceNumber": "AQ-1" })),
        ("InvoiceSummary", json!({ "invoiceNumber": "AQ-2" })),
    ];
    supplied.extend(texts(&[
        ("facturas.COVE26A4F0001.numeroFactura", "AQ-1"),
        ("facturas.COVE26A4F0002.numeroFactura", "AQ-2"),
    ]));
    let written = sent("pedimento", &case, &supplied).unwrap();
    assert!(left(&written.left_out, 2).is_empty());
    assert!(left(&written.left_out, 3).is_empty());
}
