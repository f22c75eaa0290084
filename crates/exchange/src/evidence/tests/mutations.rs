//! Ten thousand seeded changes of a bundle, of bytes and of members: none holds.

use std::time::{Duration, Instant};

use super::*;

/// Each changes the parsed value; what leaves it the same is not counted.
const MUTATIONS: u32 = 10_000;
/// What a slow or busy machine may spend; it then has tried fewer, and says how many.
const SPENT_MAX: Duration = Duration::from_secs(25);
const SEED: u64 = 0x6761_7269_7461_0007;

/// Steele and Vigna's SplitMix64: the same numbers on every machine.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n.max(1) as u64).unwrap()
    }
}

#[test]
fn no_mutation_of_a_bundle_holds() {
    // Two records, one of them a view: what is judged is the same, and it is quick.
    let mut bundle = honest();
    bundle.records.drain(1..3);
    bundle.list().unwrap();
    let honest = sign(&json!(bundle), 2);
    let bytes = honest.to_string().into_bytes();
    let ground = ground();
    assert!(verify(&bytes, &ground).unwrap().report.holds());
    let (mut chance, started) = (Chance(SEED), Instant::now());
    let (mut tried, mut unreadable) = (0, 0);
    while tried < MUTATIONS && started.elapsed() < SPENT_MAX {
        let mutated = match chance.below(4) {
            0 => of_bytes(&bytes, &mut chance),
            _ => of_members(&honest, &mut chance).to_string().into_bytes(),
        };
        if serde_json::from_slice::<Value>(&mutated).is_ok_and(|value| value == honest) {
            // Another spelling of the same value. A repeated member reads so too, and is refused: that is not counted.
            continue;
        }
        tried += 1;
        match verify(&mutated, &ground) {
            Err(_) => unreadable += 1,
            Ok(judged) => assert!(
                !judged.report.holds(),
                "mutation {tried} of seed {SEED:x} holds: {}",
                String::from_utf8_lossy(&mutated)
            ),
        }
    }
    println!(
        "{tried} mutations refused, {unreadable} of them as unreadable, in {:?}",
        started.elapsed()
    );
    assert!(tried >= 100, "{tried}");
}

/// A byte changed, taken out, doubled, or exchanged with its neighbour.
fn of_bytes(bytes: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut out = bytes.to_vec();
    let at = chance.below(out.len() - 1);
    match chance.below(4) {
        0 => out[at] ^= 1 << chance.below(7),
        1 => {
            out.remove(at);
        }
        2 => out.insert(at, bytes[at]),
        _ => out.swap(at, at + 1),
    }
    out
}

/// A member changed, taken out, doubled, or exchanged with another.
fn of_members(honest: &Value, chance: &mut Chance) -> Value {
    let mut places = Vec::new();
    pointers(honest, String::new(), &mut places);
    let mut out = honest.clone();
    let pointer = &places[chance.below(places.len())];
    match chance.below(4) {
        0 => {
            if let Some(place) = out.pointer_mut(pointer) {
                *place = other(place, chance);
            }
        }
        1 => {
            let (above, last) = pointer.rsplit_once('/').unwrap();
            match out.pointer_mut(above) {
                Some(Value::Object(members)) => {
                    let name = last.replace("~1", "/").replace("~0", "~");
                    members.shift_remove(&name);
                }
                Some(Value::Array(items)) => {
                    items.remove(last.parse().unwrap());
                }
                _ => {}
            }
        }
        2 => {
            let (above, last) = pointer.rsplit_once('/').unwrap();
            let held = honest.pointer(pointer).unwrap().clone();
            match out.pointer_mut(above) {
                Some(Value::Object(members)) => {
                    members.insert(format!("{last}-2"), held);
                }
                Some(Value::Array(items)) => items.push(held),
                _ => {}
            }
        }
        _ => {
            let second = &places[chance.below(places.len())];
            let (a, b) = (
                honest.pointer(pointer).unwrap().clone(),
                honest.pointer(second).unwrap().clone(),
            );
            // One within the other is moved as it was: what is there then is a value in any case.
            if let Some(place) = out.pointer_mut(pointer) {
                *place = b;
            }
            if let Some(place) = out.pointer_mut(second) {
                *place = a;
            }
        }
    }
    out
}

fn pointers(value: &Value, at: String, out: &mut Vec<String>) {
    if !at.is_empty() {
        out.push(at.clone());
    }
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let mut at = at.clone();
                garita_canon::json::push_pointer(&mut at, name);
                pointers(value, at, out);
            }
        }
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                pointers(item, format!("{at}/{n}"), out);
            }
        }
        _ => {}
    }
}

/// Another value of the same kind, or of another.
fn other(value: &Value, chance: &mut Chance) -> Value {
    match (value, chance.below(4)) {
        (_, 0) => Value::Null,
        (Value::String(text), _) => {
            let mut letters: Vec<char> = text.chars().collect();
            if letters.is_empty() {
                return json!("x");
            }
            let at = chance.below(letters.len());
            letters[at] = if letters[at] == 'A' { 'B' } else { 'A' };
            json!(letters.into_iter().collect::<String>())
        }
        (Value::Number(n), _) => json!(n.as_i64().unwrap_or(0) + 1 + chance.below(1_000) as i64),
        (Value::Bool(b), _) => json!(!b),
        (Value::Array(_), _) => json!([]),
        (Value::Object(_), _) => json!({}),
        (Value::Null, _) => json!(1),
    }
}
