//! Which of two sorted sets lacks what, found in few steps: fingerprints of ranges, split where they differ, listed where little is left.
//!
//! In the style of range-based set reconciliation (A. Meyer, 2023). Pure: no store, no network, no clock. The side that answers keeps
//! nothing between two questions. Each step divides what may differ by [`SPLIT`], so a difference among a million is named after some five.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::encode;

/// Into how many parts a range is split that differs.
pub const SPLIT: usize = 16;
/// A range of so many items or fewer is listed, no longer split.
pub const LISTED_MAX: usize = 32;

/// One member of a set: a view of a record, by when its home logged it and by a digest of its name. The order is that of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Item {
    /// When the record's home logged it, ms since 1970.
    pub logged_ms: i64,
    /// SHA-256 of the record's id, a zero byte, and the view's name.
    pub key: [u8; 32],
}

impl Item {
    /// The item of a view of a record.
    pub fn new(logged_ms: i64, id: &str, view: &str) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(id.as_bytes());
        hasher.update([0]);
        hasher.update(view.as_bytes());
        Self {
            logged_ms,
            key: hasher.finalize().into(),
        }
    }

    /// The least of all: its time is the least that every reader of JSON takes as it is.
    pub const LEAST: Self = Self {
        logged_ms: -9_007_199_254_740_991,
        key: [0; 32],
    };
}

/// On the wire: `[logged, key]`, the key in base64url.
impl Serialize for Item {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.logged_ms, encode::base64url(&self.key)).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (logged_ms, key) = <(i64, String)>::deserialize(deserializer)?;
        let key = encode::from_base64url(&key)
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(|| serde::de::Error::custom("a key is 32 bytes in base64url"))?;
        Ok(Self { logged_ms, key })
    }
}

/// Items from `from` on, before `before`; to the end where that is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// The first that may be in it.
    pub from: Item,
    /// The first behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Item>,
}

impl Range {
    /// Everything.
    pub const ALL: Self = Self {
        from: Item::LEAST,
        before: None,
    };
}

/// What one side has in a range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// The range.
    #[serde(flatten)]
    pub range: Range,
    /// How many items.
    pub count: u64,
    /// RFC 6920 name of SHA-256 over the items in order, each as 8 bytes of time, big-endian, and its key.
    pub fingerprint: String,
}

/// What one side says of a range in which the two differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Differs {
    /// All that it has there.
    Items {
        /// Where.
        range: Range,
        /// What.
        items: Vec<Item>,
    },
    /// The same range in parts, without gaps between them.
    Parts(Vec<Sum>),
}

/// The items of a sorted set that lie in a range.
pub fn within<'i>(items: &'i [Item], range: &Range) -> &'i [Item] {
    let from = items.partition_point(|item| *item < range.from);
    let before = range.before.map_or(items.len(), |before| {
        items.partition_point(|item| *item < before)
    });
    items.get(from..before).unwrap_or_default()
}

/// What a sorted set has in a range.
pub fn sum(items: &[Item], range: Range) -> Sum {
    let inside = within(items, &range);
    let mut hasher = Sha256::new();
    for item in inside {
        hasher.update(item.logged_ms.to_be_bytes());
        hasher.update(item.key);
    }
    Sum {
        range,
        count: u64::try_from(inside.len()).unwrap_or(u64::MAX),
        fingerprint: encode::ni(&hasher.finalize().into()),
    }
}

/// What to answer to the other side's sum of a range; none where both have the same there.
pub fn answer(items: &[Item], theirs: &Sum) -> Option<Differs> {
    if sum(items, theirs.range) == *theirs {
        return None;
    }
    let inside = within(items, &theirs.range);
    if inside.len() <= LISTED_MAX {
        return Some(Differs::Items {
            range: theirs.range,
            items: inside.to_vec(),
        });
    }
    let size = inside.len().div_ceil(SPLIT);
    let mut starts: Vec<Item> = inside.iter().step_by(size).copied().collect();
    // The first part begins where the range does: what only the other side has may lie before our first item.
    if let Some(first) = starts.first_mut() {
        *first = theirs.range.from;
    }
    let ends = starts
        .iter()
        .skip(1)
        .copied()
        .map(Some)
        .chain([theirs.range.before]);
    let parts = starts
        .iter()
        .zip(ends)
        .map(|(from, before)| {
            sum(
                items,
                Range {
                    from: *from,
                    before,
                },
            )
        })
        .collect();
    Some(Differs::Parts(parts))
}

/// What only the first, and what only the second of two sorted lists has.
pub fn difference(first: &[Item], second: &[Item]) -> (Vec<Item>, Vec<Item>) {
    let (mut only_first, mut only_second) = (Vec::new(), Vec::new());
    let (mut a, mut b) = (first.iter().peekable(), second.iter().peekable());
    loop {
        match (a.peek(), b.peek()) {
            (Some(x), Some(y)) => match x.cmp(y) {
                Ordering::Less => only_first.extend(a.next().copied()),
                Ordering::Greater => only_second.extend(b.next().copied()),
                Ordering::Equal => {
                    a.next();
                    b.next();
                }
            },
            (Some(_), None) => only_first.extend(a.next().copied()),
            (None, Some(_)) => only_second.extend(b.next().copied()),
            (None, None) => return (only_first, only_second),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// A sequence that is the same at each run.
    struct Chance(u64);

    impl Chance {
        fn below(&mut self, end: u64) -> u64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            self.0 % end
        }
    }

    /// Asks until nothing is open, as the side that asks does: what only we, what only they have, and how often was asked.
    fn reconcile(ours: &[Item], theirs: &[Item]) -> (BTreeSet<Item>, BTreeSet<Item>, u32) {
        let (mut only_ours, mut only_theirs, mut rounds) = (BTreeSet::new(), BTreeSet::new(), 0);
        let mut open = vec![sum(ours, Range::ALL)];
        while !open.is_empty() {
            rounds += 1;
            let answers: Vec<Differs> = open.iter().filter_map(|s| answer(theirs, s)).collect();
            open.clear();
            for differs in answers {
                match differs {
                    Differs::Items { range, items } => {
                        let (a, b) = difference(within(ours, &range), &items);
                        only_ours.extend(a);
                        only_theirs.extend(b);
                    }
                    Differs::Parts(parts) => open.extend(
                        parts
                            .iter()
                            .filter(|part| sum(ours, part.range) != **part)
                            .map(|part| sum(ours, part.range)),
                    ),
                }
            }
        }
        (only_ours, only_theirs, rounds)
    }

    fn some(chance: &mut Chance, count: u64, times: u64) -> BTreeSet<Item> {
        (0..count)
            .map(|_| {
                let n = chance.below(u64::MAX);
                let ms = i64::try_from(chance.below(times)).unwrap();
                Item::new(ms - 5, &format!("ni:///{n}"), "whole")
            })
            .collect()
    }

    #[test]
    fn what_is_found_is_the_plain_difference_of_the_sets() {
        for seed in 1_u64..=300 {
            let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            // Many of one millisecond, or hardly any: the order must hold either way.
            let times = [1, 3, 1_000_000][usize::try_from(chance.below(3)).unwrap()];
            let count = chance.below(3_000);
            let both = some(&mut chance, count, times);
            let extra = chance.below(60);
            let a: BTreeSet<Item> = both
                .union(&some(&mut chance, extra, times))
                .copied()
                .collect();
            let extra = chance.below(60);
            let mut b: BTreeSet<Item> = both
                .union(&some(&mut chance, extra, times))
                .copied()
                .collect();
            b.retain(|_| chance.below(200) != 0);
            let (ours, theirs): (Vec<Item>, Vec<Item>) =
                (a.iter().copied().collect(), b.iter().copied().collect());
            let (only_a, only_b, rounds) = reconcile(&ours, &theirs);
            assert_eq!(only_a, a.difference(&b).copied().collect(), "seed {seed}");
            assert_eq!(only_b, b.difference(&a).copied().collect(), "seed {seed}");
            assert!(rounds <= 5, "seed {seed}: {rounds} rounds");
        }
    }

    #[test]
    fn an_empty_side_and_equal_sides_end_at_once() {
        let mut chance = Chance(7);
        let items: Vec<Item> = some(&mut chance, 5_000, 10).into_iter().collect();
        let (only_ours, only_theirs, rounds) = reconcile(&items, &[]);
        assert_eq!((only_ours.len(), only_theirs.len(), rounds), (5_000, 0, 1));
        let (only_ours, only_theirs, _) = reconcile(&[], &items);
        assert_eq!((only_ours.len(), only_theirs.len()), (0, 5_000));
        let (only_ours, only_theirs, rounds) = reconcile(&items, &items);
        assert_eq!((only_ours.len(), only_theirs.len(), rounds), (0, 0, 1));
    }

    #[test]
    fn the_parts_of_a_range_leave_no_gap_and_no_overlap() {
        let mut chance = Chance(99);
        let items: Vec<Item> = some(&mut chance, 1_000, 4).into_iter().collect();
        let range = Range {
            from: items[100],
            before: Some(items[900]),
        };
        let other = Sum {
            range,
            count: 0,
            fingerprint: String::new(),
        };
        let Some(Differs::Parts(parts)) = answer(&items, &other) else {
            panic!("800 items are split");
        };
        assert!(parts.len() <= SPLIT);
        assert_eq!(parts.iter().map(|p| p.count).sum::<u64>(), 800);
        assert_eq!(parts.first().unwrap().range.from, range.from);
        assert_eq!(parts.last().unwrap().range.before, range.before);
        for pair in parts.windows(2) {
            assert_eq!(pair[0].range.before, Some(pair[1].range.from));
        }
    }

    #[test]
    fn on_the_wire_an_item_is_its_time_and_key() {
        let item = Item::new(12, "ni:///sha-256;a", "whole");
        let text = serde_json::to_string(&item).unwrap();
        assert!(text.starts_with("[12,\""), "{text}");
        assert_eq!(serde_json::from_str::<Item>(&text).unwrap(), item);
        assert!(serde_json::from_str::<Item>("[12,\"AAAA\"]").is_err());
        let differs = Differs::Items {
            range: Range::ALL,
            items: vec![item],
        };
        let text = serde_json::to_string(&differs).unwrap();
        assert_eq!(serde_json::from_str::<Differs>(&text).unwrap(), differs);
        let sum = sum(&[item], Range::ALL);
        let text = serde_json::to_string(&sum).unwrap();
        assert_eq!(serde_json::from_str::<Sum>(&text).unwrap(), sum);
    }
}
