//! The target of status lists: bitstrings, the credentials that carry them, and the entries that point into them.
//!
//! An input that begins with `{` is a credential, read as a list and as one that has entries; one that begins with `u` is an
//! `encodedList`; any other is the GZIP file inside of one, of which no mutation of the text would leave much.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use garita_canon::json;
use garita_credential::judge::StatusLists as _;
use garita_credential::status::{
    Bitstring, ENTRIES_MIN, ENTRIES_PER_CREDENTIAL_MAX, Entry, Given, ListOptions, Register,
    StatusEntry, StatusList, StatusPolicy, StatusPurpose, entries, judge,
};
use serde_json::{Value, json};

use crate::change::number;
use crate::office::{LISTS, NOW, told};

/// A list, or what points into one.
pub(crate) fn run(_: &'static str, bytes: &[u8]) {
    match bytes.first() {
        Some(b'{') => {
            if let Ok(document) = json::parse(bytes, &json::Limits::default()) {
                list(&document);
                pointing(&document);
            }
        }
        Some(b'u') => {
            if let Ok(text) = std::str::from_utf8(bytes) {
                bitstring(text, number(bytes));
            }
        }
        _ => bitstring(
            &format!("u{}", URL_SAFE_NO_PAD.encode(bytes)),
            number(bytes),
        ),
    }
}

/// What is read is written so that it is read the same; an entry that is set is set, and its neighbours are as they were.
fn bitstring(encoded: &str, number: usize) {
    let size = u8::try_from(number % 8 + 1).unwrap_or(1);
    let mut bits = match Bitstring::decode(encoded, size) {
        Ok(bits) => bits,
        Err(error) => return told(&[error.into()]),
    };
    assert_eq!(bits.size(), size);
    assert_eq!(Bitstring::decode(&bits.encode(), size).as_ref(), Ok(&bits));
    let entries = bits.entries();
    assert!(bits.get(entries).is_none() && bits.get(u64::MAX).is_none());
    let Some(index) = u64::try_from(number)
        .ok()
        .and_then(|n| n.checked_rem(entries))
    else {
        return;
    };
    let around = |bits: &Bitstring| {
        [
            index.checked_sub(1).and_then(|at| bits.get(at)),
            bits.get(index + 1),
        ]
    };
    let before = around(&bits);
    let value = u8::MAX >> (8 - size);
    assert_eq!(bits.set(index, value), Ok(()));
    assert_eq!((bits.get(index), around(&bits)), (Some(value), before));
    if size < 8 {
        assert!(bits.set(index, value + 1).is_err());
    }
    resumed(bits, index, value);
}

/// A register of these statuses publishes a list that says them.
fn resumed(bits: Bitstring, index: u64, value: u8) {
    let size = bits.size();
    let options = ListOptions::new("https://cbp.example/status/2", "did:web:cbp.example", NOW);
    let Ok(mut register) = Register::resume(&[StatusPurpose::Revocation], bits) else {
        return;
    };
    assert!(register.set(index, 0).is_err(), "what is revoked stays so");
    let Ok(list) = register.credential(&options) else {
        return;
    };
    match StatusList::read(&list) {
        Ok(read) => assert_eq!(read.status(index, size), Some(value)),
        Err(problems) => assert!(problems.is_empty(), "{problems:?}"),
    }
}

fn list(document: &Value) {
    let list = match StatusList::read(document) {
        Ok(list) => list,
        Err(problems) => return told(&problems),
    };
    let id = document
        .get("id")
        .and_then(Value::as_str)
        .unwrap_or("https://cbp.example/status/3");
    for purpose in StatusPurpose::ALL {
        for index in [0, 1, ENTRIES_MIN - 1, u64::MAX] {
            let entry = StatusEntry::new(purpose, index, id);
            for fetched_ms in [NOW, i64::MIN, i64::MAX] {
                let outcome = list.judge(
                    &entry,
                    list.issuer(),
                    fetched_ms,
                    &StatusPolicy::strict(NOW),
                );
                assert!(outcome.code().is_some() || outcome.is_acceptable());
                let _ = list.refresh_at_ms(fetched_ms);
            }
        }
    }
    for size in 0..=9 {
        assert!(list.status(list.entries(size), size).is_none());
    }
}

/// Entries: read, written and read the same; each has an outcome.
fn pointing(document: &Value) {
    let placed = match entries(document) {
        Ok(placed) => placed,
        Err(problems) => return told(&problems),
    };
    assert!(placed.len() <= ENTRIES_PER_CREDENTIAL_MAX);
    for one in &placed {
        assert!(document.pointer(&one.pointer).is_some(), "{}", one.pointer);
        if let Entry::Bitstring(entry) = &one.entry {
            // One without an id is written with one.
            let id = entry
                .id
                .clone()
                .or_else(|| Some(format!("{}#{}", entry.list, entry.index)));
            let entry = StatusEntry {
                id,
                ..entry.clone()
            };
            let again = entries(&json!({"credentialStatus": entry.to_value()})).unwrap_or_default();
            let again = again.first().map(|one| &one.entry);
            assert_eq!(again, Some(&Entry::Bitstring(entry)));
        }
    }
    for given in [true, false] {
        let lists = |url: &str| {
            if given {
                LISTS.given(url)
            } else {
                Given::Nothing
            }
        };
        let outcomes = judge(document, lists, &StatusPolicy::strict(NOW)).unwrap_or_default();
        assert_eq!(outcomes.len(), placed.len());
        for outcome in &outcomes {
            told(outcome.problem().as_slice());
        }
    }
}
