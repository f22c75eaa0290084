//! Filing a record: a form from the type's schema, all faults at once, what was typed kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{OriginalUri, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use garita_exchange::problem::{Fault as Refused, Refusal, RefusalKind};
use garita_exchange::submit::{self, Submission};
use garita_exchange::verify::Once;
use garita_exchange::{attachments, encode};
use garita_profile::Profile;
use garita_profile::builtin::{ANY, BUILT_IN, ERASED};
use garita_profile::case::Standing;
use garita_store::Attachment;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::ask::{Ask, absent, held, once, see_other, signed, to_sign_in, value_of};
use super::case::acts_as;
use super::posted;
use super::refile;
use super::words::Say;
use super::{act, shift};
use crate::api::problem::Problem;
use crate::api::records::digest_of;
use crate::console::{
    Address, ChooseGroup, ChoosePage, FILE, FILE_DIGEST, Fault, FormPage, Link, Place, Rich, Span,
    Words, document_of, paths, render_choose, render_form, sections_of, time,
};
use crate::server::{App, blocking};

/// The engine's own record type by which a keeper tells a state.
const STATE_NOTICE: &str = "StateNotice";
/// What a schema says of a member that the console can fill in before it is asked.
pub(super) const FILL: &str = "x-fill";
pub(super) const SUBJECT: &str = "/credentialSubject";
/// A list of thousands is typed as a code; the server checks it.
const CODES_SHOWN: usize = 400;
/// How deep dates are looked for.
const DEPTH_MAX: usize = 8;
/// Types of which the last one is offered to go by.
const ANOTHER_MAX: usize = 6;
/// Rows that a posted form may add to.
const ROWS_MAX: usize = 200;

/// `GET /console/file`: which record.
pub(super) async fn choose(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
) -> Response {
    signed(app, headers, uri, |ask| {
        let asked = ask.here.value("type");
        if ask.app.core().programs.for_record_type(asked).is_some() {
            return Ok(see_other(&format!(
                "/console/file/{}",
                crate::console::segment(asked)
            )));
        }
        let page = ChoosePage {
            another: another(ask)?,
            groups: groups(ask),
            back: Link::new(ask.lang.t("error.board"), paths::BOARD),
        };
        Ok(ask.html(render_choose(&ask.frame(Place::Elsewhere), &page)))
    })
    .await
}

/// The last record that the party made of each type that it may file, the newest first: to file another from it.
fn another(ask: &Ask) -> Result<Vec<(Link, Link, i64)>, Refusal> {
    let roles = ask.roles();
    let mut found = Vec::new();
    for profile in ask.app.core().programs.iter() {
        let say = ask.say(profile);
        for (name, ty) in &profile.model().records {
            if ty.face != "document" || BUILT_IN.contains(&name.as_str()) {
                continue;
            }
            if !may(profile, name, &roles) {
                continue;
            }
            if let Some(last) = refile::last(ask, name)? {
                let digest = digest_of(&last.record.id).to_owned();
                let about = garita_exchange::read::case_record_of(&last)
                    .and_then(|r| r.about.into_iter().next());
                let title = match about {
                    Some(case) => super::case::name_of(ask, &case)?,
                    None => say.record(name),
                };
                found.push((
                    last.number,
                    (
                        Link::new(say.record(name), another_href(name, &digest)),
                        Link::new(title, paths::record(&digest)),
                        last.record.logged_ms,
                    ),
                ));
            }
        }
    }
    found.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
    Ok(found
        .into_iter()
        .map(|(_, line)| line)
        .take(ANOTHER_MAX)
        .collect())
}

/// The form of a type, filled in from a record.
pub(super) fn another_href(record_type: &str, digest: &str) -> String {
    Address::new(format!(
        "/console/file/{}",
        crate::console::segment(record_type)
    ))
    .with("from", digest)
    .to_string()
}

/// What the reader's role may file, by face: papers first, as most is filed from papers; the exchange's own last.
fn groups(ask: &Ask) -> Vec<ChooseGroup> {
    let faces = [
        ("document", ask.w("Documents", "Documentos")),
        ("event", ask.w("What happened", "Lo que pasó")),
        (
            "decision",
            ask.w("Decisions and holds", "Decisiones y retenciones"),
        ),
    ];
    let exchange = ask.w("Of the exchange", "Del intercambio");
    let roles = ask.roles();
    let mut found: BTreeMap<usize, ChooseGroup> = BTreeMap::new();
    for profile in ask.app.core().programs.iter() {
        let say = ask.say(profile);
        for (name, ty) in &profile.model().records {
            // A keeper's notice is made by the fold, that something was erased is said by erasing it: neither by hand.
            if [STATE_NOTICE, ERASED].contains(&name.as_str()) || !may(profile, name, &roles) {
                continue;
            }
            let face = faces.iter().position(|(face, _)| *face == ty.face);
            let at = face
                .filter(|_| !BUILT_IN.contains(&name.as_str()))
                .unwrap_or(faces.len());
            let title = faces.get(at).map_or(exchange, |(_, title)| *title);
            let group = found.entry(at).or_insert_with(|| ChooseGroup {
                title: title.to_owned(),
                links: Vec::new(),
            });
            let href = format!("/console/file/{}", crate::console::segment(name));
            // Every program has the exchange's own records: one line for all.
            if group.links.iter().all(|link| link.href != href) {
                group.links.push(Link::new(say.record(name), href));
            }
        }
    }
    let mut groups: Vec<ChooseGroup> = found.into_values().collect();
    for group in &mut groups {
        group.links.sort_by(|a, b| a.label.cmp(&b.label));
    }
    groups
}

/// `GET /console/file/{recordType}?kind=&key=&follows=`.
pub(super) async fn page(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
    Path(record_type): Path<String>,
) -> Response {
    signed(app, headers, uri, move |ask| {
        let form = Form::open(ask, &record_type)?;
        let known = form.prefill(ask)?;
        Ok(ask.html(form.render(ask, &known, &[])))
    })
    .await
}

/// `POST /console/file/{recordType}`: adds or takes away a row, or signs.
pub(super) async fn sign(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
    Path(record_type): Path<String>,
    request: Request,
) -> Response {
    let posted = match read(&app, &headers, &uri, request).await {
        Ok(posted) => posted,
        Err(response) => return *response,
    };
    let step = {
        let (app, headers, uri, posted) = (
            Arc::clone(&app),
            headers.clone(),
            uri.clone(),
            posted.clone(),
        );
        let record_type = record_type.clone();
        blocking(move || {
            let (ask, known) = Ask::of(app, &headers, &uri)?;
            if !known {
                return Ok(Step::Answer(to_sign_in()));
            }
            Ok(prepared(&ask, &posted, &record_type)
                .unwrap_or_else(|refusal| Step::Answer(ask.refused(&refusal))))
        })
        .await
    };
    let (submission, principal, once) = match step {
        Ok(Step::Answer(response)) => return response,
        Ok(Step::Submit(submission, principal, once)) => (*submission, principal, once),
        Err(refusal) => return Problem::from(refusal).into_response(),
    };
    match submit::draft_once(app.core(), submission, &principal, once).await {
        Ok(receipt) => recorded(&app, &principal.party, &receipt.leaf.id).await,
        Err(refusal) => refused(app, headers, uri, posted, record_type, refusal).await,
    }
}

/// What was posted, its files kept. Who sends files is known before they are read, and the form is his before they are kept.
async fn read(
    app: &Arc<App>,
    headers: &HeaderMap,
    uri: &Uri,
    request: Request,
) -> Result<Vec<(String, String)>, Box<Response>> {
    let who = |posted: Option<Vec<(String, String)>>| {
        let (app, headers, uri) = (Arc::clone(app), headers.clone(), uri.clone());
        async move {
            let known = blocking(move || {
                let (ask, known) = Ask::of(app, &headers, &uri)?;
                if !known {
                    return Ok(Err(to_sign_in()));
                }
                Ok(match posted.map(|p| ask.check_token(&p)) {
                    Some(Err(refusal)) => Err(ask.refused(&refusal)),
                    Some(Ok(())) | None => Ok(ask.party().to_owned()),
                })
            })
            .await;
            match known {
                Ok(Ok(party)) => Ok(party),
                Ok(Err(response)) => Err(Box::new(response)),
                Err(refusal) => Err(Box::new(Problem::from(refusal).into_response())),
            }
        }
    };
    if posted::has_files(&request) {
        who(None).await?;
    }
    let shown = |refusal: Refusal| async {
        let (app, headers, uri) = (Arc::clone(app), headers.clone(), uri.clone());
        Box::new(signed(app, headers, uri, move |_| Err(refusal)).await)
    };
    let mut read = match posted::read(request).await {
        Ok(read) => read,
        Err(refusal) => return Err(shown(refusal).await),
    };
    if !read.files.is_empty() {
        let party = who(Some(read.fields.clone())).await?;
        if let Err(refusal) = posted::keep(app, &party, &mut read).await {
            return Err(shown(refusal).await);
        }
    }
    Ok(read.fields)
}

/// To the first case that the record is about, else to the record.
async fn recorded(app: &Arc<App>, party: &str, id: &str) -> Response {
    let (core, party, wanted) = (Arc::clone(app.core()), party.to_owned(), id.to_owned());
    let about = blocking(move || {
        let held = super::ask::held(core.reader.record(&party, &wanted))?;
        Ok(held
            .and_then(|h| garita_exchange::read::case_record_of(&h))
            .and_then(|r| r.about.into_iter().next()))
    })
    .await;
    match about {
        Ok(Some(case)) => act::recorded(&case.kind, &case.key, id),
        Ok(None) | Err(_) => see_other(&paths::record(digest_of(id))),
    }
}

enum Step {
    Answer(Response),
    Submit(
        Box<Submission>,
        garita_exchange::submit::Principal,
        Option<Once>,
    ),
}

fn prepared(ask: &Ask, posted: &[(String, String)], record_type: &str) -> Result<Step, Refusal> {
    ask.check_token(posted)?;
    let form = Form::open(ask, record_type)?;
    let mut value = form.typed(ask, posted);
    let related = form.told_by_files(ask, &mut value)?;
    let (add, drop) = (value_of(posted, "add"), value_of(posted, "drop"));
    if !add.is_empty() {
        change_rows(&mut value, add, true);
        return Ok(Step::Answer(ask.html(form.render(ask, &value, &[]))));
    }
    if !drop.is_empty() {
        change_rows(&mut value, drop, false);
        return Ok(Step::Answer(ask.html(form.render(ask, &value, &[]))));
    }
    // The schema tells all that is missing at once; what needs the case or the trust list is told by admission after it.
    let faults: Vec<Fault> = form
        .say
        .profile
        .schemas()
        .faults(record_type, &value)
        .into_iter()
        .map(|p| Fault {
            text: ask.w(&p.en, &p.es).to_owned(),
            name: p.pointer,
            code: p.code,
        })
        .collect();
    if !faults.is_empty() {
        let page = form.render(ask, &value, &faults);
        return Ok(Step::Answer(
            ask.answer(StatusCode::UNPROCESSABLE_ENTITY, page),
        ));
    }
    let follows = value_of(posted, "follows");
    let submission = Submission {
        record_type: record_type.to_owned(),
        occurred: None,
        subject: value,
        standing: None,
        replaces: None,
        follows: (!follows.is_empty())
            .then(|| follows.to_owned())
            .into_iter()
            .collect(),
        saw: None,
        about: Vec::new(),
        on_behalf_of: None,
        source: None,
        related,
    };
    let once = once(posted, &submission);
    Ok(Step::Submit(Box::new(submission), ask.who.clone(), once))
}

async fn refused(
    app: Arc<App>,
    headers: HeaderMap,
    uri: Uri,
    posted: Vec<(String, String)>,
    record_type: String,
    refusal: Refusal,
) -> Response {
    signed(app, headers, uri, move |ask| {
        let form = Form::open(ask, &record_type)?;
        let value = form.typed(ask, &posted);
        let faults: Vec<Fault> = refusal
            .faults
            .iter()
            .map(|f| Fault {
                name: f.pointer.clone(),
                // A form that the browser kept from before is a new wish under an old key; the page now has a new one.
                text: if f.code == "idempotency-key-reused" {
                    ask.w(
                        "This form was recorded once already. If you mean another record, sign again.",
                        "Este formulario ya se registró una vez. Si quiere otro registro, firme de nuevo.",
                    )
                    .to_owned()
                } else {
                    form.say.told(&record_type, ask.w(&f.en, &f.es))
                },
                code: f.code.clone(),
            })
            .collect();
        let status = StatusCode::from_u16(refusal.kind.status()).unwrap_or_default();
        Ok(ask.answer(status, form.render(ask, &value, &faults)))
    })
    .await
}

/// Whether one of the roles may issue a type; seats and posts are settled at admission.
pub(super) fn may(profile: &Profile, record_type: &str, roles: &[&str]) -> bool {
    let model = profile.model();
    model.records.get(record_type).is_some_and(|ty| {
        ty.issued_by
            .iter()
            .any(|role| match role.strip_prefix("post.") {
                Some(post) => model
                    .posts
                    .get(post)
                    .is_some_and(|p| p.roles.iter().any(|r| roles.contains(&r.as_str()))),
                None => role == ANY || role.starts_with("seat.") || roles.contains(&role.as_str()),
            })
    })
}

/// Who will receive a record of a type, in words.
pub(super) fn receivers(ask: &Ask, say: &Say, record_type: &str) -> Vec<String> {
    let model = say.profile.model();
    let Some(ty) = model.records.get(record_type) else {
        return Vec::new();
    };
    let mut out: Vec<String> = Vec::new();
    let mut add = |text: String| {
        if !out.contains(&text) {
            out.push(text);
        }
    };
    if ty.audience.is_empty() {
        for role in &model.charter.signatories {
            add(say.role(role));
        }
        add(ask
            .w(
                "those with a seat in the case",
                "quienes tienen lugar en el expediente",
            )
            .to_owned());
    }
    for to in ty
        .audience
        .iter()
        .flat_map(|a| a.to.iter().map(move |t| (t, a)))
    {
        let (to, line) = to;
        let name = match to.strip_prefix("seat.") {
            Some(seat) => say
                .text(&format!("seats.{seat}"))
                .map_or_else(|| say.role(seat), str::to_owned),
            None if to == "seats" => ask
                .w(
                    "those with a seat in the case",
                    "quienes tienen lugar en el expediente",
                )
                .to_owned(),
            None => say.role(to.strip_prefix("post.").unwrap_or(to)),
        };
        if line.view.is_empty() {
            add(name);
        } else {
            add(format!("{name} ({})", ask.w("a part of it", "una parte")));
        }
    }
    out
}

pub(super) struct Form {
    pub(super) say: Say,
    record_type: String,
    pub(super) schema: Value,
}

impl Form {
    /// The form of a record type that the reader's role files.
    pub(super) fn open(ask: &Ask, record_type: &str) -> Result<Form, Refusal> {
        let form = Form::look(ask, record_type)?;
        match form.barred(ask, None) {
            Some(refusal) => Err(refusal),
            None => Ok(form),
        }
    }

    /// Why the reader files no record of the type in that standing. What another decided may be reported by whoever has a place in the
    /// case, where the program takes reports.
    pub(super) fn barred(&self, ask: &Ask, standing: Option<Standing>) -> Option<Refusal> {
        let profile = &self.say.profile;
        let (fits, en, es) = if standing == Some(Standing::Report) {
            let ty = profile.model().records.get(&self.record_type);
            (
                ty.is_some_and(|ty| ty.accepts.iter().any(|accepts| accepts == "report")),
                "the program takes no report of this: only the office files it",
                "el programa no admite que se reporte: solo lo presenta la autoridad",
            )
        } else {
            (
                may(profile, &self.record_type, &ask.roles()),
                "your role does not file records of this type",
                "su función no presenta registros de este tipo",
            )
        };
        (!fits).then(|| {
            Refusal::one(
                RefusalKind::Forbidden,
                Refused::whole("role-may-not-issue", en, es),
            )
        })
    }

    /// The form of a record type, whoever files it.
    pub(super) fn look(ask: &Ask, record_type: &str) -> Result<Form, Refusal> {
        let profile = ask
            .app
            .core()
            .programs
            .for_record_type(record_type)
            .ok_or_else(absent)?;
        let schema = profile
            .model()
            .schemas
            .get(record_type)
            .cloned()
            .unwrap_or(Value::Null);
        Ok(Form {
            say: ask.say(&profile),
            record_type: record_type.to_owned(),
            schema,
        })
    }

    /// What the address gives: the record to go by (`from`), the case's key, and what an act takes from the case.
    fn prefill(&self, ask: &Ask) -> Result<Value, Refusal> {
        let mut subject = match self.source(ask)? {
            Some(source) => source.subject.as_object().cloned().unwrap_or_default(),
            None => Map::new(),
        };
        self.key_members(ask, &mut subject);
        let act = ask.here.value("act");
        if !act.is_empty() {
            let given = act::filled(ask, &self.record_type, act)?;
            subject.extend(given.as_object().cloned().unwrap_or_default());
        }
        let members = self.schema.get("properties").and_then(Value::as_object);
        for (name, member) in members.into_iter().flatten() {
            if let Some(word) = member.get(FILL).and_then(Value::as_str)
                && !subject.contains_key(name)
                && let Some(value) = filled(ask, word, member)?
            {
                subject.insert(name.clone(), value);
            }
        }
        Ok(Value::Object(subject))
    }

    /// The record that the form is filled in from.
    fn source(&self, ask: &Ask) -> Result<Option<refile::Source>, Refusal> {
        match ask.here.value("from") {
            "" => Ok(None),
            digest => refile::of(ask, &self.record_type, &self.schema, digest),
        }
    }

    fn key_members(&self, ask: &Ask, subject: &mut Map<String, Value>) {
        let (kind, key) = (ask.here.value("kind"), ask.here.value("key"));
        if let Some(kind) = self.say.profile.model().kinds.get(kind) {
            for (path, part) in kind.key.iter().zip(key.split(':')) {
                if let Some(name) = path.last_name() {
                    let known = self
                        .schema
                        .pointer(&format!("/properties/{name}"))
                        .is_some();
                    if known {
                        subject.insert(name.to_owned(), Value::from(part));
                    }
                }
            }
        }
    }

    /// The subject that was typed: names are pointers from the document's root.
    pub(super) fn typed(&self, ask: &Ask, posted: &[(String, String)]) -> Value {
        let mut value = document_of(&self.schema, SUBJECT, posted);
        let zone = ask.zone();
        dates(
            &self.schema,
            &self.schema,
            &mut value,
            &|text| instant_of(text, &zone),
            0,
        );
        fixed(&self.schema, &mut value);
        value
    }

    /// Fills the members that a file tells, for each file that this party brought or may read; what the record names in
    /// `relatedResource`.
    fn told_by_files(&self, ask: &Ask, value: &mut Value) -> Result<Vec<Value>, Refusal> {
        let reader = &ask.app.core().reader;
        let mut found: Vec<Attachment> = Vec::new();
        let mut look = |text: &str| -> Result<Option<Attachment>, Refusal> {
            let Some(digest) = posted::from_hex(text) else {
                return Ok(None);
            };
            if !held(reader.attachment_may_name(ask.party(), &digest))? {
                return Ok(None);
            }
            let file = held(reader.node_attachment(&digest))?;
            if let Some(file) = file.as_ref().filter(|f| !found.contains(f)) {
                found.push(file.clone());
            }
            Ok(file)
        };
        files(&self.schema, &self.schema, value, &mut look, 0)?;
        Ok(found.iter().map(attachments::named).collect())
    }

    fn render(&self, ask: &Ask, value: &Value, faults: &[Fault]) -> String {
        let mut shown = value.clone();
        let zone = ask.zone();
        dates(
            &self.schema,
            &self.schema,
            &mut shown,
            &|text| encode::parse_instant_ms(text).map(|ms| time::local_input(ms, &zone)),
            0,
        );
        let words = |pointer: &str, member: &Value| self.words(ask, pointer, member);
        let sections = sections_of(ask.lang, &self.schema, SUBJECT, &shown, &words);
        let mut hidden = ask.hidden();
        let follows = ask.here.value("follows");
        if !follows.is_empty() {
            hidden.push(("follows".to_owned(), follows.to_owned()));
        }
        let help = self
            .schema
            .get(if ask.lang.code() == "es" {
                "x-description-es"
            } else {
                "description"
            })
            .and_then(Value::as_str)
            .unwrap_or_default();
        let page = FormPage {
            path: vec![Link::new(
                ask.w("File a record", "Presentar un registro"),
                "/console/file",
            )],
            title: self.say.record(&self.record_type),
            lede: self.sheet_instead(ask, self.lede(ask, help)),
            action: ask.here.to_string(),
            hidden,
            sections,
            faults: faults.to_vec(),
            submit: String::new(),
            halt: false,
            signed_as: acts_as(ask, &self.say),
            receivers: receivers(ask, &self.say, &self.record_type),
            back: Link::new(ask.w("Cancel", "Cancelar"), paths::BOARD),
        };
        render_form(&ask.frame(Place::Elsewhere), &page)
    }

    /// What the record is for, and from which one the form is filled in.
    fn lede(&self, ask: &Ask, help: &str) -> Rich {
        let lede = Rich::marked(help);
        // A record that cannot be read now fills nothing in, and then there is nothing to say.
        let Ok(Some(source)) = self.source(ask) else {
            return lede;
        };
        let at = ask.clock_text(source.logged_ms);
        let space = if help.is_empty() { "" } else { " " };
        lede.and(Span::Text(format!(
            "{space}{}",
            ask.w("Filled in from ", "Llenado con ")
        )))
        .and(Span::Link(Link::new(
            ask.w("that of {at}", "el del {at}").replace("{at}", &at),
            paths::record(&source.digest),
        )))
        .and(Span::Text(
            ask.w(
                "; what must be new each time is empty.",
                "; lo que debe ser nuevo cada vez está vacío.",
            )
            .to_owned(),
        ))
    }

    /// The way to those who have many of these, or have them in a spreadsheet already.
    fn sheet_instead(&self, ask: &Ask, lede: Rich) -> Rich {
        if crate::sheets::of(&self.say.profile, &self.record_type).is_none() {
            return lede;
        }
        let space = if lede.is_empty() { "" } else { " " };
        lede.and(Span::Text(space.to_owned()))
            .and(Span::Link(Link::new(
                ask.w(
                    "Fill in a spreadsheet instead",
                    "Llenar una hoja de cálculo en su lugar",
                ),
                Address::new(paths::IMPORT)
                    .with("type", &self.record_type)
                    .to_string(),
            )))
    }

    /// Parties of the trust list that a member may name, by name: those of a role, or all.
    fn parties(&self, ask: &Ask, role: &str) -> Vec<(String, String)> {
        let mut found: Vec<(String, String)> = ask
            .directory()
            .parties
            .keys()
            .filter(|did| role == ANY || ask.directory().has_role(did, role, ask.now_ms))
            .map(|did| (did.clone(), ask.network.name_of(did).to_owned()))
            .collect();
        found.sort_by(|a, b| a.1.cmp(&b.1));
        // A network of thousands is typed; the server checks it.
        if found.len() > CODES_SHOWN {
            found.clear();
        }
        found
    }

    /// Label, hint and choices of a member.
    pub(super) fn words(&self, ask: &Ask, pointer: &str, member: &Value) -> Words {
        let own = |name: &str| {
            let es = format!("x-{name}-es");
            let spanish = (ask.lang.code() == "es").then(|| member.get(&es)).flatten();
            spanish
                .or_else(|| member.get(name))
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let name = pointer.rsplit('/').next().unwrap_or_default();
        let mut label = own("title");
        if label.is_empty() {
            label = self.say.label(&self.record_type, name);
        }
        let mut hint = own("description");
        let examples = member.get("examples").and_then(Value::as_array);
        if let Some(example) = examples.and_then(|e| e.first()) {
            let spanish = (ask.lang.code() == "es")
                .then(|| member.get("x-example-es"))
                .flatten();
            let text = spanish.unwrap_or(example);
            let text = text
                .as_str()
                .map_or_else(|| text.to_string(), str::to_owned);
            if !example.is_object() && !example.is_array() && member.get("enum").is_none() {
                hint = format!("{hint} {} {text}", ask.w("Example:", "Ejemplo:"))
                    .trim()
                    .to_owned();
            }
        }
        if member.get("format").and_then(Value::as_str) == Some("date-time") {
            hint = format!(
                "{} {}",
                ask.w("Time in", "Hora de"),
                time::zone_short(ask.now_ms, &ask.zone())
            );
        }
        let codes = member
            .get("x-codes")
            .and_then(Value::as_str)
            .and_then(|list| self.say.profile.model().codelists.get(list));
        let party = member.get("x-party").and_then(Value::as_str);
        let choices = match codes {
            _ if party.is_some() => self.parties(ask, party.unwrap_or_default()),
            Some(list) if list.len() <= CODES_SHOWN => list
                .iter()
                .map(|c| {
                    (
                        c.code.clone(),
                        format!("{} ({})", ask.w(&c.en, &c.es), c.code),
                    )
                })
                .collect(),
            Some(_) => Vec::new(),
            None => member
                .get("enum")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(|code| {
                    let words = self
                        .say
                        .code(&self.record_type, name, code)
                        .filter(|w| w != code)
                        .unwrap_or_else(|| super::words::readable(code));
                    (code.to_owned(), words)
                })
                .collect(),
        };
        Words {
            label,
            hint,
            choices,
        }
    }
}

/// What a member is filled with before it is asked; none where there is nothing, or the word is not known.
fn filled(ask: &Ask, word: &str, member: &Value) -> Result<Option<Value>, Refusal> {
    match word {
        "place" => Ok(ask
            .entry()
            .and_then(|p| p.places.first())
            .map(|place| Value::from(place.as_str()))),
        "shift" => {
            let began = encode::parse_instant_ms(ask.here.value("since"));
            let at_ms = match began {
                Some(at_ms) => at_ms,
                None => shift::Since::unsaid(ask)?.at_ms,
            };
            let local = time::local_input(at_ms, &ask.zone());
            let digits: String = local.chars().filter(char::is_ascii_digit).collect();
            let (day, hour) = digits.split_at_checked(8).unwrap_or((&digits, ""));
            Ok(Some(Value::from(format!("{day}-{hour}"))))
        }
        "open-cases" => {
            let inner = member
                .pointer("/items/properties")
                .and_then(Value::as_object);
            let rows: Vec<Value> = shift::open_points(ask)?
                .into_iter()
                .map(|(case, why)| {
                    let row = inner.into_iter().flatten().filter_map(|(name, of)| {
                        let text = match of.get(FILL).and_then(Value::as_str)? {
                            "case-kind" => &case.kind,
                            "case-key" => &case.key,
                            "why" => &why,
                            _ => return None,
                        };
                        let most = of.get("maxLength").and_then(Value::as_u64);
                        let most = most.and_then(|m| usize::try_from(m).ok());
                        let text: String = text.chars().take(most.unwrap_or(usize::MAX)).collect();
                        Some((name.clone(), Value::from(text)))
                    });
                    Value::Object(row.collect())
                })
                .collect();
            Ok((!rows.is_empty()).then_some(Value::Array(rows)))
        }
        _ => Ok(None),
    }
}

/// What was typed into a date-and-time field in the port's zone, as RFC 3339 in UTC.
pub(super) fn instant_of(text: &str, zone: &TimeZone) -> Option<String> {
    let civil: DateTime = text.trim().parse().ok()?;
    let at = zone.to_timestamp(civil).ok()?;
    Some(encode::instant_text(at.as_millisecond()))
}

/// Changes every date-time of a value by its schema.
fn dates(
    root: &Value,
    schema: &Value,
    value: &mut Value,
    change: &dyn Fn(&str) -> Option<String>,
    depth: usize,
) {
    if depth > DEPTH_MAX {
        return;
    }
    let schema = schema
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|r| root.pointer(r.strip_prefix('#')?))
        .unwrap_or(schema);
    match value {
        Value::String(text) => {
            if schema.get("format").and_then(Value::as_str) == Some("date-time")
                && let Some(next) = change(text)
            {
                *text = next;
            }
        }
        Value::Array(rows) => {
            if let Some(items) = schema.get("items") {
                for row in rows {
                    dates(root, items, row, change, depth + 1);
                }
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                if let Some(inner) = schema.get("properties").and_then(|p| p.get(name)) {
                    dates(root, inner, member, change, depth + 1);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Fills what the marks of a schema say a file tells: `bytes`, `media-type`, and the name under which the record attaches it.
fn files(
    root: &Value,
    schema: &Value,
    value: &mut Value,
    look: &mut dyn FnMut(&str) -> Result<Option<Attachment>, Refusal>,
    depth: usize,
) -> Result<(), Refusal> {
    if depth > DEPTH_MAX {
        return Ok(());
    }
    let schema = schema
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|r| root.pointer(r.strip_prefix('#')?))
        .unwrap_or(schema);
    match value {
        Value::Array(rows) => {
            if let Some(items) = schema.get("items") {
                for row in rows {
                    files(root, items, row, look, depth + 1)?;
                }
            }
        }
        Value::Object(members) => {
            let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
                return Ok(());
            };
            let marked = |fact: &str| {
                properties
                    .iter()
                    .find(|(_, m)| m.get(FILE).and_then(Value::as_str) == Some(fact))
                    .map(|(name, _)| name.clone())
            };
            let digest = marked(FILE_DIGEST)
                .and_then(|name| members.get(&name)?.as_str().map(str::to_owned));
            if let Some(digest) = digest
                && let Some(file) = look(&digest)?
            {
                let mut put = |fact: &str, told: Value| {
                    if let Some(name) = marked(fact) {
                        members.insert(name, told);
                    }
                };
                put("bytes", Value::from(file.size));
                put("media-type", Value::from(file.media_type.clone()));
                put("attachment", Value::from(encode::ni(&file.digest)));
            }
            for (name, member) in members {
                if let Some(inner) = properties.get(name) {
                    files(root, inner, member, look, depth + 1)?;
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    Ok(())
}

/// Members of which only one value is possible are not asked.
fn fixed(schema: &Value, value: &mut Value) {
    let (Some(members), Some(into)) = (
        schema.get("properties").and_then(Value::as_object),
        value.as_object_mut(),
    ) else {
        return;
    };
    for (name, member) in members {
        if let Some(only) = member.get("const") {
            into.insert(name.clone(), only.clone());
        }
    }
}

/// Adds an empty row at the end of a list, or takes one away, by pointer under the subject.
fn change_rows(value: &mut Value, pointer: &str, add: bool) {
    let Some(inside) = pointer.strip_prefix(SUBJECT) else {
        return;
    };
    if add {
        if value.pointer(inside).is_none()
            && let Some((parent, name)) = inside.rsplit_once('/')
            && let Some(members) = value.pointer_mut(parent).and_then(Value::as_object_mut)
        {
            // The list was empty: its first row is shown anyway, so the new one is the second.
            members.insert(name.to_owned(), Value::Array(vec![Value::Null]));
        }
        if let Some(rows) = value.pointer_mut(inside).and_then(Value::as_array_mut)
            && rows.len() < ROWS_MAX
        {
            rows.push(Value::Null);
        }
        return;
    }
    if let Some((list, row)) = inside.rsplit_once('/')
        && let (Some(rows), Ok(at)) = (
            value.pointer_mut(list).and_then(Value::as_array_mut),
            row.parse::<usize>(),
        )
        && at < rows.len()
    {
        rows.remove(at);
    }
}
