//! Messages with values.

use std::collections::BTreeMap;

/// Fills `{name}` with its value; a name without a value becomes `?`, so that nothing of the profile's inside is shown.
pub fn fill(text: &str, values: &BTreeMap<String, String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        match after.split_once('}') {
            Some((name, tail)) => {
                out.push_str(values.get(name.trim()).map_or("?", String::as_str));
                rest = tail;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Names in braces of a message.
pub fn placeholders(text: &str) -> Vec<String> {
    text.split('{')
        .skip(1)
        .filter_map(|p| p.split_once('}'))
        .map(|(n, _)| n.trim().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_values() {
        let values = BTreeMap::from([("scn".to_owned(), "{x}".to_owned())]);
        assert_eq!(fill("SCN {scn} of {trip}, {", &values), "SCN {x} of ?, {");
        assert_eq!(placeholders("a {b} {c}"), ["b", "c"]);
    }
}
