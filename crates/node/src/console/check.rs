//! The page on which somebody's credential is checked, and the one that its holder prints.

use askama::Template;

use super::form::Fault;
use super::frame::Frame;
use super::parts::{Fact, Glyph, Html, Link, Rich, Tone};

/// Where a credential is checked.
#[derive(Debug, Clone, Default)]
pub struct CheckPage {
    /// Where the form is posted.
    pub action: String,
    /// Values carried along.
    pub hidden: Vec<(String, String)>,
    /// What could not be read.
    pub fault: Option<Fault>,
    /// What came of it.
    pub result: Option<CheckResult>,
}

/// What came of a check, in big words.
#[derive(Debug, Clone, Default)]
pub struct CheckResult {
    /// How grave.
    pub tone: Tone,
    /// Its glyph.
    pub glyph: Glyph,
    /// *VALID*, *SUSPENDED*.
    pub word: String,
    /// Of what: the credential's name and the case's key.
    pub what: String,
    /// Whose: the first thing an officer compares with the truck.
    pub whose: String,
    /// Who signed it, or who it says did.
    pub signer: String,
    /// As of when the status is known.
    pub known: Rich,
    /// What does not hold.
    pub faults: Vec<Fault>,
    /// What it says.
    pub facts: Vec<Fact>,
    /// Its case.
    pub case: Option<Link>,
    /// Words of the button that writes the check down.
    pub record: Option<String>,
    /// Carried along to it.
    pub hidden: Vec<(String, String)>,
    /// In whose name.
    pub signed_as: String,
    /// Who will receive the record.
    pub receivers: Vec<String>,
}

/// A credential as its holder prints it.
#[derive(Debug, Clone, Default)]
pub struct CarryPage {
    /// The way here.
    pub path: Vec<Link>,
    /// Its name.
    pub title: String,
    /// Whose, from whom, until when.
    pub facts: Vec<Fact>,
    /// The text of the code.
    pub text: String,
    /// The file.
    pub file: String,
}

impl CarryPage {
    /// The code; none where the text is too long for one.
    fn code(&self) -> Option<Html> {
        super::qr::svg(&self.text).ok().map(Html)
    }
}

/// The page on which one is checked.
pub fn render_check(frame: &Frame, page: &CheckPage) -> String {
    super::finish(&CheckTemplate { f: frame, p: page })
}

/// The page that its holder prints.
pub fn render_carry(frame: &Frame, page: &CarryPage) -> String {
    super::finish(&CarryTemplate { f: frame, p: page })
}

#[derive(Template)]
#[template(path = "check.html")]
struct CheckTemplate<'a> {
    f: &'a Frame,
    p: &'a CheckPage,
}

#[derive(Template)]
#[template(path = "carry.html")]
struct CarryTemplate<'a> {
    f: &'a Frame,
    p: &'a CarryPage,
}
