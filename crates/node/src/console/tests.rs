//! Whole pages: rendered in both languages, checked for what no page may have, and written out where a person asks to look.

use super::public::render_slip_svg;
use super::*;

mod demo;
mod others;
mod public;

/// Every page of the console in a language, by name.
fn pages(lang: Lang) -> Vec<(&'static str, String)> {
    let mut all = vec![
        (
            "board",
            render_board(&demo::frame(lang, Place::Board), &demo::board(lang)),
        ),
        (
            "board-empty",
            render_board(&demo::frame(lang, Place::Board), &others::empty_board(lang)),
        ),
        (
            "case",
            render_case(&demo::frame(lang, Place::Cases), &demo::case(lang)),
        ),
    ];
    all.extend(others::pages(lang));
    all.extend(public::pages(lang));
    all
}

#[test]
fn no_page_has_inline_style_or_script() {
    for lang in Lang::ALL {
        for (name, html) in pages(lang) {
            for forbidden in [" style=", "<style", "onclick", "javascript:", "href=\"\""] {
                assert!(!html.contains(forbidden), "{name} has {forbidden}");
            }
            let scripts = html.matches("<script").count();
            let ours: usize = ["live.js", "form.js", "pass.js"]
                .iter()
                .map(|file| {
                    let script = format!("<script type=\"module\" src=\"/assets/{file}\">");
                    html.matches(&script).count()
                })
                .sum();
            assert_eq!(scripts, ours, "{name}");
        }
    }
}

#[test]
fn every_page_is_balanced_and_every_id_is_single() {
    for lang in Lang::ALL {
        for (name, html) in pages(lang) {
            for tag in [
                "div", "section", "ul", "ol", "li", "table", "tr", "td", "th", "p", "span", "a",
                "form", "details", "svg", "dl", "button", "h2",
            ] {
                let opened = html.matches(&format!("<{tag}>")).count()
                    + html.matches(&format!("<{tag} ")).count();
                assert_eq!(
                    opened,
                    html.matches(&format!("</{tag}>")).count(),
                    "{name}: <{tag}>"
                );
            }
            let mut ids: Vec<&str> = html
                .split(" id=\"")
                .skip(1)
                .filter_map(|s| s.split('"').next())
                .collect();
            ids.sort_unstable();
            for pair in ids.windows(2) {
                assert_ne!(pair[0], pair[1], "{name}");
            }
            for named in html
                .split("aria-labelledby=\"")
                .skip(1)
                .filter_map(|s| s.split('"').next())
            {
                assert!(ids.contains(&named), "{name}: aria-labelledby {named}");
            }
        }
    }
}

#[test]
fn no_key_stands_where_a_word_should() {
    for lang in Lang::ALL {
        for (name, html) in pages(lang) {
            for key in [
                "board.", "case.", "live.", "step.", "form.", "public.", "{n}", "{span}</",
                "{noun}",
            ] {
                let bad = html
                    .match_indices(key)
                    .filter(|(at, _)| html.get(at - 1..*at) == Some(">"))
                    .count();
                assert_eq!(bad, 0, "{name} shows {key}");
            }
        }
    }
}

#[test]
fn fragments_are_the_page_s_own_markup_under_their_id() {
    let squeeze = |html: &str| html.split_whitespace().collect::<Vec<_>>().join(" ");
    for lang in Lang::ALL {
        let frame = demo::frame(lang, Place::Board);
        let (board, case) = (demo::board(lang), demo::case(lang));
        let page = squeeze(&render_board(&frame, &board));
        for fragment in render_board_fragments(&frame, &board) {
            assert!(
                fragment.html.contains(&format!("id=\"{}\"", fragment.id)),
                "{}",
                fragment.id
            );
            assert!(page.contains(&squeeze(&fragment.html)), "{}", fragment.id);
        }
        let page = squeeze(&render_case(&frame, &case));
        for fragment in render_case_fragments(&frame, &case) {
            let first = fragment.html.split('>').next().unwrap();
            assert!(
                first.contains(&format!("id=\"{}\"", fragment.id)),
                "{}",
                fragment.id
            );
            assert!(page.contains(&squeeze(&fragment.html)), "{}", fragment.id);
        }
    }
}

#[test]
fn a_tick_of_the_clock_swaps_nothing_but_a_new_truck_does() {
    let frame = demo::frame(Lang::En, Place::Board);
    let mut board = demo::board(Lang::En);
    let before = render_board_fragments(&frame, &board);
    let mut later = frame.clone();
    later.now_ms += 1_000;
    let quiet = Swap::between(
        &before,
        &render_board_fragments(&later, &board),
        "2",
        Status::default(),
    );
    assert_eq!(
        quiet
            .changes
            .iter()
            .map(|c| c.id.as_str())
            .filter(|id| *id != "board-wait")
            .collect::<Vec<_>>(),
        Vec::<&str>::new()
    );
    board.columns[0].count += 1;
    let swap = Swap::between(
        &before,
        &render_board_fragments(&frame, &board),
        "3",
        Status::default(),
    );
    assert_eq!(
        swap.changes
            .iter()
            .map(|c| c.id.as_str())
            .collect::<Vec<_>>(),
        ["board-jump", "s-expected"]
    );
}

#[test]
fn what_comes_from_outside_is_escaped() {
    let nasty = "\"><script>alert(1)</script><img src=x onerror='x'>";
    let frame = demo::frame(Lang::En, Place::Board);
    let mut board = demo::board(Lang::En);
    board.query = nasty.into();
    board.title = nasty.into();
    board.columns[0].rows[0].title = nasty.into();
    board.columns[0].rows[0].who = nasty.into();
    board.needs[0].what = Rich::marked(nasty);
    let mut case = demo::case(Lang::En);
    case.title = nasty.into();
    case.documents[0].title = nasty.into();
    case.parts[0].rows[0].key = nasty.into();
    case.timeline.events[0].title = Rich::marked(nasty);
    for html in [render_board(&frame, &board), render_case(&frame, &case)] {
        assert!(!html.contains("<script>alert"));
        assert!(!html.contains("<img src=x"));
    }
}

#[test]
fn language_and_theme_links_keep_the_filters() {
    let html = render_board(&demo::frame(Lang::En, Place::Board), &demo::board(Lang::En));
    assert!(
        html.contains("href=\"/console?dir=north&#38;lang=es\"")
            || html.contains("href=\"/console?dir=north&amp;lang=es\"")
    );
    assert!(html.contains("theme=dark"));
}

#[test]
fn the_style_sheet_and_the_script_fit_the_policy() {
    for forbidden in ["@import", "url(http", "eval(", "innerHTML"] {
        assert!(
            !STYLE.contains(forbidden) && !SCRIPT.contains(forbidden),
            "{forbidden}"
        );
    }
    assert_eq!(STYLE.matches('{').count(), STYLE.matches('}').count());
}

/// `CONSOLE_OUT=/tmp/pages cargo test -p garita-node pages_for_the_eye` writes every page, with the assets beside them.
#[test]
fn pages_for_the_eye() {
    let Ok(out) = std::env::var("CONSOLE_OUT") else {
        return;
    };
    std::fs::create_dir_all(format!("{out}/assets")).unwrap();
    for (name, text) in [
        ("garita.css", STYLE),
        ("live.js", SCRIPT),
        ("garita.svg", ICON),
    ] {
        std::fs::write(format!("{out}/assets/{name}"), text).unwrap();
    }
    for lang in Lang::ALL {
        let alone = render_slip_svg(
            &demo::frame(lang, Place::Elsewhere),
            &public::slip(lang, true),
            &public::slip_file(lang),
        );
        std::fs::write(format!("{out}/slip.{}.svg", lang.code()), alone).unwrap();
        for (name, html) in pages(lang) {
            std::fs::write(format!("{out}/{name}.{}.html", lang.code()), html).unwrap();
        }
    }
}
