//! What readers ask, for the desk that publishes: each is published or declined.

use askama::Template;

use super::board::Choice;
use super::frame::Frame;
use super::parts::Link;

/// Readers' questions.
#[derive(Debug, Clone, Default)]
pub struct ModeratePage {
    /// What happened just now; empty: nothing.
    pub said: String,
    /// Why the last try was refused; empty: it was not.
    pub fault: String,
    /// Those that wait, the oldest first.
    pub waiting: Vec<WaitingQuestion>,
    /// How many wait in all.
    pub total: u64,
    /// Why one may be declined.
    pub reasons: Vec<Choice>,
    /// Those that were decided lately.
    pub decided: Vec<DecidedQuestion>,
    /// Members that each form carries along.
    pub hidden: Vec<(String, String)>,
}

/// A question that waits.
#[derive(Debug, Clone, Default)]
pub struct WaitingQuestion {
    /// Its name.
    pub id: String,
    /// The question.
    pub text: String,
    /// What it is about.
    pub about: Link,
    /// Of whom it is asked.
    pub of: String,
    /// Who asks.
    pub who: String,
    /// When it came, ms since 1970 UTC.
    pub since_ms: i64,
    /// Whose working days count.
    pub calendars: Vec<Choice>,
}

/// A question that was decided.
#[derive(Debug, Clone, Default)]
pub struct DecidedQuestion {
    /// The question.
    pub text: String,
    /// Its page, where it was published.
    pub page: Link,
    /// What was decided.
    pub decision: String,
    /// When, ms since 1970 UTC.
    pub at_ms: i64,
}

/// The page.
pub fn render_moderate(frame: &Frame, page: &ModeratePage) -> String {
    super::finish(&ModerateTemplate { f: frame, p: page })
}

#[derive(Template)]
#[template(path = "moderate.html")]
struct ModerateTemplate<'a> {
    f: &'a Frame,
    p: &'a ModeratePage,
}
