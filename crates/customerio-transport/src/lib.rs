//! What the transports of [Customer.io's SDK](https://docs.rs/customerio) share. Use it to write your own
//! [`Transport`](customerio_core::Transport).
//!
//! - [`SystemClock`] is the clock of a driver, and [`now`] the time as the Track API and the App API write it.
//! - [`timeouts`]: how long connecting may take, and how long a connection may idle.
//! - [`is_loopback`] says for which hosts no proxy of the environment is used.
//! - [`check_url`] and [`is_invalid_certificate`] recognise errors that another attempt would not fix.
//! - `read_body` reads a response body up to a limit, and as long as there is time (feature `http`).
//! - `chunks` gives a body piece by piece, for files (feature `http`).
//! - `was_not_begun` says whether an error of hyper proves that the request was not sent (feature `http`; for HTTP/2,
//!   `http2`).
//! - `spawn` runs a task in the background, on tokio (feature `tokio`).
//! - `tls` has the configuration of rustls with the certificates that the system trusts, made once per process (features
//!   `ring` and `aws-lc-rs`, one for each cryptography provider).

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "tokio")]
mod background;
#[cfg(feature = "http")]
mod body;
mod certificate;
#[cfg(feature = "http")]
mod chunks;
mod clock;
mod loopback;
#[cfg(feature = "http")]
mod not_begun;
pub mod timeouts;
#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
pub mod tls;
mod url;

#[cfg(feature = "tokio")]
pub use background::spawn;
#[cfg(feature = "http")]
pub use body::read_body;
pub use certificate::is_invalid_certificate;
#[cfg(feature = "http")]
pub use chunks::chunks;
pub use clock::{SystemClock, now};
pub use loopback::is_loopback;
#[cfg(feature = "http")]
pub use not_begun::was_not_begun;
pub use url::check_url;

// The code of the README is tested.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
