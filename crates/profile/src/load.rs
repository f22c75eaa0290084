//! From a folder's bytes to a profile that can run.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::finding::{Finding, FindingSeverity};
use crate::load_model::Reader;
use crate::model::{CharterWords, Code, Model};
use crate::schema::Schemas;
use crate::{builtin, digest, uses, yaml};

/// Largest folder in bytes: the border's profiles are a few hundred kilobytes, most of it code lists.
pub const FOLDER_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Most lines of a code list.
pub const CODES_MAX: usize = 100_000;

/// A profile's files: path inside the folder (with `/`) -> bytes.
#[derive(Debug, Clone, Default)]
pub struct Folder(pub BTreeMap<String, Vec<u8>>);

impl Folder {
    /// A folder of texts, for tests and profiles kept in a binary.
    pub fn of<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Folder {
        Folder(
            files
                .into_iter()
                .map(|(p, t)| (p.to_owned(), t.as_bytes().to_vec()))
                .collect(),
        )
    }
    /// A file's text.
    pub fn text(&self, path: &str) -> Option<&str> {
        std::str::from_utf8(self.0.get(path)?).ok()
    }
}

/// A profile that can run: the model, its compiled schemas, its digests. Immutable; keep it in an `Arc`.
///
/// Profiles that stand on each other by `uses` are one `Profile` with several [`Program`]s, each with its own digests.
#[derive(Debug, Clone)]
pub struct Profile {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    model: Model,
    schemas: Schemas,
    programs: Vec<Program>,
}

/// One folder of a profile: what the offices sign of it, what people see of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Program {
    /// The profile's id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// `ni:///sha-256;…` of what the offices sign: every record of its types names it.
    pub core_digest: String,
    /// `ni:///sha-256;…` of what people see.
    pub face_digest: String,
    /// Its JSON-LD context document.
    pub context: Value,
}

impl Program {
    /// Id, version and digests of one folder alone, whatever it stands on; none where its `profile.yaml` cannot be read.
    pub fn of(folder: &Folder) -> Option<Program> {
        read_onto(&mut Model::default(), folder).0
    }
}

impl Profile {
    /// Reads a folder that stands on no other.
    ///
    /// # Errors
    /// All findings that keep the profile from running, at once. [`crate::check::check`] finds more.
    pub fn load(folder: &Folder) -> Result<Profile, Vec<Finding>> {
        Profile::load_with(folder, &[])
    }

    /// Reads a folder and those of `pool` that it stands on.
    ///
    /// # Errors
    /// As [`Profile::load`]; `uses-missing`, `uses-version`, `uses-cycle` where what it stands on is not among `pool`.
    pub fn load_with(folder: &Folder, pool: &[&Folder]) -> Result<Profile, Vec<Finding>> {
        let (order, mut findings) = uses::in_order(folder, pool);
        let (profile, found) = Profile::read(&order);
        findings.extend(found);
        sound(profile, findings)
    }

    /// Reads folders, those that stand on each other as one profile.
    ///
    /// # Errors
    /// All findings of all of them, at once.
    pub fn together(folders: &[&Folder]) -> Result<Vec<Profile>, Vec<Finding>> {
        let (groups, mut findings) = uses::groups(folders);
        let mut profiles = Vec::new();
        for group in groups {
            let (profile, mut found) = Profile::read(&group);
            findings.append(&mut found);
            profiles.extend(profile);
        }
        findings.append(&mut taken_names(&profiles));
        let broken = findings
            .iter()
            .any(|f| f.severity == FindingSeverity::Error);
        if broken { Err(findings) } else { Ok(profiles) }
    }

    /// As much of the profiles as can be read, used ones first, with every finding on the way.
    pub(crate) fn read(folders: &[&Folder]) -> (Option<Profile>, Vec<Finding>) {
        let mut model = Model::default();
        let (mut programs, mut findings) = (Vec::new(), Vec::new());
        for (i, folder) in folders.iter().enumerate() {
            let (program, mut found) = read_onto(&mut model, folder);
            if i + 1 < folders.len() {
                for f in &mut found {
                    f.file = beside(&model.id, &f.file);
                }
            }
            findings.append(&mut found);
            match program {
                Some(program) => programs.push(program),
                None => return (None, findings),
            }
        }
        builtin::add(&mut model);
        let schemas = Schemas::compile(&model, &mut findings);
        let inner = Inner {
            programs,
            schemas,
            model,
        };
        let profile = Profile {
            inner: Arc::new(inner),
        };
        (Some(profile), findings)
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.inner.model
    }
    /// The compiled schemas.
    pub fn schemas(&self) -> &Schemas {
        &self.inner.schemas
    }
    /// The profile's id.
    pub fn id(&self) -> &str {
        &self.inner.model.id
    }
    /// The profiles that it is made of, used ones first; one where it stands on no other.
    pub fn programs(&self) -> &[Program] {
        &self.inner.programs
    }
    /// The one that stands on the others: the last read.
    fn own(&self) -> Option<&Program> {
        self.inner.programs.last()
    }
    /// The profile that defines a kind.
    pub fn program_of_kind(&self, kind: &str) -> Option<&Program> {
        self.program(self.inner.model.kind_of.get(kind)?)
    }
    /// The profile under which a record is made: that which defines its type; for the built-in types that of the case's kind.
    pub fn program_for<'k>(
        &self,
        record_type: &str,
        kinds: impl IntoIterator<Item = &'k str>,
    ) -> Option<&Program> {
        match self.inner.model.type_of.get(record_type) {
            Some(id) => self.program(id),
            None => kinds
                .into_iter()
                .find_map(|k| self.program_of_kind(k))
                .or_else(|| self.own()),
        }
    }
    /// The charter of one of [`Profile::programs`].
    pub fn charter(&self, id: &str) -> Option<&CharterWords> {
        let member = self.inner.model.members.iter().find(|m| m.id == id);
        member.map(|m| &m.charter)
    }
    /// One of [`Profile::programs`] by id.
    pub fn program(&self, id: &str) -> Option<&Program> {
        self.inner.programs.iter().find(|p| p.id == id)
    }
    /// Core digest of the profile that stands on the others; see [`Profile::program_for`] for that of a record.
    pub fn core_digest(&self) -> &str {
        self.own().map_or("", |p| &p.core_digest)
    }
    /// `ni:///sha-256;…` of what people see, of all its profiles.
    pub fn face_digest(&self) -> &str {
        self.own().map_or("", |p| &p.face_digest)
    }
    /// A text in `lang` (`en`, `es`), else in English, else the key itself.
    pub fn text<'a>(&'a self, lang: &str, key: &'a str) -> &'a str {
        let texts = &self.inner.model.texts;
        texts
            .get(lang)
            .and_then(|t| t.get(key))
            .or_else(|| texts.get("en").and_then(|t| t.get(key)))
            .map_or(key, String::as_str)
    }
    /// A text with its `{values}` filled in; none where no language has it.
    pub fn message(
        &self,
        lang: &str,
        key: &str,
        values: &BTreeMap<String, String>,
    ) -> Option<String> {
        let texts = &self.inner.model.texts;
        let text = texts.get(lang).and_then(|t| t.get(key))?;
        Some(crate::text::fill(text, values))
    }
}

fn sound(profile: Option<Profile>, findings: Vec<Finding>) -> Result<Profile, Vec<Finding>> {
    match profile {
        Some(profile)
            if !findings
                .iter()
                .any(|f| f.severity == FindingSeverity::Error) =>
        {
            Ok(profile)
        }
        _ => Err(findings),
    }
}

/// Names of kinds and record types that two programs have which do not stand on each other: on one node the one would judge the
/// other's records.
fn taken_names(profiles: &[Profile]) -> Vec<Finding> {
    let mut holders: BTreeMap<String, String> = BTreeMap::new();
    let mut findings = Vec::new();
    for profile in profiles {
        let model = profile.model();
        let kinds = model.kinds.keys().map(|name| ("kinds", "kind", name));
        let records = model
            .records
            .keys()
            .filter(|name| !builtin::BUILT_IN.contains(&name.as_str()))
            .map(|name| ("records", "record type", name));
        for (section, what, name) in kinds.chain(records) {
            let place = format!("{section}.{name}");
            let Some(at) = model.places.get(&place) else {
                continue;
            };
            let own = at.profile.as_str();
            let holder = holders
                .entry(place.clone())
                .or_insert_with(|| own.to_owned());
            if holder != own {
                findings.push(Finding {
                    file: beside(own, &at.file),
                    line: at.line,
                    code: "name-in-two-profiles".to_owned(),
                    severity: FindingSeverity::Error,
                    message: format!("`{holder}` has a {what} `{name}` too"),
                    help: "on one node a name has one meaning: give this one another, or stand on that program with `uses`".to_owned(),
                });
            }
        }
    }
    findings
}

/// A file of another profile, as seen from the folder that is read.
pub(crate) fn beside(profile: &str, file: &str) -> String {
    format!("../{profile}/{file}")
}

/// Reads one folder onto what the profiles it uses say.
fn read_onto(model: &mut Model, folder: &Folder) -> (Option<Program>, Vec<Finding>) {
    let mut out = Files {
        folder,
        profile: String::new(),
        findings: Vec::new(),
    };
    let total: usize = folder.0.values().map(Vec::len).sum();
    if total > FOLDER_BYTES_MAX {
        out.fault(
            "",
            0,
            "folder-too-large",
            format!("the folder has {total} bytes, more than the {FOLDER_BYTES_MAX} allowed"),
            "move examples and pictures elsewhere",
        );
        return (None, out.findings);
    }
    let Some(top) = out.yaml("profile.yaml") else {
        if !folder.0.contains_key("profile.yaml") {
            out.fault(
                "profile.yaml",
                0,
                "file-missing",
                "the folder has no profile.yaml",
                "start with `profile: NAME` and `version: 0.1.0`",
            );
        }
        return (None, out.findings);
    };
    let mut reader = Reader::new("profile.yaml");
    *model = reader.profile(&top, std::mem::take(model));
    out.profile.clone_from(&model.id);
    out.findings.append(&mut reader.findings);
    let rules = folder
        .0
        .contains_key("rules.yaml")
        .then(|| out.yaml("rules.yaml"))
        .flatten();
    let mut rule_places = BTreeMap::new();
    if let Some(rules) = &rules {
        let mut reader = Reader::new("rules.yaml");
        reader.profile.clone_from(&model.id);
        let read = reader.rules(rules, model);
        model.rules.extend(read);
        out.findings.append(&mut reader.findings);
        rule_places = reader.places;
    }
    model.places.append(&mut reader.places);
    model.places.append(&mut rule_places);
    let mut own = Model::default();
    out.others(&mut own);
    builtin::schemas(&mut own);
    let (core, face) = digest::split_profile(&top.json());
    let schemas_core: BTreeMap<&String, Value> = own
        .schemas
        .iter()
        .map(|(n, s)| (n, digest::schema_core(s)))
        .collect();
    let codes_core: BTreeMap<&String, Vec<[&str; 3]>> = own
        .codelists
        .iter()
        .map(|(n, l)| {
            (
                n,
                l.iter()
                    .map(|c| [c.code.as_str(), c.valid_from.as_str(), c.valid_to.as_str()])
                    .collect(),
            )
        })
        .collect();
    let core = json!({
        "profile": core, "rules": rules.as_ref().map(yaml::Node::json), "schemas": schemas_core,
        "context": own.context, "codelists": codes_core, "calendars": digest::calendars_core(&own.calendars)
    });
    let face = json!({"profile": face, "texts": own.texts, "schemas": own.schemas, "codelists": own.codelists});
    let program = Program {
        id: model.id.clone(),
        version: model.version.clone(),
        core_digest: digest::ni(&core).unwrap_or_default(),
        face_digest: digest::ni(&face).unwrap_or_default(),
        context: own.context.clone(),
    };
    out.absorb(model, own);
    (Some(program), out.findings)
}

/// What stands in the files beside `profile.yaml` and `rules.yaml` of one folder alone: schemas, code lists, calendars, texts, context.
pub(crate) fn own_files(folder: &Folder) -> Model {
    let mut files = Files {
        folder,
        profile: String::new(),
        findings: Vec::new(),
    };
    let mut own = Model::default();
    files.others(&mut own);
    own
}

struct Files<'f> {
    folder: &'f Folder,
    /// The profile's id.
    profile: String,
    findings: Vec<Finding>,
}

impl Files<'_> {
    fn fault(
        &mut self,
        file: &str,
        line: usize,
        code: &str,
        message: impl Into<String>,
        help: &str,
    ) {
        self.findings.push(Finding {
            file: file.to_owned(),
            line,
            code: code.to_owned(),
            severity: FindingSeverity::Error,
            message: message.into(),
            help: help.to_owned(),
        });
    }

    fn text(&mut self, path: &str) -> Option<String> {
        let bytes = self.folder.0.get(path)?;
        match std::str::from_utf8(bytes) {
            Ok(text) => Some(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned()),
            Err(_) => {
                self.fault(
                    path,
                    0,
                    "not-utf-8",
                    "the file is not UTF-8",
                    "save it as UTF-8 in the editor",
                );
                None
            }
        }
    }

    fn yaml(&mut self, path: &str) -> Option<yaml::Node> {
        let text = self.text(path)?;
        match yaml::parse(&text) {
            Ok(node) => Some(node),
            Err((line, why)) => {
                self.fault(
                    path,
                    line,
                    "bad-yaml",
                    why,
                    "check indentation, brackets and quotes near this line",
                );
                None
            }
        }
    }

    fn json(&mut self, path: &str) -> Option<Value> {
        let text = self.text(path)?;
        match serde_json::from_str(&text) {
            Ok(value) => Some(value),
            Err(e) => {
                self.fault(
                    path,
                    e.line(),
                    "bad-json",
                    format!("this is no JSON: {e}"),
                    "look for a missing comma or quote before this line",
                );
                None
            }
        }
    }

    fn others(&mut self, model: &mut Model) {
        let paths: Vec<String> = self.folder.0.keys().cloned().collect();
        for path in paths {
            let stem = |prefix: &str, suffix: &str| -> Option<String> {
                let stem = path.strip_prefix(prefix)?.strip_suffix(suffix)?;
                (!stem.is_empty() && !stem.contains('/')).then(|| stem.to_owned())
            };
            if path == "context.jsonld" {
                model.context = self.json(&path).unwrap_or_default();
            } else if let Some(name) = stem("schemas/", ".json") {
                if let Some(schema) = self.json(&path) {
                    model
                        .schemas
                        .insert(name, crate::schema::subject_of(schema));
                }
            } else if let Some(name) = stem("codelists/", ".csv") {
                let codes = self.codes(&path);
                for (i, code) in codes.iter().enumerate() {
                    let place = crate::model::Place {
                        profile: self.profile.clone(),
                        file: path.clone(),
                        line: i + 2,
                    };
                    model.places.insert(format!("{path}#{}", code.code), place);
                }
                model.codelists.insert(name, codes);
            } else if let Some(name) = stem("calendars/", ".csv") {
                let days = self.days(&path);
                model.calendars.insert(name, days);
            } else if let Some(lang) = stem("texts/", ".yaml")
                && let Some(node) = self.yaml(&path)
            {
                let mut flat = BTreeMap::new();
                let from = crate::model::Place {
                    profile: self.profile.clone(),
                    file: path.clone(),
                    line: 0,
                };
                flatten(&node, String::new(), &from, &mut flat, &mut model.places);
                model.texts.insert(lang, flat);
            }
        }
    }

    /// Takes the folder's own files into the model of all.
    fn absorb(&mut self, model: &mut Model, own: Model) {
        for (name, codes) in own.codelists {
            match model.codelists.get(&name) {
                Some(held) if same_codes(held, &codes) => {}
                Some(_) => self.fault(
                    &format!("codelists/{name}.csv"),
                    1,
                    "name-in-two-profiles",
                    format!("a used profile has a code list `{name}` with other codes"),
                    "use that list (take this file out), or give this one another name",
                ),
                None => {
                    model.codelists.insert(name, codes);
                }
            }
        }
        for (name, days) in own.calendars {
            match model.calendars.get(&name) {
                Some(held) if *held == days => {}
                Some(_) => self.fault(
                    &format!("calendars/{name}.csv"),
                    1,
                    "name-in-two-profiles",
                    format!("a used profile has a calendar `{name}` with other days"),
                    "use that calendar (take this file out), or give this one another name",
                ),
                None => {
                    model.calendars.insert(name, days);
                }
            }
        }
        for (name, schema) in own.schemas {
            // Whose type it is, `records` says; a used profile's schema is not changed from here.
            let mine = model.type_of.get(&name).is_none_or(|p| *p == self.profile);
            if mine {
                model.schemas.entry(name).or_insert(schema);
            } else {
                self.fault(
                    &format!("schemas/{name}.json"),
                    1,
                    "not-your-own",
                    format!("{name} is a record type of a used profile, and so is its schema"),
                    "take the file out",
                );
            }
        }
        for (lang, texts) in own.texts {
            let held = model.texts.entry(lang.clone()).or_default();
            let mut clashes = Vec::new();
            for (key, text) in texts {
                // Each profile has a title of its own: `profiles.ID.title`.
                if let Some(rest) = key.strip_prefix("profile.") {
                    held.insert(format!("profiles.{}.{rest}", self.profile), text.clone());
                }
                match held.get(&key) {
                    Some(other) if *other != text && !key.starts_with("profile.") => {
                        clashes.push(key);
                    }
                    Some(_) => {}
                    None => {
                        held.insert(key, text);
                    }
                }
            }
            for key in clashes {
                let file = format!("texts/{lang}.yaml");
                let line = own
                    .places
                    .get(&format!("{file}#{key}"))
                    .map_or(0, |p| p.line);
                self.findings.push(Finding {
                    file,
                    line,
                    code: "text-in-two-profiles".to_owned(),
                    severity: FindingSeverity::Warning,
                    message: format!(
                        "a used profile says `{key}` in other words, and those are shown"
                    ),
                    help: "say it the same way, or give the thing another name".to_owned(),
                });
            }
        }
        model.context = own.context;
        model.places.extend(own.places);
    }

    fn codes(&mut self, path: &str) -> Vec<Code> {
        let mut out: Vec<Code> = Vec::new();
        let Some(text) = self.text(path) else {
            return out;
        };
        let mut reader = csv::ReaderBuilder::new()
            .flexible(false)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        for (i, row) in reader.deserialize::<Code>().enumerate() {
            let line = i + 2;
            if i >= CODES_MAX {
                self.fault(
                    path,
                    line,
                    "codelist-too-long",
                    format!("a code list has at most {CODES_MAX} lines"),
                    "split it",
                );
                break;
            }
            match row {
                Ok(code) => {
                    for day in [&code.valid_from, &code.valid_to] {
                        if !day.is_empty() && !is_day(day) {
                            self.fault(
                                path,
                                line,
                                "bad-date",
                                format!("`{day}` is no date"),
                                "write YYYY-MM-DD, or nothing",
                            );
                        }
                    }
                    out.push(code);
                }
                Err(e) => self.fault(
                    path,
                    line,
                    "bad-csv",
                    format!("this line cannot be read: {e}"),
                    "columns are code, en, es, valid-from, valid-to",
                ),
            }
        }
        out
    }

    fn days(&mut self, path: &str) -> Vec<String> {
        let mut out = Vec::new();
        for (i, line) in self.text(path).unwrap_or_default().lines().enumerate() {
            let day = line.split(',').next().unwrap_or_default().trim();
            if day.is_empty()
                || day.starts_with('#')
                || (i == 0 && !day.starts_with(|c: char| c.is_ascii_digit()))
            {
                continue;
            }
            if is_day(day) {
                out.push(day.to_owned());
            } else {
                self.fault(
                    path,
                    i + 1,
                    "bad-date",
                    format!("`{day}` is no date"),
                    "write YYYY-MM-DD",
                );
            }
        }
        out.sort();
        out.dedup();
        out
    }
}

fn same_codes(a: &[Code], b: &[Code]) -> bool {
    let codes = |list: &[Code]| -> Vec<[String; 3]> {
        list.iter()
            .map(|c| [c.code.clone(), c.valid_from.clone(), c.valid_to.clone()])
            .collect()
    };
    codes(a) == codes(b)
}

fn is_day(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}

fn flatten(
    node: &yaml::Node,
    prefix: String,
    from: &crate::model::Place,
    into: &mut BTreeMap<String, String>,
    places: &mut BTreeMap<String, crate::model::Place>,
) {
    if let Some(text) = node.text() {
        places.insert(
            format!("{}#{prefix}", from.file),
            crate::model::Place {
                line: node.line,
                ..from.clone()
            },
        );
        into.insert(prefix, text);
        return;
    }
    for (name, _, value) in node.members() {
        let key = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}.{name}")
        };
        flatten(value, key, from, into, places);
    }
}
