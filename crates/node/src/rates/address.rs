//! From where a request comes: the other end of its connection, or whom a proxy that is known says to be behind it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::http::{Extensions, HeaderMap};

use super::file::Limits;

/// The other end of the connection on which a request came.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OtherEnd(pub(crate) SocketAddr);

/// The address that counts for a request's limits.
pub(super) fn of(headers: &HeaderMap, extensions: &Extensions, limits: &Limits) -> IpAddr {
    let socket = extensions
        .get::<OtherEnd>()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |end| end.0.ip())
        .to_canonical();
    // Whoever is no proxy of ours could write there what he likes.
    if !limits.proxies.iter().any(|p| p.to_canonical() == socket) {
        return socket;
    }
    let told = limits.address_header.as_deref().and_then(|name| {
        // Each proxy adds the address that it sees; what stands before the last one came from outside.
        let line = headers.get_all(name).iter().next_back()?.to_str().ok()?;
        let last = line.rsplit(',').next()?.trim();
        let bare = last.trim_start_matches('[').trim_end_matches(']');
        bare.parse::<IpAddr>()
            .ok()
            .or_else(|| last.parse::<SocketAddr>().ok().map(|a| a.ip()))
    });
    told.map_or(socket, |address| address.to_canonical())
}

/// What of an address is one asker: whoever has one address of IPv6 has the rest of its /64 too.
pub(super) fn name(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(v4) => v4.octets().to_vec(),
        IpAddr::V6(v6) => v6.octets().into_iter().take(8).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(socket: &str, header: Option<&str>, limits: &Limits) -> String {
        let mut headers = HeaderMap::new();
        for line in header.into_iter().flat_map(|h| h.split('|')) {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        let mut extensions = Extensions::new();
        extensions.insert(OtherEnd(socket.parse().unwrap()));
        of(&headers, &extensions, limits).to_string()
    }

    #[test]
    fn only_a_known_proxy_says_who_is_behind_it() {
        let usual = Limits::default();
        let behind = Limits {
            address_header: Some("x-forwarded-for".to_owned()),
            ..Limits::default()
        };
        for (socket, header, limits, expected) in [
            ("127.0.0.1:1", Some("9.9.9.9"), &usual, "127.0.0.1"),
            ("127.0.0.1:1", Some("9.9.9.9"), &behind, "9.9.9.9"),
            ("8.8.8.8:1", Some("9.9.9.9"), &behind, "8.8.8.8"),
            ("127.0.0.1:1", None, &behind, "127.0.0.1"),
            // What the asker wrote himself stands before what the proxy adds.
            ("127.0.0.1:1", Some("1.1.1.1, 9.9.9.9"), &behind, "9.9.9.9"),
            ("127.0.0.1:1", Some("1.1.1.1|9.9.9.9"), &behind, "9.9.9.9"),
            ("127.0.0.1:1", Some("9.9.9.9, nobody"), &behind, "127.0.0.1"),
            ("127.0.0.1:1", Some("9.9.9.9:44"), &behind, "9.9.9.9"),
            ("[::1]:1", Some("[2001:db8::7]:44"), &behind, "2001:db8::7"),
            ("[::1]:1", Some("2001:db8::7"), &behind, "2001:db8::7"),
            ("[::ffff:127.0.0.1]:1", Some("9.9.9.9"), &behind, "9.9.9.9"),
        ] {
            assert_eq!(
                from(socket, header, limits),
                expected,
                "{socket} {header:?}"
            );
        }
    }

    #[test]
    fn a_network_of_ipv6_is_one_asker() {
        let name = |text: &str| name(text.parse().unwrap());
        assert_eq!(name("2001:db8:0:1::1"), name("2001:db8:0:1:ffff::2"));
        assert_ne!(name("2001:db8:0:1::1"), name("2001:db8:0:2::1"));
        assert_ne!(name("10.0.0.1"), name("10.0.0.2"));
    }
}
