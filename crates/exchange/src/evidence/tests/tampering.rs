//! Each kind of tampering is told for what it is.

use super::*;

/// What is done to the file: its name, how, the code when an outsider does it, the code when the node that wrote it does and signs anew.
/// Empty: nothing is left to tell by.
type Tampering = (&'static str, fn(&mut Value), &'static str, &'static str);

const TAMPERINGS: &[Tampering] = &[
    (
        "a word of a record",
        word_of_a_record,
        "record-id",
        "record-id",
    ),
    (
        "a word of a record, its id made to fit",
        word_and_id,
        "record-proof",
        "record-proof",
    ),
    (
        "a word of a view",
        word_of_a_view,
        "record-proof",
        "record-proof",
    ),
    (
        "a record that is none",
        no_record,
        "record-malformed",
        "record-malformed",
    ),
    (
        "a view under another name",
        |b| set(b, "/records/3/view", json!("officers")),
        "record-added",
        "stamp-other-record",
    ),
    (
        "a view as the whole",
        |b| set(b, "/records/3/view", json!("whole")),
        "record-malformed",
        "record-malformed",
    ),
    (
        "documents exchanged",
        documents_exchanged,
        "record-other",
        "record-other",
    ),
    (
        "records swapped",
        |b| swap(b, "/records", 0, 1),
        "evidence-order",
        "evidence-order",
    ),
    ("a record taken out", taken_out, "record-removed", ""),
    (
        "a record twice",
        twice,
        "record-repeated",
        "record-repeated",
    ),
    ("a record added", added, "record-added", "evidence-order"),
    (
        "the list of contents cut",
        |b| cut(b, "/manifest"),
        "record-added",
        "",
    ),
    (
        "the salt",
        |b| {
            set(
                b,
                "/records/0/receipt/salt",
                json!(encode::base64url(&[1; 32])),
            )
        },
        "receipt-not-in-log",
        "receipt-not-in-log",
    ),
    (
        "a short salt",
        |b| set(b, "/records/0/receipt/salt", json!("AAAA")),
        "receipt-malformed",
        "receipt-malformed",
    ),
    (
        "a hash of the path",
        |b| {
            set(
                b,
                "/records/0/receipt/proof/0",
                json!(Hash::to_base64(&garita_tlog::EMPTY_ROOT)),
            )
        },
        "receipt-not-in-log",
        "receipt-not-in-log",
    ),
    (
        "the path cut",
        |b| cut(b, "/records/0/receipt/proof"),
        "receipt-not-in-log",
        "receipt-not-in-log",
    ),
    (
        "a path of no hashes",
        |b| set(b, "/records/0/receipt/proof/0", json!("AAAA")),
        "receipt-malformed",
        "receipt-malformed",
    ),
    (
        "the entry, where it was stamped",
        |b| set(b, "/records/0/receipt/index", json!(2)),
        "receipt-stamp-other",
        "receipt-stamp-other",
    ),
    (
        "the entry, where it was received",
        |b| set(b, "/records/2/receipt/index", json!(1)),
        "receipt-not-in-log",
        "receipt-not-in-log",
    ),
    (
        "when it was received",
        |b| bump(b, "/records/2/receipt/leaf/logged"),
        "receipt-not-in-log",
        "receipt-not-in-log",
    ),
    (
        "for whom it was received",
        |b| {
            set(
                b,
                "/records/2/receipt/leaf/audience",
                json!(encode::ni(&[1; 32])),
            )
        },
        "receipt-not-in-log",
        "receipt-not-in-log",
    ),
    (
        "received as issued",
        |b| set(b, "/records/2/receipt/leaf/act", json!("issued")),
        "receipt-act",
        "receipt-act",
    ),
    (
        "issued by another",
        |b| set(b, "/records/0/receipt/leaf/party", json!(CBP)),
        "receipt-act",
        "receipt-act",
    ),
    (
        "the receipt of another record",
        receipts_exchanged,
        "receipt-other-record",
        "receipt-other-record",
    ),
    (
        "one entry for two records",
        |b| set(b, "/records/2/receipt/index", json!(1)),
        "receipt-index-repeated",
        "receipt-index-repeated",
    ),
    (
        "the size of the checkpoint",
        |b| replace(b, "/checkpoints/did:web:trade.example", "\n5\n", "\n6\n"),
        "evidence-checkpoint",
        "evidence-checkpoint",
    ),
    (
        "another log's checkpoint",
        |b| {
            exchange(
                b,
                "/checkpoints/did:web:trade.example",
                "/checkpoints/did:web:customs.example",
            )
        },
        "evidence-checkpoint",
        "evidence-checkpoint",
    ),
    (
        "no checkpoint",
        no_checkpoint,
        "evidence-checkpoint",
        "evidence-checkpoint",
    ),
    (
        "the time of the stamp",
        |b| bump(b, "/records/2/stamp/logged"),
        "stamp-signature",
        "stamp-signature",
    ),
    (
        "the entry in the stamp",
        |b| bump(b, "/records/2/stamp/index"),
        "stamp-signature",
        "stamp-signature",
    ),
    (
        "a stamp by no home",
        |b| set(b, "/records/2/stamp/node", json!(TRADE)),
        "stamp-not-home",
        "stamp-not-home",
    ),
    (
        "the stamp of another record",
        |b| exchange(b, "/records/0/stamp", "/records/1/stamp"),
        "stamp-other-record",
        "stamp-other-record",
    ),
    (
        "a stamp in another log",
        stamp_in_another_log,
        "stamp-log-other",
        "stamp-log-other",
    ),
    (
        "a key of the chain",
        |b| {
            set(
                b,
                "/governance/4/credentialSubject/statement/keys/0/publicKeyMultibase",
                json!(key(9).verification_key().to_multibase()),
            )
        },
        "evidence-chain",
        "evidence-chain",
    ),
    (
        "an entry of the chain left out",
        |b| take(b, "/governance", 3),
        "evidence-chain",
        "evidence-chain",
    ),
    (
        "an entry of the chain twice",
        entry_twice,
        "evidence-chain",
        "evidence-chain",
    ),
    (
        "entries of the chain swapped",
        |b| swap(b, "/governance", 4, 5),
        "evidence-chain",
        "evidence-chain",
    ),
    (
        "the end of the chain left out",
        |b| cut(b, "/governance"),
        "record-key-unknown",
        "record-key-unknown",
    ),
    (
        "no chain",
        |b| set(b, "/governance", json!([])),
        "evidence-chain",
        "evidence-chain",
    ),
    (
        "the chain of another network",
        another_network,
        "record-network-other",
        "record-network-other",
    ),
    (
        "another case",
        |b| set(b, "/cases/0/key", json!("TOCQ:TOCQ1")),
        "record-case-other",
        "record-case-other",
    ),
    (
        "a member of the whole",
        |b| set(b, "/witnessed", json!(true)),
        "evidence-member-unknown",
        "evidence-member-unknown",
    ),
    (
        "a member of a record",
        |b| set(b, "/records/0/witnessed", json!(true)),
        "evidence-member-unknown",
        "evidence-member-unknown",
    ),
    (
        "a member of a stamp",
        |b| set(b, "/records/0/stamp/witnessed", json!(true)),
        "evidence-member-unknown",
        "evidence-member-unknown",
    ),
    (
        "a member missing",
        |b| remove(b, "/state"),
        "evidence-malformed",
        "evidence-malformed",
    ),
    (
        "a number as a text",
        |b| set(b, "/records/0/stamp/index", json!("1")),
        "evidence-malformed",
        "evidence-malformed",
    ),
    (
        "another format",
        |b| set(b, "/format", json!("garita-evidence-v2")),
        "evidence-format",
        "evidence-format",
    ),
    (
        "no instant",
        |b| set(b, "/exported", json!("yesterday")),
        "evidence-malformed",
        "evidence-malformed",
    ),
    (
        "a cosignature",
        |b| set(b, "/cosignatures", json!([{ "by": "me" }])),
        "evidence-cosignature-unknown",
        "evidence-cosignature-unknown",
    ),
    (
        "how the case stands",
        |b| set(b, "/state/state", json!("released")),
        "evidence-signature",
        "",
    ),
    (
        "when it was written",
        |b| set(b, "/exported", json!("2026-11-30T00:00:00Z")),
        "evidence-signature",
        "",
    ),
    (
        "another party's",
        |b| set(b, "/party", json!("did:web:nobody")),
        "evidence-party-unknown",
        "evidence-party-unknown",
    ),
    (
        "of a party that lives elsewhere",
        |b| set(b, "/party", json!(CBP)),
        "evidence-party-elsewhere",
        "evidence-party-elsewhere",
    ),
    (
        "one entry stamped twice",
        stamped_twice,
        "stamp-index-repeated",
        "stamp-index-repeated",
    ),
    (
        "a stamp dated back",
        dated_back,
        "stamp-order",
        "stamp-order",
    ),
    (
        "a receipt dated ahead",
        |b| {
            set(b, "/records/2/receipt/leaf/logged", json!(NOW_MS + 900_000));
        },
        "receipt-order",
        "receipt-order",
    ),
    (
        "another node's",
        |b| set(b, "/node", json!(CUSTOMS)),
        "evidence-signature",
        "evidence-signature-other",
    ),
    (
        "a node of nowhere",
        |b| set(b, "/node", json!("did:web:nowhere")),
        "evidence-node-unknown",
        "evidence-node-unknown",
    ),
    (
        "the name of a program",
        |b| set(b, "/programs/0/version", json!("99.0.0")),
        "evidence-program",
        "evidence-program",
    ),
    (
        "a context that is none",
        |b| set(b, "/contexts/urn:x", json!({})),
        "evidence-context",
        "evidence-context",
    ),
    (
        "a context that all have",
        vc_context,
        "evidence-context",
        "evidence-context",
    ),
    (
        "what the peer received, in time",
        |b| bump(b, "/records/0/holders/0/entry/logged"),
        "holder-not-in-log",
        "holder-not-in-log",
    ),
    (
        "where the peer has it",
        |b| bump(b, "/records/0/holders/0/entry/index"),
        "holder-not-in-log",
        "holder-not-in-log",
    ),
    (
        "the peer's salt",
        |b| {
            set(
                b,
                "/records/0/holders/0/entry/salt",
                json!(encode::base64url(&[3; 32])),
            )
        },
        "holder-not-in-log",
        "holder-not-in-log",
    ),
    (
        "a salt of the peer's that is none",
        |b| set(b, "/records/0/holders/0/entry/salt", json!("AAAA")),
        "holder-malformed",
        "holder-malformed",
    ),
    (
        "the peer's path cut",
        |b| cut(b, "/records/0/holders/0/entry/proof"),
        "holder-not-in-log",
        "holder-not-in-log",
    ),
    (
        "the view that the peer has",
        |b| set(b, "/records/0/holders/0/view", json!("parties")),
        "holder-not-in-log",
        "holder-not-in-log",
    ),
    (
        "for nobody there",
        |b| set(b, "/records/0/holders/0/to", json!([])),
        "holder-not-in-log",
        "holder-not-in-log",
    ),
    (
        "for a party that lives elsewhere",
        |b| set(b, "/records/0/holders/0/to", json!([CARRIER])),
        "holder-recipient",
        "holder-recipient",
    ),
    (
        "a peer of nowhere",
        |b| set(b, "/records/0/holders/0/node", json!("did:web:nowhere")),
        "holder-unknown",
        "holder-unknown",
    ),
    (
        "refused, with an entry",
        |b| set(b, "/records/0/holders/0/answer", json!("refused")),
        "holder-malformed",
        "holder-malformed",
    ),
    (
        "no checkpoint of the peer",
        |b| remove(b, "/checkpoints/did:web:customs.example"),
        "holder-checkpoint",
        "holder-checkpoint",
    ),
    (
        "the signature's list",
        proof_as_list,
        "evidence-signature",
        "",
    ),
    (
        "no signature",
        |b| remove(b, "/proof"),
        "evidence-signature",
        "",
    ),
];

#[test]
fn each_kind_of_tampering_is_told_for_what_it_is() {
    let honest = sign(&json!(honest()), 2);
    assert_eq!(faults(&honest, &ground()), Vec::<String>::new());
    let mut wrong = Vec::new();
    for (name, tamper, outsider, insider) in TAMPERINGS {
        let mut file = honest.clone();
        tamper(&mut file);
        assert_ne!(file, honest, "{name} changes nothing");
        let told = faults(&file, &ground());
        let has = |told: &[String], code: &str| told.iter().any(|t| t == code);
        // Whoever cannot sign is found out whatever he changed, where the file can be read and its keys are known.
        let unreadable = [
            "evidence-chain",
            "evidence-node-unknown",
            "evidence-malformed",
            "evidence-format",
        ];
        let unsigned =
            has(&told, "evidence-signature") || unreadable.iter().any(|code| has(&told, code));
        if !has(&told, outsider) || !unsigned {
            wrong.push(format!("{name} by an outsider: {told:?}"));
        }

        let told = faults(&sign_listed(&file), &ground());
        let found_out = match *insider {
            "" => told.is_empty(),
            code => has(&told, code) && !has(&told, "evidence-signature"),
        };
        if !found_out {
            wrong.push(format!("{name} by the node itself: {told:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    // Each in words of both languages, with a place in the file where it has one.
    for (name, tamper, ..) in TAMPERINGS {
        let mut file = honest.clone();
        tamper(&mut file);
        if let Ok(judged) = verify(file.to_string().as_bytes(), &ground()) {
            for finding in judged.report.of(Standing::DoesNotHold) {
                assert!(!finding.en.is_empty() && !finding.es.is_empty(), "{name}");
                assert_ne!(finding.en, finding.es, "{name}");
            }
        }
    }
}

#[test]
fn the_file_of_another_network_is_told_as_that() {
    let file = sign(&json!(honest()), 2);
    let other = make(world("Another"));
    let wanted = world("Another").network.id;
    let pinned = Ground {
        network: Some(&wanted),
        ..ground()
    };
    assert_eq!(faults(&file, &pinned), ["evidence-network-other"]);
    // It holds in itself: only who knows the network's digest can tell.
    assert_eq!(
        faults(&sign(&json!(other), 2), &pinned),
        Vec::<String>::new()
    );
}

#[test]
fn the_file_signed_by_another_node_is_told_as_that() {
    let file = sign(&json!(honest()), 3);
    assert_eq!(faults(&file, &ground()), ["evidence-signature-other"]);
    let file = sign(&json!(honest()), 99);
    assert_eq!(faults(&file, &ground()), ["evidence-signature-other"]);
}

#[test]
fn a_record_under_a_key_that_was_revoked_by_then_is_told_as_that() {
    let revoked = |from_ms| {
        let mut world = world("Laredo");
        world.govern(&Statement::KeyRevoked {
            verification_method: format!("{CARRIER}#key-1"),
            from_ms,
            reason: "lost".to_owned(),
        });
        faults(&sign(&json!(make(world)), 2), &ground())
    };
    // From the second record on; from later on.
    assert_eq!(revoked(NOW_MS + 50), ["record-key-revoked"]);
    assert_eq!(revoked(NOW_MS + 5_000), Vec::<String>::new());
}

#[test]
fn a_stamp_of_the_nodes_own_key_after_its_revocation_counts_no_more() {
    let mut world = world("Laredo");
    world.govern(&Statement::KeyRevoked {
        verification_method: crate::governance::node_method(CUSTOMS),
        from_ms: NOW_MS,
        reason: "stolen".to_owned(),
    });
    let told = faults(&sign(&json!(make(world)), 2), &ground());
    assert_eq!(told, ["stamp-signature", "stamp-signature"]);
}

#[test]
fn what_is_too_much_is_refused_before_it_is_judged() {
    let mut file = sign(&json!(honest()), 2);
    let line = file["manifest"][0].clone();
    file["manifest"] = Value::Array(vec![line; RECORDS_MAX + 1]);
    assert_eq!(faults(&file, &ground()), ["evidence-too-large"]);
    let deep = "[".repeat(200);
    assert!(verify(deep.as_bytes(), &ground()).is_err());
    let twice = r#"{"format":"garita-evidence-v1","format":"garita-evidence-v1"}"#;
    let told = verify(twice.as_bytes(), &ground()).unwrap_err();
    assert_eq!(told.code, "json-duplicate-key");
}

/// Where a pointer leads to, and its last step.
fn parent<'a>(value: &'a mut Value, pointer: &str) -> (&'a mut Value, String) {
    let (above, last) = pointer.rsplit_once('/').unwrap();
    (value.pointer_mut(above).unwrap(), last.to_owned())
}

fn set(bundle: &mut Value, pointer: &str, new: Value) {
    match bundle.pointer_mut(pointer) {
        Some(place) => *place = new,
        None => {
            let (above, last) = parent(bundle, pointer);
            above[last] = new;
        }
    }
}

fn remove(bundle: &mut Value, pointer: &str) {
    let (above, last) = parent(bundle, pointer);
    above.as_object_mut().unwrap().shift_remove(&last).unwrap();
}

fn list<'a>(bundle: &'a mut Value, pointer: &str) -> &'a mut Vec<Value> {
    bundle.pointer_mut(pointer).unwrap().as_array_mut().unwrap()
}

fn cut(bundle: &mut Value, pointer: &str) {
    list(bundle, pointer).pop().unwrap();
}

fn take(bundle: &mut Value, pointer: &str, n: usize) {
    list(bundle, pointer).remove(n);
}

fn swap(bundle: &mut Value, pointer: &str, a: usize, b: usize) {
    list(bundle, pointer).swap(a, b);
}

fn bump(bundle: &mut Value, pointer: &str) {
    let n = bundle.pointer(pointer).unwrap().as_i64().unwrap();
    set(bundle, pointer, json!(n + 1));
}

fn exchange(bundle: &mut Value, a: &str, b: &str) {
    let (one, other) = (
        bundle.pointer(a).unwrap().clone(),
        bundle.pointer(b).unwrap().clone(),
    );
    set(bundle, a, other);
    set(bundle, b, one);
}

fn replace(bundle: &mut Value, pointer: &str, old: &str, new: &str) {
    let text = bundle.pointer(pointer).unwrap().as_str().unwrap();
    assert!(text.contains(old), "{text}");
    let text = text.replace(old, new);
    set(bundle, pointer, json!(text));
}

fn edit(bundle: &mut Value, n: usize, change: impl FnOnce(&mut Value)) {
    let pointer = format!("/records/{n}/document");
    let mut document: Value =
        serde_json::from_str(bundle.pointer(&pointer).unwrap().as_str().unwrap()).unwrap();
    change(&mut document);
    set(bundle, &pointer, json!(document.to_string()));
}

/// Another value of a member that states something.
fn other_word(document: &mut Value) {
    let subject = document["credentialSubject"].as_object_mut().unwrap();
    let member = subject.values_mut().find(|v| v.is_string()).unwrap();
    *member = json!("another word");
}

fn word_of_a_record(bundle: &mut Value) {
    edit(bundle, 0, other_word);
}

fn word_of_a_view(bundle: &mut Value) {
    edit(bundle, 3, other_word);
}

fn word_and_id(bundle: &mut Value) {
    let mut id = String::new();
    edit(bundle, 0, |document| {
        other_word(document);
        id = envelope::record_id(document).unwrap();
        document["id"] = json!(id);
    });
    set(bundle, "/records/0/id", json!(id));
}

fn no_record(bundle: &mut Value) {
    set(bundle, "/records/0/document", json!("{}"));
}

fn documents_exchanged(bundle: &mut Value) {
    exchange(bundle, "/records/0/document", "/records/1/document");
}

fn receipts_exchanged(bundle: &mut Value) {
    exchange(bundle, "/records/0/receipt", "/records/1/receipt");
}

/// The last: nothing follows it.
fn taken_out(bundle: &mut Value) {
    cut(bundle, "/records");
}

fn twice(bundle: &mut Value) {
    let record = bundle["records"][0].clone();
    list(bundle, "/records").insert(0, record);
}

fn added(bundle: &mut Value) {
    let mut record = bundle["records"][0].clone();
    record["id"] = json!(encode::ni(&[5; 32]));
    list(bundle, "/records").push(record);
}

fn no_checkpoint(bundle: &mut Value) {
    remove(bundle, "/checkpoints/did:web:trade.example");
}

fn entry_twice(bundle: &mut Value) {
    let entry = bundle["governance"][2].clone();
    list(bundle, "/governance").insert(3, entry);
}

fn another_network(bundle: &mut Value) {
    set(bundle, "/governance", json!(world("Another").chain));
}

fn proof_as_list(bundle: &mut Value) {
    let proof = bundle["proof"].clone();
    bundle["proof"] = json!([proof]);
}

fn vc_context(bundle: &mut Value) {
    bundle["contexts"][crate::envelope::VC_CONTEXT_URL] = json!({ "@context": {} });
}

/// The home says itself, under its own key, that the record is in another log.
fn stamp_in_another_log(bundle: &mut Value) {
    let stamp: Stamp = serde_json::from_value(bundle["records"][2]["stamp"].clone()).unwrap();
    let (index, logged) = (stamp.index, stamp.logged);
    let forged = Stamp::sign(
        &stamp.id,
        &stamp.view,
        CUSTOMS,
        "elsewhere.example/log",
        index,
        logged,
        &key(3),
    )
    .unwrap();
    bundle["records"][2]["stamp"] = json!(forged);
}

/// A stamp of the home's own making.
fn stamped(bundle: &mut Value, n: usize, index: u64, logged: i64) {
    let held: Stamp = serde_json::from_value(bundle["records"][n]["stamp"].clone()).unwrap();
    let seed = if held.node == TRADE { 2 } else { 3 };
    let (id, view, log) = (&held.id, &held.view, &held.log);
    let stamp = Stamp::sign(id, view, &held.node, log, index, logged, &key(seed)).unwrap();
    bundle["records"][n]["stamp"] = json!(stamp);
}

fn stamped_twice(bundle: &mut Value) {
    let other = &bundle["records"][3]["stamp"];
    let (index, logged) = (
        other["index"].as_u64().unwrap(),
        other["logged"].as_i64().unwrap(),
    );
    stamped(bundle, 2, index, logged);
}

fn dated_back(bundle: &mut Value) {
    let index = bundle["records"][1]["stamp"]["index"].as_u64().unwrap();
    stamped(bundle, 1, index, NOW_MS - 1_000);
}
