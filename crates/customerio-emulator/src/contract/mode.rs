//! How strictly a request is held to the contract.

use serde::{Deserialize, Serialize};

/// How strictly a request is held to the contract: [`Builder::with_contract`](crate::Builder::with_contract).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Contract {
    /// Accepts what the vendor's own clients send although the contract does not allow it, and notes it:
    /// [`LoggedRequest::deviations`](crate::LoggedRequest::deviations).
    #[default]
    Compat,
    /// Refuses everything that the contract does not allow.
    Strict,
}

#[cfg(feature = "control")]
impl Contract {
    /// As a seed and the control API name it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Compat => "compat",
            Self::Strict => "strict",
        }
    }
}
