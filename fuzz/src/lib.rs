//! Fuzz targets: one for each kind of document, one for each reader below them, and one for each form of what is signed.
//!
//! A target takes any bytes and panics where a promise is broken. `tests/replay.rs` runs each for some seconds over its corpus and over
//! mutations of it; `cargo bench-all fuzz` runs libFuzzer, guided by coverage, for minutes.

mod canon_json;
mod change;
mod credential;
mod did;
mod http_signature;
mod issued;
mod json_ld;
mod mutate;
mod nquads;
mod office;
mod sheets;
mod shown;
mod status;
mod tlog;
mod token;
mod webvh;
#[path = "../../crates/formats/tests/support/workbooks.rs"]
#[expect(clippy::unwrap_used, reason = "what a fuzzer makes fits")]
mod workbooks;

pub use mutate::Mutator;

use garita_formats::{Draft, Fault, IMPORTERS, Severity, draft::FAULTS_MAX, read, recognise};

/// A way into the readers.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, and its corpus' folder under `fuzz/corpus`.
    pub name: &'static str,
    run: Run,
}

/// What runs a target, given its name.
type Run = fn(&'static str, &[u8]);

impl Target {
    /// Runs the target.
    ///
    /// # Panics
    /// Where a promise of the reader is broken.
    pub fn run(&self, bytes: &[u8]) {
        (self.run)(self.name, bytes);
    }
}

/// Those that are no kind of document that people already have.
const OTHERS: [(&str, Run); 10] = [
    ("sheet", sheets::run),
    ("canon-json", canon_json::run),
    ("json-ld", json_ld::run),
    ("nquads", nquads::run),
    ("credential", credential::run),
    ("token", token::run),
    ("did", did::run),
    ("status", status::run),
    ("http-signature", http_signature::run),
    ("tlog", tlog::run),
];

/// All targets.
pub fn targets() -> Vec<Target> {
    IMPORTERS
        .iter()
        .map(|importer| Target {
            name: importer.name,
            run: document,
        })
        .chain(OTHERS.map(|(name, run)| Target { name, run }))
        .collect()
}

/// A document of a kind: an answer in both languages, places, a table that is true, and a draft that can be shown.
fn document(name: &'static str, bytes: &[u8]) {
    let _ = recognise(bytes);
    let Some(kind) = garita_formats::DocumentKind::from_name(name) else {
        return;
    };
    match read(kind, bytes) {
        Err(error) => {
            assert!(!error.code().is_empty());
            both(&error.en, &error.es);
        }
        Ok(draft) => holds(&draft),
    }
}

fn holds(draft: &Draft) {
    faults(&draft.faults, draft.records.len());
    for record in &draft.records {
        for missing in &record.missing {
            both(&missing.en, &missing.es);
        }
        for pointer in record.sources.pointers() {
            assert!(record.subject.pointer(pointer).is_some(), "{pointer}");
        }
    }
    if draft.is_complete() {
        assert!(draft.faults.iter().all(|f| f.severity < Severity::Error));
    }
    assert!(serde_json::to_string(draft).is_ok());
}

/// As many as are told, of records that are there, in both languages.
fn faults(faults: &[Fault], records: usize) {
    assert!(faults.len() <= FAULTS_MAX);
    for fault in faults {
        both(&fault.en, &fault.es);
        assert!(
            fault.record.is_none_or(|index| index < records),
            "{fault:?}"
        );
    }
}

/// Words in both languages.
fn both(en: &str, es: &str) {
    assert!(!en.is_empty() && !es.is_empty(), "{en} / {es}");
}
