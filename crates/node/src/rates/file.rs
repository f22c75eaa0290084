//! The limits of a node as its operator sets them: `limits` in `node.json`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::bucket::Rate;

/// How much of a node each may have. A rate that is `null` is no limit; one that is left out is the usual one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Limits {
    /// Requests of a node of the network.
    pub peer: Option<Rate>,
    /// Bytes that it sends.
    pub peer_bytes: Option<Rate>,
    /// Requests of a system by one token or key, and of a person in one session.
    pub principal: Option<Rate>,
    /// Requests from an address of those whom the node does not know.
    pub address: Option<Rate>,
    /// Those of them for which the node works: pages, resolving, checking.
    pub costly: Option<Rate>,
    /// Secrets and signatures from an address that hold for nothing.
    pub failures: Option<Rate>,
    /// Seconds that an answer may take to begin.
    pub request_seconds: u32,
    /// The header in which a proxy in front writes who is asking: `x-forwarded-for`. Its last address counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_header: Option<String>,
    /// From which proxies that header is believed.
    pub proxies: Vec<IpAddr>,
}

impl Default for Limits {
    fn default() -> Self {
        let rate = |a_second, burst| Some(Rate { a_second, burst });
        Self {
            // A peer that was away is sent 256 records a request, several at once. Live, each record may be a request of its own.
            peer: rate(2_000.0, 20_000),
            // Half of a gigabit line for good: some twenty thousand records a second.
            peer_bytes: rate(67_108_864.0, 1 << 30),
            // A broker that files each record by itself: more than one node of this kind takes in all.
            principal: rate(2_000.0, 20_000),
            // An office behind one address, each of its pages with its pictures; an auditor or a peer that fetches the log's tiles.
            address: rate(500.0, 10_000),
            costly: rate(10.0, 200),
            // 256 random bits are guessed by nobody; this is so that trying costs the node nothing.
            failures: rate(1.0, 60),
            request_seconds: 120,
            address_header: None,
            proxies: vec![
                IpAddr::V4(Ipv4Addr::LOCALHOST),
                IpAddr::V6(Ipv6Addr::LOCALHOST),
            ],
        }
    }
}

impl Limits {
    /// For nodes, clients and readers that are all on one machine: whom a node does not know, it does not tell by address.
    pub fn of_one_machine() -> Self {
        Self {
            address: None,
            costly: None,
            failures: None,
            ..Self::default()
        }
    }

    /// None on anybody: for who measures what a node can.
    pub fn none() -> Self {
        Self {
            peer: None,
            peer_bytes: None,
            principal: None,
            ..Self::of_one_machine()
        }
    }

    /// What is wrong with them; none where they can be kept.
    pub fn fault(&self) -> Option<&'static str> {
        let rates = [
            self.peer,
            self.peer_bytes,
            self.principal,
            self.address,
            self.costly,
            self.failures,
        ];
        if rates.iter().flatten().any(|rate| !rate.is_sound()) {
            return Some(
                "limits: a rate is at least 0.001 `aSecond` with a `burst` of at least 1, or null",
            );
        }
        if self.request_seconds == 0 {
            return Some("limits: `requestSeconds` is at least 1");
        }
        let header = self.address_header.as_deref();
        if header.is_some_and(|name| axum::http::HeaderName::try_from(name).is_err()) {
            return Some("limits: `addressHeader` is no name of a header");
        }
        None
    }

    pub(super) fn request(&self) -> Duration {
        Duration::from_secs(u64::from(self.request_seconds))
    }
}

/// Whether these are the usual ones, of which nothing is written.
pub(crate) fn is_usual(limits: &Limits) -> bool {
    *limits == Limits::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_usual_and_null_is_no_limit() {
        let read: Limits =
            serde_json::from_str(r#"{"costly":null,"failures":{"aSecond":0.5,"burst":3}}"#)
                .unwrap();
        let expected = Limits {
            costly: None,
            failures: Some(Rate {
                a_second: 0.5,
                burst: 3,
            }),
            ..Limits::default()
        };
        assert_eq!(read, expected);
        assert_eq!(read.fault(), None);
        assert_eq!(Limits::default().fault(), None);
        let written = serde_json::to_string(&read).unwrap();
        assert_eq!(serde_json::from_str::<Limits>(&written).unwrap(), read);
    }

    #[test]
    fn what_cannot_be_kept_is_told() {
        for text in [
            r#"{"peer":{"aSecond":0,"burst":3}}"#,
            r#"{"failures":{"aSecond":1,"burst":0}}"#,
            r#"{"requestSeconds":0}"#,
            r#"{"addressHeader":"x y"}"#,
        ] {
            let read: Limits = serde_json::from_str(text).unwrap();
            assert!(read.fault().is_some(), "{text}");
        }
        assert!(serde_json::from_str::<Limits>(r#"{"peers":null}"#).is_err());
    }
}
