//! What can be set about an emulator, and what it is if nothing is.

use std::time::Duration;

use customerio_core::Region;

use crate::{
    contract::mode::Contract,
    seed::{self, document::Workspace},
    store::capacity::{MOST_BYTES, MOST_LOGGED, MOST_MEMORY},
};

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

/// How long a receiver of webhooks has in real time if nothing else was said: it is mostly of the same process.
pub(crate) const WEBHOOK_TIMEOUT: Duration = Duration::from_secs(1);

/// The id of the workspace with a number.
pub(crate) fn workspace_id(number: u16) -> String {
    match number {
        0 => "default".to_owned(),
        number => format!("w{number}"),
    }
}

#[derive(Clone)]
pub(crate) struct Config {
    pub(crate) site_id: String,
    /// `None` takes any.
    pub(crate) track_api_key: Option<String>,
    pub(crate) pipelines_key: String,
    pub(crate) app_api_key: String,
    pub(crate) service_account_token: String,
    pub(crate) webhook_signing_key: String,
    pub(crate) workspace_id: u64,
    /// The place of the workspace among those that are served together, which its deliveries' ids have.
    pub(crate) number: u16,
    pub(crate) region: Region,
    pub(crate) cors: bool,
    /// What else the server may be called, in lower case.
    pub(crate) hosts: Vec<String>,
    /// Where webhooks may go by themselves beside this machine, in lower case.
    pub(crate) webhook_hosts: Vec<String>,
    /// How long a receiver of webhooks has, in real time.
    pub(crate) webhook_timeout: Duration,
    /// Most bytes of memory for what is never forgotten.
    pub(crate) memory: usize,
    /// Most requests in the log, and most bytes of memory that they take.
    pub(crate) log: (usize, usize),
    /// Whether what is named first is made, where the service would have it already.
    pub(crate) auto_create: bool,
    /// What is done with a request that the contract does not allow and that the vendor's clients send.
    pub(crate) contract: Contract,
    /// Whether a request over a documented rate is refused.
    pub(crate) rate_limits: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            site_id: SITE_ID.into(),
            track_api_key: Some(TRACK_API_KEY.into()),
            pipelines_key: PIPELINES_KEY.into(),
            app_api_key: APP_API_KEY.into(),
            service_account_token: SERVICE_ACCOUNT_TOKEN.into(),
            webhook_signing_key: WEBHOOK_SIGNING_KEY.into(),
            workspace_id: WORKSPACE_ID,
            number: 0,
            region: Region::Us,
            cors: false,
            hosts: Vec::new(),
            webhook_hosts: Vec::new(),
            webhook_timeout: WEBHOOK_TIMEOUT,
            memory: MOST_MEMORY,
            log: (MOST_LOGGED, MOST_BYTES),
            auto_create: false,
            contract: Contract::default(),
            rate_limits: false,
        }
    }
}

impl Config {
    /// Takes the credentials and the region that a seed has.
    pub(crate) fn follow(&mut self, seed: &Workspace) {
        let take = |own: &mut String, given: &Option<String>| {
            if let Some(given) = given {
                own.clone_from(given);
            }
        };
        take(&mut self.site_id, &seed.site_id);
        take(&mut self.app_api_key, &seed.app_api_key);
        take(&mut self.pipelines_key, &seed.pipelines_key);
        take(&mut self.webhook_signing_key, &seed.webhook_signing_key);
        self.track_api_key = seed.track_api_key.clone().or(self.track_api_key.take());
        match seed.region {
            Some(seed::document::Region::Us) => self.region = Region::Us,
            Some(seed::document::Region::Eu) => self.region = Region::Eu,
            None => {}
        }
        self.contract = seed.contract.unwrap_or(self.contract);
        self.rate_limits = seed.rate_limits.unwrap_or(self.rate_limits);
    }

    /// What a seed would change of this that cannot change any more.
    pub(crate) fn differs_from(&self, seed: &Workspace) -> Option<&'static str> {
        let mut other = self.clone();
        other.follow(seed);
        [
            ("site_id", other.site_id == self.site_id),
            ("track_api_key", other.track_api_key == self.track_api_key),
            ("app_api_key", other.app_api_key == self.app_api_key),
            ("pipelines_key", other.pipelines_key == self.pipelines_key),
            ("webhook_signing_key", other.webhook_signing_key == self.webhook_signing_key),
            ("region", other.region == self.region),
            ("contract", other.contract == self.contract),
            ("rate_limits", other.rate_limits == self.rate_limits),
        ]
        .into_iter()
        .find_map(|(name, is_same)| (!is_same).then_some(name))
    }
}
