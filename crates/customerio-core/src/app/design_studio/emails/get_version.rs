//! `GET /v1/design_studio/emails/{id}/versions/{version_id}`: what an e-mail said in a version.

use super::{Envelope, NodeKind, Transformers, Version};
use crate::{
    ComponentId, EmailId, VersionId,
    entity::{entity, returned},
    macros::plain,
};

plain! {
    /// Reads a version of an e-mail: what the e-mail said then, and the components that were in it.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `VersionContents`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getVersion>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::design_studio::emails::GetVersion, http::Response, operation::parse};
    ///
    /// let json =
    ///     r#"{"version":{"id":"v-1","name":"May"},"node":{"subject":"Hello","content":"<p>Hi</p>"}}"#;
    /// let version = parse::<GetVersion>(Response::new(json.into()))?;
    /// assert_eq!(version.email.unwrap().html.as_deref(), Some("<p>Hi</p>"));
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "get_version")]
    pub struct GetVersion { id: EmailId = "LEAK-email", version_id: VersionId = "LEAK-version" }
    "app.design_studio.emails.get_version" =
        GET "/v1/design_studio/emails/{id}/versions/{version_id}" -> VersionContents;
}

entity! {
    /// A version of an e-mail, with what the e-mail said then.
    pub struct VersionContents: Debug {
        /// The version.
        pub version: Version,
        /// The e-mail as it was then.
        pub email: Option<VersionedEmail> = "node",
        /// The components that were in it, as they were then.
        pub components: Vec<VersionedComponent> = "dependencies",
    }
}

returned!(
    VersionContents = r#"{"version":{"id":"2c5ea4c0-4067-11ef-9454-0242ac120002","name":"Before the sale"},
    "node":{"subject":"Hello","content":"<p>Hi</p>"},"dependencies":[]}"#
);

entity! {
    /// An e-mail as it was in a version.
    pub struct VersionedEmail: Debug {
        /// The e-mail.
        pub email_id: Option<EmailId> = "node_id",
        /// The type: an e-mail.
        pub kind: Option<NodeKind> = "node_type",
        /// The name.
        pub name: Option<String>,
        /// The subject.
        pub subject: Option<String>,
        /// The preheader, if it had one: the text that e-mail clients show beside the subject.
        pub preheader_text: Option<String>,
        /// The body as HTML.
        pub html: Option<String> = "content",
        /// The body as AMP, if it had one.
        pub amp: Option<String>,
        /// The body as text without HTML, if it had one.
        pub text: Option<String>,
        /// The sender and the recipients.
        pub envelope: Option<Envelope>,
        /// The transformers that were applied to the HTML.
        pub transformers: Option<Transformers>,
    }
}

entity! {
    /// A component as it was in a version of an e-mail.
    pub struct VersionedComponent: Debug {
        /// The component.
        pub component_id: Option<ComponentId> = "node_id",
        /// The type: a component.
        pub kind: Option<NodeKind> = "node_type",
        /// The name.
        pub name: Option<String>,
        /// The tag by which e-mails have it.
        pub tag: Option<String> = "component_name",
        /// The HTML.
        pub html: Option<String> = "content",
    }
}

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        parse,
        testing::{plain, refused_app, survives_changes, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(GetVersion::new("e-1", "v-1")), plain("GET /v1/design_studio/emails/e-1/versions/v-1"));
        assert_eq!(refused_app(GetVersion::new("", "v-1")).to_string(), "the e-mail's id is empty");
        assert_eq!(refused_app(GetVersion::new("e-1", "")).to_string(), "the version's id is empty");
    }

    #[test]
    fn what_a_version_has_is_read_field_by_field() {
        let contents = json!({
            "version": {"id": "v-1"},
            "node": {
                "node_id": "e-1", "node_type": "EMAIL", "name": "Welcome", "subject": "Hello", "preheader_text": "You?",
                "content": "<p>Hi</p>", "amp": "<html amp4email>", "text": "Hi", "envelope": {"from_id": 3},
                "transformers": {"prevent_widows": {"enabled": true}},
            },
            "dependencies": [
                {"node_id": "c-1", "node_type": "COMPONENT", "name": "Footer", "component_name": "x-footer",
                 "content": "<p>Bye</p>"},
            ],
        });
        let read = parse::<GetVersion>(Response::new(contents.to_string().into())).unwrap();
        assert_eq!((read.version.id.as_str(), read.extra.is_empty()), ("v-1", true));
        let email = read.email.unwrap();
        assert_eq!((email.email_id, email.kind), (Some("e-1".into()), Some(NodeKind::Email)));
        assert_eq!((email.name.as_deref(), email.subject.as_deref()), (Some("Welcome"), Some("Hello")));
        assert_eq!((email.preheader_text.as_deref(), email.html.as_deref()), (Some("You?"), Some("<p>Hi</p>")));
        assert_eq!((email.amp.as_deref(), email.text.as_deref()), (Some("<html amp4email>"), Some("Hi")));
        assert_eq!(email.envelope.unwrap().from_id, Some(3.into()));
        assert_eq!(email.transformers.unwrap().prevent_widows, Some(true.into()));
        let component = &read.components[0];
        assert_eq!((component.component_id.clone(), component.kind.clone()), {
            (Some("c-1".into()), Some(NodeKind::Component))
        });
        assert_eq!((component.name.as_deref(), component.tag.as_deref()), (Some("Footer"), Some("x-footer")));
        assert_eq!(component.html.as_deref(), Some("<p>Bye</p>"));
        survives_changes::<VersionContents>(&contents, &["version", "version/id"]);
        for json in [r#"{"version":{}}"#, r#"{"node":{},"dependencies":[]}"#] {
            assert!(parse::<GetVersion>(Response::new(json.into())).is_err(), "{json}");
        }
    }
}
