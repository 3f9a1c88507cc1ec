//! Sets an emulator up.

use std::time::Duration;

use customerio_core::{Region, Timestamp};

use crate::{config::Config, contract::mode::Contract, emulator::Emulator, seed::document::Seed, store::clock::Clock};

/// An [`Emulator`] that is being set up.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Region, Timestamp};
/// use customerio_emulator::Emulator;
///
/// let emulator = Emulator::builder()
///     .with_region(Region::Eu)
///     .with_track_credentials("site", "key")
///     .with_clock_at(1_700_000_000)
///     .build();
/// assert_eq!(emulator.now(), Timestamp::from(1_700_000_000));
/// ```
#[derive(Clone)]
#[must_use]
pub struct Builder {
    config: Config,
    clock: Clock,
    seed: Option<Seed>,
}

impl Default for Builder {
    fn default() -> Self {
        Self { config: Config::default(), clock: Clock::system(), seed: None }
    }
}

impl Default for Emulator {
    fn default() -> Self {
        Self::new()
    }
}

impl Emulator {
    /// An emulator with nothing in it, the credentials of this crate's constants, and the system's clock.
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// An emulator that is to be set up.
    pub fn builder() -> Builder {
        Builder::default()
    }
}

impl Builder {
    /// The credentials of the Track API. Default: [`SITE_ID`](crate::SITE_ID) and [`TRACK_API_KEY`](crate::TRACK_API_KEY).
    pub fn with_track_credentials(mut self, site_id: impl Into<String>, api_key: impl Into<String>) -> Self {
        self.config.site_id = site_id.into();
        self.config.track_api_key = Some(api_key.into());
        self
    }

    /// The key of the Pipelines API. One that begins with `pk_` or `sk_` can be sent as a bearer token too. Default:
    /// [`PIPELINES_KEY`](crate::PIPELINES_KEY).
    pub fn with_pipelines_key(mut self, key: impl Into<String>) -> Self {
        self.config.pipelines_key = key.into();
        self
    }

    /// The key of the App API. Default: [`APP_API_KEY`](crate::APP_API_KEY).
    pub fn with_app_api_key(mut self, key: impl Into<String>) -> Self {
        self.config.app_api_key = key.into();
        self
    }

    /// The service-account token, which transactional messages alone take, with the workspace's number in
    /// `X-Workspace-Id`. Default: [`SERVICE_ACCOUNT_TOKEN`](crate::SERVICE_ACCOUNT_TOKEN).
    pub fn with_service_account_token(mut self, token: impl Into<String>) -> Self {
        self.config.service_account_token = token.into();
        self
    }

    /// The key that signs webhooks. Default: [`WEBHOOK_SIGNING_KEY`](crate::WEBHOOK_SIGNING_KEY).
    pub fn with_webhook_signing_key(mut self, key: impl Into<String>) -> Self {
        self.config.webhook_signing_key = key.into();
        self
    }

    /// The workspace's number. Default: [`WORKSPACE_ID`](crate::WORKSPACE_ID).
    pub fn with_workspace_id(mut self, id: u64) -> Self {
        self.config.workspace_id = id;
        self
    }

    /// Sets the region with which `GET /api/v1/accounts/region` responds. Default: [`Region::Us`]. Nothing is redirected.
    pub fn with_region(mut self, region: Region) -> Self {
        self.config.region = region;
        self
    }

    /// Lets pages of any origin call, as a browser asks for it (CORS). Default: none may. These APIs are for servers, and
    /// their keys do not belong into pages that are served to people.
    pub fn with_cors(mut self) -> Self {
        self.config.cors = true;
        self
    }

    /// Names that the server may be called by beside `localhost` and its own addresses, such as that of a container. They
    /// have no port: any is taken. Default: none, so that no page of another site reaches the server by a name of that
    /// site's which leads to this machine (DNS rebinding).
    ///
    /// ```
    /// use customerio_emulator::Emulator;
    ///
    /// let emulator = Emulator::builder().with_hosts(["customerio", "host.docker.internal"]).build();
    /// assert_eq!(emulator.people_count(), 0);
    /// ```
    pub fn with_hosts(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.config.hosts = names.into_iter().map(|name| name.into().to_ascii_lowercase()).collect();
        self
    }

    /// Hosts that webhooks may go to when they leave by themselves (`Workspaces::run_webhooks`), beside this machine's own
    /// loopback addresses: names or addresses without a port, or `*` for any. Default: none, because whoever can call the App
    /// API can name a receiver, and the emulator would reach what they cannot.
    ///
    /// A name that is not allowed here is resolved, and its webhooks go to the very address that was looked at: one that leads
    /// elsewhere a moment later (DNS rebinding) gains nothing.
    pub fn with_webhook_hosts(mut self, hosts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.config.webhook_hosts = hosts.into_iter().map(|host| host.into().to_ascii_lowercase()).collect();
        self
    }

    /// How long [`Emulator::send_webhooks`] and [`Emulator::drain_webhooks`] wait for a receiver, in real time. Default: a
    /// second.
    ///
    /// The service waits 4 seconds. Those pass on the emulator's clock, however short this is: a receiver that says nothing
    /// has timed out after 4 of the emulator's seconds. A receiver that may be slow, such as one that is being debugged,
    /// needs more than a second.
    pub fn with_webhook_timeout(mut self, timeout: Duration) -> Self {
        self.config.webhook_timeout = timeout;
        self
    }

    /// Limits the memory, in bytes, of what is kept until it is deleted: people, objects, segments, suppressions, collections,
    /// snippets, newsletters and so on. A request that would add to them beyond that is refused with a 503. Default: 1 GiB.
    ///
    /// Lists whose oldest entries are discarded have limits of their own, which are less than 1 GiB together. Of several
    /// [`Workspaces`](crate::Workspaces), each has these limits for itself.
    pub fn with_memory_limit(mut self, bytes: usize) -> Self {
        self.config.memory = bytes;
        self
    }

    /// How many requests are kept with their bodies, and how many bytes of memory they may take together: beyond either, the
    /// oldest are forgotten. Default: 1,000, and 64 MiB.
    pub fn with_request_log(mut self, requests: usize, bytes: usize) -> Self {
        self.config.log = (requests, bytes);
        self
    }

    /// Stops the clock at `now`: only [`Emulator::advance`] moves it, and waits over the in-memory transport. Default:
    /// the system's clock.
    pub fn with_clock_at(mut self, now: impl Into<Timestamp>) -> Self {
        self.clock = Clock::stopped_at(now.into());
        self
    }

    /// Sets the seed: the contents that the workspace begins with, and that [`Emulator::reset`] restores. It also sets
    /// the credentials, the region, the contract and the rate limits, so call other setters after this one. The memory
    /// limit does not apply to it.
    pub fn with_seed(mut self, seed: Seed) -> Self {
        self.config.follow(&seed.document.workspace);
        self.seed = Some(seed);
        self
    }

    /// Makes what is named first and is not there: the segment of a call of the Track API or of a filter, and the broadcast that
    /// is triggered. The request is accepted, and its deviations say what was made. Default: not, as the service refuses
    /// such calls.
    pub fn with_auto_create(mut self, makes: bool) -> Self {
        self.config.auto_create = makes;
        self
    }

    /// Sets how strictly requests are held to the contract. Default: [`Contract::Compat`].
    ///
    /// With [`Contract::Strict`], what would be among [`LoggedRequest::deviations`](crate::LoggedRequest::deviations) as a
    /// deviation from the contract is refused, as the contract has it: with a 400 or a 422 that names the field, with an error
    /// of its item in a batch of the Track API, or, in the Pipelines API without strict mode, silently. This SDK never needs
    /// [`Contract::Compat`]; the vendor's clients for other languages do.
    ///
    /// ```
    /// use customerio_emulator::{APP_API_KEY, Contract, Emulator};
    ///
    /// let emulator = Emulator::builder().with_contract(Contract::Strict).build();
    /// let request = http::Request::post("/v1/send/push")
    ///     .header("authorization", format!("Bearer {APP_API_KEY}"))
    ///     .header("content-type", "application/json")
    ///     .body(r#"{"transactional_message_id": 1, "identifiers": {"id": 42}}"#.into())?;
    /// assert_eq!(emulator.handle(&request).status(), 400);
    /// assert_eq!(emulator.request_log()[0].why(), Some("identifiers.id must be a string"));
    /// # Ok::<(), http::Error>(())
    /// ```
    pub fn with_contract(mut self, contract: Contract) -> Self {
        self.config.contract = contract;
        self
    }

    /// Refuses requests over the documented rates with a 429, in the shape of their API. Default: not; such a request is
    /// accepted, and its deviations say that it is over the rate.
    ///
    /// The rates are those of [`customerio_core::limits`], for each workspace: 3,000 requests in 3 seconds to the Track API and
    /// the Pipelines API, as many transactional messages, 10 other requests a second to the App API, of which what renders or
    /// publishes in Design Studio has a rate of its own of 5 a second; and 100 archived messages a day. The 429 of the App API
    /// says in `Retry-After` when there is room again, unless it is for the day. A broadcast can be triggered once in 10
    /// seconds, with or without this.
    ///
    /// Time is the emulator's: with a clock that stands, there is room again after [`Emulator::advance`]. A period ends a tenth
    /// of a second early, because requests do not arrive as evenly as they are sent. A request that is refused for its
    /// credentials or for its rate does not count. Without this, a clock that stands counts nothing.
    ///
    /// A client with a [`Throttle`](customerio_core::Throttle) for its API is never over the rates.
    ///
    /// ```
    /// use customerio_emulator::{APP_API_KEY, Emulator};
    ///
    /// let emulator = Emulator::builder().with_rate_limits(true).with_clock_at(1_700_000_000).build();
    /// let request = http::Request::get("/v1/segments")
    ///     .header("authorization", format!("Bearer {APP_API_KEY}"))
    ///     .body(Default::default())?;
    /// for _ in 0..10 {
    ///     assert_eq!(emulator.handle(&request).status(), 200);
    /// }
    /// let response = emulator.handle(&request);
    /// assert_eq!(response.status(), 429);
    /// assert_eq!(response.headers()["retry-after"], "1");
    /// # Ok::<(), http::Error>(())
    /// ```
    pub fn with_rate_limits(mut self, refuses: bool) -> Self {
        self.config.rate_limits = refuses;
        self
    }

    /// The emulator, with nothing in it yet but the seed.
    #[must_use]
    pub fn build(self) -> Emulator {
        let emulator = Emulator::of(self.config, self.clock);
        if let Some(seed) = self.seed {
            emulator.begin_with(seed);
        }
        emulator
    }
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder")
            .field("workspace_id", &self.config.workspace_id)
            .field("region", &self.config.region)
            .finish_non_exhaustive()
    }
}
