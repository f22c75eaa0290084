//! `garita key add|list|revoke`: public keys of systems that sign their requests. `garita key encrypt|decrypt|change`: [`lock`].

mod lock;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use garita_credential::keys::VerificationKey;
use garita_exchange::encode;
use serde_json::{Value, json};

use crate::node::admin;
use crate::{Data, say};

/// A public key in PEM is some hundred bytes.
const KEY_BYTES_MAX: u64 = 16 << 10;
/// What stands before the 32 bytes of an Ed25519 key in a SubjectPublicKeyInfo (RFC 8410 §4).
const SPKI_PREFIX: &[u8] = &[
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Let a system of a party sign its requests with a key (the node must run)
    Add(AddArgs),
    /// A party's keys, expired and revoked ones too (the node must run)
    List {
        #[command(flatten)]
        data: Data,
        /// The party's short name
        #[arg(long)]
        party: String,
    },
    /// Take nothing more that a key signs (the node must run)
    Revoke {
        #[command(flatten)]
        data: Data,
        /// The key, as `garita key list` shows it
        key: String,
    },
    /// Encrypt the node's own key files under a passphrase (the node must not run)
    #[command(
        after_help = "Exit: 0 done, 1 the passphrase is wrong, 2 unusable input.\n\nExamples:\n  garita key encrypt --data us\n  garita key encrypt --data us --passphrase-file /root/us.passphrase --yes"
    )]
    Encrypt(lock::LockArgs),
    /// Put the node's own key files back in plain (the node must not run)
    Decrypt(lock::LockArgs),
    /// Encrypt the node's own key files under another passphrase (the node must not run)
    Change(lock::ChangeArgs),
}

#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    #[command(flatten)]
    data: Data,
    /// The party's short name
    #[arg(long)]
    party: String,
    /// What it may do: `read`, `submit`, or `*`; repeat for more
    #[arg(long = "scope", value_name = "SCOPE", required = true)]
    scopes: Vec<String>,
    /// What the key is called
    #[arg(long, default_value = "")]
    name: String,
    /// For how many days
    #[arg(long, default_value_t = 90)]
    days: u16,
    /// The public key: `z6Mk…`, or a file with it, as Multikey JSON or PEM
    key: String,
}

pub(crate) fn key(command: KeyCommand) -> ExitCode {
    match command {
        KeyCommand::Encrypt(args) => lock::encrypt(&args),
        KeyCommand::Decrypt(args) => lock::decrypt(&args),
        KeyCommand::Change(args) => lock::change(&args),
        KeyCommand::Add(args) => {
            let key = match public_key(&args.key) {
                Ok(key) => key,
                Err(error) => return say::unusable(error),
            };
            let body = json!({
                "party": args.party, "publicKey": key, "name": args.name,
                "scopes": args.scopes, "days": args.days,
            });
            admin(
                &args.data.data,
                "POST",
                "/v1/admin/keys",
                Some(body),
                |answer| {
                    let text =
                        |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or_default();
                    say::data(text("key"));
                    say::talk(format!("for {}, until {}", text("party"), text("expires")));
                },
            )
        }
        KeyCommand::List { data, party } => admin(
            &data.data,
            "GET",
            &format!("/v1/admin/keys?party={party}"),
            None,
            |answer| say::data(serde_json::to_string_pretty(answer).unwrap_or_default()),
        ),
        KeyCommand::Revoke { data, key } => admin(
            &data.data,
            "DELETE",
            &format!("/v1/admin/keys/{key}"),
            None,
            |answer| {
                let text =
                    |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or_default();
                say::data(format!("revoked from {} on", text("revoked")));
            },
        ),
    }
}

/// The key of what was typed, in its one form.
fn public_key(typed: &str) -> Result<String, String> {
    let text = if typed.starts_with('z') && !Path::new(typed).exists() {
        typed.to_owned()
    } else {
        let size = fs::metadata(typed)
            .map_err(|e| format!("{typed}: {e}"))?
            .len();
        if size > KEY_BYTES_MAX {
            return Err(format!("{typed}: {size} bytes is no public key"));
        }
        fs::read_to_string(typed).map_err(|e| format!("{typed}: {e}"))?
    };
    let key = from_text(text.trim()).ok_or_else(|| {
        format!("{typed}: no Ed25519 public key; give `z6Mk…`, Multikey JSON or PEM (`openssl pkey -pubout`)")
    })?;
    Ok(key.to_multibase())
}

fn from_text(text: &str) -> Option<VerificationKey> {
    if text.starts_with('{') {
        let document: Value = serde_json::from_str(text).ok()?;
        let key = document.get("publicKeyMultibase")?.as_str()?;
        return VerificationKey::from_multibase(key).ok();
    }
    if text.starts_with("-----BEGIN PUBLIC KEY-----") {
        let body: String = text.lines().filter(|l| !l.starts_with("-----")).collect();
        let bytes = encode::from_base64(body.trim())?;
        let raw: &[u8; 32] = bytes.strip_prefix(SPKI_PREFIX)?.try_into().ok()?;
        return VerificationKey::from_ed25519(raw).ok();
    }
    VerificationKey::from_multibase(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_in_each_form_that_people_have_it_in() {
        // RFC 8410 §10.1.
        let pem = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n";
        let multibase = from_text(pem.trim()).unwrap().to_multibase();
        assert!(multibase.starts_with("z6Mk"), "{multibase}");
        let json = json!({ "type": "Multikey", "publicKeyMultibase": multibase }).to_string();
        for text in [json.as_str(), &multibase] {
            assert_eq!(from_text(text).unwrap().to_multibase(), multibase);
        }
        assert!(from_text("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----").is_none());
        assert!(from_text("ssh-ed25519 AAAA").is_none());
    }
}
