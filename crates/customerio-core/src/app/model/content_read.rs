//! What a message says, as responses have it.

use bytes::Bytes;
use http::Response;

use super::Channel;
use crate::{
    ContentId, DecodeFailure, FromResponse, NewsletterId, SenderId, Timestamp,
    entity::{Entity as _, entity, fields, missing},
    fields::{Fields, list},
    page::listed,
};

entity! {
    /// The content of a newsletter or a transactional message, in a language or for a group of an A/B test.
    ///
    /// Which fields it has depends on its channel.
    #[doc(alias = "variant")]
    #[doc(alias = "translation")]
    pub struct Content: Debug {
        /// The id.
        pub id: ContentId,
        /// The newsletter that it is of.
        pub newsletter_id: Option<NewsletterId>,
        /// The id and the time of the last change: the value differs after each change. It is not an idempotency key.
        pub deduplicate_id: Option<String>,
        /// The name, or that of the transactional message.
        pub name: Option<String>,
        /// The channel.
        pub channel: Option<Channel> = "type",
        /// When it was created. Only for transactional messages.
        pub created: Option<Timestamp>,
        /// When it was last changed. Only for transactional messages.
        pub updated: Option<Timestamp>,
        /// The language; empty if it has none.
        pub language: Option<String>,
        /// The layout around the body. Only for newsletters.
        pub layout: Option<String>,
        /// The subject of an e-mail, or the title of a push message.
        pub subject: Option<String>,
        /// The preheader: the text that e-mail clients show beside the subject.
        pub preheader_text: Option<String>,
        /// The body.
        pub body: Option<String>,
        /// The body of an e-mail as AMP.
        pub body_amp: Option<String>,
        /// The CSS preprocessor, such as `premailer`.
        pub preprocessor: Option<String>,
        /// The address of the sender.
        pub from: Option<String>,
        /// The number of the sender.
        pub from_id: Option<SenderId>,
        /// The address that gets the replies.
        pub reply_to: Option<String>,
        /// The number of the sender who gets the replies.
        pub reply_to_id: Option<SenderId>,
        /// The recipient, usually as Liquid.
        pub recipient: Option<String>,
        /// The recipients of a copy.
        pub cc: Option<String>,
        /// The recipients of a blind copy.
        pub bcc: Option<String>,
        /// Whether hidden copies have the recipient in their subject.
        pub fake_bcc: Option<bool>,
        /// The headers of an e-mail or a webhook: JSON in text, a list of objects with `name` and `value`.
        pub headers: Option<String>,
    }
}

listed!(Content in "contents" = r#"{"id":90,"newsletter_id":7,"type":"email","language":"fr","subject":"Bonjour"}"#);

/// Some responses have it in a list of one.
impl FromResponse for Content {
    const EXAMPLE: &'static str =
        r#"{"content":{"id":90,"newsletter_id":7,"type":"email","language":"fr","subject":"Bonjour"}}"#;
    #[cfg(feature = "samples")]
    const SHAPE: crate::Shape = crate::Shape::Object(&[(&["content"], &<Self as crate::fields::Read>::SHAPE)]);

    fn from_response(response: &Response<Bytes>) -> Result<Self, DecodeFailure> {
        let json = fields(response)?.get("content").ok_or_else(|| missing("content"))?;
        let mut contents =
            list(json, &mut None, |json| Fields::new(json).map(|mut fields| Self::from_fields(&mut fields)));
        match contents.len() {
            1 => contents.remove(0).map_err(missing),
            count => Err(DecodeFailure::new(format!("has {count} objects in `content` and not one"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::survives_changes;

    fn read(json: &str) -> Result<Content, String> {
        Content::from_response(&Response::new(json.to_owned().into())).map_err(|error| error.to_string())
    }

    #[test]
    fn it_is_read_with_and_without_a_list_around_it() {
        for json in [r#"{"content":{"id":"90","subject":"Bonjour"}}"#, r#"{"content":[{"id":90,"subject":"Bonjour"}]}"#]
        {
            let content = read(json).unwrap();
            assert_eq!((content.id, content.subject.as_deref()), (90.into(), Some("Bonjour")), "{json}");
        }
        for (json, expected) in [
            ("{}", "the body has no `content`"),
            (r#"{"content":null}"#, "the body has 0 objects in `content` and not one"),
            (r#"{"content":[]}"#, "the body has 0 objects in `content` and not one"),
            (r#"{"content":"Bonjour"}"#, "the body has 0 objects in `content` and not one"),
            (r#"{"content":[{"id":1},{"id":2}]}"#, "the body has 2 objects in `content` and not one"),
            (r#"{"content":{"subject":"Bonjour"}}"#, "the body has no `id`"),
            (r#"{"content":[{"subject":"Bonjour"}]}"#, "the body has no `id`"),
        ] {
            assert_eq!(read(json).unwrap_err(), expected, "{json}");
        }
    }

    #[test]
    fn it_is_read_field_by_field() {
        let example = json!({
            "id": 90,
            "newsletter_id": 7,
            "deduplicate_id": "90:1700000000",
            "name": "Spring",
            "type": "email",
            "created": 1_690_000_000,
            "updated": 1_700_000_000,
            "language": "fr",
            "layout": "<body>{{content}}</body>",
            "subject": "Bonjour",
            "preheader_text": "Du nouveau",
            "body": "<b>Salut</b>",
            "body_amp": "<html amp4email>",
            "preprocessor": "premailer",
            "from": "Shop <a@example.com>",
            "from_id": 3,
            "reply_to": "b@example.com",
            "reply_to_id": 4,
            "recipient": "{{customer.email}}",
            "cc": "c@example.com",
            "bcc": "d@example.com",
            "fake_bcc": true,
            "headers": "[{\"name\":\"X-Tag\",\"value\":\"spring\"}]",
        });
        let content: Content = serde_json::from_value(example.clone()).unwrap();
        assert!(content.extra.is_empty());
        assert_eq!(
            (content.id, content.newsletter_id, content.channel.as_ref()),
            (90.into(), Some(7.into()), Some(&Channel::Email))
        );
        let texts = [
            (&content.deduplicate_id, "90:1700000000"),
            (&content.name, "Spring"),
            (&content.language, "fr"),
            (&content.layout, "<body>{{content}}</body>"),
            (&content.subject, "Bonjour"),
            (&content.preheader_text, "Du nouveau"),
            (&content.body, "<b>Salut</b>"),
            (&content.body_amp, "<html amp4email>"),
            (&content.preprocessor, "premailer"),
            (&content.from, "Shop <a@example.com>"),
            (&content.reply_to, "b@example.com"),
            (&content.recipient, "{{customer.email}}"),
            (&content.cc, "c@example.com"),
            (&content.bcc, "d@example.com"),
            (&content.headers, r#"[{"name":"X-Tag","value":"spring"}]"#),
        ];
        for (field, expected) in texts {
            assert_eq!(field.as_deref(), Some(expected));
        }
        assert_eq!(
            (content.from_id, content.reply_to_id, content.fake_bcc),
            (Some(3.into()), Some(4.into()), Some(true))
        );
        assert_eq!(
            (content.created, content.updated),
            (Some(1_690_000_000_i64.into()), Some(1_700_000_000_i64.into()))
        );
        survives_changes::<Content>(&example, &["id"]);
    }
}
