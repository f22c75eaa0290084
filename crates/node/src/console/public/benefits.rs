//! Benefits: pairs of rates, both with their counts; withheld where a group is too small to be shown.

use askama::Template;

use super::frame::{Figure, PublicHead};
use super::svg::{Anchor, Paint, Picture};
use crate::console::frame::Frame;
use crate::console::parts::{Html, Link, Rich};

/// The page.
#[derive(Debug, Clone, Default)]
pub struct BenefitsPage {
    /// What is compared, and what it does not show.
    pub lede: String,
    /// A figure or two.
    pub figures: Vec<Figure>,
    /// By subject: time, money, security.
    pub groups: Vec<BenefitGroup>,
    /// Why there is nothing, where there is a reason to tell.
    pub none: String,
    /// Nodes that may have it.
    pub elsewhere: Vec<Link>,
    /// Where the numbers come from, and how they are computed.
    pub source: String,
    /// The least size of a group that is shown.
    pub least: u64,
    /// The same as data.
    pub downloads: Vec<Link>,
}

/// Pairs of one subject.
#[derive(Debug, Clone, Default)]
pub struct BenefitGroup {
    /// *Time and money*, *Security*.
    pub title: String,
    /// Pairs.
    pub pairs: Vec<RatePair>,
    /// Measures of which nothing is set against anything.
    pub tables: Vec<RateTable>,
    /// Where the reader sets what an hour is worth; none: nothing here is in money.
    pub price: Option<HourPrice>,
}

/// What an hour of a truck is worth, for the reader to set.
#[derive(Debug, Clone, Default)]
pub struct HourPrice {
    /// The member of the address.
    pub name: String,
    /// `90.89`, in US dollars.
    pub value: String,
    /// The highest price, US dollars.
    pub most: u32,
    /// What else the address says.
    pub hidden: Vec<(String, String)>,
    /// What is wrong with the price of the address; empty: nothing.
    pub fault: String,
}

/// One measure, by group.
#[derive(Debug, Clone, Default)]
pub struct RateTable {
    /// What is measured.
    pub what: String,
    /// What exactly.
    pub definition: String,
    /// All shown groups together; empty: they cannot be put together.
    pub finding: String,
    /// Groups, newest first.
    pub rows: Vec<Rate>,
    /// What is withheld; empty: nothing is.
    pub withheld: String,
}

/// Two groups, one measure.
#[derive(Debug, Clone, Default)]
pub struct RatePair {
    /// What is measured: *Trucks inspected*.
    pub what: String,
    /// The finding in one sentence.
    pub finding: String,
    /// Of those who take part.
    pub members: Rate,
    /// Of the others.
    pub others: Rate,
    /// The difference with its uncertainty: `−6.2 points (95 %: −7.0 to −5.4)`.
    pub difference: String,
    /// How it was compared: matched pairs, same port and hour, so many.
    pub method: Rich,
    /// Why nothing is shown; empty: it is.
    pub withheld: String,
    /// The largest value of the scale.
    pub scale_to: f64,
}

/// A rate with its count.
#[derive(Debug, Clone, Default)]
pub struct Rate {
    /// *Certified traders*.
    pub label: String,
    /// `3.1 %`.
    pub text: String,
    /// The same on the scale.
    pub value: f64,
    /// Its interval on the scale.
    pub interval: Option<(f64, f64)>,
    /// Its 95 % interval in words; empty: there is none.
    pub sure: String,
    /// `n = 1,204`.
    pub count: String,
}

impl RatePair {
    /// Two dots on a line: filled for those who take part, hollow for the others.
    fn drawings(&self, group: &usize, place: &usize) -> Vec<Html> {
        let id = |size: &str| format!("pair-{group}-{place}-{size}");
        let mut wide = Picture::new(640.0, 66.0, Paint::Sheet);
        self.draw(&mut wide, 632.0);
        let mut narrow = Picture::new(340.0, 66.0, Paint::Sheet);
        self.draw(&mut narrow, 332.0);
        vec![
            wide.inline(&id("wide"), "wide-only", &self.finding),
            narrow.inline(&id("narrow"), "narrow-only", &self.finding),
        ]
    }

    fn draw(&self, picture: &mut Picture, right: f64) {
        let left = 8.0;
        let most = [self.scale_to, self.members.value, self.others.value]
            .into_iter()
            .filter(|value| value.is_finite())
            .fold(f64::MIN_POSITIVE, f64::max);
        let x = |value: f64| left + (value / most).clamp(0.0, 1.0) * (right - left);
        picture.line("grid", (left, 33.0), (right, 33.0));
        picture.line("axis", (left, 28.0), (left, 38.0));
        picture.text((left, 62.0), Anchor::Start, "", "0");
        for rate in [&self.members, &self.others] {
            if let Some((low, high)) = rate.interval {
                picture.line("spread", (x(low), 33.0), (x(high), 33.0));
            }
        }
        let place = |value: f64| {
            if x(value) > right - 70.0 {
                Anchor::End
            } else if x(value) < 70.0 {
                Anchor::Start
            } else {
                Anchor::Middle
            }
        };
        picture.dot("hollow", (x(self.others.value), 33.0), 6.0);
        picture.text(
            (x(self.others.value), 57.0),
            place(self.others.value),
            "halo",
            &self.others.text,
        );
        picture.dot("point", (x(self.members.value), 33.0), 6.0);
        picture.text(
            (x(self.members.value), 20.0),
            place(self.members.value),
            "strong halo",
            &self.members.text,
        );
    }
}

impl BenefitsPage {
    fn title<'a>(&self, f: &'a Frame) -> &'a str {
        f.t("public.benefits.title")
    }

    fn about(&self, _: &Frame) -> String {
        self.lede.clone()
    }
}

/// The page.
pub fn render_benefits(frame: &Frame, head: &PublicHead, page: &BenefitsPage) -> String {
    crate::console::finish(&BenefitsTemplate {
        f: frame,
        h: head,
        p: page,
    })
}

#[derive(Template)]
#[template(path = "public/benefits.html")]
struct BenefitsTemplate<'a> {
    f: &'a Frame,
    h: &'a PublicHead,
    p: &'a BenefitsPage,
}
