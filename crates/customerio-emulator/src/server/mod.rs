//! HTTP: credentials, responses, calls from pages of other origins, and the server on a socket.

pub(crate) mod auth;
#[cfg(feature = "tls")]
pub(crate) mod authority;
#[cfg(feature = "server")]
mod body;
#[cfg(feature = "server")]
mod connections;
pub(crate) mod cors;
#[cfg(feature = "server")]
mod exchange;
#[cfg(feature = "server")]
mod faulty;
pub(crate) mod files;
#[cfg(feature = "server")]
mod host;
#[cfg(feature = "server")]
pub(crate) mod listeners;
#[cfg(feature = "server")]
pub(crate) mod payload;
pub(crate) mod reply;
#[cfg(feature = "server")]
pub(crate) mod socket;
#[cfg(feature = "tls")]
pub(crate) mod tls;
