//! The word `promises`: which of a program's records promise days, tell what came of them, and are published for everybody.
//!
//! The engine knows what a promise is ([`crate::promises`]), not of what: a profile names the kind of case that promises are about, the
//! record types that speak of it, and the role whose holder publishes. What those types must hold is in [`MEMBERS`].

/// What a program publishes of promises.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Promises {
    /// The kind of case that is promised.
    pub of: String,
    /// The role whose holder publishes what it holds.
    pub publisher: String,
    /// The role whose acts are its own word; what others say is compiled.
    pub own: String,
    /// Record types by what they say: one of the names in [`MEMBERS`].
    pub says: Vec<(String, String)>,
    /// The kind of case of a question to who must answer.
    pub questions: Option<String>,
    /// The kind of case of a plan: a set of what is promised.
    pub plans: Option<String>,
}

impl Promises {
    /// The record type that says this; none where the program has none.
    pub fn type_of(&self, what: &str) -> Option<&str> {
        let found = self.says.iter().find(|(says, _)| says == what);
        found.map(|(_, record_type)| record_type.as_str())
    }

    /// What a record type says; none where it is none of these.
    pub fn says(&self, record_type: &str) -> Option<&str> {
        let found = self.says.iter().find(|(_, ty)| ty == record_type);
        found.map(|(says, _)| says.as_str())
    }
}

/// What records may say, and the members that they are read from; each must be in the schema, required or not.
pub const MEMBERS: &[(&str, &[&str])] = &[
    (
        "described",
        &[
            "project", "nameEn", "nameEs", "side", "port", "phase", "sponsors", "statedOn",
            "sources",
        ],
    ),
    (
        "dated",
        &[
            "project",
            "milestone",
            "dateKind",
            "date",
            "statedOn",
            "sources",
        ],
    ),
    (
        "cost",
        &[
            "project",
            "amount",
            "currency",
            "costKind",
            "costScope",
            "statedOn",
            "sources",
        ],
    ),
    (
        "progress",
        &[
            "project",
            "progressMeasure",
            "percent",
            "planned",
            "statedOn",
            "sources",
        ],
    ),
    ("phase", &["project", "phase", "statedOn", "sources"]),
    (
        "milestone",
        &[
            "project",
            "milestone",
            "nameEn",
            "nameEs",
            "milestoneKind",
            "statedOn",
            "sources",
        ],
    ),
    (
        "party",
        &["project", "partyName", "partyRole", "statedOn", "sources"],
    ),
    ("risk", &["project", "risk", "statedOn", "sources"]),
    (
        "document",
        &["project", "documentForm", "documentText", "statedOn"],
    ),
    ("approval", &["project", "decision"]),
    (
        "question",
        &[
            "question",
            "project",
            "questionText",
            "askedOf",
            "answerCalendar",
        ],
    ),
    ("answer", &["question", "answerText"]),
    ("settled", &["question"]),
    (
        "plan",
        &[
            "plan", "nameEn", "nameEs", "projects", "sponsors", "statedOn", "sources",
        ],
    ),
    (
        "funding",
        &[
            "plan", "amount", "currency", "costKind", "statedOn", "sources",
        ],
    ),
    (
        "indicator",
        &[
            "place",
            "placeNameEn",
            "placeNameEs",
            "indicator",
            "value",
            "unit",
            "asOf",
            "statedOn",
            "sources",
        ],
    ),
];
