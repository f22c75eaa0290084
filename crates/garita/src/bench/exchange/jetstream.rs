//! The yardstick: NATS JetStream with `sync_interval: always`, publishing the same bytes to a stream in files.
//!
//! The client speaks as much of the NATS protocol as a publisher needs: one connection, publications with a reply address, and their
//! acknowledgements as messages. That is the fastest way to publish that JetStream has.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::{sleep, timeout};

use super::node::{Filed, address};

const BOOT: Duration = Duration::from_secs(10);
/// An acknowledgement that takes longer does not come.
const PATIENCE: Duration = Duration::from_secs(30);
/// A control line or an acknowledgement is never longer.
const MESSAGE_BYTES_MAX: usize = 64 * 1_024;
const STREAM: &str = r#"{"name":"BENCH","subjects":["bench.records"],"retention":"limits","storage":"file","discard":"old","num_replicas":1,"max_consumers":-1,"max_msgs":-1,"max_bytes":-1,"max_age":0,"max_msg_size":-1}"#;

/// A server in a process of its own.
#[derive(Debug)]
pub(super) struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    /// Starts it over a folder of its own; it answers when [`Publisher::connect`] returns.
    pub(super) fn start(program: &Path, folder: &Path) -> Result<Server, String> {
        std::fs::create_dir_all(folder).map_err(|e| e.to_string())?;
        let address = address()?;
        let file = folder.join("server.conf");
        let store = folder.join("store");
        let text = format!(
            "listen: \"{address}\"\njetstream {{\n  store_dir: \"{}\"\n  sync_interval: always\n}}\n",
            store.display()
        );
        std::fs::write(&file, text).map_err(|e| e.to_string())?;
        let child = Command::new(program)
            .arg("-c")
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| format!("{}: {e}", program.display()))?;
        Ok(Server { child, address })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What publishing took.
#[derive(Debug)]
pub(super) struct Published {
    /// Acknowledgements a second.
    pub(super) a_second: f64,
    /// From publication to acknowledgement, ms each.
    pub(super) times_ms: Vec<f64>,
}

/// One connection to a server.
#[derive(Debug)]
pub(super) struct Publisher {
    reader: BufReader<OwnedReadHalf>,
    writer: OwnedWriteHalf,
    /// As the server says.
    pub(super) version: String,
}

impl Publisher {
    /// Connects when the server is up, and makes the stream.
    pub(super) async fn connect(server: &Server) -> Result<Publisher, String> {
        let began = Instant::now();
        let stream = loop {
            match TcpStream::connect(server.address).await {
                Ok(stream) => break stream,
                Err(error) if began.elapsed() > BOOT => {
                    return Err(format!("nats-server: {error}"));
                }
                Err(_) => sleep(Duration::from_millis(20)).await,
            }
        };
        stream.set_nodelay(true).map_err(|e| e.to_string())?;
        let (reader, writer) = stream.into_split();
        let mut publisher = Publisher {
            reader: BufReader::with_capacity(MESSAGE_BYTES_MAX, reader),
            writer,
            version: String::new(),
        };
        let line = publisher.line().await?;
        let info = line.strip_prefix("INFO ").ok_or("no NATS server answers")?;
        let info: Value = serde_json::from_str(info).map_err(|e| e.to_string())?;
        if let Some(version) = info.get("version").and_then(Value::as_str) {
            version.clone_into(&mut publisher.version);
        }
        let hello = "CONNECT {\"verbose\":false,\"pedantic\":false,\"lang\":\"garita-bench\",\"version\":\"1\",\"protocol\":1}\r\nSUB _INBOX.bench.* 1\r\n";
        publisher.send(hello.as_bytes()).await?;
        let create = format!(
            "PUB $JS.API.STREAM.CREATE.BENCH _INBOX.bench.0 {}\r\n{STREAM}\r\n",
            STREAM.len()
        );
        publisher.send(create.as_bytes()).await?;
        publisher.message().await?;
        Ok(publisher)
    }

    /// Publishes so many of the bodies, in turn, with so many unacknowledged at a time.
    pub(super) async fn publish(
        &mut self,
        bodies: &[Filed],
        count: usize,
        in_flight: usize,
    ) -> Result<Published, String> {
        let mut sent: Vec<Instant> = Vec::with_capacity(count);
        let mut times_ms = Vec::with_capacity(count);
        let mut out = Vec::new();
        let began = Instant::now();
        while times_ms.len() < count {
            out.clear();
            while sent.len() < count && sent.len() - times_ms.len() < in_flight {
                let body = bodies
                    .get(sent.len() % bodies.len().max(1))
                    .ok_or("nothing to publish")?;
                let head = format!(
                    "PUB bench.records _INBOX.bench.{} {}\r\n",
                    sent.len(),
                    body.body.len()
                );
                out.extend_from_slice(head.as_bytes());
                out.extend_from_slice(&body.body);
                out.extend_from_slice(b"\r\n");
                sent.push(Instant::now());
            }
            if !out.is_empty() {
                self.writer
                    .write_all(&out)
                    .await
                    .map_err(|e| e.to_string())?;
            }
            // All that has come already is taken before the next are sent: the client costs as few system calls as it can.
            loop {
                let number = self.message().await?;
                let at = sent.get(number).ok_or("an acknowledgement of nothing")?;
                times_ms.push(at.elapsed().as_secs_f64() * 1e3);
                if times_ms.len() >= sent.len() || self.reader.buffer().is_empty() {
                    break;
                }
            }
        }
        let seconds = began.elapsed().as_secs_f64();
        Ok(Published {
            a_second: count as f64 / seconds.max(1e-9),
            times_ms,
        })
    }

    /// The next message: the number at the end of its subject. One that tells an error is one.
    async fn message(&mut self) -> Result<usize, String> {
        loop {
            let line = self.line().await?;
            if line.starts_with("PING") {
                self.send(b"PONG\r\n").await?;
                continue;
            }
            if line.starts_with("-ERR") {
                return Err(format!("nats-server: {line}"));
            }
            let Some((number, size)) = announced(&line) else {
                continue;
            };
            if size > MESSAGE_BYTES_MAX {
                return Err("nats-server: a message is too long".to_owned());
            }
            let mut body = vec![0; size + 2];
            let reading = self.reader.read_exact(&mut body);
            timeout(PATIENCE, reading)
                .await
                .map_err(|_| "nats-server stopped in a message".to_owned())?
                .map_err(|e| e.to_string())?;
            let text = String::from_utf8_lossy(&body);
            if text.contains("\"error\"") {
                return Err(format!("JetStream: {}", text.trim()));
            }
            return Ok(number);
        }
    }

    async fn line(&mut self) -> Result<String, String> {
        let mut line = Vec::new();
        let reading = self.reader.read_until(b'\n', &mut line);
        let read = timeout(PATIENCE, reading)
            .await
            .map_err(|_| "nats-server does not answer".to_owned())?
            .map_err(|e| e.to_string())?;
        if read == 0 {
            return Err("nats-server closed the connection".to_owned());
        }
        Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
    }

    async fn send(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.writer
            .write_all(bytes)
            .await
            .map_err(|e| e.to_string())
    }
}

/// `MSG SUBJECT SID [REPLY] SIZE`: the number that ends the subject, and the size.
fn announced(line: &str) -> Option<(usize, usize)> {
    let mut words = line.split(' ');
    if words.next() != Some("MSG") {
        return None;
    }
    let number = words.next()?.rsplit('.').next()?.parse().ok()?;
    let size = words.next_back()?.parse().ok()?;
    Some((number, size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_s_line_tells_number_and_size_and_others_nothing() {
        assert_eq!(announced("MSG _INBOX.bench.17 1 28"), Some((17, 28)));
        assert_eq!(announced("MSG _INBOX.bench.17 1 back.1 28"), Some((17, 28)));
        for other in ["INFO {}", "+OK", "PING", "MSG", "MSG _INBOX.x 1 28"] {
            assert_eq!(announced(other), None, "{other}");
        }
    }
}
