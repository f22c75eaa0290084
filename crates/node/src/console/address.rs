//! An address of the console that keeps its state: the filters, the language and the page live in the query.

use std::fmt;

/// A path with its query, in order. `Display` gives it percent-encoded, ready for `href` after HTML escaping.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Address {
    /// The path, already encoded: `/console/cases`.
    pub path: String,
    /// Query members in order, decoded.
    pub query: Vec<(String, String)>,
}

impl Address {
    /// An address without a query.
    pub fn new(path: impl Into<String>) -> Address {
        Address {
            path: path.into(),
            query: Vec::new(),
        }
    }

    /// The same address with one member set (replaced where it stands, else appended). An empty value removes it.
    #[must_use]
    pub fn with(&self, name: &str, value: impl fmt::Display) -> Address {
        let value = value.to_string();
        let mut next = self.clone();
        if value.is_empty() {
            next.query.retain(|(n, _)| n != name);
            return next;
        }
        match next.query.iter_mut().find(|(n, _)| n == name) {
            Some((_, old)) => *old = value,
            None => next.query.push((name.to_owned(), value)),
        }
        next
    }

    /// The value of a member, or the empty text.
    pub fn value(&self, name: &str) -> &str {
        self.query
            .iter()
            .find(|(n, _)| n == name)
            .map_or("", |(_, v)| v)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        for (at, (name, value)) in self.query.iter().enumerate() {
            f.write_str(if at == 0 { "?" } else { "&" })?;
            encode(f, name)?;
            f.write_str("=")?;
            encode(f, value)?;
        }
        Ok(())
    }
}

/// One path segment, percent-encoded: for case keys and record ids in links.
pub fn segment(text: &str) -> String {
    struct Encoded<'a>(&'a str);
    impl fmt::Display for Encoded<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            encode(f, self.0)
        }
    }
    Encoded(text).to_string()
}

/// RFC 3986 §2.3: only the unreserved signs stand as they are.
fn encode(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            write!(f, "{}", char::from(byte))?;
        } else {
            write!(f, "%{byte:02X}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_rest_of_the_state() {
        let here = Address::new("/console")
            .with("dir", "north")
            .with("lane", "FAST");
        assert_eq!(
            here.with("lang", "es").to_string(),
            "/console?dir=north&lane=FAST&lang=es"
        );
        assert_eq!(here.with("lane", "").to_string(), "/console?dir=north");
        assert_eq!(
            here.with("dir", "a&b=\"c").to_string(),
            "/console?dir=a%26b%3D%22c&lane=FAST"
        );
    }

    #[test]
    fn encodes_a_segment() {
        assert_eq!(segment("TOCQ:1/../x"), "TOCQ%3A1%2F..%2Fx");
    }
}
