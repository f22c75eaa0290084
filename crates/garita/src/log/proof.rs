//! `garita log verify-proof FILE`: a leaf's proof as text (C2SP tlog-proof), with what the leaf commits to as its extra data.

use std::path::PathBuf;
use std::process::ExitCode;

use garita_exchange::encode;
use garita_exchange::signing::LogVerifier;
use garita_exchange::stamp::ProofExtra;
use garita_tlog::{TlogProof, leaf_hash};

use super::{read, witnesses};
use crate::say;

pub(super) fn verify(file: &PathBuf, log_key: &str, witness_keys: &[String]) -> ExitCode {
    let text = match read(file) {
        Ok(text) => text,
        Err(error) => return say::unusable(format!("{}: {error}", file.display())),
    };
    let (proof, extra) = match parse(&text) {
        Ok(parsed) => parsed,
        Err(error) => return say::unusable(format!("{}: not a proof: {error}", file.display())),
    };
    match check(&proof, &extra, log_key, witness_keys) {
        Ok(lines) => {
            for line in lines {
                say::data(line);
            }
            ExitCode::SUCCESS
        }
        Err(why) => say::no(format!("the proof does not hold: {why}")),
    }
}

fn parse(text: &str) -> Result<(TlogProof, ProofExtra), String> {
    let proof = TlogProof::parse(text.as_bytes()).map_err(|e| format!("{}: {e}", e.code()))?;
    let bytes = proof
        .extra
        .as_deref()
        .ok_or("it does not say what its leaf commits to (the line `extra`)")?;
    let value = garita_exchange::parse::document(bytes).map_err(|refusal| refusal.to_string())?;
    let extra: ProofExtra = serde_json::from_value(value)
        .map_err(|e| format!("its extra data is not that of a record: {e}"))?;
    // What the reading passed over would be repeated as if it were proven.
    if extra.to_bytes() != bytes {
        return Err("its extra data is not written as that of a record is".to_owned());
    }
    Ok((proof, extra))
}

/// What is proven, in words.
fn check(
    proof: &TlogProof,
    extra: &ProofExtra,
    log_key: &str,
    witness_keys: &[String],
) -> Result<Vec<String>, String> {
    let key = LogVerifier::parse(log_key).map_err(|e| format!("log key: {e}"))?;
    let salt: [u8; 32] = encode::from_base64url(&extra.salt)
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or("the salt is not 32 bytes")?;
    let leaf = leaf_hash(&extra.leaf.commit(&salt));
    // Who cosigned is judged below, by the words of this command.
    let proven = proof
        .verify(&leaf, &key, &[], 0)
        .map_err(|e| format!("{}: {e}", e.code()))?;
    let mut lines = vec![format!(
        "proven: log `{}` held, at entry {} of {}, that `{}` {} record {} ({}) at {}",
        proven.checkpoint.origin,
        proof.index.get(),
        proven.checkpoint.size.get(),
        extra.leaf.party,
        extra.leaf.act.as_str(),
        extra.leaf.id,
        extra.leaf.view,
        encode::instant_text(extra.leaf.logged),
    )];
    match witnesses::expected(&proof.note, witness_keys)? {
        Some(line) => lines.push(line),
        None => lines.push(
            "not checked: whether witnesses cosigned; pass the --witness-key of each in the network's list"
                .to_owned(),
        ),
    }
    lines.push("not checked: the record itself".to_owned());
    Ok(lines)
}
