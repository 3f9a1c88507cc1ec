//! What can be set about an emulator, and what it is if nothing is.

use customerio_core::{Region, Timestamp};

use crate::{Emulator, store::clock::Clock};

/// The Site ID of an emulator that is given none.
pub const SITE_ID: &str = "emulator-site";

/// The Track API key of an emulator that is given none.
pub const TRACK_API_KEY: &str = "emulator-track-key";

/// The Pipelines API key of an emulator that is given none.
pub const PIPELINES_KEY: &str = "emulator-pipelines-key";

/// The App API key of an emulator that is given none.
pub const APP_API_KEY: &str = "emulator-app-key";

/// The service-account token of an emulator that is given none.
pub const SERVICE_ACCOUNT_TOKEN: &str = "sa_live_emulator";

/// The key that signs the webhooks of an emulator that is given none.
pub const WEBHOOK_SIGNING_KEY: &str = "emulator-webhook-key";

/// The number of the workspace of an emulator that is given none.
pub const WORKSPACE_ID: u64 = 1;

#[derive(Clone)]
pub(crate) struct Config {
    pub(crate) site_id: String,
    pub(crate) track_api_key: String,
    pub(crate) pipelines_key: String,
    pub(crate) app_api_key: String,
    pub(crate) service_account_token: String,
    pub(crate) webhook_signing_key: String,
    pub(crate) workspace_id: u64,
    pub(crate) region: Region,
    pub(crate) cors: bool,
    clock: Clock,
}

/// An [`Emulator`] that is being set up.
///
/// ```
/// use customerio_core::Region;
/// use customerio_emulator::Emulator;
///
/// let emulator = Emulator::builder()
///     .with_region(Region::Eu)
///     .with_track_credentials("site", "key")
///     .with_clock_at(1_700_000_000.into())
///     .build();
/// assert_eq!(emulator.now(), 1_700_000_000.into());
/// ```
#[derive(Clone)]
#[must_use]
pub struct Builder {
    config: Config,
}

impl Default for Builder {
    fn default() -> Self {
        let config = Config {
            site_id: SITE_ID.into(),
            track_api_key: TRACK_API_KEY.into(),
            pipelines_key: PIPELINES_KEY.into(),
            app_api_key: APP_API_KEY.into(),
            service_account_token: SERVICE_ACCOUNT_TOKEN.into(),
            webhook_signing_key: WEBHOOK_SIGNING_KEY.into(),
            workspace_id: WORKSPACE_ID,
            region: Region::Us,
            cors: false,
            clock: Clock::system(),
        };
        Self { config }
    }
}

impl Builder {
    /// The credentials of the Track API. Default: [`SITE_ID`] and [`TRACK_API_KEY`].
    pub fn with_track_credentials(mut self, site_id: impl Into<String>, api_key: impl Into<String>) -> Self {
        self.config.site_id = site_id.into();
        self.config.track_api_key = api_key.into();
        self
    }

    /// The key of the Pipelines API. One that begins with `pk_` or `sk_` can be sent as a bearer token too. Default:
    /// [`PIPELINES_KEY`].
    pub fn with_pipelines_key(mut self, key: impl Into<String>) -> Self {
        self.config.pipelines_key = key.into();
        self
    }

    /// The key of the App API. Default: [`APP_API_KEY`].
    pub fn with_app_api_key(mut self, key: impl Into<String>) -> Self {
        self.config.app_api_key = key.into();
        self
    }

    /// The service-account token, which transactional messages alone take, with the workspace's number in
    /// `X-Workspace-Id`. Default: [`SERVICE_ACCOUNT_TOKEN`].
    pub fn with_service_account_token(mut self, token: impl Into<String>) -> Self {
        self.config.service_account_token = token.into();
        self
    }

    /// The key that signs webhooks. Default: [`WEBHOOK_SIGNING_KEY`].
    pub fn with_webhook_signing_key(mut self, key: impl Into<String>) -> Self {
        self.config.webhook_signing_key = key.into();
        self
    }

    /// The workspace's number. Default: [`WORKSPACE_ID`].
    pub fn with_workspace_id(mut self, id: u64) -> Self {
        self.config.workspace_id = id;
        self
    }

    /// The region that `GET /api/v1/accounts/region` tells. Default: [`Region::Us`]. Nothing is redirected.
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

    /// Stops the clock at `now`: only [`Emulator::advance`] moves it, and waits over the in-memory transport. Default:
    /// the system's clock.
    pub fn with_clock_at(mut self, now: Timestamp) -> Self {
        self.config.clock = Clock::stopped_at(now);
        self
    }

    /// The emulator, with nothing in it yet.
    #[must_use]
    pub fn build(self) -> Emulator {
        let clock = self.config.clock.clone();
        Emulator::of(self.config, clock)
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
