//! HTTP: credentials, answers, calls from pages of other origins, and the server on a socket.

pub(crate) mod answer;
pub(crate) mod auth;
pub(crate) mod cors;
#[cfg(feature = "server")]
pub(crate) mod socket;
