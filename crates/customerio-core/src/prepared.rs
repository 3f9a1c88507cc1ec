//! A request that is ready to be sent, without credentials.

use std::{fmt, marker::PhantomData, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, Method, uri::PathAndQuery};

use crate::{
    Body, BuildError, BuildErrorKind, FromResponse, Limits, Operation, OperationInfo, Path, Quota, Replay, path::Route,
};

/// A request that is ready to be sent: an operation, encoded and checked, without credentials and without a host.
///
/// It has no client: it can wait in a queue, move to another task, and be stored with `serde` and read back in another
/// process with other credentials. [`Client::send`](crate::Client::send) sends it. It holds what must be the same in
/// each attempt: the bytes, and with them the id and the time of an event.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, limits::Limits, track::Delete};
///
/// let delete = Prepared::new(Delete::new("42"), &Limits::default())?;
/// let stored = serde_json::to_string(&delete)?;
/// let delete: Prepared = serde_json::from_str(&stored)?;
/// assert_eq!((delete.name(), delete.path()), ("track.delete", "/api/v1/customers/42"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The stored form has a version. A version or an operation that this crate does not know is an error. Custom
/// operations cannot be read back, because the registry does not have them.
pub struct Prepared<T = ()> {
    /// All that does not depend on its values.
    pub(crate) info: &'static OperationInfo,
    pub(crate) method: Method,
    pub(crate) path: PathAndQuery,
    pub(crate) content_type: Option<HeaderValue>,
    pub(crate) body: Bytes,
    pub(crate) replay: Replay,
    pub(crate) attempt_timeout: Duration,
    pub(crate) output: PhantomData<fn() -> T>,
}

impl<T: FromResponse> Prepared<T> {
    /// Encodes `operation` within `limits`.
    ///
    /// An event without an id or a time stays without them: [`Client::prepare`](crate::Client::prepare) fills them in.
    ///
    /// # Errors
    ///
    /// Fails if an argument cannot be sent.
    pub fn new<O: Operation<Output = T>>(operation: O, limits: &Limits) -> Result<Self, BuildError> {
        let mut path = Path::of(const { Route::new(O::ROUTE) }, *limits);
        operation.path(&mut path)?;
        operation.query(&mut path.query())?;
        let path = if path.is_route() {
            const { PathAndQuery::from_static(O::ROUTE) }
        } else {
            PathAndQuery::from_maybe_shared(Bytes::from(path.finish())).map_err(|_| too_long())?
        };
        let (method, replay) = (operation.method(), operation.replay());
        let attempt_timeout = operation.attempt_timeout();
        let (content_type, body) = operation.body(limits)?.into_parts();
        Ok(Self {
            info: const { &OperationInfo::of::<O>() },
            method,
            path,
            content_type,
            body,
            replay,
            attempt_timeout,
            output: PhantomData,
        })
    }

    /// A request of the operation `info`, whose route has nothing to fill in.
    pub(crate) fn of(info: &'static OperationInfo, body: Body, replay: Replay) -> Self {
        let (content_type, body) = body.into_parts();
        Self {
            info,
            method: info.method.clone(),
            path: PathAndQuery::from_static(info.route),
            content_type,
            body,
            replay,
            attempt_timeout: info.attempt_timeout,
            output: PhantomData,
        }
    }
}

fn too_long() -> BuildError {
    BuildError::new("the URL", BuildErrorKind::Invalid("it is longer than HTTP allows".into()))
}

impl<T> Prepared<T> {
    /// The [`Operation::NAME`].
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.info.name
    }

    /// The API that it goes to: `track`, `app` or `pipelines`.
    #[must_use]
    pub const fn api(&self) -> &'static str {
        self.info.api
    }

    /// The HTTP method.
    #[must_use]
    pub const fn method(&self) -> &Method {
        &self.method
    }

    /// The [`Operation::ROUTE`], without identifiers.
    #[must_use]
    pub const fn route(&self) -> &'static str {
        self.info.route
    }

    /// The path and the query. They may name a person.
    #[must_use]
    pub fn path(&self) -> &str {
        self.path.as_str()
    }

    /// The body.
    #[must_use]
    pub const fn body(&self) -> &Bytes {
        &self.body
    }

    /// Whether it may arrive twice.
    #[must_use]
    pub const fn replay(&self) -> Replay {
        self.replay
    }

    /// Which of the vendor's rate limits it counts against.
    #[must_use]
    pub const fn quota(&self) -> Quota {
        self.info.quota
    }

    /// How long one attempt may take, unless the [`CallOptions`](crate::CallOptions) set it.
    #[must_use]
    pub const fn attempt_timeout(&self) -> Duration {
        self.attempt_timeout
    }

    /// Returns the same request, whose response is read as `U`: use `http::Response<Bytes>` for the response as it
    /// came, or `serde_json::Value` for any JSON.
    #[must_use]
    pub fn returning<U: FromResponse>(self) -> Prepared<U> {
        let Self { info, method, path, content_type, body, replay, attempt_timeout, .. } = self;
        Prepared { info, method, path, content_type, body, replay, attempt_timeout, output: PhantomData }
    }
}

impl<T> Clone for Prepared<T> {
    fn clone(&self) -> Self {
        Self {
            method: self.method.clone(),
            path: self.path.clone(),
            content_type: self.content_type.clone(),
            body: self.body.clone(),
            ..*self
        }
    }
}

impl<T> fmt::Debug for Prepared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither path nor body: they hold people's data.
        f.debug_struct("Prepared")
            .field("name", &self.name())
            .field("body_bytes", &self.body.len())
            .field("replay", &self.replay)
            .finish_non_exhaustive()
    }
}
