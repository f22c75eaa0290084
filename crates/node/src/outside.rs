//! Requests to addresses that somebody outside chose: never an address inside, never further than it, never for long.
//!
//! A subscriber chooses where its node sends requests to. So the name is resolved first, every address that it stands for is looked
//! at, and the request goes to those and no others: a name that stands for another address a moment later leads nowhere.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use reqwest::Url;

const CONNECT: Duration = Duration::from_secs(3);
const REQUEST: Duration = Duration::from_secs(15);
/// Longest address.
const ADDRESS_BYTES_MAX: usize = 2_000;
/// What is read of an answer.
const ANSWER_BYTES_MAX: usize = 16 << 10;

/// Where addresses may lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Targets {
    /// Also to this machine and inside its network, and without TLS: in a demonstration, or where an operator says so.
    pub(crate) inside: bool,
}

/// Why an address is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoTarget {
    /// It is no address.
    NoAddress,
    /// It is not https.
    NoTls,
    /// It bears a user or a password.
    Credentials,
    /// It is inside this node's network.
    Inside,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Heard {
    /// HTTP status.
    pub(crate) status: u16,
    /// The beginning of the body.
    pub(crate) body: Vec<u8>,
}

impl Targets {
    /// Looks at an address before it is kept.
    pub(crate) fn check(self, address: &str) -> Result<Url, NoTarget> {
        let url = Url::parse(address)
            .ok()
            .filter(|_| address.len() <= ADDRESS_BYTES_MAX)
            .ok_or(NoTarget::NoAddress)?;
        let scheme = url.scheme();
        if scheme != "https" && !(self.inside && scheme == "http") {
            return Err(NoTarget::NoTls);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(NoTarget::Credentials);
        }
        let literal = url
            .host_str()
            .and_then(|host| host.trim_matches(['[', ']']).parse::<IpAddr>().ok());
        if !self.inside && literal.is_some_and(|address| !is_outside(address)) {
            return Err(NoTarget::Inside);
        }
        Ok(url)
    }

    /// Posts JSON; none where nobody answered, or the address leads inside by now.
    pub(crate) async fn post(
        self,
        address: &str,
        headers: &[(&str, String)],
        body: String,
    ) -> Option<Heard> {
        let client = self.client(address).await?;
        let mut request = client
            .post(address)
            .header("content-type", "application/json")
            .body(body);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let mut response = request.send().await.ok()?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Ok(Some(chunk)) = response.chunk().await {
            let room = ANSWER_BYTES_MAX.saturating_sub(body.len());
            body.extend_from_slice(chunk.get(..chunk.len().min(room)).unwrap_or_default());
            if body.len() >= ANSWER_BYTES_MAX {
                break;
            }
        }
        Some(Heard { status, body })
    }

    /// Gets a document; none where nobody answers with one, it is larger than `bytes_max`, or the address leads inside by now.
    pub(crate) async fn get(self, address: &str, bytes_max: usize) -> Option<Vec<u8>> {
        let client = self.client(address).await?;
        let mut response = client.get(address).send().await.ok()?;
        if !response.status().is_success() {
            return None;
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.ok()? {
            if body.len() + chunk.len() > bytes_max {
                return None;
            }
            body.extend_from_slice(&chunk);
        }
        Some(body)
    }

    /// A client that reaches the addresses of that name as of now and nothing else.
    pub(crate) async fn client(self, address: &str) -> Option<reqwest::Client> {
        let url = self.check(address).ok()?;
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

#[cfg(test)]
mod tests {
    use super::*;

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
