//! Words of the tables and the codes of the record types that they stand for.

/// Codes of phases: those of OC4IDS, and two for works that stand still without being cancelled.
pub(crate) const PHASES: &[&str] = &[
    "identification",
    "preparation",
    "implementation",
    "completion",
    "maintenance",
    "decommissioning",
    "decommissioned",
    "cancelled",
    "halted",
    "paused",
];

/// Sides as the list writes them, and as records have them.
pub(super) const SIDES: &[(&str, &str)] =
    &[("US", "us"), ("MX", "mx"), ("binational", "binational")];

/// The currencies that records of a project hold.
pub(crate) const CURRENCIES: &[&str] = &["USD", "MXN"];

/// States by the beginning of a project's id.
const STATES: &[&str] = &[
    "us-ca", "us-az", "us-nm", "us-tx", "mx-bc", "mx-son", "mx-chih", "mx-coah", "mx-nl", "mx-tam",
];

/// What is built, by the words that say so; the first that is there counts, so that a road to a sea port is a sea port's.
const CLASSES: &[(&str, &str)] = &[
    ("program", "program"),
    ("sea port", "sea-port"),
    ("port", "port"),
    ("customs", "port"),
    ("bridge", "bridge"),
    ("rail", "rail"),
    ("railway", "rail"),
    ("railroad", "rail"),
    ("road", "road"),
    ("highway", "road"),
    ("water", "water"),
    ("wastewater", "water"),
];

/// Clauses of a note that say of what kind an amount is. Only a clause that says nothing else counts: `earlier estimate
/// 577 M` is of another amount.
const COST_KINDS: &[(&str, &str)] = &[
    ("estimate", "estimate"),
    ("original estimate", "estimate"),
    ("appropriation", "appropriation"),
    ("contract", "contract"),
    ("initial contract", "contract"),
    ("design-build contract", "contract"),
    ("spent", "spent"),
    ("spent to date", "spent"),
    ("final", "final"),
    ("final cost", "final"),
];

/// Clauses of a note that say what an amount covers.
const COST_SCOPES: &[(&str, &str)] = &[
    ("US side", "us-side"),
    ("Mexican side", "mx-side"),
    ("MX side", "mx-side"),
    ("both sides", "both"),
    ("state share", "state-share"),
];

/// Phrases of a note by which the day of a statement is approximate.
const APPROXIMATE: &[&str] = &[
    "as_of approximate",
    "date approximate",
    "stated_on approximate",
    "fecha aproximada",
];

/// The state that a project's id begins with.
pub(super) fn state_of(project: &str) -> Option<&'static str> {
    let of = |state: &&&str| {
        project
            .strip_prefix(**state)
            .is_some_and(|rest| rest.starts_with('-'))
    };
    STATES.iter().find(of).copied()
}

/// The class of what is built; `None` where no word tells.
pub(crate) fn class_of(text: &str) -> Option<&'static str> {
    let words: Vec<String> = text
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let is_there = |phrase: &str| {
        let phrase: Vec<&str> = phrase.split(' ').collect();
        words.windows(phrase.len()).any(|window| window == phrase)
    };
    CLASSES
        .iter()
        .find(|(phrase, _)| is_there(phrase))
        .map(|(_, class)| *class)
}

/// The kind of an amount, where a clause of the note says it.
pub(super) fn cost_kind_of(note: &str) -> Option<&'static str> {
    clause(note, COST_KINDS)
}

/// What an amount covers, where a clause of the note says it.
pub(super) fn cost_scope_of(note: &str) -> Option<&'static str> {
    clause(note, COST_SCOPES)
}

/// Whether the note says that the day of the statement is approximate.
pub(super) fn is_approximate(note: &str) -> bool {
    let note = note.to_lowercase();
    APPROXIMATE.iter().any(|phrase| note.contains(phrase))
}

/// The clause by which a kind or scope is said in a note, the shortest.
pub(super) fn clause_of(code: &str) -> Option<&'static str> {
    let found = COST_KINDS.iter().chain(COST_SCOPES);
    found
        .filter(|(_, of)| *of == code)
        .map(|(clause, _)| *clause)
        .next()
}

fn clause(note: &str, table: &[(&str, &'static str)]) -> Option<&'static str> {
    note.split([';', ',', '.']).find_map(|clause| {
        let clause = clause.trim().to_lowercase();
        table
            .iter()
            .find(|(known, _)| known.to_lowercase() == clause)
            .map(|(_, code)| *code)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_has_a_class() {
        for (text, class) in [
            ("new land port of entry + tolled road", Some("port")),
            ("port repair", Some("port")),
            ("customs facility", Some("port")),
            ("sea port", Some("sea-port")),
            ("Road to a Sea Port", Some("sea-port")),
            ("new bridge (truck + rail)", Some("bridge")),
            ("rail crossing", Some("rail")),
            ("passenger rail", Some("rail")),
            ("water", Some("water")),
            ("program", Some("program")),
            ("airport", None),
            ("new freight guideway", None),
            ("", None),
        ] {
            assert_eq!(class_of(text), class, "{text}");
        }
    }

    #[test]
    fn a_clause_says_kind_and_scope() {
        for (note, kind, scope) in [
            ("contract", Some("contract"), None),
            ("initial contract", Some("contract"), None),
            (
                "original estimate; date approximate",
                Some("estimate"),
                None,
            ),
            ("earlier estimate 577 M", None, None),
            ("upper end of 170-220 M", None, None),
            ("US side; date approximate", None, Some("us-side")),
            ("state share", None, Some("state-share")),
            ("Final, both sides", Some("final"), Some("both")),
            ("the contract ends in 2027", None, None),
        ] {
            assert_eq!(
                (cost_kind_of(note), cost_scope_of(note)),
                (kind, scope),
                "{note}"
            );
        }
        assert!(
            is_approximate("70 percent; as_of approximate.") && !is_approximate("cost approximate")
        );
        assert_eq!(state_of("mx-chih-x"), Some("mx-chih"));
        assert_eq!(state_of("mx-chihx"), None);
        assert_eq!(clause_of("us-side"), Some("US side"));
    }
}
