//! The App API: transactional messages, broadcasts, and what is in the workspace.
//!
//! There is a module for each thing, with a table of its operations: `List`, `Get`, `Create` ... of segments are in
//! [`segments`]. [`send`] and [`broadcasts`] send messages; the most common ones are also methods of
//! [`Client<App>`](crate::Client#impl-Client<App>). [`Client::call`](crate::Client::call) takes any of them, and
//! [`Client::items`](crate::Client::items) reads lists that come page by page.
//!
//! Responses are read field by field: a field that is absent, `null` or of another type than expected has no value, and
//! stays in `extra`, beside what this version does not know. Words that the vendor extends are open enums.
//!
//! What takes more than one request:
//!
//! | to | call |
//! | --- | --- |
//! | find a segment by its name, or create it | [`find_or_create_segment`](crate::Client::find_or_create_segment) |
//! | give a collection its contents, by its name | [`sync_collection`](crate::Client::sync_collection) |
//! | make snippets match a wanted state | [`plan_snippets`](crate::Client::plan_snippets) |
//! | check at the start that transactional messages are there | [`check_transactional`](crate::Client::check_transactional) |
//! | read the messages of more than six months | [`messages::List::between`], and that of the other lists of messages |
//! | wait until a message has arrived | [`wait_for`](crate::Client::wait_for) a [`messages::Get`] |
//! | import a file, and read its errors | [`start_import`](crate::Client::start_import) |
//! | read suppressed addresses for all reasons | [`suppressions`](crate::Client::suppressions) |
//! | change many of them | [`suppress_all`](crate::Client::suppress_all), [`unsuppress_all`](crate::Client::unsuppress_all) |
//!
//! Vendor's reference: <https://docs.customer.io/integrations/api/app/>.

pub mod activities;
#[cfg(feature = "design_studio")]
pub mod assets;
pub mod broadcasts;
pub mod campaigns;
mod client;
pub mod collections;
pub mod customers;
pub mod data_index;
#[cfg(feature = "design_studio")]
pub mod design_studio;
pub mod exports;
pub mod imports;
pub mod live_notifications;
pub mod messages;
mod model;
pub mod newsletters;
pub mod objects;
pub mod optouts;
mod raw;
pub mod reporting_webhooks;
pub mod segments;
pub mod send;
pub mod sender_identities;
pub mod snippets;
pub mod subscriptions;
pub mod suppressions;
pub mod transactional;
pub mod workspaces;

pub use self::{
    broadcasts::{
        Audience, DataFileAudience, DefaultAudience, EmailsAudience, Filter, FilterAudience, FilterValue, IdsAudience,
        PerUserDataAudience, Trigger, TriggerBroadcast, UserData,
    },
    model::{
        Action, ActionSummary, Activity, Channel, Content, ContentUpdate, DeliveryMetric, DeliveryPosition,
        DeliveryState, DeliveryStream, Dependents, Language, LanguageVariant, Link, LinkMetrics, MessageDelivery,
        Metrics, Periods, Resolution, RunState, SendingState, Series, Sort, TemplateSummary, TimeRange,
    },
    raw::{RAW, Raw},
    send::{
        Alert, AlertText, ApnsPayload, Aps, ApsSound, Attachment, CriticalSound, CustomPayload, FcmAndroidPayload,
        FcmIosPayload, InterruptionLevel, PushSound, PushTarget, SendEmail, SendInApp, SendInboxMessage, SendPush,
        SendSms, SendWhatsApp, SentMessage,
    },
};
pub use crate::ids::TransactionalMessageId;
