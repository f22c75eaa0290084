//! Who asks for a public page: in which language, as of which day, held against which promise; and how a page is given out.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use garita_profile::promises::slip::BaselineRule;
use garita_profile::promises::statement::AsOf;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sha2::{Digest as _, Sha256};

use crate::api::problem::Problem;
use crate::console::public::{
    PublicErrorPage, PublicFeed, PublicHead, PublicPlace, public_nav, render_public_error,
};
use crate::console::{Address, Frame, Lang, NodeLine, Place, paths};
use crate::pages::ask::{Ask, host_of};
use crate::pages::words::Say;
use crate::server::{App, blocking};
use crate::site::overview::Overview;
use crate::site::register::Register;
use crate::site::shelf::Made;

/// Public pages take nothing from elsewhere and may be put into no frame; pictures may be put into other pages.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// A copy may be kept by anybody and is asked for again each time: a page is true as long as its tag is.
const CACHE: &str = "public, no-cache";
/// The members of an address of public pages: others are left out, so that nobody fills the shelf with addresses of his own making.
const MEMBERS: &[&str] = &[
    "q",
    "side",
    "state",
    "phase",
    "baseline",
    "sort",
    "page",
    "stated_by",
    "recorded_by",
    "class",
    "preset",
    "after",
    "before",
    "limit",
    "topic",
    "project",
    "plan",
    "port",
    "by",
];
/// Nobody looks for more.
const VALUE_CHARS_MAX: usize = 200;
/// Where a choice is kept by the reader's own browser, the answer is his alone.
const OWN_CACHE: &str = "private, no-cache";
const HTML: &str = "text/html; charset=utf-8";

/// One look at the public pages.
pub(super) struct Visit {
    /// The request.
    pub(super) ask: Ask,
    /// All that was said.
    pub(super) register: Arc<Register>,
    /// What it comes to.
    pub(super) overview: Arc<Overview>,
    /// As of when.
    pub(super) as_of: AsOf,
    /// Words of the program.
    pub(super) say: Say,
}

/// What a page comes to.
pub(super) enum Answer {
    /// HTML.
    Page(String),
    /// Something else, with its media type.
    File(&'static str, String),
    /// A picture, with its media type.
    Picture(&'static str, Vec<u8>),
    /// There is no such thing; the nearest names.
    Absent(Vec<crate::console::Link>),
}

impl Answer {
    /// What is given out; where there is nothing, the nearest names.
    fn made(self) -> Result<Made, Vec<crate::console::Link>> {
        match self {
            Answer::Page(html) => Ok(made(HTML, html)),
            Answer::File(media, text) => Ok(made(media, text)),
            Answer::Picture(media, bytes) => Ok(made(media, bytes)),
            Answer::Absent(nearest) => Err(nearest),
        }
    }
}

impl Visit {
    fn of(ask: Ask) -> Result<Option<Visit>, Refusal> {
        let app = Arc::clone(&ask.app);
        let core = app.core();
        let Some(register) = app.site().register(core)? else {
            return Ok(None);
        };
        let Some(kind) = register.publisher.as_ref().map(|p| p.words.of.clone()) else {
            return Ok(None);
        };
        let Some(profile) = core.governing(&kind) else {
            return Ok(None);
        };
        let as_of = as_of(&ask)?;
        let rule = match ask.here.value("baseline") {
            "contract" => BaselineRule::ContractPromise,
            _ => BaselineRule::FirstPromise,
        };
        let overview = app.site().overview(&register, as_of, rule);
        let say = ask.say(&profile);
        Ok(Some(Visit {
            ask,
            register,
            overview,
            as_of,
            say,
        }))
    }

    /// The language.
    pub(super) fn lang(&self) -> Lang {
        self.ask.lang
    }

    /// One of two texts by language.
    pub(super) fn w<'a>(&self, en: &'a str, es: &'a str) -> &'a str {
        self.ask.w(en, es)
    }

    /// One of two names by language; the other where it has only one.
    pub(super) fn name(&self, names: &[String; 2]) -> String {
        self.lang().either(names).to_owned()
    }

    /// A code of a member in words.
    pub(super) fn code(&self, member: &str, code: &str) -> String {
        if code.is_empty() {
            return String::new();
        }
        self.say.any_code(member, code)
    }

    /// The frame of a page.
    pub(super) fn frame(&self, place: PublicPlace) -> Frame {
        // What stands at the foot changes with what is published, not with the whole log: else no copy would be good for a second.
        let told = (self.register.records, self.register.newest_ms);
        framed(&self.ask, place, Some(told))
    }

    /// What a page says of itself.
    pub(super) fn head(&self, feeds: Vec<PublicFeed>) -> PublicHead {
        PublicHead {
            picture: self.picture("/card.png"),
            ..headed(&self.ask, feeds)
        }
    }

    /// The address of a share card in the page's language.
    pub(super) fn picture(&self, path: &str) -> String {
        Address::new(path)
            .with("lang", self.lang().code())
            .to_string()
    }

    /// `https://scorecard.example`.
    pub(super) fn origin(&self) -> String {
        origin_of(&self.ask)
    }

    /// Whether the reader looks at another day than today.
    pub(super) fn clocks(&self) -> crate::console::public::AsOf {
        crate::console::public::AsOf {
            stated_by: self.as_of.stated_by,
            recorded_by: self.as_of.recorded_by_ms.and_then(day_of),
        }
    }
}

/// The frame of a public page: who reads it is nobody in particular, and only pages that this node can fill are
/// listed. At its foot stands what is `told` of the register, else of the log.
pub(super) fn framed(ask: &Ask, place: PublicPlace, told: Option<(u64, i64)>) -> Frame {
    let mut frame = ask.frame(Place::Elsewhere);
    frame.user = None;
    frame.nav = public_nav(ask.lang, place, &filled(ask));
    if let Some((log_size, at_ms)) = told {
        frame.node = NodeLine {
            host: host_of(&ask.app.core().identity.url).to_owned(),
            log_size,
            checkpoint_ms: Some(at_ms),
            witnessed: None,
        };
    }
    frame
}

/// What a public page says of itself.
pub(super) fn headed(ask: &Ask, feeds: Vec<PublicFeed>) -> PublicHead {
    PublicHead {
        origin: origin_of(ask),
        address: ask.here.clone(),
        picture: String::new(),
        feeds,
        unlisted: !ask.here.query.is_empty(),
    }
}

fn origin_of(ask: &Ask) -> String {
    let url = &ask.app.core().identity.url;
    url.trim_end_matches('/').to_owned()
}

/// The public pages that this node can fill: a publisher's, and those that its offices count.
pub(super) fn filled(ask: &Ask) -> Vec<PublicPlace> {
    let core = ask.app.core();
    let mut out = Vec::new();
    if let Ok(Some(register)) = ask.app.site().register(core) {
        out.extend([
            PublicPlace::Projects,
            PublicPlace::Plans,
            PublicPlace::Method,
            PublicPlace::OpenData,
        ]);
        // A ranking of nothing is no page to lead to.
        if !register.figures.is_empty() {
            out.push(PublicPlace::Priorities);
        }
        if register.has_months {
            out.push(PublicPlace::Waits);
        }
    }
    for place in crate::site::figures::counted(core) {
        if !out.contains(&place) {
            out.push(place);
        }
    }
    out
}

/// The day of an instant, UTC.
pub(super) fn day_of(at_ms: i64) -> Option<Date> {
    let at = jiff::Timestamp::from_millisecond(at_ms).ok()?;
    Some(TimeZone::UTC.to_datetime(at).date())
}

/// The two clocks of the address. A day that is none is told, not guessed.
pub(super) fn as_of(ask: &Ask) -> Result<AsOf, Refusal> {
    let day = |member: &str| -> Result<Option<Date>, Refusal> {
        let text = ask.here.value(member);
        if text.is_empty() {
            return Ok(None);
        }
        let parsed: Result<Date, _> = text.parse();
        match parsed {
            Ok(day) if text.len() == 10 && (1900..=2200).contains(&day.year()) => Ok(Some(day)),
            _ => Err(Refusal::one(
                RefusalKind::Malformed,
                Fault::at(
                    "day-form",
                    member,
                    format!("`{member}` is a day, as 2025-06-30"),
                    format!("`{member}` es un día, como 2025-06-30"),
                ),
            )),
        }
    };
    let stated_by = day("stated_by")?;
    let recorded_by_ms = match instant(ask.here.value("recorded_by")) {
        Some(at_ms) => Some(at_ms),
        // Until the end of that day, by the node's own zone of reckoning, UTC.
        None => day("recorded_by")?.and_then(|day| {
            let next = day.tomorrow().ok()?;
            let at = TimeZone::UTC.to_timestamp(next.at(0, 0, 0, 0)).ok()?;
            Some(at.as_millisecond() - 1)
        }),
    };
    let today = day_of(ask.now_ms).unwrap_or(Date::constant(1970, 1, 1));
    // Who asks what was known on a day is answered as of that day: what was overdue then, not what is now.
    let recorded_day = recorded_by_ms.and_then(day_of);
    let asked = [stated_by, recorded_day];
    let then = asked.into_iter().flatten().min();
    Ok(AsOf {
        today: then.map_or(today, |then| then.min(today)),
        stated_by,
        recorded_by_ms,
    })
}

/// An instant of UTC, as the address of a version names it: several records may come on one day.
fn instant(text: &str) -> Option<i64> {
    let is_instant = text.len() > 10 && text.ends_with('Z');
    let at: Option<jiff::Timestamp> = is_instant.then(|| text.parse().ok()).flatten();
    let at_ms = at?.as_millisecond();
    let year = day_of(at_ms)?.year();
    (1900..=2200).contains(&year).then_some(at_ms)
}

/// Members of an address of pages that are counted.
///
/// What is published elsewhere and stated here follows both clocks. What the offices count does not: of two days asked one after the
/// other the difference would be the trucks between them, however few.
const COUNTED_MEMBERS: &[&str] = &["port", "hour", "stated_by", "recorded_by"];

/// Gives a page of what this node's offices count. Its numbers are kept where they are counted, so the page itself is made each time.
pub(super) async fn serve_counted(
    app: Arc<App>,
    headers: HeaderMap,
    uri: Uri,
    make: impl Fn(&Ask) -> Result<Answer, Refusal> + Send + 'static,
) -> Response {
    let (mut ask, _) = match Ask::of(app, &headers, &uri) {
        Ok(ask) => ask,
        Err(refusal) => return Problem::from(refusal).into_response(),
    };
    let asked = |(name, value): &(String, String)| {
        COUNTED_MEMBERS.contains(&name.as_str()) && !value.is_empty()
    };
    ask.here.query.retain(asked);
    let known = headers.get(header::IF_NONE_MATCH).cloned();
    let done = blocking(move || {
        let cookies = ask.cookies().to_vec();
        Ok(match make(&ask) {
            Ok(answer) => match answer.made() {
                Ok(made) => given(&made, known.as_ref(), &cookies, StatusCode::OK),
                Err(_) => Problem::not_found().into_response(),
            },
            Err(refusal) => ask.refused(&refusal),
        })
    })
    .await;
    done.unwrap_or_else(|refusal| Problem::from(refusal).into_response())
}

/// Gives a page: from the shelf where it was made before in this state, else made now.
pub(super) async fn serve(
    app: Arc<App>,
    headers: HeaderMap,
    uri: Uri,
    make: impl Fn(&Visit) -> Result<Answer, Refusal> + Send + 'static,
) -> Response {
    let (mut ask, _) = match Ask::of(Arc::clone(&app), &headers, &uri) {
        Ok(ask) => ask,
        Err(refusal) => return Problem::from(refusal).into_response(),
    };
    if ask.here.path.ends_with(".png") {
        // Drawing costs more than any page: a picture is of today and has one address.
        ask.here.query.clear();
    }
    let weighs = ask.here.path.starts_with(paths::PRIORITIES);
    ask.here.query.retain(|(name, value)| {
        let known = MEMBERS.contains(&name.as_str()) || (weighs && name.starts_with("w-"));
        known && !value.is_empty()
    });
    for (_, value) in &mut ask.here.query {
        if let Some((end, _)) = value.char_indices().nth(VALUE_CHARS_MAX) {
            value.truncate(end);
        }
    }
    let known = headers.get(header::IF_NONE_MATCH).cloned();
    let done = blocking(move || Ok(answer(ask, &make))).await;
    match done {
        Ok(Ok((made, cookies, status))) => given(&made, known.as_ref(), &cookies, status),
        Ok(Err(response)) => *response,
        Err(refusal) => Problem::from(refusal).into_response(),
    }
}

/// Looks at the public pages for one who posted: nothing of it is kept on the shelf.
///
/// # Errors
/// `nothing-published`, what is wrong with the address, and what `work` refuses.
pub(super) async fn looked<T: Send + 'static>(
    app: Arc<App>,
    headers: HeaderMap,
    uri: Uri,
    work: impl FnOnce(&Visit) -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    blocking(move || {
        let (ask, _) = Ask::of(app, &headers, &uri)?;
        let visit = Visit::of(ask)?.ok_or_else(nothing_published)?;
        work(&visit)
    })
    .await
}

/// A refusal in the public frame: who reads it has no desk to go back to.
pub(super) fn public_refused(ask: &Ask, refusal: &Refusal) -> Response {
    let told = refusal.faults.iter().map(|f| ask.w(&f.en, &f.es));
    let told: Vec<&str> = told.collect();
    let page = PublicErrorPage {
        status: refusal.kind.status(),
        code: refusal.code().to_owned(),
        detail: format!("{}.", super::changes::capital(&told.join("; "))),
        ..PublicErrorPage::default()
    };
    let frame = framed(ask, PublicPlace::Elsewhere, told_of(ask));
    let status = StatusCode::from_u16(page.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    ask.answer(status, render_public_error(&frame, &page))
}

/// A page whose address is a secret of who has it: named to nobody, found by no search engine.
pub(super) fn secret_page(
    ask: &Ask,
    render: impl FnOnce(&Frame, &PublicHead) -> String,
) -> Response {
    let head = PublicHead {
        origin: String::new(),
        unlisted: true,
        ..headed(ask, Vec::new())
    };
    let frame = framed(ask, PublicPlace::Elsewhere, told_of(ask));
    let mut answer = ask.html(render(&frame, &head));
    answer.headers_mut().insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    answer
}

/// What stands at the foot of public pages; none where nothing is published.
pub(super) fn told_of(ask: &Ask) -> Option<(u64, i64)> {
    let register = ask.app.site().register(ask.app.core()).ok().flatten()?;
    Some((register.records, register.newest_ms))
}

/// Name of a thing as of today; its id where nothing describes it.
pub(in crate::pages) fn thing_name(ask: &Ask, id: &str) -> String {
    let named = || {
        let register = ask.app.site().register(ask.app.core()).ok().flatten()?;
        let subject = register.subjects.get(id)?;
        let described = crate::site::register::newest(&subject.described, None, None)?;
        Some(ask.lang.either(&described.what.names).to_owned())
    };
    named()
        .filter(|n| !n.is_empty())
        .unwrap_or_else(|| id.to_owned())
}

fn nothing_published() -> Refusal {
    Refusal::one(
        RefusalKind::NotFound,
        Fault::whole(
            "nothing-published",
            "no party of this node publishes",
            "ningún participante de este nodo publica",
        ),
    )
}

type Given = (Arc<Made>, Vec<String>, StatusCode);

fn answer(
    ask: Ask,
    make: &dyn Fn(&Visit) -> Result<Answer, Refusal>,
) -> Result<Given, Box<Response>> {
    let refused = |ask: &Ask, refusal: &Refusal| {
        Box::new(match is_file(ask) {
            true => Problem::from(refusal.clone()).into_response(),
            false => ask.refused(refusal),
        })
    };
    let app = Arc::clone(&ask.app);
    let register = match app.site().register(app.core()) {
        Ok(Some(register)) => register,
        Ok(None) => return Err(refused(&ask, &nothing_published())),
        Err(refusal) => return Err(refused(&ask, &refusal)),
    };
    let day = ask.now_ms.div_euclid(86_400_000);
    let state = (register.records, day);
    // A file has no colours.
    let theme = if is_file(&ask) { "" } else { ask.theme_code() };
    let name = format!("{} {theme} {}", ask.lang.code(), ask.here);
    // What somebody searches for, and other days, are made for him: else a few addresses of his making would clear the shelf.
    let asked = [
        "q",
        "stated_by",
        "recorded_by",
        "after",
        "before",
        "limit",
        "project",
        "plan",
        "port",
    ];
    let is_usual = !ask
        .here
        .query
        .iter()
        .any(|(n, _)| asked.contains(&n.as_str()) || n.starts_with("w-"));
    let cookies = ask.cookies().to_vec();
    if let Some(made) = app.site().shelf().find(state, &name) {
        return Ok((made, cookies, StatusCode::OK));
    }
    if let Err(refusal) = as_of(&ask) {
        return Err(refused(&ask, &refusal));
    }
    let visit = match Visit::of(ask) {
        Ok(Some(visit)) => visit,
        // The register was there above; its program has gone since.
        Ok(None) => return Err(Box::new(Problem::not_found().into_response())),
        Err(refusal) => {
            return Err(Box::new(Problem::from(refusal).into_response()));
        }
    };
    let (made, status) = match make(&visit).map(Answer::made) {
        Ok(Ok(made)) => (made, StatusCode::OK),
        Ok(Err(nearest)) => (made(HTML, absent(&visit, nearest)), StatusCode::NOT_FOUND),
        Err(refusal) => return Err(refused(&visit.ask, &refusal)),
    };
    let made = Arc::new(made);
    if is_usual && status == StatusCode::OK && visit.register.records == state.0 {
        visit.ask.app.site().shelf().put(state, name, &made);
    }
    Ok((made, cookies, status))
}

/// Whether a program asks, not a person.
fn is_file(ask: &Ask) -> bool {
    ask.here.path.contains('.')
}

fn absent(visit: &Visit, nearest: Vec<crate::console::Link>) -> String {
    let page = PublicErrorPage {
        status: 404,
        code: "not-found".to_owned(),
        nearest,
        ..PublicErrorPage::default()
    };
    render_public_error(&visit.frame(PublicPlace::Elsewhere), &page)
}

fn made(media: &'static str, content: impl Into<Bytes>) -> Made {
    let bytes: Bytes = content.into();
    let digest = Sha256::digest(&bytes);
    let short: String = digest.iter().take(12).map(|b| format!("{b:02x}")).collect();
    Made {
        bytes,
        media,
        tag: format!("\"{short}\""),
    }
}

/// A page with its headers; nothing but them where the reader has it already (RFC 9110 §13.1.2).
fn given(
    made: &Made,
    known: Option<&HeaderValue>,
    cookies: &[String],
    status: StatusCode,
) -> Response {
    let same = known.and_then(|v| v.to_str().ok()).is_some_and(|tags| {
        let mut tags = tags.split(',').map(str::trim);
        tags.any(|tag| tag == "*" || tag.trim_start_matches("W/") == made.tag)
    });
    let headers = [
        (
            header::CACHE_CONTROL,
            if cookies.is_empty() { CACHE } else { OWN_CACHE },
        ),
        (header::VARY, "Cookie, Accept-Language"),
        (header::ETAG, made.tag.as_str()),
        (header::CONTENT_TYPE, made.media),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    let mut response = if same && status == StatusCode::OK {
        (StatusCode::NOT_MODIFIED, headers).into_response()
    } else {
        (status, headers, made.bytes.clone()).into_response()
    };
    for cookie in cookies {
        super::super::ask::set_cookie(&mut response, cookie);
    }
    response
}
