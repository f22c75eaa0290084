//! Paths into documents: JSON pointers (RFC 6901) in which `*` stands for each item of a list.

use std::fmt;
use std::str::FromStr;

use serde_json::Value;

/// Longest path in bytes: deeper ones name nothing a form could show.
pub const PATH_BYTES_MAX: usize = 512;
/// Most values one path may find: a manifest has at most a few thousand consignments.
pub const VALUES_MAX: usize = 20_000;

/// A JSON pointer with `*` wildcards: `/credentialSubject/shipments/*/scn`. The empty path is the whole document.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path {
    steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Step {
    /// A member's name, or an item's number.
    Name(String),
    /// Every item of a list.
    Each,
}

/// Why a text is no path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// Neither empty nor starting with `/`.
    #[error("path `{0}` must start with `/`, as in `/credentialSubject/scn`")]
    NoSlash(String),
    /// `~` not followed by 0 or 1.
    #[error("path `{0}` has a `~` that is not `~0` or `~1`")]
    Escape(String),
    /// Too long.
    #[error("path is longer than {PATH_BYTES_MAX} bytes")]
    TooLong,
}

impl Path {
    /// Reads a path.
    ///
    /// # Errors
    /// When it is neither empty nor starts with `/`, is too long, or has a bad escape.
    pub fn parse(text: &str) -> Result<Path, PathError> {
        if text.len() > PATH_BYTES_MAX {
            return Err(PathError::TooLong);
        }
        if text.is_empty() {
            return Ok(Path::default());
        }
        let Some(rest) = text.strip_prefix('/') else {
            return Err(PathError::NoSlash(text.to_owned()));
        };
        let steps = rest
            .split('/')
            .map(|part| {
                if part == "*" {
                    return Ok(Step::Each);
                }
                unescape(part)
                    .map(Step::Name)
                    .ok_or_else(|| PathError::Escape(text.to_owned()))
            })
            .collect::<Result<_, _>>()?;
        Ok(Path { steps })
    }

    /// What the path finds in `document`: exact pointers with their values, in document order, at most [`VALUES_MAX`].
    ///
    /// `null` counts as not there.
    pub fn values<'v>(&self, document: &'v Value) -> Vec<(String, &'v Value)> {
        let mut found = vec![(String::new(), document)];
        for step in &self.steps {
            let mut next = Vec::new();
            for (pointer, value) in found {
                match (step, value) {
                    (Step::Each, Value::Array(items)) => {
                        for (i, item) in items.iter().enumerate() {
                            if next.len() >= VALUES_MAX {
                                break;
                            }
                            next.push((format!("{pointer}/{i}"), item));
                        }
                    }
                    (Step::Name(name), Value::Object(members)) => {
                        if let Some(member) = members.get(name) {
                            next.push((format!("{pointer}/{}", escape(name)), member));
                        }
                    }
                    (Step::Name(name), Value::Array(items)) => {
                        if let Some(item) = name.parse::<usize>().ok().and_then(|i| items.get(i)) {
                            next.push((format!("{pointer}/{name}"), item));
                        }
                    }
                    _ => {}
                }
            }
            found = next;
        }
        found.retain(|(_, value)| !value.is_null());
        found
    }

    /// The first value the path finds.
    pub fn first<'v>(&self, document: &'v Value) -> Option<&'v Value> {
        self.values(document).into_iter().next().map(|(_, v)| v)
    }

    /// The first value the path finds, as text: a string as it is, a number in its JSON form.
    pub fn first_text(&self, document: &Value) -> Option<String> {
        self.first(document).and_then(text_of)
    }

    /// Every value the path finds, as text.
    pub fn texts(&self, document: &Value) -> Vec<String> {
        self.values(document)
            .into_iter()
            .filter_map(|(_, v)| text_of(v))
            .collect()
    }

    /// The last member's name; none for the whole document or a path that ends in `*`.
    pub fn last_name(&self) -> Option<&str> {
        match self.steps.last() {
            Some(Step::Name(name)) => Some(name),
            Some(Step::Each) | None => None,
        }
    }

    /// The steps as written; `None` is a wildcard.
    pub fn steps(&self) -> impl Iterator<Item = Option<&str>> {
        self.steps.iter().map(|s| match s {
            Step::Name(name) => Some(name.as_str()),
            Step::Each => None,
        })
    }

    /// Whether the path has a wildcard.
    pub fn is_many(&self) -> bool {
        self.steps.contains(&Step::Each)
    }

    /// Whether the path is the whole document.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Whether `pointer` (an exact pointer) is what this path names, or lies under it.
    pub fn covers(&self, pointer: &str) -> bool {
        let Ok(exact) = Path::parse(pointer) else {
            return false;
        };
        exact.steps.len() >= self.steps.len()
            && self.steps.iter().zip(&exact.steps).all(|(a, b)| match a {
                Step::Each => matches!(b, Step::Name(n) if n.parse::<usize>().is_ok()) || b == a,
                Step::Name(_) => a == b,
            })
    }

    /// The path without its first step where that is `name`: `/credentialSubject/scn` relative to the subject.
    pub fn under(&self, name: &str) -> Option<Path> {
        match self.steps.split_first() {
            Some((Step::Name(first), rest)) if first == name => Some(Path {
                steps: rest.to_vec(),
            }),
            _ => None,
        }
    }
}

/// A string as it is, a number or boolean in its JSON form; nothing else is a text.
pub fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(s) => Some(s.clone()),
        Value::Number(n) => Some(n.to_string()),
        Value::Bool(b) => Some(b.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A member's name as it stands in a pointer (RFC 6901 §3).
pub fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn unescape(part: &str) -> Option<String> {
    let mut out = String::with_capacity(part.len());
    let mut chars = part.chars();
    while let Some(c) = chars.next() {
        if c == '~' {
            match chars.next() {
                Some('0') => out.push('~'),
                Some('1') => out.push('/'),
                _ => return None,
            }
        } else {
            out.push(c);
        }
    }
    Some(out)
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            match step {
                Step::Name(name) => write!(f, "/{}", escape(name))?,
                Step::Each => f.write_str("/*")?,
            }
        }
        Ok(())
    }
}

impl FromStr for Path {
    type Err = PathError;
    fn from_str(text: &str) -> Result<Path, PathError> {
        Path::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn finds_what_it_names() {
        let doc =
            json!({"s": {"list": [{"n": "a"}, {"n": 2}, {"m": 1}], "x/y": true, "gone": null}});
        let check = |path: &str, expected: &[(&str, Value)]| {
            let path = Path::parse(path).unwrap();
            let found: Vec<(String, Value)> = path
                .values(&doc)
                .into_iter()
                .map(|(p, v)| (p, v.clone()))
                .collect();
            let expected: Vec<(String, Value)> = expected
                .iter()
                .map(|(p, v)| ((*p).to_owned(), v.clone()))
                .collect();
            assert_eq!(found, expected, "{path}");
        };
        check(
            "/s/list/*/n",
            &[("/s/list/0/n", json!("a")), ("/s/list/1/n", json!(2))],
        );
        check("/s/list/1/n", &[("/s/list/1/n", json!(2))]);
        check("/s/x~1y", &[("/s/x~1y", json!(true))]);
        check("/s/gone", &[]);
        check("/s/*", &[]);
        check("/nothing/*/at/all", &[]);
    }

    #[test]
    fn refuses_what_is_no_path() {
        for bad in ["scn", "/a~2", "/a~"] {
            assert!(Path::parse(bad).is_err(), "{bad}");
        }
        assert!(Path::parse(&"/a".repeat(400)).is_err());
    }

    #[test]
    fn covers_what_lies_under_it() {
        let path = Path::parse("/s/list/*").unwrap();
        assert!(path.covers("/s/list/3/n"));
        assert!(!path.covers("/s/list"));
        assert!(!path.covers("/s/list/x"));
        assert_eq!(Path::parse("/a/*/b~1c").unwrap().to_string(), "/a/*/b~1c");
    }
}
