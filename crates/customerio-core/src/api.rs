//! The APIs of Customer.io, and where they are.

use std::fmt::Debug;

use crate::Quota;

mod sealed {
    pub trait Sealed {}
}

/// One of the APIs of Customer.io.
///
/// A [`Client`](crate::Client) calls one of them and accepts only its operations.
///
/// Each API has its own credentials, so an operation of another API is a compile error, and not a 401 at run time:
///
/// ```compile_fail,E0271
/// # use customerio_core::facade as customerio;
/// use customerio::{Client, Track, app::SendSms};
///
/// async fn welcome(client: &Client<Track>, message: SendSms) {
///     client.call(message).await.unwrap();
/// }
/// ```
///
/// The same with the right client:
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{App, Client, app::SendSms};
///
/// # use customerio::ids::DeliveryId;
/// async fn welcome(client: &Client<App>, message: SendSms) -> DeliveryId {
///     client.call(message).await.unwrap().delivery_id
/// }
/// # mod canned { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/canned.rs")); }
/// # let client = canned::app(|_| (200, r#"{"delivery_id":"RPIL"}"#));
/// # let message = SendSms::new("welcome", "42", "+15551234567");
/// # let sent = canned::run(async move { welcome(&client, message).await });
/// # assert_eq!(sent.as_str(), "RPIL");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not one of the APIs of Customer.io",
    note = "they are `Track`, `App` and `Pipelines`"
)]
pub trait Api: sealed::Sealed + Debug + Send + Sync + 'static {
    /// Its name in errors and in stored requests: `track`, `app` or `pipelines`.
    const NAME: &'static str;
    /// The rate limit that its operations count against by default.
    const QUOTA: Quota;
    /// The prefixes of its routes, such as `/v1`.
    const ROOTS: &'static [&'static str];
    /// Its host in a region.
    fn host(region: Region) -> &'static str;
}

/// The Track API: people, events, devices, segments. <https://docs.customer.io/integrations/api/track/>
#[derive(Clone, Copy, Debug)]
pub struct Track;

/// The App API: transactional messages, broadcasts and the workspace. <https://docs.customer.io/integrations/api/app/>
#[derive(Clone, Copy, Debug)]
pub struct App;

/// The Pipelines API: people, events and groups for every destination of a workspace.
/// <https://docs.customer.io/integrations/api/cdp/>
#[derive(Clone, Copy, Debug)]
pub struct Pipelines;

impl sealed::Sealed for Pipelines {}
impl sealed::Sealed for Track {}
impl sealed::Sealed for App {}

impl Api for Track {
    const NAME: &'static str = "track";
    const QUOTA: Quota = Quota::Ingest;
    const ROOTS: &'static [&'static str] = &["/api/v1", "/api/v2"];

    fn host(region: Region) -> &'static str {
        match region {
            Region::Us => "track.customer.io",
            Region::Eu => "track-eu.customer.io",
        }
    }
}

impl Api for App {
    const NAME: &'static str = "app";
    const QUOTA: Quota = Quota::App;
    const ROOTS: &'static [&'static str] = &["/v1"];

    fn host(region: Region) -> &'static str {
        match region {
            Region::Us => "api.customer.io",
            Region::Eu => "api-eu.customer.io",
        }
    }
}

impl Api for Pipelines {
    const NAME: &'static str = "pipelines";
    const QUOTA: Quota = Quota::Ingest;
    const ROOTS: &'static [&'static str] = &["/v1"];

    fn host(region: Region) -> &'static str {
        match region {
            Region::Us => "cdp.customer.io",
            Region::Eu => "cdp-eu.customer.io",
        }
    }
}

/// The region in which an account's data is kept.
///
/// There is no default: the wrong region responds with a redirect, and by then the data of people in the EU has been
/// sent to the US.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Region {
    /// The United States.
    Us,
    /// The European Union.
    Eu,
}

impl Region {
    /// Returns the region as the API writes it: `us` or `eu`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Us => "us",
            Self::Eu => "eu",
        }
    }
}

impl std::str::FromStr for Region {
    type Err = crate::BuildError;

    /// Reads `us` or `eu`, in any case, as an environment variable would have it.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim() {
            us if us.eq_ignore_ascii_case("us") => Ok(Self::Us),
            eu if eu.eq_ignore_ascii_case("eu") => Ok(Self::Eu),
            _ => Err(crate::BuildError::new(
                "the region",
                crate::BuildErrorKind::Invalid("it must be `us` or `eu`".into()),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_read_from_text() {
        assert_eq!("EU\n".parse(), Ok(Region::Eu));
        assert_eq!("us".parse(), Ok(Region::Us));
        assert_eq!("uk".parse::<Region>().unwrap_err().to_string(), "the region is not valid: it must be `us` or `eu`");
    }
}
