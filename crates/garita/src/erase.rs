//! `garita erase`, `garita hold`, `garita retention`: what goes from a running node, and what must not.

use std::path::Path;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::node::admin;
use crate::{Data, say};

/// Records in one request, as the node takes them.
const RECORDS_MAX: usize = 100;

/// Erases the content of records on this node: body, views, base proof, files that no other record names, salts. What stays is the residue:
/// id, type, cases, times, the leaf in the log, and what folds, keys and tables read, so that no state changes. A record that is sent again
/// counts as held. Where this node is the home of the issuer, everybody who got the record is told by a signed notice with the reason;
/// whoever has a copy goes by its own law. Copies made by `garita backup` before keep what was erased.
///
/// Without `--yes` it says what would go, and erases nothing.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit: 0 done, 1 refused (nothing was erased), 2 unusable.\n\nExamples:\n  garita erase ni:///sha-256;1IsBMa0_… --data us --reason \"deletion asked for by the person concerned\"\n  garita erase ni:///sha-256;1IsBMa0_… --data us --reason \"deletion asked for by the person concerned\" --by \"M. Herrera\" --yes\n  garita erase --list --data us"
)]
pub(crate) struct EraseArgs {
    #[command(flatten)]
    data: Data,
    /// Ids of the records (`ni:///sha-256;…`)
    #[arg(required_unless_present = "list")]
    records: Vec<String>,
    /// Why, in words for those who got the records: it goes out in the notice
    #[arg(long, required_unless_present = "list")]
    reason: Option<String>,
    /// Who orders it; stays on this node
    #[arg(long, default_value = "operator")]
    by: String,
    /// Erase, do not only say what would go
    #[arg(long)]
    yes: bool,
    /// What was erased on this node so far
    #[arg(long, conflicts_with_all = ["records", "reason", "yes"])]
    list: bool,
    /// One JSON object, as the node answers
    #[arg(long)]
    json: bool,
    /// Language of what is said
    #[arg(long, default_value = "en", value_parser = ["en", "es"])]
    lang: String,
}

pub(crate) fn erase(args: &EraseArgs) -> ExitCode {
    let spanish = args.lang == "es";
    if args.list {
        return listed(args);
    }
    if args.records.len() > RECORDS_MAX {
        return say::unusable(if spanish {
            format!("a lo más {RECORDS_MAX} registros a la vez")
        } else {
            format!("at most {RECORDS_MAX} records at a time")
        });
    }
    let body = json!({
        "records": args.records, "reason": args.reason, "by": args.by, "dryRun": !args.yes,
    });
    let done = admin(
        &args.data.data,
        "POST",
        "/v1/admin/erasures",
        Some(body),
        |answer| {
            if args.json {
                say::data(answer);
                return;
            }
            for item in items(answer) {
                say::words(record(item, args.yes, spanish));
            }
        },
    );
    if done == ExitCode::SUCCESS && !args.yes {
        say::talk(if spanish {
            "no se borró nada; repita con --yes"
        } else {
            "nothing was erased; say it again with --yes"
        });
    }
    done
}

fn record(item: &Value, yes: bool, spanish: bool) -> String {
    let text = |name: &str| item.get(name).and_then(Value::as_str).unwrap_or_default();
    let number = |name: &str| item.get(name).and_then(Value::as_u64).unwrap_or_default();
    let before = item.get("before").and_then(Value::as_bool) == Some(true);
    let what = match (before, yes, spanish) {
        (true, _, false) => "erased before",
        (true, _, true) => "ya borrado",
        (false, true, false) => "erased",
        (false, true, true) => "borrado",
        (false, false, false) => "would be erased",
        (false, false, true) => "se borraría",
    };
    let (views, told) = (number("views"), number("told"));
    if spanish {
        format!(
            "{} {}: {what}, {views} vistas, avisados {told}",
            text("id"),
            text("recordType")
        )
    } else {
        format!(
            "{} {}: {what}, {views} views, {told} told",
            text("id"),
            text("recordType")
        )
    }
}

/// Everything that was erased here, a page at a time.
fn listed(args: &EraseArgs) -> ExitCode {
    let mut after = Some(0);
    while let Some(from) = after {
        after = None;
        let path = format!("/v1/admin/erasures?after={from}&limit=500");
        let done = admin(&args.data.data, "GET", &path, None, |answer| {
            after = answer.get("next").and_then(Value::as_u64);
            for item in items(answer) {
                if args.json {
                    say::data(item);
                    continue;
                }
                let text = |name: &str| item.get(name).and_then(Value::as_str).unwrap_or_default();
                say::words(format!(
                    "{} {} {} ({}): {}",
                    text("erased"),
                    text("id"),
                    text("view"),
                    text("by"),
                    text("reason")
                ));
            }
        });
        if done != ExitCode::SUCCESS {
            return done;
        }
    }
    ExitCode::SUCCESS
}

/// What must not be erased, whatever retention says.
#[derive(Debug, Subcommand)]
pub(crate) enum HoldCommand {
    /// From now on nothing of a case or a party is erased (the node must run)
    Set(SetArgs),
    /// Holds that stand (the node must run)
    List {
        #[command(flatten)]
        data: Data,
        /// Those that were lifted as well
        #[arg(long)]
        all: bool,
        /// JSON
        #[arg(long)]
        json: bool,
    },
    /// End the holds on a case or a party, or the one with this number (the node must run)
    Lift(LiftArgs),
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("on").required(true))]
pub(crate) struct SetArgs {
    #[command(flatten)]
    data: Data,
    /// The case: KIND/KEY
    #[arg(group = "on")]
    case: Option<String>,
    /// A party: short name, or the DID of one that is elsewhere
    #[arg(long, group = "on")]
    party: Option<String>,
    /// Why
    #[arg(long)]
    reason: String,
    /// Who sets it
    #[arg(long, default_value = "operator")]
    by: String,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("on").required(true))]
pub(crate) struct LiftArgs {
    #[command(flatten)]
    data: Data,
    /// The case: KIND/KEY
    #[arg(group = "on")]
    case: Option<String>,
    /// A party's DID, as `garita hold list` shows it
    #[arg(long, group = "on")]
    party: Option<String>,
    /// The hold's number, as `garita hold list` shows it
    #[arg(long, group = "on")]
    number: Option<u64>,
    /// Why
    #[arg(long)]
    reason: String,
    /// Who lifts it
    #[arg(long, default_value = "operator")]
    by: String,
}

pub(crate) fn hold(command: HoldCommand) -> ExitCode {
    match command {
        HoldCommand::Set(args) => {
            let mut body = json!({ "reason": args.reason, "by": args.by });
            let (name, value) = match (args.case, args.party) {
                (Some(case), _) => match case.split_once('/') {
                    Some((kind, key)) => ("case", json!({ "kind": kind, "key": key })),
                    None => return say::unusable(format!("`{case}`: write a case as KIND/KEY")),
                },
                (None, party) => ("party", json!(party)),
            };
            if let Value::Object(members) = &mut body {
                members.insert(name.to_owned(), value);
            }
            admin(
                &args.data.data,
                "POST",
                "/v1/admin/holds",
                Some(body),
                |answer| say::words(line(answer)),
            )
        }
        HoldCommand::List { data, all, json } => admin(
            &data.data,
            "GET",
            &format!("/v1/admin/holds?all={all}"),
            None,
            |answer| {
                for item in items(answer) {
                    if json {
                        say::data(item);
                    } else {
                        say::words(line(item));
                    }
                }
            },
        ),
        HoldCommand::Lift(args) => lift(&args),
    }
}

fn lift(args: &LiftArgs) -> ExitCode {
    let data = args.data.data.as_path();
    let mut numbers: Vec<u64> = args.number.into_iter().collect();
    if numbers.is_empty() {
        let asked = admin(data, "GET", "/v1/admin/holds", None, |answer| {
            let on = |item: &&Value| match (&args.case, &args.party) {
                (Some(case), _) => case_of(item).as_ref() == Some(case),
                (None, party) => item.get("party").and_then(Value::as_str) == party.as_deref(),
            };
            let found = items(answer).iter().filter(on);
            numbers.extend(found.filter_map(|item| item.get("number")?.as_u64()));
        });
        if asked != ExitCode::SUCCESS {
            return asked;
        }
    }
    if numbers.is_empty() {
        return say::no("no hold stands on it; see `garita hold list`");
    }
    for number in numbers {
        let done = lift_one(data, number, &args.reason, &args.by);
        if done != ExitCode::SUCCESS {
            return done;
        }
    }
    ExitCode::SUCCESS
}

fn lift_one(data: &Path, number: u64, reason: &str, by: &str) -> ExitCode {
    admin(
        data,
        "POST",
        &format!("/v1/admin/holds/{number}/lift"),
        Some(json!({ "reason": reason, "by": by })),
        |answer| say::words(line(answer)),
    )
}

/// How long records are kept: `retention` in `node.json`.
#[derive(Debug, Subcommand)]
pub(crate) enum RetentionCommand {
    /// Erase what is over by the rules of `node.json` now, as the node does once a day (the node must run)
    #[command(
        after_help = "Rules in `node.json`, read at the node's start; without a rule a record is kept for ever:\n  \"retention\": [ { \"days\": 3650 }, { \"recordType\": \"TYPE\", \"days\": 30 }, { \"kind\": \"KIND\", \"days\": 1825 } ]\nDays count from the last record about any case of a record; of several rules the longest counts."
    )]
    Run {
        #[command(flatten)]
        data: Data,
        /// Say what would be erased, erase nothing
        #[arg(long)]
        dry_run: bool,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
}

pub(crate) fn retention(command: RetentionCommand) -> ExitCode {
    let RetentionCommand::Run {
        data,
        dry_run,
        json,
    } = command;
    let body = json!({ "dryRun": dry_run });
    admin(
        &data.data,
        "POST",
        "/v1/admin/retention",
        Some(body),
        |answer| {
            if json {
                say::data(answer);
                return;
            }
            for item in items(answer) {
                let text = |name: &str| item.get(name).and_then(Value::as_str);
                let days = item.get("days").and_then(Value::as_u64).unwrap_or_default();
                say::words(format!(
                    "{} {}: {days} days, {}",
                    text("id").unwrap_or_default(),
                    text("recordType").unwrap_or_default(),
                    match (text("kept"), dry_run) {
                        (Some(code), _) => format!("kept: {code}"),
                        (None, true) => "would be erased".to_owned(),
                        (None, false) => "erased".to_owned(),
                    }
                ));
            }
            let number = |name: &str| answer.get(name).and_then(Value::as_u64).unwrap_or_default();
            say::data(format!(
                "{} rules, {} {}, {} kept all the same",
                number("rules"),
                number("erased"),
                if dry_run { "would be erased" } else { "erased" },
                number("kept")
            ));
        },
    )
}

fn items(answer: &Value) -> &[Value] {
    answer
        .get("items")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

fn case_of(hold: &Value) -> Option<String> {
    let case = hold.get("case")?;
    let text = |name: &str| case.get(name).and_then(Value::as_str);
    Some(format!("{}/{}", text("kind")?, text("key")?))
}

fn line(hold: &Value) -> String {
    let text = |pointer: &str| {
        hold.pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let on = case_of(hold).unwrap_or_else(|| text("/party").to_owned());
    let number = hold.get("number").and_then(Value::as_u64).unwrap_or(0);
    let mut line = format!(
        "{number} {on}: set by {} at {}: {}",
        text("/by"),
        text("/set"),
        text("/reason")
    );
    if hold.get("lifted").is_some_and(Value::is_object) {
        line.push_str(&format!(
            "; lifted by {} at {}: {}",
            text("/lifted/by"),
            text("/lifted/at"),
            text("/lifted/reason")
        ));
    }
    line
}
