//! Customer.io without async: the same clients, blocking, over [ureq](https://docs.rs/ureq). No async runtime.
//!
//! With the feature `blocking`.
//!
//! ```
//! use customerio::{Region, blocking::CustomerIo};
//! use serde_json::json;
//!
//! # fn main() -> Result<(), customerio::Error> {
//! # let server = customerio_testing::WireServer::start().unwrap();
//! let cio = CustomerIo::builder(Region::Eu).track("site-id", "track-key").app("app-key");
//! # let cio = cio.base_url(server.url());
//! let cio = cio.build()?;
//! cio.track().identify("42", json!({"email": "ada@example.com", "plan": "pro"}))?;
//! cio.track().track("42", "purchase", json!({"price": 23.45}))?;
//! # assert_eq!(server.received().len(), 2);
//! # Ok(())
//! # }
//! ```
//!
//! Each call blocks its thread until it has ended, retries included. Operations, options and errors are those of the rest
//! of this crate. Do not call these clients in an async task, which they would block.
//!
//! `default-features = false` with the features `blocking` and what else you use leaves hyper and tokio out of your
//! dependencies.

use std::sync::Arc;

use customerio_core::{App, BuildError, Config, Pipelines, Region, Track, Transport};

#[cfg(feature = "csv")]
pub use customerio_ureq::Rows;
pub use customerio_ureq::{BatchSender, Client, ExportFile, Items, Pages, UreqTransport, Wait};

/// The blocking clients of all three APIs, over one transport and one throttle: start here.
///
/// ```
/// use customerio::{blocking::CustomerIo, app::SendEmail};
/// use serde_json::json;
///
/// # fn main() -> Result<(), customerio::Error> {
/// # let recorder = customerio_testing::Recorder::new();
/// # let builder = CustomerIo::builder(customerio::Region::Us).track("site", "key").app("key");
/// # let cio = builder.build_over(recorder)?;
/// # /*
/// let cio = CustomerIo::from_env()?;
/// # */
/// cio.track().identify("42", json!({"email": "ada@example.com"}))?;
/// let sent = cio.app().send_email(SendEmail::from_template("welcome", "ada@example.com"))?;
/// assert!(!sent.delivery_id.as_str().is_empty());
/// # Ok(())
/// # }
/// ```
///
/// A clone is cheap, shares everything, and can go to another thread.
///
/// A request to an API without a key is not sent: its error names the variable to set. [`Config`] lists the variables.
#[doc(alias = "sync")]
#[derive(Clone, Debug)]
pub struct CustomerIo {
    track: Client<Track>,
    app: Client<App>,
    pipelines: Client<Pipelines>,
}

/// Builds a blocking [`CustomerIo`].
pub type CustomerIoBuilder = crate::CustomerIoBuilder<CustomerIo>;

impl CustomerIo {
    /// Starts a builder for an account in this region. Add the keys next.
    pub fn builder(region: Region) -> CustomerIoBuilder {
        CustomerIoBuilder::of(Config::new(region))
    }

    /// Starts a builder with the account that the environment names, to set a deadline, a transport and so on: see
    /// [`Config`] for the variables.
    ///
    /// # Errors
    ///
    /// Fails if `CUSTOMERIO_REGION` is missing, or a value is not valid.
    pub fn builder_from_env() -> Result<CustomerIoBuilder, BuildError> {
        CustomerIoBuilder::of_env()
    }

    /// Creates the clients from the environment, over ureq: see [`Config`] for the variables.
    ///
    /// # Errors
    ///
    /// Fails if `CUSTOMERIO_REGION` is missing, or a value is not valid.
    pub fn from_env() -> Result<Self, BuildError> {
        Self::builder_from_env()?.build()
    }

    /// Returns the client of the Track API: people, events, devices, segments.
    #[must_use]
    pub const fn track(&self) -> &Client<Track> {
        &self.track
    }

    /// Returns the client of the App API: transactional messages, broadcasts and the workspace.
    #[must_use]
    pub const fn app(&self) -> &Client<App> {
        &self.app
    }

    /// Returns the client of the Pipelines API: people, events and groups for every destination of a workspace.
    #[must_use]
    pub const fn pipelines(&self) -> &Client<Pipelines> {
        &self.pipelines
    }
}

impl CustomerIoBuilder {
    /// Builds a blocking [`CustomerIo`] over ureq with rustls, and with the proxy that the environment names: see
    /// [`UreqTransport::new`].
    ///
    /// # Errors
    ///
    /// Fails if a key, the base URL or the user agent cannot be sent, or if the proxy of the environment cannot be used.
    pub fn build(self) -> Result<CustomerIo, BuildError> {
        let transport = UreqTransport::new()?;
        self.build_over(transport)
    }

    /// Builds a blocking [`CustomerIo`] over a transport: [`UreqTransport::from_agent`], or one for tests. It must not
    /// need an async runtime.
    ///
    /// # Errors
    ///
    /// Fails if a key, the base URL or the user agent cannot be sent.
    #[doc(alias = "transport")]
    pub fn build_over(self, transport: impl Transport + 'static) -> Result<CustomerIo, BuildError> {
        let clients = self.clients(Arc::new(transport))?;
        Ok(CustomerIo {
            track: clients.track().clone().into(),
            app: clients.app().clone().into(),
            pipelines: clients.pipelines().clone().into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::{thread, time::Duration};

    use customerio_core::{BatchOptions, Delivery, Quota, Rate, Throttle, track::v2::person::Identify};
    use customerio_testing::{Recorder, WireServer};
    use serde_json::json;

    use super::*;

    #[test]
    fn a_program_without_async_calls_a_server() {
        let unavailable = "HTTP/1.1 503 Service Unavailable\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n";
        let server = WireServer::start().unwrap().responding(unavailable);
        let builder = CustomerIo::builder(Region::Us).track("site", "key").pipelines("key").base_url(server.url());
        let agent = customerio_ureq::UreqTransport::new().unwrap();
        let cio = builder.build_over(agent).unwrap();
        cio.track().identify("42", json!({"plan": "pro"})).unwrap();
        assert_eq!(server.received().len(), 2, "a 503, and a retry");
        thread::scope(|scope| {
            for person in 0..3 {
                let cio = cio.clone();
                scope.spawn(move || cio.pipelines().track(person, "visit", json!({})).unwrap());
            }
        });
        let batch = cio.track().batch(BatchOptions::default());
        batch.push("line 1", Identify::new("43"));
        assert_eq!(batch.finish().summary.accepted, 1);
        assert_eq!(server.received().len(), 6);
    }

    #[test]
    fn one_transport_and_one_throttle_serve_all_three() {
        let recorder = Recorder::new();
        let rate = Rate::at_most(2, Duration::from_secs(3600)).with_burst(2);
        let throttle = Throttle::off().with_rate(Quota::Ingest, rate);
        let builder = CustomerIo::builder(Region::Us).track("site", "key").pipelines("key").throttle(throttle);
        let cio = builder.build_over(recorder.clone()).unwrap();
        cio.track().identify("42", json!({})).unwrap();
        cio.clone().pipelines().track("42", "x", json!({})).unwrap();
        let error = cio.track().delete("42").unwrap_err();
        assert_eq!((error.delivery(), recorder.requests().len()), (Delivery::NotSent, 2));
    }
}
