//! The examples of `docs/profiles.md` are written as the language is.

use garita_profile::Folder;
use garita_profile::check::check;

/// Slips of writing; names that an excerpt leaves out are no fault of it.
const SLIPS: &[&str] = &[
    "bad-yaml",
    "unknown-word",
    "word-missing",
    "bad-path",
    "bad-expression",
    "bad-duration",
    "bad-version",
    "bad-number",
    "bad-column",
    "not-an-object",
    "not-a-text",
    "not-a-flag",
];

#[test]
fn every_example_is_read_without_a_slip() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/profiles.md");
    let text = std::fs::read_to_string(path).unwrap();
    let blocks: Vec<&str> = text
        .split("```yaml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert!(blocks.len() >= 10, "{}", blocks.len());
    for block in blocks {
        let rules = block.starts_with("- code");
        let profile = if rules {
            "profile: doc\nversion: 1.0.0\n".to_owned()
        } else if block.starts_with("profile:") {
            block.to_owned()
        } else {
            format!("profile: doc\nversion: 1.0.0\n{block}")
        };
        // What is used stands elsewhere; here only the writing is looked at.
        let profile = profile.replace("uses: { crossing: ^1 }", "");
        let mut files = vec![("profile.yaml", profile.as_str())];
        if rules {
            files.push(("rules.yaml", block));
        }
        let slips: Vec<String> = check(&Folder::of(files))
            .findings
            .into_iter()
            .filter(|f| SLIPS.contains(&f.code.as_str()))
            .map(|f| format!("{}: {}", f.code, f.message))
            .collect();
        assert!(slips.is_empty(), "{slips:?}\n{block}");
    }
}
