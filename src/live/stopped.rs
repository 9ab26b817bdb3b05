//! Why a switchboard takes no more, and what a request may come back with.

use std::sync::Arc;

use super::answer::{Refused, Request};
use super::driver::DriverError;
use crate::id::Seq;

/// Why a switchboard has stopped. What was not answered before is in doubt: it was kept or it was not. Open the journal anew and
/// ask again with the same id, and it is done once.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Stopped {
    /// It was shut down, in order.
    #[error("the switchboard was shut down; open its journal to go on")]
    ShutDown,
    /// It was dropped without being shut down.
    #[error("the switchboard was dropped; open its journal anew, and ask again with the same id")]
    Dropped,
    /// Its journal failed.
    #[error("the switchboard stopped: {0}, and ask again with the same id")]
    Journal(Arc<DriverError>),
    /// The gateway panicked. The process's panic hook has said why.
    #[error(
        "the switchboard stopped because its gateway panicked when it was given {0}; mend that, open the journal anew, and ask again with the same id"
    )]
    Gateway(Seq),
    /// The engine panicked, or a policy of the host in it. The process's panic hook has said why.
    #[error(
        "the switchboard stopped because its engine, or a policy of the host, panicked; open the journal anew, and ask again with the same id"
    )]
    Engine,
}

/// Why a request came to nothing, or nobody knows.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Failed {
    /// It was refused; nothing has changed.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The switchboard stopped first. In doubt, unless it was a send that says so.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// Why a request could not be sent. It was not, and never will be.
#[derive(Debug, thiserror::Error)]
pub enum NotSent {
    /// As many wait as may; here it is back.
    #[error("as many requests wait as may; send it again later")]
    Full(Box<Request>),
    /// The switchboard has stopped.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}
