//! `garita rotate-key`: a party signs with new keys, without a stop.

use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use crate::node::admin;
use crate::passphrase::{self, PassphraseArgs};
use crate::{Data, say, upkeep};

/// The party's node makes new keys, asks the network's authority to list them (signed with the old one), and signs with them from then on. What the old keys signed stays good; they count a while longer, for what is on its way.
///
/// A key that somebody else may have is revoked on the node that founded the network (`garita revoke-key`), not rotated.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  garita rotate-key --data trade --party ocotillo\n  garita rotate-key --data trade --party ocotillo --keep-old-hours 24\n  garita rotate-key --data trade --log\n  garita rotate-key --data trade --party ocotillo --keys-in token"
)]
pub(crate) struct RotateArgs {
    #[command(flatten)]
    data: Data,
    /// The party's short name
    #[arg(long, required_unless_present = "log")]
    party: Option<String>,
    /// The log's key instead of a party's: the node must be stopped, and asks for its place on the network's list when it starts
    #[arg(long, conflicts_with = "party")]
    log: bool,
    #[command(flatten)]
    passphrase: PassphraseArgs,
    /// How many hours the old keys count beside the new ones
    #[arg(long, value_name = "HOURS", default_value_t = 1)]
    keep_old_hours: u16,
    /// Where the new keys are made [default: where the old ones lie]
    #[arg(long, value_name = "PLACE", value_parser = ["file", "token"])]
    keys_in: Option<String>,
}

pub(crate) fn rotate_key(args: RotateArgs) -> ExitCode {
    if args.log {
        let config = match passphrase::unlocked(&args.data.data, &args.passphrase) {
            Ok(config) => config,
            Err(error) => return error.told(),
        };
        return match upkeep::rekey::log(&config) {
            Ok(told) => {
                say::data(told);
                ExitCode::SUCCESS
            }
            Err(why) => say::no(why),
        };
    }
    let mut body = json!({ "party": args.party, "keepOldHours": args.keep_old_hours });
    if let (Some(place), Value::Object(members)) = (args.keys_in, &mut body) {
        members.insert("keysIn".to_owned(), Value::String(place));
    }
    admin(
        &args.data.data,
        "POST",
        "/v1/admin/rotations",
        Some(body),
        |answer| {
            let text = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or_default();
            let methods = answer.get("verificationMethods").and_then(Value::as_array);
            for method in methods.into_iter().flatten().filter_map(Value::as_str) {
                say::data(format!("{method} since {}", text("since")));
            }
        },
    )
}
