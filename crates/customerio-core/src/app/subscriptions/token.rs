//! `GET /v1/subscription_center/{customer_id}/token`: a person's link to the subscription center.

use http::Method;

use crate::{
    App, BuildError, Operation, Path,
    entity::{entity, returned},
    macros::{opaque_debug, sample},
    text::Text,
};

/// Creates a link with which a person can choose topics without a password.
///
/// It is valid for 24 hours.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `SubscriptionCenterLink`.
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/getSubscriptionCenterToken>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{app::subscriptions::CenterToken, http::Response, operation::parse};
///
/// let json = r#"{"token":"secret","url":"https://e.example.com/subscriptions/secret"}"#;
/// let link = parse::<CenterToken>(Response::new(json.into()))?;
/// assert_eq!(link.token, "secret");
/// assert!(!format!("{link:?}").contains("secret"));
/// # Ok::<(), customerio::Error>(())
/// ```
#[derive(Clone)]
#[doc(alias = "get_subscription_center_token")]
pub struct CenterToken {
    person: Text,
}

entity! {
    /// A person's link to the subscription center: whoever has it can choose for the person.
    pub struct SubscriptionCenterLink {
        /// The signed token: put it into your own link, `https://<tracking domain>/u/i/<token>`.
        pub token: String,
        /// The subscription center itself.
        pub url: Option<String>,
    }
}

returned!(SubscriptionCenterLink = r#"{"token":"token","url":"https://e.example.com/subscriptions/token"}"#);

impl CenterToken {
    /// Identifies the person by id or e-mail address: the service infers which it is.
    #[must_use]
    pub fn of(id_or_email: impl AsRef<str>) -> Self {
        Self { person: Text::new(id_or_email) }
    }
}

impl Operation for CenterToken {
    type Api = App;
    type Output = SubscriptionCenterLink;
    const NAME: &'static str = "app.subscriptions.center_token";
    const METHOD: Method = Method::GET;
    const ROUTE: &'static str = "/v1/subscription_center/{customer_id}/token";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        path.segment("the person's id", &self.person, usize::MAX)
    }
}

opaque_debug!(CenterToken);
sample!(CenterToken: Self::of("LEAK-person"));

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        parse,
        testing::{plain, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(CenterToken::of("a@b.example")), plain("GET /v1/subscription_center/a%40b.example/token"));
        assert_eq!(refused_app(CenterToken::of("")).to_string(), "the person's id is empty");
    }

    #[test]
    fn without_a_token_there_is_no_link() {
        assert!(parse::<CenterToken>(Response::new(r#"{"url":"https://e.example.com"}"#.into())).is_err());
    }
}
