//! Listening, the routes, and stopping.

use crate::attach::{self, Attach};
use crate::pages;
use crate::site::Site;
use crate::{admin, events, guard, gzip, health, rest, stories};
use axum::Router;
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use engine::{Administration, Live, Stories};
use facts::table::Shape;
use std::fmt;
use std::net::{SocketAddr, TcpListener};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::watch;

/// How many may watch (server-sent events) at once, unless told otherwise.
const VIEWERS_MAX: usize = 512;
/// How long requests in flight may take once the server shall stop.
const STOP_WAIT: Duration = Duration::from_secs(2);

/// What the owner of the server can settle. `Hooks::default()` will do.
#[derive(Clone, Debug)]
pub struct Hooks {
    /// The name of this server, shown at the top of the pages; may be empty.
    pub server: String,
    /// Names under which the server may be asked for, besides `localhost`, `127.0.0.1` and
    /// `[::1]`: without port, as in the browser's address line.
    pub hosts: Vec<String>,
    /// How many may watch at once; one more is told to come back later (503).
    pub viewers_max: usize,
    /// What attaches one more switch; `None`: nothing can be changed from outside.
    pub attach: Option<Attach>,
    /// The stories of agents, calls and queues.
    pub stories: Stories,
    /// Where administrators decide; `None`: nothing can be decided, and no history is shown.
    pub administration: Option<Administration>,
}

impl Default for Hooks {
    fn default() -> Self {
        Self {
            server: String::new(),
            hosts: Vec::new(),
            viewers_max: VIEWERS_MAX,
            attach: None,
            stories: Stories::new(),
            administration: None,
        }
    }
}

/// A server that runs.
#[derive(Debug)]
pub struct Server {
    /// Where it listens; the real port if 0 was asked for.
    pub address: SocketAddr,
    /// Ends soon after `stop` says so (or its sender is dropped).
    pub join: JoinHandle<()>,
}

/// Why a server could not start.
#[derive(Debug)]
pub enum ServeError {
    /// The address can be reached from other machines.
    NotLoopback(SocketAddr),
    /// The system does not let us listen there.
    Listen(SocketAddr, std::io::Error),
    /// The threads that answer could not be started.
    Threads(std::io::Error),
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotLoopback(at) => write!(
                f,
                "refused to listen on {at}: other machines could reach it and there are no \
                 accounts yet; listen on 127.0.0.1:{} or [::1]:{} and use an SSH tunnel",
                at.port(),
                at.port()
            ),
            Self::Listen(at, _) => write!(f, "cannot listen on {at}; is another server there?"),
            Self::Threads(_) => write!(f, "cannot start the threads that answer HTTP"),
        }
    }
}

impl std::error::Error for ServeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NotLoopback(_) => None,
            Self::Listen(_, e) | Self::Threads(e) => Some(e),
        }
    }
}

/// Serves `live` at `listen` on threads of its own until `stop` turns true. Port 0 takes any
/// free port; [`Server::address`] says which.
///
/// # Errors
/// If `listen` is not a loopback address, or the system refuses.
pub fn serve(
    listen: SocketAddr,
    live: Live,
    shapes: &'static [&'static Shape],
    stop: watch::Receiver<bool>,
    hooks: Hooks,
) -> Result<Server, ServeError> {
    if !listen.ip().is_loopback() {
        return Err(ServeError::NotLoopback(listen));
    }
    let refused = |e| ServeError::Listen(listen, e);
    let listener = TcpListener::bind(listen).map_err(refused)?;
    listener.set_nonblocking(true).map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("http")
        .enable_io()
        .enable_time()
        .build()
        .map_err(ServeError::Threads)?;
    let listener = {
        let _inside = runtime.enter();
        tokio::net::TcpListener::from_std(listener).map_err(refused)?
    };
    let router = router(Site::new(live, shapes, stop.clone(), hooks));
    let join = std::thread::Builder::new()
        .name("access".into())
        .spawn(move || {
            runtime.block_on(run(listener, router, stop));
            runtime.shutdown_timeout(Duration::from_millis(100));
        })
        .map_err(ServeError::Threads)?;
    Ok(Server { address, join })
}

/// Answers until told to stop, then lets what is in flight end, for a while.
async fn run(listener: tokio::net::TcpListener, router: Router, stop: watch::Receiver<bool>) {
    let listener = listener.tap_io(|io| {
        // Small events must leave at once.
        if let Err(e) = io.set_nodelay(true) {
            tracing::debug!("a connection without TCP_NODELAY: {e}");
        }
    });
    let served = axum::serve(listener, router).with_graceful_shutdown(stopped(stop.clone()));
    let overdue = async {
        stopped(stop).await;
        tokio::time::sleep(STOP_WAIT).await;
    };
    tokio::select! {
        ended = served => if let Err(e) = ended {
            tracing::error!(code = "http-ended", "serving HTTP ended: {e}");
        },
        () = overdue => tracing::debug!("stopped with requests in flight"),
    }
}

/// Waits until the server shall stop. Nobody left to say so means stop, too.
pub(crate) async fn stopped(mut stop: watch::Receiver<bool>) {
    while !*stop.borrow_and_update() {
        if stop.changed().await.is_err() {
            return;
        }
    }
}

/// All routes, with the guard before them.
pub(crate) fn router(site: Site) -> Router {
    Router::new()
        .route("/", get(pages::floor))
        .route("/floor/stream", get(pages::floor_stream))
        .route("/links", get(pages::links))
        .route("/links/stream", get(pages::links_stream))
        .route("/calls", get(pages::calls))
        .route("/calls/stream", get(pages::calls_stream))
        .route("/queue/{acd}/{name}", get(pages::queue))
        .route("/queue/{acd}/{name}/stream", get(pages::queue_stream))
        .route("/agent/{acd}/{agent}", get(pages::agent))
        .route("/agent/{acd}/{agent}/stream", get(pages::agent_stream))
        .route("/call/{acd}/{call}", get(pages::call))
        .route("/call/{acd}/{call}/stream", get(pages::call_stream))
        .route("/trunks", get(pages::trunks))
        .route("/trunks/stream", get(pages::trunks_stream))
        .route("/anomalies", get(pages::anomalies))
        .route("/anomalies/stream", get(pages::anomalies_stream))
        .route("/thresholds", get(pages::thresholds::get).post(pages::thresholds::post))
        .route("/groups", get(pages::groups::get).post(pages::groups::post))
        .route("/author", post(pages::set_author))
        .route("/wallboard", get(pages::wallboard))
        .route("/wallboard/stream", get(pages::wallboard_stream))
        .route("/assets/{file}", get(pages::asset))
        .route("/api/v1/events", get(events::events))
        .route("/api/v1/openapi.json", get(rest::openapi))
        .route("/api/v1/alarms", get(rest::alarms))
        .route("/api/v1/agents/{acd}/{agent}/day", get(stories::agent_day))
        .route("/api/v1/calls/{acd}/{call}/life", get(stories::call_life))
        .route("/api/v1/queues/{acd}/{queue}/hour", get(stories::queue_hour))
        .merge(admin::routes())
        .route("/api/v1/{table}", get(rest::table).post(attach::attach))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .fallback(pages::nowhere)
        .method_not_allowed_fallback(rest::wrong_method)
        .layer(axum::middleware::from_fn(gzip::pack))
        .layer(axum::middleware::from_fn_with_state(site.clone(), guard::guard))
        .with_state(site)
}
