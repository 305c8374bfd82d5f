//! The thin layer of sockets and timers around the core.

use std::sync::Arc;

use crate::address::Address;
use crate::shared::Shared;
use crate::{ConnectError, Options, Runtime};

/// Starts the one task of a client.
pub(crate) fn start<R: Runtime>(
    runtime: R,
    address: Address,
    options: &Options,
    shared: Arc<Shared>,
) -> Result<(), ConnectError> {
    let _ = (options, address.shown(), address.secure);
    runtime.spawn(Box::pin(async move {
        shared.drive(|core, _| core.has_event());
    }));
    Ok(())
}
