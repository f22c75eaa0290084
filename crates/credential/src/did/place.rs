//! Where a DID's files lie on the web.

use super::{DidError, shorten};

/// A place on the web as `did:web` and `did:webvh` write it: `HOST[%3APORT][:SEGMENT…]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WebPlace<'a> {
    host: String,
    port: Option<u16>,
    path: Vec<&'a str>,
}

impl<'a> WebPlace<'a> {
    pub(crate) fn parse(text: &'a str) -> Result<Self, DidError> {
        let mut parts = text.split(':');
        let authority = parts.next().unwrap_or_default();
        let bad_host = || DidError::Host(shorten(authority));
        let (host, port) = match authority
            .split_once("%3A")
            .or_else(|| authority.split_once("%3a"))
        {
            Some((host, port)) => {
                let plain = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
                let port = port
                    .parse::<u16>()
                    .ok()
                    .filter(|port| plain && *port != 0)
                    .ok_or_else(bad_host)?;
                (host, Some(port))
            }
            None => (authority, None),
        };
        let label_ok = |label: &str| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        if host.len() > 253 || !host.split('.').all(label_ok) {
            return Err(bad_host());
        }
        let path: Vec<&str> = parts.collect();
        // A segment of dots would climb out of its place; an escaped slash, dot or control would hide one. None has an honest use.
        let hides = |escaped: &str| {
            let code = escaped.get(..2).map(|hex| u8::from_str_radix(hex, 16));
            !matches!(code, Some(Ok(0x30..=0x5b | 0x5d..=0x7e | 0x80..)))
        };
        let segment_ok = |segment: &&str| {
            !segment.is_empty()
                && segment.bytes().any(|b| b != b'.')
                && !segment.split('%').skip(1).any(hides)
        };
        if !path.iter().all(segment_ok) {
            return Err(DidError::Malformed(shorten(text)));
        }
        Ok(Self {
            host: host.to_ascii_lowercase(),
            port,
            path,
        })
    }

    /// This place, if its host is a public name.
    ///
    /// A last label that is a number makes the whole an address for whoever fetches it, however few parts it has: `127.1`, `0x7f.1`.
    pub(crate) fn public(self) -> Result<Self, DidError> {
        let last = self.host.rsplit('.').next().unwrap_or_default();
        let number = last.bytes().all(|b| b.is_ascii_digit())
            || last
                .strip_prefix("0x")
                .is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        if number || last == "localhost" {
            return Err(DidError::Host(self.host));
        }
        Ok(self)
    }

    /// This place, if its host is this machine.
    pub(crate) fn loopback(self) -> Result<Self, DidError> {
        if self.host != "localhost"
            && !self.host.ends_with(".localhost")
            && self.host != "127.0.0.1"
        {
            return Err(DidError::Host(self.host));
        }
        Ok(self)
    }

    /// Whether the host's name has more than one part.
    pub(crate) fn is_qualified(&self) -> bool {
        self.host.contains('.')
    }

    /// Where a file of this place lies; a whole host's files lie in `.well-known`.
    pub(crate) fn url(&self, scheme: &str, file: &str) -> String {
        let mut url = format!("{scheme}://{}", self.host);
        if let Some(port) = self.port {
            url.push_str(&format!(":{port}"));
        }
        if self.path.is_empty() {
            url.push_str("/.well-known");
        }
        for segment in &self.path {
            url.push('/');
            url.push_str(segment);
        }
        url.push('/');
        url.push_str(file);
        url
    }
}
