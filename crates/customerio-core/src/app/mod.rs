//! The App API: transactional messages and broadcasts.
//!
//! | route | operation |
//! | --- | --- |
//! | `POST /v1/send/email` | [`SendEmail`] |
//! | `POST /v1/send/push` | [`SendPush`] |
//! | `POST /v1/send/sms` | [`SendSms`] |
//! | `POST /v1/send/whatsapp` | [`SendWhatsApp`] |
//! | `POST /v1/send/in_app` | [`SendInApp`] |
//! | `POST /v1/send/inbox_message` | [`SendInboxMessage`] |
//! | `POST /v1/campaigns/{broadcast_id}/triggers` | [`TriggerBroadcast`] |
//!
//! Vendor's reference: <https://docs.customer.io/integrations/api/app/>.

mod aps;
mod attachment;
mod audience;
mod client;
mod filter;
mod message;
mod push_payload;
mod send_email;
mod send_in_app;
mod send_inbox_message;
mod send_push;
mod send_sms;
mod send_whatsapp;
mod trigger_broadcast;

pub use self::{
    aps::{Alert, AlertText, Aps, ApsSound, CriticalSound, InterruptionLevel},
    attachment::Attachment,
    audience::{
        Audience, DataFileAudience, DefaultAudience, EmailsAudience, FilterAudience, IdsAudience, PerUserDataAudience,
        UserData,
    },
    filter::{Filter, FilterValue},
    message::{SentMessage, TransactionalMessageId},
    push_payload::{ApnsPayload, CustomPayload, FcmAndroidPayload, FcmIosPayload},
    send_email::SendEmail,
    send_in_app::SendInApp,
    send_inbox_message::SendInboxMessage,
    send_push::{PushSound, PushTarget, SendPush},
    send_sms::SendSms,
    send_whatsapp::SendWhatsApp,
    trigger_broadcast::{Trigger, TriggerBroadcast},
};
