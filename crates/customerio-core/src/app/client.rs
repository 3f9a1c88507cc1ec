//! The short methods of `Client<App>`: each is a call of one operation.

use super::{
    SendEmail, SendInApp, SendInboxMessage, SendPush, SendSms, SendWhatsApp, SentMessage, Trigger, TriggerBroadcast,
};
use crate::{App, Client, Error};

macro_rules! daily_calls {
    ($($doc:literal $method:ident($operation:ty) -> $output:ty;)*) => {
        /// Short methods for the most common operations of the App API, named as in the vendor's other clients. Every
        /// other operation goes through [`call`](Client::call).
        ///
        /// A message or a broadcast is never sent again after a lost response: people would get it twice. The error
        /// then says [`Delivery::MaybeSent`](crate::Delivery::MaybeSent).
        impl Client<App> {
            $(
                #[doc = $doc]
                ///
                /// # Errors
                ///
                /// See [`Error`].
                pub async fn $method(&self, operation: $operation) -> Result<$output, Error> {
                    self.call(operation).await
                }
            )*
        }
    };
}

daily_calls! {
    "Sends a transactional e-mail." send_email(SendEmail) -> SentMessage;
    "Sends a transactional push notification." send_push(SendPush) -> SentMessage;
    "Sends a transactional SMS." send_sms(SendSms) -> SentMessage;
    "Sends a transactional WhatsApp message." send_whatsapp(SendWhatsApp) -> SentMessage;
    "Sends a transactional in-app message." send_in_app(SendInApp) -> SentMessage;
    "Sends a transactional inbox message." send_inbox_message(SendInboxMessage) -> SentMessage;
    "Sends a broadcast." trigger_broadcast(TriggerBroadcast) -> Trigger;
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{Endpoint, Region, app::DefaultAudience, testing::Recorder};

    #[tokio::test]
    async fn each_short_method_makes_its_call() -> Result<(), Error> {
        let recorder = Arc::new(Recorder::responding(r#"{"delivery_id":"RPIL","queued_at":1700000000,"id":3}"#));
        let client = Client::new(Endpoint::app(Region::Us, "key")?, recorder.clone());
        for sent in [
            client.send_email(SendEmail::from_template(1, "ada@example.com")).await?,
            client.send_push(SendPush::new(1, "42")).await?,
            client.send_sms(SendSms::new(1, "42", "+15551234567")).await?,
            client.send_whatsapp(SendWhatsApp::new(1, "42", "+15551234567")).await?,
            client.send_in_app(SendInApp::new(1, "42")).await?,
            client.send_inbox_message(SendInboxMessage::new(1, "42")).await?,
        ] {
            assert_eq!((sent.delivery_id.as_str(), sent.queued_at), ("RPIL", Some(1_700_000_000.into())));
        }
        assert_eq!(client.trigger_broadcast(TriggerBroadcast::new(12, DefaultAudience::new())).await?.id, 3.into());
        let lines = recorder.lines();
        let calls: Vec<_> = lines.iter().filter_map(|line| Some(line.split_once(" {")?.0)).collect();
        assert_eq!(
            calls,
            [
                "POST /v1/send/email",
                "POST /v1/send/push",
                "POST /v1/send/sms",
                "POST /v1/send/whatsapp",
                "POST /v1/send/in_app",
                "POST /v1/send/inbox_message",
                "POST /v1/campaigns/12/triggers",
            ]
        );
        Ok(())
    }
}
