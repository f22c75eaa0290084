//! One file as it was read: its records, what it says and where, the fields for what it does not say.

use std::sync::Arc;

use garita_exchange::encode;
use garita_exchange::problem::Refusal;
use garita_formats::sheet::SheetReading;
use garita_formats::{
    DocumentKind, DraftRecord, Fault as Told, Missing, Occurred, ReadError, Severity, SourcePlace,
    Sources,
};
use garita_profile::case::{Replaces, Standing};
use garita_profile::schema;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::ask::{Ask, held};
use super::case::name_of;
use super::file::{Form, SUBJECT};
use super::import::{SHEET, Upload};
use crate::api::imports::{Cases, amended, followed, standing_of};
use crate::api::records::digest_of;
use crate::console::{
    Fault, FormSection, Glyph, ImportFault, ImportMember, ImportRecord, Link, Tone, document_of,
    paths, sections_of, time,
};
use crate::sheets::{self, Outcome};

/// Faults of one file that a page shows.
pub(super) const FAULTS_SHOWN: usize = 200;
/// Members of one record that a page shows.
const MEMBERS_SHOWN: usize = 200;

/// A file as it was read.
pub(super) struct Doc {
    pub(super) upload: Upload,
    pub(super) kind: String,
    pub(super) about: Option<Link>,
    pub(super) is_sheet: bool,
    pub(super) asks: bool,
    pub(super) told: Vec<Told>,
    pub(super) untold: usize,
    pub(super) records: Vec<Rec>,
}

/// A record that it could become.
pub(super) struct Rec {
    pub(super) record_type: String,
    pub(super) title: String,
    pub(super) which: String,
    pub(super) subject: Value,
    pub(super) sources: Sources,
    /// What it answers or closes.
    pub(super) follows: Vec<String>,
    /// What it changes.
    pub(super) replaces: Option<Replaces>,
    /// When it happened, where the file says it.
    pub(super) occurred: Option<Occurred>,
    /// What the file does not say, whether or not the filer has.
    pub(super) gaps: Vec<Missing>,
    pub(super) optional: bool,
    /// Standing and source, where the document relays another's word.
    pub(super) relays: (Option<Standing>, Option<String>),
    /// Nothing hinders filing it.
    pub(super) ready: bool,
    pub(super) why: Vec<String>,
    pub(super) gap_sections: Vec<FormSection>,
    pub(super) labels: Vec<(String, String, String)>,
}

impl Doc {
    pub(super) fn read(ask: &Ask, upload: Upload, reading: &SheetReading) -> Doc {
        let mut doc = Doc {
            kind: String::new(),
            about: None,
            is_sheet: false,
            asks: false,
            told: Vec::new(),
            untold: 0,
            records: Vec::new(),
            upload,
        };
        let bytes = Arc::clone(&doc.upload.bytes);
        let kind = match doc.upload.kind.as_str() {
            "" => garita_formats::recognise(&bytes),
            name => DocumentKind::from_name(name),
        };
        if let Some(kind) = kind {
            doc.document(ask, kind, &bytes);
            return doc;
        }
        let core = ask.app.core();
        let record_type = match doc.upload.kind.strip_prefix(SHEET) {
            Some(chosen) => Some(chosen.to_owned()),
            None => sheets::recognised(core, &bytes),
        };
        match record_type {
            Some(record_type) => doc.sheet(ask, &record_type, &bytes, reading),
            None => doc.asks = true,
        }
        doc
    }

    fn document(&mut self, ask: &Ask, kind: DocumentKind, bytes: &[u8]) {
        let importer = kind.importer();
        self.kind = ask.w(importer.en, importer.es).to_owned();
        self.about = Some(Link::new(
            ask.w("Which element goes where", "Qué elemento va adónde"),
            format!("{}/{}", paths::FORMATS, importer.name),
        ));
        let file = encode::ni(&Sha256::digest(bytes).into());
        match garita_formats::read_as(kind, bytes, ask.app.readings()) {
            Ok(draft) => {
                let is_wrong = draft.faults_untold > 0
                    || draft
                        .faults
                        .iter()
                        .any(|fault| fault.severity == Severity::Error);
                self.untold = draft.faults_untold;
                self.told = draft.faults;
                let (core, party) = (ask.app.core(), ask.party());
                let mut cases = Cases::default();
                let rec = |record: DraftRecord| {
                    let relays = standing_of(core, party, &record, &file);
                    // Where nothing is found, or the store is away, the judge of records tells.
                    let follows = followed(core, party, &record, relays.0, &mut cases);
                    let replaces = amended(core, party, &record, &mut cases);
                    Rec {
                        title: title(ask, &record.record_type),
                        relays,
                        follows: follows.unwrap_or_default(),
                        replaces: replaces.unwrap_or_default(),
                        record_type: record.record_type,
                        which: String::new(),
                        subject: record.subject,
                        sources: record.sources,
                        occurred: record.occurred,
                        gaps: record.missing,
                        optional: record.optional,
                        ready: !is_wrong,
                        ..Rec::empty()
                    }
                };
                self.records = draft.records.into_iter().map(rec).collect();
            }
            Err(error) => self.unreadable(error),
        }
    }

    fn sheet(&mut self, ask: &Ask, record_type: &str, bytes: &[u8], reading: &SheetReading) {
        self.is_sheet = true;
        self.upload.kind = format!("{SHEET}{record_type}");
        let title = title(ask, record_type);
        self.kind = format!("{}: {title}", ask.w("Spreadsheet", "Hoja de cálculo"));
        let sheet = match sheets::in_force(ask.app.core(), record_type) {
            Ok(sheet) => sheet,
            Err(refusal) => {
                for fault in refusal.faults {
                    self.told
                        .push(Told::whole("record-type-unknown", None, fault.en, fault.es));
                }
                return;
            }
        };
        match sheet.read(bytes, reading) {
            Ok(draft) => {
                let rows: Vec<_> = draft.records;
                // Gaps of a sheet are told at their cells and can be filled in here as well.
                let gap_only: Vec<bool> = rows
                    .iter()
                    .enumerate()
                    .map(|(at, _)| {
                        draft.faults_untold == 0
                            && draft.faults.iter().all(|fault| {
                                fault.severity < Severity::Error
                                    || matches!(fault.code, "cell-missing" | "column-missing")
                                    || fault.record.is_some_and(|record| record != at)
                            })
                    })
                    .collect();
                self.untold = draft.faults_untold;
                self.told = draft.faults;
                self.records = rows
                    .into_iter()
                    .zip(gap_only)
                    .map(|(record, gap_only)| Rec {
                        title: title.clone(),
                        which: match record.number {
                            Some(number) => {
                                format!("{number} ({} {})", ask.w("row", "fila"), record.row)
                            }
                            None => format!("{} {}", ask.w("row", "fila"), record.row),
                        },
                        record_type: record.draft.record_type,
                        subject: record.draft.subject,
                        sources: record.draft.sources,
                        gaps: record.draft.missing,
                        ready: record.complete || gap_only,
                        ..Rec::empty()
                    })
                    .collect();
            }
            Err(error) => self.unreadable(error),
        }
    }

    fn unreadable(&mut self, error: ReadError) {
        let place = error.place.map(|place| *place);
        self.told
            .push(Told::whole(error.code, place, error.en, error.es));
    }
}

fn title(ask: &Ask, record_type: &str) -> String {
    let profile = ask.app.core().programs.for_record_type(record_type);
    profile.map_or_else(
        || record_type.to_owned(),
        |profile| ask.say(&profile).record(record_type),
    )
}

impl Rec {
    fn empty() -> Rec {
        Rec {
            record_type: String::new(),
            title: String::new(),
            which: String::new(),
            subject: json!({}),
            sources: Sources::default(),
            follows: Vec::new(),
            replaces: None,
            occurred: None,
            gaps: Vec::new(),
            optional: false,
            relays: (None, None),
            ready: false,
            why: Vec::new(),
            gap_sections: Vec::new(),
            labels: Vec::new(),
        }
    }

    /// Adds what the filer gave, and judges the whole by the record type's schema.
    pub(super) fn complete(
        &mut self,
        ask: &Ask,
        form: &Result<Form, Refusal>,
        prefix: &str,
        fields: &[(String, String)],
        shown: bool,
        faults: &mut Vec<Fault>,
    ) {
        let form = match form {
            Ok(form) => form,
            Err(refusal) => {
                self.ready = false;
                let told = refusal.faults.iter();
                self.why
                    .extend(told.map(|fault| ask.w(&fault.en, &fault.es).to_owned()));
                return;
            }
        };
        if let Some(refusal) = form.barred(ask, self.relays.0) {
            self.ready = false;
            let told = refusal.faults.iter();
            self.why
                .extend(told.map(|fault| ask.w(&fault.en, &fault.es).to_owned()));
            if shown {
                self.label(ask, form);
            }
            return;
        }
        let mut open = Vec::new();
        for gap in &self.gaps {
            let given: Vec<(String, String)> = fields
                .iter()
                .filter_map(|(name, value)| {
                    let pointer = name.strip_prefix(prefix)?;
                    let within = pointer == gap.pointer
                        || pointer
                            .strip_prefix(&gap.pointer)
                            .is_some_and(|rest| rest.starts_with('/'));
                    within.then(|| (format!("{SUBJECT}{pointer}"), value.clone()))
                })
                .collect();
            // Rows that stand before the gap's are no part of what was posted: the document has them as its first.
            let value = form.typed(ask, &given);
            let first = zeroed(&gap.pointer);
            match value.pointer(&first).cloned() {
                Some(value) => {
                    if !supply(&mut self.subject, &gap.pointer, value) {
                        open.push(gap.clone());
                    }
                }
                None => open.push(gap.clone()),
            }
            if shown {
                self.gap_sections
                    .extend(gap_sections(ask, form, prefix, gap, &given));
            }
        }
        let judged = form
            .say
            .profile
            .schemas()
            .faults(&self.record_type, &self.subject);
        let gave = |pointer: &str| {
            self.gaps.iter().any(|gap| {
                pointer == gap.pointer || pointer.starts_with(&format!("{}/", gap.pointer))
            })
        };
        for fault in judged {
            let pointer = fault
                .pointer
                .strip_prefix(SUBJECT)
                .unwrap_or(&fault.pointer);
            let is_open = open.iter().any(|gap| {
                gap.pointer == pointer || pointer.starts_with(&format!("{}/", gap.pointer))
            });
            self.ready = false;
            let text = ask.w(&fault.en, &fault.es).to_owned();
            if is_open {
                continue;
            }
            if gave(pointer) {
                faults.push(Fault {
                    name: format!("{prefix}{pointer}"),
                    text,
                    code: fault.code,
                });
            } else {
                self.why.push(format!("{text} ({})", fault.code));
            }
        }
        self.ready &= open.is_empty();
        if shown {
            self.label(ask, form);
        }
    }

    fn label(&mut self, ask: &Ask, form: &Form) {
        self.labels = labels(
            ask,
            form,
            &self.record_type,
            &self.sources,
            &self.gaps,
            &self.subject,
        );
    }

    pub(super) fn shown(
        self,
        ask: &Ask,
        outcome: Option<&Outcome>,
        many: usize,
    ) -> Result<ImportRecord, Refusal> {
        let (state, tone) = match outcome {
            Some(Outcome::Filed(_)) => (ask.w("filed", "presentado"), Tone::Go),
            Some(Outcome::Before(_)) => (ask.w("filed before", "ya presentado"), Tone::Go),
            Some(Outcome::Refused(_)) => (ask.w("refused", "rechazado"), Tone::Stop),
            Some(Outcome::Incomplete) | None if self.ready => {
                (ask.w("complete", "completo"), Tone::Go)
            }
            Some(Outcome::Incomplete) | None if self.optional => (
                ask.w("by-product, not filed", "accesorio, no se presenta"),
                Tone::Quiet,
            ),
            Some(Outcome::Incomplete) | None => (ask.w("not complete", "incompleto"), Tone::Warn),
        };
        let mut why = self.why;
        let mut link = None;
        match outcome {
            Some(Outcome::Filed(id) | Outcome::Before(id)) => link = Some(case_link(ask, id)?),
            Some(Outcome::Refused(refusal)) => why.extend(
                refusal
                    .faults
                    .iter()
                    .map(|fault| format!("{} ({})", ask.w(&fault.en, &fault.es), fault.code)),
            ),
            Some(Outcome::Incomplete) | None => {}
        }
        let filed = link.is_some();
        let occurred = self.occurred.iter().map(|occurred| ImportMember {
            title: ask.w("When it happened", "Cuándo ocurrió").to_owned(),
            value: match occurred.at.parse::<jiff::Timestamp>() {
                Ok(at) => time::exact(at.as_millisecond(), ask.now_ms, &ask.zone(), ask.lang),
                Err(_) => occurred.at.clone(),
            },
            place: occurred
                .place
                .as_ref()
                .map(|place| place_of(ask, place))
                .unwrap_or_default(),
        });
        let members = self.labels.iter().map(|(pointer, title, value)| {
            let place = self.sources.get(pointer).map(|place| place_of(ask, &place));
            ImportMember {
                title: title.clone(),
                value: value.clone(),
                place: place.unwrap_or_default(),
            }
        });
        Ok(ImportRecord {
            title: self.title,
            which: self.which,
            state: state.to_owned(),
            tone,
            link,
            members: occurred.chain(members).collect(),
            open: !filed && (many <= 3 || !self.gap_sections.is_empty() || !why.is_empty()),
            gaps: if filed { Vec::new() } else { self.gap_sections },
            why,
        })
    }
}

/// Where a record that was filed is found: its first case, else itself.
fn case_link(ask: &Ask, id: &str) -> Result<Link, Refusal> {
    let record = held(ask.app.core().reader.record(ask.party(), id))?;
    let case = record
        .and_then(|record| garita_exchange::read::case_record_of(&record))
        .and_then(|record| record.about.into_iter().next());
    Ok(match case {
        Some(case) => Link::new(name_of(ask, &case)?, paths::case(&case.kind, &case.key)),
        None => Link::new(
            ask.w("The record", "El registro"),
            paths::record(digest_of(id)),
        ),
    })
}

/// Faults for people, the gravest first, each at its place.
pub(super) fn told(ask: &Ask, faults: &[Told]) -> Vec<ImportFault> {
    let mut sorted: Vec<&Told> = faults.iter().collect();
    sorted.sort_by_key(|fault| std::cmp::Reverse(fault.severity));
    let shown = sorted.into_iter().take(FAULTS_SHOWN);
    shown
        .map(|fault| {
            let (tone, glyph, weight) = match fault.severity {
                Severity::Error => (Tone::Stop, Glyph::Cross, ask.w("Fault.", "Error.")),
                Severity::Warning => (Tone::Warn, Glyph::Look, ask.w("Look.", "Revise.")),
                Severity::Note => (Tone::Quiet, Glyph::Soon, ask.w("Note.", "Nota.")),
            };
            let place = fault.place.as_ref().map(|place| place_of(ask, place));
            ImportFault {
                tone,
                glyph,
                weight: weight.to_owned(),
                text: ask.w(&fault.en, &fault.es).to_owned(),
                code: fault.code.to_owned(),
                place: place.unwrap_or_default(),
            }
        })
        .collect()
}

/// A place for people: a cell or a row of a sheet, else the line and what stands there.
fn place_of(ask: &Ask, place: &SourcePlace) -> String {
    let path = place.path.as_str();
    let first = path.split(' ').next().unwrap_or_default();
    let digits = first.trim_start_matches(|letter: char| letter.is_ascii_uppercase());
    // The title of a sheet's column stands beside it, in the reader's language.
    let is_cell = digits.len() < first.len() && digits.parse::<u32>() == Ok(place.line);
    if is_cell {
        first.to_owned()
    } else if first == "row" {
        format!("{} {}", ask.w("row", "fila"), place.line)
    } else if place.line == 0 {
        path.to_owned()
    } else {
        format!("{} {}, {path}", ask.w("line", "línea"), place.line)
    }
}

/// The pointer with the first of each list.
fn zeroed(pointer: &str) -> String {
    with_indices(pointer, "0")
}

/// The pointer with another word for each index.
fn with_indices(pointer: &str, word: &str) -> String {
    let tokens = pointer.split('/').map(|token| {
        if !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_digit()) {
            word
        } else {
            token
        }
    });
    tokens.collect::<Vec<_>>().join("/")
}

/// Sets a member; its parents are there, or are made.
fn supply(subject: &mut Value, pointer: &str, value: Value) -> bool {
    let mut record = garita_formats::DraftRecord {
        record_type: String::new(),
        optional: false,
        subject: std::mem::take(subject),
        sources: Sources::default(),
        standing: None,
        source: None,
        missing: Vec::new(),
        occurred: None,
        amends: None,
    };
    let landed = record.supply(pointer, value);
    *subject = record.subject;
    landed
}

/// The schema of a member by its pointer from the subject.
fn schema_of<'a>(form: &'a Form, pointer: &str) -> Option<&'a Value> {
    let general = with_indices(pointer, "*");
    let steps: Vec<Option<String>> = general
        .split('/')
        .skip(1)
        .map(|token| (token != "*").then(|| token.replace("~1", "/").replace("~0", "~")))
        .collect();
    schema::member(&form.schema, steps.into_iter())
}

/// Fields for one member that the file does not say, with what was typed in them.
fn gap_sections(
    ask: &Ask,
    form: &Form,
    prefix: &str,
    gap: &Missing,
    given: &[(String, String)],
) -> Vec<FormSection> {
    let Some(member) = schema_of(form, &gap.pointer) else {
        return Vec::new();
    };
    let (parent, name) = gap.pointer.rsplit_once('/').unwrap_or(("", &gap.pointer));
    let name = name.replace("~1", "/").replace("~0", "~");
    let wrapper = json!({ "type": "object", "required": [name], "properties": { name: member } });
    // What was typed is shown as it was typed.
    let mut typed = document_of(&json!({}), &format!("{SUBJECT}{parent}"), given);
    if typed.is_null() {
        typed = json!({});
    }
    let words = |pointer: &str, member: &Value| {
        let within = pointer.strip_prefix(prefix).unwrap_or(pointer);
        form.words(
            ask,
            &format!("{SUBJECT}{}", with_indices(within, "*")),
            member,
        )
    };
    let mut sections = sections_of(
        ask.lang,
        &wrapper,
        &format!("{prefix}{parent}"),
        &typed,
        &words,
    );
    for section in &mut sections {
        // Rows are not added here: one of each list is what makes a record complete.
        section.add = None;
        section.remove = None;
        // Which of a list's items lacks it.
        if let Some(index) = parent
            .rsplit('/')
            .find_map(|token| token.parse::<usize>().ok())
        {
            for field in &mut section.fields {
                field.label = format!("{} {}", field.label, index + 1);
            }
        }
    }
    sections.retain(|section| !section.fields.is_empty());
    sections
}

/// Each member that says something, in the order of the document: pointer, title, value in words.
fn labels(
    ask: &Ask,
    form: &Form,
    record_type: &str,
    sources: &Sources,
    gaps: &[Missing],
    subject: &Value,
) -> Vec<(String, String, String)> {
    let mut order = Vec::new();
    let said =
        |pointer: &str| sources.contains(pointer) || gaps.iter().any(|gap| gap.pointer == pointer);
    walk(subject, "", &said, &mut order);
    let mut out = Vec::new();
    for pointer in order {
        let Some(value) = subject.pointer(&pointer) else {
            continue;
        };
        let general = with_indices(&pointer, "*");
        let member = schema_of(form, &pointer).unwrap_or(&Value::Null);
        let words = form.words(ask, &format!("{SUBJECT}{general}"), member);
        let name = general
            .rsplit('/')
            .find(|token| *token != "*")
            .unwrap_or_default();
        let text = form.say.value(record_type, name, value).plain();
        let number = pointer
            .rsplit('/')
            .find_map(|token| token.parse::<usize>().ok());
        let title = match number {
            Some(index) => format!("{} {}", words.label, index + 1),
            None => words.label,
        };
        out.push((pointer, title, text));
    }
    out
}

/// Pointers of what a place says or the filer gave, in the order of the subject.
fn walk(value: &Value, at: &str, said: &dyn Fn(&str) -> bool, order: &mut Vec<String>) {
    if order.len() >= MEMBERS_SHOWN {
        return;
    }
    if said(at) {
        order.push(at.to_owned());
        return;
    }
    match value {
        Value::Object(members) => {
            for (name, inner) in members {
                let token = name.replace('~', "~0").replace('/', "~1");
                walk(inner, &format!("{at}/{token}"), said, order);
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                walk(inner, &format!("{at}/{index}"), said, order);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
