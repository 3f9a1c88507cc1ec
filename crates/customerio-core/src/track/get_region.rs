//! `GET /api/v1/accounts/region`: where the workspace of the credentials is.
//!
//! <https://docs.customer.io/integrations/api/track/#operation/getRegion>

use bytes::Bytes;
use http::{Method, Response};
use serde::Deserialize;

use crate::{BuildError, DecodeFailure, Operation, Path, Region, Replay, Track, decode_json, limits, path::route};

/// Asks in which region the workspace of the credentials is. The hosts of all regions give the same answer, so any
/// [`Region`] will do for this call; and it shows whether the credentials are good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GetRegion;

/// Where a workspace is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct AccountRegion {
    /// The base URL of the Track API there.
    pub url: String,
    /// The region.
    pub region: RegionName,
    /// The number of the workspace.
    pub environment_id: u64,
    /// What else the answer has.
    #[serde(flatten)]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

/// The name of a region, in an answer: it can be one that this SDK does not know yet.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(from = "String")]
#[non_exhaustive]
pub enum RegionName {
    /// The United States: `us`.
    Us,
    /// The European Union: `eu`.
    Eu,
    /// Another one.
    Unknown(UnknownRegion),
}

/// The name of a region that this SDK does not know.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UnknownRegion(Box<str>);

impl RegionName {
    /// As the API writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Us => "us",
            Self::Eu => "eu",
            Self::Unknown(name) => &name.0,
        }
    }

    /// The region to make an [`Endpoint`](crate::Endpoint) with; `None` where this SDK does not know its hosts.
    #[must_use]
    pub const fn known(&self) -> Option<Region> {
        match self {
            Self::Us => Some(Region::Us),
            Self::Eu => Some(Region::Eu),
            Self::Unknown(_) => None,
        }
    }
}

impl From<String> for RegionName {
    fn from(name: String) -> Self {
        match name.as_str() {
            "us" => Self::Us,
            "eu" => Self::Eu,
            _ => Self::Unknown(UnknownRegion(name.into())),
        }
    }
}

impl Operation for GetRegion {
    type Api = Track;
    type Output = AccountRegion;
    const NAME: &'static str = "track.get_region";
    const RESPONSE_LIMIT: usize = limits::READ_RESPONSE;

    fn method(&self) -> Method {
        Method::GET
    }
    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        route!(path, "/api/v1/accounts/region");
        Ok(())
    }
    fn replay(&self) -> Replay {
        Replay::Safe
    }
    fn decode(&self, response: &Response<Bytes>) -> Result<AccountRegion, DecodeFailure> {
        decode_json(response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::wire_track;

    fn read(body: &'static str) -> Result<AccountRegion, DecodeFailure> {
        GetRegion.decode(&Response::new(body.into()))
    }

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_track(&GetRegion),
            "GET https://track.customer.io/api/v1/accounts/region\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             user-agent: customerio-rust/0.1.0\n\
             \n"
        );
    }

    #[test]
    fn the_answer_keeps_what_it_does_not_know() {
        let answer =
            read(r#"{"url":"https://track-eu.customer.io","region":"eu","environment_id":3,"new":[1]}"#).unwrap();
        assert_eq!(answer.url, "https://track-eu.customer.io");
        assert_eq!((answer.region.known(), answer.environment_id), (Some(Region::Eu), 3));
        assert_eq!(answer.extra["new"], serde_json::json!([1]));

        for (name, known) in [("us", Some(Region::Us)), ("eu", Some(Region::Eu)), ("au", None), ("EU", None)] {
            let region = RegionName::from(name.to_owned());
            assert_eq!((region.as_str(), region.known()), (name, known));
        }
        let answer = read(r#"{"url":"https://track-au.customer.io","region":"au","environment_id":3}"#).unwrap();
        assert!(matches!(&answer.region, RegionName::Unknown(_)));
        assert_eq!(answer.region.as_str(), "au");
    }

    #[test]
    fn an_answer_without_a_region_is_not_read_as_one() {
        for body in ["", "null", "[]", "{}", "<html>", r#"{"url":"u","region":null,"environment_id":3}"#] {
            assert!(read(body).is_err(), "{body}");
        }
        assert_eq!(
            read("null").unwrap_err().to_string(),
            "the body is not of the shape that the API promises (line 1, column 4)"
        );
    }
}
