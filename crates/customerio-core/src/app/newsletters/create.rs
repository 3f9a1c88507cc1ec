//! `POST /v1/newsletters`: create a newsletter, and optionally send it.

use http::Method;
use serde::Serialize;

use super::{
    Message, Newsletter, Recipients,
    sending::{Pace, pace_setters},
};
use crate::{
    App, Body, BuildError, BuildErrorKind, Limits, Operation, Timestamp, TopicId,
    macros::{opaque_debug, sample, setters},
    text::Text,
    unseen::check_visible,
};

/// The most characters of a newsletter's name.
const NAME: usize = 190;

/// Creates a newsletter: a draft, which [`Schedule`](super::Schedule) or [`Send`](super::Send) send later, or one that
/// goes out [now](Self::with_send_now) or [at a time](Self::with_scheduled_at).
///
/// It is not retried after a lost response, because that would create a second newsletter, and could send it:
/// [`List`](super::List) says whether it is there.
///
/// The service refuses a newsletter without a [topic](Self::with_subscription_topic) where the workspace has a
/// subscription center, and one to a temporary segment.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `Newsletter`.
///
/// Limits: 190 characters of the name; 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/createNewsletter>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{
///     Prepared, app::newsletters::{Create, EmailMessage, Recipients}, limits::Limits,
/// };
///
/// let message = EmailMessage::new("Spring", "<h1>Hi</h1>").with_from(3);
/// let request = Prepared::new(
///     Create::new("Spring sale", Recipients::in_any_segment([42]), message),
///     &Limits::default(),
/// )?;
/// assert!(request.body().starts_with(
///     br#"{"name":"Spring sale","type":"email","subject":"Spring","body":"<h1>Hi</h1>","from_id":3,"recipients":"#
/// ));
/// # Ok::<(), customerio::BuildError>(())
/// ```
///
/// The others are [`SmsMessage`](super::SmsMessage), [`PushMessage`](super::PushMessage),
/// [`InAppMessage`](super::InAppMessage), [`InboxMessage`](super::InboxMessage) and
/// [`WebhookMessage`](super::WebhookMessage).
#[derive(Clone, Serialize)]
#[doc(alias = "create_newsletter")]
pub struct Create {
    name: Text,
    #[serde(flatten)]
    message: Message,
    recipients: Recipients,
    subscription_topic_id: Option<TopicId>,
    send_now: Option<bool>,
    scheduled_at: Option<Timestamp>,
    #[serde(flatten)]
    pace: Pace,
}

impl Create {
    /// Creates a draft with this name and this message, to these people.
    #[must_use]
    pub fn new(name: impl AsRef<str>, recipients: Recipients, message: impl Into<Message>) -> Self {
        Self {
            name: Text::new(name),
            message: message.into(),
            recipients,
            subscription_topic_id: None,
            send_now: None,
            scheduled_at: None,
            pace: Pace::default(),
        }
    }

    /// Sends it at once, and not [at a time](Self::with_scheduled_at): the last of the two wins.
    #[must_use]
    pub fn with_send_now(mut self) -> Self {
        (self.send_now, self.scheduled_at) = (Some(true), None);
        self
    }

    /// Sends it at this time, which is in the future, and not [at once](Self::with_send_now): the last of the two wins.
    #[must_use]
    pub fn with_scheduled_at(mut self, time: impl Into<Timestamp>) -> Self {
        (self.send_now, self.scheduled_at) = (None, Some(time.into()));
        self
    }

    setters! {
        /// The subscription topic: only people who are subscribed to it get it.
        with_subscription_topic, subscription_topic_id: into TopicId;
    }
    pace_setters! {}
}

impl Operation for Create {
    type Api = App;
    type Output = Newsletter;
    const NAME: &'static str = "app.newsletters.create";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/newsletters";

    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        check_visible("the newsletter's name", &self.name)?;
        let length = self.name.chars().count();
        if length > NAME {
            let problem = format!("it has {length} characters, and the limit is {NAME}");
            return Err(BuildError::new("the newsletter's name", BuildErrorKind::Invalid(problem.into())));
        }
        self.message.check()?;
        self.recipients.check()?;
        self.subscription_topic_id.map_or(Ok(()), TopicId::check)?;
        if self.scheduled_at.is_some_and(|time| time.unix_seconds() <= 0) {
            let reason = "it must be in the future";
            return Err(BuildError::new("the time of the newsletter", BuildErrorKind::Invalid(reason.into())));
        }
        self.pace.check()?;
        Body::json(&self)
    }
}

opaque_debug!(Create);
sample!(Create:
    Self::new(
        "LEAK-name",
        Recipients::in_any_segment([42])
            .and(Recipients::in_no_segment([7]))
            .and(Recipients::attribute_equals("LEAK-field", "LEAK-value"))
            .and(Recipients::attribute_is_missing("LEAK-field")),
        super::EmailMessage::new("LEAK-subject", "LEAK-body")
            .with_plain_body("LEAK-plain")
            .with_preheader_text("LEAK-preheader")
            .with_from_address("LEAK-name <LEAK@example.com>")
            .with_layout(2),
    )
    .with_subscription_topic(5)
    .with_scheduled_at(1_900_000_000)
    .with_rate(super::SendingRate::per_hour(500))
    .with_spread(true);
    Self::of_sample(super::EmailMessage::new("LEAK-subject", "LEAK-body").with_from(3)).with_send_now();
    Self::of_sample(super::SmsMessage::new("LEAK-body"));
    Self::of_sample(super::PushMessage::new("LEAK-body").with_title("LEAK-title"));
    Self::of_sample(super::InAppMessage::new(serde_json::json!({"message_id": "LEAK-message"})));
    Self::of_sample(super::InboxMessage::new(serde_json::json!({"type": "LEAK-type"})));
    Self::of_sample(super::WebhookMessage::new(Method::POST, "https://LEAK-host", "LEAK-body")));

#[cfg(feature = "samples")]
impl Create {
    fn of_sample(message: impl Into<Message>) -> Self {
        Self::new("LEAK-name", Recipients::in_any_segment([42]), message)
    }
}

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        Replay,
        app::{
            Channel,
            newsletters::{
                EmailMessage, InAppMessage, InboxMessage, PushMessage, SendingRate, SmsMessage, WebhookMessage,
            },
        },
        parse,
        testing::{body, refused_app, survives_changes, wire_app},
    };

    fn to_all(message: impl Into<Message>) -> Create {
        Create::new("a", Recipients::in_any_segment([1]), message)
    }

    #[test]
    fn the_whole_request() {
        let message = EmailMessage::new("Spring", "<b>Hi</b>")
            .with_plain_body("Hi")
            .with_preheader_text("News")
            .with_from(3)
            .with_layout(2);
        let create = Create::new("Spring sale", Recipients::in_any_segment([42]), message)
            .with_subscription_topic(5)
            .with_send_now()
            .with_scheduled_at(1_900_000_000)
            .with_rate(SendingRate::per_hour(500))
            .with_spread(true);
        assert_eq!(create.replay(), Replay::OnlyIfNotSent);
        assert_eq!(
            wire_app(create),
            "POST https://api.customer.io/v1/newsletters\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 332\n\
             \n\
             {\"name\":\"Spring sale\",\"type\":\"email\",\"subject\":\"Spring\",\"body\":\"<b>Hi</b>\",\
             \"body_plain\":\"Hi\",\"preheader_text\":\"News\",\"from_id\":3,\"layout_id\":2,\
             \"recipients\":{\"and\":[{\"or\":[{\"segment\":{\"id\":42}}]}]},\"subscription_topic_id\":5,\
             \"scheduled_at\":1900000000,\"rate_limit_email_rate\":500,\"rate_limit_time_period\":3600,\
             \"rate_limit_spread\":true}"
        );
    }

    #[test]
    fn each_way_has_fields_of_its_own() {
        let rest = r#""recipients":{"and":[{"or":[{"segment":{"id":1}}]}]}}"#;
        for (create, message) in [
            (to_all(SmsMessage::new("Hi")), r#""type":"twilio","body":"Hi""#),
            (to_all(PushMessage::new("Hi")), r#""type":"push","body":"Hi""#),
            (to_all(PushMessage::titled("Hi")), r#""type":"push","subject":"Hi""#),
            (to_all(PushMessage::new("Hi").with_title("Sale")), r#""type":"push","subject":"Sale","body":"Hi""#),
            (
                to_all(InAppMessage::new(json!({"message_id": "welcome"}))),
                r#""type":"in_app","body_json":"{\"message_id\":\"welcome\"}""#,
            ),
            (
                to_all(InboxMessage::new(json!({"properties": {"title": "Hi"}}))),
                r#""type":"inbox","body_json":"{\"properties\":{\"title\":\"Hi\"}}""#,
            ),
            (
                to_all(WebhookMessage::new(Method::PATCH, "https://a.example", "{}")),
                r#""type":"webhook","request_method":"PATCH","url":"https://a.example","body":"{}""#,
            ),
            (
                to_all(EmailMessage::new("a", "b").with_from(3).with_from_address("A <a@example.com>")),
                r#""type":"email","subject":"a","body":"b","from":"A <a@example.com>""#,
            ),
            (
                to_all(EmailMessage::new("a", "b").with_from_address("a@example.com").with_from(3)),
                r#""type":"email","subject":"a","body":"b","from_id":3"#,
            ),
        ] {
            assert_eq!(body(create), format!(r#"{{"name":"a",{message},{rest}"#));
        }
    }

    #[test]
    fn when_and_how_fast_it_goes_out_is_said_in_one_way() {
        let create = || to_all(SmsMessage::new("Hi"));
        for (create, expected) in [
            (create().with_send_now(), r#","send_now":true}"#),
            (create().with_scheduled_at(1_900_000_000).with_send_now(), r#","send_now":true}"#),
            (create().with_spread(false), r#","rate_limit_spread":false}"#),
            (
                create().with_rate(SendingRate::per_minute(1)),
                r#","rate_limit_email_rate":1,"rate_limit_time_period":60}"#,
            ),
            (
                create().with_rate(SendingRate::per_day(9)),
                r#","rate_limit_email_rate":9,"rate_limit_time_period":86400}"#,
            ),
        ] {
            let json = body(create);
            assert!(json.ends_with(&format!("]}}]}}{expected}")), "{json}");
        }
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        let email = EmailMessage::new("a", "b");
        let webhook = |method| to_all(WebhookMessage::new(method, "https://a.example", ""));
        let sms = || SmsMessage::new("Hi");
        let to = Recipients::in_any_segment([1]);
        assert!(Create::new("é".repeat(190), to.clone(), sms()).body(&Limits::default()).is_ok());
        for (create, expected) in [
            (Create::new(" ", to.clone(), sms()), "the newsletter's name has only whitespace or invisible characters"),
            (
                Create::new("é".repeat(191), to, sms()),
                "the newsletter's name is not valid: it has 191 characters, and the limit is 190",
            ),
            (
                Create::new("a", Recipients::in_any_segment([0]), sms()),
                "the segment's id is not valid: it must be a positive number",
            ),
            (to_all(EmailMessage::new("", "b")), "the subject is empty"),
            (
                to_all(EmailMessage::new("a\nBcc: b", "b")),
                "the subject is not valid: it has a line break or another control character at byte 1",
            ),
            (to_all(EmailMessage::new("a", "")), "the body is empty"),
            (
                to_all(email.clone().with_preheader_text("a\rb")),
                "the preheader text is not valid: it has a line break or another control character at byte 1",
            ),
            (to_all(email.clone().with_from_address("")), "the sender is empty"),
            (
                to_all(email.clone().with_from_address("a\nb")),
                "the sender is not valid: it has a line break or another control character at byte 1",
            ),
            (to_all(email.clone().with_from(0)), "the sender's id is not valid: it must be a positive number"),
            (to_all(email.with_layout(0)), "the layout's id is not valid: it must be a positive number"),
            (to_all(SmsMessage::new("")), "the body is empty"),
            (to_all(PushMessage::new("")), "the body is empty"),
            (to_all(PushMessage::new("a").with_title("")), "the title is empty"),
            (to_all(InAppMessage::new(r#"{"message_id":"a"}"#)), "the body must be an object, not text"),
            (to_all(InboxMessage::new(())), "the body is empty"),
            (
                webhook(Method::HEAD),
                "the HTTP method of the webhook is not valid: it must be DELETE, GET, POST, PUT or PATCH",
            ),
            (to_all(WebhookMessage::new(Method::PUT, "", "")), "the URL of the webhook is empty"),
            (to_all(sms()).with_subscription_topic(0), "the topic's id is not valid: it must be a positive number"),
            (to_all(sms()).with_scheduled_at(0), "the time of the newsletter is not valid: it must be in the future"),
            (
                to_all(sms()).with_scheduled_at(1_900_000_000_000),
                "`scheduled_at` cannot be encoded: it is not a time in seconds; it can only be milliseconds",
            ),
            (
                to_all(sms()).with_rate(SendingRate::per_day(0)),
                "the rate of the newsletter is not valid: it must be at least one message",
            ),
        ] {
            assert_eq!(refused_app(create).to_string(), expected);
        }
        for method in [Method::DELETE, Method::GET, Method::POST, Method::PUT, Method::PATCH] {
            assert!(webhook(method).body(&Limits::default()).is_ok());
        }
    }

    #[test]
    fn a_newsletter_is_read_field_by_field() {
        let newsletter = json!({
            "id": 7, "name": "Spring sale", "type": "inbox", "content_ids": ["90", 91], "recipient_segment_ids": [42],
            "subscription_topic_id": 5, "tags": ["sale"], "deduplicate_id": "7:1700000000", "created": 1_690_000_000,
            "updated": 1_700_000_000, "sent_at": 1_710_000_000,
        });
        let json = json!({"newsletter": newsletter}).to_string();
        let read = parse::<Create>(Response::new(json.into())).unwrap();
        assert_eq!(
            (read.id, read.name.as_deref(), read.channel),
            (7.into(), Some("Spring sale"), Some(Channel::Inbox))
        );
        assert_eq!((read.content_ids, read.recipient_segment_ids), (vec![90.into(), 91.into()], vec![42.into()]));
        assert_eq!((read.subscription_topic_id, read.tags), (Some(5.into()), vec!["sale".to_owned()]));
        assert_eq!(read.deduplicate_id.as_deref(), Some("7:1700000000"));
        assert_eq!(
            (read.created, read.updated, read.sent_at),
            (Some(1_690_000_000.into()), Some(1_700_000_000.into()), Some(1_710_000_000.into()))
        );
        assert!(read.extra.is_empty());
        survives_changes::<Newsletter>(&newsletter, &["id"]);
        for json in ["{}", r#"{"newsletter":null}"#, r#"{"newsletter":{"name":"a"}}"#, r#"{"id":7}"#] {
            assert!(parse::<Create>(Response::new(json.into())).is_err(), "{json}");
        }
    }
}
