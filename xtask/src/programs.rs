//! "No program in Rust" (design §5): what the folders under `profiles/` name may not stand in the crates that serve every program.
//!
//! The words are read from the folders, so a new program is watched from its first line. Watched are: ids of profiles, kinds of case,
//! record types, and all names with a hyphen (states, clocks, acts, boards, tables, links, indicators, needs). A name without a hyphen
//! that is no type or kind (`open`, `released`) is a word of the language too, and says nothing of a program.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Where programs may be named, and why.
const FREE: &[(&str, &str)] = &[
    (
        "crates/formats/",
        "documents people already have are mapped to the records of the programs that took them over",
    ),
    (
        "crates/garita/src/demo",
        "a day at the border, told with its programs",
    ),
    (
        "crates/garita/src/bench",
        "measures a busy port: one crossing is filed for real, then multiplied",
    ),
];

/// Words of the language that a program uses too: where, which, and what they are there.
const LANGUAGE: &[(&str, &str, &str)] = &[
    (
        "crates/node/src/console/parts.rs",
        "inspection",
        "one of the console's ten looks, under `states`",
    ),
    (
        "crates/node/src/site/read.rs",
        "award",
        "kind of a milestone under `promises`: its meeting is the gate of the contract promise",
    ),
    (
        "crates/profile/src/model.rs",
        "inspection",
        "one of the console's ten looks, under `states`",
    ),
];

/// Record types that the engine itself brings to every profile.
const BUILT_IN: &[&str] = &["Affirmation", "StateNotice", "Grant", "Mandate", "Erased"];

/// Parts of `profile.yaml` whose members are names.
const NAMING: &[&str] = &[
    "acts",
    "board",
    "boards",
    "clocks",
    "indicators",
    "kinds",
    "links",
    "needs",
    "posts",
    "records",
    "states",
    "tables",
];

/// What programs call their things.
#[derive(Debug, Default)]
pub(crate) struct Words {
    /// Ids, kinds, hyphenated names: as a whole text only.
    texts: BTreeMap<String, String>,
    /// Record types of one word (`Filing`): as a whole text, or before a path.
    types: BTreeMap<String, String>,
    /// Record types of several words (`ReleaseDecision`): anywhere, identifiers too.
    named: BTreeMap<String, String>,
}

impl Words {
    /// The words of every folder under `profiles/`.
    pub(crate) fn of_profiles(folder: &Path) -> Self {
        let mut words = Words::default();
        let Ok(profiles) = fs::read_dir(folder) else {
            return words;
        };
        for profile in profiles.flatten() {
            if let Ok(text) = fs::read_to_string(profile.path().join("profile.yaml")) {
                words.read(&text);
            }
        }
        words
    }

    /// The words of one `profile.yaml`. Read by indentation: names stand two spaces in, or after `id:` and `state:`.
    fn read(&mut self, text: &str) {
        let (mut section, mut profile) = (String::new(), String::new());
        for line in text.lines() {
            let line = line.split(" #").next().unwrap_or_default();
            if let Some((name, rest)) = line.split_once(':')
                && !line.starts_with([' ', '#', '-'])
            {
                name.clone_into(&mut section);
                if name == "profile" {
                    rest.trim().clone_into(&mut profile);
                    self.texts.insert(profile.clone(), profile.clone());
                }
                continue;
            }
            if NAMING.contains(&section.as_str())
                && let Some(rest) = line.strip_prefix("  ")
                && let Some((name, _)) = rest.split_once(':')
                && !name.is_empty()
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            {
                self.name(&section, name, &profile);
            }
            for before in ["id: ", "state: "] {
                for rest in line.split(before).skip(1) {
                    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
                    let name = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
                    self.name("states", name, &profile);
                }
            }
        }
    }

    fn name(&mut self, section: &str, name: &str, profile: &str) {
        let (name, profile) = (name.to_owned(), profile.to_owned());
        if section == "records" {
            if BUILT_IN.contains(&name.as_str()) {
                return;
            }
            let humps = name.bytes().filter(u8::is_ascii_uppercase).count();
            let types = if humps > 1 {
                &mut self.named
            } else {
                &mut self.types
            };
            types.insert(name, profile);
        } else if section == "kinds" || name.contains('-') {
            self.texts.insert(name, profile);
        }
    }

    /// Words of programs in one line of code, with the program of each.
    fn found<'w>(&'w self, code: &str) -> BTreeSet<(&'w str, &'w str)> {
        let mut found = BTreeSet::new();
        for text in literals(code) {
            let whole = self.texts.get_key_value(text);
            let head = text.split(['#', '@']).next().unwrap_or_default();
            let of_type = self.types.get_key_value(head);
            found.extend(whole.into_iter().chain(of_type));
        }
        let words = code.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        found.extend(words.filter_map(|word| self.named.get_key_value(word)));
        found
            .into_iter()
            .map(|(word, profile)| (word.as_str(), profile.as_str()))
            .collect()
    }
}

/// The texts between quotes, those in a raw text (JSON) too.
fn literals(code: &str) -> impl Iterator<Item = &str> {
    // Between two quotes stands either a text or what parts two texts; what parts them is no word.
    let parts = code.split('"').skip(1);
    parts.map(|text| text.trim_end_matches('\\'))
}

/// Finds words of programs where none may stand.
pub(crate) fn only_formats_knows_programs(sources: &[PathBuf], findings: &mut Vec<String>) {
    let words = Words::of_profiles(Path::new("profiles"));
    if words.texts.is_empty() || words.named.is_empty() {
        findings.push("profiles/: no program is there to be watched".to_owned());
    }
    for path in sources {
        let shown = path.display().to_string();
        let code = path.extension().is_some_and(|e| e == "rs");
        let in_crate = shown.starts_with("crates/") && (shown.contains("/src/") || !code);
        let is_test = shown.ends_with("tests.rs") || shown.contains("/tests/");
        let free = FREE.iter().any(|(place, _)| shown.starts_with(place));
        if !in_crate || is_test || free {
            continue;
        }
        let Ok(text) = fs::read_to_string(path) else {
            continue;
        };
        for (number, line) in text.lines().enumerate() {
            if line.trim_start().starts_with("#[cfg(test)]") {
                break;
            }
            // What stands behind `//` says why, and may name what it is about; an address is no comment.
            let code = line.split("// ").next().unwrap_or_default();
            if code.trim_start().starts_with("//") {
                continue;
            }
            for (word, profile) in words.found(code) {
                let ours = |(place, own, _): &(&str, &str, &str)| shown == *place && word == *own;
                if LANGUAGE.iter().any(ours) {
                    continue;
                }
                findings.push(format!(
                    "{shown}:{}: `{word}` is a word of profiles/{profile}; what a program needs is a word of the language, for every program",
                    number + 1
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROFILE: &str = "profile: yard
kinds:
  trip:
    key: [/credentialSubject/trip]
  in-bond: { key: /credentialSubject/number }
records:
  ReleaseDecision: { issued-by: [customs.us] }   # with a NoteHere
  Filing:
    issued-by: [broker]
  Grant: { issued-by: [any] }
life-cycle:
  trip:
    show:
      - { state: in-transit, when: \"true\" }
      - { state: released }
acts:
  sign-it: { issue: Filing }
  leave: { issue: Filing }
board:
  needs: [{ id: no-entry, when: \"true\" }]
";

    fn found(code: &str) -> Vec<String> {
        let mut words = Words::default();
        words.read(PROFILE);
        let found = words.found(code);
        found.into_iter().map(|(word, _)| word.to_owned()).collect()
    }

    #[test]
    fn words_of_a_program_are_found_as_texts_and_types_as_identifiers() {
        for (code, word) in [
            ("case(\"trip\", key)", "trip"),
            ("case.kind == \"in-bond\"", "in-bond"),
            ("profile(\"yard\")", "yard"),
            ("struct ReleaseDecision;", "ReleaseDecision"),
            ("path(\"ReleaseDecision#/issuer/id\")", "ReleaseDecision"),
            ("r#\"{\"recordType\":\"Filing\"}\"#", "Filing"),
            ("path(\"Filing#/issuer/id\")", "Filing"),
            ("state == \"in-transit\"", "in-transit"),
            ("act == \"sign-it\"", "sign-it"),
            ("need.id == \"no-entry\"", "no-entry"),
        ] {
            assert_eq!(found(code), [word], "{code}");
        }
    }

    #[test]
    fn what_is_everybodys_is_no_word_of_a_program() {
        for code in [
            "let trip = 1;",
            "struct Filing;",
            "look(\"released\")",
            "act(\"leave\")",
            "issue(\"Grant\")",
            "say(\"a trip to the border\")",
            "NoteHere",
            "my_ReleaseDecisions()",
        ] {
            assert_eq!(found(code), Vec::<String>::new(), "{code}");
        }
    }
}
