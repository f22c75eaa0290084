//! What changed and what is due, for programs that ask again and again: Atom 1.0 (RFC 4287) and iCalendar (RFC 5545).
//!
//! Both are written from neutral parts: a caller says what an entry is, this module says it so that no text of others
//! can become markup, a header or a control character.

mod atom;
mod calendar;

pub use atom::{AtomCategory, AtomEntry, AtomFeed, tag_uri, write_atom};
pub use calendar::{Calendar, CalendarEvent, EventStatus, write_calendar};

/// Whether a text is an address that a reader may follow: `https` or `http`, and no character that an address can't have.
pub(crate) fn is_web_address(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let Some(rest) = rest else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or("");
    let right =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte);
    // Hosts as this field has them; an address of another form is shown as text.
    let name = host.split(['@', ':']).next().unwrap_or("");
    let host_right = !host.contains('@')
        && !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
    let mut escapes = rest.split('%');
    escapes.next();
    let escapes_right = escapes.all(|after| {
        after
            .as_bytes()
            .get(..2)
            .is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))
    });
    // Brackets are for hosts, and a second `#` is no address.
    rest.bytes().all(right)
        && host_right
        && escapes_right
        && !rest.contains(['[', ']'])
        && rest.matches('#').count() <= 1
}
