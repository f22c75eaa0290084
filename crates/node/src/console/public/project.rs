//! One project: what was promised, what is promised now, what happened, who must answer, when one can count on it.

use askama::Template;
use jiff::civil::Date;

use super::frame::{AsOf, PublicHead};
use super::gantt::Gantt;
use super::slip::{SlipChart, SlipFile};
use super::statement::{SaidBy, Statement};
use super::words::Verdict;
use crate::console::board::{Choice, Filter};
use crate::console::frame::Frame;
use crate::console::parts::{Fact, Html, Link, Rich};

/// The page of a project.
#[derive(Debug, Clone, Default)]
pub struct ProjectPage {
    /// Place and kind: *Otay Mesa East, San Diego and Tijuana. New land port with tolled road. Cargo: adds lanes*.
    pub over: String,
    /// Its name.
    pub name: String,
    /// How it stands, from dates only.
    pub standing: Verdict,
    /// What the sponsor says of itself, beside ours.
    pub own_colour: Option<OwnColour>,
    /// *Promised for **2028**, first for **2023**. Six statements, the last 259 days ago.*
    pub promise: Rich,
    /// The slip chart's heading is its finding: *The opening moves 0.76 days for each day that passes*.
    pub finding: String,
    /// The chart; none where no date was ever stated.
    pub slip: Option<SlipChart>,
    /// The statements behind the chart, oldest first.
    pub promises: Vec<Statement>,
    /// Which baseline is chosen; the member is `baseline`.
    pub baseline: Filter,
    /// Milestones as a picture.
    pub gantt: Option<Gantt>,
    /// The same as a table.
    pub milestones: Vec<MilestoneRow>,
    /// What the picture says of itself: *It opens at the latest of …*; empty: the page's own words.
    pub milestones_note: String,
    /// Costs, one group a kind and scope.
    pub costs: Vec<CostGroup>,
    /// Progress, planned against actual.
    pub progress: Vec<ProgressRow>,
    /// Earned value where progress is published: label, value, how read.
    pub earned: Vec<Fact>,
    /// When one can count on it.
    pub forecast: Forecast,
    /// Who must answer.
    pub questions: Vec<Question>,
    /// Where a question is asked; none where none are taken.
    pub ask: Option<AskForm>,
    /// What is on record of the nine things.
    pub on_record: Vec<(String, bool)>,
    /// Risks.
    pub risks: Vec<RiskRow>,
    /// Parties.
    pub parties: Vec<PartyRow>,
    /// What waits for what.
    pub dependencies: Vec<DependencyRow>,
    /// Every statement, newest first. About thirty fit a page of 100 KB; the rest stands behind `all_statements`.
    pub statements: Vec<Statement>,
    /// Where the rest of them is, where there are more.
    pub all_statements: Option<Link>,
    /// Be told.
    pub told: BeTold,
    /// The chart for other pages: address of the SVG file, whole. Empty: none.
    pub embed: String,
    /// This page's address in other pages, whole.
    pub embed_link: String,
    /// What this version is.
    pub provenance: Provenance,
    /// Both clocks.
    pub as_of: AsOf,
    /// JSON (OC4IDS), CSV, SVG.
    pub downloads: Vec<Link>,
}

/// The sponsor's own word for how it stands.
#[derive(Debug, Clone, Default)]
pub struct OwnColour {
    /// Its word, with a quiet look: *on schedule*.
    pub verdict: Verdict,
    /// Who says so and when: *SANDAG, 10 Mar 2026*.
    pub who: String,
    /// It is milder, or graver, than what the dates say.
    pub differs: bool,
}

/// A milestone.
#[derive(Debug, Clone, Default)]
pub struct MilestoneRow {
    /// Its name.
    pub name: String,
    /// Who answers for it; empty: nobody is named.
    pub who: String,
    /// Which side: `MX`, `US`, or both.
    pub side: Option<Country>,
    /// First plan.
    pub first: String,
    /// Current plan.
    pub now: String,
    /// What happened; empty: not yet.
    pub actual: String,
    /// Changes with their reasons, one sentence each.
    pub changes: Vec<String>,
    /// How it stands.
    pub standing: Verdict,
    /// Its predecessor ends later: which one.
    pub broken: Option<String>,
}

/// A side of the border. Countries have no colour: MX outlined, US filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Country {
    /// Mexico.
    Mx,
    /// United States.
    Us,
}

impl Country {
    pub(super) fn tag(self) -> Html {
        Html(
            match self {
                Country::Mx => "<span class=\"land mx\">MX</span>",
                Country::Us => "<span class=\"land us\">US</span>",
            }
            .to_owned(),
        )
    }
}

/// Costs of one kind and one scope: growth is counted inside, never across.
#[derive(Debug, Clone, Default)]
pub struct CostGroup {
    /// `estimate`: `CodeList::Cost` has the words.
    pub kind: String,
    /// What it covers: *port and toll road*.
    pub covers: String,
    /// `+62.5 % since the first of this kind`; empty with one figure.
    pub growth: String,
    /// The same in constant prices, with its index; empty where no index fits.
    pub real_growth: String,
    /// Figures, oldest first.
    pub rows: Vec<CostRow>,
}

/// A cost as stated.
#[derive(Debug, Clone, Default)]
pub struct CostRow {
    /// When.
    pub stated: Date,
    /// `1,300 M USD`.
    pub amount: String,
    /// Who said it.
    pub said_by: SaidBy,
    /// The source.
    pub source: Link,
    /// *another report says 1,500*.
    pub note: String,
}

/// Progress.
#[derive(Debug, Clone, Default)]
pub struct ProgressRow {
    /// *Built, Mexican works*.
    pub what: String,
    /// `80 %`; empty: no plan is published.
    pub planned: String,
    /// `95 %`.
    pub actual: String,
    /// Share between 0 and 1, for the bar.
    pub share: f64,
    /// As of.
    pub at: Option<Date>,
    /// The source.
    pub source: Link,
}

/// The forecast, or why there is none.
#[derive(Debug, Clone, Default)]
pub struct Forecast {
    /// `Mar 2029`; empty: none.
    pub p50: String,
    /// `2031`; `beyond the record` where the sample is too small.
    pub p80: String,
    /// `12 ports of entry, 7 finished`; and where there is none, why not.
    pub basis: String,
    /// When it opens over all that it waits for, in a sentence; empty: nothing is known of what it waits for.
    pub drawn: String,
    /// What drives the lateness, the largest first.
    pub drivers: Vec<Driver>,
    /// How our earlier forecasts did: *8 of 10 inside the 80 % interval*. Empty: too few finished.
    pub record: String,
}

/// What makes it late.
#[derive(Debug, Clone, Default)]
pub struct Driver {
    /// The milestone or reason.
    pub name: String,
    /// In how many draws it came last: `61 %`.
    pub share_text: String,
    /// The same between 0 and 1.
    pub share: f64,
    /// Who answers for it.
    pub who: String,
}

/// A question with its clock.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// What is asked.
    pub text: String,
    /// Its page.
    pub href: String,
    /// Who must answer.
    pub who: String,
    /// Who asks, and when: *Asked by a freight forwarder, 2 Nov 2026*.
    pub asked: String,
    /// `2 days left`, `6 days over`, `answered`, in words.
    pub left: String,
    /// `8 of 10 working days, United States`.
    pub of: String,
    /// Time gone between 0 and 1, over 1 when past; none where the clock stopped.
    pub gone: Option<f64>,
    /// Reminder and escalation, each in a sentence.
    pub rung: Vec<String>,
    /// Answers, oldest first; empty is shown as unanswered.
    pub answers: Vec<Answer>,
    /// Closed by the asker or a reviewer: by whom. Empty: open.
    pub closed_by: String,
}

/// An answer.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// Its words.
    pub text: String,
    /// Who.
    pub who: String,
    /// When.
    pub at: Date,
    /// It only moves the date: counted as an answer and as a change.
    pub only_moves: bool,
    /// The signed record.
    pub proof: Link,
}

impl Question {
    pub(super) fn meter(&self) -> Option<Html> {
        self.gone.map(|gone| {
            let class = if gone > 1.0 {
                "meter past"
            } else if gone >= 0.8 {
                "meter near"
            } else {
                "meter"
            };
            Html(format!(
                "<svg class=\"{class}\" aria-hidden=\"true\"><rect width=\"{:.0}%\" height=\"4\"/></svg>",
                gone.clamp(0.0, 1.0) * 100.0
            ))
        })
    }
}

/// A form that asks. Members are `question`, `about`, `who` (how the asker is called), `email`.
#[derive(Debug, Clone, Default)]
pub struct AskForm {
    /// Where it is posted.
    pub action: String,
    /// Members carried along.
    pub hidden: Vec<(String, String)>,
    /// Whom one may ask.
    pub whom: Vec<Choice>,
    /// `10 working days`.
    pub days: u64,
    /// Why the last try was refused; empty: it was not.
    pub fault: String,
    /// What was typed then.
    pub typed: String,
    /// How the asker is to be called, as typed then.
    pub who: String,
    /// The asker's mail address, as typed then.
    pub email: String,
    /// Whether the answer can be sent by mail.
    pub mails: bool,
}

/// A risk.
#[derive(Debug, Clone, Default)]
pub struct RiskRow {
    /// What may happen.
    pub what: String,
    /// How likely, in words as stated.
    pub likely: String,
    /// What it would cost, in days or money.
    pub effect: String,
    /// What is done, and by whom.
    pub done: String,
    /// The source.
    pub source: Link,
}

/// A party.
#[derive(Debug, Clone, Default)]
pub struct PartyRow {
    /// Its name.
    pub name: String,
    /// Which side.
    pub side: Option<Country>,
    /// What for: *sponsor*, *inspection equipment*.
    pub roles: String,
    /// Whom to write to.
    pub contact: Link,
    /// Questions that wait for it, and how many are late, in words; empty: none.
    pub owes: String,
}

/// What waits for what.
#[derive(Debug, Clone, Default)]
pub struct DependencyRow {
    /// What waits.
    pub what: String,
    /// For what.
    pub on: String,
    /// On which side that is.
    pub side: Option<Country>,
    /// How it stands: *ends later than what waits for it*.
    pub standing: Verdict,
}

/// Ways to be told of changes.
#[derive(Debug, Clone, Default)]
pub struct BeTold {
    /// Where the form is posted; empty: no mail is sent from here. Members are `email`, `when` (repeated), `in`.
    pub action: String,
    /// Members carried along.
    pub hidden: Vec<(String, String)>,
    /// What for.
    pub when: Vec<Choice>,
    /// Atom, iCalendar, signed webhook.
    pub ways: Vec<Link>,
    /// What happened to the last try: *A mail is on its way to confirm*. Empty: nothing.
    pub said: String,
    /// Why the last try was refused; empty: it was not.
    pub fault: String,
    /// The address that was typed then.
    pub typed: String,
}

/// What this version of a page is.
#[derive(Debug, Clone, Default)]
pub struct Provenance {
    /// The stable address of this version, whole.
    pub version: Link,
    /// Where versions are listed.
    pub versions: Option<Link>,
    /// Digest of the record that the page is made of.
    pub digest: String,
    /// Facts: made from so many statements, by which method version, when.
    pub facts: Vec<Fact>,
    /// How to check it.
    pub check: Link,
}

impl ProjectPage {
    fn title(&self, _: &Frame) -> &str {
        &self.name
    }

    fn about(&self, _: &Frame) -> String {
        format!("{}. {}", self.standing.label, self.promise.plain())
    }

    fn slip_pictures(&self, f: &Frame) -> Vec<Html> {
        self.slip
            .as_ref()
            .map_or_else(Vec::new, |slip| slip.drawings(f.lang, "slip"))
    }

    fn gantt_pictures(&self, f: &Frame) -> Vec<Html> {
        self.gantt
            .as_ref()
            .map_or_else(Vec::new, |gantt| gantt.drawings(f.lang))
    }

    fn have(&self) -> usize {
        self.on_record.iter().filter(|(_, have)| *have).count()
    }

    fn record_title(&self, f: &Frame) -> String {
        let values: [(&str, &dyn std::fmt::Display); 2] =
            [("have", &self.have()), ("of", &self.on_record.len())];
        f.lang.with("public.record.title", &values)
    }

    /// What another page puts in itself.
    fn embed_code(&self) -> String {
        let escape = crate::console::parts::escape;
        format!(
            "<a href=\"{}\"><img src=\"{}\" alt=\"{}\" width=\"820\"></a>",
            escape(&self.embed_link),
            escape(&self.embed),
            escape(self.slip.as_ref().map_or(&self.name, |slip| &slip.finding))
        )
    }
}

/// A bar that says a share; the number stands beside it.
pub(super) fn share_bar(share: &f64) -> Html {
    let share = if share.is_finite() {
        share.clamp(0.0, 1.0)
    } else {
        0.0
    };
    Html(format!(
        "<svg class=\"meter\" aria-hidden=\"true\"><rect width=\"{:.0}%\" height=\"4\"/></svg>",
        share * 100.0
    ))
}

/// The page.
pub fn render_project(frame: &Frame, head: &PublicHead, page: &ProjectPage) -> String {
    crate::console::finish(&ProjectTemplate {
        f: frame,
        h: head,
        p: page,
    })
}

/// The slip chart as a file: `image/svg+xml`, with title, source and day inside, and colours of its own.
pub fn render_slip_svg(frame: &Frame, chart: &SlipChart, words: &SlipFile) -> String {
    chart.file(frame.lang, words)
}

#[derive(Template)]
#[template(path = "public/project.html")]
struct ProjectTemplate<'a> {
    f: &'a Frame,
    h: &'a PublicHead,
    p: &'a ProjectPage,
}
