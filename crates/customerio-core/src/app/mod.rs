//! The App API: transactional messages and broadcasts.
//!
//! The operations stand in tables, by what they are about: [`send::OPERATIONS`] and [`broadcasts::OPERATIONS`]. The daily
//! ones are methods of [`Client<App>`](crate::Client#impl-Client<App>) too.
//!
//! Vendor's reference: <https://docs.customer.io/integrations/api/app/>.

pub mod activities;
pub mod broadcasts;
pub mod campaigns;
mod client;
pub mod customers;
pub mod data_index;
pub mod exports;
pub mod imports;
pub mod messages;
mod model;
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
        Activity, Channel, DeliveryMetric, DeliveryState, Dependents, Link, LinkMetrics, MessageDelivery, Metrics,
        Periods, Resolution, Series, Sort, TimeRange,
    },
    raw::{RAW, Raw},
    send::{
        Alert, AlertText, ApnsPayload, Aps, ApsSound, Attachment, CriticalSound, CustomPayload, FcmAndroidPayload,
        FcmIosPayload, InterruptionLevel, PushSound, PushTarget, SendEmail, SendInApp, SendInboxMessage, SendPush,
        SendSms, SendWhatsApp, SentMessage,
    },
};
pub use crate::ids::TransactionalMessageId;
