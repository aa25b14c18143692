//! A listening socket and an orderly end.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::net::TcpListener;

use super::{App, live, router};

/// Binds, tells the address through `listening`, and serves until `stop`.
/// Port 0 takes a free one. Only this machine is served; put a proxy in
/// front to serve others.
///
/// # Errors
/// When the port is taken.
pub async fn serve(
    app: Arc<App>,
    port: u16,
    listening: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    listening(listener.local_addr()?);
    let uploads = Arc::clone(&app.uploads);
    let follower = tokio::spawn(live::follow(Arc::clone(&app)));
    let closing = Arc::clone(&app);
    let stopped = async move {
        stop.await;
        closing.close();
    };
    let served = axum::serve(listener, router(app)).with_graceful_shutdown(stopped).await;
    follower.abort();
    uploads.clear();
    served
}
