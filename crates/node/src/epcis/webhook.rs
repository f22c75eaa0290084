//! Telling a subscriber at its own address: never an address inside, never further than it, never for long.
//!
//! A subscriber chooses where its node sends requests to. So the name is resolved first, every address that it stands for is looked
//! at, and the request goes to those and no others: a name that stands for another address a moment later leads nowhere.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use reqwest::Url;
use sha2::{Digest as _, Sha256};

use super::exception::Exception;
use super::hex;
use super::subscriptions::wrong;

const CONNECT: Duration = Duration::from_secs(3);
const REQUEST: Duration = Duration::from_secs(15);
/// Longest address of a subscriber.
const ADDRESS_BYTES_MAX: usize = 2_000;
/// SHA-256's block, for HMAC.
const BLOCK: usize = 64;

/// Where subscribers may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Targets {
    /// Also on this machine and inside its network, and without TLS: in a demonstration, or where an operator says so.
    pub(crate) inside: bool,
}

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

impl Targets {
    /// Looks at an address before it is kept.
    pub(super) fn check(self, dest: &str) -> Result<Url, Exception> {
        let refuse = |en: &str, es: &str| wrong("/dest", en, es);
        let url = Url::parse(dest)
            .ok()
            .filter(|_| dest.len() <= ADDRESS_BYTES_MAX)
            .ok_or_else(|| {
                refuse(
                    "`dest` is an address: https://…",
                    "`dest` es una dirección: https://…",
                )
            })?;
        let scheme = url.scheme();
        if scheme != "https" && !(self.inside && scheme == "http") {
            return Err(refuse(
                "`dest` begins with https",
                "`dest` comienza con https",
            ));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse(
                "`dest` holds no user and no password; use `signatureToken`",
                "`dest` no lleva usuario ni contraseña; use `signatureToken`",
            ));
        }
        let literal = url
            .host_str()
            .and_then(|host| host.trim_matches(['[', ']']).parse::<IpAddr>().ok());
        if !self.inside && literal.is_some_and(|address| !is_outside(address)) {
            return Err(refuse(
                "`dest` is inside this node's network",
                "`dest` está dentro de la red de este nodo",
            ));
        }
        Ok(url)
    }

    /// Posts JSON to a subscriber.
    pub(super) async fn post(self, dest: &str, headers: &[(&str, String)], body: String) -> Heard {
        let Some(client) = self.client(dest).await else {
            return Heard::Not;
        };
        let mut request = client
            .post(dest)
            .header("content-type", "application/json")
            .body(body);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        match request.send().await {
            Ok(answer) if answer.status().is_success() => Heard::Taken,
            Ok(answer) if answer.status().as_u16() == 413 => Heard::Less,
            Ok(_) | Err(_) => Heard::Not,
        }
    }

    /// A client that reaches the subscriber's addresses as of now and nothing else.
    async fn client(self, dest: &str) -> Option<reqwest::Client> {
        let url = self.check(dest).ok()?;
        let host = url.host_str()?.to_owned();
        let port = url.port_or_known_default()?;
        let bare = host.trim_matches(['[', ']']).to_owned();
        let found: Vec<SocketAddr> =
            tokio::time::timeout(CONNECT, tokio::net::lookup_host((bare, port)))
                .await
                .ok()?
                .ok()?
                .collect();
        // One address inside among them is enough: a name that means both is not a subscriber's.
        let outside = found.iter().all(|address| is_outside(address.ip()));
        if found.is_empty() || !(self.inside || outside) {
            return None;
        }
        reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .timeout(REQUEST)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .resolve_to_addrs(&host, &found)
            .build()
            .ok()
    }
}

/// Whether an address is one of the public network.
fn is_outside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_outside_v4(address),
        IpAddr::V6(address) => is_outside_v6(address),
    }
}

fn is_outside_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_unspecified()
        || address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19)))
}

fn is_outside_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = address.to_ipv4_mapped() {
        return is_outside_v4(inner);
    }
    let [a, b, ..] = address.segments();
    // What carries an IPv4 address within (NAT64, 6to4, Teredo) may lead inside by it.
    let carries = (a == 0x64 && b == 0xff9b) || a == 0x2002 || (a == 0x2001 && b == 0);
    let global = (a & 0xe000) == 0x2000;
    global && !carries && !(a == 0x2001 && b == 0x0db8)
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

    #[test]
    fn addresses_inside_are_told_from_those_outside() {
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "0.1.2.3",
            "255.255.255.255",
            "224.0.0.1",
            "198.18.0.1",
            "192.0.0.8",
            "192.0.2.1",
            "240.0.0.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "2001:db8::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:0:1::",
        ] {
            assert!(!is_outside(inside.parse().unwrap()), "{inside}");
        }
        for outside in [
            "8.8.8.8",
            "100.128.0.1",
            "172.32.0.1",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
        ] {
            assert!(is_outside(outside.parse().unwrap()), "{outside}");
        }
    }

    #[test]
    fn an_address_that_must_not_be_reached_is_not_kept() {
        let strict = Targets { inside: false };
        for bad in [
            "http://client.example/hook",
            "ftp://client.example/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://0x7f.1/",
            "https://2130706433/",
            "https://user@client.example/",
            "https://user:pass@client.example/",
            "none",
            "",
        ] {
            assert!(strict.check(bad).is_err(), "{bad}");
        }
        assert!(strict.check("https://client.example/hook").is_ok());
        let inside = Targets { inside: true };
        assert!(inside.check("http://127.0.0.1:9000/hook").is_ok());
        assert!(inside.check("file:///etc/passwd").is_err());
    }

    #[tokio::test]
    async fn a_name_that_stands_for_an_address_inside_is_not_asked() {
        let strict = Targets { inside: false };
        assert!(strict.client("https://localhost/hook").await.is_none());
    }
}
