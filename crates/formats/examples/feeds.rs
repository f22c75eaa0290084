//! Writes feeds and calendars for foreign parsers to read: `feeds make FOLDER`.
//!
//! Beside each pair stands what it says, for the two to be compared.
#![expect(clippy::unwrap_used, reason = "a tool of the tests")]

use garita_formats::feeds::{
    AtomCategory, AtomEntry, AtomFeed, Calendar, CalendarEvent, EventStatus, tag_uri, write_atom,
    write_calendar,
};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;
use std::path::PathBuf;

/// What people write, and what others write to see what happens.
const WORDS: [&str; 12] = [
    "Opening of Bridge of the Americas moved from 2030-summer to 2031-summer",
    "Ampliación del Puente; camión, tráiler y \\ autobús",
    "a, b; c: d \"e\" 'f' & <g>",
    "</title><script>alert(1)</script>",
    "]]> &amp; &lt; &#0; %0D%0A",
    "first\nsecond\r\nEND:VEVENT\r\nATTENDEE:mailto:a@b.example",
    "日本語🚧ñ½ 日本語🚧ñ½ 日本語🚧ñ½ 日本語🚧ñ½ 日本語🚧ñ½ 日本語🚧ñ½ 日本語🚧ñ½",
    "control \u{1}\u{7}\u{b}\u{1f}\u{7f}\u{85} end",
    "turned \u{202e}txet\u{202c} end",
    "\\n is no line end, \\\\ neither; \\; \\,",
    "BEGIN:VALARM",
    "x",
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [verb, folder] = arguments.as_slice() else {
        return;
    };
    assert_eq!(verb, "make");
    let folder = PathBuf::from(folder);
    std::fs::create_dir_all(&folder).unwrap();
    let stamp: Timestamp = "2026-03-12T12:00:00Z".parse().unwrap();
    for (number, word) in WORDS.iter().enumerate() {
        let first: Date = "2031-06-21".parse().unwrap();
        let last: Date = "2031-09-22".parse().unwrap();
        let uid = format!("us-tx-bota.{number}@garita.example");
        let calendar = write_calendar(&Calendar {
            product: "-//Garita//Scorecard//EN".to_owned(),
            name: format!("Border projects: {word}"),
            description: Some((*word).to_owned()),
            language: "en".to_owned(),
            events: vec![CalendarEvent {
                uid: uid.clone(),
                stamp,
                sequence: 3,
                first,
                last,
                summary: (*word).to_owned(),
                description: Some(format!("{word} {word}")),
                location: Some("El Paso, BOTA".to_owned()),
                url: Some("https://garita.example/projects/us-tx-bota?lang=en&x=1".to_owned()),
                status: EventStatus::Tentative,
                categories: vec!["El Paso, BOTA".to_owned(), "port".to_owned()],
            }],
        });
        let id = tag_uri("garita.example", "2026", &format!("event/{number}"));
        let atom = write_atom(&AtomFeed {
            id: tag_uri("garita.example", "2026", "scorecard/en"),
            title: (*word).to_owned(),
            subtitle: Some((*word).to_owned()),
            updated: stamp,
            author: format!("Publisher {word}"),
            link: Some("https://garita.example/projects".to_owned()),
            self_link: Some("https://garita.example/projects.atom?lang=en&x=1".to_owned()),
            language: "en".to_owned(),
            entries: vec![AtomEntry {
                id: id.clone(),
                title: (*word).to_owned(),
                updated: stamp,
                published: Some(stamp),
                link: Some("https://garita.example/projects/us-tx-bota".to_owned()),
                content: format!("{word} {word}"),
                language: Some("es".to_owned()),
                categories: vec![AtomCategory {
                    term: "us-tx-bota".to_owned(),
                    label: Some((*word).to_owned()),
                }],
            }],
        });
        let said = json!({ "word": word, "uid": uid, "id": id });
        for (ending, text) in [
            ("ics", calendar),
            ("atom", atom),
            ("json", said.to_string()),
        ] {
            std::fs::write(folder.join(format!("{number:02}.{ending}")), text).unwrap();
        }
    }
}
