//! What every request needs: where the tables are, which ones there are, who is watching.

use crate::clock;
use crate::press::{Press, Presses, Topic};
use crate::server::Hooks;
use engine::Live;
use facts::table::Shape;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// Shared by all requests; cheap to clone.
#[derive(Clone)]
pub(crate) struct Site {
    inner: Arc<Inner>,
}

struct Inner {
    live: Live,
    shapes: &'static [&'static Shape],
    hooks: Hooks,
    viewers: Arc<Semaphore>,
    stop: watch::Receiver<bool>,
    run: String,
    openapi: String,
    presses: Presses,
}

impl Site {
    /// A site that shows `live`.
    pub(crate) fn new(
        live: Live,
        shapes: &'static [&'static Shape],
        stop: watch::Receiver<bool>,
        hooks: Hooks,
    ) -> Self {
        let inner = Inner {
            live,
            shapes,
            viewers: Arc::new(Semaphore::new(hooks.viewers_max)),
            stop,
            run: format!("{:x}", clock::now().0),
            openapi: crate::openapi::document(shapes),
            presses: Presses::default(),
            hooks,
        };
        Self { inner: Arc::new(inner) }
    }

    /// The place where tables are published.
    pub(crate) fn live(&self) -> &Live {
        &self.inner.live
    }

    /// All tables that are served.
    pub(crate) fn shapes(&self) -> &'static [&'static Shape] {
        self.inner.shapes
    }

    /// The table of that name.
    pub(crate) fn shape(&self, name: &str) -> Option<&'static Shape> {
        self.inner.shapes.iter().find(|s| s.name == name).copied()
    }

    /// What the owner of the server told us.
    pub(crate) fn hooks(&self) -> &Hooks {
        &self.inner.hooks
    }

    /// True once the server shall stop.
    pub(crate) fn stop(&self) -> watch::Receiver<bool> {
        self.inner.stop.clone()
    }

    /// A word for this run of the server: versions of another run mean nothing here.
    pub(crate) fn run(&self) -> &str {
        &self.inner.run
    }

    /// What prints that for all who watch it.
    pub(crate) fn press(&self, topic: &Topic) -> Arc<Press> {
        self.inner.presses.of(topic, self.inner.shapes)
    }

    /// The OpenAPI document.
    pub(crate) fn openapi(&self) -> &str {
        &self.inner.openapi
    }

    /// A place to watch from; `None` if all are taken. It is given back when dropped.
    pub(crate) fn seat(&self) -> Option<OwnedSemaphorePermit> {
        self.inner.viewers.clone().try_acquire_owned().ok()
    }
}
