//! The case page: state, what it asks for, time so far, parts, both countries on one clock, documents with their proof, acts, clocks, holders.

use askama::Template;

use super::frame::{Frame, PeerLine};
use super::live::Fragment;
use super::parts::{Act, Badge, Check, Fact, Glyph, Html, Link, Notice, Rich, State, Tone, slug};
use super::time;

/// A case, whole. Words of the program come in the page's language.
#[derive(Debug, Clone, Default)]
pub struct CasePage {
    /// The way here: board, stage; or the whole this is a part of.
    pub path: Vec<Link>,
    /// What names the case: plate or key.
    pub title: String,
    /// Beside it: carrier, country.
    pub subtitle: String,
    /// The state.
    pub state: State,
    /// In this state since.
    pub since_ms: Option<i64>,
    /// The rest of the sentence: dock, parts released.
    pub state_text: Rich,
    /// Where this node can't fold it: who told the state, and when (*as told by CBP 09:41*).
    pub told_by: Option<String>,
    /// Whether the state may change, since a peer has records that are not here yet.
    pub may_change: bool,
    /// How the peer that matters stands.
    pub peer: Option<PeerLine>,
    /// What the page asks for: the first with its act as the one filled button. Then holds' and conditions' notices.
    pub asks: Vec<Notice>,
    /// Holds in force, each saying whose it is and what ends it.
    pub holds: Vec<Hold>,
    /// Facts, six or so.
    pub facts: Vec<Fact>,
    /// Time so far, by segment.
    pub way: Vec<WaySegment>,
    /// What is still to come, as words; empty at the end.
    pub way_to_come: String,
    /// Parts of this case, one table for each kind.
    pub parts: Vec<PartsTable>,
    /// Wholes that this case is a part of.
    pub wholes: Vec<Link>,
    /// What happened.
    pub timeline: Timeline,
    /// Documents, problems first.
    pub documents: Vec<Document>,
    /// The evidence bundle.
    pub evidence: Option<Link>,
    /// What rules found.
    pub findings: Vec<Finding>,
    /// As whom acts are signed: *CBP officer, Laredo*.
    pub acts_as: String,
    /// What this role may do here.
    pub acts: Vec<Act>,
    /// What is owed.
    pub clocks: Vec<ClockLine>,
    /// Credentials for outsiders that the reader may have of it.
    pub credentials: Vec<CredentialLine>,
    /// Documents that it can go out as.
    pub sends: Vec<super::send::SendLine>,
    /// Who has it, since when.
    pub holders: Vec<Holder>,
    /// Has the case compared with their nodes now.
    pub compare: Option<Link>,
    /// By what the case is governed, in one sentence.
    pub governed: Rich,
}

/// A credential for outsiders.
#[derive(Debug, Clone, Default)]
pub struct CredentialLine {
    /// Its name.
    pub title: String,
    /// Its file.
    pub file: String,
    /// The page with its QR code.
    pub print: String,
}

/// A hold.
#[derive(Debug, Clone, Default)]
pub struct Hold {
    /// Whose.
    pub office: String,
    /// Its kind and reason.
    pub what: Rich,
    /// Since when.
    pub since_ms: i64,
    /// What ends it.
    pub ends: Rich,
    /// Its record.
    pub href: String,
    /// Whom to call: desk, telephone, hours.
    pub contact: Rich,
}

/// A lane of the case page. Countries have no colour: MX is outlined and hatched, US filled and solid.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Side {
    /// Mexico.
    #[default]
    Mexico,
    /// United States.
    UnitedStates,
    /// Together.
    Both,
}

impl Side {
    /// The side of a profile's word: `mx`, `us`, `both`.
    pub fn parse(word: &str) -> Option<Side> {
        match word {
            "mx" => Some(Side::Mexico),
            "us" => Some(Side::UnitedStates),
            "both" => Some(Side::Both),
            _ => None,
        }
    }
}

/// A segment of the way.
#[derive(Debug, Clone, Default)]
pub struct WaySegment {
    /// The stage's name.
    pub title: String,
    /// How long, in milliseconds.
    pub took_ms: i64,
    /// In which country.
    pub side: Side,
    /// Where it stands now.
    pub current: bool,
}

/// Parts of a case, or any table of cases that belong to it.
#[derive(Debug, Clone, Default)]
pub struct PartsTable {
    /// Kind of part, for the element's id.
    pub id: String,
    /// Heading: *3 shipments*.
    pub title: String,
    /// What ties them to the whole: *The truck is released when all are*.
    pub note: String,
    /// Heads: the key, then the cells, then the state.
    pub heads: Vec<String>,
    /// Rows.
    pub rows: Vec<PartRow>,
}

/// A part.
#[derive(Debug, Clone, Default)]
pub struct PartRow {
    /// Its key.
    pub key: String,
    /// Its page; empty where the reader may not open it.
    pub href: String,
    /// Second line under the key.
    pub sub: Rich,
    /// Cells with their second lines.
    pub cells: Vec<(Rich, Rich)>,
    /// Its state.
    pub state: State,
    /// Since when.
    pub since_ms: Option<i64>,
}

/// What happened, newest first.
#[derive(Debug, Clone, Default)]
pub struct Timeline {
    /// Newest first.
    pub events: Vec<Event>,
    /// What is not shown: *9 filings of 23 November*.
    pub earlier: Option<Link>,
}

/// An event, or a gap told in words.
#[derive(Debug, Clone, Default)]
pub struct Event {
    /// The record's id, for the element's id; empty for a gap.
    pub key: String,
    /// When it happened.
    pub at_ms: i64,
    /// Where.
    pub side: Side,
    /// What, in few words.
    pub title: Rich,
    /// Who says so, and how it is known.
    pub sub: Rich,
    /// Its proof.
    pub proof: Option<String>,
    /// It waits for somebody or contradicts something: a diamond.
    pub bad: bool,
    /// Only time passing: *32 min on the bridge*. Everything else is then empty.
    pub gap: bool,
    /// Relayed, replaced, disputed, late, in the page's language; empty for the office's own word.
    pub flag: String,
}

/// A document of the case.
#[derive(Debug, Clone, Default)]
pub struct Document {
    /// The record's id; empty for a missing one.
    pub key: String,
    /// What checking it gave.
    pub badge: Badge,
    /// Its name.
    pub title: String,
    /// Its number, or of whom it was asked.
    pub sub: Rich,
    /// By whom.
    pub issuer: String,
    /// For what: whole truck, or a part.
    pub scope: String,
    /// When it was stated or asked for.
    pub since_ms: i64,
    /// Open at first.
    pub open: bool,
    /// One sentence before the checks.
    pub sentence: Rich,
    /// What was checked.
    pub checks: Vec<Check>,
    /// *Read the record*, *Download it signed*, *Check it yourself*.
    pub links: Vec<Link>,
}

impl Document {
    fn id(&self) -> String {
        let name = if self.key.is_empty() {
            format!("{} {}", self.title, self.scope)
        } else {
            self.key.clone()
        };
        format!("doc-{}", slug(&name))
    }
}

/// What a rule found.
#[derive(Debug, Clone, Default)]
pub struct Finding {
    /// `Stop`, `Warn`, or `Quiet` where it can't be checked yet.
    pub tone: Tone,
    /// Its glyph.
    pub glyph: Glyph,
    /// The rule's sentence.
    pub text: Rich,
    /// Its code.
    pub code: String,
    /// Where, as a JSON pointer.
    pub pointer: String,
    /// The record.
    pub link: Option<Link>,
}

/// A clock.
#[derive(Debug, Clone, Default)]
pub struct ClockLine {
    /// What is owed.
    pub title: String,
    /// Due, where it is an instant; it ticks.
    pub due_ms: Option<i64>,
    /// What is left in words, where it is no instant: *before release*.
    pub left: String,
    /// Share of the time that is gone, 0 to 100 and more.
    pub gone_percent: u32,
    /// Who owes, by which rule.
    pub sub: String,
    /// Met or stopped: shown without a meter.
    pub met: bool,
    /// Within its warning: the meter says so however much is left of the whole.
    pub soon: bool,
    /// Whom to call, where an office owes.
    pub contact: Rich,
}

impl ClockLine {
    fn meter(&self) -> &'static str {
        match self.gone_percent {
            0..100 if self.soon => " near",
            0..80 => "",
            80..100 => " near",
            100.. => " past",
        }
    }

    fn width(&self) -> u32 {
        self.gone_percent.min(100)
    }
}

/// Who has the case.
#[derive(Debug, Clone)]
pub struct Holder {
    /// The party.
    pub name: String,
    /// What of it: *whole*, *plate and appointment only*.
    pub what: String,
    /// How they stand; none for this node.
    pub peer: Option<super::parts::Step>,
    /// What they lack of it, by name, or that nothing was found missing when it was compared; empty: nothing to say.
    pub lacks: String,
}

/// The page.
pub fn render_case(frame: &Frame, page: &CasePage) -> String {
    super::finish(&Page { f: frame, p: page })
}

/// Its fragments: `case-head`, `case-asks`, `case-facts`, `do`, `case-parts`, `both`, `case-docs`, `case-side`.
pub fn render_case_fragments(frame: &Frame, page: &CasePage) -> Vec<Fragment> {
    macro_rules! part {
        ($id:literal, $part:ident) => {
            Fragment {
                id: $id.into(),
                html: super::finish(&$part { f: frame, p: page }),
            }
        };
    }
    vec![
        part!("case-head", Head),
        part!("case-asks", Asks),
        part!("case-facts", Facts),
        part!("do", Acts),
        part!("case-parts", Parts),
        part!("both", Both),
        part!("case-docs", Docs),
        part!("case-side", Aside),
    ]
}

/// What is announced after a swap: the state.
pub fn case_announcement(page: &CasePage) -> String {
    format!("{}: {}", page.title, page.state.label)
}

/// A segment with its class, for the template.
struct Segment<'a> {
    class: String,
    span: String,
    title: &'a str,
    current: bool,
}

impl CasePage {
    fn segments(&self) -> Vec<Segment<'_>> {
        let longest = self.way.iter().map(|s| s.took_ms).max().unwrap_or(1).max(1);
        self.way
            .iter()
            .map(|segment| {
                let share = (segment.took_ms.max(0).saturating_mul(8) / longest).clamp(1, 8);
                let side = match (segment.current, segment.side) {
                    (true, _) => " on",
                    (false, Side::Mexico) => " mx",
                    (false, Side::UnitedStates | Side::Both) => "",
                };
                Segment {
                    class: format!("w{share}{side}"),
                    span: time::span(segment.took_ms),
                    title: &segment.title,
                    current: segment.current,
                }
            })
            .collect()
    }

    /// Acts that can be done now.
    fn possible(&self) -> impl Iterator<Item = &Act> {
        self.acts.iter().filter(|act| act.why_not.is_none())
    }

    /// How many acts of this role the state forbids.
    fn not_now(&self) -> u64 {
        self.acts.iter().filter(|act| act.why_not.is_some()).count() as u64
    }

    fn way_total(&self) -> String {
        time::span(
            self.way
                .iter()
                .map(|s| s.took_ms.max(0))
                .fold(0, i64::saturating_add),
        )
    }

    fn documents_title(&self, frame: &Frame) -> String {
        let look = self
            .documents
            .iter()
            .filter(|d| d.badge.needs_a_look())
            .count() as u64;
        let all = frame.n("case.documents", self.documents.len() as u64);
        if look == 0 {
            all
        } else {
            format!("{all}{}", frame.n("case.documents-look", look))
        }
    }

    fn timeline_note(&self, frame: &Frame) -> String {
        let newest = self
            .timeline
            .events
            .first()
            .map_or(frame.now_ms, |e| e.at_ms);
        frame.lang.with(
            "case.timeline-note",
            &[
                ("day", &time::day(newest, &frame.zone, frame.lang)),
                ("zone", &time::zone_short(newest, &frame.zone)),
            ],
        )
    }

    /// The event's time; with its day where that is another than the newest event's.
    fn event_time(&self, frame: &Frame, event: &&Event) -> Html {
        let newest = self
            .timeline
            .events
            .first()
            .map_or(frame.now_ms, |e| e.at_ms);
        let same = time::day(newest, &frame.zone, frame.lang)
            == time::day(event.at_ms, &frame.zone, frame.lang);
        if same {
            frame.hour(&event.at_ms)
        } else {
            frame.at(&event.at_ms)
        }
    }
}

#[derive(Template)]
#[template(path = "case.html")]
struct Page<'a> {
    f: &'a Frame,
    p: &'a CasePage,
}

#[derive(Template)]
#[template(path = "case_head.html")]
struct Head<'a> {
    f: &'a Frame,
    p: &'a CasePage,
}

#[derive(Template)]
#[template(path = "case_asks.html")]
struct Asks<'a> {
    f: &'a Frame,
    p: &'a CasePage,
}

#[derive(Template)]
#[template(path = "case_facts.html")]
struct Facts<'a> {
    f: &'a Frame,
    p: &'a CasePage,
}

#[derive(Template)]
#[template(path = "case_do.html")]
struct Acts<'a> {
    f: &'a Frame,
    p: &'a CasePage,
}

#[derive(Template)]
#[template(path = "case_parts.html")]
struct Parts<'a> {
    f: &'a Frame,
    p: &'a CasePage,
}

#[derive(Template)]
#[template(path = "case_both.html")]
struct Both<'a> {
    f: &'a Frame,
    p: &'a CasePage,
}

#[derive(Template)]
#[template(path = "case_docs.html")]
struct Docs<'a> {
    f: &'a Frame,
    p: &'a CasePage,
}

#[derive(Template)]
#[template(path = "case_side.html")]
struct Aside<'a> {
    f: &'a Frame,
    p: &'a CasePage,
}
