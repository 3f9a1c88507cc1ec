//! The App API: transactional messages, broadcasts, and what is in the workspace.
//!
//! ```
//! # use customerio_core::facade as customerio;
//! use customerio::{App, Client, Error, app::{SendEmail, segments}};
//! use serde_json::json;
//!
//! async fn welcome(app: &Client<App>) -> Result<usize, Error> {
//!     let message = SendEmail::from_template("welcome", "ada@example.com")
//!         .with_message_data(json!({"plan": "pro"}));
//!     let sent = app.send_email(message).await?;
//!     println!("delivery {}", sent.delivery_id);
//!
//!     let segments = app.call(segments::List::new()).await?.items;
//!     Ok(segments.len())
//! }
//! # mod canned { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/canned.rs")); }
//! # let client = canned::app(|request| (200, match request.uri().path() {
//! #     "/v1/send/email" => r#"{"delivery_id":"RPIL"}"#,
//! #     _ => r#"{"segments":[{"id":1},{"id":4}]}"#,
//! # }));
//! # let count = canned::run(async move { welcome(&client).await })?;
//! # assert_eq!(count, 2);
//! # Ok::<(), Error>(())
//! ```
//!
//! Each module has the operations on one resource, such as [`segments::List`], [`segments::Get`] and
//! [`segments::Create`]:
//!
//! | subject | modules |
//! | --- | --- |
//! | sending | [`send`] (transactional messages), [`broadcasts`], [`newsletters`], [`live_notifications`] |
//! | messages and campaigns | [`messages`], [`campaigns`], [`transactional`] |
//! | people | [`customers`], [`segments`], [`activities`], [`objects`] |
//! | consent | [`subscriptions`], [`optouts`], [`suppressions`] |
//! | content | [`snippets`], [`collections`], [`sender_identities`], `assets`, `design_studio` |
//! | bulk data | [`exports`], [`imports`] |
//! | the workspace | [`workspaces`], [`data_index`], [`reporting_webhooks`] |
//!
//! Pass an operation to [`Client::call`](crate::Client::call), or a paginated list to
//! [`Client::items`](crate::Client::items). The operations that send a message are also methods of
//! [`Client<App>`](crate::Client#impl-Client<App>).
//!
//! Responses are read field by field: a field that is absent, `null` or of an unexpected type is `None`. What this
//! version does not know is kept in `extra`. Enums that the vendor extends are open: an unknown value is kept as text.
//!
//! Methods that take more than one request:
//!
//! | task | method |
//! | --- | --- |
//! | find a segment by its name, or create it | [`find_or_create_segment`](crate::Client::find_or_create_segment) |
//! | create a collection, or replace its contents, by name | [`sync_collection`](crate::Client::sync_collection) |
//! | make snippets match a wanted state | [`plan_snippets`](crate::Client::plan_snippets) |
//! | check at startup that transactional messages exist | [`check_transactional`](crate::Client::check_transactional) |
//! | read the messages of more than six months | [`messages::List::between`], and `between` of the other lists of messages |
//! | wait until a message is delivered | [`wait_for`](crate::Client::wait_for) a [`messages::Get`] |
//! | import a file, and read its errors | [`start_import`](crate::Client::start_import) |
//! | read the suppressed addresses, for all reasons | [`suppressions`](crate::Client::suppressions) |
//! | change many suppressed addresses | [`suppress_all`](crate::Client::suppress_all), [`unsuppress_all`](crate::Client::unsuppress_all) |
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
