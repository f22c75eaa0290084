//! `garita doctor`: what an operator would look at, in one go, each with what to do.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

use clap::Args;
use garita_credential::Resolver as _;
use garita_exchange::governance::Network;
use garita_node::keyring::locking;
use garita_store::StoreError;
use serde_json::{Value, json};

use super::{Folder, files::RESTORED};
use crate::{Data, say};

/// Log entries that are checked against the store.
const TAIL: u64 = 2_000;
/// Below this much room, in bytes, an operator should act.
const ROOM_LOW: u64 = 2 << 30;
/// A peer's clock this far from ours is told: signatures hold for a minute.
const CLOCK_OFF_S: i64 = 20;
const ANSWER: Duration = Duration::from_secs(5);

/// Looks at configuration, keys, log, disk, clock, peers, programs and what waits, and says what to do. Changes nothing.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit: 0 nothing is wrong (warnings are told), 1 something is, 2 the folder cannot be read.\n\nExamples:\n  garita doctor --data us\n  garita doctor --data us --lang es"
)]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    data: Data,
    /// One JSON object
    #[arg(long)]
    json: bool,
    /// Language
    #[arg(long, default_value = "en", value_parser = ["en", "es"])]
    lang: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Good,
    Warn,
    Bad,
}

/// One thing that was looked at, in English and Spanish.
struct Look {
    what: &'static str,
    verdict: Verdict,
    en: String,
    es: String,
}

#[derive(Default)]
struct Looks(Vec<Look>);

impl Looks {
    fn add(
        &mut self,
        what: &'static str,
        verdict: Verdict,
        en: impl Into<String>,
        es: impl Into<String>,
    ) {
        self.0.push(Look {
            what,
            verdict,
            en: en.into(),
            es: es.into(),
        });
    }
}

pub(crate) fn doctor(args: &DoctorArgs) -> ExitCode {
    let data = &args.data.data;
    let folder = match Folder::open(data) {
        Ok(folder) => folder,
        Err(error) => return say::unusable(error),
    };
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return say::unusable(error),
    };
    let mut looks = Looks::default();
    secrets(data, &mut looks);
    log(&folder, &mut looks);
    room(data, &mut looks);
    let network = match folder.network() {
        Ok(network) => network,
        Err(error) => {
            looks.add(
                "governance",
                Verdict::Bad,
                format!("the network's chain in this folder does not hold: {error}"),
                format!("la cadena de gobierno de esta carpeta no se sostiene: {error}"),
            );
            Network::default()
        }
    };
    parties(&folder, &network, &mut looks);
    witness(&folder, &network, &mut looks);
    deliveries(&folder, &network, &mut looks);
    runtime.block_on(others(&folder, &network, &mut looks));
    tell(&looks, args)
}

/// Who else may read what is secret.
fn secrets(data: &Path, looks: &mut Looks) {
    let mut open = Vec::new();
    let files = super::files::below(&data.join("keys")).unwrap_or_default();
    let tokens = ["admin.token", "monitor.token"].map(|name| data.join(name));
    for path in files.iter().chain(&tokens) {
        if let Ok(found) = fs::metadata(path)
            && found.permissions().mode() & 0o077 != 0
        {
            open.push(path.display().to_string());
        }
    }
    if open.is_empty() {
        looks.add(
            "keys",
            Verdict::Good,
            "keys and token are readable by their owner alone",
            "llaves y ficha solo las lee su dueño",
        );
    } else {
        let list = open.join(", ");
        looks.add(
            "keys",
            Verdict::Bad,
            format!("others may read {list}: chmod 600, and change what they may have read"),
            format!("otros pueden leer {list}: chmod 600, y cambie lo que pudieron leer"),
        );
    }
    encrypted(data, looks);
    if data.join(RESTORED).exists() {
        looks.add(
            "restored",
            Verdict::Warn,
            "the folder was restored; at its first start the node asks the others whether something is missing",
            "la carpeta fue restaurada; al arrancar, el nodo pregunta a los demás si falta algo",
        );
    }
}

/// Whether who gets hold of the disk or a copy has the keys.
fn encrypted(data: &Path, looks: &mut Looks) {
    let Ok(found) = locking::standing(data) else {
        return;
    };
    let (verdict, en, es) = match (found.encrypted, found.plain) {
        (0, _) => (
            Verdict::Good,
            "key files are not encrypted; `garita key encrypt` puts them under a passphrase".to_owned(),
            "los archivos de llave no están cifrados; `garita key encrypt` los pone bajo una frase de paso".to_owned(),
        ),
        (count, 0) => (
            Verdict::Good,
            format!("all {count} key files are encrypted"),
            format!("los {count} archivos de llave están cifrados"),
        ),
        (count, plain) => (
            Verdict::Warn,
            format!("{count} key files are encrypted and {plain} are not: stop the node and run `garita key encrypt`"),
            format!("{count} archivos de llave están cifrados y {plain} no: detenga el nodo y ejecute `garita key encrypt`"),
        ),
    };
    looks.add("keys", verdict, en, es);
    if found.in_token > 0 {
        let count = found.in_token;
        looks.add(
            "keys",
            Verdict::Good,
            format!("{count} keys lie in a token"),
            format!("{count} llaves están en un token"),
        );
    }
}

fn log(folder: &Folder, looks: &mut Looks) {
    match folder.reader.verify_tail(TAIL) {
        Ok(tail) => looks.add(
            "log",
            Verdict::Good,
            format!(
                "the last {} of {} log entries agree with the store",
                tail.checked, tail.size
            ),
            format!(
                "las últimas {} de {} entradas concuerdan con el almacén",
                tail.checked, tail.size
            ),
        ),
        Err(StoreError::Corrupt { what }) => looks.add(
            "log",
            Verdict::Bad,
            format!("{what}: stop the node, run `garita fsck`, restore a copy that holds"),
            format!(
                "{what}: detenga el nodo, ejecute `garita fsck`, restaure una copia que concuerde"
            ),
        ),
        Err(error) => looks.add(
            "log",
            Verdict::Bad,
            format!("the store does not answer: {error}"),
            format!("el almacén no responde: {error}"),
        ),
    }
    match folder.reader.forks() {
        Ok(forks) if forks.is_empty() => {}
        Ok(forks) => {
            for fork in forks {
                looks.add(
                    "histories",
                    Verdict::Bad,
                    format!("log `{}` has two histories ({}); its node is put apart, speak with its operator", fork.origin, fork.reason),
                    format!("la bitácora `{}` tiene dos historias ({}); su nodo está apartado, hable con su operador", fork.origin, fork.reason),
                );
            }
        }
        Err(_) => {}
    }
}

/// Room on the disk, as `df` says: POSIX, on every machine that this runs on.
fn room(data: &Path, looks: &mut Looks) {
    let told = Command::new("df").arg("-Pk").arg(data).output();
    let free = told.ok().and_then(|out| {
        let text = String::from_utf8(out.stdout).ok()?;
        let column = text.lines().nth(1)?.split_whitespace().nth(3)?;
        column.parse::<u64>().ok()?.checked_mul(1_024)
    });
    match free {
        Some(free) if free < ROOM_LOW => looks.add(
            "disk",
            Verdict::Bad,
            format!("{} MiB are free: make room; when the disk is full the node takes nothing and reads go on", free >> 20),
            format!("quedan {} MiB: haga espacio; con el disco lleno el nodo no recibe nada y la lectura sigue", free >> 20),
        ),
        Some(free) => looks.add(
            "disk",
            Verdict::Good,
            format!("{} GiB are free", free >> 30),
            format!("quedan {} GiB", free >> 30),
        ),
        None => looks.add(
            "disk",
            Verdict::Warn,
            "how much room is left cannot be told (`df` does not answer)",
            "no se pudo saber cuánto espacio queda (`df` no responde)",
        ),
    }
}

/// Whether each hosted party can sign: with a key that the network lists now.
fn parties(folder: &Folder, network: &Network, looks: &mut Looks) {
    if network.head.is_none() {
        looks.add(
            "network",
            Verdict::Warn,
            "this node is in no network yet; join one with `garita peer add INVITATION`",
            "este nodo aún no está en una red; entre con `garita peer add INVITACIÓN`",
        );
        return;
    }
    let now_ms = folder.config.file.clock.now_ms();
    for party in &folder.config.file.parties {
        let Some(keys) = folder.config.hosted.get(&party.did) else {
            continue;
        };
        for (method, key) in keys.public_keys() {
            let (verdict, en, es) = match network.key(method, Some(now_ms)) {
                Ok(listed) if listed.key == key => continue,
                Ok(_) => (
                    Verdict::Bad,
                    format!("`{method}` is another key in the network's list than in this folder"),
                    format!("`{method}` es otra llave en la lista de la red que en esta carpeta"),
                ),
                Err(error) => (
                    Verdict::Bad,
                    format!(
                        "`{}` cannot sign: {error}; `garita rotate-key --party {}`, or the network's authority",
                        party.name, party.slug
                    ),
                    format!(
                        "`{}` no puede firmar: {error}; `garita rotate-key --party {}`, o la autoridad de la red",
                        party.name, party.slug
                    ),
                ),
            };
            looks.add("party", verdict, en, es);
        }
        if keys.views.is_none() {
            looks.add(
                "party",
                Verdict::Warn,
                format!("`{}` has no key for views, which are reduced and signed anew; `garita rotate-key --party {}` makes one", party.name, party.slug),
                format!("`{}` no tiene llave para vistas, que se reducen y firman de nuevo; `garita rotate-key --party {}` crea una", party.name, party.slug),
            );
        }
    }
}

/// Whether it witnesses others' logs, by the key that the list has for it.
fn witness(folder: &Folder, network: &Network, looks: &mut Looks) {
    let identity = &folder.config.identity;
    let Some(listed) = network.nodes.get(&identity.did) else {
        return;
    };
    let own = identity.witness.as_ref().and_then(|w| w.public().ok());
    let own = own.map(|key| key.to_string());
    let (verdict, en, es) = match (&own, &listed.witness_key) {
        (Some(own), Some(listed)) if own == listed => (
            Verdict::Good,
            "it cosigns the logs of the others, under the key of the network's list",
            "cofirma las bitácoras de los demás, con la llave de la lista de la red",
        ),
        (None, None) => (
            Verdict::Good,
            "it is no witness of others' logs: it was set up without a witness key",
            "no es testigo de las bitácoras de los demás: se creó sin llave de testigo",
        ),
        (None, Some(_)) => (
            Verdict::Warn,
            "the network's list counts it as a witness, and it has no witness key, as after a restore: the others must suffice",
            "la lista de la red lo cuenta como testigo y no tiene llave de testigo, como tras una restauración: los demás deben bastar",
        ),
        (Some(_), _) => (
            Verdict::Warn,
            "what it cosigns counts for nobody: the network's list has another witness key for it, or none",
            "lo que cofirma no cuenta para nadie: la lista de la red tiene otra llave de testigo para él, o ninguna",
        ),
    };
    looks.add("witness", verdict, en, es);
}

/// What waits, in and out.
fn deliveries(folder: &Folder, network: &Network, looks: &mut Looks) {
    for outbox in folder.reader.outboxes().unwrap_or_default() {
        let pending = outbox.last.saturating_sub(outbox.acked);
        if pending > 0 {
            let name = network.name_of(&outbox.peer);
            looks.add(
                "deliveries",
                Verdict::Warn,
                format!(
                    "{pending} records wait for `{name}`; they go by themselves when it answers"
                ),
                format!("{pending} registros esperan a `{name}`; salen solos cuando responda"),
            );
        }
    }
    for waiting in folder.reader.waiting_by_name(100).unwrap_or_default() {
        looks.add(
            "waiting",
            Verdict::Warn,
            format!(
                "{} deliveries of `{}` wait for {} `{}`",
                waiting.count,
                network.name_of(&waiting.peer),
                waiting.lacking.as_str(),
                waiting.name
            ),
            format!(
                "{} entregas de `{}` esperan {} `{}`",
                waiting.count,
                network.name_of(&waiting.peer),
                waiting.lacking.as_str(),
                waiting.name
            ),
        );
    }
}

/// Whether this node and the others answer, and what their clocks say.
async fn others(folder: &Folder, network: &Network, looks: &mut Looks) {
    let Ok(http) = reqwest::Client::builder()
        .timeout(ANSWER)
        .no_proxy()
        .build()
    else {
        return;
    };
    let own = &folder.config.identity;
    for node in network.nodes.values() {
        let here = node.did == own.did;
        let asked = http.get(format!("{}/livez", node.url)).send().await;
        match asked {
            Err(_) if here => looks.add(
                "node",
                Verdict::Warn,
                format!(
                    "this node does not answer at {}: is it started, does the proxy lead here?",
                    node.url
                ),
                format!(
                    "este nodo no responde en {}: ¿está en marcha, llega hasta aquí el proxy?",
                    node.url
                ),
            ),
            Err(_) => looks.add(
                "peer",
                Verdict::Warn,
                format!("`{}` does not answer at {}", node.name, node.url),
                format!("`{}` no responde en {}", node.name, node.url),
            ),
            Ok(answer) => {
                let off = clock_off(&answer);
                if off.is_some_and(|off| off.abs() > CLOCK_OFF_S) && !here {
                    let off = off.unwrap_or_default();
                    looks.add(
                        "clock",
                        Verdict::Bad,
                        format!("the clock of `{}` is {off} s from this machine's: requests will be refused; see to the time service here and there", node.name),
                        format!("el reloj de `{}` difiere {off} s del de esta máquina: se rechazarán peticiones; revise el servicio de hora aquí y allá", node.name),
                    );
                } else {
                    looks.add(
                        if here { "node" } else { "peer" },
                        Verdict::Good,
                        format!("`{}` answers at {}", node.name, node.url),
                        format!("`{}` responde en {}", node.name, node.url),
                    );
                }
            }
        }
    }
}

/// Seconds by which an answer's `Date` is ahead of this machine's clock.
fn clock_off(answer: &reqwest::Response) -> Option<i64> {
    let date = answer.headers().get(reqwest::header::DATE)?.to_str().ok()?;
    let there = jiff::fmt::rfc2822::parse(date).ok()?.timestamp();
    Some(there.as_second() - jiff::Timestamp::now().as_second())
}

fn tell(looks: &Looks, args: &DoctorArgs) -> ExitCode {
    let spanish = args.lang == "es";
    let bad = looks.0.iter().filter(|l| l.verdict == Verdict::Bad).count();
    let word = |verdict| match (verdict, spanish) {
        (Verdict::Good, false) => "ok",
        (Verdict::Good, true) => "bien",
        (Verdict::Warn, false) => "see",
        (Verdict::Warn, true) => "vea",
        (Verdict::Bad, false) => "BAD",
        (Verdict::Bad, true) => "MAL",
    };
    let sentence = |look: &Look| {
        if spanish {
            look.es.clone()
        } else {
            look.en.clone()
        }
    };
    if args.json {
        let list: Vec<Value> = looks
            .0
            .iter()
            .map(|look| json!({ "what": look.what, "verdict": match look.verdict { Verdict::Good => "ok", Verdict::Warn => "warning", Verdict::Bad => "bad" }, "message": sentence(look) }))
            .collect();
        say::data(json!({ "version": env!("CARGO_PKG_VERSION"), "bad": bad, "looks": list }));
    } else {
        for look in &looks.0 {
            say::words(format!(
                "{:<4} {:<10} {}",
                word(look.verdict),
                look.what,
                sentence(look)
            ));
        }
    }
    if bad == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
