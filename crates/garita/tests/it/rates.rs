//! How much each may ask of a node: who asks too much is told when to come again, and nobody else is held up.

use std::net::{IpAddr, SocketAddr};

use garita_node::config::use_limits;
use garita_node::rates::{Limits, Rate};
use garita_node::setup::CreatedNode;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::world::{Api, World, answer, appointment, until};

/// So slow that nothing comes back while a test runs.
fn slow(burst: u32) -> Option<Rate> {
    Some(Rate {
        a_second: 0.001,
        burst,
    })
}

async fn limited(name: &str, count: usize, limits: impl Fn(usize) -> Limits) -> World {
    World::prepared(name, count, |_, nodes| {
        for (at, node) in nodes.iter().enumerate().take(count) {
            use_limits(&node.data, limits(at)).unwrap();
        }
    })
    .await
}

/// What the metrics say of a limit.
async fn held_up(node: &CreatedNode, limit: &str) -> u64 {
    let metrics = Api::operator(node).get("/metrics").await.text;
    let line = format!("garita_rate_limited_total{{limit=\"{limit}\"}} ");
    let count = metrics.lines().find_map(|l| l.strip_prefix(&line));
    count
        .unwrap_or_else(|| panic!("{metrics}"))
        .parse()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_too_much_is_told_when_to_come_again_and_nobody_else() {
    let world = limited("rates", 1, |_| Limits {
        principal: slow(5),
        address: slow(8),
        ..Limits::default()
    })
    .await;
    let (cbp, anam) = (world.api("cbp"), world.api("anam"));
    let nobody = Api::new(&cbp.base, "");
    for _ in 0..5 {
        assert_eq!(cbp.get("/v1/me").await.status, 200);
    }
    let refused = cbp.request("GET", "/v1/me").send().await.unwrap();
    assert_eq!(refused.status().as_u16(), 429);
    let wait = refused.headers()["retry-after"].to_str().unwrap();
    assert!(wait.parse::<u64>().unwrap() > 1, "{wait}");
    let refused = cbp.get("/v1/me").await;
    assert_eq!(refused.kind, "application/problem+json");
    assert_eq!(refused.code(), "rate-limited");
    assert!(
        refused.body["detailEs"]
            .as_str()
            .unwrap()
            .contains("vuelva")
    );
    // Another token, and those without one, have their own.
    assert_eq!(anam.get("/v1/me").await.status, 200);
    for _ in 0..8 {
        assert_eq!(nobody.get("/v1/status").await.status, 200);
    }
    assert_eq!(nobody.get("/v1/status").await.status, 429);
    assert_eq!(anam.get("/v1/me").await.status, 200);
    // Who watches over the node is always answered.
    for _ in 0..20 {
        assert_eq!(nobody.get("/livez").await.status, 200);
        assert_eq!(nobody.get("/readyz").await.status, 200);
    }
    let node = world.node("customs");
    assert_eq!(held_up(node, "principal").await, 2);
    assert_eq!(held_up(node, "address").await, 1);
    assert_eq!(held_up(node, "peer").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_costs_something_has_a_bucket_of_its_own() {
    let world = limited("costly", 1, |_| Limits {
        costly: slow(3),
        ..Limits::default()
    })
    .await;
    let cbp = world.api("cbp");
    let nobody = Api::new(&cbp.base, "");
    let did = format!("/1.0/identifiers/{}", world.did("anam"));
    for _ in 0..3 {
        assert_eq!(nobody.get(&did).await.status, 200);
    }
    for path in [&did, "/v1/automations", "/projects", "/openapi.json"] {
        assert_eq!(nobody.get(path).await.status, 429, "{path}");
    }
    for path in ["/v1/status", "/v1/governance", "/log/checkpoint"] {
        assert_ne!(nobody.get(path).await.status, 429, "{path}");
    }
    assert_eq!(cbp.get(&did).await.status, 200, "of whom the node knows");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tried_secrets_slow_down_and_hold_up_nobody_who_is_known() {
    let world = limited("tried", 1, |_| Limits {
        failures: slow(6),
        ..Limits::default()
    })
    .await;
    let cbp = world.api("cbp");
    let nobody = Api::new(&cbp.base, "");
    // Tokens, signatures and links that hold for nothing, each tried twice.
    let signed = |at: u32| {
        let input = format!("garita=(\"@method\");created=1;keyid=\"did:web:no{at}#node\"");
        nobody
            .request("GET", "/v1/peer/seen")
            .header("signature-input", input)
            .header("signature", "garita=:AAAA:")
    };
    for at in 0..2 {
        let token = Api::new(&cbp.base, &format!("no-token-{at}"));
        assert_eq!(token.get("/v1/me").await.status, 401);
        assert_eq!(answer(signed(at)).await.unwrap().status, 401);
        let link = nobody.get(&format!("/signin/no-link-{at}")).await;
        assert_eq!(link.status, 401);
    }
    let token = Api::new(&cbp.base, "another");
    assert_eq!(token.get("/v1/me").await.status, 429);
    assert_eq!(answer(signed(9)).await.unwrap().status, 429);
    assert_eq!(nobody.get("/signin/another").await.status, 429);
    assert_eq!(nobody.get("/p/another").await.status, 429);
    // From the same address: who shows nothing is still answered, and so is whose secret the node knows.
    assert_eq!(nobody.get("/v1/status").await.status, 200);
    assert_eq!(nobody.get("/console/sign-in").await.status, 200);
    assert_eq!(cbp.get("/v1/me").await.status, 200);
    assert_eq!(world.api("anam").get("/v1/me").await.status, 200);
    assert_eq!(held_up(world.node("customs"), "failures").await, 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_a_known_proxy_says_for_whom_it_asks() {
    let world = limited("behind", 2, |at| Limits {
        address: slow(3),
        address_header: Some("x-forwarded-for".to_owned()),
        // The second node has no proxy in front: whoever writes the header there writes what he likes.
        proxies: match at {
            0 => vec![IpAddr::from([127, 0, 0, 1])],
            _ => Vec::new(),
        },
        ..Limits::default()
    })
    .await;
    let from = async |node: &str, line: &str| {
        let api = Api::new(&world.node(node).url, "");
        let request = api.request("GET", "/livez-not");
        let request = request.header("x-forwarded-for", line);
        answer(request).await.unwrap().status
    };
    for _ in 0..3 {
        assert_eq!(from("customs", "192.0.2.1").await, 404);
        assert_ne!(from("customs", "10.0.0.1, 192.0.2.2").await, 429);
    }
    assert_eq!(from("customs", "192.0.2.1").await, 429);
    assert_eq!(
        from("customs", "10.0.0.9, 192.0.2.2").await,
        429,
        "written by the asker"
    );
    assert_eq!(from("customs", "192.0.2.3").await, 404);
    let mut last = 0;
    for at in 0..4 {
        last = from("trade", &format!("192.0.2.{at}")).await;
    }
    assert_eq!(last, 429);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_beyond_its_limit_comes_again_and_nothing_is_lost() {
    let world = limited("peer-rate", 2, |at| Limits {
        // Each second a peer asks some things one after the other; here one at a time.
        peer: (at == 0).then_some(Rate {
            a_second: 10.0,
            burst: 1,
        }),
        ..Limits::of_one_machine()
    })
    .await;
    let (carrier, cbp) = (world.api("ocotillo"), world.api("cbp"));
    let mut ids = Vec::new();
    for at in 0..5 {
        let trip = format!("TOCQ26112404{at:02}");
        ids.push(
            carrier
                .file("Appointment", appointment(&trip, "47AK2F"))
                .await,
        );
    }
    for id in &ids {
        cbp.holds(id).await;
    }
    let customs = world.node("customs");
    until("the peer was held up", || async {
        held_up(customs, "peer").await > 0
    })
    .await;
    // Its parties' own systems are not.
    assert_eq!(cbp.get("/v1/me").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_who_send_slowly_take_no_room_from_those_known() {
    let world = World::running("rooms", 1).await;
    let cbp = world.api("cbp");
    let nobody = Api::new(&cbp.base, "");
    let address: SocketAddr = cbp.base.trim_start_matches("http://").parse().unwrap();
    // Nine bodies of 8 MiB, of which the last byte does not come: more than there is room for.
    let size = 8 << 20;
    let head = format!("POST /v1/records HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n\r\n");
    let mut slow = Vec::new();
    for _ in 0..9 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        // What does not fit is answered, and its connection closed, before it is all there.
        let _ = stream.write_all(&vec![b' '; size - 1]).await;
        slow.push(stream);
    }
    let small = vec![b' '; 1_000];
    until("there is no room for strangers", || async {
        let told = nobody.send("POST", "/v1/records", small.clone()).await;
        (told.status, told.code()) == (429, "node-busy")
    })
    .await;
    let own = cbp.send("POST", "/v1/records", vec![b' '; 100_000]).await;
    assert_eq!(own.status, 400, "{}", own.text);
    assert_eq!(nobody.get("/v1/status").await.status, 200);
    // Who hangs up gives it back.
    drop(slow);
    until("there is room again", || async {
        let told = nobody.send("POST", "/v1/records", small.clone()).await;
        told.status == 401
    })
    .await;
}
