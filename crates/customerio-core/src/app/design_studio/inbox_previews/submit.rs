//! `POST /v1/design_studio/emails/{id}/inbox_previews`: request inbox previews of an e-mail.

use http::Method;
use serde::Serialize;

use crate::{
    App, Body, BuildError, EmailId, Limits, Operation, Path, PreviewClientId, PreviewRunId, Quota,
    app::design_studio::nodes::check_name,
    entity::{entity, returned},
    json::Attributes,
    limits::{check_bytes, check_count},
    macros::{opaque_debug, sample, setters},
    path::Part,
    text::Text,
};

/// Most bytes of the sample data. The vendor writes "128 KB", of which the decimal reading is the smaller one.
const SAMPLE_DATA: usize = 128_000;

/// Requests inbox previews of an e-mail in Design Studio: images of how it looks in e-mail clients.
///
/// They cost [credits](super::Credits).
///
/// The same run, requested again on the same day, is not charged again: the response says
/// [`replayed`](Submitted::replayed), or is a 409 if it was settled meanwhile. It is still not retried after a lost
/// response, because credits are at stake: [`ListJobs`](super::ListJobs) shows whether it is there. A 403 means that
/// the account cannot be charged, and a 422 that there are not enough credits.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `Submitted`.
///
/// Limits: 1 to 150 e-mail clients; 191 characters of the name; 128,000 bytes of sample data; 5 requests a second for
/// the workspace, together with what renders or publishes.
/// <https://docs.customer.io/integrations/api/app/#operation/submitInboxPreview>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::design_studio::inbox_previews::Submit, limits::Limits};
/// use serde_json::json;
///
/// let id = "7b0c3b0a-5b0f-4f5e-9a53-6f0e6f1d2c3b";
/// let submit =
///     Submit::new(id, ["gmail_chrome"]).with_sample_data(json!({"customer": {"name": "Ada"}}));
/// let request = Prepared::new(submit, &Limits::default())?;
/// assert_eq!(
///     request.body(),
///     r#"{"client_ids":["gmail_chrome"],"sample_data":{"customer":{"name":"Ada"}}}"#
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Serialize)]
#[doc(alias = "submit_inbox_preview")]
pub struct Submit {
    #[serde(skip)]
    id: EmailId,
    client_ids: Vec<PreviewClientId>,
    name: Option<Text>,
    sample_data: Option<Attributes>,
    lax_mode: Option<bool>,
}

impl Submit {
    /// Requests previews of this e-mail, or of this translation of one, in these e-mail clients, whose ids
    /// [`ListClients`](super::ListClients) lists.
    #[must_use]
    pub fn new(id: impl Into<EmailId>, client_ids: impl IntoIterator<Item = impl Into<PreviewClientId>>) -> Self {
        let client_ids = client_ids.into_iter().map(Into::into).collect();
        Self { id: id.into(), client_ids, name: None, sample_data: None, lax_mode: None }
    }

    /// The values that Liquid has, such as `customer`: anything that serialises to an object.
    #[must_use]
    pub fn with_sample_data(mut self, data: impl Serialize) -> Self {
        self.sample_data = Some(Attributes::new("the sample data", &data));
        self
    }

    setters! {
        /// Sets the name of the run.
        with_name, name: text;
        /// Whether Liquid treats a missing value as empty, instead of failing. Default: false.
        with_lax_mode, lax_mode: bool;
    }
}

impl Operation for Submit {
    type Api = App;
    type Output = Submitted;
    const NAME: &'static str = "app.design_studio.inbox_previews.submit";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/design_studio/emails/{id}/inbox_previews";
    const QUOTA: Quota = Quota::DesignStudio;

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.id.write(path)
    }
    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        check_count("the list of mail programs", self.client_ids.len(), 1, 150)?;
        self.client_ids.iter().try_for_each(Part::check)?;
        self.name.as_deref().map_or(Ok(()), |name| check_name("the run's name", name, 191))?;
        let data = self.sample_data.as_ref().map(Attributes::json).transpose()?;
        check_bytes("the sample data", data.map_or(0, <[u8]>::len), SAMPLE_DATA)?;
        Body::json(&self)
    }
}

entity! {
    /// The response to a request for inbox previews.
    pub struct Submitted: Debug {
        /// The number of the run, for [`Get`](super::Get).
        pub run_id: PreviewRunId,
        /// Whether the run was there already, so that it is not charged again.
        pub replayed: Option<bool>,
    }
}

returned!(Submitted = r#"{"run_id":7,"replayed":false}"#);

opaque_debug!(Submit);
sample!(Submit: Self::new("LEAK-email", ["LEAK-client"])
    .with_name("LEAK-name")
    .with_sample_data(std::collections::BTreeMap::from([("LEAK-variable", "LEAK-value")]))
    .with_lax_mode(true));

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        Replay, parse,
        testing::{body, refused_app, survives_changes, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let submit = Submit::new("e-1", ["gmail", "outlook"])
            .with_name("Autumn")
            .with_sample_data(json!({"customer": {"name": "Ada"}}))
            .with_lax_mode(true);
        assert_eq!((submit.replay(), Submit::QUOTA), (Replay::OnlyIfNotSent, Quota::DesignStudio));
        assert_eq!(
            wire_app(submit),
            "POST https://api.customer.io/v1/design_studio/emails/e-1/inbox_previews\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 108\n\
             \n\
             {\"client_ids\":[\"gmail\",\"outlook\"],\"name\":\"Autumn\",\"sample_data\":{\"customer\":{\"name\":\"Ada\"}},\
             \"lax_mode\":true}"
        );
        assert_eq!(body(Submit::new("e-1", ["gmail"])), r#"{"client_ids":["gmail"]}"#);
        assert_eq!(
            body(Submit::new("e-1", ["gmail"]).with_sample_data(())),
            r#"{"client_ids":["gmail"],"sample_data":{}}"#
        );
    }

    #[test]
    fn what_the_service_does_not_take_is_refused() {
        let submit = || Submit::new("e-1", ["gmail"]);
        let of = |bytes: usize| submit().with_sample_data(json!({"a": "x".repeat(bytes - 8)}));
        assert!(body(of(128_000)).len() > 128_000);
        assert!(!body(Submit::new("e-1", vec!["a"; 150]).with_name("ü".repeat(191))).is_empty());
        for (submit, expected) in [
            (Submit::new("e-1", [""; 0]), "the list of mail programs has 0 entries, expected 1 to 150"),
            (Submit::new("e-1", vec!["a"; 151]), "the list of mail programs has 151 entries, expected 1 to 150"),
            (Submit::new("e-1", ["a", ""]), "the mail program's id is empty"),
            (Submit::new("", ["a"]), "the e-mail's id is empty"),
            (submit().with_name(""), "the run's name is empty"),
            (
                submit().with_name("ü".repeat(192)),
                "the run's name is not valid: it has 192 characters, and the limit is 191",
            ),
            (of(128_001), "the sample data has 128001 bytes, and the limit is 128000"),
            (submit().with_sample_data([1]), "the sample data must be an object, not a list"),
        ] {
            assert_eq!(refused_app(submit).to_string(), expected);
        }
    }

    #[test]
    fn the_response_has_the_number_of_the_run() {
        let json = r#"{"run_id":7,"replayed":true}"#;
        let submitted = parse::<Submit>(Response::new(json.into())).unwrap();
        assert_eq!((submitted.run_id, submitted.replayed), (7.into(), Some(true)));
        assert!(parse::<Submit>(Response::new("{}".into())).is_err());
        survives_changes::<Submitted>(&json!({"run_id": 7, "replayed": true}), &["run_id"]);
    }
}
