//! The short methods of `Client<App>`: each is one line over an operation.

use serde::Serialize;

use super::{SendSms, SentMessage};
use crate::{App, Client, Error};

/// The daily calls of the App API.
///
/// A message is never sent again when an answer is lost: the person would get it twice. The error then says
/// [`Delivery::MaybeSent`](crate::Delivery::MaybeSent).
impl Client<App> {
    /// Sends a transactional SMS.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn send_sms<D: Serialize + ?Sized>(&self, message: &SendSms<'_, D>) -> Result<SentMessage, Error> {
        self.call(message).await
    }
}
