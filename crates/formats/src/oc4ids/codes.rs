//! Codes of the standard and codes of the record types, each way as far as one says the other without guessing.

/// Phases that the standard has, under the same codes here.
pub(super) const STATUSES: &[&str] = &[
    "identification",
    "preparation",
    "implementation",
    "completion",
    "maintenance",
    "decommissioning",
    "decommissioned",
    "cancelled",
];

/// Sectors that say a class.
const SECTORS: &[(&str, &str)] = &[
    ("transport.road", "road"),
    ("transport.rail", "rail"),
    ("waterAndWaste", "water"),
];

/// The class that sectors say: `Ok(None)` where none of them says one, an error where they say several.
pub(super) fn class_of(sectors: &[&str]) -> Result<Option<&'static str>, ()> {
    let mut found = None;
    for sector in sectors {
        let class = SECTORS.iter().find(|(code, _)| code == sector);
        match (class, found) {
            (Some((_, class)), Some(other)) if other != *class => return Err(()),
            (Some((_, class)), _) => found = Some(*class),
            (None, _) => {}
        }
    }
    Ok(found)
}

/// The sectors of a class; none for a program and for what is of no class.
pub(super) fn sectors_of(class: &str) -> &'static [&'static str] {
    match class {
        "road" | "bridge" => &["transport", "transport.road"],
        "rail" => &["transport", "transport.rail"],
        "sea-port" => &["transport", "transport.water"],
        "port" => &["transport"],
        "water" => &["waterAndWaste"],
        _ => &[],
    }
}

/// The standard's type, where the words of what is built say it.
pub(super) fn type_of(words: &str) -> Option<&'static str> {
    let words = words.to_lowercase();
    let is_there = |word: &str| {
        words
            .split(|letter: char| !letter.is_alphanumeric())
            .any(|found| found == word)
    };
    [
        ("new", "construction"),
        ("construction", "construction"),
        ("expansion", "expansion"),
        ("widening", "expansion"),
        ("repair", "rehabilitation"),
        ("rehabilitation", "rehabilitation"),
        ("replacement", "replacement"),
    ]
    .into_iter()
    .find(|(word, _)| is_there(word))
    .map(|(_, code)| code)
}

/// Roles of parties that both have.
const ROLES: &[(&str, &str)] = &[
    ("publicAuthority", "sponsor"),
    ("funder", "funder"),
    ("supplier", "contractor"),
    ("independentMonitor", "reviewer"),
];

/// The role of a record.
pub(super) fn role_in(role: &str) -> Option<&'static str> {
    ROLES
        .iter()
        .find(|(theirs, _)| *theirs == role)
        .map(|(_, ours)| *ours)
}

/// The standard's role; the list is open, so that a role of ours which it lacks goes out as it is.
pub(super) fn role_out(role: &str) -> &str {
    ROLES
        .iter()
        .find(|(_, ours)| *ours == role)
        .map_or(role, |(theirs, _)| *theirs)
}

/// The kind of a milestone by its code, else by its type, where one of them says it.
pub(super) fn milestone_kind(code: Option<&str>, of_type: Option<&str>) -> Option<&'static str> {
    match (code, of_type) {
        (Some("completion"), _) => Some("completion"),
        (Some("commencement"), _) => Some("construction-start"),
        (Some("financialClose"), _) | (None, Some("financing")) => Some("financing"),
        (None, Some("procurement" | "preProcurement")) => Some("tender"),
        _ => None,
    }
}

/// Type and code of the standard for a kind of milestone.
pub(super) fn milestone_out(kind: &str) -> (&'static str, Option<&'static str>) {
    match kind {
        "permit" => ("approval", Some("projectApproval")),
        "environment" => ("assessment", None),
        "agreement" => ("approval", None),
        "financing" => ("financing", Some("financialClose")),
        "tender" | "award" => ("procurement", None),
        "construction-start" => ("delivery", Some("commencement")),
        "opening-cars" | "opening-cargo" => ("delivery", Some("commissioning")),
        "completion" => ("delivery", Some("completion")),
        _ => ("delivery", None),
    }
}

/// Measures of progress: their metric's id, ours.
pub(super) const MEASURES: &[(&str, &str)] = &[
    ("physicalProgress", "physical"),
    ("financialProgress", "financial"),
];
