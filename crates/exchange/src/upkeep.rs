//! The whole log against the whole store: what each entry commits to, what each record says of itself, who stamped it, and, where one
//! asks for it, every proof. Only reads.

use garita_canon::Canonicalizer;
use garita_store::{Act, HeldRecord, LogEntry, Reader, RecordRow, StoreError};
use garita_tlog::LeafIndex;
use serde_json::Value;

use crate::governance::{Network, node_method};
use crate::problem::Refusal;
use crate::read::leaf_of;
use crate::sequence::store_refusal;
use crate::stamp::Stamp;
use crate::{parse, verify};

/// Entries that are read at once.
const PAGE: usize = 500;

/// An entry or record that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Stable code.
    pub code: String,
    /// Its place in the log.
    pub index: u64,
    /// The record's id and view.
    pub record: String,
    /// What is wrong, in English.
    pub en: String,
    /// What is wrong, in Spanish.
    pub es: String,
}

/// What entries are judged by.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// Parties, nodes and their keys.
    pub network: &'a Network,
    /// DID of the node whose log it is.
    pub node: &'a str,
    /// Contexts, where each record's proof is judged too.
    pub proofs: Option<&'a Canonicalizer>,
}

/// Judges all entries, oldest first; `seen` hears how many there were. Gives at most `faults_max` faults, and how many there are.
///
/// # Errors
/// When the store does not answer.
pub fn entries(
    reader: &Reader,
    by: By<'_>,
    faults_max: usize,
    mut seen: impl FnMut(u64),
) -> Result<(Vec<Fault>, u64), Refusal> {
    let (mut faults, mut count, mut next) = (Vec::new(), 0, LeafIndex::new(0));
    loop {
        let page = reader
            .log_entries(next, PAGE)
            .map_err(|e| store_refusal(&e))?;
        let Some(last) = page.last() else { break };
        next = LeafIndex::new(last.index.get() + 1);
        for entry in &page {
            let judged = match reader.node_record(&entry.id, &entry.view) {
                Ok(held) => judge(entry, held.as_ref(), by),
                // One row of another shape keeps nobody from hearing of the rest.
                Err(StoreError::Corrupt { what }) => vec![Fault {
                    code: "row-unreadable".to_owned(),
                    index: entry.index.get(),
                    record: format!("{} {}", entry.id, entry.view),
                    en: format!("what is stored of it cannot be read ({what})"),
                    es: "lo guardado de él no se puede leer".to_owned(),
                }],
                Err(error) => return Err(store_refusal(&error)),
            };
            for fault in judged {
                count += 1;
                if faults.len() < faults_max {
                    faults.push(fault);
                }
            }
        }
        seen(next.get());
    }
    Ok((faults, count))
}

fn judge(entry: &LogEntry, held: Option<&HeldRecord>, by: By<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |code: &str, en: &str, es: &str| {
        faults.push(Fault {
            code: code.to_owned(),
            index: entry.index.get(),
            record: format!("{} {}", entry.id, entry.view),
            en: en.to_owned(),
            es: es.to_owned(),
        });
    };
    if let Some(salt) = &entry.salt
        && leaf_of(entry.clone()).commit(salt) != entry.leaf
    {
        fault(
            "leaf-other",
            "the log's entry is not what the store says that it commits to",
            "la entrada de la bitácora no es lo que el almacén dice que compromete",
        );
    }
    // Who got a record later has an entry of its own; the record itself is judged at its first.
    let Some(held) = held.filter(|held| held.record.local_index == entry.index) else {
        return faults;
    };
    let record = &held.record;
    let erased = held.erased_ms.is_some();
    if erased && !is_residue_of(record) {
        fault(
            "erased-kept",
            "it is said to be erased, and what is stored is another record's or has its salt or signature yet",
            "consta como borrado, y lo guardado es de otro registro o aún tiene su sal o su firma",
        );
    }
    let parsed = match parse::parse(&record.document, &record.view) {
        // What is left of it is no signed document any more; its stamp still is one.
        _ if erased => None,
        Ok(parsed) => Some(parsed),
        Err(refusal) => {
            let first = refusal.faults.first();
            let (en, es) = first.map_or(("", ""), |f| (f.en.as_str(), f.es.as_str()));
            fault(refusal.code(), en, es);
            return faults;
        }
    };
    if parsed
        .as_ref()
        .is_some_and(|parsed| parsed.envelope.id != record.id)
    {
        fault(
            "record-other",
            "the body is another record's",
            "el contenido es de otro registro",
        );
    }
    match serde_json::from_slice::<Stamp>(&record.stamp) {
        Err(_) => fault(
            "stamp-unreadable",
            "its home's stamp cannot be read",
            "el sello de su nodo no se puede leer",
        ),
        Ok(stamp) => {
            let keys = by.network.keys.of(&node_method(&stamp.node));
            let own = entry.act == Act::Issued;
            if (&stamp.id, &stamp.view) != (&record.id, &record.view)
                || stamp.logged != record.logged_ms
                || (own && (stamp.index != entry.index.get() || stamp.node != by.node))
            {
                fault(
                    "stamp-other",
                    "its home's stamp is of another record, time or place",
                    "el sello de su nodo es de otro registro, momento o lugar",
                );
            } else if !keys.iter().any(|key| stamp.verify(&key.key)) {
                fault(
                    "stamp-invalid",
                    "its home's stamp is not signed by a key that the network lists for that node",
                    "el sello no está firmado con una llave que la red liste para ese nodo",
                );
            }
        }
    }
    if let Some((canonicalizer, parsed)) = by.proofs.zip(parsed)
        && record.disputed.is_none()
        && let Err(problems) = verify::verify(parsed, by.network, canonicalizer, record.logged_ms)
    {
        for problem in &problems {
            let told = verify::fault(problem);
            fault(&told.code, &told.en, &told.es);
        }
    }
    faults
}

fn is_residue_of(record: &RecordRow) -> bool {
    let Ok(left) = serde_json::from_slice::<Value>(&record.document) else {
        return false;
    };
    left.get("id").and_then(Value::as_str) == Some(record.id.as_str())
        && left.get("salt").is_none()
        && left.pointer("/proof/proofValue").is_none()
}
