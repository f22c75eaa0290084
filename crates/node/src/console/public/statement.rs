//! A statement, and who said it: a sponsor who signed it, or somebody who compiled it from public sources. They are never mixed.

use jiff::civil::Date;

use crate::console::frame::Frame;
use crate::console::parts::{Html, Link, escape};

/// Who said it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SaidBy {
    /// A sponsor or responsible office, under its own signature.
    Sponsor,
    /// Compiled from public sources: nobody but the compiler signed it.
    #[default]
    Compiled,
    /// A reviewer, who closes questions and settles conflicts.
    Reviewer,
}

impl SaidBy {
    /// The words, filled for a sponsor, outlined for a compilation: two silhouettes, not two colours.
    pub(super) fn tag(self, f: &Frame) -> Html {
        let (class, key) = match self {
            SaidBy::Sponsor => ("said own", "public.said.sponsor"),
            SaidBy::Compiled => ("said", "public.said.compiled"),
            SaidBy::Reviewer => ("said own", "public.said.reviewer"),
        };
        Html(format!(
            "<span class=\"{class}\">{}</span>",
            escape(f.t(key))
        ))
    }
}

/// A statement as it was made.
#[derive(Debug, Clone, Default)]
pub struct Statement {
    /// The day it was stated.
    pub stated: Date,
    /// When this node learned it; none where it is the same day.
    pub recorded: Option<Date>,
    /// What it is about: *Opening*, *Cost, estimate*, *Phase*.
    pub about: String,
    /// What it says: `2028`, `1,300 M USD`.
    pub says: String,
    /// How coarse: `CodeList::Precision` has the words. Empty: not a date.
    pub precision: String,
    /// `+366 d`, `same`; empty for the first.
    pub moved: String,
    /// Why, as stated: `CodeList::Reason` has the words. Empty: not a change.
    pub reason: String,
    /// A signed statement, or compiled.
    pub said_by: SaidBy,
    /// Who: the sponsor's name, or the compiler's.
    pub who: String,
    /// The source's own address and name: *regional press*.
    pub source: Link,
    /// Rank of the source: `CodeList::Source` has the words.
    pub rank: String,
    /// The signed record with its proof.
    pub proof: Link,
    /// A later statement took its place.
    pub replaced: bool,
    /// Another source says otherwise of the same day: both are kept.
    pub conflict: bool,
}

impl Statement {
    /// The second line: precision, reason, when recorded.
    pub(super) fn more(&self, f: &Frame) -> String {
        let mut parts: Vec<String> = Vec::new();
        if !self.precision.is_empty() {
            parts.push(f.t1("public.statements.precise", "precision", &self.precision));
        }
        if !self.reason.is_empty() {
            parts.push(f.t1("public.statements.because", "reason", &self.reason));
        }
        if let Some(recorded) = self.recorded {
            parts.push(f.t1("public.statements.recorded", "day", recorded));
        }
        if self.replaced {
            parts.push(f.t("public.statements.replaced").to_owned());
        }
        parts.join(". ")
    }
}
