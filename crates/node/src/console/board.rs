//! The live board of a port: what needs a person, the wait, the lane strip, trucks by stage. Every section is a fragment.

use askama::Template;

use super::chart::{Drawing, WaitChart};
use super::frame::Frame;
use super::live::Fragment;
use super::parts::{Act, Glyph, Link, Mark, Noun, Rich, Tone, slug};

/// A board, whole. Words of the program (columns, reasons, acts, nouns) come in the page's language.
#[derive(Debug, Clone, Default)]
pub struct BoardPage {
    /// Line above the title: ports and hours.
    pub over: String,
    /// The port or bridge.
    pub title: String,
    /// Direction, lighter beside the title.
    pub direction: String,
    /// What can be typed into the search: names by which people find a case.
    pub find_hint: String,
    /// What is searched for now.
    pub query: String,
    /// Filters with their current values; the address holds them.
    pub filters: Vec<Filter>,
    /// Whether clock times are shown for the whole page.
    pub exact: bool,
    /// What a row is: *truck*, *trucks*.
    pub rows: Noun,
    /// What needs a person, the loudest first.
    pub needs: Vec<Need>,
    /// How many there are, where the list is cut.
    pub needs_total: u64,
    /// All of them, where the list is cut.
    pub needs_all: Option<Link>,
    /// When the last one was settled, for the empty list.
    pub last_need_ms: Option<i64>,
    /// The wait, where the program measures it.
    pub wait: Option<WaitChart>,
    /// Strips, where stages are shown as such: booths, bays.
    pub strips: Vec<Strip>,
    /// The stages in order.
    pub columns: Vec<Column>,
}

/// A filter of the board or of a list: one choice.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Member of the address.
    pub name: String,
    /// Its label.
    pub label: String,
    /// The choices; the first is the one without a filter.
    pub options: Vec<Choice>,
}

/// A choice of a filter or of a field.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// Value in the address or in the form.
    pub value: String,
    /// Words.
    pub label: String,
    /// Whether it holds now.
    pub chosen: bool,
}

impl Choice {
    /// A choice of value and words.
    pub fn new(value: impl Into<String>, label: impl Into<String>, chosen: bool) -> Choice {
        Choice {
            value: value.into(),
            label: label.into(),
            chosen,
        }
    }
}

/// One line of the needs list.
#[derive(Debug, Clone, Default)]
pub struct Need {
    /// The case's key; the row's id is made of it and the reason.
    pub key: String,
    /// The plate, or what names the case.
    pub title: String,
    /// The case.
    pub href: String,
    /// The carrier, or who answers for it.
    pub who: String,
    /// Glyph of the reason.
    pub glyph: Glyph,
    /// `Warn`, or `Stop` where something failed.
    pub tone: Tone,
    /// What is wrong, in one sentence.
    pub what: Rich,
    /// Since when.
    pub since_ms: i64,
    /// Where it stands: stage, dock.
    pub place: String,
    /// The act, named.
    pub act: Option<Act>,
}

impl Need {
    fn id(&self) -> String {
        format!("need-{}", slug(&self.key))
    }
}

/// A stage.
#[derive(Debug, Clone, Default)]
pub struct Column {
    /// The column's id in the profile.
    pub id: String,
    /// Its name.
    pub title: String,
    /// How many cases stand in it, by the filters.
    pub count: u64,
    /// A line under the name: median, longest.
    pub note: String,
    /// The rows shown, those that need a person first.
    pub rows: Vec<Row>,
    /// Address of all of them.
    pub all: Option<Link>,
    /// What to say where it is empty; the console has a sentence of its own.
    pub empty: Option<String>,
}

impl Column {
    /// The element's id.
    pub fn element(&self) -> String {
        format!("s-{}", slug(&self.id))
    }
}

/// A case in a column: one link, two lines, a third where somebody waits.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// The case's key.
    pub key: String,
    /// The plate, or what names the case.
    pub title: String,
    /// The case.
    pub href: String,
    /// How many parts, in the program's words: *3 SCN*. Empty where there is one.
    pub parts: String,
    /// Lane and programme marks.
    pub marks: Vec<Mark>,
    /// In this stage since, or expected at.
    pub since_ms: i64,
    /// Over the stage's limit.
    pub over: bool,
    /// The carrier.
    pub who: String,
    /// Documents verified.
    pub verified: u32,
    /// Documents required; 0 shows none.
    pub required: u32,
    /// What stands in the way, where somebody must look.
    pub docs_glyph: Option<Glyph>,
    /// The reason, where somebody waits or something failed. `Quiet` tone shows it without the edge.
    pub why: Option<Why>,
}

impl Row {
    fn id(&self) -> String {
        format!("row-{}", slug(&self.key))
    }

    /// Edge: `w` waits for somebody, `x` failed.
    fn edge(&self) -> &'static str {
        match self.why.as_ref().map(|why| why.tone) {
            Some(Tone::Stop) => " x",
            Some(Tone::Warn) if self.why.as_ref().is_some_and(|why| why.edge) => " w",
            Some(Tone::Warn | Tone::Quiet | Tone::Go | Tone::Act) | None => "",
        }
    }

    fn docs_class(&self) -> &'static str {
        if self.docs_glyph.is_some() {
            " warn"
        } else {
            ""
        }
    }

    fn docs_sign(&self) -> Glyph {
        self.docs_glyph
            .unwrap_or(if self.verified >= self.required {
                Glyph::Ok
            } else {
                Glyph::Wait
            })
    }
}

/// Why a row stands out.
#[derive(Debug, Clone, Default)]
pub struct Why {
    /// How loud.
    pub tone: Tone,
    /// Its glyph.
    pub glyph: Glyph,
    /// The reason, short.
    pub text: String,
    /// Whether the row gets the edge: it is in the needs list.
    pub edge: bool,
}

/// A stage shown as a strip of lanes, in the order of the booths.
#[derive(Debug, Clone, Default)]
pub struct Strip {
    /// The column's id in the profile.
    pub id: String,
    /// The stage's name: *Primary*.
    pub title: String,
    /// Cases in it.
    pub count: u64,
    /// Median and longest.
    pub note: String,
    /// Of bays: how many are free; none where the strip is of open lanes.
    pub free: Option<u64>,
    /// The lanes.
    pub lanes: Vec<Lane>,
}

impl Strip {
    /// The element's id.
    pub fn element(&self) -> String {
        format!("s-{}", slug(&self.id))
    }

    fn open(&self) -> u64 {
        self.lanes.iter().filter(|lane| !lane.shut).count() as u64
    }
}

/// A lane.
#[derive(Debug, Clone, Default)]
pub struct Lane {
    /// Its number or name.
    pub number: String,
    /// Its kind, short: *FAST*, *Std*.
    pub kind: String,
    /// Who stands at the booth.
    pub at: Option<AtBooth>,
    /// Not open.
    pub shut: bool,
}

/// A case at a booth.
#[derive(Debug, Clone, Default)]
pub struct AtBooth {
    /// The plate.
    pub title: String,
    /// The case.
    pub href: String,
    /// At the booth since.
    pub since_ms: i64,
    /// Longer than usual.
    pub slow: bool,
}

/// The page.
pub fn render_board(frame: &Frame, page: &BoardPage) -> String {
    super::finish(&Page { f: frame, p: page })
}

/// Its fragments: `board-jump`, `board-needs`, `board-wait`, `board-status`, the strip and each column (`s-ID`).
pub fn render_board_fragments(frame: &Frame, page: &BoardPage) -> Vec<Fragment> {
    let mut all = vec![
        Fragment {
            id: "board-status".into(),
            html: super::finish(&Status { f: frame }),
        },
        Fragment {
            id: "board-jump".into(),
            html: super::finish(&Jump { f: frame, p: page }),
        },
        Fragment {
            id: "board-needs".into(),
            html: super::finish(&Needs { f: frame, p: page }),
        },
    ];
    if page.wait.is_some() {
        all.push(Fragment {
            id: "board-wait".into(),
            html: super::finish(&Wait { f: frame, p: page }),
        });
    }
    for strip in &page.strips {
        all.push(Fragment {
            id: strip.element(),
            html: super::finish(&StripPart {
                f: frame,
                p: page,
                strip,
            }),
        });
    }
    for column in &page.columns {
        all.push(Fragment {
            id: column.element(),
            html: super::finish(&ColumnPart {
                f: frame,
                p: page,
                column,
            }),
        });
    }
    all
}

/// What is announced after a swap: the needs list's heading.
pub fn board_announcement(frame: &Frame, page: &BoardPage) -> String {
    page.needs_title(frame)
}

impl BoardPage {
    fn needs_count(&self) -> u64 {
        self.needs_total.max(self.needs.len() as u64)
    }

    fn needs_title(&self, frame: &Frame) -> String {
        let count = self.needs_count();
        if count == 0 {
            return frame.t("board.need-short").to_owned();
        }
        frame
            .lang
            .count("board.needs", count, &[("noun", &self.rows.of(count))])
    }

    fn needs_empty(&self, frame: &Frame) -> String {
        let none = frame
            .lang
            .with("board.needs-none", &[("noun", &self.rows.one)]);
        match self.last_need_ms {
            Some(at_ms) => format!(
                "{none} {}",
                frame.t1("board.needs-last", "at", frame.exact(&at_ms))
            ),
            None => none,
        }
    }

    fn strip_title(&self, frame: &Frame, strip: &Strip) -> String {
        let trucks = format!(
            "{} {}",
            super::lang::grouped(strip.count),
            self.rows.of(strip.count)
        );
        if let Some(free) = strip.free {
            return frame.lang.count(
                "board.bays",
                free,
                &[("title", &strip.title), ("trucks", &trucks)],
            );
        }
        frame.lang.count(
            "board.strip",
            strip.open(),
            &[("title", &strip.title), ("trucks", &trucks)],
        )
    }

    fn column_empty(&self, frame: &Frame, column: &Column) -> String {
        column
            .empty
            .clone()
            .unwrap_or_else(|| frame.t1("board.column-none", "noun", &self.rows.one))
    }

    fn drawings(&self, frame: &Frame) -> Vec<Drawing> {
        self.wait
            .as_ref()
            .map(|chart| chart.drawings(frame))
            .unwrap_or_default()
    }
}

#[derive(Template)]
#[template(path = "board.html")]
struct Page<'a> {
    f: &'a Frame,
    p: &'a BoardPage,
}

#[derive(Template)]
#[template(path = "board_status.html")]
struct Status<'a> {
    f: &'a Frame,
}

#[derive(Template)]
#[template(path = "board_jump.html")]
struct Jump<'a> {
    f: &'a Frame,
    p: &'a BoardPage,
}

#[derive(Template)]
#[template(path = "board_needs.html")]
struct Needs<'a> {
    f: &'a Frame,
    p: &'a BoardPage,
}

#[derive(Template)]
#[template(path = "board_wait.html")]
struct Wait<'a> {
    f: &'a Frame,
    p: &'a BoardPage,
}

#[derive(Template)]
#[template(path = "board_strip.html")]
struct StripPart<'a> {
    f: &'a Frame,
    p: &'a BoardPage,
    strip: &'a Strip,
}

#[derive(Template)]
#[template(path = "board_column.html")]
struct ColumnPart<'a> {
    f: &'a Frame,
    p: &'a BoardPage,
    column: &'a Column,
}
