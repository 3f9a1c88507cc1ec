//! `GET /api/v1/accounts/region`: where the workspace of the credentials is.

use http::Method;

use crate::{
    Operation, Region, Track, WorkspaceId,
    entity::{entity, open_enum, returned},
    fields::required,
};

/// Gets the region of the workspace that the credentials belong to.
///
/// The hosts of all regions respond alike, so any [`Region`] works for this call. It also checks the credentials.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `AccountRegion`.
///
/// Limits: none of its own. <https://docs.customer.io/integrations/api/track/#operation/getRegion>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Endpoint, Region, operation::{build, parse}, track::GetRegion};
///
/// let request = build(&Endpoint::track(Region::Us, "site", "key")?, GetRegion)?;
/// assert_eq!(request.uri(), "https://track.customer.io/api/v1/accounts/region");
///
/// let body = r#"{"url":"https://track-eu.customer.io","region":"eu","environment_id":3}"#;
/// let account = parse::<GetRegion>(http::Response::new(body.into()))?;
/// assert_eq!(account.region.known(), Some(Region::Eu));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GetRegion;

entity! {
    /// The region of a workspace.
    pub struct AccountRegion: Debug {
        /// The base URL of the Track API there.
        pub url: String,
        /// The region.
        pub region: RegionName,
        /// The number of the workspace.
        pub environment_id: WorkspaceId,
    }
}

returned!(AccountRegion = r#"{"url":"https://track.customer.io","region":"us","environment_id":1}"#);

open_enum! {
    /// The name of a region, in a response.
    pub enum RegionName {
        /// The United States: `us`.
        Us = "us",
        /// The European Union: `eu`.
        Eu = "eu",
    }
}

required!(RegionName);

impl RegionName {
    /// The region to make an [`Endpoint`](crate::Endpoint) with; `None` if this crate does not know its hosts.
    #[must_use]
    pub const fn known(&self) -> Option<Region> {
        match self {
            Self::Us => Some(Region::Us),
            Self::Eu => Some(Region::Eu),
            Self::Unknown(_) => None,
        }
    }
}

impl Operation for GetRegion {
    type Api = Track;
    type Output = AccountRegion;
    const NAME: &'static str = "track.get_region";
    const METHOD: Method = Method::GET;
    const ROUTE: &'static str = "/api/v1/accounts/region";
}

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{DecodeFailure, FromResponse, testing::wire_track};

    fn read(body: &'static str) -> Result<AccountRegion, DecodeFailure> {
        AccountRegion::from_response(&Response::new(body.into()))
    }

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_track(GetRegion),
            "GET https://track.customer.io/api/v1/accounts/region\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             user-agent: customerio-rust/VERSION\n\
             \n"
        );
    }

    #[test]
    fn the_response_keeps_what_it_does_not_know() {
        let account =
            read(r#"{"url":"https://track-eu.customer.io","region":"eu","environment_id":3,"new":[1]}"#).unwrap();
        assert_eq!(account.url, "https://track-eu.customer.io");
        assert_eq!((account.region.known(), account.environment_id), (Some(Region::Eu), WorkspaceId::from(3)));
        assert_eq!(account.extra["new"], serde_json::json!([1]));

        for (name, known) in [("us", Some(Region::Us)), ("eu", Some(Region::Eu)), ("au", None), ("EU", None)] {
            let region = RegionName::from(name);
            assert_eq!((region.as_str(), region.known()), (name, known));
        }
        let account = read(r#"{"url":"https://track-au.customer.io","region":"au","environment_id":3}"#).unwrap();
        assert!(matches!(&account.region, RegionName::Unknown(_)));
        assert_eq!(account.region.as_str(), "au");
    }

    #[test]
    fn a_response_without_a_region_is_not_read_as_one() {
        for body in ["", "null", "[]", "{}", "<html>", r#"{"url":"u","region":null,"environment_id":3}"#] {
            assert!(read(body).is_err(), "{body}");
        }
        assert_eq!(read("null").unwrap_err().to_string(), "the body is not a JSON object");
    }
}
