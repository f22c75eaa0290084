//! Method: every formula with its worked example, the lists of codes, and what none of it can tell.

use askama::Template;

use super::frame::PublicHead;
use super::words::CodeList;
use crate::console::frame::Frame;
use crate::console::lang::Lang;
use crate::console::parts::{Html, Link};

/// The page. Its formulas and texts are the console's own.
#[derive(Debug, Clone, Default)]
pub struct MethodPage {
    /// Version of the method: `1.0`.
    pub version: String,
    /// Worked examples from the node's own data, by the id of the formula (`slip`, `rate`, …): they stand after the page's own.
    pub examples: Vec<(String, String)>,
    /// Where earlier versions are.
    pub versions: Option<Link>,
    /// The same as data.
    pub downloads: Vec<Link>,
}

/// A formula: id, of which its text keys are made, and its lines. The lines are ours alone, so they may hold markup.
struct Formula {
    id: &'static str,
    lines: &'static [&'static str],
}

const FORMULAS: &[Formula] = &[
    Formula {
        id: "interval",
        lines: &[
            "<var>date</var> → [<var>lo</var>, <var>hi</var>]",
            "2028 → [2028-01-01, 2028-12-31]",
            "2027-Q4 → [2027-10-01, 2027-12-31]",
        ],
    },
    Formula {
        id: "slip",
        lines: &[
            "<var>F</var> = <var>A</var>, <var>C</var> or <var>t</var>",
            "<var>slip</var> = <var>F</var>.<var>hi</var> − <var>B</var>.<var>hi</var>",
            "range = [<var>F</var>.<var>lo</var> − <var>B</var>.<var>hi</var>, <var>F</var>.<var>hi</var> − <var>B</var>.<var>lo</var>]",
            "<var>R</var> = (<var>F</var> − <var>s</var>) / (<var>B</var> − <var>s</var>)",
        ],
    },
    Formula {
        id: "rate",
        lines: &[
            "<var>r</var> = (<var>C</var><sub>2</sub> − <var>C</var><sub>1</sub>) / (<var>t</var><sub>2</sub> − <var>t</var><sub>1</sub>)",
            "<var>t</var>* = (<var>C</var><sub>1</sub> − <var>r</var> · <var>t</var><sub>1</sub>) / (1 − <var>r</var>), <var>r</var> &lt; 1",
        ],
    },
    Formula {
        id: "hits",
        lines: &["<var>hits</var> = <var>met</var> / <var>due</var>"],
    },
    Formula {
        id: "growth",
        lines: &[
            "<var>g</var> = <var>K</var><sub>now</sub> / <var>K</var><sub>base</sub> − 1",
            "<var>g</var><sub>real</sub> = (<var>K</var><sub>now</sub> · <var>I</var><sub>base</sub> / <var>I</var><sub>now</sub>) / <var>K</var><sub>base</sub> − 1",
        ],
    },
    Formula {
        id: "fresh",
        lines: &[
            "<var>age</var> = <var>t</var> − <var>last</var>",
            "<var>freshness</var> = max(0, 1 − <var>age</var> / 2<var>L</var>)",
        ],
    },
    Formula {
        id: "answers",
        lines: &["<var>answered</var><sub>N</sub> = <var>answered in N</var> / <var>due</var>"],
    },
    Formula {
        id: "earned",
        lines: &[
            "<var>EV</var> = <var>BAC</var> · <var>done</var>, <var>PV</var> = <var>BAC</var> · <var>planned</var>",
            "<var>SPI</var> = <var>EV</var> / <var>PV</var>, <var>CPI</var> = <var>EV</var> / <var>AC</var>, <var>EAC</var> = <var>BAC</var> / <var>CPI</var>",
            "<var>ES</var> = <var>C</var> + (<var>EV</var> − <var>PV</var><sub>C</sub>) / (<var>PV</var><sub>C+1</sub> − <var>PV</var><sub>C</sub>)",
            "<var>SPI</var>(<var>t</var>) = <var>ES</var> / <var>AT</var>, <var>finish</var> = <var>start</var> + <var>PD</var> / <var>SPI</var>(<var>t</var>)",
        ],
    },
    Formula {
        id: "forecast",
        lines: &[
            "<var>R</var><sub>i</sub> = (<var>finish</var><sub>i</sub> − <var>s</var><sub>i</sub>) / (<var>planned</var><sub>i</sub> − <var>s</var><sub>i</sub>)",
            "<var>F</var><sub>q</sub> = <var>s</var> + <var>Q</var><sub>q</sub>(<var>R</var> | <var>R</var> &gt; (<var>t</var> − <var>s</var>) / (<var>B</var> − <var>s</var>)) · (<var>B</var> − <var>s</var>)",
            "<var>rank</var> = ⌈(<var>n</var> + 1) <var>q</var>⌉",
        ],
    },
    Formula {
        id: "score",
        lines: &[
            "<var>loss</var> = <var>q</var> (<var>y</var> − <var>f</var>), <var>y</var> ≥ <var>f</var>",
            "<var>loss</var> = (1 − <var>q</var>) (<var>f</var> − <var>y</var>), <var>y</var> &lt; <var>f</var>",
        ],
    },
    Formula {
        id: "ranking",
        lines: &[
            "<var>score</var> = ∏ <var>x</var>′<sub>i</sub><sup><var>w</var><sub>i</sub></sup>, Σ <var>w</var><sub>i</sub> = 1",
        ],
    },
    Formula {
        id: "delay",
        lines: &[
            "<var>D</var> = Σ <var>trucks</var>(<var>h</var>, <var>l</var>) · <var>wait</var>(<var>h</var>, <var>l</var>) / 60 · <var>VOT</var>",
            "<var>B</var> = Σ (<var>D</var><sub>without</sub> − <var>D</var><sub>with</sub>) / (1 + <var>i</var>)<sup><var>y</var></sup>",
        ],
    },
];

/// What the limits are, by phase: key and days.
const LIMITS: &[(&str, u64)] = &[
    ("implementation", 92),
    ("paused", 92),
    ("preparation", 183),
    ("identification", 365),
];

impl MethodPage {
    fn title<'a>(&self, f: &'a Frame) -> &'a str {
        f.t("public.method.title")
    }

    fn about(&self, f: &Frame) -> String {
        f.t("public.method.lede").to_owned()
    }

    fn formulas(&self) -> &'static [Formula] {
        FORMULAS
    }

    fn examples_of(&self, id: &str) -> Vec<&str> {
        let own = self.examples.iter().filter(|(of, _)| of == id);
        own.map(|(_, text)| text.as_str()).collect()
    }

    fn limits(&self, f: &Frame) -> Vec<(String, String)> {
        let words = |(code, days): &(&str, u64)| {
            (
                CodeList::Phase.word(f.lang, code),
                f.n("public.days", *days),
            )
        };
        LIMITS.iter().map(words).collect()
    }

    fn reasons(&self, lang: &Lang) -> Vec<(&'static str, String)> {
        words_of(CodeList::Reason, *lang)
    }

    fn sources(&self, lang: &Lang) -> Vec<(&'static str, String)> {
        words_of(CodeList::Source, *lang)
    }

    fn costs(&self, lang: &Lang) -> Vec<(&'static str, String)> {
        words_of(CodeList::Cost, *lang)
    }
}

fn words_of(list: CodeList, lang: Lang) -> Vec<(&'static str, String)> {
    let words = |code: &&'static str| (*code, list.word(lang, code));
    list.codes().iter().map(words).collect()
}

impl Formula {
    fn text(&self, f: &Frame, part: &str) -> String {
        f.t(&format!("public.method.{}.{part}", self.id)).to_owned()
    }

    fn lines(&self) -> Vec<Html> {
        self.lines
            .iter()
            .map(|line| Html((*line).to_owned()))
            .collect()
    }
}

/// The page.
pub fn render_method(frame: &Frame, head: &PublicHead, page: &MethodPage) -> String {
    crate::console::finish(&MethodTemplate {
        f: frame,
        h: head,
        p: page,
    })
}

#[derive(Template)]
#[template(path = "public/method.html")]
struct MethodTemplate<'a> {
    f: &'a Frame,
    h: &'a PublicHead,
    p: &'a MethodPage,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_formula_has_its_title_its_words_and_its_example() {
        for formula in FORMULAS {
            for part in ["title", "text", "example"] {
                let key = format!("public.method.{}.{part}", formula.id);
                for lang in Lang::ALL {
                    assert_ne!(lang.t(&key), key);
                }
            }
        }
    }
}
