//! What loading and checking a profile find, for its author.

use serde::{Deserialize, Serialize};

/// One finding: where, what, and what helps.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    /// File inside the folder.
    pub file: String,
    /// Line from 1; 0 where a file has no lines or is absent.
    pub line: usize,
    /// Stable code: `unknown-record-type`.
    pub code: String,
    /// Whether the profile can run.
    pub severity: FindingSeverity,
    /// What is wrong, in the author's words.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// Whether a profile can run with a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FindingSeverity {
    /// It cannot.
    Error,
    /// It can, but somebody should look.
    Warning,
}

/// The nearest of `known` to `word`, for "did you mean".
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .take(500)
        .map(|k| (distance(word, k), k))
        .filter(|(d, k)| *d <= 2.max(k.len() / 4))
        .min()
        .map(|(_, k)| k)
}

/// Levenshtein distance over characters, words longer than 64 are far.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len() > 64 || b.len() > 64 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (y, up) in b.iter().zip(row.iter().skip(1)) {
            let cost = usize::from(!x.eq_ignore_ascii_case(y));
            left = (left + 1).min(up + 1).min(diagonal + cost);
            diagonal = *up;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_nearest_word() {
        assert_eq!(
            nearest("HoldPlacd", ["HoldPlaced", "HoldRemoved"]),
            Some("HoldPlaced")
        );
        assert_eq!(nearest("zebra", ["HoldPlaced"]), None);
    }
}
