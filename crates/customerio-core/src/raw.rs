//! Routes that are not modelled.

use std::marker::PhantomData;

use bytes::Bytes;
use http::{Method, Response};
use serde::Serialize;

use crate::{
    Api, Body, BuildError, BuildErrorKind, DecodeFailure, Limits, Operation, Path, Query, Replay, limits,
    macros::opaque_debug,
};

/// A call of a route that this crate does not model: the answer comes as it is.
///
/// Segments and query values are encoded; credentials, errors and retry are as for any other operation.
///
/// ```
/// use customerio_core::{App, Endpoint, Raw, Region, build};
///
/// let list = Raw::<App>::get(&["v1", "campaigns", "12", "metrics"]).with_query(&[("period", "days")]);
/// let request = build(&Endpoint::app(Region::Us, "key")?, &list)?;
/// assert_eq!(request.uri(), "https://api.customer.io/v1/campaigns/12/metrics?period=days");
/// # Ok::<(), customerio_core::BuildError>(())
/// ```
#[derive(Clone)]
pub struct Raw<'a, S> {
    method: Method,
    segments: &'a [&'a str],
    query: &'a [(&'a str, &'a str)],
    body: Body,
    replay: Replay,
    surface: PhantomData<S>,
}

impl<'a, S: Api> Raw<'a, S> {
    /// A call of the path that `segments` make. Unless [`with_replay`](Self::with_replay) says otherwise, a GET may be
    /// repeated and nothing else.
    #[must_use]
    pub fn new(method: Method, segments: &'a [&'a str]) -> Self {
        let replay = if method == Method::GET { Replay::Safe } else { Replay::OnlyIfNotSent };
        Self { method, segments, query: &[], body: Body::empty(), replay, surface: PhantomData }
    }

    /// `GET` of the path that `segments` make.
    #[must_use]
    pub fn get(segments: &'a [&'a str]) -> Self {
        Self::new(Method::GET, segments)
    }

    /// `POST` of `body` as JSON.
    ///
    /// # Errors
    ///
    /// Where `body` cannot be encoded.
    pub fn post(segments: &'a [&'a str], body: &(impl Serialize + ?Sized)) -> Result<Self, BuildError> {
        Ok(Self::new(Method::POST, segments).with_body(Body::json(body)?))
    }

    /// Adds a query.
    #[must_use]
    pub fn with_query(mut self, query: &'a [(&'a str, &'a str)]) -> Self {
        self.query = query;
        self
    }

    /// Adds a body.
    #[must_use]
    pub fn with_body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    /// Says whether the call may arrive twice.
    #[must_use]
    pub fn with_replay(mut self, replay: Replay) -> Self {
        self.replay = replay;
        self
    }
}

impl<S: Api> Operation for Raw<'_, S> {
    type Api = S;
    type Output = Response<Bytes>;
    const NAME: &'static str = "raw";
    const RESPONSE_LIMIT: usize = limits::READ_RESPONSE;

    fn method(&self) -> Method {
        self.method.clone()
    }
    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        if self.segments.is_empty() {
            return Err(BuildError::new("the path", BuildErrorKind::Empty));
        }
        self.segments.iter().try_for_each(|segment| path.segment("a segment of the path", segment, usize::MAX))
    }
    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        self.query.iter().for_each(|(name, value)| query.pair(name, value));
        Ok(())
    }
    fn body(&self, _: &Limits) -> Result<Body, BuildError> {
        Ok(self.body.clone())
    }
    fn replay(&self) -> Replay {
        self.replay
    }
    fn decode(&self, response: &Response<Bytes>) -> Result<Self::Output, DecodeFailure> {
        Ok(response.clone())
    }
}

opaque_debug!([S] Raw<'_, S>);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{App, testing::wire_app};

    #[test]
    fn it_reaches_any_route() {
        let body = json!({"name": "x"});
        let raw = Raw::<App>::post(&["v1", "a b"], &body).unwrap().with_query(&[("q", "a+b")]);
        assert_eq!(
            wire_app(&raw),
            "POST https://api.customer.io/v1/a%20b?q=a%2Bb\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
             content-length: 12\n\
             \n\
             {\"name\":\"x\"}"
        );
        assert_eq!(raw.replay(), Replay::OnlyIfNotSent);
        assert_eq!(Raw::<App>::get(&["v1"]).replay(), Replay::Safe);
        assert_eq!(raw.with_replay(Replay::Safe).replay(), Replay::Safe);
        let up = Raw::<App>::get(&["v1", ".."]);
        assert!(up.path(&mut Path::default()).is_err());
        let nowhere = Raw::<App>::get(&[]).path(&mut Path::default());
        assert_eq!(nowhere.unwrap_err().to_string(), "the path is empty");
    }
}
