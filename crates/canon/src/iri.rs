//! IRIs (RFC 3987) as far as canonical forms need them: what is absolute, and how a reference is resolved (RFC 3986 §5.2).

/// True for an absolute IRI, a fragment allowed, that can stand in N-Quads as it is.
pub fn is_absolute(text: &str) -> bool {
    scheme_len(text).is_some() && is_clean(text)
}

/// True where no character is one that an IRI cannot hold, and at most one fragment begins.
pub fn is_clean(text: &str) -> bool {
    // Without a branch for each byte, so that many are looked at at once.
    let (bad, fragments) = text.bytes().fold((false, 0_u32), |(bad, fragments), b| {
        let wrong = (b <= b' ')
            | (b == 0x7f)
            | (b == b'<')
            | (b == b'>')
            | (b == b'"')
            | (b == b'{')
            | (b == b'}')
            | (b == b'|')
            | (b == b'\\')
            | (b == b'^')
            | (b == b'`');
        (bad | wrong, fragments + u32::from(b == b'#'))
    });
    !bad && fragments <= 1
}

/// True for a language tag that is well formed by BCP 47's outer shape: subtags of 1 to 8 letters or digits, the first of letters.
pub fn is_language_tag(tag: &str) -> bool {
    let subtag =
        |s: &str| (1..=8).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric());
    tag.split('-').all(subtag)
        && tag
            .split('-')
            .next()
            .is_some_and(|s| s.bytes().all(|b| b.is_ascii_alphabetic()))
}

/// The length of `scheme` where the text starts with `scheme:`.
fn scheme_len(text: &str) -> Option<usize> {
    let end = text.find(':')?;
    let scheme = text.get(..end)?;
    let letter = scheme
        .bytes()
        .next()
        .is_some_and(|b| b.is_ascii_alphabetic());
    let clean = scheme
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    (letter && clean).then_some(end)
}

struct Parts<'a> {
    scheme: Option<&'a str>,
    authority: Option<&'a str>,
    path: &'a str,
    query: Option<&'a str>,
    fragment: Option<&'a str>,
}

fn split(text: &str) -> Parts<'_> {
    let (rest, fragment) = cut(text, '#');
    let (rest, query) = cut(rest, '?');
    let (scheme, rest) = match scheme_len(rest) {
        Some(end) => (rest.get(..end), rest.get(end + 1..).unwrap_or_default()),
        None => (None, rest),
    };
    let (authority, path) = match rest.strip_prefix("//") {
        Some(rest) => {
            let end = rest.find('/').unwrap_or(rest.len());
            (rest.get(..end), rest.get(end..).unwrap_or_default())
        }
        None => (None, rest),
    };
    Parts {
        scheme,
        authority,
        path,
        query,
        fragment,
    }
}

fn cut(text: &str, at: char) -> (&str, Option<&str>) {
    match text.split_once(at) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

/// Resolves a reference against a base (RFC 3986 §5.2.2). A base without a scheme gives what can be given.
pub fn resolve(base: &str, reference: &str) -> String {
    let r = split(reference);
    let b = split(base);
    if r.scheme.is_some() {
        let path = if r.authority.is_some() || r.path.starts_with('/') {
            without_dots(r.path)
        } else {
            r.path.to_owned()
        };
        return join(&Parts { path: &path, ..r });
    }
    let path;
    let mut query = r.query;
    let mut authority = b.authority;
    if r.authority.is_some() {
        authority = r.authority;
        path = without_dots(r.path);
    } else if r.path.is_empty() {
        path = b.path.to_owned();
        query = r.query.or(b.query);
    } else if r.path.starts_with('/') {
        path = without_dots(r.path);
    } else if b.authority.is_some() && b.path.is_empty() {
        path = without_dots(&format!("/{}", r.path));
    } else {
        let folder = b
            .path
            .rfind('/')
            .and_then(|end| b.path.get(..=end))
            .unwrap_or_default();
        path = without_dots(&format!("{folder}{}", r.path));
    }
    join(&Parts {
        scheme: b.scheme,
        authority,
        path: &path,
        query,
        fragment: r.fragment,
    })
}

fn join(parts: &Parts<'_>) -> String {
    let mut out = String::new();
    if let Some(scheme) = parts.scheme {
        out.push_str(scheme);
        out.push(':');
    }
    if let Some(authority) = parts.authority {
        out.push_str("//");
        out.push_str(authority);
    }
    out.push_str(parts.path);
    if let Some(query) = parts.query {
        out.push('?');
        out.push_str(query);
    }
    if let Some(fragment) = parts.fragment {
        out.push('#');
        out.push_str(fragment);
    }
    out
}

/// RFC 3986 §5.2.4.
fn without_dots(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut out: Vec<&str> = Vec::new();
    let body = if rooted {
        path.get(1..).unwrap_or_default()
    } else {
        path
    };
    let mut steps = body.split('/').peekable();
    while let Some(step) = steps.next() {
        let last = steps.peek().is_none();
        match step {
            "." => {
                if last {
                    out.push("");
                }
            }
            ".." => {
                out.pop();
                if last {
                    out.push("");
                }
            }
            step => out.push(step),
        }
    }
    let joined = out.join("/");
    if rooted { format!("/{joined}") } else { joined }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolves_as_rfc_3986_section_5_4() {
        for (reference, expected) in [
            ("g:h", "g:h"),
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g"),
            ("?y", "http://a/b/c/d;p?y"),
            ("g?y", "http://a/b/c/g?y"),
            ("#s", "http://a/b/c/d;p?q#s"),
            ("g#s", "http://a/b/c/g#s"),
            (";x", "http://a/b/c/;x"),
            ("", "http://a/b/c/d;p?q"),
            (".", "http://a/b/c/"),
            ("./", "http://a/b/c/"),
            ("..", "http://a/b/"),
            ("../", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../..", "http://a/"),
            ("../../g", "http://a/g"),
            ("../../../g", "http://a/g"),
            ("/./g", "http://a/g"),
            ("/../g", "http://a/g"),
            ("g.", "http://a/b/c/g."),
            ("..g", "http://a/b/c/..g"),
            ("./../g", "http://a/b/g"),
            ("./g/.", "http://a/b/c/g/"),
            ("g/./h", "http://a/b/c/g/h"),
            ("g/../h", "http://a/b/c/h"),
            ("g?y/../x", "http://a/b/c/g?y/../x"),
            ("g;x=1/../y", "http://a/b/c/y"),
        ] {
            assert_eq!(
                resolve("http://a/b/c/d;p?q", reference),
                expected,
                "{reference}"
            );
        }
        assert_eq!(resolve("http://a", "g"), "http://a/g");
    }

    #[test]
    fn tells_what_is_absolute() {
        for text in [
            "https://example.org/a#b",
            "urn:x",
            "did:web:a.example",
            "ni:///sha-256;abc",
            "tag:é",
        ] {
            assert!(is_absolute(text), "{text}");
        }
        for text in [
            "",
            "a",
            "/a",
            "#a",
            ":a",
            "1a:b",
            "_:b",
            "a b:c",
            "http://a b",
            "http://<",
            "http://a\u{7f}",
        ] {
            assert!(!is_absolute(text), "{text}");
        }
    }

    #[test]
    fn knows_a_language_tag() {
        assert!(
            is_language_tag("en") && is_language_tag("zh-Hant-TW") && is_language_tag("es-419")
        );
        assert!(
            !is_language_tag("")
                && !is_language_tag("a b")
                && !is_language_tag("en-")
                && !is_language_tag("1n")
                && !is_language_tag("abcdefghi")
        );
    }
}
