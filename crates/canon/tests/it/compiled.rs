//! Documents written from compiled contexts and by the general processor: the same bytes and labels, or the same refusal.

use std::collections::BTreeMap;

use garita_canon::jsonld::{Limits, Options};
use garita_canon::rdfc::canonicalize_with;
use garita_canon::{CanonError, Canonical, Canonicalizer, ContextSet, HashAlgorithm, WorkLimit};
use serde_json::{Map, Value, json};

/// By the general processor alone.
fn general(
    canonicalizer: &Canonicalizer,
    document: &Value,
    hash: HashAlgorithm,
    work: &WorkLimit,
) -> Result<Canonical, CanonError> {
    let dataset = canonicalizer.dataset(document)?;
    Ok(canonicalize_with(&dataset, hash, work)?)
}

/// Checks that both say the same; gives what they say.
fn compare(
    canonicalizer: &Canonicalizer,
    document: &Value,
    hash: HashAlgorithm,
) -> Result<Canonical, CanonError> {
    compare_within(canonicalizer, document, hash, &WorkLimit::default())
}

fn compare_within(
    canonicalizer: &Canonicalizer,
    document: &Value,
    hash: HashAlgorithm,
    work: &WorkLimit,
) -> Result<Canonical, CanonError> {
    let expected = general(canonicalizer, document, hash, work);
    // An inline context is compiled the second time.
    for _ in 0..2 {
        assert_eq!(
            canonicalizer.canonical(document, hash),
            expected,
            "{document:#}"
        );
    }
    if hash == HashAlgorithm::Sha256 {
        let nquads = expected.clone().map(|canonical| canonical.nquads);
        assert_eq!(canonicalizer.nquads(document), nquads, "{document:#}");
        for (name, value) in [("proof", json!({"a": 1})), ("urn:p", Value::Null)] {
            let mut more = document.clone();
            if let Some(members) = more.as_object_mut().filter(|m| !m.contains_key(name)) {
                members.shift_insert(1.min(members.len()), name.to_owned(), value);
                let without = canonicalizer.nquads_without(&more, name, HashAlgorithm::Sha256);
                assert_eq!(without, nquads, "{more:#}");
            }
        }
    }
    expected
}

fn contexts() -> ContextSet {
    let open = json!({"@context": {"@vocab": "https://example.org/open#", "@language": "fr", "@direction": "ltr"}});
    let base = json!({"@context": {"@base": "https://example.org/base/", "rel": {"@id": "urn:rel", "@type": "@id"}}});
    let terms = serde_json::from_str(include_str!("compiled/terms.json")).unwrap();
    ContextSet::bundled()
        .with("https://example.org/t", terms)
        .and_then(|set| set.with("https://example.org/open", open))
        .and_then(|set| set.with("https://example.org/base", base))
        .unwrap()
}

#[test]
fn says_the_same_of_tricky_members() {
    let canonicalizer = Canonicalizer::new(contexts());
    let table = include_str!("compiled/members.txt");
    let (mut fast, mut slow, mut refused) = (0, 0, 0);
    for members in table
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        for context in [
            r#""https://example.org/t""#,
            r#"["https://example.org/t", "https://example.org/open"]"#,
            r#"["https://example.org/t", "https://www.w3.org/ns/credentials/v2"]"#,
            r#"["https://example.org/t", {"name": {"@id": "x:name", "@type": "xsd:date"}, "y": "urn:y:", "own": {"@id": "y:own", "@context": {"name": "y:ownName"}}}]"#,
            r#"["https://example.org/t", {"@base": "https://example.org/base/"}]"#,
        ] {
            let text = format!("{{\"@context\":{context},{members}}}");
            let document: Value =
                serde_json::from_str(&text).unwrap_or_else(|e| panic!("{text}: {e}"));
            let said = compare(&canonicalizer, &document, HashAlgorithm::Sha256);
            match said {
                Err(_) => refused += 1,
                Ok(_) if canonicalizer.is_ordinary(&document) => fast += 1,
                Ok(_) => slow += 1,
            }
        }
    }
    println!("compiled: {fast} ordinary, {slow} not, {refused} refused");
    assert!(
        fast > 150 && slow > 20 && refused > 150,
        "{fast} {slow} {refused}"
    );
}

/// A generator of one's own: the same documents in each run (xorshift64*).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() >> 33) as usize % n
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn of<T: Clone>(&mut self, items: &[T]) -> T {
        let at = self.below(items.len());
        items.get(at).cloned().unwrap()
    }
}

/// A world of names to make documents from.
struct World {
    context: Value,
    keys: Vec<String>,
    classes: Vec<String>,
}

/// The terms that a context and its terms' own contexts define: keys, and those that look like classes.
fn names(context: &Value, keys: &mut Vec<String>, classes: &mut Vec<String>) {
    match context {
        Value::Array(items) => items.iter().for_each(|item| names(item, keys, classes)),
        Value::Object(map) => {
            for (term, definition) in map.iter().filter(|(term, _)| !term.starts_with('@')) {
                if term.starts_with(|c: char| c.is_ascii_uppercase()) {
                    classes.push(term.clone());
                } else {
                    keys.push(term.clone());
                }
                if let Some(scoped) = definition.get("@context") {
                    names(scoped, keys, classes);
                }
            }
        }
        _ => {}
    }
}

fn worlds(set: &ContextSet) -> Vec<World> {
    let inline = [
        json!({"x": "https://example.org/x#", "when": {"@id": "x:when", "@type": "x:date"}, "own": {"@id": "x:own", "@context": {"name": "x:ownName"}}}),
        json!({"@vocab": "https://example.org/v#", "Typed": {"@id": "urn:Typed", "@context": {"a": "urn:a", "b": {"@id": "urn:b", "@type": "@vocab"}}}}),
        json!({"@language": "pt", "@direction": "rtl", "a": "urn:a", "label": {"@id": "urn:label", "@container": "@language", "@direction": null}}),
        json!({"@propagate": false, "a": "urn:a:a", "id": "@id", "type": "@type"}),
    ];
    let url = |url: &str| json!(url);
    let v2 = "https://www.w3.org/ns/credentials/v2";
    let combinations = [
        vec![url(v2)],
        vec![
            url(v2),
            url("https://www.w3.org/ns/credentials/examples/v2"),
        ],
        vec![url("https://example.org/t"), url(v2)],
        vec![url("https://example.org/t")],
        vec![
            url("https://example.org/t"),
            url("https://example.org/open"),
        ],
        vec![
            url("https://example.org/base"),
            url("https://example.org/t"),
        ],
        vec![url(v2), inline[0].clone()],
        vec![url("https://example.org/t"), inline[1].clone()],
        vec![url("https://example.org/t"), inline[2].clone()],
        vec![inline[3].clone(), url("https://example.org/t")],
        vec![inline[1].clone(), inline[2].clone()],
        vec![
            url("https://www.w3.org/2018/credentials/v1"),
            url("https://w3id.org/citizenship/v1"),
        ],
        vec![url("https://w3id.org/security/data-integrity/v2")],
        vec![url(v2), url("https://w3id.org/vdl/v1")],
        vec![
            url("https://www.w3.org/ns/did/v1"),
            url("https://w3id.org/security/multikey/v1"),
        ],
        vec![
            url("https://www.w3.org/2018/credentials/v1"),
            url("https://w3id.org/traceability/v1"),
        ],
    ];
    combinations
        .into_iter()
        .map(|items| {
            let (mut keys, mut classes) = (Vec::new(), Vec::new());
            for item in &items {
                let context = match item.as_str() {
                    Some(url) => set.get(url).unwrap().document()["@context"].clone(),
                    None => item.clone(),
                };
                names(&context, &mut keys, &mut classes);
            }
            if keys.is_empty() {
                keys.push("urn:a".to_owned());
            }
            if classes.is_empty() {
                classes.push("urn:Class".to_owned());
            }
            World {
                context: Value::Array(items),
                keys,
                classes,
            }
        })
        .collect()
}

const TEXTS: &[&str] = &[
    "urn:a",
    "urn:a",
    "https://example.org/1",
    "did:web:a.example",
    "a",
    "b",
    "a",
    "_:b0",
    "_:c14n0",
    "\"_:a\" .",
    "é\u{301}",
    "x:name",
    "x:y",
    "line\nbreak\ttab\\",
    "\u{1}\u{8}\u{c}\u{7f}\u{85}\u{2028}",
    "2026-11-24T15:10:00Z",
    "42",
    "",
    " ",
    "@id",
    "@none",
    "@foo",
    "Thing",
    "name",
    "https://example.org/a b",
    "https://example.org/#a#b",
    "//a",
    "x://y",
    ":",
    "a:",
    ":a",
    "urn:\u{7f}",
    "1a:b",
    "en",
    "not a tag",
];

struct Maker<'w> {
    chance: Chance,
    world: &'w World,
    /// Something that is refused, or that only the general processor knows, comes once in so many choices.
    odd: usize,
    left: usize,
}

impl Maker<'_> {
    fn text(&mut self) -> Value {
        if self.chance.one_in(self.odd) {
            return json!(self.chance.of(TEXTS));
        }
        json!(self.chance.of(TEXTS.split_at(6).0))
    }

    fn scalar(&mut self) -> Value {
        match self.chance.below(12) {
            0 => json!(self.chance.below(3)),
            1 => self.chance.of(&[
                json!(1.0),
                json!(-0.0),
                json!(1.5),
                json!(1e21),
                json!(-7),
                json!(1e-7),
                json!(123456.789),
                json!(9007199254740991_i64),
            ]),
            2 => json!(self.chance.one_in(2)),
            3 if self.chance.one_in(self.odd) => self.chance.of(&[
                Value::Null,
                json!(0.30000000000000004),
                json!(u64::MAX),
                json!(i64::MIN),
                json!(1.7e308),
                json!(123456789012345678.0),
            ]),
            4 => json!(self.chance.of(&self.world.classes)),
            _ => self.text(),
        }
    }

    fn value(&mut self, depth: usize) -> Value {
        match self.chance.below(10) {
            0 if depth < 4 => {
                let count = self.chance.below(4) + usize::from(!self.chance.one_in(self.odd));
                Value::Array((0..count).map(|_| self.value(depth + 1)).collect())
            }
            1 | 2 if depth < 4 && self.left > 0 => self.object(depth + 1),
            3 if self.chance.one_in(3) => self.value_object(),
            4 if self.chance.one_in(3) => self.language_map(),
            // The same thing twice, so that nodes are alike.
            5 if depth < 4 && self.left > 0 => {
                let one = self.object(depth + 1);
                let mut other = one.clone();
                if self.chance.one_in(2)
                    && let Value::Object(map) = &mut other
                {
                    map.reverse_order();
                }
                json!([one, other, one])
            }
            _ => self.scalar(),
        }
    }

    fn value_object(&mut self) -> Value {
        let mut map = Map::new();
        map.insert("@value".to_owned(), self.scalar());
        match self.chance.below(5) {
            0 => drop(map.insert(
                "@language".to_owned(),
                json!(self.chance.of(&["en", "es-MX"])),
            )),
            1 => drop(map.insert(
                "@type".to_owned(),
                json!(self.chance.of(&[
                    "http://www.w3.org/2001/XMLSchema#string",
                    "urn:t",
                    "x:t",
                    "Thing",
                    "@json"
                ])),
            )),
            2 => {
                map.insert("@language".to_owned(), json!("ar"));
                map.insert("@direction".to_owned(), json!("rtl"));
            }
            3 if self.chance.one_in(self.odd) => {
                drop(map.insert(self.chance.of(&self.world.keys), self.scalar()))
            }
            _ => {}
        }
        Value::Object(map)
    }

    fn language_map(&mut self) -> Value {
        let mut map = Map::new();
        for _ in 0..=self.chance.below(2) {
            let tag = self.chance.of(&["en", "es-MX", "@none", "none"]);
            let texts = if self.chance.one_in(3) {
                json!(["a", "b", "a"])
            } else {
                self.text()
            };
            map.insert(tag.to_owned(), texts);
        }
        Value::Object(map)
    }

    fn object(&mut self, depth: usize) -> Value {
        self.left = self.left.saturating_sub(1);
        let mut map = Map::new();
        for _ in 0..self.chance.below(6) {
            let key = match self.chance.below(10) {
                0 => self.chance.of(&["id", "@id", "uri"]).to_owned(),
                1 | 2 => self.chance.of(&["type", "@type"]).to_owned(),
                3 => self
                    .chance
                    .of(&["urn:p", "https://example.org/p", "x:p"])
                    .to_owned(),
                4 if self.chance.one_in(self.odd) => self
                    .chance
                    .of(&[
                        "undefined",
                        "@context",
                        "@graph",
                        "@set",
                        "@list",
                        "@reverse",
                        "@included",
                        "@index",
                        "",
                        "x y:z",
                        "@foo",
                        "_:p",
                        "@nest",
                    ])
                    .to_owned(),
                _ => self.chance.of(&self.world.keys),
            };
            let value = match key.as_str() {
                "id" | "@id" | "uri" if !self.chance.one_in(self.odd) => {
                    json!(self.chance.of(&[
                        "urn:a",
                        "urn:b",
                        "https://example.org/1",
                        "did:web:a.example"
                    ]))
                }
                "type" | "@type" if !self.chance.one_in(self.odd) => {
                    let count = self.chance.below(3);
                    let classes = &self.world.classes;
                    match count {
                        0 => json!(self.chance.of(classes)),
                        count => (0..=count).map(|_| self.chance.of(classes)).collect(),
                    }
                }
                "@context" => self
                    .chance
                    .of(&[json!({}), json!({"name": "urn:n"}), Value::Null]),
                _ => self.value(depth),
            };
            map.insert(key, value);
        }
        Value::Object(map)
    }
}

trait Reverse {
    fn reverse_order(&mut self);
}

impl Reverse for Map<String, Value> {
    fn reverse_order(&mut self) {
        let members: Vec<_> = std::mem::take(self).into_iter().collect();
        self.extend(members.into_iter().rev());
    }
}

/// How many documents are made: more than usual where it is asked for when the test is built.
fn rounds(usual: u64) -> u64 {
    option_env!("GARITA_CANON_ROUNDS")
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(usual)
}

#[test]
fn says_the_same_of_documents_made_by_chance() {
    let set = contexts();
    let canonicalizer = Canonicalizer::new(set.clone());
    let rounds = rounds(1_500);
    let (mut fast, mut slow, mut codes) = (0, 0, BTreeMap::new());
    for (number, world) in worlds(&set).iter().enumerate() {
        let mut fast_here = 0;
        for round in 0..rounds {
            let mut chance = Chance(0x9e37_79b9_97f4_a7c1 ^ ((number as u64) << 40 | round));
            chance.next();
            let mut maker = Maker {
                odd: chance.of(&[4, 30, 1_000_000]),
                left: 12,
                chance,
                world,
            };
            let Value::Object(members) = maker.object(0) else {
                continue;
            };
            let mut document = Map::from_iter([("@context".to_owned(), world.context.clone())]);
            document.extend(members.into_iter().filter(|(key, _)| key != "@context"));
            let document = Value::Object(document);
            let hash = if round % 4 == 0 {
                HashAlgorithm::Sha384
            } else {
                HashAlgorithm::Sha256
            };
            match compare(&canonicalizer, &document, hash) {
                Err(error) => *codes.entry(error.code()).or_insert(0) += 1,
                Ok(_) if canonicalizer.is_ordinary(&document) => fast_here += 1,
                Ok(_) => slow += 1,
            }
        }
        assert!(
            fast_here * 20 > rounds,
            "{}: only {fast_here} ordinary",
            world.context
        );
        fast += fast_here;
    }
    println!("compiled: {fast} ordinary, {slow} not, refused {codes:?}");
    assert!(codes.len() > 10, "{codes:?}");
}

/// Contexts made by chance too: keywords under other names, terms that scoped contexts take away, make something else or protect.
#[test]
fn says_the_same_under_contexts_made_by_chance() {
    let (mut fast, mut slow, mut codes) = (0, 0, BTreeMap::new());
    for round in 0..rounds(1_200) {
        let mut chance = Chance(0xd129_0dad_0b5a_5b75 ^ (round + 1) << 20);
        chance.next();
        let url = "https://example.org/by-chance";
        let mut context = made_context(&mut chance, 0);
        for (term, keyword) in [("id", "@id"), ("type", "@type")] {
            if let Some(map) = context.as_object_mut().filter(|_| !chance.one_in(4)) {
                map.insert(term.to_owned(), json!(keyword));
            }
        }
        let inline = made_context(&mut chance, 1);
        let set = ContextSet::empty().with(url, json!({"@context": context}));
        let canonicalizer = Canonicalizer::new(set.unwrap());
        let mut world = World {
            context: if chance.one_in(3) {
                json!([url, inline])
            } else {
                json!(url)
            },
            keys: Vec::new(),
            classes: Vec::new(),
        };
        world
            .keys
            .extend(NAMES.iter().map(|name| (*name).to_owned()));
        world
            .classes
            .extend(["A", "B", "C", "urn:A"].map(str::to_owned));
        for _ in 0..12 {
            let mut maker = Maker {
                odd: chance.of(&[8, 1_000_000]),
                left: 8,
                chance: Chance(chance.next() | 1),
                world: &world,
            };
            let Value::Object(members) = maker.object(0) else {
                continue;
            };
            let mut document = Map::from_iter([("@context".to_owned(), world.context.clone())]);
            document.extend(members.into_iter().filter(|(key, _)| key != "@context"));
            let document = Value::Object(document);
            match compare(&canonicalizer, &document, HashAlgorithm::Sha256) {
                Err(error) => *codes.entry(error.code()).or_insert(0) += 1,
                Ok(_) if canonicalizer.is_ordinary(&document) => fast += 1,
                Ok(_) => slow += 1,
            }
        }
    }
    println!("compiled: by chance {fast} ordinary, {slow} not, refused {codes:?}");
    assert!(fast > 500 && slow > 50, "{fast} {slow}");
}

const NAMES: &[&str] = &["a", "b", "c", "d", "e", "x", "A", "B", "id", "type", "key"];

fn made_context(chance: &mut Chance, depth: usize) -> Value {
    let mut map = Map::new();
    for (keyword, values) in [
        ("@vocab", [json!("https://example.org/v#"), Value::Null]),
        ("@language", [json!("en"), Value::Null]),
        ("@direction", [json!("rtl"), Value::Null]),
        ("@propagate", [json!(true), json!(false)]),
        ("@protected", [json!(true), json!(false)]),
        ("@base", [json!("https://example.org/base/"), Value::Null]),
    ] {
        if chance.one_in(7) {
            map.insert(keyword.to_owned(), chance.of(&values));
        }
    }
    if depth == 0 {
        map.insert("x".to_owned(), json!("https://example.org/x#"));
    }
    for _ in 0..=chance.below(8) {
        let name = chance.of(NAMES);
        map.insert(name.to_owned(), made_definition(chance, name, depth));
    }
    let context = Value::Object(map);
    match chance.below(12) {
        0 if depth > 0 => json!([null, context]),
        1 if depth > 0 => json!([context, made_context(chance, depth + 1)]),
        2 if depth > 1 => Value::Null,
        _ => context,
    }
}

fn made_definition(chance: &mut Chance, name: &str, depth: usize) -> Value {
    if chance.one_in(6) {
        return chance.of(&[
            json!("@type"),
            json!("@id"),
            json!("@value"),
            json!("@language"),
            json!("@none"),
            json!("@nest"),
            Value::Null,
            json!("urn:one"),
        ]);
    }
    let mut map = Map::from_iter([(
        "@id".to_owned(),
        json!(format!("https://example.org/x#{name}")),
    )]);
    if chance.one_in(3) {
        let coercion = chance.of(&[
            "@id",
            "@vocab",
            "@none",
            "urn:date",
            "http://www.w3.org/2001/XMLSchema#double",
            "@json",
        ]);
        map.insert("@type".to_owned(), json!(coercion));
    } else if chance.one_in(4) {
        map.insert(
            "@language".to_owned(),
            chance.of(&[json!("fr"), Value::Null]),
        );
    }
    if chance.one_in(8) {
        map.insert(
            "@direction".to_owned(),
            chance.of(&[json!("ltr"), Value::Null]),
        );
    }
    if chance.one_in(6) {
        map.insert(
            "@container".to_owned(),
            chance.of(&[json!("@set"), json!("@language"), json!("@list")]),
        );
    }
    if chance.one_in(10) {
        map.insert("@protected".to_owned(), json!(true));
    }
    if chance.one_in(12) {
        map.insert("@prefix".to_owned(), json!(true));
    }
    if depth < 2 && chance.one_in(3) {
        map.insert("@context".to_owned(), made_context(chance, depth + 1));
    }
    Value::Object(map)
}

/// Trees of nodes that say little, so that many are alike, within limits that many pass.
#[test]
fn says_the_same_of_alike_nodes_and_within_limits() {
    let work = WorkLimit {
        steps_max: 14,
        depth_max: 4,
    };
    let limits = Limits {
        depth_max: 10,
        quads_max: 20,
        ..Limits::default()
    };
    let options = Options {
        limits,
        ..Options::default()
    };
    let narrow = Canonicalizer::with(contexts(), options, work.clone());
    let wide = Canonicalizer::new(contexts());
    let mut chance = Chance(88_172_645_463_325_252);
    let (mut fast, mut codes) = (0, BTreeMap::new());
    for round in 0..rounds(3_000) {
        let mut left = 4 + chance.below(24);
        let mut document = tree(&mut chance, &mut left, 0);
        let members = document.as_object_mut().unwrap();
        members.shift_insert(0, "@context".to_owned(), json!("https://example.org/t"));
        let hash = if round % 3 == 0 {
            HashAlgorithm::Sha384
        } else {
            HashAlgorithm::Sha256
        };
        if compare(&wide, &document, hash).is_ok() {
            fast += usize::from(wide.is_ordinary(&document));
        }
        if let Err(error) = compare_within(&narrow, &document, hash, &work) {
            *codes.entry(error.code()).or_insert(0) += 1;
        }
    }
    println!("compiled: {fast} trees ordinary, within narrow limits refused {codes:?}");
    assert!(fast > 2_000);
    for code in ["json-too-deep", "too-many-quads", "rdfc-work-limit"] {
        assert!(codes.contains_key(code), "{code}: {codes:?}");
    }
}

fn tree(chance: &mut Chance, left: &mut usize, depth: usize) -> Value {
    let mut map = Map::new();
    for _ in 0..=chance.below(2) {
        let key = chance.of(&["name", "alsoName", "open"]).to_owned();
        let count = 1 + chance.below(3);
        let values: Vec<Value> = (0..count)
            .map(|_| {
                if *left == 0 || depth > 4 || chance.one_in(4) {
                    return chance.of(&[json!("a"), json!({}), json!("b")]);
                }
                *left -= 1;
                tree(chance, left, depth + 1)
            })
            .collect();
        map.insert(key, Value::Array(values));
    }
    if depth > 0 && chance.one_in(12) {
        map.insert("id".to_owned(), json!(chance.of(&["urn:a", "urn:b"])));
    }
    Value::Object(map)
}

/// Scoped contexts that hang on an inline context are processed for each value, and so counted, by the general processor.
#[test]
fn counts_the_contexts_that_an_inline_one_leads_to() {
    let canonicalizer = Canonicalizer::new(contexts());
    let context = json!(["https://example.org/t", {"own": {"@id": "urn:own", "@context": {"name": "urn:name"}}}]);
    for (count, verdict) in [(4_000, None), (4_200, Some("too-many-contexts"))] {
        let items: Vec<Value> = (0..count).map(|n| json!(n)).collect();
        let document = json!({"@context": context, "id": "urn:a", "own": items});
        let said = compare(&canonicalizer, &document, HashAlgorithm::Sha256);
        assert_eq!(said.err().map(|error| error.code()), verdict);
    }
    let near = |count: usize| {
        let items: Vec<Value> = (0..count).map(|n| json!({"name": n})).collect();
        json!({"@context": context, "id": "urn:a", "own": items})
    };
    for count in 4_080..4_100 {
        // What it says is decided to the context.
        let _ = compare(&canonicalizer, &near(count), HashAlgorithm::Sha256);
    }
}

/// The records that the programs of this repository give as examples, under their own contexts.
#[test]
fn says_the_same_of_the_programs_examples_and_takes_the_short_way() {
    let root = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../profiles"));
    let (mut fast, mut slow, mut refused) = (0, 0, 0);
    for folder in std::fs::read_dir(root).unwrap() {
        let folder = folder.unwrap().path();
        let Ok(context) = std::fs::read_to_string(folder.join("context.jsonld")) else {
            continue;
        };
        let url = "https://example.org/program";
        let envelope = json!({"@context": {"occurred": "urn:occurred", "standing": "urn:standing", "about": {"@id": "urn:about",
            "@container": "@set", "@context": {"kind": "urn:kind", "key": "urn:key"}}}});
        let set = ContextSet::bundled()
            .with(url, serde_json::from_str(&context).unwrap())
            .and_then(|set| set.with("https://example.org/envelope", envelope));
        let canonicalizer = Canonicalizer::new(set.unwrap());
        let mut files = Vec::new();
        collect(&folder, &mut files);
        for file in files {
            let example: Value = serde_json::from_str(&crate::read(&file)).unwrap();
            let Some(record) = example.get("record").and_then(Value::as_object) else {
                continue;
            };
            let mut document = Map::from_iter([(
                "@context".to_owned(),
                json!([
                    "https://www.w3.org/ns/credentials/v2",
                    "https://example.org/envelope",
                    url
                ]),
            )]);
            document.extend(record.clone());
            let document = Value::Object(document);
            match compare(&canonicalizer, &document, HashAlgorithm::Sha256) {
                Err(_) => refused += 1,
                Ok(_) if canonicalizer.is_ordinary(&document) => fast += 1,
                Ok(_) => slow += 1,
            }
        }
    }
    println!("programs: {fast} ordinary, {slow} not, {refused} refused");
    assert!(fast > 100 && slow == 0, "{fast} {slow} {refused}");
}

/// Every JSON file of the standards' vectors, read as a document, and what is inside it.
#[test]
fn says_the_same_of_the_standards_vectors() {
    let mut files = Vec::new();
    for folder in [
        "vc-data-integrity",
        "vc-data-model",
        "vc-di-bbs",
        "vc-di-ecdsa",
        "vc-di-eddsa",
        "cid",
        "epcis",
        "json-ld-api",
    ] {
        if let Some(folder) = crate::vectors(folder) {
            collect(&folder, &mut files);
        }
    }
    let canonicalizer = Canonicalizer::new(contexts());
    let (mut fast, mut slow, mut refused) = (0, 0, 0);
    for file in files {
        let Ok(text) = std::fs::read_to_string(&file) else {
            continue;
        };
        let Ok(document) = serde_json::from_str::<Value>(&text) else {
            continue;
        };
        let mut documents = vec![document.clone()];
        // As a proof's own options are hashed, and without proof, as documents are.
        if let Value::Object(map) = &document {
            let mut unsecured = map.clone();
            if let Some(Value::Object(mut proof)) = unsecured.shift_remove("proof") {
                proof.shift_remove("proofValue");
                proof.insert(
                    "@context".to_owned(),
                    map.get("@context").cloned().unwrap_or_default(),
                );
                documents.push(Value::Object(proof));
                documents.push(Value::Object(unsecured));
            }
        }
        for document in documents {
            match compare(&canonicalizer, &document, HashAlgorithm::Sha256) {
                Err(_) => refused += 1,
                Ok(_) if canonicalizer.is_ordinary(&document) => fast += 1,
                Ok(_) => slow += 1,
            }
        }
    }
    println!("vectors: {fast} ordinary, {slow} not, {refused} refused");
}

fn collect(folder: &std::path::Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path
            .extension()
            .is_some_and(|e| e == "json" || e == "jsonld")
        {
            files.push(path);
        }
    }
}
