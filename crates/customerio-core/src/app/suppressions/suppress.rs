//! `POST /v1/esp/suppression/{suppression_type}/{email_address}`: suppress an address.

use http::Method;

use super::SuppressionType;
use crate::{
    App, BuildError, Operation, Path, Replay,
    macros::{opaque_debug, sample},
    path::Part,
    text::Text,
};

/// Suppresses an address: the mail provider delivers nothing to it.
///
/// Send it with [`Client::call`](crate::Client::call).
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/postSuppression>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::suppressions::{Suppress, SuppressionType}, limits::Limits};
///
/// let request = Prepared::new(
///     Suppress::new(SuppressionType::Bounces, "ada@example.com"),
///     &Limits::default(),
/// )?;
/// assert_eq!(request.path(), "/v1/esp/suppression/bounces/ada%40example.com");
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "post_suppression")]
pub struct Suppress {
    suppression_type: SuppressionType,
    email: Text,
}

impl Suppress {
    /// Creates the operation for this address and this reason.
    #[must_use]
    pub fn new(suppression_type: impl Into<SuppressionType>, email: impl AsRef<str>) -> Self {
        Self { suppression_type: suppression_type.into(), email: Text::new(email) }
    }
}

impl Operation for Suppress {
    type Api = App;
    type Output = ();
    const NAME: &'static str = "app.suppressions.suppress";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/esp/suppression/{suppression_type}/{email_address}";
    /// A second request has no further effect.
    const REPLAY: Replay = Replay::Safe;

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.suppression_type.write(path)?;
        path.segment("the e-mail address", &self.email, usize::MAX)
    }
}

opaque_debug!(Suppress);
sample!(Suppress: Self::new("bounces", "LEAK-email"));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{plain, refused_app, wire_app};

    #[test]
    fn the_whole_request() {
        let request = Suppress::new(SuppressionType::InvalidEmails, "a+b@c.example");
        assert_eq!(request.replay(), Replay::Safe);
        assert_eq!(wire_app(request), plain("POST /v1/esp/suppression/invalid_emails/a%2Bb%40c.example"));
        assert!(refused_app(Suppress::new("blocks", "")).to_string().starts_with("the e-mail address"));
    }
}
