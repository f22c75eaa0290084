//! One range of a file (RFC 9110 §14): what was asked for, and what may be given.

use axum::http::{HeaderMap, header};

/// What of a file is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it.
    Whole,
    /// From the first byte to the last, both counted.
    Range(u64, u64),
    /// Nothing: what was asked for begins behind its end.
    Beyond,
    /// Nothing: the asker has it.
    Known,
}

/// What is asked for of a file of this size and tag. A range that cannot be read, several ranges, and a range of an earlier file ask for the
/// whole, as §14.2 has it.
pub(super) fn asked(headers: &HeaderMap, size: u64, tag: &str) -> Part {
    let text = |name| headers.get(name).and_then(|v| v.to_str().ok());
    let names = |list: &str| {
        let mut tags = list.split(',').map(str::trim);
        tags.any(|one| one == "*" || one.trim_start_matches("W/") == tag)
    };
    if text(header::IF_NONE_MATCH).is_some_and(names) {
        return Part::Known;
    }
    let Some(range) = text(header::RANGE) else {
        return Part::Whole;
    };
    // Strong comparison: a date, or another's tag, is not this file.
    if text(header::IF_RANGE).is_some_and(|held| held.trim() != tag) {
        return Part::Whole;
    }
    read(range, size).unwrap_or(Part::Whole)
}

fn read(range: &str, size: u64) -> Option<Part> {
    let (unit, set) = range.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") || set.contains(',') {
        return None;
    }
    let (from, to) = set.trim().split_once('-')?;
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        // More digits than a number has are more than any file.
        digits.then(|| text.parse::<u64>().unwrap_or(u64::MAX))
    };
    let last = size.checked_sub(1);
    if from.is_empty() {
        let count = number(to)?;
        return Some(match last {
            Some(last) if count > 0 => Part::Range(size.saturating_sub(count), last),
            Some(_) | None => Part::Beyond,
        });
    }
    let from = number(from)?;
    let to = if to.is_empty() { u64::MAX } else { number(to)? };
    if to < from {
        return None;
    }
    Some(match last {
        Some(last) if from <= last => Part::Range(from, to.min(last)),
        Some(_) | None => Part::Beyond,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(fields: &[(header::HeaderName, &str)]) -> Part {
        let fields = fields.iter().map(|(n, v)| (n.clone(), v.parse().unwrap()));
        asked(&fields.collect(), 10, "\"x\"")
    }

    #[test]
    fn one_range_is_given_and_what_is_none_is_the_whole() {
        for (range, part) in [
            ("bytes=0-0", Part::Range(0, 0)),
            ("bytes=2-5", Part::Range(2, 5)),
            ("bytes=2-", Part::Range(2, 9)),
            ("bytes=2-99999999999999999999999", Part::Range(2, 9)),
            ("Bytes= 9-9", Part::Range(9, 9)),
            ("bytes=-3", Part::Range(7, 9)),
            ("bytes=-99", Part::Range(0, 9)),
            ("bytes=10-", Part::Beyond),
            ("bytes=99999999999999999999999-", Part::Beyond),
            ("bytes=-0", Part::Beyond),
            ("bytes=5-2", Part::Whole),
            ("bytes=0-1,4-5", Part::Whole),
            ("bytes=", Part::Whole),
            ("bytes=-", Part::Whole),
            ("bytes=a-b", Part::Whole),
            ("bytes=+1-2", Part::Whole),
            ("lines=1-2", Part::Whole),
        ] {
            assert_eq!(of(&[(header::RANGE, range)]), part, "{range}");
        }
        assert_eq!(read("bytes=0-", 0), Some(Part::Beyond));
        assert_eq!(read("bytes=-1", 0), Some(Part::Beyond));
    }

    #[test]
    fn a_range_of_another_file_is_the_whole() {
        let range = (header::RANGE, "bytes=2-");
        let held = |tag| of(&[range.clone(), (header::IF_RANGE, tag)]);
        assert_eq!(held("\"x\""), Part::Range(2, 9));
        for other in ["\"y\"", "W/\"x\"", "Tue, 24 Nov 2026 12:00:00 GMT"] {
            assert_eq!(held(other), Part::Whole, "{other}");
        }
        assert_eq!(
            of(&[range, (header::IF_NONE_MATCH, "\"y\", W/\"x\"")]),
            Part::Known
        );
        assert_eq!(of(&[(header::IF_NONE_MATCH, "\"y\"")]), Part::Whole);
    }
}
