//! What an operation is.

use std::time::Duration;

use http::Method;

use crate::{
    Api, Body, BuildError, EncodedItem, FromResponse, Limits, Moment, Path, Query, Quota, Replay,
    endpoint::ACCEPTS_JSON, limits,
};

/// One operation of the Customer.io API, as a plain value: it owns what it holds, so it can be kept in a struct, sent
/// through a channel and built piece by piece.
///
/// [`Client::call`](crate::Client::call) does it, [`build`](crate::build) and [`parse`](crate::parse) translate it to and
/// from HTTP, and [`Exchange`](crate::Exchange) retries it where that is safe.
///
/// A custom operation states its name, method and route, and has defaults for the rest; for a single call of a route
/// that is not modelled there is [`app::Raw`](crate::app::Raw).
///
/// ```
/// use customerio_core::{App, BuildError, Endpoint, Operation, Path, Region, build, http::Method};
///
/// /// `GET /v1/segments/{segment_id}/membership`
/// #[derive(Clone)]
/// struct SegmentMembership {
///     segment_id: u64,
/// }
///
/// impl Operation for SegmentMembership {
///     type Api = App;
///     type Output = serde_json::Value;
///     const NAME: &'static str = "app.segment_membership";
///     const METHOD: Method = Method::GET;
///     const ROUTE: &'static str = "/v1/segments/{segment_id}/membership";
///
///     fn path(&self, path: &mut Path) -> Result<(), BuildError> {
///         path.number(self.segment_id);
///         Ok(())
///     }
/// }
///
/// let request = build(&Endpoint::app(Region::Us, "app-key")?, SegmentMembership { segment_id: 7 })?;
/// assert_eq!(request.uri(), "https://api.customer.io/v1/segments/7/membership");
/// # Ok::<(), BuildError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an operation of the Customer.io API",
    note = "an operation is given by value: pass `operation` or `operation.clone()`, not `&operation`"
)]
pub trait Operation: Clone + Send + Sync + 'static {
    /// The API that has the operation: a client of another API does not take it.
    type Api: Api;
    /// What the operation returns.
    type Output: FromResponse;

    /// A fixed name such as `track.identify`, for errors, logs and metrics.
    const NAME: &'static str;
    /// The HTTP method.
    const METHOD: Method;
    /// The path, the API's version included, with the parts that differ in braces: `/v1/segments/{segment_id}`.
    const ROUTE: &'static str;
    /// Whether it may arrive twice, where that does not depend on its values: by default as HTTP says of the method, so
    /// that a POST may not. See [`replay`](Self::replay).
    const REPLAY: Replay = Replay::of(Self::METHOD);
    /// Which of the vendor's rate limits it counts against.
    const QUOTA: Quota = <Self::Api as Api>::QUOTA;
    /// Whether it carries the credentials. The few operations that need none do not show them.
    const AUTHENTICATED: bool = true;
    /// What the response can be, as the header `accept`: JSON, unless an operation says otherwise.
    const ACCEPT: &'static str = ACCEPTS_JSON;
    /// The largest response that is read, in bytes: 16 MiB for a GET, 1 MiB for the rest.
    const RESPONSE_LIMIT: usize = limits::response_limit(Self::METHOD);
    /// How long one attempt may take, where neither the value nor the [`CallOptions`](crate::CallOptions) say otherwise.
    const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);

    /// The method, where it depends on the value.
    fn method(&self) -> Method {
        Self::METHOD
    }

    /// Fills in the parts of the [route](Self::ROUTE) that stand in braces, in their order.
    ///
    /// # Errors
    ///
    /// Where an identifier cannot stand in a path, or is over one of the [limits](Path::limits).
    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        let _ = path;
        Ok(())
    }

    /// Writes the query, if there is one.
    ///
    /// # Errors
    ///
    /// Where an argument cannot be sent.
    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        let _ = query;
        Ok(())
    }

    /// Becomes the body, if there is one, within `limits`.
    ///
    /// # Errors
    ///
    /// Where an argument is missing, is over a limit, or cannot be encoded.
    fn body(self, limits: &Limits) -> Result<Body, BuildError> {
        let _ = limits;
        Ok(Body::empty())
    }

    /// Whether this call, with these values, may arrive twice.
    #[doc(alias = "idempotent")]
    fn replay(&self) -> Replay {
        Self::REPLAY
    }

    /// How long one attempt may take, where the [`CallOptions`](crate::CallOptions) do not say otherwise.
    fn attempt_timeout(&self) -> Duration {
        Self::ATTEMPT_TIMEOUT
    }

    /// Fills in what must be the same in each attempt and only the moment of the call gives, where it is missing: the id
    /// and the time of an event.
    fn stamp(&mut self, moment: &Moment) {
        let _ = moment;
    }

    /// Encodes it as the batches of its API have it; an operation that none of them takes comes back.
    #[doc(hidden)]
    fn into_batch_item(self, limits: &Limits) -> Result<Result<EncodedItem, BuildError>, Self> {
        let _ = limits;
        Err(self)
    }
}
