//! `DELETE /v1/esp/suppression/{suppression_type}/{email_address}`: unsuppress an address.

use http::Method;

use super::SuppressionType;
use crate::{
    App, BuildError, Operation, Path,
    macros::{opaque_debug, sample},
    path::Part,
    text::Text,
};

/// Unsuppresses an address.
///
/// Send it with [`Client::call`](crate::Client::call).
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/deleteSuppression>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::suppressions::{SuppressionType, Unsuppress}, limits::Limits};
///
/// let request = Prepared::new(
///     Unsuppress::new(SuppressionType::Bounces, "ada@example.com"),
///     &Limits::default(),
/// )?;
/// assert_eq!(request.path(), "/v1/esp/suppression/bounces/ada%40example.com");
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "delete_suppression")]
pub struct Unsuppress {
    suppression_type: SuppressionType,
    email: Text,
}

impl Unsuppress {
    /// Creates the operation for this address and this reason.
    #[must_use]
    pub fn new(suppression_type: impl Into<SuppressionType>, email: impl AsRef<str>) -> Self {
        Self { suppression_type: suppression_type.into(), email: Text::new(email) }
    }
}

impl Operation for Unsuppress {
    type Api = App;
    type Output = ();
    const NAME: &'static str = "app.suppressions.unsuppress";
    const METHOD: Method = Method::DELETE;
    const ROUTE: &'static str = "/v1/esp/suppression/{suppression_type}/{email_address}";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.suppression_type.write(path)?;
        path.segment("the e-mail address", &self.email, usize::MAX)
    }
}

opaque_debug!(Unsuppress);
sample!(Unsuppress: Self::new("bounces", "LEAK-email"));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Replay,
        testing::{plain, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let request = Unsuppress::new(SuppressionType::InvalidEmails, "a+b@c.example");
        assert_eq!(request.replay(), Replay::Safe);
        assert_eq!(wire_app(request), plain("DELETE /v1/esp/suppression/invalid_emails/a%2Bb%40c.example"));
        assert!(refused_app(Unsuppress::new("blocks", "")).to_string().starts_with("the e-mail address"));
    }
}
