//! Who asks for which page, in which language; the frame around every page; the answers: a page, a refusal, a way to sign in.

use std::sync::Arc;

use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use garita_exchange::clock::real_now_ms;
use garita_exchange::encode;
use garita_exchange::governance::Network;
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use garita_exchange::sequence::store_refusal;
use garita_exchange::submit::{Principal, Submission};
use garita_exchange::verify::Once;
use garita_profile::Profile;
use garita_profile::case::{Directory, Party};
use garita_tlog::Checkpoint;
use sha2::{Digest as _, Sha256};

use super::peers;
use super::words::Say;
use crate::access;
use crate::api::problem::Problem;
use crate::console::{
    Address, ErrorPage, Frame, Lang, Link, NavLink, NodeLine, Place, Rich, SignedIn, Theme, paths,
    render_error, time,
};
use crate::server::{App, blocking};

const LANG_COOKIE: &str = "garita_lang";
const THEME_COOKIE: &str = "garita_theme";
/// The name of a form's key: what is sent twice with it is recorded once.
const ONCE: &str = "once";
/// A choice of language or colours is kept a year.
const CHOICE_S: u32 = 365 * 24 * 3_600;
/// Zone of a party that stands at no place with one: the demonstration's and the largest crossings'.
const ZONE: &str = "America/Chicago";
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// Members of an address that set something and are no part of the page.
const SETTINGS: [&str; 2] = ["lang", "theme"];

/// A request for a page.
pub(super) struct Ask {
    /// The node.
    pub(super) app: Arc<App>,
    /// The page's address with its query, without settings.
    pub(super) here: Address,
    /// Language.
    pub(super) lang: Lang,
    /// Who is signed in; empty party where nobody is.
    pub(super) who: Principal,
    /// The network as of now.
    pub(super) network: Arc<Network>,
    /// Business time.
    pub(super) now_ms: i64,
    /// Token that this session's forms carry.
    pub(super) token: String,
    theme: Theme,
    cookies: Vec<String>,
}

impl Ask {
    /// Reads a request.
    ///
    /// # Errors
    /// When the store is away.
    pub(super) fn of(
        app: Arc<App>,
        headers: &HeaderMap,
        uri: &Uri,
    ) -> Result<(Ask, bool), Refusal> {
        let mut here = Address::new(uri.path());
        here.query = pairs(uri.query().unwrap_or_default());
        let who = access::session(app.core(), headers)?;
        let mut cookies = Vec::new();
        let mut choose =
            |name: &str, cookie: &str, known: &dyn Fn(&str) -> bool| -> Option<String> {
                let asked = here.value(name).to_owned();
                if known(&asked) {
                    cookies.push(format!(
                        "{cookie}={asked}; Path=/; Max-Age={CHOICE_S}; SameSite=Lax; HttpOnly"
                    ));
                    return Some(asked);
                }
                access::cookie(headers, cookie).filter(|held| known(held))
            };
        let lang = choose("lang", LANG_COOKIE, &|tag| {
            Lang::parse(tag).is_some() && tag.len() < 6
        })
        .and_then(|tag| Lang::parse(&tag))
        .unwrap_or_else(|| {
            Lang::accepted(
                headers
                    .get(header::ACCEPT_LANGUAGE)
                    .and_then(|v| v.to_str().ok())
                    .unwrap_or_default(),
            )
        });
        let theme = choose("theme", THEME_COOKIE, &|word| {
            ["light", "dark"].contains(&word)
        })
        .map_or(Theme::System, |word| Theme::parse(&word));
        here.query
            .retain(|(name, _)| !SETTINGS.contains(&name.as_str()));
        let token = access::cookie(headers, access::SESSION_COOKIE)
            .map(|secret| form_token(&secret))
            .unwrap_or_default();
        let known = who.is_some();
        let network = app.core().network();
        let now_ms = app.core().clock.now_ms();
        Ok((
            Ask {
                app,
                here,
                lang,
                who: who.unwrap_or(Principal {
                    party: String::new(),
                    person: String::new(),
                    post: String::new(),
                }),
                network,
                now_ms,
                token,
                theme,
                cookies,
            },
            known,
        ))
    }

    /// The party asked for.
    pub(super) fn party(&self) -> &str {
        &self.who.party
    }

    /// The trust list.
    pub(super) fn directory(&self) -> &Directory {
        &self.network.directory
    }

    /// The party's entry in the trust list.
    pub(super) fn entry(&self) -> Option<&Party> {
        self.directory().parties.get(self.party())
    }

    /// The party's roles as of now.
    pub(super) fn roles(&self) -> Vec<&str> {
        self.entry()
            .into_iter()
            .flat_map(|p| &p.roles)
            .filter(|r| r.from_ms <= self.now_ms && r.until_ms.is_none_or(|u| self.now_ms < u))
            .map(|r| r.role.as_str())
            .collect()
    }

    /// Whether the party stands at a port or signs for a charter: its people come and go in shifts.
    pub(super) fn is_office(&self) -> bool {
        let roles = self.roles();
        let signs = |program: &Arc<Profile>| {
            let signatories = &program.model().charter.signatories;
            signatories.iter().any(|r| roles.contains(&r.as_str()))
        };
        self.entry().is_some_and(|p| !p.places.is_empty())
            || self.app.core().programs.iter().any(signs)
    }

    /// The words of a program in the page's language.
    pub(super) fn say(&self, profile: &Arc<Profile>) -> Say {
        Say::new(Arc::clone(profile), self.lang, self.now_ms, self.zone())
    }

    /// One of two texts that the console's tables don't have.
    pub(super) fn w<'a>(&self, en: &'a str, es: &'a str) -> &'a str {
        match self.lang {
            Lang::En => en,
            Lang::Es => es,
        }
    }

    /// The port's zone: of the party's places, else the default.
    pub(super) fn zone(&self) -> jiff::tz::TimeZone {
        let zones = &self.directory().zones;
        let own = self
            .entry()
            .into_iter()
            .flat_map(|p| &p.places)
            .find_map(|place| zones.get(place));
        time::zone(own.map_or(ZONE, String::as_str))
    }

    /// An instant in the reader's zone and language.
    pub(super) fn clock_text(&self, at_ms: i64) -> String {
        time::told(at_ms, self.now_ms, &self.zone(), self.lang)
    }

    /// The frame of a page.
    pub(super) fn frame(&self, place: Place) -> Frame {
        let core = self.app.core();
        let mut frame = Frame::new(self.lang, self.now_ms, self.zone(), self.here.clone());
        frame.theme = self.theme;
        frame.demo = self.network.simulated;
        if !self.party().is_empty() {
            let office = self.network.name_of(self.party()).to_owned();
            let person = self.who.person.trim();
            let (name, office) = if person.is_empty() || person == office {
                (office, String::new())
            } else {
                (person.to_owned(), office)
            };
            frame.user = Some(SignedIn { name, office });
            frame.nav = Frame::own_nav(self.lang, place);
            let file = NavLink {
                label: self.w("File", "Presentar").to_owned(),
                href: "/console/file".to_owned(),
                current: self.here.path.starts_with("/console/file"),
            };
            frame.nav.insert(2.min(frame.nav.len()), file);
            if super::check::is_for(self) {
                let check = NavLink {
                    label: self.w("Check", "Revisar").to_owned(),
                    href: paths::CHECK.to_owned(),
                    current: self.here.path == paths::CHECK,
                };
                frame.nav.insert(3.min(frame.nav.len()), check);
            }
            if let Some(waiting) = super::readers::waiting(self) {
                frame.nav.push(NavLink {
                    label: match waiting {
                        0 => self.lang.t("moderate.nav").to_owned(),
                        n => format!("{} ({n})", self.lang.t("moderate.nav")),
                    },
                    href: paths::READERS_ASK.to_owned(),
                    current: self.here.path == paths::READERS_ASK,
                });
            }
            if self.is_office() {
                let shift = NavLink {
                    label: self.lang.t("shift.nav").to_owned(),
                    href: paths::SHIFT.to_owned(),
                    current: place == Place::Shift,
                };
                frame.nav.insert(1.min(frame.nav.len()), shift);
            }
        }
        let head = core.reader.head().ok();
        frame.node = NodeLine {
            host: host_of(&core.identity.url).to_owned(),
            log_size: head.as_ref().map_or(0, |h| h.frontier.size().get()),
            checkpoint_ms: head.as_ref().and_then(|h| h.last_logged_ms),
            // Of the newest checkpoint, as the words say; a second later where something was just recorded.
            witnessed: head
                .as_ref()
                .and_then(|h| core.witnessed.at(h.frontier.size()))
                .map(|held| [held.by.len(), held.of].map(|n| u32::try_from(n).unwrap_or(u32::MAX)))
                .map(|[have, asked]| (have, asked)),
        };
        frame
    }

    /// Word of the colours that were chosen; empty where the device says.
    pub(super) fn theme_code(&self) -> &'static str {
        self.theme.code()
    }

    /// What this request chose and is to be kept by the browser.
    pub(super) fn cookies(&self) -> &[String] {
        &self.cookies
    }

    /// Milliseconds of the node's clock in a real one.
    pub(super) fn rate(&self) -> u32 {
        self.app.core().clock.speed().round().clamp(1.0, 1e6) as u32
    }

    /// Where the log stands: the cursor of live pages.
    pub(super) fn cursor(&self) -> String {
        self.app.core().published.borrow().to_string()
    }

    /// A page.
    pub(super) fn html(&self, body: String) -> Response {
        self.answer(StatusCode::OK, body)
    }

    /// A page with a status.
    pub(super) fn answer(&self, status: StatusCode, body: String) -> Response {
        let mut response = (
            status,
            [
                (header::CONTENT_TYPE, "text/html; charset=utf-8"),
                (header::CONTENT_SECURITY_POLICY, POLICY),
                (header::CACHE_CONTROL, "no-store"),
                (header::VARY, "Cookie, Accept-Language"),
            ],
            body,
        )
            .into_response();
        for cookie in &self.cookies {
            set_cookie(&mut response, cookie);
        }
        response
    }

    /// A refusal as a page.
    pub(super) fn refused(&self, refusal: &Refusal) -> Response {
        let frame = self.frame(Place::Elsewhere);
        let text = |fault: &Fault| self.w(&fault.en, &fault.es).to_owned();
        let first = refusal.faults.first();
        let mut page = ErrorPage {
            status: refusal.kind.status(),
            code: refusal.code().to_owned(),
            pointer: first.map(|f| f.pointer.clone()).unwrap_or_default(),
            retry_s: matches!(refusal.kind, RefusalKind::Busy | RefusalKind::Unavailable)
                .then_some(1),
            links: vec![Link::new(self.lang.t("error.board"), paths::BOARD)],
            ..ErrorPage::default()
        };
        if refusal.faults.len() > 1 {
            page.faults = refusal
                .faults
                .iter()
                .map(|f| (text(f), f.code.clone(), f.pointer.clone()))
                .collect();
        } else if refusal.kind != RefusalKind::NotFound {
            page.detail = first.map(|f| Rich::marked(&text(f))).unwrap_or_default();
        }
        let status = StatusCode::from_u16(page.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        self.answer(status, render_error(&frame, &page))
    }

    /// Whether a posted form came from a page of this session.
    ///
    /// # Errors
    /// 403 where it did not.
    pub(super) fn check_token(&self, posted: &[(String, String)]) -> Result<(), Refusal> {
        // Both sides are hashes of a secret; what an attacker learns by timing is nothing that it can choose.
        if !self.token.is_empty() && value_of(posted, "token") == self.token {
            return Ok(());
        }
        Err(Refusal::one(
            RefusalKind::Forbidden,
            Fault::whole(
                "form-not-yours",
                "this form was not made for your session; open it again from the console",
                "este formulario no se hizo para su sesión; ábralo de nuevo desde la consola",
            ),
        ))
    }

    /// What every form carries unseen: that it is of this session, and a key by which it is recorded once, however often it is sent.
    pub(super) fn hidden(&self) -> Vec<(String, String)> {
        let mut hidden = vec![("token".to_owned(), self.token.clone())];
        // Without randomness the form still works; only a double click is then told apart by the case alone.
        if let Ok(key) = access::new_secret() {
            hidden.push((ONCE.to_owned(), key));
        }
        hidden
    }

    /// The record that an earlier click on the same form made, with its place in the log.
    ///
    /// # Errors
    /// When the store is away.
    pub(super) fn done_before(
        &self,
        posted: &[(String, String)],
    ) -> Result<Option<(String, u64)>, Refusal> {
        let key = value_of(posted, ONCE);
        if key.is_empty() {
            return Ok(None);
        }
        let reader = &self.app.core().reader;
        let Some(first) = held(reader.idempotency(self.party(), key, real_now_ms()))? else {
            return Ok(None);
        };
        let id = String::from_utf8_lossy(&first.response).into_owned();
        let found = held(reader.record(self.party(), &id))?;
        Ok(found.map(|h| (id, h.record.local_index.get())))
    }

    /// How the peers stand.
    pub(super) fn peer_lines(&self) -> Vec<crate::console::PeerLine> {
        peers::lines(self)
    }
}

/// The key of a posted form with what it asks for.
pub(super) fn once(posted: &[(String, String)], submission: &Submission) -> Option<Once> {
    let key = value_of(posted, ONCE);
    let body = serde_json::to_vec(submission).ok()?;
    (!key.is_empty()).then(|| Once {
        key: key.to_owned(),
        request: Sha256::digest(&body).into(),
    })
}

/// Something that is not there, or not for this person.
pub(super) fn absent() -> Refusal {
    Problem::not_found().0
}

/// The token of a session's forms: made of the session's secret, which no page shows.
pub(super) fn form_token(secret: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update(b"garita form v1\n");
    hasher.update(secret.as_bytes());
    encode::base64url(&hasher.finalize())
}

/// Reads, on a blocking thread, for whoever is signed in; others are led to sign in.
pub(super) async fn signed(
    app: Arc<App>,
    headers: HeaderMap,
    uri: Uri,
    work: impl FnOnce(&Ask) -> Result<Response, Refusal> + Send + 'static,
) -> Response {
    let answer = blocking(move || {
        let (ask, known) = Ask::of(app, &headers, &uri)?;
        if !known {
            return Ok(to_sign_in());
        }
        Ok(work(&ask).unwrap_or_else(|refusal| ask.refused(&refusal)))
    })
    .await;
    // Without the store not even the person is known: the machine-readable answer is all there is.
    answer.unwrap_or_else(|refusal| Problem::from(refusal).into_response())
}

/// See other, with GET.
pub(super) fn see_other(to: &str) -> Response {
    let to = HeaderValue::from_str(to).unwrap_or_else(|_| HeaderValue::from_static(paths::BOARD));
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

/// To the sign-in page.
pub(super) fn to_sign_in() -> Response {
    see_other(paths::SIGN_IN)
}

/// Any other address under the console.
pub(super) async fn nowhere(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
) -> Response {
    signed(app, headers, uri, |_| Err(absent())).await
}

pub(super) fn set_cookie(response: &mut Response, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// Members of a form or query, in order, decoded.
pub(super) fn pairs(text: &str) -> Vec<(String, String)> {
    serde_urlencoded(text)
}

fn serde_urlencoded(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|part| !part.is_empty())
        .take(5_000)
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (decoded(name), decoded(value))
        })
        .collect()
}

fn decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'+' => out.push(b' '),
            b'%' => {
                let mut digit = || bytes.next().and_then(|b| char::from(b).to_digit(16));
                match (digit(), digit()) {
                    (Some(high), Some(low)) => {
                        out.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                    }
                    _ => out.push(b'?'),
                }
            }
            other => out.push(other),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// A member of a form; empty where absent.
pub(super) fn value_of<'a>(posted: &'a [(String, String)], name: &str) -> &'a str {
    posted
        .iter()
        .find(|(n, _)| n == name)
        .map_or("", |(_, v)| v.as_str())
}

pub(super) fn host_of(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, rest)| rest)
}

/// Milliseconds of a node's clock since a real instant, as business time.
pub(super) fn business_ms(ask: &Ask, real_ms: i64) -> i64 {
    let core = ask.app.core();
    let ago = real_now_ms().saturating_sub(real_ms).max(0) as f64 * core.clock.speed();
    ask.now_ms.saturating_sub(ago as i64)
}

/// Size, root and origin of a checkpoint as served.
pub(super) fn checkpoint_of(note: &str) -> Option<Checkpoint> {
    Checkpoint::parse_note_unverified(note.as_bytes()).ok()
}

/// A store's answer, or its refusal.
pub(super) fn held<T>(answer: Result<T, garita_store::StoreError>) -> Result<T, Refusal> {
    answer.map_err(|e| store_refusal(&e))
}
