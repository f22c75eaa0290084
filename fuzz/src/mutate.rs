//! Mutations without coverage, from a seed: what tests can do on every machine in some seconds.
//!
//! Of bytes; and, where an input is JSON, of its values every other time, since few changes of bytes leave it JSON.

use serde_json::{Value, json};

use crate::change::places;

/// Changes one input of a corpus into another, deterministically.
#[derive(Debug)]
pub struct Mutator {
    state: u64,
}

/// Bytes that mean something in one of the syntaxes.
const TELLING: &[u8] = b"*~^>:+'?<\"&/=,;|\n\r\t \0\xC3\xFF\xEF09-.@[]{}";

impl Mutator {
    /// A mutator; the same seed gives the same inputs.
    pub fn new(seed: u64) -> Mutator {
        Mutator { state: seed }
    }

    /// SplitMix64.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        let n = u64::try_from(n.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.next() % n).unwrap_or(0)
    }

    /// One of the inputs.
    pub fn pick<'a>(&mut self, corpus: &'a [Vec<u8>]) -> &'a [u8] {
        let index = self.below(corpus.len());
        corpus.get(index).map_or(&[], Vec::as_slice)
    }

    /// An input made from one of the corpus by one to eight changes.
    pub fn input(&mut self, corpus: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = self.pick(corpus).to_vec();
        if self.below(2) == 0
            && let Ok(mut document) = serde_json::from_slice::<Value>(&bytes)
            && document.is_object()
        {
            for _ in 0..=self.below(3) {
                self.change_value(&mut document);
            }
            return document.to_string().into_bytes();
        }
        for _ in 0..=self.below(8) {
            self.change(&mut bytes, corpus);
        }
        bytes
    }

    fn change(&mut self, bytes: &mut Vec<u8>, corpus: &[Vec<u8>]) {
        let at = self.below(bytes.len());
        let to = (at + 1 + self.below(24)).min(bytes.len());
        match self.below(8) {
            0 => {
                let bit = 1 << self.below(8);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= bit;
                }
            }
            1 | 2 => {
                let telling = TELLING.get(self.below(TELLING.len())).copied();
                if let (Some(byte), Some(telling)) = (bytes.get_mut(at), telling) {
                    *byte = telling;
                }
            }
            3 => {
                bytes.drain(at..to);
            }
            4 => {
                let part = bytes.get(at..to).unwrap_or(&[]).to_vec();
                let into = self.below(bytes.len());
                bytes.splice(into..into, part);
            }
            5 => {
                let telling = TELLING.get(self.below(TELLING.len())).copied();
                bytes.splice(at..at, telling);
            }
            6 => bytes.truncate(at),
            _ => {
                let other = self.pick(corpus).to_vec();
                let from = self.below(other.len());
                bytes.truncate(at);
                bytes.extend_from_slice(other.get(from..).unwrap_or(&[]));
            }
        }
    }

    /// Puts in the place of a value another of the document or an odd one, doubles it, or takes it out.
    fn change_value(&mut self, document: &mut Value) {
        let places = places(document);
        let mut any = || {
            let at = self.below(places.len());
            places.get(at).cloned().unwrap_or_default()
        };
        let (place, other) = (any(), any());
        let other = document.pointer(&other).cloned().unwrap_or_default();
        let odd = odd();
        let odd = odd.get(self.below(odd.len())).cloned();
        let way = self.below(6);
        let (above, name) = place.rsplit_once('/').unwrap_or_default();
        let name = name.replace("~1", "/").replace("~0", "~");
        match (way, document.pointer_mut(above)) {
            (0, Some(Value::Object(members))) => drop(members.shift_remove(&name)),
            (1, Some(Value::Object(members))) => drop(members.insert(format!("{name}2"), other)),
            (1, Some(Value::Array(items))) => items.push(other),
            _ => {
                let Some(value) = document.pointer_mut(&place) else {
                    return;
                };
                *value = match (way, &*value) {
                    (2, _) => other,
                    (3, value) => json!([value, other]),
                    (4, Value::String(text)) => self.text(text).into(),
                    _ => odd.unwrap_or_default(),
                };
            }
        }
    }

    /// A text changed as inputs are.
    fn text(&mut self, text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        self.change(&mut bytes, &[text.as_bytes().to_vec()]);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// Values that stand where nobody expects them.
fn odd() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(0),
        json!(-1.5e300),
        json!(""),
        json!("_:b0"),
        json!("urn:x:1"),
        json!([]),
        json!({}),
        json!([[null]]),
        json!({"id": "urn:x:1"}),
        json!({"@value": "x", "@language": "es"}),
        json!("9999-12-31T24:00:00Z"),
    ]
}
