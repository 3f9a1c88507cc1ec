//! `GET /v1/campaigns/{campaign_id}/actions`: what a campaign does, page by page.

use crate::{CampaignId, Cursor, Page, app::Action, macros::plain, page::paged};

plain! {
    /// Lists the actions of a campaign, page by page: [`Client::items`](crate::Client::items) reads them all.
    ///
    /// They are its messages and its other steps.
    ///
    /// Limits: 10 actions a page, which cannot be changed; 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/listCampaignActions>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{
    ///     Prepared, app::campaigns::ListActions, http::Response, limits::Limits, operation::parse,
    ///     page::Paged as _,
    /// };
    ///
    /// let page = parse::<ListActions>(Response::new(
    ///     r#"{"actions":[{"id":"7","subject":"Hello"}],"next":"Mg=="}"#.into(),
    /// ))?;
    /// assert_eq!(page.items[0].subject.as_deref(), Some("Hello"));
    ///
    /// let list = ListActions::new(46);
    /// let next = list.next(&page).expect("there is another page");
    /// let request = Prepared::new(list.starting_at(&next), &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/campaigns/46/actions?start=Mg%3D%3D");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "list_campaign_actions")]
    pub struct ListActions { campaign_id: CampaignId = 46 }
    "app.campaigns.list_actions" = GET "/v1/campaigns/{campaign_id}/actions" -> Page<Action>;
    query {
        /// Sets the start of the page: the [`Page::next`] of the page before.
        with_start, start: into Cursor = "LEAK-start";
    }
}

paged!(ListActions of Action);

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        Pages,
        app::{Channel, SendingState},
        parse,
        testing::{plain, refused_app, survives_changes, wire_app},
    };

    /// An action of each of the four shapes.
    fn actions() -> Vec<Value> {
        vec![
            json!({
                "id": 7, "campaign_id": 46, "parent_action_id": 6, "deduplicate_id": "7:1552341938", "name": "Welcome",
                "layout": "plain", "created": 1_552_341_937, "updated": 1_552_341_938, "body": "<p>Hello</p>",
                "type": "email", "sending_state": "automatic", "language": "", "from": "Shop <shop@example.com>",
                "from_id": 3, "reply_to": "help@example.com", "reply_to_id": 4, "preprocessor": "premailer",
                "recipient": "{{customer.email}}", "subject": "Hello", "cc": "cc@example.com",
                "bcc": "bcc@example.com", "fake_bcc": true, "preheader_text": "At last", "body_amp": "<html amp>",
                "headers": "[{\"name\":\"X-Shop\",\"value\":\"1\"}]",
            }),
            json!({
                "id": "8", "campaign_id": 46, "type": "twilio", "body": "Hello", "language": "fr", "recipient": "",
                "image_url": "https://example.com/a.png", "sending_state": "draft",
            }),
            json!({
                "id": 9, "campaign_id": 46, "type": "whatsapp", "body": "{\"template_parameters\":{}}",
                "body_json": "{}", "sender_identity_id": 5, "send_to_unsubscribed": false, "tracked": true,
            }),
            json!({
                "id": 10, "campaign_id": 46, "type": "webhook", "url": "https://example.com/hook", "method": "post",
                "headers": "{\"X-Key\":\"1\"}", "sending_state": "off",
            }),
        ]
    }

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(ListActions::new(46)), plain("GET /v1/campaigns/46/actions"));
        assert_eq!(wire_app(ListActions::new(46).with_start("a+b")), plain("GET /v1/campaigns/46/actions?start=a%2Bb"));
        assert_eq!(
            refused_app(ListActions::new(0)).to_string(),
            "the campaign's id is not valid: it must be a positive number"
        );
    }

    #[test]
    fn an_action_of_each_shape_is_read_field_by_field() {
        let json = json!({"actions": actions()}).to_string();
        let page = parse::<ListActions>(Response::new(json.into())).unwrap();
        let [email, sms, whatsapp, webhook] = &page.items[..] else { panic!("{page:?}") };
        assert_eq!((email.id, email.campaign_id, email.parent_action_id), (7.into(), Some(46.into()), Some(6.into())));
        assert_eq!(
            (email.channel.as_ref(), email.sending_state.as_ref()),
            (Some(&Channel::Email), Some(&SendingState::Automatic))
        );
        assert_eq!((email.deduplicate_id.as_deref(), email.name.as_deref()), (Some("7:1552341938"), Some("Welcome")));
        assert_eq!((email.created, email.updated), (Some(1_552_341_937.into()), Some(1_552_341_938.into())));
        assert_eq!((email.from_id, email.reply_to_id, email.fake_bcc), (Some(3.into()), Some(4.into()), Some(true)));
        for (field, expected) in [
            (&email.language, ""),
            (&email.layout, "plain"),
            (&email.subject, "Hello"),
            (&email.preheader_text, "At last"),
            (&email.body, "<p>Hello</p>"),
            (&email.body_amp, "<html amp>"),
            (&email.preprocessor, "premailer"),
            (&email.from, "Shop <shop@example.com>"),
            (&email.reply_to, "help@example.com"),
            (&email.recipient, "{{customer.email}}"),
            (&email.cc, "cc@example.com"),
            (&email.bcc, "bcc@example.com"),
            (&email.headers, "[{\"name\":\"X-Shop\",\"value\":\"1\"}]"),
            (&sms.language, "fr"),
            (&sms.image_url, "https://example.com/a.png"),
            (&whatsapp.body, "{\"template_parameters\":{}}"),
            (&whatsapp.body_json, "{}"),
            (&webhook.url, "https://example.com/hook"),
            (&webhook.method, "post"),
            (&webhook.headers, "{\"X-Key\":\"1\"}"),
        ] {
            assert_eq!(field.as_deref(), Some(expected));
        }
        assert_eq!(
            (whatsapp.sender_identity_id, whatsapp.send_to_unsubscribed, whatsapp.tracked),
            (Some(5.into()), Some(false), Some(true))
        );
        for (json, action) in actions().iter().zip(&page.items) {
            assert!(action.extra.is_empty(), "{action:?}");
            survives_changes::<Action>(json, &["id"]);
        }
    }

    #[test]
    fn an_id_in_text_and_a_null_are_read() {
        let json = r#"{"actions":[{"id":"3","from_id":"4","reply_to_id":null}],"next":""}"#;
        let page = parse::<ListActions>(Response::new(json.into())).unwrap();
        let action = &page.items[0];
        assert_eq!((action.id, action.from_id, action.reply_to_id), (3.into(), Some(4.into()), None));
        assert!(page.next.is_none());
        let empty = parse::<ListActions>(Response::new(r#"{"actions":null}"#.into())).unwrap();
        assert!(empty.items.is_empty());
    }

    #[test]
    fn the_pages_follow_each_other() {
        let mut pages = Pages::new(ListActions::new(46));
        let mut lines = Vec::new();
        for json in
            [r#"{"actions":[{"id":1}],"next":"Mg=="}"#, r#"{"actions":[],"next":"Mw=="}"#, r#"{"actions":[{"id":2}]}"#]
        {
            lines.push(wire_app(pages.next_call().unwrap().clone()));
            pages.receive(&parse::<ListActions>(Response::new(json.into())).unwrap()).unwrap();
        }
        assert!(pages.next_call().is_none());
        assert_eq!(
            lines,
            ["", "?start=Mg%3D%3D", "?start=Mw%3D%3D"]
                .map(|query| plain(&format!("GET /v1/campaigns/46/actions{query}")))
        );
    }
}
