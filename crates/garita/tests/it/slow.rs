//! Who sends a letter an hour, or heads without end, holds up nobody.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::world::{Api, PATIENCE, World};

/// What the node says to bytes, until it closes the connection.
async fn told(address: SocketAddr, sent: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The node may close while we still send.
    let _ = stream.write_all(sent).await;
    let mut answer = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    assert!(read.is_ok(), "the node does not close the connection");
    String::from_utf8_lossy(&answer).into_owned()
}

/// Whether the connection is still open after another letter.
async fn still_open(stream: &mut TcpStream) -> bool {
    let mut byte = [0; 1];
    let read = tokio::time::timeout(Duration::from_millis(1), stream.read(&mut byte)).await;
    read.is_err() && stream.write_all(b"x").await.is_ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_trickles_in_is_cut_off_and_others_are_answered() {
    let world = World::running("slow", 1).await;
    let url = world.node("customs").url.clone();
    let address: SocketAddr = url.trim_start_matches("http://").parse().unwrap();
    let api = Api::new(&url, "");

    // Heads that never end: many at once, a letter at a time.
    let mut slow = Vec::new();
    for _ in 0..200 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let begun = b"GET /livez HTTP/1.1\r\nHost: x\r\nX-Slow: ";
        stream.write_all(begun).await.unwrap();
        slow.push(stream);
    }
    // Who says nothing at all, or begins as another protocol would.
    for begun in [b"".as_slice(), b"PRI * HTTP"] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(begun).await.unwrap();
        let mut rest = Vec::new();
        let closed = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut rest)).await;
        assert!(closed.is_ok(), "{begun:?} is open yet");
    }
    let began = Instant::now();
    while !slow.is_empty() {
        assert!(began.elapsed() < PATIENCE, "{} are still open", slow.len());
        assert_eq!(api.get("/readyz").await.status, 200);
        let mut left = Vec::new();
        for mut stream in slow {
            if still_open(&mut stream).await {
                left.push(stream);
            }
        }
        slow = left;
        tokio::time::sleep(Duration::from_millis(500)).await;
    }

    // Heads that are too long, have too many fields, or are none.
    let long = format!("X-Long: {}", "x".repeat(200_000));
    let many: Vec<String> = (0..500).map(|n| format!("X-{n}: y")).collect();
    for fields in [long, many.join("\r\n")] {
        let request = format!("GET /livez HTTP/1.1\r\nHost: x\r\n{fields}\r\n\r\n");
        let answer = told(address, request.as_bytes()).await;
        let refused = answer.is_empty() || answer.starts_with("HTTP/1.1 431");
        assert!(refused, "{answer}");
    }
    let answer = told(address, b"\x16\x03\x01\x02garbage\r\n\r\n").await;
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 400"),
        "{answer}"
    );
    assert_eq!(api.get("/readyz").await.status, 200);
}
