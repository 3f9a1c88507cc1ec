//! `POST /v1/design_studio/emails/{id}/publish`: bring an e-mail into the message that it is linked to.

use std::time::Duration;

use super::{Publication, parts::TIMEOUT};
use crate::{EmailId, Quota, macros::plain};

plain! {
    /// Publishes an e-mail: puts its content, in all its languages, into the message that it is [linked](super::Link)
    /// to.
    ///
    /// The response says that it is [done](super::PublicationState::Done), or in progress: then
    /// [`PublishStatus`](super::PublishStatus) reads its state.
    ///
    /// The service refuses with the status 422 what cannot be rendered, and says in
    /// [`Detail::meta`](crate::Detail::meta) what is wrong with the Liquid of each language; a campaign or a broadcast
    /// that is stopping, archived or deleted; and a message that is linked elsewhere. A 409 means that the campaign is
    /// still taking in people of the past: try again later.
    ///
    /// It is not retried after a lost response, because it could publish, and save a version, twice:
    /// [`UnpublishedChanges`](super::UnpublishedChanges) says whether it was done.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Publication`.
    ///
    /// Limits: 50 languages; 5 requests a second for the workspace, together with the others that render or publish.
    /// <https://docs.customer.io/integrations/api/app/#operation/publishEmail>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::design_studio::emails::Publish, http::Response, operation::parse};
    ///
    /// let publication =
    ///     parse::<Publish>(Response::new(r#"{"status":"pending","publish_id":"p-1"}"#.into()))?;
    /// assert!(!publication.is_done());
    /// assert_eq!(publication.publish_id.unwrap().as_str(), "p-1");
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "publish_email")]
    pub struct Publish { id: EmailId = "LEAK-email" }
    "app.design_studio.emails.publish" = POST "/v1/design_studio/emails/{id}/publish" -> Publication;
    const QUOTA: Quota = Quota::DesignStudio;
    const ATTEMPT_TIMEOUT: Duration = TIMEOUT;
}

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        Error, Operation as _, Replay,
        app::design_studio::emails::PublicationState,
        parse,
        testing::{plain, refused_app, survives_changes, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let publish = Publish::new("e-1");
        assert_eq!((publish.replay(), Publish::QUOTA), (Replay::OnlyIfNotSent, Quota::DesignStudio));
        assert_eq!(wire_app(publish), plain("POST /v1/design_studio/emails/e-1/publish"));
        assert_eq!(refused_app(Publish::new("")).to_string(), "the e-mail's id is empty");
    }

    #[test]
    fn the_response_says_what_was_published_or_how_to_ask() {
        let done = json!({
            "status": "done", "publish_id": "p-1",
            "mappings": [
                {"node_id": "e-1", "template_id": 7, "version_id": "v-1", "language": ""},
                {"node_id": "e-2", "template_id": 8, "version_id": "v-2", "language": "fr"},
            ],
        });
        let read = parse::<Publish>(Response::new(done.to_string().into())).unwrap();
        assert_eq!((read.status.as_ref(), read.is_done()), (Some(&PublicationState::Done), true));
        let mapping = &read.mappings[1];
        assert_eq!((mapping.email_id.as_ref(), mapping.template_id), (Some(&"e-2".into()), Some(8.into())));
        assert_eq!((mapping.version_id.as_ref(), mapping.language.as_deref()), (Some(&"v-2".into()), Some("fr")));
        assert_eq!(read.mappings[0].language.as_deref(), Some(""));
        assert!(read.extra.is_empty() && mapping.extra.is_empty());
        survives_changes::<Publication>(&done, &[]);

        let pending = parse::<Publish>(Response::new(r#"{"status":"pending","publish_id":"p-1"}"#.into())).unwrap();
        assert_eq!((pending.is_done(), pending.publish_id), (false, Some("p-1".into())));
        // An unknown word does not count as done.
        assert!(!parse::<Publish>(Response::new(r#"{"status":"queued"}"#.into())).unwrap().is_done());
        assert!(parse::<Publish>(Response::new("{}".into())).is_err());
    }

    #[test]
    fn what_is_wrong_with_the_liquid_is_an_error_of_the_api() {
        let body = r#"{"errors":[{"detail":"liquid errors","status":"422","meta":{"fr":["unknown tag"]}}]}"#;
        let response = Response::builder().status(422).body(body.into()).unwrap();
        let Error::Api(error) = parse::<Publish>(response).unwrap_err() else { panic!("it is not of the API") };
        assert_eq!(error.details()[0].message, "liquid errors");
        assert_eq!(error.details()[0].meta["fr"], json!(["unknown tag"]));
    }
}
