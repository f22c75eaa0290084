//! Files that people already have, read before they are filed: what they say, where, what is missing; then filed by one button.
//!
//! Nothing is kept between the steps but the files themselves, as attachments of the party: each step reads them again and adds what
//! was filled in, so that it works without script and on any replica.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::sync::Arc;

use axum::extract::{OriginalUri, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use garita_exchange::attachments;
use garita_exchange::problem::Refusal;
use garita_exchange::sequence::store_refusal;
use garita_formats::IMPORTERS;

use super::ask::{Ask, held, signed, to_sign_in, value_of};
use super::case::acts_as;
use super::file::Form;
use super::import_draft::{Doc, FAULTS_SHOWN, told};
use super::{formats, posted};
use crate::api::problem::Problem;
use crate::console::{Address, Choice, Fault, ImportFile, ImportPage, Place, paths, render_import};
use crate::server::{App, blocking};
use crate::sheets::{self, Outcome};

/// A sheet's kind in the form: `sheet:` and the record type.
pub(super) const SHEET: &str = "sheet:";
/// Records of one file that a page shows; the others are filed with them.
const RECORDS_SHOWN: usize = 40;

/// `GET /console/import?type=`.
pub(super) async fn page(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
) -> Response {
    signed(app, headers, uri, |ask| {
        let page = empty(ask, &[]);
        Ok(ask.html(render_import(&ask.frame(Place::Elsewhere), &page)))
    })
    .await
}

/// `POST /console/import`: reads files, or files what they say.
pub(super) async fn post(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
    request: Request,
) -> Response {
    match answered(&app, &headers, &uri, request).await {
        Ok(response) => response,
        Err(refusal) => signed(app, headers, uri, move |_| Err(refusal)).await,
    }
}

async fn answered(
    app: &Arc<App>,
    headers: &HeaderMap,
    uri: &Uri,
    request: Request,
) -> Result<Response, Refusal> {
    let asked = || {
        let (app, headers, uri) = (Arc::clone(app), headers.clone(), uri.clone());
        move || Ask::of(app, &headers, &uri)
    };
    // Who sends files is known before they are read.
    let open = asked();
    if !blocking(move || Ok(open()?.1)).await? {
        return Ok(to_sign_in());
    }
    let mut posted = posted::read(request).await?;
    let (open, fields) = (asked(), posted.fields.clone());
    let who = blocking(move || {
        let (ask, _) = open()?;
        ask.check_token(&fields)?;
        Ok(ask.who)
    })
    .await?;
    let uploads = uploads(app, &who.party, &mut posted).await?;
    let fields = posted.fields;
    let files = value_of(&fields, "do") == "file";
    let (open, again) = (asked(), (uploads.clone(), fields.clone()));
    let mut work = blocking(move || {
        let (ask, _) = open()?;
        Work::of(&ask, again.0, again.1)
    })
    .await?;
    let ready = work.submissions();
    let outcomes = if files && ready.iter().any(Option::is_some) {
        let at_once = if work.docs.iter().any(|doc| doc.is_sheet) {
            sheets::AT_ONCE
        } else {
            // What a document says builds on what it said before.
            1
        };
        Some(sheets::file_all(app.core(), &who, ready, at_once).await)
    } else {
        None
    };
    let open = asked();
    blocking(move || {
        let (ask, _) = open()?;
        let page = work.page(&ask, outcomes.as_deref())?;
        let status = if page.nothing {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::OK
        };
        Ok(ask.answer(status, render_import(&ask.frame(Place::Elsewhere), &page)))
    })
    .await
    .or_else(|refusal| Ok(Problem::from(refusal).into_response()))
}

/// A file of this import.
#[derive(Clone)]
pub(super) struct Upload {
    pub(super) digest: String,
    pub(super) name: String,
    /// Name of an importer, `sheet:Type`, or empty to recognise it.
    pub(super) kind: String,
    pub(super) bytes: Arc<Vec<u8>>,
}

/// The files that came before, by their digests, and those that come now, which are kept.
async fn uploads(
    app: &Arc<App>,
    party: &str,
    posted: &mut posted::Posted,
) -> Result<Vec<Upload>, Refusal> {
    let mut uploads = Vec::new();
    for at in 0..posted::FILES_MAX {
        let field = |name: &str| value_of(&posted.fields, &format!("{name}-{at}")).to_owned();
        let digest = field("digest");
        let Some(wanted) = posted::from_hex(&digest) else {
            continue;
        };
        let (app, party) = (Arc::clone(app), party.to_owned());
        let bytes = blocking(move || kept(&app, &party, wanted)).await?;
        if let Some(bytes) = bytes {
            uploads.push(Upload {
                digest,
                name: field("name"),
                kind: field("kind"),
                bytes: Arc::new(bytes),
            });
        }
    }
    let names = std::mem::take(&mut posted.names);
    let chosen = value_of(&posted.fields, "kind").to_owned();
    let mut new = Vec::new();
    for ((_, file), name) in std::mem::take(&mut posted.files).into_iter().zip(names) {
        if uploads.len() + new.len() < posted::FILES_MAX {
            new.push((file, name));
        }
    }
    if new.is_empty() {
        return Ok(uploads);
    }
    let bytes: Vec<(Vec<u8>, String)> = new
        .iter()
        .map(|(file, name)| (file.bytes.clone(), name.clone()))
        .collect();
    let files = new.into_iter().map(|(file, _)| file).collect();
    let kept = attachments::keep(app.core(), party, files).await?;
    for ((bytes, name), kept) in bytes.into_iter().zip(kept) {
        let digest = posted::hex(&kept.digest);
        // A file that is sent twice is one.
        if uploads.iter().all(|upload| upload.digest != digest) {
            uploads.push(Upload {
                digest,
                name,
                kind: chosen.clone(),
                bytes: Arc::new(bytes),
            });
        }
    }
    Ok(uploads)
}

/// A file that the party brought earlier.
fn kept(app: &App, party: &str, digest: [u8; 32]) -> Result<Option<Vec<u8>>, Refusal> {
    let core = app.core();
    if !held(core.reader.attachment_may_name(party, &digest))? {
        return Ok(None);
    }
    let file = core
        .blobs
        .open_blob(&digest)
        .map_err(|e| store_refusal(&e))?;
    let Some(file) = file else { return Ok(None) };
    let mut bytes = Vec::new();
    // More than an importer takes is refused by it; no more than that is read for it.
    let most = u64::try_from(garita_formats::DOCUMENT_BYTES_MAX + 1).unwrap_or(u64::MAX);
    let read = file.take(most).read_to_end(&mut bytes);
    Ok(read.is_ok().then_some(bytes))
}

/// What was read, with what the filer added.
struct Work {
    docs: Vec<Doc>,
    fields: Vec<(String, String)>,
    faults: Vec<Fault>,
}

impl Work {
    fn of(ask: &Ask, uploads: Vec<Upload>, fields: Vec<(String, String)>) -> Result<Work, Refusal> {
        let reading = sheets::reading(|name| Some(value_of(&fields, name)))?;
        let mut work = Work {
            docs: Vec::new(),
            fields,
            faults: Vec::new(),
        };
        // A sheet's rows are all of one type: its form is opened once.
        let mut forms: BTreeMap<String, Result<Form, Refusal>> = BTreeMap::new();
        for upload in uploads {
            let at = work.docs.len();
            let mut doc = Doc::read(ask, upload, &reading);
            for (number, record) in doc.records.iter_mut().enumerate() {
                let prefix = format!("f{at}r{number}");
                let form = forms
                    .entry(record.record_type.clone())
                    .or_insert_with(|| Form::look(ask, &record.record_type));
                record.complete(
                    ask,
                    form,
                    &prefix,
                    &work.fields,
                    number < RECORDS_SHOWN,
                    &mut work.faults,
                );
            }
            // What was told as missing and has been filled in is missing no more.
            let Doc { told, records, .. } = &mut doc;
            told.retain(|fault| match (fault.code, fault.record) {
                ("cell-missing", Some(at)) => records.get(at).is_none_or(|record| !record.ready),
                ("column-missing", None) => !records.iter().all(|record| record.ready),
                _ => true,
            });
            work.docs.push(doc);
        }
        Ok(work)
    }

    /// What can be filed, in the order of files and records.
    fn submissions(&self) -> Vec<Option<garita_exchange::submit::Submission>> {
        let records = self.docs.iter().flat_map(|doc| &doc.records);
        records
            .map(|record| {
                let (standing, source) = record.relays.clone();
                record.ready.then(|| garita_exchange::submit::Submission {
                    standing,
                    source,
                    follows: record.follows.clone(),
                    replaces: record.replaces.clone(),
                    ..sheets::submission(
                        &record.record_type,
                        &record.subject,
                        record
                            .occurred
                            .as_ref()
                            .map(|occurred| occurred.at.as_str()),
                    )
                })
            })
            .collect()
    }

    fn page(&mut self, ask: &Ask, outcomes: Option<&[Outcome]>) -> Result<ImportPage, Refusal> {
        let mut page = empty(ask, &self.fields);
        page.done = outcomes.is_some();
        page.nothing = self.docs.is_empty();
        page.faults = std::mem::take(&mut self.faults);
        let mut outcomes = outcomes.map(<[Outcome]>::iter);
        for (at, doc) in std::mem::take(&mut self.docs).into_iter().enumerate() {
            for (name, value) in [("digest", &doc.upload.digest), ("name", &doc.upload.name)] {
                page.hidden.push((format!("{name}-{at}"), value.clone()));
            }
            if !doc.asks {
                page.hidden
                    .push((format!("kind-{at}"), doc.upload.kind.clone()));
            }
            let mut file = ImportFile {
                name: doc.upload.name,
                kind: doc.kind,
                about: doc.about,
                asks: doc.asks.then(|| format!("kind-{at}")),
                faults: told(ask, &doc.told),
                untold: u64::try_from(doc.untold + doc.told.len().saturating_sub(FAULTS_SHOWN))
                    .unwrap_or(0),
                ..ImportFile::default()
            };
            let many = doc.records.len();
            for (number, record) in doc.records.into_iter().enumerate() {
                page.ready += u64::from(record.ready);
                let outcome = match &mut outcomes {
                    Some(outcomes) => outcomes.next(),
                    None => None,
                };
                let shown = record.shown(ask, outcome, many)?;
                page.filed += u64::from(matches!(outcome, Some(Outcome::Filed(_))));
                page.before += u64::from(matches!(outcome, Some(Outcome::Before(_))));
                // Of many records, what was refused is shown wherever it stands.
                let refused = matches!(outcome, Some(Outcome::Refused(_)));
                if number < RECORDS_SHOWN || (refused && file.records.len() < 2 * RECORDS_SHOWN) {
                    file.records.push(shown);
                } else {
                    file.unshown += 1;
                }
            }
            page.files.push(file);
        }
        Ok(page)
    }
}

/// The page with nothing read yet.
fn empty(ask: &Ask, fields: &[(String, String)]) -> ImportPage {
    let asked = ask.here.value("type");
    let chosen = match value_of(fields, "kind") {
        "" if !asked.is_empty() => format!("{SHEET}{asked}"),
        kind => kind.to_owned(),
    };
    let choice = |value: &str, label: String, name: &str| {
        let is = if name == "kind" {
            value == chosen
        } else {
            value == value_of(fields, name)
        };
        Choice::new(value, label, is)
    };
    let own = ask.zone().iana_name().unwrap_or_default().to_owned();
    let mut zones = vec![own, "UTC".to_owned()];
    for zone in ask.directory().zones.values() {
        if !zones.contains(zone) {
            zones.push(zone.clone());
        }
    }
    let fault = ask.w("a fault, which is told", "una falta, que se dice");
    ImportPage {
        action: ask.here.to_string(),
        hidden: vec![("token".to_owned(), ask.token.clone())],
        kinds: IMPORTERS
            .iter()
            .map(|one| choice(one.name, ask.w(one.en, one.es).to_owned(), "kind"))
            .collect(),
        sheets: formats::own_sheets(ask)
            .into_iter()
            .map(|(record_type, title)| choice(&format!("{SHEET}{record_type}"), title, "kind"))
            .collect(),
        templates: if asked.is_empty() {
            Vec::new()
        } else {
            formats::templates(ask, asked)
        },
        dates: vec![
            choice("", fault.to_owned(), "dates"),
            choice(
                "day-first",
                ask.w("3 April", "3 de abril").to_owned(),
                "dates",
            ),
            choice(
                "month-first",
                ask.w("4 March", "4 de marzo").to_owned(),
                "dates",
            ),
        ],
        zones: std::iter::once(choice("", fault.to_owned(), "zone"))
            .chain(
                zones
                    .iter()
                    .map(|zone| choice(zone, zone.replace('_', " "), "zone")),
            )
            .collect(),
        decimals: vec![
            choice("", fault.to_owned(), "decimal"),
            choice(
                "point",
                ask.w("twelve thousand", "doce mil").to_owned(),
                "decimal",
            ),
            choice(
                "comma",
                ask.w("a little more than twelve", "poco más de doce")
                    .to_owned(),
                "decimal",
            ),
        ],
        signed_as: first_program(ask),
        ..ImportPage::default()
    }
}

/// In whose name is signed, in the words of a program of this node.
fn first_program(ask: &Ask) -> String {
    let programs = &ask.app.core().programs;
    let first = programs.iter().next();
    first.map_or_else(String::new, |profile| acts_as(ask, &ask.say(profile)))
}

/// The page for sheets of a record type.
pub(super) fn href(record_type: &str) -> String {
    Address::new(paths::IMPORT)
        .with("type", record_type)
        .to_string()
}
