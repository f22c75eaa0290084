//! Lists: cases found, peers and their outboxes. Each has an address, a CSV, a JSON, and the query in sight.

use askama::Template;

use super::board::Filter;
use super::frame::Frame;
use super::live::Fragment;
use super::parts::{Link, Mark, Rich, State, Step};

/// Cases found, or all of a kind.
#[derive(Debug, Clone, Default)]
pub struct CasesPage {
    /// Heading: *Cases*, or what is listed.
    pub title: String,
    /// What can be typed.
    pub find_hint: String,
    /// What is searched for.
    pub query: String,
    /// Filters: kind, state.
    pub filters: Vec<Filter>,
    /// Heads of the cells between key and state.
    pub heads: Vec<TableHead>,
    /// Rows of this page, fifty at most.
    pub rows: Vec<CaseRow>,
    /// All there are.
    pub total: u64,
    /// Pages before and after.
    pub previous: Option<String>,
    /// Address of the next page.
    pub next: Option<String>,
    /// The first row's number, from 1.
    pub first: u64,
    /// The same list as CSV.
    pub csv: Option<String>,
    /// The same list as JSON.
    pub json: Option<String>,
    /// Where nothing was found: the nearest match.
    pub nearest: Option<Link>,
    /// How far the search goes: *90 days*. Empty for everything.
    pub reach: String,
}

/// A head that sorts.
#[derive(Debug, Clone, Default)]
pub struct TableHead {
    /// Words.
    pub label: String,
    /// Address of the list sorted by it; empty where it doesn't sort.
    pub href: String,
    /// How the list is sorted by it now.
    pub sort: Sort,
}

/// How a column is sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// Not by it.
    #[default]
    None,
    /// Upwards.
    Ascending,
    /// Downwards.
    Descending,
}

impl TableHead {
    fn aria(&self) -> &'static str {
        match self.sort {
            Sort::None => "none",
            Sort::Ascending => "ascending",
            Sort::Descending => "descending",
        }
    }
}

/// A case in a list.
#[derive(Debug, Clone, Default)]
pub struct CaseRow {
    /// Its kind, in the page's language.
    pub kind: String,
    /// Its key.
    pub key: String,
    /// What names it: plate or key.
    pub title: String,
    /// Its page.
    pub href: String,
    /// Cells, one for each head.
    pub cells: Vec<Cell>,
    /// Marks beside the name.
    pub marks: Vec<Mark>,
    /// Its state.
    pub state: State,
    /// Since when.
    pub since_ms: Option<i64>,
}

/// A cell of a list.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    /// Its text.
    pub text: Rich,
    /// A number stands right.
    pub number: bool,
}

/// Whom to call.
#[derive(Debug, Clone, Default)]
pub struct ContactsPage {
    /// Every desk that is known.
    pub rows: Vec<ContactRow>,
    /// Where one's own is set.
    pub own: Link,
}

/// A desk.
#[derive(Debug, Clone, Default)]
pub struct ContactRow {
    /// Whose.
    pub name: String,
    /// Name, telephone, hours, languages.
    pub contact: Rich,
    /// Signed.
    pub since_ms: i64,
}

/// Peers and outboxes.
#[derive(Debug, Clone, Default)]
pub struct PeersPage {
    /// Every peer.
    pub rows: Vec<OutboxRow>,
    /// Invitation page, where the role may invite.
    pub invite: Option<Link>,
}

/// A peer.
#[derive(Debug, Clone)]
pub struct OutboxRow {
    /// Its name.
    pub name: String,
    /// Its host or DID.
    pub host: String,
    /// Parties it is home of, in words.
    pub parties: String,
    /// How it stands.
    pub step: Step,
    /// Last answer, ms since 1970 UTC.
    pub last_ms: Option<i64>,
    /// Records in its outbox.
    pub pending: u64,
    /// Age of the oldest of them, ms since 1970 UTC.
    pub oldest_ms: Option<i64>,
    /// Records sent and acknowledged since the node started.
    pub acknowledged: u64,
    /// Median from submitting to seen there, in milliseconds.
    pub lag_ms: Option<u64>,
    /// What it last refused or why it isn't reached; with its code.
    pub trouble: Rich,
    /// What differs.
    pub differs: Option<Link>,
}

/// The page.
pub fn render_cases(frame: &Frame, page: &CasesPage) -> String {
    super::finish(&CasesTemplate { f: frame, p: page })
}

/// The page.
pub fn render_peers(frame: &Frame, page: &PeersPage) -> String {
    super::finish(&PeersTemplate { f: frame, p: page })
}

/// Its one fragment, `peers-table`.
pub fn render_peers_fragments(frame: &Frame, page: &PeersPage) -> Vec<Fragment> {
    vec![Fragment {
        id: "peers-table".into(),
        html: super::finish(&PeersTable { f: frame, p: page }),
    }]
}

impl CasesPage {
    fn head_of(&self, at: &usize) -> Option<&TableHead> {
        self.heads.get(*at)
    }

    fn last(&self) -> u64 {
        self.first
            .saturating_add(self.rows.len() as u64)
            .saturating_sub(1)
    }

    fn caption(&self, frame: &Frame) -> String {
        if self.rows.len() as u64 == self.total {
            return frame.n("cases.found", self.total);
        }
        let (first, last) = (
            super::lang::grouped(self.first),
            super::lang::grouped(self.last()),
        );
        frame.lang.with(
            "cases.range",
            &[
                ("first", &first),
                ("last", &last),
                ("total", &super::lang::grouped(self.total)),
            ],
        )
    }
}

#[derive(Template)]
#[template(path = "cases.html")]
struct CasesTemplate<'a> {
    f: &'a Frame,
    p: &'a CasesPage,
}

/// The page.
pub fn render_contacts(frame: &Frame, page: &ContactsPage) -> String {
    super::finish(&ContactsTemplate { f: frame, p: page })
}

#[derive(Template)]
#[template(path = "contacts.html")]
struct ContactsTemplate<'a> {
    f: &'a Frame,
    p: &'a ContactsPage,
}

#[derive(Template)]
#[template(path = "peers.html")]
struct PeersTemplate<'a> {
    f: &'a Frame,
    p: &'a PeersPage,
}

#[derive(Template)]
#[template(path = "peers_table.html")]
struct PeersTable<'a> {
    f: &'a Frame,
    p: &'a PeersPage,
}
