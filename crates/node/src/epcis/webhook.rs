//! Telling a subscriber of events at its own address, and the signature under its own secret.

use sha2::{Digest as _, Sha256};

use super::exception::Exception;
use super::hex;
use super::subscriptions::wrong;
use crate::outside::{NoTarget, Targets};

/// SHA-256's block, for HMAC.
const BLOCK: usize = 64;

/// What became of a telling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heard {
    /// The subscriber took it.
    Taken,
    /// It asks for less at once.
    Less,
    /// It did not answer, or did not take it.
    Not,
}

/// Looks at a subscriber's address before it is kept.
pub(super) fn check(targets: Targets, dest: &str) -> Result<(), Exception> {
    let refuse = |en: &str, es: &str| Err(wrong("/dest", en, es));
    match targets.check(dest) {
        Ok(_) => Ok(()),
        Err(NoTarget::NoAddress) => refuse(
            "`dest` is an address: https://…",
            "`dest` es una dirección: https://…",
        ),
        Err(NoTarget::NoTls) => refuse("`dest` begins with https", "`dest` comienza con https"),
        Err(NoTarget::Credentials) => refuse(
            "`dest` holds no user and no password; use `signatureToken`",
            "`dest` no lleva usuario ni contraseña; use `signatureToken`",
        ),
        Err(NoTarget::Inside) => refuse(
            "`dest` is inside this node's network",
            "`dest` está dentro de la red de este nodo",
        ),
    }
}

/// Posts events to a subscriber.
pub(super) async fn post(
    targets: Targets,
    dest: &str,
    headers: &[(&str, String)],
    body: String,
) -> Heard {
    match targets.post(dest, headers, body).await.map(|h| h.status) {
        Some(200..=299) => Heard::Taken,
        Some(413) => Heard::Less,
        _ => Heard::Not,
    }
}

/// `GS1-Signature`: HMAC with SHA-256 (RFC 2104) of the body, under the subscriber's own secret.
pub(super) fn signature(secret: &str, body: &[u8]) -> String {
    format!("sha256={}", hex(&hmac(secret.as_bytes(), body)))
}

fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0_u8; BLOCK];
    let digest: [u8; 32];
    let key = if key.len() > BLOCK {
        digest = Sha256::digest(key).into();
        digest.as_slice()
    } else {
        key
    };
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    let inner = Sha256::new()
        .chain_update(block.map(|byte| byte ^ 0x36))
        .chain_update(message)
        .finalize();
    Sha256::new()
        .chain_update(block.map(|byte| byte ^ 0x5c))
        .chain_update(inner)
        .finalize()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231 §4.2, §4.3, §4.7.
    #[test]
    fn signatures_are_those_of_the_standards_own_cases() {
        for (key, message, expected) in [
            (
                vec![0x0b; 20],
                b"Hi There".to_vec(),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            ),
            (
                b"Jefe".to_vec(),
                b"what do ya want for nothing?".to_vec(),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                vec![0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First".to_vec(),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ] {
            assert_eq!(hex(&hmac(&key, &message)), expected);
        }
    }
}
