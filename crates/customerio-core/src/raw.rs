//! Routes that are not modelled: what the types `track::Raw`, `app::Raw` and `pipelines::Raw` have in common.

use http::Method;

use crate::{Body, BuildError, BuildErrorKind, Path, Query, Replay, text::Text};

/// A request to any path.
#[derive(Clone)]
pub(crate) struct AnyRequest {
    pub(crate) method: Method,
    segments: Vec<Text>,
    pub(crate) query: Vec<(Text, Text)>,
    pub(crate) body: Result<Body, BuildError>,
    pub(crate) replay: Replay,
}

impl AnyRequest {
    pub(crate) fn new(method: Method, segments: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let replay = if method == Method::GET { Replay::Safe } else { Replay::OnlyIfNotSent };
        let segments = segments.into_iter().map(Text::new).collect();
        Self { method, segments, query: Vec::new(), body: Ok(Body::empty()), replay }
    }

    pub(crate) fn write_path(&self, path: &mut Path) -> Result<(), BuildError> {
        if self.segments.is_empty() {
            return Err(BuildError::new("the path", BuildErrorKind::Empty));
        }
        self.segments.iter().try_for_each(|segment| path.segment("a segment of the path", segment, usize::MAX))
    }

    pub(crate) fn write_query(&self, query: &mut Query<'_>) {
        self.query.iter().for_each(|(name, value)| query.pair(name, value));
    }
}

/// Makes the type `Raw` of an API, and `RAW`, its part of the registry.
macro_rules! raw {
    ($api:ident, $name:literal, $example:literal) => {
        /// A request to a route that this crate does not model.
        ///
        /// It returns the response as it came.
        ///
        /// Segments and query values are encoded; credentials, errors and retries work as for any other operation.
        /// Check yourself whether a 2xx says that the call failed: some routes have fields `errors` of their own.
        ///
        #[doc = $example]
        #[derive(Clone)]
        pub struct Raw($crate::raw::AnyRequest);

        /// The operation [`Raw`].
        pub const RAW: &[$crate::OperationInfo] = &[$crate::OperationInfo::of::<Raw>()];

        impl Raw {
            /// Creates a request to the path of these `segments`. Only a GET is retried, unless
            /// [`with_replay`](Self::with_replay) says otherwise.
            #[must_use]
            pub fn new(method: http::Method, segments: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
                Self($crate::raw::AnyRequest::new(method, segments))
            }

            /// Creates a `GET` request to the path of these `segments`.
            #[must_use]
            pub fn get(segments: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
                Self::new(http::Method::GET, segments)
            }

            /// Creates a `POST` request with `body` as JSON.
            #[must_use]
            pub fn post(segments: impl IntoIterator<Item = impl AsRef<str>>, body: impl serde::Serialize) -> Self {
                Self::new(http::Method::POST, segments).with_json(body)
            }

            /// Creates a `PUT` request with `body` as JSON.
            #[must_use]
            pub fn put(segments: impl IntoIterator<Item = impl AsRef<str>>, body: impl serde::Serialize) -> Self {
                Self::new(http::Method::PUT, segments).with_json(body)
            }

            /// Creates a `DELETE` request to the path of these `segments`.
            #[must_use]
            pub fn delete(segments: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
                Self::new(http::Method::DELETE, segments)
            }

            /// Adds a query.
            #[must_use]
            pub fn with_query(mut self, query: impl IntoIterator<Item = (impl AsRef<str>, impl AsRef<str>)>) -> Self {
                let text = |(name, value): (_, _)| ($crate::text::Text::new(name), $crate::text::Text::new(value));
                self.0.query = query.into_iter().map(text).collect();
                self
            }

            /// Adds a JSON body. A value that cannot be encoded is an error when the request is built.
            #[must_use]
            pub fn with_json(mut self, body: impl serde::Serialize) -> Self {
                self.0.body = $crate::Body::json(&body);
                self
            }

            /// Adds a body of any type.
            #[must_use]
            pub fn with_body(mut self, body: $crate::Body) -> Self {
                self.0.body = Ok(body);
                self
            }

            /// Sets whether the request may arrive twice.
            #[must_use]
            #[doc(alias = "idempotent")]
            pub fn with_replay(mut self, replay: $crate::Replay) -> Self {
                self.0.replay = replay;
                self
            }
        }

        impl $crate::Operation for Raw {
            type Api = $crate::$api;
            type Output = http::Response<bytes::Bytes>;
            const NAME: &'static str = $name;
            const METHOD: http::Method = http::Method::GET;
            const ROUTE: &'static str = "/{path}";

            fn method(&self) -> http::Method {
                self.0.method.clone()
            }
            fn path(&self, path: &mut $crate::Path) -> Result<(), $crate::BuildError> {
                self.0.write_path(path)
            }
            fn query(&self, query: &mut $crate::Query<'_>) -> Result<(), $crate::BuildError> {
                self.0.write_query(query);
                Ok(())
            }
            fn body(self, _: &$crate::Limits) -> Result<$crate::Body, $crate::BuildError> {
                self.0.body
            }
            fn replay(&self) -> $crate::Replay {
                self.0.replay
            }
        }

        $crate::macros::opaque_debug!(Raw);
    };
}
pub(crate) use raw;
