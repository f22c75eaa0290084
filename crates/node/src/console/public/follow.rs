//! Ways to be told of changes: the form, and one subscription.

use askama::Template;

use super::frame::PublicHead;
use crate::console::board::{Choice, Filter};
use crate::console::form::Fault;
use crate::console::frame::Frame;
use crate::console::parts::{Fact, Link};

/// The form.
#[derive(Debug, Clone, Default)]
pub struct FollowPage {
    /// What happened to the last try; empty: nothing yet.
    pub said: String,
    /// Whether this node sends mail.
    pub mails: bool,
    /// What it is about; empty: everything.
    pub about: Link,
    /// Members carried along.
    pub hidden: Vec<(String, String)>,
    /// Ports, where it is about everything.
    pub ports: Filter,
    /// Plans, where it is about everything.
    pub plans: Filter,
    /// Of what.
    pub when: Vec<Choice>,
    /// How often.
    pub pace: Vec<Choice>,
    /// Days by which a date must move, as typed.
    pub days: String,
    /// The mail address that was typed.
    pub email: String,
    /// The web address that was typed.
    pub webhook: String,
    /// What is wrong, each with its field.
    pub faults: Vec<Fault>,
    /// Other ways: Atom, iCalendar, JSON.
    pub ways: Vec<Link>,
}

/// One subscription.
#[derive(Debug, Clone, Default)]
pub struct FollowerPage {
    /// What happened just now; empty: nothing.
    pub said: String,
    /// Where, of what, how often.
    pub facts: Vec<Fact>,
    /// Where *yes* is posted; empty: it was said, or it has ended.
    pub confirm: String,
    /// Where *end* is posted; empty: it has ended.
    pub end: String,
}

impl FollowPage {
    fn title<'a>(&self, f: &'a Frame) -> &'a str {
        f.t("public.told.title")
    }

    fn about(&self, f: &Frame) -> String {
        f.t("public.follow.lede").to_owned()
    }

    fn fault(&self, name: &str) -> Option<&Fault> {
        self.faults.iter().find(|fault| fault.name == name)
    }
}

impl FollowerPage {
    fn title<'a>(&self, f: &'a Frame) -> &'a str {
        f.t("public.follow.yours")
    }

    fn about(&self, f: &Frame) -> String {
        f.t("public.follow.lede").to_owned()
    }
}

/// The page.
pub fn render_follow(frame: &Frame, head: &PublicHead, page: &FollowPage) -> String {
    crate::console::finish(&FollowTemplate {
        f: frame,
        h: head,
        p: page,
    })
}

/// The page.
pub fn render_follower(frame: &Frame, head: &PublicHead, page: &FollowerPage) -> String {
    crate::console::finish(&FollowerTemplate {
        f: frame,
        h: head,
        p: page,
    })
}

#[derive(Template)]
#[template(path = "public/follow.html")]
struct FollowTemplate<'a> {
    f: &'a Frame,
    h: &'a PublicHead,
    p: &'a FollowPage,
}

#[derive(Template)]
#[template(path = "public/follower.html")]
struct FollowerTemplate<'a> {
    f: &'a Frame,
    h: &'a PublicHead,
    p: &'a FollowerPage,
}
