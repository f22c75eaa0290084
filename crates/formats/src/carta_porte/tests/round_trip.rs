use super::generate::{Dice, Fullness, xml};
use crate::carta_porte::*;
use crate::elements::untold;
use std::collections::BTreeSet;

const CASES: u64 = 1_000;

#[test]
fn a_thousand_generated_documents_come_back_equal() {
    for seed in 0..CASES {
        let made = xml(&mut Dice::new(seed), Fullness::Some);
        let (document, faults) =
            read_document(made.as_bytes()).unwrap_or_else(|error| panic!("{seed}: {error:?}"));
        let unread: Vec<_> = faults
            .iter()
            .filter(|fault| fault.code.ends_with("-not-read") || fault.code.ends_with("-form"))
            .collect();
        assert!(unread.is_empty(), "{seed}: {unread:#?}\n{made}");
        let written = write(&document);
        let (again, _) = read_document(written.as_bytes()).unwrap();
        assert_eq!(again, document, "{seed}");
        assert_eq!(write(&again), written, "{seed}");
        if document.cfdi.is_some() {
            assert_eq!(
                original_string(made.as_bytes()).unwrap(),
                original_string(written.as_bytes()).unwrap(),
                "{seed}"
            );
        }
    }
}

#[test]
fn drafts_of_generated_documents_are_told_by_the_table() {
    let mut reached = BTreeSet::new();
    for seed in 0..200 {
        let fullness = if seed % 10 == 0 {
            Fullness::All
        } else {
            Fullness::Some
        };
        // The schema's towns are codes; a name, where one stands, is taken.
        let made = xml(&mut Dice::new(seed), fullness)
            .replace("Localidad=\"01\"", "Localidad=\"Monterrey\"");
        let made = one_part_number(&made);
        let draft = read(made.as_bytes()).unwrap();
        let untold = untold(&draft);
        assert!(untold.is_empty(), "{seed}: {untold:#?}");
        for fault in &draft.faults {
            assert!(
                !fault.en.is_empty() && !fault.es.is_empty() && fault.en != fault.es,
                "{fault:?}"
            );
        }
        for record in &draft.records {
            for pointer in record.sources.pointers() {
                let starred: Vec<&str> = pointer
                    .split('/')
                    .map(|token| {
                        if token.parse::<usize>().is_ok() {
                            "*"
                        } else {
                            token
                        }
                    })
                    .collect();
                reached.insert((record.record_type.clone(), starred.join("/")));
            }
        }
    }
    for row in elements() {
        for goes in row.goes {
            let key = (goes.record_type.to_string(), goes.member.to_string());
            assert!(reached.contains(&key), "told and never filled: {key:?}");
        }
    }
}

/// The document with one part number on all lines, so that invoice and complement tell of the same goods.
fn one_part_number(text: &str) -> String {
    let mut parts = text.split("NoIdentificacion=\"");
    let mut out = parts.next().unwrap_or("").to_owned();
    for part in parts {
        let (_, rest) = part.split_once('"').unwrap();
        out.push_str(&format!("NoIdentificacion=\"P-1\"{rest}"));
    }
    out
}

/// Writes generated documents for programs of others to read: `cargo verify oracles cfdi`.
#[test]
fn documents_for_oracles() {
    let Ok(folder) = std::env::var("ORACLE_OUT") else {
        println!("skipped: ORACLE_OUT is not set");
        return;
    };
    std::fs::create_dir_all(&folder).unwrap();
    for seed in 0..60 {
        let fullness = if seed == 0 {
            Fullness::All
        } else {
            Fullness::Some
        };
        let made = xml(&mut Dice::new(seed), fullness);
        let (document, _) = read_document(made.as_bytes()).unwrap();
        let written = write(&document);
        std::fs::write(format!("{folder}/{seed}.xml"), &written).unwrap();
        if document.cfdi.is_some() {
            let original = original_string(written.as_bytes()).unwrap();
            std::fs::write(format!("{folder}/{seed}.original"), original).unwrap();
        }
        if let Some(stamp) = document.cfdi.as_ref().and_then(|cfdi| cfdi.timbre.as_ref()) {
            let original = super::super::original::of_stamp(stamp);
            std::fs::write(format!("{folder}/{seed}.stamp"), original).unwrap();
        }
        let draft = read(written.as_bytes()).unwrap();
        let json = serde_json::to_string_pretty(&draft.records).unwrap();
        std::fs::write(format!("{folder}/{seed}.json"), json).unwrap();
    }
}
