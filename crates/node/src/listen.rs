//! Connections of a node: how many at a time, how long a request may take to say what it is. Who sends a letter an hour holds up nobody.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1::Builder;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use crate::rates::{OtherEnd, Seldom};

/// Connections at a time; who comes beyond that is closed at once. A file descriptor each, and some kilobytes.
const CONNECTIONS_MAX: usize = 4_096;
/// The head of a request is there within this, also where a connection is kept open for the next one.
const HEAD: Duration = Duration::from_secs(15);
/// Bytes of a request's head.
const HEAD_BYTES_MAX: usize = 64 << 10;
/// Fields of a request's head.
const FIELDS_MAX: usize = 128;
/// After the system had no descriptor left.
const PAUSE: Duration = Duration::from_millis(500);

/// Serves until `stop` resolves, then lets what is under way end.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send,
) -> io::Result<()> {
    // HTTP/1.1 alone, as before: who says nothing at all is timed from the first moment on.
    let mut builder = Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(FIELDS_MAX);
    let service = TowerToHyperService::new(router);
    let (closing, closed) = watch::channel(false);
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let crowded = Seldom::default();
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) if ends_alone(&error) => continue,
            Err(error) => {
                tracing::warn!(%error, "no connection can be taken; trying again");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let Ok(place) = Arc::clone(&room).try_acquire_owned() else {
            if let Some(closed) = crowded.say() {
                tracing::warn!(
                    CONNECTIONS_MAX,
                    closed,
                    "as many connections as there may be; those beyond were closed since the last such line"
                );
            }
            continue;
        };
        let _ = stream.set_nodelay(true);
        let service = service.clone();
        let known = service_fn(move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(OtherEnd(address));
            service.call(request)
        });
        let connection = builder
            .serve_connection(TokioIo::new(stream), known)
            .with_upgrades();
        let mut closed = closed.clone();
        tokio::spawn(async move {
            let mut connection = pin!(connection);
            // How a connection ended is its client's affair.
            let over = tokio::select! {
                _ = connection.as_mut() => true,
                _ = closed.wait_for(|closing| *closing) => false,
            };
            if !over {
                connection.as_mut().graceful_shutdown();
                let _ = connection.as_mut().await;
            }
            drop(place);
        });
    }
    drop(listener);
    let _ = closing.send(true);
    // All places are free when the last connection has ended.
    let all = u32::try_from(CONNECTIONS_MAX).unwrap_or(u32::MAX);
    let _ = room.acquire_many(all).await;
    Ok(())
}

/// Whether only this one connection could not be taken.
fn ends_alone(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}
