//! The clients of all three APIs in one value.

use std::{marker::PhantomData, sync::Arc};

use customerio_core::{
    App, BuildError, CallOptions, Client, Config, Limits, Pipelines, Region, RetryPolicy, Throttle, Track, Transport,
    WorkspaceId,
};

/// The clients of all three APIs, over one transport and one throttle: start here.
///
/// ```
/// use customerio::{CustomerIo, app::SendEmail};
/// use serde_json::json;
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
/// # tokio::spawn(async {
/// # let recorder = customerio_testing::Recorder::new();
/// # let builder = CustomerIo::builder(customerio::Region::Us).track("site", "key").app("key");
/// # let cio = builder.build_over(recorder)?;
/// # /*
/// let cio = CustomerIo::from_env()?;
/// # */
/// cio.track().identify("42", json!({"email": "ada@example.com"})).await?;
/// let sent = cio.app().call(SendEmail::from_template("welcome", "ada@example.com")).await?;
/// assert!(!sent.delivery_id.as_str().is_empty());
/// # Ok(())
/// # }).await?
/// # }
/// ```
///
/// A clone is cheap and shares everything: the connections, the rate limits, which Customer.io counts for all three
/// APIs together, and the retry budget.
///
/// A request to an API without a key is not sent: its error names the variable to set. [`Config`] lists the variables.
#[derive(Clone, Debug)]
pub struct CustomerIo {
    track: Client<Track>,
    app: Client<App>,
    pipelines: Client<Pipelines>,
}

impl CustomerIo {
    /// Starts a builder for an account in this region. Add the keys next.
    pub fn builder(region: Region) -> CustomerIoBuilder {
        CustomerIoBuilder::new(Config::new(region))
    }

    /// Starts a builder with the account that the environment names, to set a deadline, a transport and so on: see
    /// [`Config`] for the variables.
    ///
    /// ```
    /// use std::time::Duration;
    /// use customerio::{CustomerIo, RetryPolicy};
    ///
    /// # fn main() -> Result<(), customerio::BuildError> {
    /// # let _ = || {
    /// let builder = CustomerIo::builder_from_env()?;
    /// # Ok::<_, customerio::BuildError>(builder)
    /// # };
    /// # let recorder = customerio_testing::Recorder::new();
    /// # let builder = CustomerIo::builder(customerio::Region::Us);
    /// let builder = builder
    ///     .retry_policy(RetryPolicy::default().with_attempts(5))
    ///     .deadline(Duration::from_secs(10));
    /// # /*
    /// let cio = builder.build()?;
    /// # */
    /// # let cio = builder.build_over(recorder)?;
    /// assert_eq!(cio.app().options().retry_policy().attempts(), 5);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Where `CUSTOMERIO_REGION` is missing, or a value cannot be what it should be.
    #[doc(alias = "env")]
    #[doc(alias = "environment")]
    pub fn builder_from_env() -> Result<CustomerIoBuilder, BuildError> {
        CustomerIoBuilder::of_env()
    }

    /// Creates the clients from the environment, over the default transport: see [`Config`] for the variables.
    ///
    /// # Errors
    ///
    /// Fails if `CUSTOMERIO_REGION` is missing, or a value is not valid.
    #[cfg(feature = "hyper-rustls")]
    #[doc(alias = "env")]
    #[doc(alias = "environment")]
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

/// Makes a [`CustomerIo`]: start with [`CustomerIo::builder`] and the keys of the APIs that you use, or with
/// [`CustomerIo::builder_from_env`]; end with [`build`](Self::build).
///
/// With the feature `blocking` it makes a `blocking::CustomerIo` too: the methods of
/// `CustomerIoBuilder<blocking::CustomerIo>` are those.
///
/// ```
/// use std::time::Duration;
/// use customerio::{CustomerIo, Region};
///
/// # fn main() -> Result<(), customerio::BuildError> {
/// # #[cfg(feature = "hyper-rustls")] {
/// let cio = CustomerIo::builder(Region::Eu)
///     .track("site-id", "track-key")
///     .app("app-key")
///     .deadline(Duration::from_secs(5))
///     .build()?;
/// assert_eq!(cio.app().options().deadline(), Duration::from_secs(5));
/// # }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "build it"]
pub struct CustomerIoBuilder<T = CustomerIo> {
    config: Config,
    options: CallOptions,
    built: PhantomData<fn() -> T>,
}

impl CustomerIoBuilder {
    /// Creates a builder for this account.
    pub fn new(config: Config) -> Self {
        Self::of(config)
    }
}

impl<T> CustomerIoBuilder<T> {
    pub(crate) fn of(config: Config) -> Self {
        Self { config, options: CallOptions::default(), built: PhantomData }
    }

    pub(crate) fn of_env() -> Result<Self, BuildError> {
        Config::from_vars(|name| std::env::var(name).ok()).map(Self::of)
    }

    /// Sets the Site ID and the API key of the Track API, which are in the same row in the workspace's settings.
    pub fn track(mut self, site_id: impl AsRef<str>, api_key: impl AsRef<str>) -> Self {
        self.config = self.config.with_track(site_id, api_key);
        self
    }

    /// Sets the key of the App API.
    pub fn app(mut self, key: impl AsRef<str>) -> Self {
        self.config = self.config.with_app(key);
        self
    }

    /// Sets the key of the Pipelines API: that of an API source.
    pub fn pipelines(mut self, key: impl AsRef<str>) -> Self {
        self.config = self.config.with_pipelines(key);
        self
    }

    /// Sets the workspace to send from, if the key of the App API is a service-account token. For single calls, see
    /// [`Client::in_workspace`].
    pub fn workspace_id(mut self, workspace: impl Into<WorkspaceId>) -> Self {
        self.config = self.config.with_workspace_id(workspace);
        self
    }

    /// Sends the requests of all three APIs to another server, such as a local one.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.config = self.config.with_base_url(url);
        self
    }

    /// Puts `product` before the SDK's own name in the `user-agent` header, such as `shop/2.1`.
    pub fn user_agent(mut self, product: impl Into<String>) -> Self {
        self.config = self.config.with_user_agent(product);
        self
    }

    /// Sets the limits that are checked before a request is sent.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.config = self.config.with_limits(limits);
        self
    }

    /// Sets when a request is retried, and after how long.
    pub fn retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.options = self.options.with_retry_policy(policy);
        self
    }

    /// Sets how long a whole call may take, waits included. Default: 30 seconds.
    #[doc(alias = "timeout")]
    pub fn deadline(mut self, deadline: std::time::Duration) -> Self {
        self.options = self.options.with_deadline(deadline);
        self
    }

    /// Sets how long one attempt may take. Default: 10 seconds; 30 with attachments and for batches.
    #[doc(alias = "timeout")]
    pub fn attempt_timeout(mut self, timeout: std::time::Duration) -> Self {
        self.options = self.options.with_attempt_timeout(timeout);
        self
    }

    /// Sets the throttle of all three APIs: the rates of calls, the requests in flight, and the retry budget.
    #[doc(alias = "rate limit")]
    #[doc(alias = "concurrency limit")]
    pub fn throttle(mut self, throttle: Throttle) -> Self {
        self.options = self.options.with_throttle(throttle);
        self
    }

    pub(crate) fn clients(self, transport: Arc<dyn Transport>) -> Result<CustomerIo, BuildError> {
        let Self { config, options, .. } = self;
        Ok(CustomerIo {
            track: Client::over(config.track()?, transport.clone(), options.clone()),
            app: Client::over(config.app()?, transport.clone(), options.clone()),
            pipelines: Client::over(config.pipelines()?, transport, options),
        })
    }
}

impl CustomerIoBuilder {
    /// Builds a [`CustomerIo`] over the default transport: hyper with rustls, and with the proxies that the environment names.
    ///
    /// # Errors
    ///
    /// Fails if a key, the base URL or the user agent cannot be sent, or if a proxy of the environment cannot be used.
    #[cfg(feature = "hyper-rustls")]
    pub fn build(self) -> Result<CustomerIo, BuildError> {
        let transport = crate::DefaultTransport::new()?;
        self.build_over(transport)
    }

    /// Builds a [`CustomerIo`] over a transport: that of reqwest, your own, or one for tests.
    ///
    /// # Errors
    ///
    /// Fails if a key, the base URL or the user agent cannot be sent.
    #[doc(alias = "transport")]
    pub fn build_over(self, transport: impl Transport + 'static) -> Result<CustomerIo, BuildError> {
        self.clients(Arc::new(transport))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use customerio_core::{Delivery, Quota, Rate, app::SendSms};
    use customerio_testing::Recorder;
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn one_transport_and_one_throttle_serve_all_three() {
        let recorder = Recorder::new();
        let rate = Rate::at_most(2, Duration::from_secs(3600)).with_burst(2);
        let throttle = Throttle::off().with_rate(Quota::Ingest, rate);
        let cio = CustomerIo::builder(Region::Us)
            .track("site", "key")
            .pipelines("key")
            .throttle(throttle)
            .build_over(recorder.clone())
            .unwrap();
        cio.track().identify("42", json!({})).await.unwrap();
        cio.clone().pipelines().track("42", "x", json!({})).await.unwrap();
        // Both count against one rate: there is none left for a third.
        let error = cio.track().delete("42").await.unwrap_err();
        assert_eq!((error.delivery(), recorder.requests().len()), (Delivery::NotSent, 2));
    }

    #[tokio::test]
    async fn an_attempt_has_the_timeout_that_was_set() {
        let timeout = Duration::from_secs(3);
        let recorder = Recorder::new().silent_once();
        let builder = CustomerIo::builder(Region::Us).track("site", "key").attempt_timeout(timeout);
        let cio = builder.build_over(recorder.clone()).unwrap();
        cio.track().delete("42").await.unwrap();
        assert_eq!((recorder.requests().len(), recorder.waits()[0]), (2, timeout));

        let (recorder, timeout) = (Recorder::new().silent_once(), Duration::from_secs(2));
        let cio = CustomerIo::builder(Region::Us).track("site", "key").build_over(recorder.clone()).unwrap();
        cio.track().clone().with_attempt_timeout(timeout).delete("42").await.unwrap();
        assert_eq!((recorder.requests().len(), recorder.waits()[0]), (2, timeout));
    }

    #[tokio::test]
    async fn an_api_without_a_key_says_what_to_set() {
        let recorder = Recorder::new();
        let cio = CustomerIo::builder(Region::Us).track("site", "key").build_over(recorder.clone()).unwrap();
        let error = cio.app().call(SendSms::new(1, "42", "+1")).await.unwrap_err();
        assert_eq!(error.to_string(), "the App API key is not set: set CUSTOMERIO_APP_API_KEY, or give it to `app`");
        assert_eq!(recorder.requests().len(), 0);
        assert!(CustomerIo::builder(Region::Us).app("a b").build_over(recorder).is_err());
    }
}
