//! A campaign, as responses have it.

use serde_json::Value;

use crate::{
    CampaignId, ObjectTypeId, SegmentId, Timestamp,
    app::{ActionSummary, RunState, TemplateSummary},
    entity::{entity, open_enum, returned},
    page::listed,
};

entity! {
    /// A campaign.
    ///
    /// Which further fields it has depends on what starts it.
    pub struct Campaign: Debug {
        /// The id.
        pub id: CampaignId,
        /// The id and the time of the last change: the value differs after each change. It is not an idempotency key.
        pub deduplicate_id: Option<String>,
        /// The name.
        pub name: Option<String>,
        /// The description.
        pub description: Option<String>,
        /// The kind of trigger. Deprecated by the vendor, which may leave it out.
        pub kind: Option<CampaignKind> = "type",
        /// Whether it can send.
        pub active: Option<bool>,
        /// Whether it runs.
        pub state: Option<RunState>,
        /// The actions, in short: [`ListActions`](super::ListActions) has the rest.
        pub actions: Vec<ActionSummary>,
        /// The tags.
        pub tags: Vec<String>,
        /// When it was created.
        pub created: Option<Timestamp>,
        /// When it was last changed.
        pub updated: Option<Timestamp>,
        /// When it was started for the first time.
        pub first_started: Option<Timestamp>,
        /// The segments that start it.
        pub trigger_segment_ids: Vec<SegmentId>,
        /// The segments that narrow its audience.
        pub filter_segment_ids: Vec<SegmentId>,
        /// The templates. Deprecated by the vendor: use the [`actions`](Self::actions).
        pub templates: Vec<TemplateSummary> = "msg_templates",
        /// The event that starts it.
        pub event_name: Option<String>,
        /// How often a date starts it for a person.
        pub frequency: Option<Frequency>,
        /// The attribute that has the date that starts it.
        pub date_attribute: Option<String>,
        /// The time zone of the date, such as `America/Chicago`.
        pub time_zone: Option<String> = "timezone",
        /// Whether each person's own time zone counts instead.
        pub use_customer_time_zone: Option<bool> = "use_customer_timezone",
        /// The hour at which it starts, from 0 to 23.
        pub start_hour: Option<u32>,
        /// The minute of that hour.
        pub start_minutes: Option<u32>,
        /// The type of the objects that start it.
        pub object_type_id: Option<ObjectTypeId>,
        /// The attributes of objects that narrow its audience, as they came: an object, or JSON in text.
        pub filter_object_attributes: Option<Value>,
        /// The attributes of relationships that narrow its audience, as they came: an object, or JSON in text.
        pub filter_relationship_attributes: Option<Value>,
        /// Which people of an object it is for.
        pub audience: Option<CampaignAudience>,
        /// The attributes of an object that start it, as it came: an object, or JSON in text.
        pub object_attribute_triggers: Option<Value>,
        /// The attributes of a relationship that start it, as it came: an object, or JSON in text.
        pub relationship_attribute_triggers: Option<Value>,
        /// The number of the webhook that starts it, which is no [reporting webhook](crate::app::reporting_webhooks).
        pub webhook_id: Option<u64>,
    }
}

returned!(Campaign in "campaign" = r#"{"id":46,"name":"Welcome","type":"segment","state":"running","active":true}"#);
listed!(Campaign in "campaigns" = r#"{"id":46,"name":"Welcome","type":"segment","state":"running","active":true}"#);

entity! {
    /// Which people of an object a campaign is for.
    pub struct CampaignAudience: Debug {
        /// 0 for the person who was added to the object, 1 for all people in it, or for those that the filters find.
        pub kind: Option<u64> = "type",
        /// The attributes of people that narrow it, as it came: an object, or JSON in text.
        pub person_filters: Option<Value>,
        /// The attributes of relationships that narrow it, as it came: an object, or JSON in text.
        pub relationship_filters: Option<Value>,
    }
}

open_enum! {
    /// The trigger of a campaign.
    pub enum CampaignKind {
        /// A person enters segments.
        Segment = "segment",
        /// A person does something.
        Event = "event",
        /// A person submits a form.
        Form = "form",
        /// A date among a person's attributes.
        Date = "date",
        /// A person gets a relationship to an object, or one changes.
        Relationship = "relationship",
        /// An object is created, or changes.
        Object = "object",
        /// A call of a webhook.
        Webhook = "webhook",
    }
}

open_enum! {
    /// How often a date starts a campaign for a person.
    pub enum Frequency {
        /// Once.
        Once = "once",
        /// Every month.
        Monthly = "monthly",
        /// Every year.
        Yearly = "yearly",
    }
}
