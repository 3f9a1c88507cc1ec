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
/// [`Client::call`](crate::Client::call) executes it, [`build`](crate::build) and [`parse`](crate::parse) translate it
/// to and from HTTP, and [`Exchange`](crate::Exchange) retries it if that is safe.
///
/// A custom operation sets its name, method and route, and has defaults for the rest. For a single call of a route that
/// is not modelled, use [`app::Raw`](crate::app::Raw).
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{
///     App, BuildError, Endpoint, Region, http::Method, operation::{Operation, Path, build},
/// };
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
/// let request =
///     build(&Endpoint::app(Region::Us, "app-key")?, SegmentMembership { segment_id: 7 })?;
/// assert_eq!(request.uri(), "https://api.customer.io/v1/segments/7/membership");
/// # Ok::<(), BuildError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an operation of the Customer.io API",
    note = "an operation is given by value: pass `operation` or `operation.clone()`, not `&operation`"
)]
pub trait Operation: Clone + Send + Sync + 'static {
    /// The API that has the operation: a client of another API does not accept it.
    type Api: Api;
    /// What the operation returns.
    type Output: FromResponse;

    /// A fixed name such as `track.identify`, for errors, logs and metrics.
    const NAME: &'static str;
    /// The HTTP method.
    const METHOD: Method;
    /// The path, including the API's version, with parameters in braces: `/v1/segments/{segment_id}`.
    const ROUTE: &'static str;
    /// Whether it may arrive twice, unless that depends on its values. The default is what HTTP says of the method: a
    /// POST may not. See [`replay`](Self::replay).
    const REPLAY: Replay = Replay::of(Self::METHOD);
    /// Which of the vendor's rate limits it counts against.
    const QUOTA: Quota = <Self::Api as Api>::QUOTA;
    /// Whether it carries the credentials. The few operations that need none do not send them.
    const AUTHENTICATED: bool = true;
    /// What the response can be, as the header `accept`. The default is JSON.
    const ACCEPT: &'static str = ACCEPTS_JSON;
    /// The largest response that is read, in bytes: 16 MiB for a GET, 1 MiB for the rest.
    const RESPONSE_LIMIT: usize = limits::response_limit(Self::METHOD);
    /// How long one attempt may take, unless the value or the [`CallOptions`](crate::CallOptions) set it.
    const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);

    /// The method, if it depends on the value.
    fn method(&self) -> Method {
        Self::METHOD
    }

    /// Fills in the parameters of the [route](Self::ROUTE), in their order.
    ///
    /// # Errors
    ///
    /// Fails if an identifier cannot be part of a path, or is over one of the [limits](Path::limits).
    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        let _ = path;
        Ok(())
    }

    /// Writes the query, if there is one.
    ///
    /// # Errors
    ///
    /// Fails if an argument cannot be sent.
    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        let _ = query;
        Ok(())
    }

    /// Becomes the body, if there is one, within `limits`.
    ///
    /// # Errors
    ///
    /// Fails if an argument is missing, is over a limit, or cannot be encoded.
    fn body(self, limits: &Limits) -> Result<Body, BuildError> {
        let _ = limits;
        Ok(Body::empty())
    }

    /// Whether this call, with these values, may arrive twice.
    #[doc(alias = "idempotent")]
    fn replay(&self) -> Replay {
        Self::REPLAY
    }

    /// How long one attempt may take, unless the [`CallOptions`](crate::CallOptions) set it.
    fn attempt_timeout(&self) -> Duration {
        Self::ATTEMPT_TIMEOUT
    }

    /// Fills in what must be the same in each attempt, if it is missing: the id and the time of an event, from the
    /// moment of the call.
    fn stamp(&mut self, moment: &Moment) {
        let _ = moment;
    }

    /// Encodes it for the batches of its API; an operation that none of them takes comes back.
    #[doc(hidden)]
    fn into_batch_item(self, limits: &Limits) -> Result<Result<EncodedItem, BuildError>, Self> {
        let _ = limits;
        Err(self)
    }
}
