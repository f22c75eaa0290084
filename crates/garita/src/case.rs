//! `garita case show`: how a case stands, and whether the others hold what they share of it.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use garita_exchange::clock::real_now_ms;
use garita_exchange::encode;
use garita_node::config::NodeConfig;
use reqwest::Url;
use serde_json::{Value, json};

use crate::shown::Language;
use crate::{export, say};

/// Missing records named on one line before *and more*.
const NAMED: usize = 5;

#[derive(Debug, Subcommand)]
pub(crate) enum CaseCommand {
    /// How a case stands, and for each other party of it: in step, or what is missing, compared now (the node must run)
    Show(ShowArgs),
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  garita case show trip TOCQ:TOCQ2611240417 --data customs --party cbp\n  garita case show trip/TOCQ:TOCQ2611240417 --url http://127.0.0.1:8080 --token-file cbp.token --json\n\nExit codes: 0 in step with all, 1 something is missing or could not be compared, 2 unusable."
)]
pub(crate) struct ShowArgs {
    /// The case: KIND KEY, or KIND/KEY
    #[arg(required = true, num_args = 1..=2, value_name = "CASE")]
    case: Vec<String>,
    /// The node's folder, on its own machine
    #[arg(long, requires = "party", conflicts_with_all = ["url", "token_file"])]
    data: Option<PathBuf>,
    /// Short name of the party that looks; its API token lies in the node's folder
    #[arg(long, requires = "data")]
    party: Option<String>,
    /// The node's address
    #[arg(long, requires = "token_file")]
    url: Option<String>,
    /// File with the party's API token
    #[arg(long, requires = "url")]
    token_file: Option<PathBuf>,
    /// Language of what is said
    #[arg(long, value_enum, default_value = "en")]
    lang: Language,
    /// One JSON object, for programs
    #[arg(long)]
    json: bool,
}

pub(crate) fn case(command: CaseCommand) -> ExitCode {
    match command {
        CaseCommand::Show(args) => show(&args),
    }
}

fn show(args: &ShowArgs) -> ExitCode {
    let (kind, key) = match args.case.as_slice() {
        [kind, key] => (kind.as_str(), key.as_str()),
        [case] => match case.split_once('/') {
            Some(case) => case,
            None => return say::unusable(format!("`{case}`: write a case as KIND/KEY")),
        },
        _ => return say::unusable("write a case as KIND/KEY"),
    };
    let (url, token_file) = match (&args.data, &args.party, &args.url, &args.token_file) {
        (Some(data), Some(party), ..) => match NodeConfig::read(data) {
            Ok(config) => (
                format!("http://{}", config.file.listen),
                data.join(format!("{party}.token")),
            ),
            Err(error) => return say::unusable(error),
        },
        (_, _, Some(url), Some(token_file)) => (url.clone(), token_file.clone()),
        _ => {
            return say::unusable(
                "say where: --data DIR --party SLUG, or --url URL --token-file FILE",
            );
        }
    };
    let token = match fs::read_to_string(&token_file) {
        Ok(token) => token,
        Err(error) => return say::unusable(format!("{}: {error}", token_file.display())),
    };
    let ask = |more: &[&str]| -> Result<Value, ExitCode> {
        let mut target = Url::parse(url.trim_end_matches('/'))
            .map_err(|error| say::unusable(format!("`{url}`: {error}")))?;
        target
            .path_segments_mut()
            .map_err(|()| say::unusable(format!("`{url}` is no address of a node")))?
            .pop_if_empty()
            .extend(["v1", "cases", kind, key])
            .extend(more);
        export::ask(target, token.trim()).map_err(say::no)
    };
    let (state, step) = match (ask(&[]), ask(&["step"])) {
        (Ok(state), Ok(step)) => (state, step),
        (Err(exit), _) | (_, Err(exit)) => return exit,
    };
    let items: &[Value] = step
        .get("items")
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice);
    if args.json {
        say::data(json!({ "kind": kind, "key": key, "state": state, "step": items }));
    } else {
        for line in lines(kind, key, &state, items, args.lang) {
            say::words(line);
        }
    }
    let all = items.iter().all(|item| {
        let standing = text(item, "standing");
        standing == "in-step" || standing == "here"
    });
    if all {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn text<'v>(value: &'v Value, member: &str) -> &'v str {
    value
        .get(member)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// What is said to people.
fn lines(kind: &str, key: &str, state: &Value, items: &[Value], lang: Language) -> Vec<String> {
    let words = |en: &'static str, es: &'static str| match lang {
        Language::En => en,
        Language::Es => es,
    };
    let shown = match text(state, "state") {
        "" => words("no state yet", "aún sin estado"),
        shown => shown,
    };
    let mut lines = vec![format!("{kind}/{key}: {shown}")];
    let others = items.iter().filter(|item| text(item, "standing") != "here");
    for item in others {
        let name = match text(item, "name") {
            "" => text(item, "party"),
            name => name,
        };
        let lacks: &[Value] = item
            .get("lacks")
            .and_then(Value::as_array)
            .map_or(&[], Vec::as_slice);
        let coming = item.get("coming").and_then(Value::as_u64).unwrap_or(0);
        let mut said = match text(item, "standing") {
            "in-step" => format!(
                "{} {name}, {}",
                words("in step with", "coincide con"),
                ago(text(item, "compared"), lang)
            ),
            "isolated" => format!(
                "{name}: {}",
                words(
                    "put apart, its log has two histories",
                    "apartado, su bitácora tiene dos historias"
                )
            ),
            "not-compared" => {
                let heard = text(item, "compared");
                let last = if heard.is_empty() {
                    words("never heard", "nunca respondió").to_owned()
                } else {
                    format!(
                        "{} {}",
                        words("last heard", "última respuesta"),
                        ago(heard, lang)
                    )
                };
                format!(
                    "{name}: {}, {last}",
                    words("could not be compared", "no se pudo comparar")
                )
            }
            _ => String::new(),
        };
        if !lacks.is_empty() {
            if !said.is_empty() {
                said.push_str("; ");
            }
            said.push_str(&lacking(name, lacks, lang));
        }
        if coming > 0 {
            if !said.is_empty() {
                said.push_str("; ");
            }
            said.push_str(
                &words(
                    "not here yet of what {name} has for us: {n}",
                    "aún no llega aquí de lo que {name} tiene para nosotros: {n}",
                )
                .replace("{name}", name)
                .replace("{n}", &coming.to_string()),
            );
        }
        lines.push(said);
    }
    lines
}

/// *ANAM lacks 1 record: Manifest of 14:02*.
fn lacking(name: &str, lacks: &[Value], lang: Language) -> String {
    let (title, of) = match lang {
        Language::En => ("/title/en", "of"),
        Language::Es => ("/title/es", "de"),
    };
    let mut named: Vec<String> = lacks
        .iter()
        .take(NAMED)
        .map(|missing| {
            let what = missing
                .pointer(title)
                .and_then(Value::as_str)
                .filter(|title| !title.is_empty())
                .unwrap_or_else(|| text(missing, "recordType"));
            let way = match (missing.get("onTheWay").and_then(Value::as_bool), lang) {
                (Some(true), Language::En) => " (on its way)",
                (Some(true), Language::Es) => " (en camino)",
                (_, _) => "",
            };
            format!("{what} {of} {}{way}", text(missing, "logged"))
        })
        .collect();
    if lacks.len() > NAMED {
        named.push(format!("+{}", lacks.len() - NAMED));
    }
    let list = named.join(", ");
    let count = lacks.len();
    match (lang, count) {
        (Language::En, 1) => format!("{name} lacks 1 record: {list}"),
        (Language::En, _) => format!("{name} lacks {count} records: {list}"),
        (Language::Es, 1) => format!("a {name} le falta 1 registro: {list}"),
        (Language::Es, _) => format!("a {name} le faltan {count} registros: {list}"),
    }
}

/// How long ago an instant was.
fn ago(instant: &str, lang: Language) -> String {
    let Some(at_ms) = encode::parse_instant_ms(instant) else {
        return instant.to_owned();
    };
    let seconds = real_now_ms().saturating_sub(at_ms).max(0) / 1_000;
    let span = match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3_600),
    };
    match lang {
        Language::En => format!("{span} ago"),
        Language::Es => format!("hace {span}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_in_both_languages() {
        let state = json!({ "state": "released" });
        let missing = json!({ "id": "ni:x", "recordType": "Paper", "title": { "en": "Paper", "es": "Papel" },
            "logged": "2026-11-24T14:02:00Z", "onTheWay": false });
        let items = [
            json!({ "party": "did:a", "name": "Here", "standing": "here", "lacks": [], "coming": 0 }),
            json!({ "party": "did:b", "name": "Office", "standing": "differs", "lacks": [missing], "coming": 2 }),
            json!({ "party": "did:c", "name": "Bridge", "standing": "not-compared", "lacks": [], "coming": 0, "compared": null }),
        ];
        let en = lines("trip", "A:1", &state, &items, Language::En);
        assert_eq!(en[0], "trip/A:1: released");
        assert_eq!(
            en[1],
            "Office lacks 1 record: Paper of 2026-11-24T14:02:00Z; not here yet of what Office has for us: 2"
        );
        assert_eq!(en[2], "Bridge: could not be compared, never heard");
        let es = lines("trip", "A:1", &state, &items, Language::Es);
        assert!(
            es[1].starts_with("a Office le falta 1 registro: Papel de "),
            "{es:?}"
        );
    }
}
