//! A listening socket, limits on those who come to it, and an orderly end.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum_server::Handle;
use axum_server::accept::NoDelayAcceptor;

use super::{App, live, router};

/// What a client may take its time with.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For the head of a request, and for the next one on an open connection. Apache's `mod_reqtimeout` gives 20 to 40 s.
    pub head: Duration,
    /// For the answers under way when the server stops.
    pub stop: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { head: Duration::from_secs(30), stop: Duration::from_secs(10) }
    }
}

/// Bytes of the head of a request; a larger one is 431. Addresses with filters have a few hundred.
const MOST_HEAD: usize = 64 * 1024;

/// Binds, tells the address through `listening`, and serves until `stop`.
/// Port 0 takes a free one. Only this machine is served; put a proxy in
/// front to serve others.
///
/// # Errors
/// When the port is taken.
pub async fn serve(
    app: Arc<App>,
    port: u16,
    patience: Patience,
    listening: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    let address = listener.local_addr()?;
    let handle = Handle::new();
    let mut server = axum_server::from_tcp(listener)?
        .handle(handle.clone())
        .acceptor(NoDelayAcceptor::new())
        .first_request_timeout(patience.head)
        .http1_only();
    server.http_builder().http1().header_read_timeout(patience.head).max_buf_size(MOST_HEAD);
    listening(address);
    let uploads = Arc::clone(&app.uploads);
    let follower = tokio::spawn(live::follow(Arc::clone(&app)));
    let closing = Arc::clone(&app);
    let stopper = tokio::spawn(async move {
        stop.await;
        closing.close();
        handle.graceful_shutdown(Some(patience.stop));
    });
    let served = server.serve(router(app).into_make_service()).await;
    follower.abort();
    stopper.abort();
    uploads.clear();
    served
}
