//! What can be set about an emulator, and what it is if nothing is.

use std::time::Duration;

use customerio_core::Region;

use crate::store::capacity::{MOST_BYTES, MOST_LOGGED, MOST_MEMORY};

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
        }
    }
}
