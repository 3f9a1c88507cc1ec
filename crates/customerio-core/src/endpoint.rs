//! Where requests go, and with which credentials.

use std::{fmt, marker::PhantomData};

use http::{
    HeaderMap, HeaderValue,
    header::{self, HeaderName},
    uri,
};

use crate::{
    Api, App, BuildError, BuildErrorKind, Limits, Pipelines, Region, Track, WorkspaceId,
    base_url::BaseUrl,
    body::JSON,
    credential::{basic, credential, secret_header, secret_with_capacity},
    key::{Key, KeyKind, KeyOrigin},
};

/// What nearly every response is, as the header `accept`.
pub(crate) const ACCEPTS_JSON: &str = "application/json";

pub(crate) const X_WORKSPACE_ID: HeaderName = HeaderName::from_static("x-workspace-id");
const X_STRICT_MODE: HeaderName = HeaderName::from_static("x-strict-mode");

const USER_AGENT: &str = concat!("customerio-rust/", env!("CARGO_PKG_VERSION"));

/// One of the APIs, with the credentials for it.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Endpoint, Region};
///
/// let track = Endpoint::track(Region::Eu, "site-id", "track-key")?;
/// let app = Endpoint::app(Region::Eu, "app-key")?.with_user_agent("shop/2.1")?;
/// assert!(!format!("{track:?} {app:?}").contains("-key"));
/// # Ok::<(), customerio::BuildError>(())
/// ```
///
/// Whitespace around a key and a byte order mark before it are removed, because files end in a line break and may begin
/// with such a mark. Keys are visible ASCII: any other character is an error that gives its position. The memory of a
/// key is wiped when the last copy of it is dropped.
pub struct Endpoint<A> {
    scheme: uri::Scheme,
    authority: uri::Authority,
    prefix: Box<str>,
    authorization: HeaderValue,
    /// What errors say about the credentials, if there are any.
    key: Option<Key>,
    /// Why there are no credentials.
    missing: Option<BuildError>,
    /// The workspace that a service account sends from.
    workspace: Option<WorkspaceId>,
    /// The header that an API has and the others do not.
    own: Option<(HeaderName, HeaderValue)>,
    user_agent: HeaderValue,
    /// The headers of a request: without credentials and with them, without a body and with one. Copying them costs less
    /// than making them.
    ready: [[HeaderMap; 2]; 2],
    limits: Limits,
    api: PhantomData<A>,
}

/// Whether a key can have this character, and the user name of Basic credentials, which a colon ends.
const fn is_in_user_name(character: char) -> bool {
    character.is_ascii_graphic() && character != ':'
}

impl Endpoint<Track> {
    /// Creates an endpoint of the Track API, with the Site ID and the API key of the same row in the workspace's
    /// settings.
    ///
    /// See <https://docs.customer.io/accounts/managing-credentials/>.
    ///
    /// # Errors
    ///
    /// Fails if one of them is empty or has a character other than visible ASCII, or `site_id` has a colon.
    pub fn track(region: Region, site_id: &str, api_key: &str) -> Result<Self, BuildError> {
        let site_id = credential("the Site ID", site_id, is_in_user_name)?;
        let api_key = credential("the Track API key", api_key, |character| character.is_ascii_graphic())?;
        Ok(Self::new(region, secret_header(basic(site_id, api_key)), KeyKind::Track))
    }
}

impl Endpoint<App> {
    /// Creates an endpoint of the App API, with an App API key or, only for transactional messages, a service-account
    /// token (`sa_live_…`), which needs [`with_workspace_id`](Self::with_workspace_id).
    ///
    /// See <https://docs.customer.io/accounts/managing-credentials/>.
    ///
    /// # Errors
    ///
    /// Fails if the key is empty or has a character other than visible ASCII.
    pub fn app(region: Region, key: &str) -> Result<Self, BuildError> {
        let key = credential("the App API key", key, |character| character.is_ascii_graphic())?;
        let mut value = secret_with_capacity("Bearer ", key.len());
        value.push_str(key);
        let kind = if key.starts_with("sa_live_") { KeyKind::ServiceAccount } else { KeyKind::App };
        Ok(Self::new(region, secret_header(value), kind))
    }

    /// Sets the workspace to send from. It is required with a service-account token; leave it out with an App API key.
    #[must_use]
    pub fn with_workspace_id(mut self, workspace: impl Into<WorkspaceId>) -> Self {
        let workspace = workspace.into();
        self.workspace = Some(workspace);
        self.own = Some((X_WORKSPACE_ID, HeaderValue::from(workspace.get())));
        self.made_ready()
    }
}

impl Endpoint<Pipelines> {
    /// Creates an endpoint of the Pipelines API, with the key of an API source.
    ///
    /// A key that begins with `pk_` or `sk_` is sent as it is (Bearer); any other is a user name with a blank password
    /// (Basic). A key that names its region, as `sk_eu_…` does, must name this one.
    ///
    /// Strict mode is on: without it the API responds with 200 to a call that is too large or not valid, and drops it
    /// silently. See <https://docs.customer.io/integrations/api/track-vs-cdp-api/>.
    ///
    /// # Errors
    ///
    /// Fails if the key is empty, has a colon or a character other than visible ASCII, or belongs to the other region.
    pub fn pipelines(region: Region, key: &str) -> Result<Self, BuildError> {
        const WHAT: &str = "the Pipelines API key";
        let key = credential(WHAT, key, is_in_user_name)?;
        let bearer = ["pk_", "sk_"].iter().find_map(|prefix| key.strip_prefix(prefix));
        let value = if let Some(rest) = bearer {
            let other = match region {
                Region::Us => "eu_",
                Region::Eu => "us_",
            };
            if rest.starts_with(other) {
                return Err(BuildError::new(WHAT, BuildErrorKind::Invalid("it belongs to the other region".into())));
            }
            let mut value = secret_with_capacity("Bearer ", key.len());
            value.push_str(key);
            value
        } else {
            basic(key, "")
        };
        let mut endpoint = Self::new(region, secret_header(value), KeyKind::Pipelines);
        endpoint.own = Some((X_STRICT_MODE, HeaderValue::from_static("1")));
        Ok(endpoint.made_ready())
    }

    /// Turns strict mode off: the API responds with 200 to a call that is too large or not valid, and drops it.
    #[must_use]
    pub fn with_lax_mode(mut self) -> Self {
        self.own = None;
        self.made_ready()
    }
}

impl<A: Api> Endpoint<A> {
    fn new(region: Region, authorization: HeaderValue, kind: impl Into<Option<KeyKind>>) -> Self {
        Self {
            scheme: uri::Scheme::HTTPS,
            authority: uri::Authority::from_static(A::host(region)),
            prefix: "".into(),
            authorization,
            key: kind.into().map(|kind| Key { kind, origin: KeyOrigin::Argument }),
            missing: None,
            workspace: None,
            own: None,
            user_agent: HeaderValue::from_static(USER_AGENT),
            ready: Default::default(),
            limits: Limits::default(),
            api: PhantomData,
        }
        .made_ready()
    }

    /// An endpoint that refuses every request that needs credentials, for the reason given.
    pub(crate) fn without_key(region: Region, reason: BuildError) -> Self {
        Self { missing: Some(reason), ..Self::new(region, HeaderValue::from_static(""), None) }
    }

    /// Sends requests to another server: a proxy, or a mock of Customer.io in tests.
    ///
    /// `url` is a scheme, a host, perhaps a port, and perhaps a path that the API's own paths are appended to, such as
    /// `https://proxy.example.com/customerio`. The host is a name (of ASCII letters, digits, `-`, `_` and dots), an
    /// IPv4 address, or an IPv6 address in brackets; the port is from 1 to 65535. The path may have only the characters
    /// of RFC 3986, with all others percent-encoded, so that every transport sends it as it is.
    ///
    /// # Errors
    ///
    /// Fails if it is anything else, such as a URL with another scheme than `http` or `https`, a user name or a query,
    /// or if it ends in the prefix of the API's own paths (`/api/v1` or `/api/v2` of the Track API, `/v1` of the
    /// others), which would then be there twice.
    pub fn with_base_url(mut self, url: &str) -> Result<Self, BuildError> {
        let BaseUrl { scheme, authority, prefix } = BaseUrl::parse(url, A::ROOTS)?;
        (self.scheme, self.authority, self.prefix) = (scheme, authority, prefix);
        Ok(self)
    }

    /// Puts `product` before the SDK's own name in the `user-agent` header, such as `shop/2.1`.
    ///
    /// # Errors
    ///
    /// Fails if it is empty or has a character that a header cannot carry.
    pub fn with_user_agent(mut self, product: &str) -> Result<Self, BuildError> {
        let what = "the user agent";
        let product = credential(what, product, |character| character == ' ' || character.is_ascii_graphic())?;
        self.user_agent = HeaderValue::try_from(format!("{product} {USER_AGENT}"))
            .map_err(|_| BuildError::new(what, BuildErrorKind::Invalid("a header cannot carry it".into())))?;
        Ok(self.made_ready())
    }

    fn made_ready(mut self) -> Self {
        let both = [false, true];
        self.ready = both.map(|authenticated| both.map(|has_body| self.made_headers(authenticated, has_body)));
        self
    }

    /// The headers of a request; those of a body are of JSON, and its length is still to be set.
    fn made_headers(&self, authenticated: bool, has_body: bool) -> HeaderMap {
        // Of a map that is nearly full, a header is found later; only requests with a body have one more set.
        let mut headers = HeaderMap::with_capacity(if authenticated && has_body { 8 } else { 6 });
        headers.insert(header::ACCEPT, HeaderValue::from_static(ACCEPTS_JSON));
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        if authenticated {
            headers.insert(header::AUTHORIZATION, self.authorization.clone());
            headers.extend(self.own.clone());
        }
        if has_body {
            headers.insert(header::CONTENT_TYPE, JSON);
        }
        headers.insert(header::USER_AGENT, self.user_agent.clone());
        if has_body {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        headers
    }
}

impl<A> Endpoint<A> {
    /// The headers of a request, ready to be copied; those of a body are of JSON, and its length is still to be set.
    pub(crate) fn headers(&self, authenticated: bool, has_body: bool) -> &HeaderMap {
        &self.ready[usize::from(authenticated)][usize::from(has_body)]
    }

    /// Refuses a request that needs credentials where there are none, and a workspace that cannot be one.
    pub(crate) fn check(&self, authenticated: bool) -> Result<(), BuildError> {
        if let Some(missing) = self.missing.as_ref().filter(|_| authenticated) {
            return Err(missing.clone());
        }
        self.workspace.map_or(Ok(()), WorkspaceId::check)
    }

    /// What errors say about the credentials.
    pub(crate) fn key(&self) -> Option<Key> {
        self.key
    }

    /// Says where the credentials came from.
    pub(crate) fn with_key_from(mut self, origin: KeyOrigin) -> Self {
        self.key = self.key.map(|key| Key { origin, ..key });
        self
    }

    pub(crate) fn scheme(&self) -> &uri::Scheme {
        &self.scheme
    }

    pub(crate) fn authority(&self) -> &uri::Authority {
        &self.authority
    }

    /// The path of the base URL.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Sets the limits that are checked before a call is sent. The default is [`Limits::default`].
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The limits that are checked before a call is sent.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }
}

impl<A> Clone for Endpoint<A> {
    fn clone(&self) -> Self {
        Self {
            scheme: self.scheme.clone(),
            authority: self.authority.clone(),
            prefix: self.prefix.clone(),
            authorization: self.authorization.clone(),
            key: self.key,
            missing: self.missing.clone(),
            workspace: self.workspace,
            own: self.own.clone(),
            user_agent: self.user_agent.clone(),
            ready: self.ready.clone(),
            limits: self.limits,
            api: PhantomData,
        }
    }
}

impl<A> fmt::Debug for Endpoint<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The path of a proxy can be a secret: some are let through by it.
        let path = if self.prefix.is_empty() { "" } else { "/…" };
        f.debug_struct("Endpoint")
            .field("base_url", &format_args!("{}://{}{path}", self.scheme, self.authority))
            .field("user_agent", &self.user_agent)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{build, testing::wire, track::Delete};

    #[test]
    fn keys_are_trimmed_or_refused_by_position_and_never_shown() {
        let endpoint = Endpoint::track(Region::Us, "site\n", "\tkey\r\n").unwrap();
        let request = build(&endpoint, Delete::new("1")).unwrap();
        assert_eq!(request.headers()["authorization"], "Basic c2l0ZTprZXk=");
        assert!(request.headers()["authorization"].is_sensitive());

        for (site, key, expected) in [
            ("", "key", "the Site ID is empty"),
            ("site", " \n", "the Track API key has only whitespace or invisible characters"),
            ("si:te", "key", "the Site ID has a character at byte 2 that cannot be sent: leave it out"),
            ("site", " k\ney", "the Track API key has a character at byte 2 that cannot be sent: leave it out"),
        ] {
            assert_eq!(Endpoint::track(Region::Us, site, key).unwrap_err().to_string(), expected);
        }
        for (key, position) in [("a b", 1), ("aé", 1), ("a\0", 1)] {
            assert_eq!(Endpoint::app(Region::Us, key).unwrap_err().kind(), &BuildErrorKind::Character { position });
        }
        // RFC 7617 has any UTF-8 in Basic credentials, but no key of Customer.io's has any.
        for (site, key) in
            [("sit\u{e9}", "key"), ("sit\u{200b}", "key"), ("site", "key\u{fc}"), ("site", "key\u{feff}y")]
        {
            assert!(Endpoint::track(Region::Us, site, key).is_err(), "{site:?} {key:?}");
        }
        let marked = Endpoint::track(Region::Us, "\u{feff}site", "\u{feff}key\r\n").unwrap();
        assert_eq!(build(&marked, Delete::new("1")).unwrap().headers()["authorization"], "Basic c2l0ZTprZXk=");
        let shown = format!("{:?}", Endpoint::app(Region::Eu, "s3cret").unwrap());
        assert!(shown.contains("https://api-eu.customer.io") && !shown.contains("s3cret"), "{shown}");
    }

    #[test]
    fn a_base_url_replaces_scheme_host_and_prefix() {
        let endpoint = |url| Endpoint::track(Region::Us, "site", "key").unwrap().with_base_url(url);
        for (url, expected) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/api/v1/customers/1"),
            ("https://proxy.example.com/cio/\n", "https://proxy.example.com/cio/api/v1/customers/1"),
            ("http://[::1]:1/", "http://[::1]:1/api/v1/customers/1"),
        ] {
            let request = build(&endpoint(url).unwrap(), Delete::new("1")).unwrap();
            assert_eq!(request.uri(), expected);
        }
        let error = endpoint("http://127.0.0.1:99999").unwrap_err();
        assert_eq!(error.to_string(), "the base URL is not valid: its port must be a number from 1 to 65535");
    }

    #[test]
    fn a_base_url_does_not_have_what_the_routes_begin_with() {
        let twice = |root| {
            format!("the base URL is not valid: leave out the `{root}` at its end: the paths of the API begin with it")
        };
        for (url, track, others) in [
            ("https://proxy.example.com/api/v1", Some("/api/v1"), Some("/v1")),
            ("https://proxy.example.com/cio/api/v2/", Some("/api/v2"), None),
            ("https://proxy.example.com/cio/v1", None, Some("/v1")),
            ("https://api.customer.io/v1/", None, Some("/v1")),
            ("https://proxy.example.com/v1/api/v1/cio", None, None),
        ] {
            let error = |result: Option<BuildError>| result.map(|error| error.to_string());
            let of_track = Endpoint::track(Region::Us, "site", "key").unwrap().with_base_url(url).err();
            assert_eq!(error(of_track), track.map(twice), "{url}");
            let of_app = Endpoint::app(Region::Us, "key").unwrap().with_base_url(url).err();
            assert_eq!(error(of_app), others.map(twice), "{url}");
            let of_pipelines = Endpoint::pipelines(Region::Us, "key").unwrap().with_base_url(url).err();
            assert_eq!(error(of_pipelines), others.map(twice), "{url}");
        }
    }

    #[test]
    fn the_user_agent_names_the_caller_first() {
        let endpoint = Endpoint::track(Region::Us, "site", "key").unwrap();
        assert!(endpoint.clone().with_user_agent("a\nb").is_err());
        let endpoint = endpoint.with_user_agent("shop/2.1").unwrap();
        let request = build(&endpoint, Delete::new("1")).unwrap();
        assert_eq!(request.headers()["user-agent"], format!("shop/2.1 {USER_AGENT}").as_str());
    }

    #[test]
    fn a_service_account_names_its_workspace() {
        let nowhere = Endpoint::app(Region::Us, "sa_live_1").unwrap().with_workspace_id(-1);
        let error = build(&nowhere, crate::app::Raw::get(["v1"])).unwrap_err();
        assert_eq!(error.to_string(), "the workspace's id is not valid: it must be a positive number");
        let endpoint = Endpoint::app(Region::Us, "sa_live_1").unwrap().with_workspace_id(12);
        let request = build(&endpoint, crate::app::Raw::get(["v1", "workspaces"])).unwrap();
        assert_eq!(
            wire(&request),
            "GET https://api.customer.io/v1/workspaces\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer sa_live_1\n\
             x-workspace-id: 12\n\
             user-agent: customerio-rust/VERSION\n\
             \n"
        );
    }

    #[test]
    fn pipelines_have_two_kinds_of_keys_and_are_strict() {
        let headers = |endpoint: Endpoint<Pipelines>| {
            let request = build(&endpoint, crate::pipelines::Raw::get(["v1", "x"])).unwrap();
            let text = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
            (request.uri().to_string(), text("authorization").unwrap(), text("x-strict-mode"))
        };
        let endpoint = |region, key| Endpoint::pipelines(region, key);
        let (url, authorization, strict) = headers(endpoint(Region::Us, "key\n").unwrap());
        assert_eq!((url.as_str(), authorization.as_str()), ("https://cdp.customer.io/v1/x", "Basic a2V5Og=="));
        assert_eq!(strict.as_deref(), Some("1"));
        let (url, authorization, strict) = headers(endpoint(Region::Eu, "sk_eu_1").unwrap().with_lax_mode());
        assert_eq!((url.as_str(), authorization.as_str()), ("https://cdp-eu.customer.io/v1/x", "Bearer sk_eu_1"));
        assert_eq!(strict, None);
        for (region, key, expected) in [
            (Region::Us, "", "the Pipelines API key is empty"),
            (Region::Us, "sk_eu_1", "the Pipelines API key is not valid: it belongs to the other region"),
            (Region::Eu, "pk_us_1", "the Pipelines API key is not valid: it belongs to the other region"),
        ] {
            assert_eq!(endpoint(region, key).unwrap_err().to_string(), expected);
        }
        assert!(endpoint(Region::Eu, "pk_1").is_ok());
        assert!(endpoint(Region::Eu, "sk_e u").is_err());
        assert!(endpoint(Region::Eu, "k:ey").is_err());
    }
}
