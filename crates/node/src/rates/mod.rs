//! How much of a node each may have: peers, systems and people whom it knows, and addresses of those whom it does not; and for how long it
//! works for one request. In front of all routes, before anything of a body is read.
//!
//! Who asks is taken from what he shows, and nobody is charged for another: a token or session counts for its secret, which only its owner
//! has, once the store knows it; a signature, which is checked later, for the key that it names *and* the address from which it comes. Who
//! shows nothing, or something that nobody knows, is his address. What turns out to hold for nothing (401) is counted by address, or by
//! signer and address, and slows down what follows; who shows a secret that is known is not held up by those who try others beside him.
//!
//! Other limits stand where their reason is: connections and heads in `listen.rs`, bodies in `api/body.rs`, records in the sequencer's
//! queue, documents that are judged in `judging.rs`, what a node asks outside in `outside.rs`, a pass's looks in `limits.rs`.

mod address;
mod bucket;
mod file;
mod room;

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use garita_exchange::clock::real_now_ms;
use garita_exchange::governance::node_method;
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use sha2::{Digest as _, Sha256};

use crate::access;
use crate::api::body;
use crate::api::problem::Problem;
use crate::console::paths;
use crate::server::App;
use crate::signed;

pub(crate) use address::OtherEnd;
pub use bucket::Rate;
use bucket::{Buckets, Name};
pub use file::Limits;
pub(crate) use file::is_usual;
pub(crate) use room::{Room, Taken};

/// Between two lines in the log that say how many were held up.
const LINES: Duration = Duration::from_secs(60);
/// A body of which nobody says how long it is counts as the longest delivery.
const UNTOLD_BYTES: u32 = 2 << 20;
/// Longest that somebody is told to wait: after it, half of a bucket is there again in any case, or he asks once more.
const WAIT_S_MAX: u64 = 3_600;

/// Bodies in memory at a time: of strangers forms, of peers deliveries, of systems and people files of the largest kind.
const STRANGERS_BYTES: usize = 64 << 20;
const PEERS_BYTES: usize = 256 << 20;
const PRINCIPALS_BYTES: usize = 1 << 30;
/// A body of whom the node does not know: a form with a picture, for which somebody has to sign in again.
const STRANGER_BYTES_MAX: usize = 8 << 20;

/// Asked by who watches over the node, who must hear from it above all when there is much to do.
const FREE: [&str; 2] = ["/livez", "/readyz"];
/// What costs as good as nothing, also where nobody knows who asks: files of the program, bytes of the log, what is in memory.
const CHEAP: [&str; 8] = [
    "/assets/",
    "/log/",
    "/.well-known/",
    "/parties/",
    "/metrics",
    "/v1/status",
    "/v1/governance",
    "/v1/network",
];
/// Addresses that hold a secret, or take one in a form.
const SECRETS: [&str; 3] = ["/signin/", "/p/", paths::SIGN_IN];

/// Which limit held somebody up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    /// A peer's.
    Peer,
    /// A token's, key's or session's.
    Principal,
    /// An address's, for anything.
    Address,
    /// An address's, for what costs something.
    Costly,
    /// Of secrets and signatures that held for nothing.
    Failures,
}

impl Held {
    const ALL: [Self; 5] = [
        Self::Peer,
        Self::Principal,
        Self::Address,
        Self::Costly,
        Self::Failures,
    ];

    /// Its label in the metrics.
    fn as_str(self) -> &'static str {
        match self {
            Self::Peer => "peer",
            Self::Principal => "principal",
            Self::Address => "address",
            Self::Costly => "costly",
            Self::Failures => "failures",
        }
    }
}

/// The limits of a running node, and what was taken of them.
#[derive(Debug)]
pub(crate) struct Rates {
    limits: Limits,
    began: Instant,
    peers: Option<Buckets>,
    peer_bytes: Option<Buckets>,
    principals: Option<Buckets>,
    addresses: Option<Buckets>,
    costly: Option<Buckets>,
    failures: Option<Buckets>,
    refused: [AtomicU64; Held::ALL.len()],
    overdue: AtomicU64,
    rooms: Rooms,
    lines: Seldom,
}

/// Room for bodies, of each kind of asker.
#[derive(Debug)]
struct Rooms {
    strangers: Room,
    peers: Room,
    principals: Room,
}

impl Rates {
    pub(crate) fn new(limits: Limits) -> Self {
        let buckets = |rate: Option<Rate>| rate.map(Buckets::new);
        Self {
            began: Instant::now(),
            peers: buckets(limits.peer),
            peer_bytes: buckets(limits.peer_bytes),
            principals: buckets(limits.principal),
            addresses: buckets(limits.address),
            costly: buckets(limits.costly),
            failures: buckets(limits.failures),
            refused: Default::default(),
            overdue: AtomicU64::new(0),
            rooms: Rooms {
                strangers: Room::new(STRANGERS_BYTES, STRANGER_BYTES_MAX),
                peers: Room::new(PEERS_BYTES, usize::MAX),
                principals: Room::new(PRINCIPALS_BYTES, usize::MAX),
            },
            lines: Seldom::default(),
            limits,
        }
    }

    /// Requests that were held up, by the limit that did it.
    pub(crate) fn refused(&self) -> Vec<(&'static str, u64)> {
        let counts = self.refused.iter().map(|n| n.load(Ordering::Relaxed));
        Held::ALL
            .into_iter()
            .map(Held::as_str)
            .zip(counts)
            .collect()
    }

    /// Requests of which no answer came in time.
    pub(crate) fn overdue(&self) -> u64 {
        self.overdue.load(Ordering::Relaxed)
    }

    /// What a request costs before it is looked at.
    fn admit(&self, asks: &Asks, request: &Parts) -> Result<(), (Held, Duration)> {
        let now = self.began.elapsed();
        let take = |buckets: &Option<Buckets>, held, cost| match buckets {
            Some(buckets) => buckets
                .take(asks.name, cost, now)
                .map_err(|wait| (held, wait)),
            None => Ok(()),
        };
        if asks.may_fail
            && let Some(failures) = &self.failures
        {
            let looked = failures.look(&asks.blamed, now);
            looked.map_err(|wait| (Held::Failures, wait))?;
        }
        match asks.who {
            Who::Principal => take(&self.principals, Held::Principal, 1),
            Who::Peer => {
                take(&self.peers, Held::Peer, 1)?;
                take(&self.peer_bytes, Held::Peer, bytes_of(request))
            }
            Who::Stranger => {
                take(&self.addresses, Held::Address, 1)?;
                if is_costly(request.uri.path()) {
                    take(&self.costly, Held::Costly, 1)?;
                }
                Ok(())
            }
        }
    }

    /// What was shown holds for nothing.
    fn failed(&self, asks: &Asks) {
        if let Some(failures) = &self.failures {
            // Whether something was left was looked at before; what it finds now, the next one is told.
            let _ = failures.take(asks.blamed, 1, self.began.elapsed());
        }
    }

    fn hold(&self, held: Held, wait: Duration) -> Response {
        let place = Held::ALL.iter().position(|one| *one == held);
        if let Some(count) = place.and_then(|at| self.refused.get(at)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        if let Some(requests) = self.lines.say() {
            tracing::warn!(
                requests,
                limit = held.as_str(),
                "requests beyond a limit were refused since the last such line"
            );
        }
        let wait_s = wait
            .as_secs()
            .saturating_add(u64::from(wait.subsec_nanos() > 0))
            .clamp(1, WAIT_S_MAX);
        let mut told = Problem::from(Refusal::one(
            RefusalKind::Busy,
            Fault::whole(
                "rate-limited",
                format!("more is asked for than this node gives to one; ask again in {wait_s} s"),
                format!("se pide más de lo que este nodo da a uno; vuelva a pedir en {wait_s} s"),
            ),
        ))
        .into_response();
        told.headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(wait_s));
        told
    }
}

/// Who asks, as far as that is known before anything is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    /// A system or person whose secret the store knows, or whose registered key is named; the operator.
    Principal,
    /// A node of the network's list, as the signature says.
    Peer,
    /// Nobody that is known.
    Stranger,
}

#[derive(Debug)]
struct Asks {
    who: Who,
    /// Whose bucket is taken from.
    name: Name,
    /// Whose bucket is taken from where what is shown holds for nothing.
    blamed: Name,
    /// Whether something is shown that may hold for nothing.
    may_fail: bool,
}

/// Lets a request through to its route, or says when to come again.
pub(crate) async fn limited(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let rates = app.rates();
    if FREE.contains(&request.uri().path()) {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let address = address::of(&parts.headers, &parts.extensions, &rates.limits);
    let asks = match asking(&app, &parts, address).await {
        Ok(asks) => asks,
        Err(refusal) => return Problem::from(refusal).into_response(),
    };
    if let Err((held, wait)) = rates.admit(&asks, &parts) {
        return rates.hold(held, wait);
    }
    let shows_a_secret = shows_a_secret(&parts);
    let limit = rates.limits.request();
    parts.extensions.insert(Deadline(limit));
    // Where a body is heard, its own limits count until it is there.
    let is_short = [Method::GET, Method::HEAD, Method::DELETE].contains(&parts.method);
    let whole = if is_short {
        limit
    } else {
        limit.saturating_add(body::WHOLE)
    };
    let room = match asks.who {
        Who::Stranger => &rates.rooms.strangers,
        Who::Peer => &rates.rooms.peers,
        Who::Principal => &rates.rooms.principals,
    };
    parts.extensions.insert(room.clone());
    let request = Request::from_parts(parts, body);
    let answered = async {
        if asks.who == Who::Stranger && !is_short {
            // Heard here, whatever the route: who is not known is not given the room of those who are.
            body::whole(STRANGER_BYTES_MAX, request, next).await
        } else {
            next.run(request).await
        }
    };
    let Ok(response) = tokio::time::timeout(whole, answered).await else {
        rates.overdue.fetch_add(1, Ordering::Relaxed);
        return overdue();
    };
    let failed = response.status() == StatusCode::UNAUTHORIZED
        || (shows_a_secret && response.status().is_client_error());
    if failed && asks.may_fail {
        rates.failed(&asks);
    }
    if response.extensions().get::<Overdue>().is_some() {
        rates.overdue.fetch_add(1, Ordering::Relaxed);
    }
    response
}

/// Until when a handler has answered, from the moment in which it has the whole request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline(Duration);

/// That an answer says that there is none.
#[derive(Debug, Clone, Copy)]
struct Overdue;

impl Deadline {
    /// What `answer` gives in time, or that nothing came.
    pub(crate) async fn keep(self, answer: impl Future<Output = Response>) -> Response {
        tokio::time::timeout(self.0, answer)
            .await
            .unwrap_or_else(|_| overdue())
    }
}

fn overdue() -> Response {
    let mut told = Problem::from(Refusal::one(
        RefusalKind::Unavailable,
        Fault::whole(
            "request-overdue",
            "the node did not come to an answer in time; ask again, what was filed with the same Idempotency-Key",
            "el nodo no llegó a una respuesta a tiempo; vuelva a pedir, lo presentado con la misma Idempotency-Key",
        ),
    ))
    .into_response();
    told.extensions_mut().insert(Overdue);
    told
}

/// Who asks. A secret that was not seen lately is looked up: one that nobody knows makes its bearer a stranger.
async fn asking(app: &Arc<App>, parts: &Parts, address: IpAddr) -> Result<Asks, Refusal> {
    let from = name("address", &[&address::name(address)]);
    let stranger = |may_fail| Asks {
        who: Who::Stranger,
        name: from,
        blamed: from,
        may_fail,
    };
    let principal = |name| Asks {
        who: Who::Principal,
        name,
        blamed: from,
        may_fail: false,
    };
    let headers = &parts.headers;
    if app.is_admin(headers) || app.is_monitor(headers) {
        return Ok(principal(name("operator", &[])));
    }
    if let Some(token) = access::bearer(headers) {
        let hash = access::hash(token);
        let known = known(app, name("token", &[&hash]), move |app| {
            let row = app.core().reader.api_token(&hash, real_now_ms())?;
            Ok(row.is_some_and(|token| token.revoked_ms.is_none()))
        });
        return Ok(known.await?.map_or(stranger(true), principal));
    }
    if let Some(keyid) = keyid(headers) {
        let by = &address::name(address);
        let did = keyid.split('#').next().unwrap_or_default();
        if app.core().network().nodes.contains_key(did) && keyid == node_method(did) {
            let name = name("peer", &[did.as_bytes(), by]);
            return Ok(Asks {
                who: Who::Peer,
                name,
                blamed: name,
                may_fail: true,
            });
        }
        let as_key = name("key", &[keyid.as_bytes(), by]);
        let known = known(app, as_key, move |app| {
            let row = app
                .core()
                .reader
                .api_token(&signed::key_hash(&keyid), i64::MIN)?;
            Ok(row.is_some_and(|key| key.revoked_ms.is_none()))
        });
        return Ok(known.await?.map_or(stranger(true), |name| Asks {
            blamed: name,
            may_fail: true,
            ..principal(name)
        }));
    }
    if let Some(secret) = access::cookie(headers, access::SESSION_COOKIE) {
        let hash = access::hash(&secret);
        let known = known(app, name("signed-in", &[&hash]), move |app| {
            Ok(app.core().reader.session(&hash, real_now_ms())?.is_some())
        });
        if let Some(name) = known.await? {
            return Ok(principal(name));
        }
    }
    Ok(stranger(shows_a_secret(parts)))
}

/// The name, where it asked lately or the store knows what it stands for.
async fn known(
    app: &Arc<App>,
    name: Name,
    look: impl FnOnce(&App) -> Result<bool, garita_store::StoreError> + Send + 'static,
) -> Result<Option<Name>, Refusal> {
    let rates = app.rates();
    if rates.principals.as_ref().is_some_and(|p| p.knows(&name)) {
        return Ok(Some(name));
    }
    let app = Arc::clone(app);
    let found = crate::server::blocking(move || {
        look(&app).map_err(|e| garita_exchange::sequence::store_refusal(&e))
    });
    Ok(found.await?.then_some(name))
}

fn name(kind: &str, parts: &[&[u8]]) -> Name {
    let mut hash = Sha256::new();
    for part in std::iter::once(kind.as_bytes()).chain(parts.iter().copied()) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// The key that a signature names. What cannot be read is refused later, by who checks it.
fn keyid(headers: &HeaderMap) -> Option<String> {
    let line = headers.get("signature-input")?.to_str().ok()?;
    let (_, rest) = line.split_once("keyid=\"")?;
    let (keyid, _) = rest.split_once('"')?;
    Some(keyid.to_owned())
}

fn shows_a_secret(parts: &Parts) -> bool {
    let path = parts.uri.path();
    let is_form = path != paths::SIGN_IN || parts.method == Method::POST;
    is_form && SECRETS.iter().any(|start| path.starts_with(start))
}

fn is_costly(path: &str) -> bool {
    path != "/" && !CHEAP.iter().any(|start| path.starts_with(start))
}

fn bytes_of(request: &Parts) -> u32 {
    match request.headers.get(header::CONTENT_LENGTH) {
        Some(length) => length
            .to_str()
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or(u32::MAX),
        None if request.headers.contains_key(header::TRANSFER_ENCODING) => UNTOLD_BYTES,
        None => 0,
    }
}

/// Something that is said at once and then once a minute at most, however often there is reason to.
#[derive(Debug, Default)]
pub(crate) struct Seldom {
    said: Mutex<Option<Instant>>,
    unsaid: AtomicU64,
}

impl Seldom {
    /// How often there was reason since it was said last, this time included; none where it is not to be said now.
    pub(crate) fn say(&self) -> Option<u64> {
        self.unsaid.fetch_add(1, Ordering::Relaxed);
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if said.is_some_and(|at| at.elapsed() < LINES) {
            return None;
        }
        *said = Some(Instant::now());
        Some(self.unsaid.swap(0, Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(method: &str, path: &str, fields: &[(&str, &str)]) -> Parts {
        let mut request = axum::http::Request::builder().method(method).uri(path);
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn the_key_of_a_signature_is_the_one_that_it_names() {
        let signed = |line: &str| keyid(&parts("GET", "/", &[("signature-input", line)]).headers);
        let line = "garita=(\"@method\");created=1;keyid=\"did:web:a#node\";alg=\"ed25519\"";
        assert_eq!(signed(line).as_deref(), Some("did:web:a#node"));
        for line in ["garita=(\"@method\")", "garita=();keyid=\"open", ""] {
            assert_eq!(signed(line), None, "{line}");
        }
    }

    #[test]
    fn names_of_different_parts_differ() {
        assert_ne!(name("peer", &[b"ab", b"c"]), name("peer", &[b"a", b"bc"]));
        assert_ne!(name("token", &[b"x"]), name("signed-in", &[b"x"]));
    }

    #[test]
    fn what_holds_a_secret_is_an_attempt_and_the_form_for_it_is_none() {
        for (method, path, expected) in [
            ("GET", "/signin/abc", true),
            ("GET", "/p/abc", true),
            ("POST", "/console/sign-in", true),
            ("GET", "/console/sign-in", false),
            ("GET", "/projects", false),
            ("GET", "/parties/x/did.json", false),
        ] {
            assert_eq!(
                shows_a_secret(&parts(method, path, &[])),
                expected,
                "{path}"
            );
        }
    }

    #[test]
    fn a_body_of_unknown_length_counts_as_a_long_one() {
        let bytes = |fields: &[(&str, &str)]| bytes_of(&parts("POST", "/", fields));
        assert_eq!(bytes(&[]), 0);
        assert_eq!(bytes(&[("content-length", "17")]), 17);
        assert_eq!(bytes(&[("content-length", "99999999999")]), u32::MAX);
        assert_eq!(bytes(&[("transfer-encoding", "chunked")]), UNTOLD_BYTES);
    }

    #[tokio::test]
    async fn who_hangs_is_answered_for() {
        let deadline = Deadline(Duration::from_millis(5));
        let told = deadline.keep(std::future::pending()).await;
        assert_eq!(told.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(told.headers().contains_key(header::RETRY_AFTER));
        assert!(told.extensions().get::<Overdue>().is_some());
        let deadline = Deadline(Duration::from_secs(3_600));
        let told = deadline.keep(async { "in time".into_response() }).await;
        assert_eq!(told.status(), StatusCode::OK);
    }

    #[test]
    fn a_flood_is_one_line() {
        let seldom = Seldom::default();
        assert_eq!(seldom.say(), Some(1));
        assert!((0..10_000).all(|_| seldom.say().is_none()));
    }
}
