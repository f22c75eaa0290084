//! `garita log verify-receipt FILE`, `verify-proof FILE`: offline, with nothing but the file and whose keys one expects.

mod proof;
mod witnesses;

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use garita_exchange::encode;
use garita_exchange::signing::LogVerifier;
use garita_exchange::stamp::{LeafAct, RECORDED, Receipt, WHOLE, WITNESSED};
use garita_tlog::{Checkpoint, Hash, LeafIndex, Note, leaf_hash, verify_inclusion};

use crate::say;

/// A receipt has some kilobytes.
const RECEIPT_BYTES_MAX: u64 = 1 << 20;

#[derive(Debug, Subcommand)]
pub(crate) enum LogCommand {
    /// Check a receipt: that the log with this key holds this entry; exit 0 yes, 1 no, 2 unreadable
    VerifyReceipt {
        /// The receipt, JSON (`-` for standard input)
        file: PathBuf,
        /// Verifier key of the log that one expects; else the receipt's own is used and named
        #[arg(long)]
        log_key: Option<String>,
        /// Verifier key of a witness, for each that one expects: more than half of them must have cosigned
        #[arg(long)]
        witness_key: Vec<String>,
    },
    /// Check a proof (C2SP tlog-proof) of `GET /v1/records/DIGEST/proof`; exit 0 yes, 1 no, 2 unreadable
    #[command(
        after_help = "Example:\n  garita log verify-proof record.tlog-proof --log-key 'us.example/log+…' --witness-key 'mx.example/witness+…'"
    )]
    VerifyProof {
        /// The proof (`-` for standard input)
        file: PathBuf,
        /// Verifier key of the log
        #[arg(long)]
        log_key: String,
        /// Verifier key of a witness, for each that one expects: more than half of them must have cosigned
        #[arg(long)]
        witness_key: Vec<String>,
    },
}

pub(crate) fn log(command: LogCommand) -> ExitCode {
    match command {
        LogCommand::VerifyProof {
            file,
            log_key,
            witness_key,
        } => proof::verify(&file, &log_key, &witness_key),
        LogCommand::VerifyReceipt {
            file,
            log_key,
            witness_key,
        } => {
            let text = match read(&file) {
                Ok(text) => text,
                Err(error) => return say::unusable(format!("{}: {error}", file.display())),
            };
            let receipt = match parse(&text) {
                Ok(receipt) => receipt,
                Err(error) => {
                    return say::unusable(format!("{}: not a receipt: {error}", file.display()));
                }
            };
            match check(&receipt, log_key.as_deref(), &witness_key) {
                Ok(lines) => {
                    for line in lines {
                        say::data(line);
                    }
                    ExitCode::SUCCESS
                }
                Err(why) => say::no(format!("the receipt does not hold: {why}")),
            }
        }
    }
}

fn read(file: &PathBuf) -> Result<String, String> {
    if file.as_os_str() == "-" {
        return std::io::read_to_string(std::io::stdin()).map_err(|e| e.to_string());
    }
    let size = fs::metadata(file).map_err(|e| e.to_string())?.len();
    if size > RECEIPT_BYTES_MAX {
        return Err(format!(
            "{size} bytes, more than the {RECEIPT_BYTES_MAX} a receipt may have"
        ));
    }
    fs::read_to_string(file).map_err(|e| e.to_string())
}

/// A receipt with its members and no others: what nothing binds is not repeated as if it were proven.
fn parse(text: &str) -> Result<Receipt, String> {
    let value =
        garita_exchange::parse::document(text.as_bytes()).map_err(|refusal| refusal.to_string())?;
    let receipt: Receipt = serde_json::from_value(value.clone()).map_err(|e| e.to_string())?;
    // What the reading passed over or took in another shape is not there when it is written again.
    let again = serde_json::to_value(&receipt).map_err(|e| e.to_string())?;
    if again != value {
        return Err("it has members or shapes that no receipt has".to_owned());
    }
    match (receipt.state.as_str(), &receipt.witnessed) {
        (RECORDED, None) | (WITNESSED, Some(_)) => Ok(receipt),
        _ => Err(format!(
            "its state is neither `{RECORDED}` nor, with witnesses, `{WITNESSED}`"
        )),
    }
}

/// What is proven, in words.
fn check(
    receipt: &Receipt,
    expected: Option<&str>,
    witnesses: &[String],
) -> Result<Vec<String>, String> {
    let text = expected.unwrap_or(&receipt.log_key);
    let key = LogVerifier::parse(text).map_err(|e| format!("log key: {e}"))?;
    let checkpoint = Checkpoint::open(receipt.checkpoint.as_bytes(), key.origin(), &key)
        .map_err(|e| format!("{}: {e}", e.code()))?;
    let salt: [u8; 32] = encode::from_base64url(&receipt.salt)
        .and_then(|b| b.try_into().ok())
        .ok_or("the salt is not 32 bytes")?;
    let leaf = receipt.leaf.commit(&salt);
    let proof: Vec<Hash> = receipt
        .proof
        .iter()
        .map(|h| Hash::from_base64(h).map_err(|e| e.to_string()))
        .collect::<Result<_, _>>()?;
    verify_inclusion(
        &leaf_hash(&leaf),
        LeafIndex::new(receipt.index),
        checkpoint.size,
        &checkpoint.root,
        &proof,
    )
    .map_err(|e| format!("{}: {e}", e.code()))?;
    let mut lines = vec![
        format!(
            "proven: log `{}` held, at entry {} of {}, that `{}` {} record {} ({}) at {}",
            checkpoint.origin,
            receipt.index,
            checkpoint.size.get(),
            receipt.leaf.party,
            receipt.leaf.act.as_str(),
            receipt.leaf.id,
            receipt.leaf.view,
            encode::instant_text(receipt.leaf.logged),
        ),
        format!("state: {}", receipt.state),
    ];
    let note = Note::parse(receipt.checkpoint.as_bytes()).map_err(|e| e.to_string())?;
    if let Some(said) = &receipt.witnessed {
        if said.size != checkpoint.size.get() {
            return Err("what is witnessed is another checkpoint's size".to_owned());
        }
        lines.push(witnesses::as_said(&note, &said.by, said.at)?);
    }
    lines.extend(witnesses::expected(&note, witnesses)?);
    if receipt.witnessed.is_some() && witnesses.is_empty() {
        lines.push(witnesses::UNCHECKED.to_owned());
    }
    let stamp = &receipt.stamp;
    if stamp.id != receipt.leaf.id || stamp.view != receipt.leaf.view {
        return Err("the stamp is of another record or view".to_owned());
    }
    // At home, stamp and leaf say the same thing, but that a view may be made after its record was logged; a receiver's leaf is its own,
    // and the stamp the home's.
    let logged = if stamp.view == WHOLE {
        stamp.logged == receipt.leaf.logged
    } else {
        stamp.logged <= receipt.leaf.logged
    };
    if receipt.leaf.act == LeafAct::Issued
        && (stamp.index != receipt.index || !logged || stamp.log != checkpoint.origin)
    {
        return Err("the stamp contradicts the leaf".to_owned());
    }
    lines.push(if expected.is_some() {
        "the log's key is the one you named".to_owned()
    } else {
        format!("not checked: whose key `{text}` is; compare it with the network's list, or pass --log-key")
    });
    lines.push("not checked: the stamp's signature, for which one needs the home node's key, and the record itself".to_owned());
    Ok(lines)
}
