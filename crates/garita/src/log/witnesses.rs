//! Who cosigned a checkpoint, under keys that somebody names.

use garita_exchange::encode;
use garita_exchange::witness::{WitnessVerifier, time_ms};
use garita_tlog::{Cosignature, Note, NoteError, NoteVerifier};

/// What is said where the reader names no witness.
pub(super) const UNCHECKED: &str = "not checked: whose keys these witnesses have, and how many witnesses there are; compare them with the network's list, or pass each of its --witness-key";

/// What a receipt says of its witnesses, where its checkpoint bears it out: all of them cosigned, the last of them then.
pub(super) fn as_said(note: &Note, by: &[String], at_ms: i64) -> Result<String, String> {
    let keys = parsed(by)?;
    let found = cosigners(note, &keys)?;
    // All of them, in the order of their lines.
    let places = found.iter().map(|found| found.place);
    if by.is_empty() || !places.eq(0..by.len()) {
        return Err(
            "the witnesses that it names are not those that cosigned the checkpoint".to_owned(),
        );
    }
    if found.iter().map(|found| found.time_ms).max() != Some(at_ms) {
        return Err("the witnesses cosigned at another time than it says".to_owned());
    }
    Ok(format!(
        "cosigned by {}",
        found.iter().map(told).collect::<Vec<_>>().join(", ")
    ))
}

/// That more than half of the witnesses that the reader names cosigned; nothing where he names none.
pub(super) fn expected(note: &Note, named: &[String]) -> Result<Option<String>, String> {
    if named.is_empty() {
        return Ok(None);
    }
    let keys = parsed(named)?;
    let found = cosigners(note, &keys)?;
    let (have, of) = (found.len(), named.len());
    if have * 2 <= of {
        return Err(format!(
            "{have} of the {of} witnesses that you named cosigned the checkpoint, not more than half"
        ));
    }
    Ok(Some(format!(
        "witnessed: {have} of the {of} witnesses that you named cosigned the checkpoint: {}",
        found.iter().map(told).collect::<Vec<_>>().join(", ")
    )))
}

/// One of the keys that were asked for, by its place among them.
struct Found {
    place: usize,
    name: String,
    time_ms: i64,
}

fn told(found: &Found) -> String {
    let at = encode::instant_text(found.time_ms);
    format!("`{}` at {at}", found.name)
}

fn parsed(keys: &[String]) -> Result<Vec<WitnessVerifier>, String> {
    let mut found: Vec<WitnessVerifier> = Vec::with_capacity(keys.len());
    for text in keys {
        let key = WitnessVerifier::parse(text).map_err(|e| format!("witness key `{text}`: {e}"))?;
        // One key is one witness, under whatever name.
        if found.iter().any(|held| held.is_same_key(&key)) {
            return Err(format!("witness key `{text}` is named twice"));
        }
        found.push(key);
    }
    Ok(found)
}

/// Those of the keys that cosigned, in the order of their lines; a false line under one of their names makes the note suspect.
fn cosigners(note: &Note, keys: &[WitnessVerifier]) -> Result<Vec<Found>, String> {
    let known: Vec<&dyn NoteVerifier> = keys.iter().map(|key| key as &dyn NoteVerifier).collect();
    let places = match note.verified_by(&known) {
        Ok(places) => places,
        Err(NoteError::NoKnownSignature) => Vec::new(),
        Err(error) => return Err(format!("{}: {error}", error.code())),
    };
    let time_of = |key: &WitnessVerifier| {
        let line = note.signatures().iter().find(|line| key.is_of(line))?;
        Cosignature::from_bytes(&line.signature).ok()
    };
    Ok(places
        .into_iter()
        .filter_map(|place| {
            let key = keys.get(place)?;
            Some(Found {
                place,
                name: key.name().to_owned(),
                time_ms: time_ms(&time_of(key)?),
            })
        })
        .collect())
}
