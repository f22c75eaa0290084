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
    /// The role to which a question goes whose time to answer has run out.
    pub escalate: Option<String>,
    /// Questions that the publisher's node asks by itself; none where it asks none.
    pub automatic: Option<Automatic>,
}

/// Questions that the publisher's node asks by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Automatic {
    /// What gives rise to one, the most pressing first.
    pub causes: Vec<Cause>,
    /// The code of who asks.
    pub asker: String,
    /// At most so many a day; what is left over waits for the next.
    pub a_day: u32,
}

/// What gives rise to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// A promised day has passed and nobody says that it was met.
    Overdue,
    /// A promised day changed and no reason was given.
    MovedWithoutReason,
    /// Nothing was said for too long.
    Stale,
}

impl Cause {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Overdue, Self::MovedWithoutReason, Self::Stale];

    /// Its code, in profiles and in the question's own record.
    pub fn code(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::MovedWithoutReason => "moved-without-reason",
            Self::Stale => "stale",
        }
    }

    /// The cause of a code; none where there is no such.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.code() == code)
    }
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

/// What a question that is asked by itself says beside what every question says.
pub const AUTOMATIC_MEMBERS: &[&str] = &["milestone", "askedFor", "askerKind"];
