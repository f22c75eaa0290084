//! `garita init|serve|peer|link|submit`: making and running a node, and speaking to one.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};
use garita_exchange::clock::{Clock, real_now_ms};
use garita_exchange::encode;
use garita_exchange::governance::{Network, Statement};
use garita_node::config::{NodeConfig, TokenFile};
use garita_node::places;
use garita_node::server::{self, App};
use garita_node::setup::{self, NodePlan, PartyPlan};
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::passphrase::{self, PassphraseArgs};
use crate::{Data, conformance, say, upkeep};

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    #[command(flatten)]
    data: Data,
    /// The node's name for people
    #[arg(long, default_value = "My node")]
    name: String,
    /// Where it listens
    #[arg(long, default_value = "127.0.0.1:8101")]
    listen: SocketAddr,
    /// Its address as others reach it; https, or http on loopback
    #[arg(long)]
    url: Option<String>,
    /// A party whose home it is: SLUG:NAME:ROLE[,ROLE…][:NAMESPACE=VALUE…]; repeat for more
    #[arg(long = "party", value_name = "PARTY", required = true)]
    parties: Vec<String>,
    /// Found a network with this name; without it the node waits for an invitation (`garita peer add`)
    #[arg(long, value_name = "NAME")]
    network: Option<String>,
    /// All records of the founded network are synthetic
    #[arg(long, requires = "network")]
    simulated: bool,
    /// Make the parties' keys in a token: its maker's PKCS#11 module, such as /usr/lib/softhsm/libsofthsm2.so
    #[arg(long, value_name = "FILE", requires = "pkcs11_token")]
    pkcs11_module: Option<PathBuf>,
    /// The token's label
    #[arg(long, value_name = "LABEL", requires = "pkcs11_module")]
    pkcs11_token: Option<String>,
    /// File with the token's PIN, which the node reads at each start [default: systemd's credential `garita-pin`, else it is asked for]
    #[arg(long, value_name = "FILE", requires = "pkcs11_module")]
    pin_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    data: Data,
    /// No node, but the test profile for the W3C conformance suites: https on this machine, open to everyone on it, keys of the moment
    #[arg(long, conflicts_with = "data")]
    conformance: bool,
    /// Port of the test profile
    #[arg(long, default_value_t = 8543, requires = "conformance")]
    port: u16,
    /// File to write the DIDs of the test profile's issuers to, JSON
    #[arg(long, value_name = "FILE", requires = "conformance")]
    ids: Option<PathBuf>,
    /// Start a restored folder though other nodes do not answer: they are gone for good
    #[arg(long)]
    without_peers: bool,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DataArgs {
    #[command(flatten)]
    data: Data,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PeerCommand {
    /// Print a one-time invitation to this node's network (the node must run)
    Invite(DataArgs),
    /// Join a network by invitation (the node must run)
    Add {
        #[command(flatten)]
        data: Data,
        /// The invitation, one line
        invitation: String,
    },
    /// How each peer stands (the node must run)
    List(DataArgs),
}

#[derive(Debug, Args)]
pub(crate) struct LinkArgs {
    #[command(flatten)]
    data: Data,
    /// The party's short name
    #[arg(long)]
    party: String,
    /// The person's name
    #[arg(long, default_value = "")]
    person: String,
    /// The person's post
    #[arg(long, default_value = "")]
    post: String,
}

#[derive(Debug, Args)]
pub(crate) struct TokenArgs {
    #[command(flatten)]
    data: Data,
    /// The party's short name
    #[arg(long)]
    party: String,
    /// What it may do: `read`, `submit`, or `*`; repeat for more
    #[arg(long = "scope", value_name = "SCOPE", required = true)]
    scopes: Vec<String>,
    /// What the token is called
    #[arg(long, default_value = "")]
    name: String,
    /// For how many days
    #[arg(long, default_value_t = 90)]
    days: u16,
}

#[derive(Debug, Args)]
pub(crate) struct RevokeArgs {
    #[command(flatten)]
    data: Data,
    /// The key's verification method, a DID URL with fragment; or a party's DID, for all its keys
    verification_method: String,
    /// Why
    #[arg(long)]
    reason: String,
    /// From when on what it signed does not count, such as 2026-11-24T15:00:00Z, where it was stolen before today [default: now]
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

#[derive(Debug, Args)]
pub(crate) struct SubmitArgs {
    /// The node's address
    #[arg(long, default_value = "http://127.0.0.1:8101")]
    url: String,
    /// File with the party's API token
    #[arg(long)]
    token_file: PathBuf,
    /// A draft (`recordType`, `credentialSubject`) or a signed record, JSON
    file: PathBuf,
}

pub(crate) fn init(args: InitArgs) -> ExitCode {
    let mut parties = Vec::new();
    for text in &args.parties {
        match party(text) {
            Ok(party) => parties.push(party),
            Err(error) => return say::unusable(error),
        }
    }
    let url = args
        .url
        .clone()
        .unwrap_or_else(|| format!("http://{}", args.listen));
    let plan = NodePlan {
        slug: "node".to_owned(),
        name: args.name.clone(),
        listen: args.listen,
        url,
        parties,
    };
    let data = &args.data.data;
    let file = match pkcs11(&args) {
        Ok(file) => file,
        Err(error) => return say::unusable(error),
    };
    let token = match file.as_ref().map(|file| passphrase::token(data, file)) {
        None => None,
        Some(Ok(token)) => file.as_ref().zip(Some(token)),
        Some(Err(error)) => return error.told(),
    };
    let made = match setup::make_node_with(data, &plan, Clock::System, token) {
        Ok(made) => made,
        Err(error) => return say::unusable(error),
    };
    if let Some(name) = &args.network
        && let Err(error) = setup::found_network(
            data,
            &made,
            name,
            args.simulated,
            &places::zones(),
            real_now_ms(),
        )
    {
        return say::unusable(error);
    }
    // Tokens are shown once and written beside the keys, for their owner alone.
    for (slug, party) in &made.created.parties {
        let path = data.join(format!("{slug}.token"));
        if let Err(error) = garita_node::config::write_secret(&path, &party.token) {
            return say::unusable(error);
        }
        say::data(format!("{slug}: {}", party.did));
        say::data(format!("  API token: {}", path.display()));
        say::data(format!("  sign in once, within a day: {}", party.sign_in));
    }
    say::talk(format!("\nnext: garita serve --data {}", data.display()));
    if args.network.is_none() {
        say::talk(format!(
            "then, from the node that founded the network: garita peer invite --data ITS_FOLDER\nand here: garita peer add --data {} INVITATION",
            data.display()
        ));
    }
    ExitCode::SUCCESS
}

/// The token as `node.json` names it: from wherever the node is started.
fn pkcs11(args: &InitArgs) -> Result<Option<TokenFile>, String> {
    let (Some(module), Some(token)) = (&args.pkcs11_module, &args.pkcs11_token) else {
        return Ok(None);
    };
    let whole =
        |path: &PathBuf| std::path::absolute(path).map_err(|e| format!("{}: {e}", path.display()));
    Ok(Some(TokenFile {
        module: whole(module)?,
        token: token.clone(),
        pin_file: args.pin_file.as_ref().map(whole).transpose()?,
        sessions: TokenFile::SESSIONS,
    }))
}

/// Threads for work that blocks: reads of the store and signatures, which more threads would not make faster, and each of which keeps
/// memory of its own.
const BLOCKING_THREADS: usize = 32;

pub(crate) fn serve(args: ServeArgs) -> ExitCode {
    start_logging();
    if args.conformance {
        return conformance::serve(args.port, args.ids);
    }
    if !args.data.data.join("node.json").exists() {
        return say::unusable(format!(
            "{} is no node's folder; make a node first: garita init --data {} --party …",
            args.data.data.display(),
            args.data.data.display()
        ));
    }
    let mut config = match passphrase::unlocked(&args.data.data, &args.passphrase) {
        Ok(config) => config,
        Err(error) => return error.told(),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .max_blocking_threads(BLOCKING_THREADS)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return say::unusable(error),
    };
    runtime.block_on(async {
        match upkeep::regain::checked(&config, args.without_peers).await {
            Err(why) => return say::no(why),
            // A restored folder's log has got another name just now.
            Ok(Some(origin)) => {
                config.identity.origin.clone_from(&origin);
                config.file.log_origin = origin;
            }
            Ok(None) => {}
        }
        let app = match App::open(config) {
            Ok(app) => app,
            Err(error) => return say::unusable(error),
        };
        if app.core().network().head.is_none() {
            say::talk("this node is in no network yet; join one with `garita peer add INVITATION`");
        }
        match server::serve(app, stop_signal()).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => say::unusable(error),
        }
    })
}

pub(crate) fn peer(command: PeerCommand) -> ExitCode {
    match command {
        PeerCommand::Invite(args) => admin(
            &args.data.data,
            "POST",
            "/v1/admin/invitations",
            None,
            |answer| {
                say::data(
                    answer
                        .get("invitation")
                        .and_then(Value::as_str)
                        .unwrap_or_default(),
                );
            },
        ),
        PeerCommand::Add { data, invitation } => admin(
            &data.data,
            "POST",
            "/v1/admin/peers",
            Some(json!({ "invitation": invitation })),
            |answer| {
                let text = |name: &str| {
                    answer
                        .get(name)
                        .and_then(Value::as_str)
                        .unwrap_or_default()
                        .to_owned()
                };
                say::data(format!("joined `{}` ({})", text("name"), text("network")));
            },
        ),
        PeerCommand::List(args) => admin(&args.data.data, "GET", "/v1/peers", None, |answer| {
            say::data(serde_json::to_string_pretty(answer).unwrap_or_default());
        }),
    }
}

pub(crate) fn link(args: LinkArgs) -> ExitCode {
    let body = json!({ "party": args.party, "person": args.person, "post": args.post });
    admin(
        &args.data.data,
        "POST",
        "/v1/admin/links",
        Some(body),
        |answer| {
            say::data(
                answer
                    .get("link")
                    .and_then(Value::as_str)
                    .unwrap_or_default(),
            );
        },
    )
}

pub(crate) fn token(args: TokenArgs) -> ExitCode {
    let body =
        json!({ "party": args.party, "name": args.name, "scopes": args.scopes, "days": args.days });
    admin(
        &args.data.data,
        "POST",
        "/v1/admin/tokens",
        Some(body),
        |answer| {
            let text = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or_default();
            say::data(text("token"));
            say::talk(format!(
                "for {}, until {}; it is not shown again",
                text("party"),
                text("expires")
            ));
        },
    )
}

pub(crate) fn revoke_key(args: RevokeArgs) -> ExitCode {
    let data = &args.data.data;
    let config = match passphrase::unlocked(data, &args.passphrase) {
        Ok(config) => config,
        Err(error) => return error.told(),
    };
    let Some(authority) = config.authority.clone() else {
        return say::unusable("this node does not keep the network's authority key");
    };
    let now_ms = config.file.clock.now_ms();
    let from_ms = match args.from.as_deref().map(encode::parse_instant_ms) {
        None => now_ms,
        Some(Some(from_ms)) if from_ms <= now_ms => from_ms,
        Some(_) => {
            return say::unusable(
                "`--from` is an instant that has passed, such as 2026-11-24T15:00:00Z",
            );
        }
    };
    let mut network = match network_of(&config) {
        Ok(network) => network,
        Err(error) => return say::no(error),
    };
    let methods = match methods_of(&network, &args.verification_method) {
        Ok(methods) => methods,
        Err(error) => return say::unusable(error),
    };
    for method in methods {
        let revoked = Statement::KeyRevoked {
            verification_method: method.clone(),
            from_ms,
            reason: args.reason.clone(),
        };
        let drafted = network
            .draft(&revoked, &authority, now_ms)
            // The next one names this one.
            .and_then(|entry| network.adopt(&entry).map(|()| entry));
        let entry = match drafted {
            Ok(entry) => entry,
            Err(error) => return say::no(error),
        };
        let done = admin(data, "POST", "/v1/governance", Some(entry), |answer| {
            let head = answer.get("head").cloned().unwrap_or_default();
            say::data(format!("{method} revoked; governance entry {head}"));
        });
        if done != ExitCode::SUCCESS {
            return done;
        }
    }
    ExitCode::SUCCESS
}

/// The method that is named, or all that a party's DID has which are not revoked.
fn methods_of(network: &Network, named: &str) -> Result<Vec<String>, String> {
    if named.contains('#') {
        return if network.keys.of(named).is_empty() {
            Err(format!("the network has no key `{named}`"))
        } else {
            // What it signs views with lies beside it.
            let views = named.replace("#key-", "#views-");
            let beside = views != named && !network.keys.of(&views).is_empty();
            Ok(std::iter::once(named.to_owned())
                .chain(beside.then_some(views))
                .collect())
        };
    }
    let mut methods: Vec<String> = network
        .keys
        .entries()
        .filter(|key| key.controller == named && key.revoked_from_ms.is_none())
        .map(|key| key.verification_method.clone())
        .collect();
    methods.sort();
    if methods.is_empty() {
        return Err(format!(
            "`{named}` has no key that is not revoked; a party is named by its DID, a key by its DID URL"
        ));
    }
    Ok(methods)
}

pub(crate) fn submit(args: SubmitArgs) -> ExitCode {
    let token = match fs::read_to_string(&args.token_file) {
        Ok(token) => token,
        Err(error) => return say::unusable(format!("{}: {error}", args.token_file.display())),
    };
    let body: Value = match fs::read_to_string(&args.file)
        .map_err(|e| e.to_string())
        .and_then(|text| serde_json::from_str(&text).map_err(|e| e.to_string()))
    {
        Ok(body) => body,
        Err(error) => return say::unusable(format!("{}: {error}", args.file.display())),
    };
    request(
        &args.url,
        "POST",
        "/v1/records",
        token.trim(),
        Some(body),
        |answer| {
            say::data(serde_json::to_string_pretty(answer).unwrap_or_default());
        },
    )
}

/// The network as a running node has it, judged here from its chain.
pub(crate) fn network_of(config: &NodeConfig) -> Result<Network, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| e.to_string())?;
    let url = format!("http://{}", config.file.listen);
    runtime.block_on(async {
        let mut network = Network::default();
        loop {
            let after = network
                .head
                .map_or(-1, |head| i64::try_from(head).unwrap_or(i64::MAX));
            let path = format!("/v1/governance?after={after}");
            let feed = call(&url, "GET", &path, "", None).await?;
            let entries = feed.get("entries").and_then(Value::as_array);
            let Some(entries) = entries.filter(|e| !e.is_empty()) else {
                return Ok(network);
            };
            for entry in entries {
                network.adopt(entry).map_err(|e| e.to_string())?;
            }
        }
    })
}

/// Asks a running node as its operator.
pub(crate) fn admin(
    data: &Path,
    method: &str,
    path: &str,
    body: Option<Value>,
    show: impl FnOnce(&Value),
) -> ExitCode {
    let config = match NodeConfig::read(data) {
        Ok(config) => config,
        Err(error) => return say::unusable(error),
    };
    let token = match fs::read_to_string(data.join("admin.token")) {
        Ok(token) => token,
        Err(error) => {
            return say::unusable(format!("{}: {error}", data.join("admin.token").display()));
        }
    };
    // The operator's commands run beside the node: its own listener is the way in, also where the public address is a proxy's.
    let url = format!("http://{}", config.file.listen);
    request(&url, method, path, token.trim(), body, show)
}

/// Asks a node with a token, and shows its answer.
pub(crate) fn request(
    url: &str,
    method: &str,
    path: &str,
    token: &str,
    body: Option<Value>,
    show: impl FnOnce(&Value),
) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return say::unusable(error),
    };
    match runtime.block_on(call(url, method, path, token, body)) {
        Ok(answer) => {
            show(&answer);
            ExitCode::SUCCESS
        }
        Err(error) => say::no(error),
    }
}

async fn call(
    url: &str,
    method: &str,
    path: &str,
    token: &str,
    body: Option<Value>,
) -> Result<Value, String> {
    // Erasing what is over by the rules reads every record that there is.
    let patience = if path == "/v1/admin/retention" {
        3_600
    } else {
        30
    };
    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(patience))
        .no_proxy()
        .build()
        .map_err(|e| e.to_string())?;
    let target = format!("{}{path}", url.trim_end_matches('/'));
    let method: reqwest::Method = method
        .parse()
        .map_err(|_| format!("`{method}` is no method"))?;
    let mut request = client.request(method, &target);
    if !token.is_empty() {
        request = request.bearer_auth(token);
    }
    if let Some(body) = body {
        request = request.json(&body);
    }
    let response = request.send().await.map_err(|e| {
        format!("{target} does not answer ({e}); is the node running? start it with `garita serve`")
    })?;
    let status = response.status();
    let answer: Value = response.json().await.unwrap_or_default();
    if status.is_success() {
        return Ok(answer);
    }
    let mut lines = vec![format!("refused ({})", status.as_u16())];
    for fault in answer
        .get("errors")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let text = |name: &str| fault.get(name).and_then(Value::as_str).unwrap_or_default();
        lines.push(format!(
            "  {} {}: {}",
            text("code"),
            text("pointer"),
            text("detail")
        ));
    }
    Err(lines.join("\n"))
}

/// `SLUG:NAME:ROLE[,ROLE…][:NAMESPACE=VALUE…]`
fn party(text: &str) -> Result<PartyPlan, String> {
    let mut parts = text.split(':');
    let (Some(slug), Some(name), Some(roles)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(format!(
            "`{text}` is no party: write SLUG:NAME:ROLE, as in ocotillo:\"Transportes Ocotillo\":carrier:scac=TOCQ"
        ));
    };
    let mut holds: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut places = Vec::new();
    for part in parts {
        match part.split_once('=') {
            Some(("place", place)) => places.push(place.to_owned()),
            Some((namespace, value)) => holds
                .entry(namespace.to_owned())
                .or_default()
                .push(value.to_owned()),
            None => {
                return Err(format!(
                    "`{part}` in `{text}` is no number: write NAMESPACE=VALUE, as in scac=TOCQ"
                ));
            }
        }
    }
    let roles: Vec<String> = roles.split(',').map(str::to_owned).collect();
    let country = if roles.iter().any(|r| r.ends_with(".mx")) {
        "mx"
    } else if roles.iter().any(|r| r.ends_with(".us")) {
        "us"
    } else {
        ""
    };
    Ok(PartyPlan {
        slug: slug.to_owned(),
        name: name.to_owned(),
        country: country.to_owned(),
        roles,
        holds,
        places,
        marks: Vec::new(),
    })
}

fn start_logging() {
    let filter = EnvFilter::try_from_env("GARITA_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .json()
        .try_init();
}

async fn stop_signal() {
    let terminated = async {
        if let Ok(mut stream) = signal(SignalKind::terminate()) {
            stream.recv().await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = terminated => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
