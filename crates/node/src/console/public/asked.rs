//! A reader's own question: what became of it, or the form once more.

use askama::Template;

use super::frame::PublicHead;
use super::project::AskForm;
use crate::console::frame::Frame;
use crate::console::parts::Link;

/// A reader's question.
#[derive(Debug, Clone, Default)]
pub struct AskedPage {
    /// What it is about.
    pub about: Link,
    /// The question; empty where none was taken.
    pub text: String,
    /// Of whom it is asked.
    pub of: String,
    /// How it stands.
    pub said: String,
    /// That a mail is on its way; empty: none is.
    pub mail: String,
    /// Its page once it is published; empty: it is not.
    pub published: Link,
    /// The form, where it was refused.
    pub form: Option<AskForm>,
}

impl AskedPage {
    fn title<'a>(&self, f: &'a Frame) -> &'a str {
        f.t("public.ask.yours")
    }

    fn about(&self, f: &Frame) -> String {
        f.t("public.ask.rule").to_owned()
    }
}

/// The page.
pub fn render_asked(frame: &Frame, head: &PublicHead, page: &AskedPage) -> String {
    crate::console::finish(&AskedTemplate {
        f: frame,
        h: head,
        p: page,
    })
}

#[derive(Template)]
#[template(path = "public/asked.html")]
struct AskedTemplate<'a> {
    f: &'a Frame,
    h: &'a PublicHead,
    p: &'a AskedPage,
}
