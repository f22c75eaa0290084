//! Atom 1.0, RFC 4287.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::is_web_address;

/// A feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtomFeed {
    /// What it is for ever, an IRI: see [`tag_uri`].
    pub id: String,
    /// Title.
    pub title: String,
    /// A sentence below the title.
    pub subtitle: Option<String>,
    /// When anything in it last changed.
    pub updated: Timestamp,
    /// Who publishes it.
    pub author: String,
    /// Where a person reads the same; left out where it is no web address.
    pub link: Option<String>,
    /// Where the feed itself is; left out where it is no web address.
    pub self_link: Option<String>,
    /// Language of its texts, `en` or `es`.
    pub language: String,
    /// The entries, in the order in which they are shown.
    pub entries: Vec<AtomEntry>,
}

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtomEntry {
    /// What it is for ever, an IRI: see [`tag_uri`].
    pub id: String,
    /// Title.
    pub title: String,
    /// When it last changed.
    pub updated: Timestamp,
    /// When it was first there.
    pub published: Option<Timestamp>,
    /// Where a person reads it; left out where it is no web address.
    pub link: Option<String>,
    /// The text.
    pub content: String,
    /// Language, where it is another than the feed's.
    pub language: Option<String>,
    /// What it belongs to.
    pub categories: Vec<AtomCategory>,
}

/// What an entry belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtomCategory {
    /// Code.
    pub term: String,
    /// As people call it.
    pub label: Option<String>,
}

/// A tag URI (RFC 4151): `tag:AUTHORITY,DATE:SPECIFIC`, stable however addresses change.
///
/// The authority is a domain of the publisher's on that date (`2026`, `2026-03` or `2026-03-10`). Characters that no URI has are written
/// as their bytes.
pub fn tag_uri(authority: &str, date: &str, specific: &str) -> String {
    let mut out = String::from("tag:");
    percent(&mut out, authority, b"-._@");
    out.push(',');
    percent(&mut out, date, b"-");
    out.push(':');
    percent(&mut out, specific, b"-._~:@!$&'()*+,;=/?");
    out
}

fn percent(out: &mut String, text: &str, also: &[u8]) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || also.contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing into a text can't fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

/// Writes a feed.
pub fn write_atom(feed: &AtomFeed) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.push_str("<feed xmlns=\"http://www.w3.org/2005/Atom\"");
    attribute(&mut out, "xml:lang", &language(&feed.language));
    out.push_str(">\n");
    element(&mut out, 1, "id", "", &feed.id);
    element(&mut out, 1, "title", " type=\"text\"", &feed.title);
    if let Some(subtitle) = &feed.subtitle {
        element(&mut out, 1, "subtitle", " type=\"text\"", subtitle);
    }
    element(&mut out, 1, "updated", "", &feed.updated.to_string());
    out.push_str("  <author>\n");
    element(&mut out, 2, "name", "", &feed.author);
    out.push_str("  </author>\n");
    link(
        &mut out,
        1,
        "self",
        Some("application/atom+xml"),
        feed.self_link.as_deref(),
    );
    link(&mut out, 1, "alternate", None, feed.link.as_deref());
    for entry in &feed.entries {
        out.push_str("  <entry");
        if let Some(told) = &entry.language {
            attribute(&mut out, "xml:lang", &language(told));
        }
        out.push_str(">\n");
        element(&mut out, 2, "id", "", &entry.id);
        element(&mut out, 2, "title", " type=\"text\"", &entry.title);
        element(&mut out, 2, "updated", "", &entry.updated.to_string());
        if let Some(published) = entry.published {
            element(&mut out, 2, "published", "", &published.to_string());
        }
        link(&mut out, 2, "alternate", None, entry.link.as_deref());
        for category in &entry.categories {
            out.push_str("    <category");
            attribute(&mut out, "term", &category.term);
            if let Some(label) = &category.label {
                attribute(&mut out, "label", label);
            }
            out.push_str("/>\n");
        }
        // Content and no summary, so that an entry without an address is right too (RFC 4287 §4.1.2).
        element(&mut out, 2, "content", " type=\"text\"", &entry.content);
        out.push_str("  </entry>\n");
    }
    out.push_str("</feed>\n");
    out
}

/// A tag of a language; English where the text is none.
fn language(text: &str) -> String {
    let right = text.len() <= 20
        && text.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if right { text } else { "en" }.to_owned()
}

fn element(out: &mut String, depth: usize, name: &str, attributes: &str, text: &str) {
    out.push_str(&"  ".repeat(depth));
    out.push_str(&format!("<{name}{attributes}>"));
    escape(out, text);
    out.push_str(&format!("</{name}>\n"));
}

fn link(
    out: &mut String,
    depth: usize,
    rel: &str,
    media_type: Option<&str>,
    address: Option<&str>,
) {
    let Some(address) = address.filter(|address| is_web_address(address)) else {
        return;
    };
    out.push_str(&"  ".repeat(depth));
    out.push_str(&format!("<link rel=\"{rel}\""));
    if let Some(media_type) = media_type {
        attribute(out, "type", media_type);
    }
    attribute(out, "href", address);
    out.push_str("/>\n");
}

fn attribute(out: &mut String, name: &str, text: &str) {
    out.push_str(&format!(" {name}=\""));
    escape(out, text);
    out.push('"');
}

/// Writes a text so that it stays one: markup escaped, what XML has no room for and what turns the direction of text left out.
fn escape(out: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(' '),
            '\u{FFFE}' | '\u{FFFF}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {}
            letter if letter.is_control() => {}
            letter => out.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn feed(hostile: &str) -> AtomFeed {
        AtomFeed {
            id: tag_uri("garita.example", "2026", "scorecard/en"),
            title: format!("Border projects {hostile}"),
            subtitle: Some(hostile.to_owned()),
            updated: "2026-03-12T12:00:00Z".parse().unwrap(),
            author: format!("Publisher {hostile}"),
            link: Some("https://garita.example/projects".to_owned()),
            self_link: Some("https://garita.example/projects.atom?lang=en&x=1".to_owned()),
            language: "en".to_owned(),
            entries: vec![AtomEntry {
                id: tag_uri("garita.example", "2026", &format!("event/7{hostile}")),
                title: format!("Opening moved {hostile}"),
                updated: "2026-03-12T12:00:00Z".parse().unwrap(),
                published: Some("2026-03-12T12:00:00Z".parse().unwrap()),
                link: Some(hostile.to_owned()),
                content: format!("From 2030-summer to 2031-summer {hostile}"),
                language: Some("es".to_owned()),
                categories: vec![AtomCategory {
                    term: hostile.to_owned(),
                    label: Some(hostile.to_owned()),
                }],
            }],
        }
    }

    const HOSTILE: &[&str] = &[
        "</title><script>alert(1)</script>",
        "]]><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
        "\" onclick=\"x\" '",
        "javascript:alert(1)",
        "https://a.example/\"><x",
        "https://a.example/ b",
        "a\u{0}b\u{1}c\u{b}d\u{1f}e\u{7f}f\u{85}g\u{FFFE}h\u{FFFF}i\u{202e}j",
        "line\r\nContent-Type: text/html\r\n\r\n",
        "ñ ½ 日本 🚧 \u{301}",
        "%",
        "",
    ];

    #[test]
    fn no_text_becomes_markup_or_a_control_character() {
        for hostile in HOSTILE {
            let text = write_atom(&feed(hostile));
            let root = crate::xml::parse(text.as_bytes()).unwrap();
            let names: Vec<&str> = root.children.iter().map(|child| child.local()).collect();
            assert_eq!(
                names,
                [
                    "id", "title", "subtitle", "updated", "author", "link", "link", "entry"
                ],
                "{text}"
            );
            let entry = &root.children[7];
            let names: Vec<&str> = entry.children.iter().map(|child| child.local()).collect();
            assert_eq!(
                names,
                ["id", "title", "updated", "published", "category", "content"],
                "{text}"
            );
            assert!(
                !text
                    .chars()
                    .any(|letter| letter.is_control() && letter != '\n'),
                "{text}"
            );
            assert!(text.contains("<id>tag:garita.example,2026:"));
        }
    }

    #[test]
    fn a_feed_is_written_as_the_rfc_says() {
        let mut right = feed("x");
        right.entries[0].link = Some("https://garita.example/projects/us-tx-bota".to_owned());
        let text = write_atom(&right);
        for part in [
            "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\">",
            "<id>tag:garita.example,2026:scorecard/en</id>",
            "<updated>2026-03-12T12:00:00Z</updated>",
            "<link rel=\"self\" type=\"application/atom+xml\" href=\"https://garita.example/projects.atom?lang=en&amp;x=1\"/>",
            "<link rel=\"alternate\" href=\"https://garita.example/projects/us-tx-bota\"/>",
            "<entry xml:lang=\"es\">",
            "<category term=\"x\" label=\"x\"/>",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        right.language = "x\" y".to_owned();
        assert!(write_atom(&right).contains("xml:lang=\"en\">\n  <id>"));
    }

    #[test]
    fn tags_hold_no_character_that_a_uri_has_not() {
        assert_eq!(
            tag_uri("garita.example", "2026-03", "event/ñ <7>#%"),
            "tag:garita.example,2026-03:event/%C3%B1%20%3C7%3E%23%25"
        );
    }

    #[test]
    fn addresses_that_may_be_followed() {
        for (text, right) in [
            ("https://a.example/x?y=1&z=%C3%B1#f", true),
            (
                "http://mexicoperspective.com/GSA-requests-$226-million.html",
                true,
            ),
            ("https://a.example:8443", true),
            ("https://", false),
            ("https:///x", false),
            ("https://u:p@a.example/", false),
            ("https://a.example/%zz", false),
            ("https://a.example/%C", false),
            ("https://a.example/#a#b", false),
            ("https://a.example/ñ", false),
            ("https://a.example/a b", false),
            ("javascript:alert(1)", false),
            ("//a.example", false),
        ] {
            assert_eq!(is_web_address(text), right, "{text}");
        }
    }
}
