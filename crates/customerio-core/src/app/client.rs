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
