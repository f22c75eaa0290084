//! JSON-LD contexts by which a bundle's documents are read: the binary's own first, the file's where it has none.

use std::sync::OnceLock;

use garita_canon::{Canonicalizer, ContextSet, json};

use super::super::Bundle;
use super::super::report::{Finding, Standing};
use super::Ground;
use crate::envelope::ENVELOPE_CONTEXT_URL;
use crate::program::envelope_context;

/// See the module.
pub(super) struct Contexts {
    /// The binary's own, and the file's for what it lacks.
    pub(super) own: Canonicalizer,
    /// The file's, where it has another text than the binary for one of them: a program's later version may have said more.
    pub(super) told: Option<Canonicalizer>,
}

impl Contexts {
    /// What to read by, and what is to be said of it.
    pub(super) fn of(bundle: &Bundle, ground: &Ground<'_>) -> (Self, Vec<Finding>) {
        let mut notes = Vec::new();
        let mut own = with_ours(&ground.contexts);
        let mut told = ours().clone();
        let mut differ = false;
        for (url, document) in &bundle.contexts {
            let mut at = "/contexts".to_owned();
            json::push_pointer(&mut at, url);
            match told.clone().with(url, document.clone()) {
                Ok(set) => told = set,
                Err(error) => {
                    notes.push(Finding {
                        standing: Standing::DoesNotHold,
                        code: "evidence-context",
                        pointer: at,
                        en: format!("the context cannot be used: {error}"),
                        es: format!("el contexto no se puede usar: {error}"),
                    });
                    continue;
                }
            }
            let known = own.get(url).is_some();
            match own.clone().with(url, document.clone()) {
                Ok(_) if known => {}
                Ok(set) => {
                    own = set;
                    notes.push(Finding {
                        standing: Standing::NotProven,
                        code: "context-told",
                        pointer: at,
                        en: format!("what members are called in the views of records: this binary does not have `{url}` and takes it from the file; whole records are bound by their ids, names included"),
                        es: format!("cómo se llaman los miembros en las vistas de registros: este programa no tiene `{url}` y lo toma del archivo; los registros completos están atados por su identificador, con sus nombres"),
                    });
                }
                Err(_) => {
                    differ = true;
                    notes.push(Finding {
                        standing: Standing::NotProven,
                        code: "context-other",
                        pointer: at,
                        en: format!("that the file's `{url}` is the program's: this binary has another text of it, and reads by its own where that fits"),
                        es: format!("que el `{url}` del archivo sea el del programa: este programa tiene otro texto, y lee con el propio donde coincide"),
                    });
                }
            }
        }
        let contexts = Self {
            own: Canonicalizer::new(own),
            told: differ.then(|| Canonicalizer::new(told)),
        };
        (contexts, notes)
    }
}

/// The contexts that every binary has.
fn ours() -> &'static ContextSet {
    static OURS: OnceLock<ContextSet> = OnceLock::new();
    OURS.get_or_init(|| {
        let bundled = ContextSet::bundled();
        match serde_json::from_str(envelope_context()) {
            Ok(envelope) => bundled
                .clone()
                .with(ENVELOPE_CONTEXT_URL, envelope)
                .unwrap_or(bundled),
            Err(_) => bundled,
        }
    })
}

/// The set with the contexts that every binary has; the caller's own text of one stays.
fn with_ours(set: &ContextSet) -> ContextSet {
    let ours = ours();
    let missing: Vec<&str> = ours.urls().filter(|url| set.get(url).is_none()).collect();
    missing.into_iter().fold(set.clone(), |set, url| {
        let document = ours.get(url).map(|context| context.document().clone());
        match document.map(|document| set.clone().with(url, document)) {
            Some(Ok(more)) => more,
            Some(Err(_)) | None => set,
        }
    })
}
