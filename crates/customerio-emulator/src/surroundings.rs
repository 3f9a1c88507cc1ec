//! What surrounds a server, which the control API tells.

use std::path::PathBuf;

/// What surrounds a server, for `GET /_emulator/v1/info` to tell.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Surroundings {
    /// The base URL with TLS.
    pub https_url: Option<String>,
    /// The file of the certificate that a client of it must trust.
    pub ca: Option<PathBuf>,
    /// The file in which everything is kept.
    pub state: Option<PathBuf>,
}
