//! Where else a server is reached and where it keeps its state, for the control API to report.

use std::path::PathBuf;

/// A server's other addresses and the file of its state, which `GET /_emulator/v1/info` reports.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Surroundings {
    /// The base URL with TLS.
    pub https_url: Option<String>,
    /// The file of the certificate that a client of it must trust.
    pub ca: Option<PathBuf>,
    /// The file of the state.
    pub state: Option<PathBuf>,
}
