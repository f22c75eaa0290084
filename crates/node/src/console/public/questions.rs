//! Questions to who must answer: the list, and one of them.

use askama::Template;

use super::frame::{Figure, PublicHead};
use super::project::Question;
use crate::console::board::Filter;
use crate::console::frame::Frame;
use crate::console::parts::Link;

/// The list of questions.
#[derive(Debug, Clone, Default)]
pub struct QuestionsPage {
    /// What one sees here.
    pub lede: String,
    /// How many, how many overdue, how many in time.
    pub figures: Vec<Figure>,
    /// Which of them.
    pub states: Filter,
    /// How many were found.
    pub total: u64,
    /// The first of them.
    pub rows: Vec<AskedRow>,
    /// The same as data.
    pub downloads: Vec<Link>,
}

/// A question in the list.
#[derive(Debug, Clone, Default)]
pub struct AskedRow {
    /// What it is about.
    pub about: Link,
    /// The question.
    pub question: Question,
}

/// A question.
#[derive(Debug, Clone, Default)]
pub struct QuestionPage {
    /// What it is about.
    pub about: Link,
    /// Its number.
    pub number: String,
    /// The question.
    pub question: Question,
    /// The signed record that asks.
    pub proof: Link,
    /// What else happened.
    pub changes: Link,
}

impl QuestionsPage {
    fn title<'a>(&self, f: &'a Frame) -> &'a str {
        f.t("public.questions.title")
    }

    fn about(&self, _: &Frame) -> String {
        self.lede.clone()
    }
}

impl QuestionPage {
    fn title(&self, f: &Frame) -> String {
        f.t1("public.questions.numbered", "number", &self.number)
    }

    fn about(&self, _: &Frame) -> String {
        format!("{} {}", self.about.label, self.question.text)
    }
}

/// The page.
pub fn render_questions(frame: &Frame, head: &PublicHead, page: &QuestionsPage) -> String {
    crate::console::finish(&QuestionsTemplate {
        f: frame,
        h: head,
        p: page,
    })
}

/// The page.
pub fn render_question(frame: &Frame, head: &PublicHead, page: &QuestionPage) -> String {
    crate::console::finish(&QuestionTemplate {
        f: frame,
        h: head,
        p: page,
    })
}

#[derive(Template)]
#[template(path = "public/questions.html")]
struct QuestionsTemplate<'a> {
    f: &'a Frame,
    h: &'a PublicHead,
    p: &'a QuestionsPage,
}

#[derive(Template)]
#[template(path = "public/question_page.html")]
struct QuestionTemplate<'a> {
    f: &'a Frame,
    h: &'a PublicHead,
    p: &'a QuestionPage,
}
