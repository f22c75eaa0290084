//! What lies between nodes, and breaks as a test says: a proxy stands at each node's address in the network's list, and knows by the
//! key that signed a request whose it is, so that each direction between two nodes is a link of its own.
//!
//! Requests are read whole before they are passed on: they can be doubled, and sent again later. Answers are passed on as they come.
//! What nobody signed (a test's own requests) passes untouched.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::chance::Random;

/// A copy's answer is waited for this long, and thrown away.
const COPY: Duration = Duration::from_secs(20);
/// Bytes that go through a narrow link at once.
const PIECE: usize = 2_048;

/// What a link lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Way {
    #[default]
    Open,
    /// Connections are closed at once.
    Refused,
    /// Nothing goes in and nothing comes out, and nobody is told; what was sent goes on when the link is open again.
    Silent,
    /// Requests go in, their answers get lost: what one does not know is whether they were taken.
    AnswersLost,
}

/// One direction between two nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Link {
    pub(crate) way: Way,
    /// Each request and each piece of an answer waits between nothing and this, ms: what was asked first may come last.
    pub(crate) delay_ms: u64,
    /// Bytes a second; 0: as many as there are.
    pub(crate) bytes_a_second: u64,
    /// Of a thousand requests so many are broken off in the middle.
    pub(crate) broken: u64,
    /// Of a thousand so many are sent twice at once.
    pub(crate) doubled: u64,
    /// Of a thousand so many are sent again up to two seconds later, after others.
    pub(crate) late: u64,
}

/// What happened to requests.
#[derive(Debug, Default)]
pub(crate) struct Happened {
    pub(crate) refused: AtomicU64,
    pub(crate) held: AtomicU64,
    pub(crate) answers_lost: AtomicU64,
    pub(crate) broken: AtomicU64,
    pub(crate) doubled: AtomicU64,
    pub(crate) late: AtomicU64,
}

impl Happened {
    /// All of them.
    pub(crate) fn all(&self) -> u64 {
        [
            &self.refused,
            &self.held,
            &self.answers_lost,
            &self.broken,
            &self.doubled,
            &self.late,
        ]
        .map(|n| n.load(Ordering::Relaxed))
        .iter()
        .sum()
    }
}

/// The links between nodes that are known by their DIDs.
pub(crate) struct Wires {
    links: BTreeMap<(String, String), watch::Sender<Link>>,
    chance: Mutex<Random>,
    pub(crate) happened: Happened,
}

impl Wires {
    /// All links between these nodes, open.
    pub(crate) fn between(dids: &[String], seed: u64) -> Arc<Wires> {
        let links = dids.iter().flat_map(|from| {
            dids.iter().filter(move |to| *to != from).map(move |to| {
                let (link, _) = watch::channel(Link::default());
                ((from.clone(), to.clone()), link)
            })
        });
        Arc::new(Wires {
            links: links.collect(),
            chance: Mutex::new(Random::new(seed)),
            happened: Happened::default(),
        })
    }

    /// From now on a link is so.
    pub(crate) fn set(&self, from: &str, to: &str, link: Link) {
        self.links[&(from.to_owned(), to.to_owned())].send_replace(link);
    }

    /// All links are open again.
    pub(crate) fn heal(&self) {
        for link in self.links.values() {
            link.send_replace(Link::default());
        }
    }

    /// Serves one node's address: what comes to `listener` goes to `node`.
    pub(crate) fn serve(self: &Arc<Self>, to: &str, listener: TcpListener, node: SocketAddr) {
        let (wires, to) = (Arc::clone(self), to.to_owned());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let _ = stream.set_nodelay(true);
                tokio::spawn(connection(Arc::clone(&wires), to.clone(), stream, node));
            }
        });
    }

    /// The link of a request to a node; one that is always open where it is of nobody of ours: who signed it, or whose log's checkpoint it
    /// brings to a witness.
    fn link(&self, request: &str, to: &str) -> watch::Receiver<Link> {
        let is_of = |from: &str| {
            let host = from.trim_start_matches("did:web:").replace("%3A", ":");
            request.contains(&format!("keyid=\"{from}#"))
                || (request.starts_with("POST /witness/")
                    && request.contains(&format!("\n{host}/log")))
        };
        let found = self
            .links
            .iter()
            .find(|((from, at), _)| at == to && is_of(from));
        match found {
            Some((_, link)) => link.subscribe(),
            None => watch::channel(Link::default()).1,
        }
    }

    fn chance(&self, of_thousand: u64) -> bool {
        of_thousand > 0 && self.chance.lock().unwrap().below(1_000) < of_thousand
    }

    fn some_ms(&self, up_to: u64) -> Duration {
        Duration::from_millis(self.chance.lock().unwrap().below(up_to + 1))
    }
}

/// One connection to a node, until either side or the link ends it.
async fn connection(wires: Arc<Wires>, to: String, stream: TcpStream, node: SocketAddr) {
    let (mut client, answers) = stream.into_split();
    let mut answers = Some(answers);
    let mut onwards: Option<OwnedWriteHalf> = None;
    let mut read = Vec::new();
    let mut link: Option<watch::Receiver<Link>> = None;
    loop {
        let request = tokio::select! {
            request = request(&mut client, &mut read) => request,
            // An idle connection falls with its link.
            () = refused(link.clone()) => None,
        };
        let Some(request) = request else { return };
        let link = link.get_or_insert_with(|| wires.link(&String::from_utf8_lossy(&request), &to));
        if !passes(&wires, link).await {
            return;
        }
        let now = *link.borrow();
        tokio::time::sleep(wires.some_ms(now.delay_ms)).await;
        if wires.chance(now.doubled) {
            wires.happened.doubled.fetch_add(1, Ordering::Relaxed);
            tokio::spawn(copy(request.clone(), node, Duration::ZERO));
        }
        if wires.chance(now.late) {
            wires.happened.late.fetch_add(1, Ordering::Relaxed);
            tokio::spawn(copy(request.clone(), node, wires.some_ms(2_000)));
        }
        if onwards.is_none() {
            let Ok(stream) = TcpStream::connect(node).await else {
                return;
            };
            let _ = stream.set_nodelay(true);
            let (back, forth) = stream.into_split();
            onwards = Some(forth);
            if let Some(answers) = answers.take() {
                tokio::spawn(pass_back(Arc::clone(&wires), link.clone(), back, answers));
            }
        }
        let Some(forth) = onwards.as_mut() else {
            return;
        };
        if wires.chance(now.broken) {
            wires.happened.broken.fetch_add(1, Ordering::Relaxed);
            let _ = forth.write_all(&request[..request.len() / 2]).await;
            return;
        }
        if narrow(forth, &request, link).await.is_err() {
            return;
        }
    }
}

/// Waits while the link is silent; whether a request may go in then.
async fn passes(wires: &Wires, link: &mut watch::Receiver<Link>) -> bool {
    if link.borrow().way == Way::Silent {
        wires.happened.held.fetch_add(1, Ordering::Relaxed);
    }
    let open = link.wait_for(|link| link.way != Way::Silent).await;
    let way = open.map_or(Way::Open, |link| link.way);
    if way == Way::Refused {
        wires.happened.refused.fetch_add(1, Ordering::Relaxed);
    }
    way != Way::Refused
}

/// Resolves when a link refuses; never for a connection that has none yet.
async fn refused(link: Option<watch::Receiver<Link>>) {
    if let Some(mut link) = link
        && link.wait_for(|link| link.way == Way::Refused).await.is_ok()
    {
        return;
    }
    std::future::pending::<()>().await;
}

/// Passes answers on as the link lets them.
async fn pass_back(
    wires: Arc<Wires>,
    mut link: watch::Receiver<Link>,
    mut node: OwnedReadHalf,
    mut client: OwnedWriteHalf,
) {
    let mut piece = vec![0; 16 << 10];
    loop {
        let size = tokio::select! {
            size = node.read(&mut piece) => size.unwrap_or(0),
            () = refused(Some(link.clone())) => 0,
        };
        if size == 0 {
            // The client hears that it is over: both halves of its connection go.
            let _ = client.shutdown().await;
            return;
        }
        let _ = link.wait_for(|link| link.way != Way::Silent).await;
        let now = *link.borrow();
        match now.way {
            Way::Open | Way::Silent => {}
            Way::Refused => return,
            Way::AnswersLost => {
                wires.happened.answers_lost.fetch_add(1, Ordering::Relaxed);
                // The asker waits until it gives up, or the link is another.
                let _ = link.wait_for(|link| link.way != Way::AnswersLost).await;
                return;
            }
        }
        tokio::time::sleep(wires.some_ms(now.delay_ms)).await;
        if narrow(&mut client, &piece[..size], &link).await.is_err() {
            return;
        }
    }
}

/// Writes as fast as a link lets it, which may change in between.
async fn narrow(
    to: &mut OwnedWriteHalf,
    mut bytes: &[u8],
    link: &watch::Receiver<Link>,
) -> std::io::Result<()> {
    loop {
        let bytes_a_second = link.borrow().bytes_a_second;
        if bytes_a_second == 0 {
            return to.write_all(bytes).await;
        }
        let (piece, rest) = bytes.split_at(bytes.len().min(PIECE));
        to.write_all(piece).await?;
        let takes_ms = piece.len() as u64 * 1_000 / bytes_a_second;
        tokio::time::sleep(Duration::from_millis(takes_ms)).await;
        if rest.is_empty() {
            return Ok(());
        }
        bytes = rest;
    }
}

/// Sends a request once more on a connection of its own; its answer goes nowhere.
async fn copy(request: Vec<u8>, node: SocketAddr, after: Duration) {
    tokio::time::sleep(after).await;
    let Ok(mut stream) = TcpStream::connect(node).await else {
        return;
    };
    // The signature covers method, address and body, not how long the connection lasts.
    let Some(line) = request.windows(2).position(|two| two == b"\r\n") else {
        return;
    };
    let (first, rest) = request.split_at(line + 2);
    let whole = [first, b"connection: close\r\n".as_slice(), rest].concat();
    let _ = tokio::time::timeout(COPY, async {
        stream.write_all(&whole).await?;
        stream.read_to_end(&mut Vec::new()).await
    })
    .await;
}

/// The next whole request; none where the client has gone. May be dropped between two pieces: what was read stays.
async fn request(client: &mut OwnedReadHalf, read: &mut Vec<u8>) -> Option<Vec<u8>> {
    loop {
        if let Some(end) = head_end(read) {
            let whole = end + body_length(&read[..end]);
            if read.len() >= whole {
                let rest = read.split_off(whole);
                return Some(std::mem::replace(read, rest));
            }
        }
        if client.read_buf(read).await.ok()? == 0 {
            return None;
        }
    }
}

/// Where a head ends, its empty line counted.
fn head_end(bytes: &[u8]) -> Option<usize> {
    bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .map(|at| at + 4)
}

/// Nodes and tests say how long their bodies are.
fn body_length(head: &[u8]) -> usize {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    assert!(
        !head.contains("transfer-encoding:"),
        "a body without a length: {head}"
    );
    head.lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .and_then(|length| length.trim().parse().ok())
        .unwrap_or(0)
}

#[test]
fn a_request_ends_where_its_length_says() {
    let bytes = b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET";
    let end = head_end(bytes).unwrap();
    assert_eq!(&bytes[end..], b"abcGET");
    assert_eq!(body_length(&bytes[..end]), 3);
    assert_eq!(head_end(&bytes[..end - 1]), None);
}
