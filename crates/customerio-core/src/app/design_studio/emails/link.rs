//! `POST /v1/design_studio/emails/{id}/link`: tie an e-mail to a message.

use http::Method;
use serde::{Serialize, Serializer, ser::SerializeStruct as _};

use crate::{
    ActionId, App, Body, BuildError, EmailId, Limits, NewsletterId, Operation, Path, Quota, TemplateId,
    TransactionalId,
    entity::{entity, open_enum, returned},
    macros::{opaque_debug, sample, setters},
    path::Part,
};

/// Links an e-mail to a message: a transactional message, a newsletter, or an action of a campaign or of a broadcast.
///
/// [`Publish`](super::Publish) puts the content of the e-mail into the message.
///
/// The service refuses, with the status 400, an e-mail that is already linked to a message, and a translation; with the
/// status 409 a message that is linked to another e-mail, unless it is [forced](Self::with_force). It is not retried
/// after a lost response, because the second request could be refused: [`Get`](super::Get) says whether the e-mail is
/// linked.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `Linked`.
///
/// Limits: 5 requests a second for the workspace, together with the others that render or publish.
/// <https://docs.customer.io/integrations/api/app/#operation/linkEmail>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::design_studio::emails::Link, ids::NewsletterId, limits::Limits};
///
/// let link = Link::new("7f1f1d3c-9d1a-4b53-8c3e-2f0f6f3f5a11", NewsletterId::from(10));
/// let request = Prepared::new(link, &Limits::default())?;
/// assert_eq!(request.body(), r#"{"target":{"type":"newsletter","newsletter_id":10}}"#);
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Serialize)]
#[doc(alias = "link_email")]
pub struct Link {
    #[serde(skip)]
    id: EmailId,
    target: LinkTarget,
    force: Option<bool>,
}

/// The message that an e-mail is linked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LinkTarget {
    /// A transactional message.
    TransactionalMessage(TransactionalId),
    /// A newsletter.
    Newsletter(NewsletterId),
    /// An action of a campaign or of a broadcast.
    Action(ActionId),
}

impl LinkTarget {
    /// As the service writes what it is, and the name of the field with its number.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::TransactionalMessage(_) => ("transactional_message", "transactional_message_id"),
            Self::Newsletter(_) => ("newsletter", "newsletter_id"),
            Self::Action(_) => ("campaign_action", "action_id"),
        }
    }

    fn check(self) -> Result<(), BuildError> {
        match self {
            Self::TransactionalMessage(id) => id.check(),
            Self::Newsletter(id) => id.check(),
            Self::Action(id) => id.check(),
        }
    }
}

impl Serialize for LinkTarget {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (kind, name) = self.names();
        let mut target = serializer.serialize_struct("LinkTarget", 2)?;
        target.serialize_field("type", kind)?;
        match self {
            Self::TransactionalMessage(id) => target.serialize_field(name, id)?,
            Self::Newsletter(id) => target.serialize_field(name, id)?,
            Self::Action(id) => target.serialize_field(name, id)?,
        }
        target.end()
    }
}

impl From<TransactionalId> for LinkTarget {
    fn from(id: TransactionalId) -> Self {
        Self::TransactionalMessage(id)
    }
}

impl From<NewsletterId> for LinkTarget {
    fn from(id: NewsletterId) -> Self {
        Self::Newsletter(id)
    }
}

impl From<ActionId> for LinkTarget {
    fn from(id: ActionId) -> Self {
        Self::Action(id)
    }
}

entity! {
    /// An e-mail that is linked to a message.
    pub struct Linked: Debug {
        /// The e-mail.
        pub email_id: Option<EmailId> = "node_id",
        /// The message.
        pub target: Option<LinkedMessage>,
        /// The template of the message that gets the content of the e-mail.
        pub template_id: Option<TemplateId>,
    }
}

returned!(Linked with "target" =
    r#"{"node_id":"7f1f1d3c-9d1a-4b53-8c3e-2f0f6f3f5a11","target":{"type":"newsletter","newsletter_id":10},"template_id":7}"#);

entity! {
    /// The message that an e-mail is linked to, as responses have it.
    pub struct LinkedMessage: Debug {
        /// The type, which determines which of the ids are present.
        pub kind: Option<LinkKind> = "type",
        /// The number of the transactional message.
        pub transactional_message_id: Option<TransactionalId>,
        /// The number of the newsletter.
        pub newsletter_id: Option<NewsletterId>,
        /// The number of the action of a campaign or of a broadcast.
        pub action_id: Option<ActionId>,
    }
}

open_enum! {
    /// The type of a message that an e-mail is linked to.
    pub enum LinkKind {
        /// A transactional message.
        TransactionalMessage = "transactional_message",
        /// A newsletter.
        Newsletter = "newsletter",
        /// An action of a campaign or of a broadcast.
        Action = "campaign_action",
    }
}

impl Link {
    /// Links the e-mail with this id to this message: pass a [`TransactionalId`], a [`NewsletterId`] or an
    /// [`ActionId`].
    #[must_use]
    pub fn new(id: impl Into<EmailId>, target: impl Into<LinkTarget>) -> Self {
        Self { id: id.into(), target: target.into(), force: None }
    }

    setters! {
        /// Whether it replaces another e-mail that the message is linked to. Default: false.
        with_force, force: bool;
    }
}

impl Operation for Link {
    type Api = App;
    type Output = Linked;
    const NAME: &'static str = "app.design_studio.emails.link";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/design_studio/emails/{id}/link";
    const QUOTA: Quota = Quota::DesignStudio;

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.id.write(path)
    }
    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        self.target.check()?;
        Body::json(&self)
    }
}

opaque_debug!(Link);
sample!(Link: Self::new("LEAK-email", ActionId::from(96)).with_force(true);
    Self::new("LEAK-email", NewsletterId::from(10));
    Self::new("LEAK-email", TransactionalId::from(44)));

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
        let link = Link::new("e-1", TransactionalId::from(44)).with_force(true);
        assert_eq!((link.replay(), Link::QUOTA), (Replay::OnlyIfNotSent, Quota::DesignStudio));
        assert_eq!(
            wire_app(link),
            "POST https://api.customer.io/v1/design_studio/emails/e-1/link\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 86\n\
             \n\
             {\"target\":{\"type\":\"transactional_message\",\"transactional_message_id\":44},\"force\":true}"
        );
        for (target, expected) in [
            (LinkTarget::Newsletter(10.into()), r#"{"target":{"type":"newsletter","newsletter_id":10}}"#),
            (ActionId::from(96).into(), r#"{"target":{"type":"campaign_action","action_id":96}}"#),
        ] {
            assert_eq!(body(Link::new("e-1", target)), expected);
        }
    }

    #[test]
    fn what_cannot_be_linked_is_refused() {
        for (target, expected) in [
            (LinkTarget::from(TransactionalId::from(0)), "the transactional message's id"),
            (NewsletterId::from(0).into(), "the newsletter's id"),
            (ActionId::from(-1).into(), "the action's id"),
        ] {
            let error = refused_app(Link::new("e-1", target)).to_string();
            assert_eq!(error, format!("{expected} is not valid: it must be a positive number"));
        }
        assert_eq!(refused_app(Link::new("", ActionId::from(1))).to_string(), "the e-mail's id is empty");
    }

    #[test]
    fn the_response_has_the_message() {
        let linked = json!({
            "node_id": "e-1", "template_id": 7,
            "target": {"type": "campaign_action", "action_id": 96, "newsletter_id": 1, "transactional_message_id": 2},
        });
        let read = parse::<Link>(Response::new(linked.to_string().into())).unwrap();
        assert_eq!((read.email_id.as_ref(), read.template_id), (Some(&"e-1".into()), Some(7.into())));
        let target = read.target.as_ref().unwrap();
        assert_eq!((target.kind.as_ref(), target.action_id), (Some(&LinkKind::Action), Some(96.into())));
        assert_eq!((target.newsletter_id, target.transactional_message_id), (Some(1.into()), Some(2.into())));
        assert!(read.extra.is_empty() && target.extra.is_empty());
        survives_changes::<Linked>(&linked, &[]);
        assert!(parse::<Link>(Response::new("{}".into())).is_err());
    }
}
