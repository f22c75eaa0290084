//! Plans that hold projects together: progress, money by kind and source, slips rolled up, both governments' entries, gaps.

use askama::Template;

use super::frame::{Figure, Paging, PublicHead};
use super::project::ProgressRow;
use super::projects::ProjectRow;
use super::words::Verdict;
use crate::console::frame::Frame;
use crate::console::parts::Link;

/// The list of plans.
#[derive(Debug, Clone, Default)]
pub struct PlansPage {
    /// What one sees here.
    pub lede: String,
    /// Plans.
    pub rows: Vec<PlanRow>,
    /// Where it is told how to import.
    pub how_to_import: Option<Link>,
    /// The same as data.
    pub downloads: Vec<Link>,
}

/// A plan in the list.
#[derive(Debug, Clone, Default)]
pub struct PlanRow {
    /// Its name and page.
    pub name: Link,
    /// Who made it, and when it was adopted.
    pub who: String,
    /// `41`.
    pub projects: String,
    /// `6 of 41`.
    pub opened: String,
    /// Median slip with its count: `693 d (9)`.
    pub slip: String,
    /// Projects without owner, money or date: `17`.
    pub gaps: String,
    /// How it stands: *12 of 29 open projects over 180 days late*.
    pub standing: Verdict,
}

/// A plan.
#[derive(Debug, Clone, Default)]
pub struct PlanPage {
    /// Who made it, and when.
    pub over: String,
    /// Its name.
    pub name: String,
    /// What it is, and its document.
    pub lede: String,
    /// The document and its source.
    pub document: Link,
    /// Projects, opened, median slip, money.
    pub figures: Vec<Figure>,
    /// Progress by part of the plan.
    pub progress: Vec<ProgressRow>,
    /// Money by kind and source; kinds are never added.
    pub money: Vec<MoneyRow>,
    /// Slips rolled up, by state or term.
    pub slips: Vec<RollUp>,
    /// Both governments' entries of the same projects.
    pub pairs: Vec<EntryPair>,
    /// What is missing.
    pub gaps: Vec<Gap>,
    /// Its projects.
    pub rows: Vec<ProjectRow>,
    /// Where its projects go on.
    pub paging: Paging,
    /// The same as data.
    pub downloads: Vec<Link>,
}

/// Money of one kind from one source.
#[derive(Debug, Clone, Default)]
pub struct MoneyRow {
    /// `appropriation`: `CodeList::Cost` has the words.
    pub kind: String,
    /// *Federal, United States*.
    pub source: String,
    /// `1,204 M USD`.
    pub amount: String,
    /// How many projects state it.
    pub projects: String,
}

/// Slips of a group.
#[derive(Debug, Clone, Default)]
pub struct RollUp {
    /// The group: *Texas*, *short term*.
    pub name: String,
    /// How many with a slip.
    pub count: String,
    /// Median.
    pub median: String,
    /// Least and most.
    pub range: String,
    /// Over 180 days late, of how many.
    pub late: String,
}

/// The same project as each government states it.
#[derive(Debug, Clone, Default)]
pub struct EntryPair {
    /// The project.
    pub name: Link,
    /// What Mexico states: date, money, phase; empty: no entry.
    pub mexico: String,
    /// What the United States state; empty: no entry.
    pub united_states: String,
    /// What differs, in words; empty: nothing.
    pub differs: String,
}

/// Projects that lack something.
#[derive(Debug, Clone, Default)]
pub struct Gap {
    /// *No responsible party*.
    pub what: String,
    /// `7 of 41`.
    pub count: String,
    /// Which ones.
    pub projects: Vec<Link>,
}

impl EntryPair {
    /// What two entries say together where nothing is told to differ: one entry alone agrees with nobody.
    fn agreement(&self) -> &'static str {
        if self.mexico.is_empty() || self.united_states.is_empty() {
            "public.plan.one-sided"
        } else {
            "public.plan.same"
        }
    }
}

impl PlansPage {
    fn title<'a>(&self, f: &'a Frame) -> &'a str {
        f.t("public.plans.title")
    }

    fn about(&self, _: &Frame) -> String {
        self.lede.clone()
    }
}

impl PlanPage {
    fn title(&self, _: &Frame) -> &str {
        &self.name
    }

    fn about(&self, _: &Frame) -> String {
        self.lede.clone()
    }
}

/// The page.
pub fn render_plans(frame: &Frame, head: &PublicHead, page: &PlansPage) -> String {
    crate::console::finish(&PlansTemplate {
        f: frame,
        h: head,
        p: page,
    })
}

/// The page.
pub fn render_plan(frame: &Frame, head: &PublicHead, page: &PlanPage) -> String {
    crate::console::finish(&PlanTemplate {
        f: frame,
        h: head,
        p: page,
    })
}

#[derive(Template)]
#[template(path = "public/plans.html")]
struct PlansTemplate<'a> {
    f: &'a Frame,
    h: &'a PublicHead,
    p: &'a PlansPage,
}

#[derive(Template)]
#[template(path = "public/plan.html")]
struct PlanTemplate<'a> {
    f: &'a Frame,
    h: &'a PublicHead,
    p: &'a PlanPage,
}
