//! The short methods of `Client<App>`: each is one line over an operation.

use serde::Serialize;

use super::{
    SendEmail, SendInApp, SendInboxMessage, SendPush, SendSms, SendWhatsApp, SentMessage, Trigger, TriggerBroadcast,
};
use crate::{App, Client, Error};

/// The daily calls of the App API.
///
/// A message or a broadcast is never sent again when an answer is lost: people would get it twice. The error then says
/// [`Delivery::MaybeSent`](crate::Delivery::MaybeSent).
impl Client<App> {
    /// Sends a transactional e-mail.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn send_email<D: Serialize + ?Sized>(&self, message: &SendEmail<'_, D>) -> Result<SentMessage, Error> {
        self.call(message).await
    }

    /// Sends a transactional push notification.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn send_push<D: Serialize + ?Sized, A: Serialize + ?Sized>(
        &self,
        message: &SendPush<'_, D, A>,
    ) -> Result<SentMessage, Error> {
        self.call(message).await
    }

    /// Sends a transactional SMS.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn send_sms<D: Serialize + ?Sized>(&self, message: &SendSms<'_, D>) -> Result<SentMessage, Error> {
        self.call(message).await
    }

    /// Sends a transactional WhatsApp message.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn send_whatsapp<D: Serialize + ?Sized>(
        &self,
        message: &SendWhatsApp<'_, D>,
    ) -> Result<SentMessage, Error> {
        self.call(message).await
    }

    /// Sends a transactional in-app message.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn send_in_app<D: Serialize + ?Sized>(&self, message: &SendInApp<'_, D>) -> Result<SentMessage, Error> {
        self.call(message).await
    }

    /// Sends a transactional inbox message.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn send_inbox_message<D: Serialize + ?Sized>(
        &self,
        message: &SendInboxMessage<'_, D>,
    ) -> Result<SentMessage, Error> {
        self.call(message).await
    }

    /// Sends a broadcast.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn trigger_broadcast<D: Serialize + ?Sized>(
        &self,
        broadcast: &TriggerBroadcast<'_, D>,
    ) -> Result<Trigger, Error> {
        self.call(broadcast).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{Endpoint, Region, app::DefaultAudience, testing::Recorder};

    #[tokio::test]
    async fn each_short_method_makes_its_call() -> Result<(), Error> {
        let recorder = Arc::new(Recorder::answering(r#"{"delivery_id":"RPIL","queued_at":1700000000,"id":3}"#));
        let client = Client::new(Endpoint::app(Region::Us, "key")?, recorder.clone());
        for sent in [
            client.send_email(&SendEmail::from_template(1, "ada@example.com")).await?,
            client.send_push(&SendPush::new(1, "42")).await?,
            client.send_sms(&SendSms::new(1, "42", "+15551234567")).await?,
            client.send_whatsapp(&SendWhatsApp::new(1, "42", "+15551234567")).await?,
            client.send_in_app(&SendInApp::new(1, "42")).await?,
            client.send_inbox_message(&SendInboxMessage::new(1, "42")).await?,
        ] {
            assert_eq!((sent.delivery_id.as_str(), sent.queued_at), ("RPIL", 1_700_000_000.into()));
        }
        assert_eq!(client.trigger_broadcast(&TriggerBroadcast::new(12, DefaultAudience::new())).await?.id, 3);
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
