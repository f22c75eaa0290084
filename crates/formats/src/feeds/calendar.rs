//! iCalendar, RFC 5545: days only, so that no zone has to be told.

use jiff::Timestamp;
use jiff::civil::Date;

use super::is_web_address;

/// RFC 5545 §3.1: no line longer than that, without its line end.
const LINE_OCTETS_MAX: usize = 75;

/// A calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// Which program made it: `-//Garita//Scorecard//EN`.
    pub product: String,
    /// What programs show as its name.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// Language of its texts, `en` or `es`.
    pub language: String,
    /// The events, in the order in which they are written.
    pub events: Vec<CalendarEvent>,
}

/// Something on a day, or on a stretch of days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarEvent {
    /// What it is for ever: `us-tx-bota.completion@garita.example`.
    pub uid: String,
    /// When what is written was so (DTSTAMP): of data, the time of its last change, so that the same data is the same file.
    pub stamp: Timestamp,
    /// How often it was changed.
    pub sequence: u32,
    /// First day.
    pub first: Date,
    /// Last day, itself still of it.
    pub last: Date,
    /// In a few words.
    pub summary: String,
    /// In more words.
    pub description: Option<String>,
    /// Where.
    pub location: Option<String>,
    /// Where a person reads it; left out where it is no web address.
    pub url: Option<String>,
    /// How sure it is.
    pub status: EventStatus,
    /// What it belongs to.
    pub categories: Vec<String>,
}

/// How sure an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventStatus {
    /// Promised.
    Tentative,
    /// It happened.
    Confirmed,
    /// It will not be.
    Cancelled,
}

impl EventStatus {
    fn name(self) -> &'static str {
        match self {
            EventStatus::Tentative => "TENTATIVE",
            EventStatus::Confirmed => "CONFIRMED",
            EventStatus::Cancelled => "CANCELLED",
        }
    }
}

/// Writes a calendar, lines ended by CR LF and folded at 75 octets.
pub fn write_calendar(calendar: &Calendar) -> String {
    let mut out = Lines(String::new());
    out.line("BEGIN:VCALENDAR");
    out.line("VERSION:2.0");
    out.text("PRODID", &calendar.product);
    out.line("CALSCALE:GREGORIAN");
    let language = match calendar.language.as_str() {
        "es" => "es",
        _ => "en",
    };
    let worded = |name: &str| format!("{name};LANGUAGE={language}");
    // NAME and DESCRIPTION are of RFC 7986; X-WR-CALNAME is what programs read.
    out.text(&worded("NAME"), &calendar.name);
    out.text("X-WR-CALNAME", &calendar.name);
    if let Some(description) = &calendar.description {
        out.text(&worded("DESCRIPTION"), description);
    }
    for event in &calendar.events {
        out.line("BEGIN:VEVENT");
        out.text("UID", &event.uid);
        out.line(&format!(
            "DTSTAMP:{}",
            event.stamp.strftime("%Y%m%dT%H%M%SZ")
        ));
        out.line(&format!("SEQUENCE:{}", event.sequence));
        out.line(&format!(
            "DTSTART;VALUE=DATE:{}",
            event.first.strftime("%Y%m%d")
        ));
        // The end is the first day that is no longer of it (§3.6.1).
        let last = event.last.max(event.first);
        if let Ok(end) = last.tomorrow() {
            out.line(&format!("DTEND;VALUE=DATE:{}", end.strftime("%Y%m%d")));
        }
        out.text(&worded("SUMMARY"), &event.summary);
        if let Some(description) = &event.description {
            out.text(&worded("DESCRIPTION"), description);
        }
        if let Some(location) = &event.location {
            out.text(&worded("LOCATION"), location);
        }
        if let Some(url) = event.url.as_deref().filter(|url| is_web_address(url)) {
            out.line(&format!("URL:{url}"));
        }
        out.line(&format!("STATUS:{}", event.status.name()));
        if !event.categories.is_empty() {
            let each: Vec<String> = event.categories.iter().map(|text| escaped(text)).collect();
            out.line(&format!("{}:{}", worded("CATEGORIES"), each.join(",")));
        }
        out.line("TRANSP:TRANSPARENT");
        out.line("END:VEVENT");
    }
    out.line("END:VCALENDAR");
    out.0
}

struct Lines(String);

impl Lines {
    fn text(&mut self, name: &str, text: &str) {
        self.line(&format!("{name}:{}", escaped(text)));
    }

    /// A content line, folded between characters: a fold within one would break it for who reads octets as they come.
    fn line(&mut self, line: &str) {
        let mut octets = 0;
        for letter in line.chars() {
            if octets + letter.len_utf8() > LINE_OCTETS_MAX {
                self.0.push_str("\r\n ");
                octets = 1;
            }
            octets += letter.len_utf8();
            self.0.push(letter);
        }
        self.0.push_str("\r\n");
    }
}

/// A text value, §3.3.11: separators escaped, line ends as `\n`, no other control character, nothing that turns the direction of text.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => out.push_str("\\\\"),
            ';' => out.push_str("\\;"),
            ',' => out.push_str("\\,"),
            '\r' => {
                letters.next_if_eq(&'\n');
                out.push_str("\\n");
            }
            '\n' | '\u{2028}' | '\u{2029}' | '\u{85}' => out.push_str("\\n"),
            '\t' => out.push(' '),
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' => {}
            letter if letter.is_control() => {}
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(hostile: &str) -> Calendar {
        Calendar {
            product: "-//Garita//Scorecard//EN".to_owned(),
            name: format!("Border projects {hostile}"),
            description: Some(hostile.to_owned()),
            language: "es".to_owned(),
            events: vec![CalendarEvent {
                uid: format!("us-tx-bota.completion{hostile}@garita.example"),
                stamp: "2026-03-12T12:00:00.5Z".parse().unwrap(),
                sequence: 3,
                first: "2031-06-21".parse().unwrap(),
                last: "2031-09-22".parse().unwrap(),
                summary: format!("Opening {hostile}"),
                description: Some(format!("Stated 2026-03-12 {hostile}")),
                location: Some(hostile.to_owned()),
                url: Some(hostile.to_owned()),
                status: EventStatus::Tentative,
                categories: vec!["El Paso, BOTA".to_owned(), hostile.to_owned()],
            }],
        }
    }

    fn unfolded(text: &str) -> Vec<String> {
        let text = text.replace("\r\n ", "");
        text.split_terminator("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn no_text_becomes_a_property() {
        for hostile in [
            "x\r\nATTENDEE:mailto:evil@a.example\r\n",
            "x\nEND:VEVENT\nBEGIN:VALARM",
            "x\u{2028}END:VCALENDAR",
            "x\u{85}y",
            ";,\\:\"",
            "\\n",
            "javascript:alert(1)",
            "https://a.example/\r\nX:1",
            "a\u{0}b\u{7f}c\u{202e}d",
            &"ñ日🚧".repeat(60),
            "",
        ] {
            let text = write_calendar(&calendar(hostile));
            let lines = unfolded(&text);
            assert_eq!(lines.len(), 21, "{text}");
            assert!(
                !lines
                    .iter()
                    .any(|line| line.starts_with("ATTENDEE") || line.starts_with("URL"))
            );
            for line in text.split_terminator("\r\n") {
                assert!(line.len() <= LINE_OCTETS_MAX, "{line}");
                assert!(!line.chars().any(char::is_control), "{line:?}");
            }
        }
    }

    #[test]
    fn an_event_is_written_as_the_rfc_says() {
        let mut right = calendar("a;b,c\\d\ne");
        right.events[0].url = Some("https://garita.example/projects/us-tx-bota".to_owned());
        let lines = unfolded(&write_calendar(&right));
        for line in [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "DTSTAMP:20260312T120000Z",
            "SEQUENCE:3",
            "DTSTART;VALUE=DATE:20310621",
            "DTEND;VALUE=DATE:20310923",
            "SUMMARY;LANGUAGE=es:Opening a\\;b\\,c\\\\d\\ne",
            "CATEGORIES;LANGUAGE=es:El Paso\\, BOTA,a\\;b\\,c\\\\d\\ne",
            "URL:https://garita.example/projects/us-tx-bota",
            "STATUS:TENTATIVE",
            "END:VCALENDAR",
        ] {
            assert!(
                lines.iter().any(|found| found == line),
                "{line}\n{lines:#?}"
            );
        }
    }

    #[test]
    fn a_fold_is_between_characters() {
        for letter in ["a", "ñ", "日", "🚧"] {
            for before in 0..4 {
                let text = format!("{}{}", "x".repeat(before), letter.repeat(200));
                let mut out = Lines(String::new());
                out.line(&text);
                assert_eq!(out.0.replace("\r\n ", ""), format!("{text}\r\n"));
                assert!(
                    out.0
                        .split("\r\n")
                        .all(|line| line.len() <= LINE_OCTETS_MAX)
                );
            }
        }
    }
}
