//! A profile's model: what `profile.yaml` and the files beside it say, parsed and named, not yet judged.
//!
//! Everything here is plain data. `load` makes it from a folder's bytes, `check` judges it, `fold`, `admission`, `audience`,
//! `clocks`, `forms` and `board` read it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::expr::Expr;
use crate::pointer::Path;

/// A party's role name as the trust list spells it: `customs.us`, `carrier`, `broker.mx`; or `post.NAME`, an office at a place.
pub type Role = String;

/// Where a word of the profile stands, for findings: file, and line from 1 (0 where a file has no lines).
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The profile's id.
    #[serde(default)]
    pub profile: String,
    /// Path inside the profile's folder.
    pub file: String,
    /// Line from 1.
    pub line: usize,
}

/// One profile, parsed; or several that stand on each other by `uses`, as one.
#[derive(Debug, Clone, Default)]
pub struct Model {
    /// The profile's id: `crossing`. Of several, the last read: the one that stands on the others.
    pub id: String,
    /// Semantic version.
    pub version: String,
    /// Who must co-sign the core. Of several, the signatories of all.
    pub charter: CharterWords,
    /// The profiles that make up this model, used ones first.
    pub members: Vec<Member>,
    /// Which profile defines a kind, by kind.
    pub kind_of: BTreeMap<String, String>,
    /// Which profile defines a record type, by type; the built-in ones are of none.
    pub type_of: BTreeMap<String, String>,
    /// Calendars named by clocks: dates that do not count, by name (`us.federal`), as `YYYY-MM-DD`.
    pub calendars: BTreeMap<String, Vec<String>>,
    /// Offices at places, by post name.
    pub posts: BTreeMap<String, Post>,
    /// Case kinds by name.
    pub kinds: BTreeMap<String, Kind>,
    /// Record types by name.
    pub records: BTreeMap<String, RecordType>,
    /// Life cycle by kind.
    pub life_cycle: BTreeMap<String, LifeCycle>,
    /// Clocks by name.
    pub clocks: BTreeMap<String, Clock>,
    /// Rules, in file order.
    pub rules: Vec<Rule>,
    /// Which offices must affirm a record type before it is in force.
    pub affirmed_by: BTreeMap<String, Vec<Role>>,
    /// Declared tables by name.
    pub tables: BTreeMap<String, Table>,
    /// Boards by name.
    pub boards: BTreeMap<String, Board>,
    /// What needs a person in cases of kinds that no board shows, by kind: told in lists and on their pages.
    pub needs: BTreeMap<String, Vec<Need>>,
    /// Acts by id, in file order.
    pub acts: Vec<Act>,
    /// Named views: what of a record a role gets, where `audience` names one.
    pub states: BTreeMap<String, StateFace>,
    /// How cases of other kinds are found, by link name.
    pub links: BTreeMap<String, Link>,
    /// What offices sign by rule, in file order.
    pub automations: Vec<Automation>,
    /// What offices state to outsiders, by name.
    pub credentials: BTreeMap<String, Credential>,
    /// Measures over declared tables, by name.
    pub indicators: BTreeMap<String, Indicator>,
    /// Which records are told as EPCIS events, in file order.
    pub epcis: Vec<crate::epcis::EpcisLine>,
    /// What is promised and published, by profile.
    pub promises: BTreeMap<String, crate::published::Promises>,
    /// Forms as they stand: not read by the engine yet.
    pub reserved: BTreeMap<String, Value>,
    /// Code lists by file stem.
    pub codelists: BTreeMap<String, Vec<Code>>,
    /// Texts by language (`en`, `es`), then key.
    pub texts: BTreeMap<String, BTreeMap<String, String>>,
    /// JSON Schema 2020-12 by record type.
    pub schemas: BTreeMap<String, Value>,
    /// The profile's JSON-LD context document.
    pub context: Value,
    /// Where each word stands: keys such as `records.Manifest`, `life-cycle.trip.show.2`.
    pub places: BTreeMap<String, Place>,
    /// What follows from the rest, worked out when first asked.
    pub(crate) facts: crate::facts::FactsCell,
}

/// One of the profiles of a model.
#[derive(Debug, Clone, Default)]
pub struct Member {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Who must co-sign its core.
    pub charter: CharterWords,
    /// Profiles that it stands on -> which versions will do (`^1`, `~1.2`, `1.2.0`).
    pub uses: BTreeMap<String, String>,
    /// Roles that it declares; empty: any role of the trust list will do.
    pub roles: Vec<Role>,
    /// Record types of other profiles that may stand in its life cycles, by profile.
    pub accepts: BTreeMap<String, Vec<String>>,
}

impl Model {
    /// Whether a life cycle of `profile` may name a record type of another, installed or not.
    pub fn accepts(&self, profile: &str, record_type: &str) -> bool {
        self.members
            .iter()
            .filter(|m| m.id == profile)
            .flat_map(|m| m.accepts.values())
            .any(|types| types.iter().any(|t| t == record_type))
    }

    /// Types that some profile accepts though none of those in hand defines them: they simply never come.
    pub fn accepted_only(&self) -> impl Iterator<Item = &String> {
        self.members
            .iter()
            .flat_map(|m| m.accepts.values().flatten())
            .filter(|t| !self.records.contains_key(*t))
    }

    /// The profile in whose folder a word stands; none where nothing is known of it.
    pub fn profile_of(&self, place: &str) -> Option<&str> {
        Some(self.places.get(place)?.profile.as_str())
    }

    /// The board that people look at first: that of the profile on which the others stand, else any.
    pub fn first_board(&self) -> Option<&str> {
        self.members
            .iter()
            .map(|m| m.id.as_str())
            .find(|id| self.boards.contains_key(*id))
            .or_else(|| self.boards.keys().next().map(String::as_str))
    }

    /// The profile that defines a kind.
    pub fn member_of_kind(&self, kind: &str) -> Option<&Member> {
        let id = self.kind_of.get(kind)?;
        self.members.iter().find(|m| m.id == *id)
    }
}

/// `charter: { signatories: […], notice: P14D }`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct CharterWords {
    /// Roles whose offices co-sign the core.
    pub signatories: Vec<Role>,
    /// ISO 8601 duration between signing and force.
    pub notice: Option<String>,
}

/// An office at a place, the place read from the record in force.
#[derive(Debug, Clone)]
pub struct Post {
    /// Roles that may hold the post.
    pub roles: Vec<Role>,
    /// Where the place is written: the first that finds something counts.
    pub at: Vec<TypedPath>,
}

/// `Manifest#/credentialSubject/scac`: a path into records in force of one type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedPath {
    /// Record type.
    pub record_type: String,
    /// Path with `*` wildcards.
    pub path: Path,
}

/// What a case is about.
#[derive(Debug, Clone)]
pub struct Kind {
    /// Pointers whose values, joined by `:`, are the key.
    pub key: Vec<Path>,
    /// Who may open a case: the role, and the namespace that must be held for the key.
    pub owner: Owner,
    /// ISO 8601 duration after the case's last record, after which a key may be opened anew.
    pub reuse_after: Option<String>,
    /// Cases named by this case's records, by part name.
    pub parts: BTreeMap<String, Part>,
    /// Seats by name: paths to DIDs in records in force of seated parties or offices.
    pub seats: BTreeMap<String, Vec<TypedPath>>,
    /// Roles that are told the state by the keeper's notice though they cannot fold it; computed by `check` where absent.
    pub told: Vec<Role>,
    /// Pointer(s) whose values name the case for people (a plate for a trip), else the key.
    pub title: Vec<TypedPath>,
    /// Where a party's own number for the case stands: in its own records, secret ones too.
    pub reference: Vec<TypedPath>,
    /// For whom a party works in the case: the first value that is not the party itself, a DID or a name.
    pub client: Vec<TypedPath>,
    /// The page of one case that is handed out by a link, where the kind has one.
    pub pass: Option<Pass>,
}

/// `pass: { … }`: what somebody without an account sees of a case, by a link of whoever may give one.
#[derive(Debug, Clone, Default)]
pub struct Pass {
    /// Who may give the link: roles or `seat.NAME`.
    pub by: Vec<Role>,
    /// ISO 8601: how long a link is good at most.
    pub lasts: Option<String>,
    /// ISO 8601: how long it is good after the case has come to its end, a state that looks closed.
    pub after_end: Option<String>,
    /// What is shown at a window, in the largest letters.
    pub number: Option<Expr>,
    /// Whether all papers are there.
    pub ready: Option<Expr>,
    /// What to do now: the first line that is true.
    pub steps: Vec<PassLine>,
    /// What is missing: every line that is true.
    pub lacks: Vec<PassLine>,
    /// How it stands on each side (`mx`, `us`), the first line that is true of each.
    pub sides: BTreeMap<String, Vec<PassLine>>,
    /// Fields: name, and text key `pass.NAME`.
    pub fields: BTreeMap<String, Expr>,
}

/// A line of a pass.
#[derive(Debug, Clone)]
pub struct PassLine {
    /// Id, and text key `pass.ID`.
    pub id: String,
    /// Condition; absent: always.
    pub when: Option<Expr>,
    /// Values for the text.
    pub values: BTreeMap<String, Expr>,
}

/// `owner: { role: carrier, holds: scac }`.
///
/// The namespace value is the key component whose pointer ends in the namespace's name; where none does, the (single) key must
/// start with a held value (an SCN starts with its SCAC).
#[derive(Debug, Clone)]
pub struct Owner {
    /// Role by the trust list: of several, the first.
    pub role: Role,
    /// Every role that opens a case.
    pub roles: Vec<Role>,
    /// Namespace: `scac`, `patente`, `filer`. None where a role alone opens (an agency number).
    pub holds: Option<String>,
}

/// `parts: { shipments: { kind, from, at, none-if } }`.
#[derive(Debug, Clone)]
pub struct Part {
    /// Kind of the part.
    pub kind: String,
    /// Record type that lists the parts (of its records in force by the case's owner).
    pub from: String,
    /// Path to the parts' keys.
    pub at: Path,
    /// Expression over `subject`: true means that the list is known and empty.
    pub none_if: Option<Expr>,
}

/// A record type.
#[derive(Debug, Clone, Default)]
pub struct RecordType {
    /// Roles or posts that may issue it.
    pub issued_by: Vec<Role>,
    /// Kind -> where its key stands: a pointer to the whole subject (key parts read by the kind's own pointers) or to values.
    pub about: BTreeMap<String, Path>,
    /// The record type(s) this one must follow (closes); its `about` is then what it follows, unless given.
    pub follows: Vec<String>,
    /// Who gets it. Empty: the charter's signatories and the seats of the cases it is about, whole.
    pub audience: Vec<Audience>,
    /// An act that is not undone by an earlier-dated record outside its `saw`.
    pub decisive: bool,
    /// Standings other than `act` that move tracks too: `report`, `compiled`.
    pub accepts: Vec<String>,
    /// `secret: office`: never addressed to a case, counted, listed or exported outside its office.
    pub secret_office: bool,
    /// Secret, and about kinds of which every record is: nobody else sees such a case, so its records open and move it.
    pub inside: bool,
    /// How late `occurred` may be logged and still order the record; ISO 8601, default PT15M.
    pub late: Option<String>,
    /// Who beside the issuer may replace it, and the states up to which the issuer may.
    pub replaceable_by: Vec<Role>,
    /// Names by which people find it: search name (`plate`, `scn`, `entry`) -> paths.
    pub search: BTreeMap<String, Vec<Path>>,
    /// Which of the ways of showing it fits: `document`, `event`, `decision`; for the case page.
    pub face: String,
    /// Country lane on the case page: `mx`, `us`, `both`; empty: the issuer's.
    pub side: String,
    /// Pointers of the subject's members to show first, in order.
    pub brief: Vec<Path>,
    /// Page of the console that shows the office's newest one and offers to write the next: `shift`; empty: none.
    pub page: String,
}

/// One line of an audience.
#[derive(Debug, Clone)]
pub struct Audience {
    /// Roles, posts, `seats`, or `seat.NAME`.
    pub to: Vec<String>,
    /// Empty: the whole record. Else the members that the view discloses, beside the envelope.
    pub view: Vec<Path>,
    /// The view's name: the given one, or the role that gets it.
    pub view_name: String,
}

/// A kind's life cycle.
#[derive(Debug, Clone, Default)]
pub struct LifeCycle {
    /// Tracks by name.
    pub tracks: BTreeMap<String, Track>,
    /// Balances by name.
    pub balances: BTreeMap<String, Balance>,
    /// Holds, where the kind has them.
    pub holds: Option<Holds>,
    /// First true line is the state.
    pub show: Vec<ShowLine>,
}

/// A track: states that follow each other, side by side with other tracks.
#[derive(Debug, Clone)]
pub struct Track {
    /// State before any record.
    pub first: String,
    /// The role whose word on it counts for those who cannot fold it.
    pub keeper: Option<Role>,
    /// It tells what is said, by whomever: no office's word on it lasts against another's.
    pub said: bool,
    /// Moves, first match wins.
    pub moves: Vec<Move>,
}

/// `{ on: EntryAccepted, to: on-file, from: [none], when: "…" }`.
#[derive(Debug, Clone)]
pub struct Move {
    /// Record type.
    pub on: String,
    /// State it leads to.
    pub to: String,
    /// States it may leave; empty: any.
    pub from: Vec<String>,
    /// Expression over `subject`, `issuer`, the tracks.
    pub when: Option<Expr>,
}

/// `{ in: path | [paths], out: path | [paths] }`.
#[derive(Debug, Clone)]
pub struct Balance {
    /// What comes in.
    pub inn: Vec<TypedPath>,
    /// What goes out.
    pub out: Vec<TypedPath>,
}

/// A set of holds.
#[derive(Debug, Clone)]
pub struct Holds {
    /// Record types that open one.
    pub opens: Vec<String>,
    /// Record types that close one (they `follow` the opening record).
    pub closes: Vec<String>,
    /// `same-office`: closed by who opened it.
    pub by_same_office: bool,
}

/// A line of `show`.
#[derive(Debug, Clone)]
pub struct ShowLine {
    /// State.
    pub state: String,
    /// Condition; absent: always.
    pub when: Option<Expr>,
}

/// Looks of a state, the console's ten.
pub const LOOKS: [&str; 10] = [
    "expected",
    "waiting",
    "referred",
    "inspection",
    "hold",
    "overdue",
    "released",
    "refused",
    "seized",
    "closed",
];

/// Glyphs of a need, as the console draws them.
pub const GLYPHS: [&str; 17] = [
    "ok", "soon", "end", "wait", "refer", "look", "hold", "stop", "cross", "missing", "future",
    "revoked", "differ", "late", "step", "behind", "away",
];

/// How a state looks: one of [`LOOKS`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct StateFace {
    /// The look.
    pub look: String,
}

/// A clock: due is a function of records, calendars and zones.
#[derive(Debug, Clone)]
pub struct Clock {
    /// Kind of case it runs in.
    pub kind: String,
    /// Record type whose effective time starts it, or a date-time path `Type#/…`.
    pub from: TypedPath,
    /// How many.
    pub last: i64,
    /// `minutes`, `hours`, `days`, `business-days`.
    pub count: String,
    /// Calendar name for business days.
    pub calendar: Option<String>,
    /// IANA zone name, or a post (its place's zone from `zones`).
    pub zone: Option<String>,
    /// What stops it.
    pub until: Until,
    /// Record type that moves the due date (`/credentialSubject/until`).
    pub extend: Option<String>,
    /// Who owes.
    pub owner: Role,
    /// Role or post -> record type it may sign when the clock has run out.
    pub sign: BTreeMap<Role, String>,
    /// When the clock counts before its start instead of after (a manifest is due 60 minutes *before* arrival).
    pub before: bool,
    /// In which cases it runs; in the others, and where it cannot be told, there is no such clock.
    pub when: Option<Expr>,
    /// ISO 8601: how long before it is due it is `soon` and no more `running`; none: never.
    pub warn: Option<String>,
}

/// What stops a clock.
#[derive(Debug, Clone)]
pub enum Until {
    /// Any record in force of these types.
    Records(Vec<String>),
    /// An expression of the case.
    When(Expr),
}

/// A rule of `rules.yaml`.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Stable code: `scn-check`, `manifest-late`.
    pub code: String,
    /// Record types it judges.
    pub on: Vec<String>,
    /// When it applies; absent: always.
    pub when: Option<Expr>,
    /// What must be true.
    pub must: Expr,
    /// What happens else.
    pub severity: Severity,
    /// What the fault points at.
    pub pointer: String,
    /// Key of the message in `texts`.
    pub message: String,
    /// Values for the message: name -> expression.
    pub values: BTreeMap<String, Expr>,
}

/// A rule's severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Refused at home.
    Refuse,
    /// From others: kept and flagged.
    Dispute,
    /// Told.
    Warn,
}

/// An insert-only table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Kind: one row per case.
    pub row_per: String,
    /// Post or IANA zone name of the instants' local day, month and hour; none: UTC.
    pub zone: Option<String>,
    /// The instant column by which a row falls into a day, month and hour.
    pub dated: Option<String>,
    /// Column -> source.
    pub columns: BTreeMap<String, Column>,
}

/// Where a column's value comes from.
#[derive(Debug, Clone)]
pub enum Column {
    /// `{ at: Type#/path }`.
    At(TypedPath),
    /// `{ entered: track.state }` or `{ entered: state }`: the instant it was first entered.
    Entered {
        /// Track, or none for the shown state.
        track: Option<String>,
        /// State.
        state: String,
    },
    /// `{ is: "expression" }`.
    Is(Expr),
}

/// `certificates: { kind, by, at, fresh-within }`: other cases, found by a search name.
#[derive(Debug, Clone)]
pub struct Link {
    /// Kind of the cases found.
    pub kind: String,
    /// Search name under which their records are found; empty where `key` names the case.
    pub by: String,
    /// The case's key, where it is always the same one.
    pub key: Option<String>,
    /// Which of the cases found count, over `kind`, `key`, `state`, `since`, `subject`; absent: all.
    pub filter: Option<Expr>,
    /// Where the values looked for stand.
    pub at: Vec<LinkPath>,
    /// ISO 8601: how long ago the keeper's node may have been heard of last; none: however long.
    pub fresh_within: Option<String>,
}

/// A path of a link: into the record that is judged, or (typed) into records in force of the case and its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkPath {
    /// Record type; none: the record that is judged.
    pub record_type: Option<String>,
    /// Path with `*` wildcards.
    pub path: Path,
}

/// What an office signs by rule.
#[derive(Debug, Clone)]
pub struct Automation {
    /// Id, and text keys `automations.ID` and `automations.ID.why`.
    pub id: String,
    /// Role or post whose home runs it.
    pub office: Role,
    /// What it answers to.
    pub on: Trigger,
    /// When; absent: always.
    pub when: Option<Expr>,
    /// Record type it issues.
    pub issue: String,
    /// Members of the subject it sets.
    pub with: BTreeMap<String, Value>,
    /// Members of the subject it takes: member -> expression.
    pub take: BTreeMap<String, Expr>,
    /// The issued record follows the trigger.
    pub follows_trigger: bool,
}

/// What an automation answers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trigger {
    /// A record of one of these types is applied for the first time.
    Records(Vec<String>),
    /// A case comes to show a state.
    State {
        /// Kind of case.
        kind: String,
        /// State.
        state: String,
    },
}

/// What an office states to outsiders, made from a case: text key `credentials.NAME`.
#[derive(Debug, Clone)]
pub struct Credential {
    /// Kind of case.
    pub kind: String,
    /// Record type whose newest record in force it repeats: who issued that one, signs it.
    pub from: String,
    /// In which cases it may be made, and is still good; absent: as long as the record is in force.
    pub when: Option<Expr>,
    /// Who may have it: roles and seats; who issues it always may.
    pub to: Vec<Role>,
    /// Its JSON-LD contexts, in order.
    pub context: Vec<String>,
    /// Its types.
    pub types: Vec<String>,
    /// Its id; absent: one that follows from the record's.
    pub id: Option<Expr>,
    /// From when it is valid; absent: when the record says it happened.
    pub valid_from: Option<Expr>,
    /// Until when; absent: without end.
    pub valid_until: Option<Expr>,
    /// Written `valid-until?`: without end where the expression is unknown.
    pub may_not_end: bool,
    /// Its other members.
    pub members: Vec<TemplateMember>,
    /// Where, in the credential, the components of its case's key stand, for whoever is shown it.
    pub key: Vec<Path>,
    /// The act by which an office writes down that it was shown one.
    pub checked_by: Option<String>,
}

/// A member of a credential that is filled in.
#[derive(Debug, Clone)]
pub struct TemplateMember {
    /// Its name.
    pub name: String,
    /// Left out where what it says is unknown.
    pub optional: bool,
    /// What it says.
    pub value: Template,
}

/// A part of a credential: stands as it is, or is filled in.
#[derive(Debug, Clone)]
pub enum Template {
    /// As it stands.
    Literal(Value),
    /// What an expression of the case comes to; written with `=` before it.
    Is(Expr),
    /// A list.
    List(Vec<Template>),
    /// An object.
    Members(Vec<TemplateMember>),
}

/// A declared measure over a table.
#[derive(Debug, Clone)]
pub struct Indicator {
    /// Table.
    pub over: String,
    /// How the rows of a group become one number.
    pub measure: Measure,
    /// What is measured; none for counts and shares.
    pub of: Option<Expr>,
    /// Which rows count; absent: all.
    pub filter: Option<Expr>,
    /// What is counted of a share.
    pub numerator: Option<Expr>,
    /// Out of what; absent: rows.
    pub denominator: Option<Expr>,
    /// Unit as written: `min`, `%`, `kg`.
    pub unit: String,
    /// Columns by which rows are grouped: a column, `day`, `month`, `hour`, `weekday`, or `COLUMN.month`.
    pub by: Vec<String>,
    /// Groups of fewer rows are withheld, with a complement; 0: none are.
    pub least: i64,
    /// How it is drawn.
    pub chart: Chart,
    /// One of `by`, a column that is true or false: the groups where it is true are set against the others.
    pub compare: Option<String>,
    /// Where everybody may see it; none: only who has the cases.
    pub public: Option<Public>,
}

/// Where an indicator stands that everybody may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Public {
    /// Waits by place, lane and hour, and their feed.
    Waits,
    /// How long the whole crossing took, by place, lane and hour.
    Passage,
    /// What is saved in time.
    Time,
    /// What is saved in money.
    Money,
    /// What it means for security.
    Security,
}

impl Public {
    /// All, in the order of the pages.
    pub const ALL: [Public; 5] = [
        Public::Waits,
        Public::Passage,
        Public::Time,
        Public::Money,
        Public::Security,
    ];

    /// As a profile writes it.
    pub fn word(self) -> &'static str {
        match self {
            Public::Waits => "waits",
            Public::Passage => "passage",
            Public::Time => "time",
            Public::Money => "money",
            Public::Security => "security",
        }
    }
}

/// How the rows of a group become one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Measure {
    /// The middle value; of an even number the mean of the two in the middle.
    Median,
    /// The arithmetic mean.
    Mean,
    /// The value that nine in ten do not exceed (nearest rank).
    P90,
    /// The least.
    Min,
    /// The most.
    Max,
    /// The sum.
    Sum,
    /// The number of rows.
    Count,
    /// The number of different values.
    Distinct,
    /// Numerator over denominator.
    Share,
}

/// How an indicator is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Chart {
    /// A line over time.
    Line,
    /// Bars side by side.
    Bar,
    /// A line with its quartiles.
    Band,
    /// Two dimensions as shades.
    Heat,
}

/// A live board.
#[derive(Debug, Clone)]
pub struct Board {
    /// Kind: one row per case.
    pub rows: String,
    /// Columns in order.
    pub columns: Vec<BoardColumn>,
    /// What needs a person.
    pub needs: Vec<Need>,
    /// Field name -> expression over the case (as in `show`, beside `records`).
    pub fields: BTreeMap<String, Expr>,
    /// Which cases belong on it at all; absent: all.
    pub when: Option<Expr>,
}

/// A column of a board.
#[derive(Debug, Clone)]
pub struct BoardColumn {
    /// Id, and text key `board.COLUMN`.
    pub id: String,
    /// States shown in it.
    pub states: Vec<String>,
    /// Minutes after which a row's time is marked; absent: never.
    pub limit_min: Option<i64>,
    /// `strip` shows it as a strip of places; `list` (default) as a column.
    pub show: String,
    /// Of a strip: the field of the board that names the place where a row stands. `lane-number` where left out.
    pub by: String,
    /// Of a strip: the places there are, so that a free one is shown; by the port whose offices see them, or under an empty name for
    /// whoever sees the field. Empty: those at which somebody stood.
    pub places: BTreeMap<String, Vec<String>>,
    /// Clock: a case in which it has run out has left the column.
    pub until: Option<String>,
}

/// A reason for which a person must look.
#[derive(Debug, Clone)]
pub struct Need {
    /// Id, and text key `needs.ID`.
    pub id: String,
    /// Expression of the case.
    pub when: Expr,
    /// Act offered.
    pub act: Option<String>,
    /// Glyph of the console.
    pub glyph: String,
    /// Values for the text.
    pub values: BTreeMap<String, Expr>,
    /// Roles whom it concerns; empty: every role that sees the board.
    pub roles: Vec<Role>,
    /// Who has it in hand: a role, post or seat; none: whoever is told. Text key `needs.ID.ends` says what ends it.
    pub holder: Option<Role>,
}

/// A button: a record with at most one question.
#[derive(Debug, Clone)]
pub struct Act {
    /// Id, and text key `acts.ID`.
    pub id: String,
    /// Kind of case it stands on.
    pub kind: String,
    /// Record type it issues.
    pub issue: String,
    /// Members of the subject it sets.
    pub with: BTreeMap<String, Value>,
    /// Members taken from the case: member -> expression.
    pub take: BTreeMap<String, Expr>,
    /// The one question: a member of the schema, or one inside a group (`driver/driverName`).
    pub ask: Option<String>,
    /// Where the party's own records have answers that it gave before; of a member inside a group the whole group is taken over.
    pub offer: Vec<TypedPath>,
    /// Opens the form of its record, filled in as far as the case and the party's last such record go, instead of asking.
    pub form: bool,
    /// May be done for many at once.
    pub many: bool,
    /// When it is possible; absent: always. Text key `acts.ID.not` says why not.
    pub when: Option<Expr>,
    /// What halts a truck asks once more.
    pub grave: bool,
}

/// A line of a code list.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Code {
    /// Code.
    pub code: String,
    /// English.
    pub en: String,
    /// Spanish.
    pub es: String,
    /// First day, `YYYY-MM-DD`, or empty.
    #[serde(rename = "valid-from", default)]
    pub valid_from: String,
    /// Last day, or empty.
    #[serde(rename = "valid-to", default)]
    pub valid_to: String,
}
