//! The threat model names tests that show its defences: each that it names must be there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const MODEL: &str = "docs/threat-model.md";

/// Tests that the model names and no source has.
pub(crate) fn missing(sources: &[PathBuf], findings: &mut Vec<String>) {
    let Ok(model) = fs::read_to_string(Path::new(MODEL)) else {
        findings.push(format!("{MODEL} cannot be read"));
        return;
    };
    let named = named(&model);
    if named.is_empty() {
        findings.push(format!("{MODEL} names no test"));
    }
    let mut left = named;
    for source in sources {
        let Ok(text) = fs::read_to_string(source) else {
            continue;
        };
        left.retain(|name| !text.contains(&format!("fn {name}(")));
    }
    findings.extend(
        left.into_iter()
            .map(|name| format!("{MODEL} names the test `{name}`, and there is none")),
    );
}

/// What stands in backticks in the last column of the tables' rows.
fn named(model: &str) -> BTreeSet<String> {
    model
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| ---"))
        .filter_map(|line| line.trim_end_matches('|').rsplit('|').next())
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .filter(|name| {
            name.bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        })
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_read_from_the_last_column_alone() {
        let model = "| | threat | stops | shown by |\n| --- | --- | --- | --- |\n| S | `not_this` | x | `one_test`, `two`; *none* but `/v1/x` |\n";
        let found: Vec<String> = named(model).into_iter().collect();
        assert_eq!(found, ["one_test", "two"]);
    }
}
