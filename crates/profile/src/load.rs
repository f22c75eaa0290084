//! From a folder's bytes to a profile that can run.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::finding::{Finding, FindingSeverity};
use crate::load_model::Reader;
use crate::model::{Code, Model};
use crate::schema::Schemas;
use crate::{builtin, digest, yaml};

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
#[derive(Debug, Clone)]
pub struct Profile {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    model: Model,
    schemas: Schemas,
    core_digest: String,
    face_digest: String,
}

impl Profile {
    /// Reads a folder.
    ///
    /// # Errors
    /// All findings that keep the profile from running, at once. [`crate::check::check`] finds more.
    pub fn load(folder: &Folder) -> Result<Profile, Vec<Finding>> {
        let (profile, findings) = Profile::read(folder);
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

    /// As much of the profile as can be read, with every finding on the way.
    pub(crate) fn read(folder: &Folder) -> (Option<Profile>, Vec<Finding>) {
        let mut out = Files {
            folder,
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
        let mut model = reader.profile(&top);
        out.findings.append(&mut reader.findings);
        model.places.append(&mut reader.places);
        let rules = folder
            .0
            .contains_key("rules.yaml")
            .then(|| out.yaml("rules.yaml"))
            .flatten();
        if let Some(rules) = &rules {
            let mut reader = Reader::new("rules.yaml");
            model.rules = reader.rules(rules);
            out.findings.append(&mut reader.findings);
            model.places.append(&mut reader.places);
        }
        out.others(&mut model);
        builtin::add(&mut model);
        let (core, face) = digest::split_profile(&top.json());
        let schemas_core: BTreeMap<&String, Value> = model
            .schemas
            .iter()
            .map(|(n, s)| (n, digest::schema_core(s)))
            .collect();
        let codes_core: BTreeMap<&String, Vec<[&str; 3]>> = model
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
            "context": model.context, "codelists": codes_core, "calendars": digest::calendars_core(&model.calendars)
        });
        let face = json!({"profile": face, "texts": model.texts, "schemas": model.schemas, "codelists": model.codelists});
        let schemas = Schemas::compile(&model, &mut out.findings);
        let profile = Profile {
            inner: Arc::new(Inner {
                core_digest: digest::ni(&core).unwrap_or_default(),
                face_digest: digest::ni(&face).unwrap_or_default(),
                schemas,
                model,
            }),
        };
        (Some(profile), out.findings)
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
    /// `ni:///sha-256;…` of what the offices sign: every record names it.
    pub fn core_digest(&self) -> &str {
        &self.inner.core_digest
    }
    /// `ni:///sha-256;…` of what people see.
    pub fn face_digest(&self) -> &str {
        &self.inner.face_digest
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

struct Files<'f> {
    folder: &'f Folder,
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
                flatten(&node, String::new(), &path, &mut flat, &mut model.places);
                model.texts.insert(lang, flat);
            }
        }
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

fn is_day(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}

fn flatten(
    node: &yaml::Node,
    prefix: String,
    file: &str,
    into: &mut BTreeMap<String, String>,
    places: &mut BTreeMap<String, crate::model::Place>,
) {
    if let Some(text) = node.text() {
        places.insert(
            format!("{file}#{prefix}"),
            crate::model::Place {
                file: file.to_owned(),
                line: node.line,
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
        flatten(value, key, file, into, places);
    }
}
