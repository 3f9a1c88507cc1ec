//! Transactional messages: send one to a person, as e-mail, push, SMS, WhatsApp, in-app or inbox message.
//!
//! [`OPERATIONS`] has the operations.

mod aps;
mod attachment;
mod message;
mod push_payload;

pub(super) use self::message::write_set;
pub use self::{
    aps::{Alert, AlertText, Aps, ApsSound, CriticalSound, InterruptionLevel},
    attachment::Attachment,
    message::SentMessage,
    push::{PushSound, PushTarget},
    push_payload::{ApnsPayload, CustomPayload, FcmAndroidPayload, FcmIosPayload},
};
use crate::operation_info::operations;

operations! {
    /// The operations that send transactional messages.
    samples;
    email::SendEmail = POST "/v1/send/email";
    push::SendPush = POST "/v1/send/push";
    sms::SendSms = POST "/v1/send/sms";
    whatsapp::SendWhatsApp = POST "/v1/send/whatsapp";
    in_app::SendInApp = POST "/v1/send/in_app";
    inbox_message::SendInboxMessage = POST "/v1/send/inbox_message";
}
