//! ISO 20022: round trips of made documents and of records.

use crate::iso_maker::Maker;
use garita_formats::iso20022::{self, tables};
use garita_formats::{Severity, elements::untold};

/// For each message a thousand documents made from its tables, its versions in turn: what is written is read again,
/// and nothing is wrong with it.
#[test]
fn a_thousand_documents_of_each_message_come_back() {
    let mut messages: Vec<&str> = tables::DEFINITIONS.iter().map(|one| one.element).collect();
    messages.dedup();
    for element in messages {
        let versions: Vec<_> = tables::DEFINITIONS
            .iter()
            .filter(|one| one.element == element)
            .collect();
        for seed in 0..1_000_u64 {
            let version = versions[usize::try_from(seed).unwrap() % versions.len()];
            let document = Maker::new(seed).document(version.identifier);
            let text = iso20022::write(&document);
            let (again, faults) = iso20022::read_document(text.as_bytes()).unwrap();
            assert_eq!(again, document, "{} {seed}", version.identifier);
            let wrong = faults
                .iter()
                .find(|fault| fault.severity == Severity::Error);
            assert!(
                wrong.is_none(),
                "{} {seed}: {wrong:#?}\n{text}",
                version.identifier
            );
            if seed % 10 == 0 {
                let draft = iso20022::read(text.as_bytes()).unwrap();
                assert_eq!(
                    untold(&draft),
                    Vec::<String>::new(),
                    "{} {seed}",
                    version.identifier
                );
            }
        }
    }
}
