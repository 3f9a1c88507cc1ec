//! Which account is called: the region and the keys of its APIs.

use std::fmt;

use zeroize::Zeroizing;

use crate::{
    Api, App, BuildError, BuildErrorKind, Endpoint, Limits, Pipelines, Region, Track, WorkspaceId, key::KeyOrigin,
    text::Text,
};

/// The account to call: its region, and the keys of its APIs.
///
/// An API without a key refuses every request with an error that says what to set. [`from_vars`](Self::from_vars) and
/// `CustomerIo::from_env` of the crate `customerio` read these variables:
///
/// | variable | value |
/// | --- | --- |
/// | `CUSTOMERIO_REGION` | `us` or `eu`; there is no default |
/// | `CUSTOMERIO_SITE_ID`, `CUSTOMERIO_TRACK_API_KEY` | the Track API: both of the same row in the workspace's settings |
/// | `CUSTOMERIO_APP_API_KEY` | the key of the App API |
/// | `CUSTOMERIO_WORKSPACE_ID` | the workspace, if the key of the App API is a service-account token |
/// | `CUSTOMERIO_PIPELINES_API_KEY` | the Pipelines API: the key of an API source |
/// | `CUSTOMERIO_BASE_URL` | another server for all three APIs, such as a local one |
///
/// See <https://docs.customer.io/accounts/managing-credentials/>.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Config, Region};
///
/// let config = Config::new(Region::Eu).with_track("site-id", "track-key").with_app("app-key");
/// let track = config.track()?;
/// # let _ = track;
///
/// let vars = [("CUSTOMERIO_REGION", "eu"), ("CUSTOMERIO_APP_API_KEY", "app-key")];
/// let config = Config::from_vars(|name| {
///     vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
/// })?;
/// assert!(config.app().is_ok());
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
pub struct Config {
    region: Region,
    track: Option<(Text, Secret)>,
    app: Option<Secret>,
    pipelines: Option<Secret>,
    workspace: Option<WorkspaceId>,
    base_url: Option<String>,
    user_agent: Option<String>,
    limits: Limits,
}

/// A key, and where it came from.
#[derive(Clone)]
struct Secret {
    key: Zeroizing<String>,
    origin: KeyOrigin,
}

impl Secret {
    fn given(key: impl AsRef<str>) -> Self {
        Self { key: Zeroizing::new(key.as_ref().to_owned()), origin: KeyOrigin::Argument }
    }

    fn read(key: Zeroizing<String>) -> Self {
        Self { key, origin: KeyOrigin::Variables }
    }
}

impl Config {
    /// Creates a configuration for this region, without keys.
    #[must_use]
    pub fn new(region: Region) -> Self {
        Self {
            region,
            track: None,
            app: None,
            pipelines: None,
            workspace: None,
            base_url: None,
            user_agent: None,
            limits: Limits::default(),
        }
    }

    /// Reads the variables with `var`, for example from the environment.
    ///
    /// # Errors
    ///
    /// Fails if the region is missing, if only one of the Site ID and the Track API key is there, or if a value is not
    /// valid.
    pub fn from_vars(mut var: impl FnMut(&str) -> Option<String>) -> Result<Self, BuildError> {
        let mut var = |name: &str| var(name).filter(|value| !value.trim().is_empty()).map(Zeroizing::new);
        let region =
            var("CUSTOMERIO_REGION").ok_or_else(|| not_set("the region", "CUSTOMERIO_REGION to `us` or `eu`"))?;
        let mut config = Self::new(region.parse()?);
        config.track = match (var("CUSTOMERIO_SITE_ID"), var("CUSTOMERIO_TRACK_API_KEY")) {
            (Some(site_id), Some(key)) => Some((Text::new(&*site_id), Secret::read(key))),
            (None, None) => None,
            (Some(_), None) => {
                return Err(not_set("the Track API key", "CUSTOMERIO_TRACK_API_KEY beside CUSTOMERIO_SITE_ID"));
            }
            (None, Some(_)) => {
                return Err(not_set("the Site ID", "CUSTOMERIO_SITE_ID beside CUSTOMERIO_TRACK_API_KEY"));
            }
        };
        config.app = var("CUSTOMERIO_APP_API_KEY").map(Secret::read);
        config.pipelines = var("CUSTOMERIO_PIPELINES_API_KEY").map(Secret::read);
        config.workspace = var("CUSTOMERIO_WORKSPACE_ID").map(|id| id.parse()).transpose()?;
        config.base_url = var("CUSTOMERIO_BASE_URL").map(|url| (*url).clone());
        Ok(config)
    }

    /// Sets the Site ID and the API key of the Track API, which are in the same row in the workspace's settings.
    #[must_use]
    pub fn with_track(mut self, site_id: impl AsRef<str>, api_key: impl AsRef<str>) -> Self {
        self.track = Some((Text::new(site_id), Secret::given(api_key)));
        self
    }

    /// Sets the key of the App API.
    #[must_use]
    pub fn with_app(mut self, key: impl AsRef<str>) -> Self {
        self.app = Some(Secret::given(key));
        self
    }

    /// Sets the key of the Pipelines API: that of an API source.
    #[must_use]
    pub fn with_pipelines(mut self, key: impl AsRef<str>) -> Self {
        self.pipelines = Some(Secret::given(key));
        self
    }

    /// Sets the workspace to send from, if the key of the App API is a service-account token.
    #[must_use]
    pub fn with_workspace_id(mut self, workspace: impl Into<WorkspaceId>) -> Self {
        self.workspace = Some(workspace.into());
        self
    }

    /// Sends the requests of all three APIs to another server: see [`Endpoint::with_base_url`].
    #[must_use]
    pub fn with_base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Puts `product` before the SDK's own name in the `user-agent` header, such as `shop/2.1`.
    #[must_use]
    pub fn with_user_agent(mut self, product: impl Into<String>) -> Self {
        self.user_agent = Some(product.into());
        self
    }

    /// Sets the limits that are checked before a request is sent.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Returns the endpoint of the Track API. Without its keys, it refuses every request.
    ///
    /// # Errors
    ///
    /// Fails if a key, the base URL or the user agent cannot be sent.
    pub fn track(&self) -> Result<Endpoint<Track>, BuildError> {
        let endpoint = if let Some((site_id, secret)) = &self.track {
            Endpoint::track(self.region, site_id, &secret.key)?.with_key_from(secret.origin)
        } else {
            let variables = "CUSTOMERIO_SITE_ID and CUSTOMERIO_TRACK_API_KEY, or give both to `track`";
            Endpoint::without_key(self.region, not_set("the Track API key", variables))
        };
        self.finish(endpoint)
    }

    /// Returns the endpoint of the App API. Without its key, it refuses every request.
    ///
    /// # Errors
    ///
    /// Fails if the key, the base URL or the user agent cannot be sent.
    pub fn app(&self) -> Result<Endpoint<App>, BuildError> {
        let endpoint = if let Some(secret) = &self.app {
            Endpoint::app(self.region, &secret.key)?.with_key_from(secret.origin)
        } else {
            let error = not_set("the App API key", "CUSTOMERIO_APP_API_KEY, or give it to `app`");
            Endpoint::without_key(self.region, error)
        };
        let endpoint = match self.workspace {
            Some(workspace) => endpoint.with_workspace_id(workspace),
            None => endpoint,
        };
        self.finish(endpoint)
    }

    /// Returns the endpoint of the Pipelines API. Without its key, it refuses every request.
    ///
    /// # Errors
    ///
    /// Fails if the key, the base URL or the user agent cannot be sent, or the key is of the other region.
    pub fn pipelines(&self) -> Result<Endpoint<Pipelines>, BuildError> {
        let endpoint = if let Some(secret) = &self.pipelines {
            Endpoint::pipelines(self.region, &secret.key)?.with_key_from(secret.origin)
        } else {
            let error = not_set("the Pipelines API key", "CUSTOMERIO_PIPELINES_API_KEY, or give it to `pipelines`");
            Endpoint::without_key(self.region, error)
        };
        self.finish(endpoint)
    }

    fn finish<A: Api>(&self, mut endpoint: Endpoint<A>) -> Result<Endpoint<A>, BuildError> {
        if let Some(url) = &self.base_url {
            endpoint = endpoint.with_base_url(url)?;
        }
        if let Some(product) = &self.user_agent {
            endpoint = endpoint.with_user_agent(product)?;
        }
        Ok(endpoint.with_limits(self.limits))
    }
}

fn not_set(what: &'static str, variables: &'static str) -> BuildError {
    BuildError::new(what, BuildErrorKind::NotSet(variables))
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Which keys there are, and never what they are; a base URL can have a secret in its path.
        f.debug_struct("Config")
            .field("region", &self.region)
            .field("track", &self.track.is_some())
            .field("app", &self.app.is_some())
            .field("pipelines", &self.pipelines.is_some())
            .field("base_url", &self.base_url.is_some())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Prepared, app, build, pipelines, track::Delete};

    fn from(vars: &[(&str, &str)]) -> Result<Config, String> {
        let var = |name: &str| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Config::from_vars(var).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_missing_is_named_by_its_variable() {
        for (vars, expected) in [
            (&[][..], "the region is not set: set CUSTOMERIO_REGION to `us` or `eu`"),
            (&[("CUSTOMERIO_REGION", " ")], "the region is not set: set CUSTOMERIO_REGION to `us` or `eu`"),
            (&[("CUSTOMERIO_REGION", "uk")], "the region is not valid: it must be `us` or `eu`"),
            (
                &[("CUSTOMERIO_REGION", "eu"), ("CUSTOMERIO_SITE_ID", "site")],
                "the Track API key is not set: set CUSTOMERIO_TRACK_API_KEY beside CUSTOMERIO_SITE_ID",
            ),
            (
                &[("CUSTOMERIO_REGION", "eu"), ("CUSTOMERIO_TRACK_API_KEY", "key")],
                "the Site ID is not set: set CUSTOMERIO_SITE_ID beside CUSTOMERIO_TRACK_API_KEY",
            ),
            (
                &[("CUSTOMERIO_REGION", "eu"), ("CUSTOMERIO_WORKSPACE_ID", "x")],
                "the workspace's id is not valid: it must be a positive number",
            ),
        ] {
            assert_eq!(from(vars).unwrap_err(), expected);
        }
    }

    #[test]
    fn an_api_without_a_key_refuses_requests_and_the_others_work() {
        let config = from(&[("CUSTOMERIO_REGION", "eu"), ("CUSTOMERIO_APP_API_KEY", "key\n")]).unwrap();
        let request = build(&config.app().unwrap(), app::Raw::get(["v1"])).unwrap();
        assert_eq!(request.headers()["authorization"], "Bearer key");
        assert_eq!(request.uri(), "https://api-eu.customer.io/v1");
        let error = build(&config.track().unwrap(), Delete::new("1")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the Track API key is not set: set CUSTOMERIO_SITE_ID and CUSTOMERIO_TRACK_API_KEY, or give both to `track`"
        );
        let track = Prepared::new(pipelines::Track::new("1", "x"), &Limits::none()).unwrap();
        assert!(
            config
                .pipelines()
                .unwrap()
                .request(track)
                .unwrap_err()
                .to_string()
                .contains("CUSTOMERIO_PIPELINES_API_KEY")
        );
        let free = crate::track::Unsubscribe::new("RPIL");
        assert!(build(&config.track().unwrap(), free).is_ok(), "it needs no key");
    }

    #[test]
    fn it_reaches_every_api_and_shows_no_key() {
        let config = Config::new(Region::Us)
            .with_track("site", "s3cret-1")
            .with_app("s3cret-2")
            .with_pipelines("s3cret-3")
            .with_workspace_id(7)
            .with_user_agent("shop/2.1")
            .with_base_url("http://127.0.0.1:1/s3cret-4");
        let request = build(&config.track().unwrap(), Delete::new("1")).unwrap();
        assert_eq!(request.uri(), "http://127.0.0.1:1/s3cret-4/api/v1/customers/1");
        let request = build(&config.app().unwrap(), app::Raw::get(["v1"])).unwrap();
        assert_eq!(request.headers()["x-workspace-id"], "7");
        assert!(request.headers()["user-agent"].to_str().unwrap().starts_with("shop/2.1 customerio-rust/"));
        assert!(config.pipelines().is_ok());
        assert!(!format!("{config:?}").contains("s3cret"), "{config:?}");
        assert!(config.clone().with_base_url("nowhere").track().is_err());
        assert!(config.with_app("a b").app().is_err());
    }

    #[test]
    fn a_401_names_what_gave_the_key() {
        fn told<O: crate::Operation>(endpoint: &Endpoint<O::Api>) -> String {
            let response = http::Response::builder().status(401).body(bytes::Bytes::new()).unwrap();
            let shown = endpoint.parse::<O>(response).err().unwrap().to_string();
            shown.split_once(" returned 401 Unauthorized").unwrap().1.split("; ").take(2).collect::<Vec<_>>().join("")
        }
        let read = from(&[
            ("CUSTOMERIO_REGION", "us"),
            ("CUSTOMERIO_SITE_ID", "site"),
            ("CUSTOMERIO_TRACK_API_KEY", "key"),
            ("CUSTOMERIO_APP_API_KEY", "sa_live_1"),
            ("CUSTOMERIO_PIPELINES_API_KEY", "key"),
        ])
        .unwrap();
        assert_eq!(told::<Delete>(&read.track().unwrap()), "check CUSTOMERIO_SITE_ID and CUSTOMERIO_TRACK_API_KEY");
        assert_eq!(
            told::<app::Raw>(&read.app().unwrap()),
            "check CUSTOMERIO_APP_API_KEY, which has a service-account token, and CUSTOMERIO_WORKSPACE_ID"
        );
        assert_eq!(told::<pipelines::Track>(&read.pipelines().unwrap()), "check CUSTOMERIO_PIPELINES_API_KEY");
        assert_eq!(told::<crate::track::Unsubscribe>(&read.track().unwrap()), "", "it carries no key");

        let given = read.with_app("key").with_track("site", "key").with_pipelines("key");
        assert_eq!(told::<Delete>(&given.track().unwrap()), "check the Site ID and the API key given to `track`");
        assert_eq!(told::<app::Raw>(&given.app().unwrap()), "check the App API key given to `app`");
        assert_eq!(
            told::<app::Raw>(&Endpoint::app(Region::Us, "key").unwrap()),
            "check the App API key given to `app`"
        );
        assert_eq!(told::<pipelines::Track>(&given.pipelines().unwrap()), "check the API key given to `pipelines`");
    }
}
