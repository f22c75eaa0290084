//! The examples of `docs/profiles.md` are written as the language is.

use garita_profile::check::check;
use garita_profile::examples::run_examples;
use garita_profile::rules::NoIdentifiers;
use garita_profile::scenario::run_scenarios;
use garita_profile::{Finding, Folder};

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

/// What the guide tells a reader to copy is a clean program, down to the line of the report that it promises.
#[test]
fn the_first_program_is_clean_as_it_stands() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/profiles-first.md");
    let text = std::fs::read_to_string(path).unwrap();
    let files: Vec<(&str, &str)> = text
        .split("\n`dock/")
        .skip(1)
        .map(|rest| {
            let (file, rest) = rest.split_once('`').unwrap();
            let (_, block) = rest.split_once("```").unwrap();
            let (_, block) = block.split_once('\n').unwrap();
            (file, block.split_once("```").unwrap().0)
        })
        .collect();
    assert_eq!(files.len(), 10, "the ten files of the guide");
    let all = Folder::of(files.clone());
    assert!(check(&all).findings.is_empty(), "{:#?}", check(&all));
    let examples = run_examples(&all, &[], &NoIdentifiers);
    assert!(examples.faults.is_empty(), "{examples:#?}");
    assert!(examples.unbroken.is_empty(), "{examples:#?}");
    assert_eq!((examples.valid, examples.invalid), (1, 1));
    let run = run_scenarios(&all);
    assert!(run.faults.is_empty(), "{:#?}", run.faults);
    assert!(run.unreached.is_empty(), "{:?}", run.unreached);
    assert_eq!((run.scenarios, run.checks), (1, 4));
    // Without its texts it is told which lines they need, and of its clock that the page shows the bare word.
    let bare = Folder::of(files.into_iter().filter(|(f, _)| !f.starts_with("texts/")));
    let found = check(&bare).findings;
    let (lines, names): (Vec<&Finding>, Vec<&Finding>) =
        found.iter().partition(|f| f.file.starts_with("texts/"));
    assert!(
        lines.len() == 2 && lines.iter().all(|f| f.help.contains("kinds.slot: \"\"")),
        "{found:#?}"
    );
    let [clock] = names.as_slice() else {
        panic!("{found:#?}");
    };
    assert!(clock.message.contains("clocks.answer-due"), "{clock:#?}");
}
