//! Blocking waits for background jobs of the service.

use std::{fmt, future::IntoFuture as _, time::Duration};

use customerio_core::{Api, Awaited, Operation, WaitError};

use crate::{Client, block_on::block_on};

impl<A: Api> Client<A> {
    /// Waits until a background job of the service has ended: see [`wait_for`](customerio_core::Client::wait_for) of
    /// the async client.
    ///
    /// ```
    /// # mod customerio { pub use customerio_core::facade::*; pub use customerio_ureq as blocking; }
    /// # use customerio::{App, app::exports::{Export, Get}, blocking::Client, wait::WaitError};
    /// fn rows(app: &Client<App>) -> Result<Option<u64>, WaitError<Export>> {
    ///     Ok(app.wait_for(Get::new(110)).until_ended()?.total)
    /// }
    /// # let endpoint = customerio::Endpoint::app(customerio::Region::Us, "key")?;
    /// # assert_eq!(rows(&Client::new(endpoint, customerio_testing::Recorder::new())).unwrap(), Some(1234));
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "poll")]
    pub fn wait_for<O: Operation<Api = A, Output: Awaited>>(&self, operation: O) -> Wait<O> {
        Wait(self.inner.wait_for(operation))
    }
}

/// A wait for a background job of the service: [`Client::wait_for`].
#[must_use = "it waits when `until_ended` is called"]
pub struct Wait<O: Operation<Output: Awaited>>(customerio_core::Wait<O>);

impl<O: Operation<Output: Awaited>> Wait<O> {
    /// Sets how long to wait at most. The default is 30 minutes.
    pub fn with_deadline(self, deadline: Duration) -> Self {
        Self(self.0.with_deadline(deadline))
    }

    /// Waits until the job has ended.
    ///
    /// # Errors
    ///
    /// See [`WaitErrorKind`](customerio_core::WaitErrorKind).
    pub fn until_ended(self) -> Result<O::Output, WaitError<O::Output>> {
        block_on(self.0.into_future())
    }
}

impl<O: Operation<Output: Awaited>> fmt::Debug for Wait<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Wait").field(&self.0).finish()
    }
}
