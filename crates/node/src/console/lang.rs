//! The console's own words: one table per language, `key -> text` with `{values}` and singular and plural.
//!
//! Only the page's frame speaks here. What a program says (states, columns, record types, acts, members) arrives as text in the
//! view-models, in the language of the page.

use std::fmt::Display;

use super::texts;

/// A language of the console.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Spanish, as in Mexico.
    Es,
}

impl Lang {
    /// Every language, in the order in which they are offered.
    pub const ALL: [Lang; 2] = [Lang::En, Lang::Es];

    /// BCP 47 tag: `en`, `es`.
    pub fn code(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Es => "es",
        }
    }

    /// The language of a tag such as `es`, `es-MX`, `EN`; none for others.
    pub fn parse(tag: &str) -> Option<Lang> {
        let primary = tag
            .trim()
            .split(['-', '_', ';', ','])
            .next()
            .unwrap_or_default();
        Lang::ALL
            .into_iter()
            .find(|lang| primary.eq_ignore_ascii_case(lang.code()))
    }

    /// The first language of an `Accept-Language` header that the console speaks, else English.
    pub fn accepted(header: &str) -> Lang {
        header.split(',').find_map(Lang::parse).unwrap_or_default()
    }

    /// The language that the switch offers.
    pub fn other(self) -> Lang {
        match self {
            Lang::En => Lang::Es,
            Lang::Es => Lang::En,
        }
    }

    /// Its own name: `English`, `Español`.
    pub fn name(self) -> &'static str {
        match self {
            Lang::En => "English",
            Lang::Es => "Español",
        }
    }

    /// Of two names, English and Spanish, that of this language; the other where there is only one.
    pub fn either(self, [en, es]: &[String; 2]) -> &str {
        let (own, other) = match self {
            Lang::En => (en, es),
            Lang::Es => (es, en),
        };
        if own.is_empty() { other } else { own }
    }

    /// The text of a key. A key that no table has comes out as itself, so that a reader can report it; a test keeps that from happening.
    pub fn t(self, key: &str) -> &str {
        let public = key.starts_with("public.");
        let table: &'static [(&'static str, &'static str)] = match (self, public) {
            (Lang::En, false) => texts::en::TEXTS,
            (Lang::Es, false) => texts::es::TEXTS,
            (Lang::En, true) => texts::public_en::TEXTS,
            (Lang::Es, true) => texts::public_es::TEXTS,
        };
        match table.binary_search_by_key(&key, |(k, _)| k) {
            Ok(at) => table.get(at).map_or(key, |(_, text)| text),
            Err(_) => key,
        }
    }

    /// The text of a key with its `{values}` put in.
    pub fn with(self, key: &str, values: &[(&str, &dyn Display)]) -> String {
        fill(self.t(key), values)
    }

    /// The text for a count: `KEY.one` for 1, else `KEY.other`; `{n}` is the count, grouped by thousands.
    pub fn count(self, key: &str, count: u64, values: &[(&str, &dyn Display)]) -> String {
        let form = if count == 1 { "one" } else { "other" };
        let text = fill(self.t(&format!("{key}.{form}")), values);
        text.replace("{n}", &grouped(count))
    }
}

/// A whole number grouped by thousands, as both countries write it at the border: `1,204,881`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Puts values in for `{name}`. One pass from the left, so that a value that itself holds braces is never filled again.
fn fill(text: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        match after.split_once('}') {
            Some((name, tail)) => {
                match values.iter().find(|(n, _)| *n == name) {
                    Some((_, value)) => out.push_str(&value.to_string()),
                    None => {
                        out.push('{');
                        out.push_str(name);
                        out.push('}');
                    }
                }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Each table beside that of the other language.
    const PAIRS: [[&[(&str, &str)]; 2]; 2] = [
        [texts::en::TEXTS, texts::es::TEXTS],
        [texts::public_en::TEXTS, texts::public_es::TEXTS],
    ];

    #[test]
    fn both_tables_are_sorted_and_have_the_same_keys() {
        for table in PAIRS.as_flattened() {
            for pair in table.windows(2) {
                assert!(
                    pair[0].0 < pair[1].0,
                    "`{}` stands before `{}`",
                    pair[0].0,
                    pair[1].0
                );
            }
        }
        for [en, es] in PAIRS {
            let en: Vec<_> = en.iter().map(|(k, _)| *k).collect();
            let es: Vec<_> = es.iter().map(|(k, _)| *k).collect();
            assert_eq!(en, es);
        }
    }

    #[test]
    fn both_languages_name_the_same_values() {
        let names = |text: &str| {
            let mut found: Vec<String> = text
                .split('{')
                .skip(1)
                .filter_map(|s| s.split_once('}').map(|(n, _)| n.to_owned()))
                .collect();
            found.sort();
            found
        };
        for [english, spanish] in PAIRS {
            for ((key, en), (_, es)) in english.iter().zip(spanish) {
                assert_eq!(names(en), names(es), "{key}");
            }
        }
    }

    #[test]
    fn every_plural_has_its_singular() {
        for (key, _) in PAIRS.iter().flat_map(|[en, _]| en.iter()) {
            if let Some(stem) = key.strip_suffix(".one") {
                assert_ne!(
                    Lang::En.t(&format!("{stem}.other")),
                    format!("{stem}.other")
                );
            }
        }
    }

    #[test]
    fn every_key_named_in_templates_and_code_has_a_text() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
        let mut named = 0;
        let mut files: Vec<std::path::PathBuf> = Vec::new();
        for folder in [root.to_owned(), format!("{root}/public")] {
            let entries = std::fs::read_dir(folder).unwrap();
            files.extend(entries.map(|entry| entry.unwrap().path()));
        }
        for file in files.iter().filter(|path| path.is_file()) {
            let text = std::fs::read_to_string(file).unwrap();
            for (call, form) in [("f.t(\"", ""), ("f.t1(\"", ""), ("f.n(\"", ".other")] {
                for part in text.split(call).skip(1) {
                    let key = format!("{}{form}", part.split('"').next().unwrap());
                    assert_ne!(Lang::En.t(&key), key, "`{key}` has no text");
                    named += 1;
                }
            }
        }
        assert!(named > 50);
    }

    #[test]
    fn a_value_with_braces_is_not_filled_again() {
        assert_eq!(
            fill("a {x} b {y}", &[("x", &"{y}"), ("y", &"1")]),
            "a {y} b 1"
        );
        assert_eq!(fill("open { end", &[]), "open { end");
    }

    #[test]
    fn groups_by_thousands() {
        for (n, s) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_204_881, "1,204,881"),
        ] {
            assert_eq!(grouped(n), s);
        }
    }

    #[test]
    fn reads_accept_language() {
        assert_eq!(Lang::accepted("fr-CA, es-MX;q=0.9, en"), Lang::Es);
        assert_eq!(Lang::accepted(""), Lang::En);
    }
}
