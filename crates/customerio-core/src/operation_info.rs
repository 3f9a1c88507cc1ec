//! What is known about an operation without a value of it.

use std::time::Duration;

use http::Method;

use crate::{Api, FromResponse, Operation, Quota, Replay, endpoint::ACCEPTS_JSON};

/// The static properties of an operation.
#[derive(Debug)]
#[non_exhaustive]
pub struct OperationInfo {
    /// The [`Operation::NAME`].
    pub name: &'static str,
    /// The [`Api::NAME`] of its API.
    pub api: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path, with parameters in braces.
    pub route: &'static str,
    /// Whether it may arrive twice, as far as that does not depend on its values.
    pub replay: Replay,
    /// Which of the vendor's rate limits it counts against.
    pub quota: Quota,
    /// Whether it carries the credentials.
    pub authenticated: bool,
    /// The value of the `accept` header, if the response is not JSON.
    pub accept: Option<&'static str>,
    /// The largest response that is read, in bytes.
    pub response_limit: usize,
    /// How long one attempt may take, as far as that does not depend on its values.
    pub attempt_timeout: Duration,
    /// A body that the API responds with: the [`FromResponse::EXAMPLE`] of its output.
    pub response_example: &'static str,
}

impl OperationInfo {
    /// Returns the properties of `O`.
    #[must_use]
    pub const fn of<O: Operation>() -> Self {
        Self {
            name: O::NAME,
            api: <O::Api as Api>::NAME,
            method: O::METHOD,
            route: O::ROUTE,
            replay: O::REPLAY,
            quota: O::QUOTA,
            authenticated: O::AUTHENTICATED,
            accept: if equal(O::ACCEPT.as_bytes(), ACCEPTS_JSON.as_bytes()) { None } else { Some(O::ACCEPT) },
            response_limit: O::RESPONSE_LIMIT,
            attempt_timeout: O::ATTEMPT_TIMEOUT,
            response_example: <O::Output as FromResponse>::EXAMPLE,
        }
    }
}

/// Declares the operations of a module, one a line: its file, its type, its method and its route. From that come the
/// `mod` and the `pub use`, the module's part of the registry, and the table in the docs of `OPERATIONS`.
///
/// That a line says the same as the operation is checked when it is compiled.
///
/// `samples;` before them says that each has a [`sample!`](crate::macros::sample) beside it.
macro_rules! operations {
    ($(#[$meta:meta])* samples; $($module:ident::$type:ident = $method:ident $route:literal;)*) => {
        $crate::operation_info::operations! { $(#[$meta])* $($module::$type = $method $route;)* }

        /// Shows `visitor` a sample of each.
        #[cfg(feature = "samples")]
        pub(crate) fn visit_samples(visitor: &mut impl $crate::VisitSample) {
            $(visitor.visit(<$type as $crate::Sample>::sample());)*
        }
    };
    ($(#[$meta:meta])* $($module:ident::$type:ident = $method:ident $route:literal;)*) => {
        $(mod $module;)*
        $(pub use self::$module::$type;)*

        $(#[$meta])*
        ///
        /// | route | operation |
        /// | --- | --- |
        $(#[doc = concat!("| `", stringify!($method), " ", $route, "` | [`", stringify!($type), "`] |")])*
        pub const OPERATIONS: &[$crate::OperationInfo] = &[$($crate::OperationInfo::of::<$type>()),*];

        $(const _: () = $crate::operation_info::check(
            <$type as $crate::Operation>::METHOD, http::Method::$method,
            <$type as $crate::Operation>::ROUTE, $route,
        );)*
    };
}
pub(crate) use operations;

/// Fails to compile where a line of [`operations!`] says something else than its operation.
pub(crate) const fn check(method: Method, expected_method: Method, route: &str, expected_route: &str) {
    assert!(
        equal(name(&method).as_bytes(), name(&expected_method).as_bytes()),
        "the operation has another METHOD than its line in `operations!`"
    );
    assert!(
        equal(route.as_bytes(), expected_route.as_bytes()),
        "the operation has another ROUTE than its line in `operations!`"
    );
    // See `Replay::of`.
    std::mem::forget((method, expected_method));
}

const fn name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => panic!("no operation has this method yet: name it here"),
    }
}

const fn equal(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let mut at = 0;
    while at < one.len() {
        if one[at] != other[at] {
            return false;
        }
        at += 1;
    }
    true
}
