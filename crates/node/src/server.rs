//! A running node: its parts behind one handle, its routes, its listener.

use std::net::SocketAddr;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use garita_credential::keys::SigningKey;
use garita_exchange::clock::real_now_ms;
use garita_exchange::core::{Core, Hosted, Parts};
use garita_exchange::files::ATTACHMENT_BYTES_MAX;
use garita_exchange::governance::{NodeEntry, PartyEntry, PartyKey};
use garita_exchange::program::ProgramError;
use garita_exchange::retention::RetentionRule;
use garita_exchange::sequence::store_refusal;
use garita_exchange::sync::Standings;
use garita_exchange::{Exchange, Refusal, StartError, governance, problem, submit};
use garita_formats::Readings;
use serde_json::Value;
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::api;
use crate::config::{HostedParty, NodeConfig};
use crate::epcis;
use crate::epochs;
use crate::follow;
use crate::follow::mail::{MailError, Mailer};
use crate::judging::Outside;
use crate::keyring::Keyring;
use crate::limits::Limiter;
use crate::listen;
use crate::outside::Targets;
use crate::pages;
use crate::programs;
use crate::rates::{self, Rates};
use crate::readers::Readers;
use crate::signed::SignedWrites;
use crate::site;

const GOVERNANCE_MAX: usize = 1_000;
/// Requests under way when the node is told to stop may take this long.
const STOP_GRACE: Duration = Duration::from_secs(2);

/// One running node.
#[derive(Debug)]
pub struct App {
    config: NodeConfig,
    exchange: Exchange,
    passes: Limiter,
    signed_writes: SignedWrites,
    epcis: Arc<epcis::Desk>,
    site: site::Site,
    follow: follow::Follow,
    readers: Readers,
    rotating: tokio::sync::Mutex<()>,
    outside: Outside,
    rates: Rates,
}

/// Why a node could not be run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// A program is not valid.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// The governance chain of the folder does not hold.
    #[error("governance.json: {0}")]
    Governance(#[from] governance::GovernanceError),
    /// The exchange could not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// Mail cannot go out as the configuration says.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// Keys are encrypted and were not opened.
    #[error("the node's keys are encrypted; it needs their passphrase")]
    Locked,
    /// The address is taken, or may not be used.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
}

impl App {
    /// Opens a node.
    ///
    /// # Errors
    /// See [`ServeError`].
    pub fn open(config: NodeConfig) -> Result<Arc<Self>, ServeError> {
        if config.locked() {
            return Err(ServeError::Locked);
        }
        // Without a folder of one's own, that in which `garita profile install` puts packages.
        let installed = config.data.join(programs::FOLDER);
        let extra = config
            .file
            .programs
            .clone()
            .or(installed.is_dir().then_some(installed));
        let programs = Arc::new(programs::load(extra.as_deref())?);
        let network = governance::Network::from_entries(&config.governance)?;
        let mail = config.file.mail.as_ref();
        let mailer = mail
            .map(|file| Mailer::of(file, &config.data))
            .transpose()?;
        let exchange = Exchange::start(Parts {
            identity: config.identity.clone(),
            data: config.data.clone(),
            clock: config.file.clock,
            hosted: config
                .hosted
                .iter()
                .map(|(did, keys)| (did.clone(), Hosted::new(keys.clone())))
                .collect(),
            programs,
            network,
            pulls: config.file.pull,
            attachment_bytes_max: config
                .file
                .attachment_bytes_max
                .map_or(ATTACHMENT_BYTES_MAX, NonZeroU64::get),
        })?;
        let outside = Outside::new(Targets {
            inside: config.file.webhooks_inside,
        });
        let rates = Rates::new(config.file.limits.clone());
        let app = Arc::new(Self {
            config,
            exchange,
            passes: Limiter::default(),
            signed_writes: SignedWrites::new(real_now_ms()),
            epcis: Arc::default(),
            site: site::Site::default(),
            follow: follow::Follow::of(mailer),
            readers: Readers::default(),
            rotating: tokio::sync::Mutex::new(()),
            outside,
            rates,
        });
        api::rotation::catch_up(&app);
        epochs::start(&app);
        api::erasing::start(&app);
        epcis::start(&app);
        site::asking::start(&app);
        follow::telling::start(&app);
        Ok(app)
    }

    /// What the stations share.
    pub fn core(&self) -> &Arc<Core> {
        &self.exchange.core
    }

    /// How each peer stands.
    pub fn standings(&self) -> &Standings {
        &self.exchange.standings
    }

    /// What the check at start found.
    pub fn exchange(&self) -> &Exchange {
        &self.exchange
    }

    /// How often each pass was looked at.
    pub(crate) fn passes(&self) -> &Limiter {
        &self.passes
    }

    /// How much of it each may have.
    pub(crate) fn rates(&self) -> &Rates {
        &self.rates
    }

    /// How documents are read where their guides leave it open.
    pub fn readings(&self) -> &Readings {
        &self.config.file.readings
    }

    /// Signatures of writes that were taken.
    pub(crate) fn signed_writes(&self) -> &SignedWrites {
        &self.signed_writes
    }

    /// What the EPCIS interface keeps beside the store.
    pub(crate) fn epcis(&self) -> &Arc<epcis::Desk> {
        &self.epcis
    }

    /// What the node publishes.
    pub(crate) fn site(&self) -> &site::Site {
        &self.site
    }

    /// Who follows what it publishes.
    pub(crate) fn follow(&self) -> &follow::Follow {
        &self.follow
    }

    /// What readers of the public pages ask.
    pub(crate) fn readers(&self) -> &Readers {
        &self.readers
    }

    /// What it may fetch while it judges and resolves.
    pub(crate) fn outside(&self) -> &Outside {
        &self.outside
    }

    /// Where subscribers of queries may be.
    pub(crate) fn webhook_targets(&self) -> Targets {
        Targets {
            inside: self.config.file.webhooks_inside,
        }
    }

    /// How long records are kept.
    pub(crate) fn retention(&self) -> &[RetentionRule] {
        &self.config.file.retention
    }

    /// How many questions a day it asks by itself; none where its operator leaves that to the program.
    pub(crate) fn automatic_questions_a_day(&self) -> Option<u32> {
        self.config.file.automatic_questions_a_day
    }

    /// Name of the node for people.
    pub fn name(&self) -> &str {
        &self.config.file.name
    }

    /// Its data folder.
    pub fn data(&self) -> &std::path::Path {
        &self.config.data
    }

    /// Its key files.
    pub(crate) fn keyring(&self) -> &Keyring {
        &self.config.keyring
    }

    /// Held while a party's keys are changed.
    pub(crate) fn rotating(&self) -> &tokio::sync::Mutex<()> {
        &self.rotating
    }

    /// Hosted parties.
    pub fn parties(&self) -> &[HostedParty] {
        &self.config.file.parties
    }

    /// A hosted party by its short name.
    pub fn party_by_slug(&self, slug: &str) -> Option<&HostedParty> {
        self.config.file.parties.iter().find(|p| p.slug == slug)
    }

    /// Entries with which the node was set up.
    pub fn governance(&self) -> Vec<Value> {
        self.config.governance.clone()
    }

    /// The authority's key, where this node has it.
    pub fn authority(&self) -> Option<Arc<SigningKey>> {
        self.config.authority.clone()
    }

    /// Whether a request bears the operator's token.
    pub fn is_admin(&self, headers: &axum::http::HeaderMap) -> bool {
        crate::access::bears(self.config.admin_hash.as_ref(), headers)
    }

    /// Whether a request bears the token of who watches over the node: `monitor.token`, for counts and standings alone.
    pub fn is_monitor(&self, headers: &axum::http::HeaderMap) -> bool {
        crate::access::bears(self.config.monitor_hash.as_ref(), headers)
    }

    /// The whole governance chain as held.
    ///
    /// # Errors
    /// When the store is away.
    pub fn chain(&self) -> Result<Vec<Value>, Refusal> {
        let mut entries = self.governance();
        loop {
            let next = u64::try_from(entries.len()).unwrap_or(u64::MAX);
            let page = self
                .core()
                .reader
                .governance(next, GOVERNANCE_MAX)
                .map_err(|e| store_refusal(&e))?;
            if page.is_empty() {
                return Ok(entries);
            }
            entries.extend(
                page.into_iter()
                    .filter_map(|e| serde_json::from_slice::<Value>(&e.document).ok()),
            );
        }
    }

    /// This node as it introduces itself.
    pub fn node_entry(&self) -> NodeEntry {
        let identity = &self.core().identity;
        NodeEntry {
            did: identity.did.clone(),
            name: self.name().to_owned(),
            url: identity.url.clone(),
            key: identity.key.verification_key().to_multibase(),
            log_key: submit::log_verifier_key(self.core()),
            continues: None,
            witness_key: identity
                .witness
                .as_ref()
                .and_then(|witness| witness.public().ok())
                .map(|key| key.to_string()),
        }
    }

    /// Its parties as it introduces them: with the roles that its operator gave at set-up, for the authority to grant.
    pub fn party_entries(&self) -> Vec<PartyEntry> {
        let path = self.config.data.join("parties.json");
        let planned: Vec<PartyEntry> = std::fs::read_to_string(path)
            .ok()
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default();
        self.parties()
            .iter()
            .filter_map(|party| {
                let hosted = self.core().hosted.get(&party.did)?;
                let mut entry = planned.iter().find(|p| p.did == party.did).cloned()?;
                entry.keys = hosted
                    .current()
                    .public_keys()
                    .map(|(method, key)| PartyKey {
                        id: method.to_owned(),
                        public_key_multibase: key.to_multibase(),
                        from_ms: 0,
                        until_ms: None,
                    })
                    .collect();
                Some(entry)
            })
            .collect()
    }
}

/// All routes of a node.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .merge(api::router())
        .merge(epcis::router())
        .merge(pages::router())
        .fallback(not_found)
        .layer(from_fn_with_state(Arc::clone(&app), rates::limited))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::REFERRER_POLICY,
            HeaderValue::from_static("same-origin"),
        ))
        .with_state(app)
}

/// Serves until `stop` resolves.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn serve(
    app: Arc<App>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let address = app.config.file.listen;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|source| ServeError::Listen { address, source })?;
    tracing::info!(
        %address,
        url = app.core().identity.url,
        log_size = app.exchange.tail.size,
        checked = app.exchange.tail.checked,
        "node is up; the log's tail agrees with the store"
    );
    if app.core().identity.url.starts_with("https:")
        && app.config.file.limits.address_header.is_none()
    {
        tracing::warn!(
            "a proxy stands in front and `limits.addressHeader` is not set: all who are not known share the limits of one address"
        );
    }
    let (asked, mut told) = tokio::sync::watch::channel(false);
    let exchange_stop = Arc::clone(&app);
    let graceful = async move {
        stop.await;
        exchange_stop.exchange.stop();
        let _ = asked.send(true);
    };
    let served = listen::serve(listener, router(Arc::clone(&app)), graceful);
    // Streams stay open for as long as their readers like: after the grace they are cut, and resume by their cursor.
    let grace = async {
        let _ = told.wait_for(|asked| *asked).await;
        tokio::time::sleep(STOP_GRACE).await;
    };
    tokio::select! {
        result = served => result.map_err(|source| ServeError::Listen { address, source }),
        () = grace => Ok(()),
    }
}

/// Runs work that blocks off the async threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(_) => Err(Refusal::one(
            problem::RefusalKind::Unavailable,
            problem::Fault::whole(
                "work-interrupted",
                "the node stopped in the middle of this request; ask again",
                "el nodo se detuvo a la mitad de esta petición; vuelva a pedir",
            ),
        )),
    }
}

async fn not_found() -> Response {
    api::problem::Problem::not_found().into_response()
}

/// A panic is ours: it is logged by its place alone, and answered without detail.
fn panicked(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    tracing::error!("a request panicked");
    (StatusCode::INTERNAL_SERVER_ERROR, "internal error\n").into_response()
}
