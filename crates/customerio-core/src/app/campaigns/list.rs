//! `GET /v1/campaigns`: every campaign of the workspace.

use super::Campaign;
use crate::{Page, macros::plain};

plain! {
    /// Lists the campaigns of the workspace, all at once.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Page<Campaign>`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/listCampaigns>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::{RunState, campaigns::List}, http::Response, operation::parse};
    ///
    /// let json =
    ///     r#"{"campaigns":[{"id":46,"name":"Welcome","state":"running"},{"id":47,"state":"draft"}]}"#;
    /// let campaigns = parse::<List>(Response::new(json.into()))?.items;
    /// assert_eq!(campaigns[0].name.as_deref(), Some("Welcome"));
    /// assert_eq!(campaigns[1].state, Some(RunState::Draft));
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "list_campaigns")]
    pub struct List {}
    "app.campaigns.list" = GET "/v1/campaigns" -> Page<Campaign>;
}

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        app::{
            RunState,
            campaigns::{CampaignKind, Frequency},
        },
        parse,
        testing::{plain, survives_changes, wire_app},
    };

    /// A campaign of each kind.
    fn campaigns() -> Vec<Value> {
        let with = |id: u64, kind: &str, more: Value| {
            let mut campaign = json!({
                "id": id, "deduplicate_id": format!("{id}:1552341938"), "name": "Welcome", "description": "For trials",
                "type": kind, "created": 1_552_341_937, "updated": 1_552_341_938, "active": true, "state": "running",
                "actions": [{"type": "email", "id": 259}], "first_started": 1_552_341_939, "tags": ["new", "trial"],
                "filter_segment_ids": [21, 42],
            });
            campaign.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            campaign
        };
        let audience = json!({
            "type": 1, "person_filters": {"and": [{"attribute": {"field": "plan"}}]}, "relationship_filters": "{\"and\":[]}",
        });
        let object = json!({
            "object_type_id": 2, "filter_object_attributes": "{\"and\":[]}", "filter_relationship_attributes": {"or": []},
            "audience": audience,
        });
        let with_object = |id: u64, kind: &str, more: Value| {
            let mut all = object.clone();
            all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            with(id, kind, all)
        };
        vec![
            with(1, "segment", json!({"trigger_segment_ids": [90], "msg_templates": [{"type": "sms", "id": 12}]})),
            with(2, "event", json!({"event_name": "purchase"})),
            with(3, "form", json!({})),
            with(
                4,
                "date",
                json!({
                    "frequency": "yearly", "date_attribute": "birthday", "timezone": "America/Chicago",
                    "use_customer_timezone": false, "start_hour": 9, "start_minutes": 30,
                }),
            ),
            with_object(5, "relationship", json!({"relationship_attribute_triggers": "{\"and\":[{}]}"})),
            with_object(6, "object", json!({"object_attribute_triggers": {"and": [{}]}})),
            with(7, "webhook", json!({"webhook_id": 77})),
        ]
    }

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(List::new()), plain("GET /v1/campaigns"));
    }

    #[test]
    fn a_campaign_of_each_kind_is_read_field_by_field() {
        let json = json!({"campaigns": campaigns()}).to_string();
        let page = parse::<List>(Response::new(json.into())).unwrap();
        assert!(page.next.is_none() && page.extra.is_empty());
        let [segment, event, form, date, relationship, object, webhook] = &page.items[..] else { panic!("{page:?}") };
        for (campaign, kind) in page.items.iter().zip([
            CampaignKind::Segment,
            CampaignKind::Event,
            CampaignKind::Form,
            CampaignKind::Date,
            CampaignKind::Relationship,
            CampaignKind::Object,
            CampaignKind::Webhook,
        ]) {
            assert_eq!(campaign.kind, Some(kind));
            assert!(campaign.extra.is_empty(), "{campaign:?}");
        }
        assert_eq!((form.id, form.name.as_deref()), (3.into(), Some("Welcome")));
        assert_eq!(
            (form.description.as_deref(), form.deduplicate_id.as_deref()),
            (Some("For trials"), Some("3:1552341938"))
        );
        assert_eq!((form.active, form.state.as_ref()), (Some(true), Some(&RunState::Running)));
        assert_eq!((form.created, form.updated), (Some(1_552_341_937.into()), Some(1_552_341_938.into())));
        assert_eq!(
            (form.first_started, &form.tags[..]),
            (Some(1_552_341_939.into()), &["new".into(), "trial".into()][..])
        );
        assert_eq!((form.actions[0].id, form.actions[0].kind.as_deref()), (259.into(), Some("email")));
        assert_eq!(form.filter_segment_ids, [21.into(), 42.into()]);
        assert_eq!(segment.trigger_segment_ids, [90.into()]);
        assert_eq!((segment.templates[0].id, segment.templates[0].kind.as_deref()), (12.into(), Some("sms")));
        assert_eq!(event.event_name.as_deref(), Some("purchase"));
        assert_eq!(
            (date.frequency.as_ref(), date.date_attribute.as_deref()),
            (Some(&Frequency::Yearly), Some("birthday"))
        );
        assert_eq!((date.time_zone.as_deref(), date.use_customer_time_zone), (Some("America/Chicago"), Some(false)));
        assert_eq!((date.start_hour, date.start_minutes), (Some(9), Some(30)));
        assert_eq!((relationship.object_type_id, webhook.webhook_id), (Some(2.into()), Some(77)));
        assert_eq!(object.audience.as_ref().unwrap().kind, Some(1));
        for campaign in campaigns() {
            survives_changes::<Campaign>(&campaign, &["id"]);
        }
    }

    #[test]
    fn what_is_json_in_text_or_an_object_stays_as_it_came() {
        let json = json!({"campaigns": campaigns()}).to_string();
        let campaigns = parse::<List>(Response::new(json.into())).unwrap().items;
        let (relationship, object) = (&campaigns[4], &campaigns[5]);
        assert_eq!(relationship.filter_object_attributes, Some(json!("{\"and\":[]}")));
        assert_eq!(relationship.filter_relationship_attributes, Some(json!({"or": []})));
        assert_eq!(relationship.relationship_attribute_triggers, Some(json!("{\"and\":[{}]}")));
        assert_eq!(object.object_attribute_triggers, Some(json!({"and": [{}]})));
        let audience = object.audience.as_ref().unwrap();
        assert_eq!(audience.person_filters, Some(json!({"and": [{"attribute": {"field": "plan"}}]})));
        assert_eq!(audience.relationship_filters, Some(json!("{\"and\":[]}")));
    }

    #[test]
    fn a_workspace_without_campaigns_has_an_empty_list() {
        for json in [r#"{"campaigns":null}"#, r#"{"campaigns":[]}"#] {
            assert!(parse::<List>(Response::new(json.into())).unwrap().items.is_empty(), "{json}");
        }
        for json in [r#"{"campaign":[]}"#, "{}", "[]", "null"] {
            assert!(parse::<List>(Response::new(json.into())).is_err(), "{json}");
        }
    }

    #[test]
    fn an_odd_campaign_or_tag_loses_nothing_else() {
        let json =
            r#"{"campaigns":[{"id":1,"tags":"nil","actions":[{"id":"3"},{"type":"webhook"}]},{"name":"no id"}]}"#;
        let page = parse::<List>(Response::new(json.into())).unwrap();
        let campaign = &page.items[0];
        assert_eq!((campaign.tags.len(), &campaign.extra["tags"]), (0, &json!("nil")));
        assert_eq!((campaign.actions[0].id, campaign.actions.len()), (3.into(), 1));
        assert_eq!(campaign.extra["actions"], json!([{"type": "webhook"}]));
        assert_eq!((page.items.len(), &page.extra["campaigns"]), (1, &json!([{"name": "no id"}])));
    }
}
