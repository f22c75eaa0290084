//! A picture drawn piece by piece: the one place where text gets into SVG, and there it is escaped.

use std::fmt::Write;

use crate::console::parts::{Html, escape};

/// Where a text's own point is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

impl Anchor {
    fn word(self) -> &'static str {
        match self {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        }
    }
}

/// How a picture gets its colours: from the page's style sheet, or, where it stands alone, from its own attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paint {
    Sheet,
    Own,
}

/// A picture of so many units. Text must come out at 11 to 14 px, so wide pages and phones get one each.
#[derive(Debug, Clone)]
pub(super) struct Picture {
    width: f64,
    height: f64,
    paint: Paint,
    body: String,
}

impl Picture {
    pub(super) fn new(width: f64, height: f64, paint: Paint) -> Picture {
        Picture {
            width,
            height,
            paint,
            body: String::with_capacity(4096),
        }
    }

    pub(super) fn path(&mut self, class: &'static str, d: &str) {
        let looks = self.looks(class);
        self.push(format_args!("<path{looks} d=\"{d}\"/>"));
    }

    pub(super) fn line(&mut self, class: &'static str, from: (f64, f64), to: (f64, f64)) {
        let d = format!("M{:.1} {:.1}L{:.1} {:.1}", from.0, from.1, to.0, to.1);
        self.path(class, &d);
    }

    pub(super) fn polyline(&mut self, class: &'static str, points: &[(f64, f64)]) {
        let (looks, points) = (self.looks(class), spelled(points));
        self.push(format_args!("<polyline{looks} points=\"{points}\"/>"));
    }

    pub(super) fn polygon(&mut self, class: &'static str, points: &[(f64, f64)]) {
        let (looks, points) = (self.looks(class), spelled(points));
        self.push(format_args!("<polygon{looks} points=\"{points}\"/>"));
    }

    pub(super) fn rect(&mut self, class: &'static str, at: (f64, f64), width: f64, height: f64) {
        let looks = self.looks(class);
        self.push(format_args!(
            "<rect{looks} x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>",
            at.0,
            at.1,
            width.max(0.0),
            height.max(0.0)
        ));
    }

    pub(super) fn dot(&mut self, class: &'static str, at: (f64, f64), radius: f64) {
        let looks = self.looks(class);
        self.push(format_args!(
            "<circle{looks} cx=\"{:.1}\" cy=\"{:.1}\" r=\"{radius}\"/>",
            at.0, at.1
        ));
    }

    pub(super) fn text(&mut self, at: (f64, f64), anchor: Anchor, class: &'static str, text: &str) {
        let looks = self.looks_of_text(class);
        let anchored = match anchor {
            Anchor::Start => String::new(),
            other => format!(" text-anchor=\"{}\"", other.word()),
        };
        self.push(format_args!(
            "<text{looks} x=\"{:.1}\" y=\"{:.1}\"{anchored}>{}</text>",
            at.0,
            at.1,
            spoken(text)
        ));
    }

    /// A name and what is said of it, one after the other however wide the name comes out.
    pub(super) fn named(&mut self, at: (f64, f64), name: &str, note: &str) {
        let (whole, strong) = (self.looks_of_text("halo"), self.looks_of_text("strong"));
        self.push(format_args!(
            "<text{whole} x=\"{:.1}\" y=\"{:.1}\"><tspan{strong}>{}</tspan> {}</text>",
            at.0,
            at.1,
            spoken(name),
            spoken(note)
        ));
    }

    /// A text along a line that climbs by so many degrees.
    pub(super) fn turned(&mut self, at: (f64, f64), degrees: f64, class: &'static str, text: &str) {
        let looks = self.looks_of_text(class);
        self.push(format_args!(
            "<text{looks} transform=\"translate({:.1} {:.1}) rotate({degrees:.1})\" text-anchor=\"middle\">{}</text>",
            at.0,
            at.1,
            spoken(text)
        ));
    }

    /// In a page: its title tells the finding. `id` must be single on the page.
    pub(super) fn inline(&self, id: &str, class: &str, finding: &str) -> Html {
        Html(format!(
            "<svg class=\"chart {class}\" viewBox=\"0 0 {} {}\" role=\"img\" aria-labelledby=\"{id}\"><title id=\"{id}\">{}</title>{}</svg>",
            self.width,
            self.height,
            spoken(finding),
            self.body
        ))
    }

    /// Beside a number that says the same: nothing for those who listen.
    pub(super) fn beside(&self, class: &str) -> Html {
        Html(format!(
            "<svg class=\"chart {class}\" viewBox=\"0 0 {} {}\" aria-hidden=\"true\">{}</svg>",
            self.width, self.height, self.body
        ))
    }

    /// A file of its own.
    pub(super) fn alone(&self, lang: &str, finding: &str) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" xml:lang=\"{lang}\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" role=\"img\" aria-labelledby=\"t\" font-family=\"system-ui, sans-serif\" font-size=\"12\"><title id=\"t\">{}</title><rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>{}</svg>\n",
            spoken(finding),
            self.body,
            w = self.width,
            h = self.height
        )
    }

    /// Writing to a text does not fail.
    fn push(&mut self, piece: std::fmt::Arguments<'_>) {
        let _ = self.body.write_fmt(piece);
    }

    fn looks(&self, class: &'static str) -> String {
        match self.paint {
            Paint::Sheet => format!(" class=\"{class}\""),
            Paint::Own => format!(" {}", own(class)),
        }
    }

    fn looks_of_text(&self, class: &'static str) -> String {
        match self.paint {
            Paint::Sheet if class.is_empty() => String::new(),
            Paint::Sheet => format!(" class=\"{class}\""),
            Paint::Own => format!(" {}", own_text(class)),
        }
    }
}

/// Text for a picture, escaped. Signs that turn the direction of what follows are left out: a picture has nothing to end them.
fn spoken(text: &str) -> String {
    let turns = |sign: char| matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    escape(&text.replace(turns, ""))
}

/// Attributes that say what the style sheet says of a class, on white.
fn own(class: &str) -> &'static str {
    match class {
        "past" => "fill=\"#14191d\" fill-opacity=\"0.05\"",
        "grid" => "stroke=\"#dcd9d0\" stroke-width=\"1\" fill=\"none\"",
        "axis" => "stroke=\"#444b51\" stroke-width=\"1\" fill=\"none\"",
        "due" => "stroke=\"#7f858a\" stroke-width=\"1.25\" fill=\"none\"",
        "base" => "stroke=\"#444b51\" stroke-width=\"1.25\" stroke-dasharray=\"6 4\" fill=\"none\"",
        "nowline" => "stroke=\"#14191d\" stroke-width=\"1\" stroke-dasharray=\"2 2\" fill=\"none\"",
        "range" => "stroke=\"#9b1420\" stroke-width=\"7\" stroke-opacity=\"0.28\" fill=\"none\"",
        "slip" => "stroke=\"#9b1420\" stroke-width=\"2.5\" fill=\"none\"",
        "dot" => "fill=\"#ffffff\" stroke=\"#9b1420\" stroke-width=\"2.5\"",
        "done" => "fill=\"#0f5f36\"",
        "likely" => "stroke=\"#00566e\" stroke-width=\"7\" fill=\"none\"",
        _ => "fill=\"#444b51\"",
    }
}

fn own_text(class: &str) -> &'static str {
    match class {
        "strong" => "fill=\"#14191d\" font-weight=\"650\"",
        "halo" => "fill=\"#444b51\" stroke=\"#ffffff\" stroke-width=\"4\" paint-order=\"stroke\"",
        "strong halo" => {
            "fill=\"#14191d\" font-weight=\"650\" stroke=\"#ffffff\" stroke-width=\"4\" paint-order=\"stroke\""
        }
        "late-t" => "fill=\"#9b1420\" font-weight=\"650\"",
        "title" => "fill=\"#14191d\" font-weight=\"700\" font-size=\"16\"",
        _ => "fill=\"#444b51\"",
    }
}

fn spelled(points: &[(f64, f64)]) -> String {
    let mut out = String::with_capacity(points.len() * 12);
    for (x, y) in points {
        let _ = write!(out, "{x:.1},{y:.1} ");
    }
    out.trim_end().to_owned()
}

/// As much of a text as fits in so many units at 12 px; the table behind has all of it.
pub(super) fn fitting(text: &str, room: f64) -> String {
    let most = (room / 6.6).max(3.0) as usize;
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut out: String = text.chars().take(most.saturating_sub(1)).collect();
    out.push('…');
    out
}

/// About how wide a text comes out at 12 px.
pub(super) fn width_of(text: &str) -> f64 {
    text.chars().count() as f64 * 6.8
}
