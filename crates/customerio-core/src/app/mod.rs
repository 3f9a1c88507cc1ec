//! The App API: transactional messages and broadcasts.
//!
//! The operations stand in tables, by what they are about: [`send::OPERATIONS`] and [`broadcasts::OPERATIONS`]. The daily
//! ones are methods of [`Client<App>`](crate::Client#impl-Client<App>) too.
//!
//! Vendor's reference: <https://docs.customer.io/integrations/api/app/>.

pub mod broadcasts;
mod client;
pub mod customers;
mod raw;
pub mod segments;
pub mod send;

pub use self::{
    broadcasts::{
        Audience, DataFileAudience, DefaultAudience, EmailsAudience, Filter, FilterAudience, FilterValue, IdsAudience,
        PerUserDataAudience, Trigger, TriggerBroadcast, UserData,
    },
    raw::{RAW, Raw},
    send::{
        Alert, AlertText, ApnsPayload, Aps, ApsSound, Attachment, CriticalSound, CustomPayload, FcmAndroidPayload,
        FcmIosPayload, InterruptionLevel, PushSound, PushTarget, SendEmail, SendInApp, SendInboxMessage, SendPush,
        SendSms, SendWhatsApp, SentMessage,
    },
};
pub use crate::ids::TransactionalMessageId;
