//! A program's words in the page's language: states, record types, members and their values. Nothing here knows a program.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use garita_profile::Profile;
use garita_profile::clocks;
use garita_profile::forms::{self, Field, Words};
use garita_profile::model::RecordType;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::console::{Fact, Lang, Look, Noun, Rich, Span, State, time};

/// Values shown of one list.
const LIST_SHOWN: usize = 3;
/// Lexicons kept: one for each program in force.
const LEXICONS_MAX: usize = 32;

/// What the schemas of a program say of its members.
#[derive(Default)]
struct Lexicon {
    /// (record type, member) -> label.
    labels: BTreeMap<(String, String), Words>,
    /// (record type, member) -> value -> words.
    values: BTreeMap<(String, String), BTreeMap<String, Words>>,
}

/// Speaks for one program in one language.
pub(crate) struct Say {
    /// The program.
    pub(super) profile: Arc<Profile>,
    /// The language.
    pub(super) lang: Lang,
    /// Business time, against which a day is today.
    now_ms: i64,
    /// The port's zone: instants are told in it.
    zone: TimeZone,
    lexicon: Arc<Lexicon>,
}

impl Say {
    /// For a program and a language; instants are told in `zone`, as of `now_ms`.
    pub(crate) fn new(profile: Arc<Profile>, lang: Lang, now_ms: i64, zone: TimeZone) -> Say {
        let lexicon = lexicon_of(&profile);
        Say {
            profile,
            lang,
            now_ms,
            zone,
            lexicon,
        }
    }

    /// A text of the profile; none where it has none.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        let texts = &self.profile.model().texts;
        texts
            .get(self.lang.code())
            .and_then(|t| t.get(key))
            .or_else(|| texts.get("en").and_then(|t| t.get(key)))
            .map(String::as_str)
    }

    /// Title and version of the program that defines a kind.
    pub(super) fn program_of_kind(&self, kind: &str) -> (String, String) {
        self.titled(self.profile.program_of_kind(kind))
    }

    /// Title and version of the program under which records of a type are made.
    pub(super) fn program_of_type(&self, record_type: &str, kind: &str) -> (String, String) {
        self.titled(self.profile.program_for(record_type, [kind]))
    }

    fn titled(&self, program: Option<&garita_profile::Program>) -> (String, String) {
        let title = program.map(|p| format!("profiles.{}.title", p.id));
        (
            self.word(title.as_deref().unwrap_or("profile.title")),
            program.map_or_else(String::new, |p| p.version.clone()),
        )
    }

    /// A text, or the last part of its key made readable.
    pub(super) fn word(&self, key: &str) -> String {
        self.text(key).map_or_else(
            || readable(key.rsplit('.').next().unwrap_or(key)),
            str::to_owned,
        )
    }

    /// The form of `Words` for the page.
    pub(super) fn of<'a>(&self, words: &'a Words) -> &'a str {
        match self.lang {
            Lang::En => &words.en,
            Lang::Es if words.es.is_empty() => &words.en,
            Lang::Es => &words.es,
        }
    }

    /// A case's state with its look.
    pub(super) fn state(&self, state: Option<&str>) -> State {
        match state {
            Some(name) => State::new(
                self.profile
                    .model()
                    .states
                    .get(name)
                    .map_or(Look::Expected, |face| Look::parse(&face.look)),
                self.word(&format!("states.{name}")),
            ),
            None => State::new(
                Look::Waiting,
                match self.lang {
                    Lang::En => "State not known here",
                    Lang::Es => "Estado no conocido aquí",
                },
            ),
        }
    }

    /// A record type's title.
    pub(super) fn record(&self, record_type: &str) -> String {
        self.of(&forms::title_words(&self.profile, record_type))
            .to_owned()
    }

    /// A kind of case.
    pub(super) fn kind(&self, kind: &str) -> String {
        self.word(&format!("kinds.{kind}"))
    }

    /// A kind of case as a noun for counting, small letters. Profiles may give `nouns.KIND.one` and `.other`.
    pub(super) fn noun(&self, kind: &str) -> Noun {
        let own = |form: &str| {
            self.text(&format!("nouns.{kind}.{form}"))
                .map(str::to_owned)
        };
        let one = own("one").unwrap_or_else(|| inside(&self.kind(kind)));
        let other = own("other").unwrap_or_else(|| format!("{one}s"));
        Noun { one, other }
    }

    /// A role, a seat or a post by its name for people.
    pub(super) fn role(&self, role: &str) -> String {
        self.text(&format!("roles.{role}"))
            .map_or_else(|| readable(role), str::to_owned)
    }

    /// The label of a member of a record type.
    pub(super) fn label(&self, record_type: &str, member: &str) -> String {
        self.lexicon
            .labels
            .get(&(record_type.to_owned(), member.to_owned()))
            .map_or_else(|| readable(member), |w| self.of(w).to_owned())
    }

    /// A value of a member in words, where the schema or a code list names it.
    pub(super) fn code(&self, record_type: &str, member: &str, value: &str) -> Option<String> {
        let key = (record_type.to_owned(), member.to_owned());
        self.lexicon
            .values
            .get(&key)
            .and_then(|v| v.get(value))
            .map(|words| self.of(words).to_owned())
            .filter(|words| words != value)
            .or_else(|| self.text(&format!("values.{value}")).map(str::to_owned))
    }

    /// A value in words, where some record type has a member of the name that the schema or a code list names.
    pub(super) fn any_type_code(&self, member: &str, value: &str) -> Option<String> {
        let mut named = self.lexicon.values.iter().filter(|((_, m), _)| m == member);
        named
            .find_map(|(_, values)| values.get(value))
            .map(|w| self.of(w).to_owned())
    }

    /// A value of a field that is named like a member of some record type.
    pub(super) fn any_code(&self, member: &str, value: &str) -> String {
        self.lexicon
            .values
            .iter()
            .filter(|((_, m), _)| m == member)
            .find_map(|(_, values)| values.get(value))
            .map(|w| self.of(w).to_owned())
            .filter(|text| text != value)
            .or_else(|| self.text(&format!("values.{value}")).map(str::to_owned))
            .unwrap_or_else(|| readable(value))
    }

    /// A member's value as people read it.
    pub(super) fn value(&self, record_type: &str, member: &str, value: &Value) -> Rich {
        match value {
            Value::Null => Rich::default(),
            Value::Bool(true) => Rich::text(self.pick("yes", "sí")),
            Value::Bool(false) => Rich::text(self.pick("no", "no")),
            Value::Number(n) => Rich::text(
                n.as_u64()
                    .map_or_else(|| n.to_string(), crate::console::grouped),
            ),
            Value::String(text) => match self.code(record_type, member, text) {
                Some(words) => Rich::text(words),
                None if instant(text).is_some() => Rich::text(time::told(
                    instant(text).unwrap_or_default(),
                    self.now_ms,
                    &self.zone,
                    self.lang,
                )),
                None if is_identifier(text) => Rich::id(text.as_str()),
                None => Rich::text(text.as_str()),
            },
            Value::Array(items) => {
                let mut out = Rich::default();
                for (at, item) in items.iter().take(LIST_SHOWN).enumerate() {
                    if at > 0 {
                        out = out.and(Span::Text(", ".to_owned()));
                    }
                    out.0.extend(self.value(record_type, member, item).0);
                }
                if items.len() > LIST_SHOWN {
                    out = out.and(Span::Text(format!(
                        " {}",
                        self.pick("and {n} more", "y {n} más")
                            .replace("{n}", &(items.len() - LIST_SHOWN).to_string())
                    )));
                }
                out
            }
            Value::Object(members) if window(members).is_some() => {
                let (from_ms, to_ms) = window(members).unwrap_or_default();
                Rich::text(time::window(
                    from_ms,
                    to_ms,
                    self.now_ms,
                    &self.zone,
                    self.lang,
                ))
            }
            // What is said in both languages is shown in the reader's.
            Value::Object(members)
                if members.len() == 2 && ["en", "es"].iter().all(|l| members.contains_key(*l)) =>
            {
                members
                    .get(self.lang.code())
                    .map_or_else(Rich::default, |said| self.value(record_type, member, said))
            }
            Value::Object(members) => {
                // The first words of a group name it: a company's name, a driver's, a package's description.
                let mut out = Rich::default();
                let plain = members
                    .iter()
                    .filter(|(_, v)| v.is_string() || v.is_number())
                    .take(2);
                for (at, (name, inner)) in plain.enumerate() {
                    if at > 0 {
                        out = out.and(Span::Text(", ".to_owned()));
                    }
                    out.0.extend(self.value(record_type, name, inner).0);
                }
                out
            }
        }
    }

    /// The facts of a document that its type's `brief` names, in its order.
    pub(super) fn facts(&self, record_type: &str, document: &Value) -> Vec<(String, Fact)> {
        let Some(ty) = self.profile.model().records.get(record_type) else {
            return Vec::new();
        };
        ty.brief
            .iter()
            .filter_map(|path| {
                let member = path.last_name()?.to_owned();
                let value = path.first(document)?;
                let rich = self.value(record_type, &member, value);
                (!rich.is_empty()).then(|| {
                    (
                        member.clone(),
                        Fact {
                            label: self.label(record_type, &member),
                            value: rich,
                            ..Fact::default()
                        },
                    )
                })
            })
            .collect()
    }

    /// The first plain value that names a record among its kind: an entry's number, a seal. Members that are keys of its cases are
    /// passed over by `known`.
    pub(super) fn names(
        &self,
        ty: &RecordType,
        document: &Value,
        known: &[String],
    ) -> Option<Span> {
        ty.brief
            .iter()
            .filter_map(|path| path.first(document))
            .find_map(|value| {
                let text = value.as_str().or_else(|| match value {
                    Value::Array(items) => items.first().and_then(Value::as_str),
                    _ => None,
                })?;
                (is_identifier(text) && !known.iter().any(|k| k == text))
                    .then(|| Span::Id(text.to_owned()))
            })
    }

    /// A sentence about a document, where its members stand in backticks, with what people call them: *“Carrier (SCAC)” is missing*.
    pub(super) fn told(&self, record_type: &str, text: &str) -> String {
        let mut out = String::new();
        for (at, piece) in text.split('`').enumerate() {
            let label = (record_type.to_owned(), piece.to_owned());
            if let (1, Some(words)) = (at % 2, self.lexicon.labels.get(&label)) {
                out.push_str(self.pick("“", "«"));
                out.push_str(self.of(words));
                out.push_str(self.pick("”", "»"));
            } else {
                out.push_str(piece);
            }
        }
        out
    }

    /// The first value of a record, among those that its type's `brief` names, that is a word of a code list.
    pub(super) fn first_code(&self, record_type: &str, document: &Value) -> Option<String> {
        let ty = self.profile.model().records.get(record_type)?;
        ty.brief.iter().find_map(|path| {
            let text = path.first(document)?.as_str()?;
            self.code(record_type, path.last_name()?, text)
        })
    }

    /// A place or code by its name in any code list of the program.
    pub(super) fn place(&self, code: &str) -> Option<String> {
        self.profile
            .model()
            .codelists
            .values()
            .filter_map(|list| list.iter().find(|c| c.code == code))
            .map(|c| match self.lang {
                Lang::En => c.en.clone(),
                Lang::Es => c.es.clone(),
            })
            .next()
    }

    fn pick<'a>(&self, en: &'a str, es: &'a str) -> &'a str {
        match self.lang {
            Lang::En => en,
            Lang::Es => es,
        }
    }
}

/// The instant of a text in RFC 3339; nothing else has its `T` between digits.
fn instant(text: &str) -> Option<i64> {
    (text.len() >= 20 && text.as_bytes().get(10) == Some(&b'T'))
        .then(|| clocks::instant(text))
        .flatten()
}

/// A group of two instants and nothing else: from, to.
fn window(members: &serde_json::Map<String, Value>) -> Option<(i64, i64)> {
    let mut ends: Vec<i64> = members
        .values()
        .map(|v| v.as_str().and_then(instant))
        .collect::<Option<_>>()?;
    ends.sort_unstable();
    match ends.as_slice() {
        [from_ms, to_ms] => Some((*from_ms, *to_ms)),
        _ => None,
    }
}

/// What people compare sign by sign: capitals and digits without spaces, with a digit among them.
pub(super) fn is_identifier(text: &str) -> bool {
    text.len() >= 3
        && text.len() <= 60
        && text.bytes().any(|b| b.is_ascii_digit())
        && text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b"-:/._".contains(&b))
        && !is_time(text)
}

/// `2026-11-24` or what begins so: a time is no number to compare.
fn is_time(text: &str) -> bool {
    text.get(..10)
        .is_some_and(|day| day.parse::<jiff::civil::Date>().is_ok())
}

/// Words as they stand inside a sentence: the first letter small, names and abbreviations as they are.
pub(super) fn inside(words: &str) -> String {
    let capital = |word: &str| word.chars().next().is_some_and(char::is_uppercase);
    let mut parts = words.split_whitespace();
    let first = parts.next().unwrap_or_default();
    let short = first.chars().count() < 2;
    let plain = short || first.chars().skip(1).all(|c| !c.is_uppercase());
    // Two capitals in a row are a name; an abbreviation later in the words is none.
    let name = parts.any(|word| {
        let word = word.trim_start_matches('(');
        capital(word) && word.chars().skip(1).any(char::is_lowercase)
    });
    if !plain || name {
        return words.to_owned();
    }
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

/// A word of a program without a text: `in-step` reads *In step*.
pub(super) fn readable(word: &str) -> String {
    let spaced = word.replace(['-', '_', '.'], " ");
    let mut letters = spaced.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => spaced,
    }
}

fn lexicon_of(profile: &Arc<Profile>) -> Arc<Lexicon> {
    static HELD: OnceLock<Mutex<BTreeMap<String, Arc<Lexicon>>>> = OnceLock::new();
    let held = HELD.get_or_init(Mutex::default);
    let key = profile.face_digest();
    if let Ok(held) = held.lock()
        && let Some(found) = held.get(key)
    {
        return Arc::clone(found);
    }
    let made = Arc::new(make(profile));
    if let Ok(mut held) = held.lock() {
        if held.len() >= LEXICONS_MAX {
            held.clear();
        }
        held.insert(key.to_owned(), Arc::clone(&made));
    }
    made
}

fn make(profile: &Profile) -> Lexicon {
    let mut lexicon = Lexicon::default();
    for record_type in profile.model().records.keys() {
        let Some(form) = forms::form(profile, record_type) else {
            continue;
        };
        for section in form.sections {
            let group = section.pointer.rsplit('/').next().unwrap_or_default();
            if !section.title.en.is_empty() {
                lexicon.labels.insert(
                    (record_type.clone(), group.to_owned()),
                    section.title.clone(),
                );
            }
            for field in &section.fields {
                learn(&mut lexicon, record_type, field);
            }
        }
    }
    lexicon
}

fn learn(lexicon: &mut Lexicon, record_type: &str, field: &Field) {
    let key = (record_type.to_owned(), field.name.clone());
    lexicon
        .labels
        .entry(key.clone())
        .or_insert_with(|| field.label.clone());
    if !field.choices.is_empty() {
        let values = lexicon.values.entry(key).or_default();
        for choice in &field.choices {
            if let Some(value) = choice.value.as_str() {
                values
                    .entry(value.to_owned())
                    .or_insert_with(|| choice.label.clone());
            }
        }
    }
    for column in &field.columns {
        learn(lexicon, record_type, column);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inside_a_sentence_names_and_abbreviations_keep_their_letters() {
        assert_eq!(inside("Refer to inspection"), "refer to inspection");
        assert_eq!(inside("Exam at CES"), "exam at CES");
        assert_eq!(
            inside("World Trade Bridge (Bridge IV)"),
            "World Trade Bridge (Bridge IV)"
        );
        assert_eq!(inside("RFC of the importer"), "RFC of the importer");
        assert_eq!(inside("Órdenes"), "órdenes");
        assert_eq!(inside(""), "");
    }

    #[test]
    fn a_time_is_no_number_to_compare() {
        assert!(is_identifier("7741007"));
        assert!(is_identifier("UCP-LRD-26-00417"));
        assert!(!is_identifier("2026-11-24T14:16:00Z"));
        assert!(!is_identifier("2026-11-24"));
    }
}
