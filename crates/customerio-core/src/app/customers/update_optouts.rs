//! `PUT /v1/customers/{customer_id}/optouts`: opt a person out of a sender, or in again.

use http::Method;
use serde::Serialize;

use super::named::{write_path, write_query};
use crate::{
    App, Body, BuildError, BuildErrorKind, Limits, Operation, Path, PersonId, Query,
    app::optouts::OptOutChannel,
    macros::{opaque_debug, sample},
    text::Text,
    unseen::check_visible,
};

/// Opts a person out of a sender of text messages or WhatsApp messages, or in again.
///
/// The service applies it after it has responded, so a read right after may not show it.
///
/// Send it with [`Client::call`](crate::Client::call).
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/updatePersonOptouts>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{
///     Prepared, app::{customers::UpdateOptOuts, optouts::OptOutChannel}, limits::Limits,
/// };
///
/// let update = UpdateOptOuts::of("42")
///     .opt_out(OptOutChannel::Sms, "+15551234567")
///     .opt_in(OptOutChannel::WhatsApp, "+15557654321");
/// let request = Prepared::new(update, &Limits::default())?;
/// assert_eq!(
///     request.body(),
///     r#"{"optouts":[{"from":"+15551234567","optout":true,"channel":"sms"},{"from":"+15557654321","optout":false,"channel":"whatsapp"}]}"#
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Serialize)]
#[doc(alias = "update_person_optouts")]
pub struct UpdateOptOuts {
    optouts: Vec<Change>,
    #[serde(skip)]
    person: PersonId,
}

#[derive(Clone, Serialize)]
struct Change {
    from: Text,
    optout: bool,
    channel: OptOutChannel,
}

impl UpdateOptOuts {
    /// Creates the operation for this person; what is not named stays as it is.
    #[must_use]
    pub fn of(person: impl Into<PersonId>) -> Self {
        Self { optouts: Vec::new(), person: person.into() }
    }

    /// Opts the person out of messages from this sender: a phone number, or another name of a sender.
    #[must_use]
    pub fn opt_out(self, channel: impl Into<OptOutChannel>, from: impl AsRef<str>) -> Self {
        self.with(channel.into(), from, true)
    }

    /// Opts the person in to messages from this sender again.
    #[must_use]
    pub fn opt_in(self, channel: impl Into<OptOutChannel>, from: impl AsRef<str>) -> Self {
        self.with(channel.into(), from, false)
    }

    fn with(mut self, channel: OptOutChannel, from: impl AsRef<str>, optout: bool) -> Self {
        self.optouts.push(Change { from: Text::new(from), optout, channel });
        self
    }
}

impl Operation for UpdateOptOuts {
    type Api = App;
    type Output = ();
    const NAME: &'static str = "app.customers.update_optouts";
    const METHOD: Method = Method::PUT;
    const ROUTE: &'static str = "/v1/customers/{customer_id}/optouts";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        write_path(&self.person, path)
    }
    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        write_query(&self.person, query);
        Ok(())
    }
    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        if self.optouts.is_empty() {
            return Err(BuildError::new("the list of senders", BuildErrorKind::Empty));
        }
        self.optouts.iter().try_for_each(|change| check_visible("the sender", &change.from))?;
        Body::json(&self)
    }
}

opaque_debug!(UpdateOptOuts);
sample!(UpdateOptOuts: Self::of("LEAK-person").opt_out("sms", "LEAK-sender"));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Replay,
        testing::{refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let update = UpdateOptOuts::of("42").opt_out(OptOutChannel::Sms, "+1555");
        assert_eq!(update.replay(), Replay::Safe);
        assert_eq!(
            wire_app(update),
            "PUT https://api.customer.io/v1/customers/42/optouts?id_type=id\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 60\n\
             \n\
             {\"optouts\":[{\"from\":\"+1555\",\"optout\":true,\"channel\":\"sms\"}]}"
        );
        assert_eq!(refused_app(UpdateOptOuts::of("42")).to_string(), "the list of senders is empty");
        assert_eq!(refused_app(UpdateOptOuts::of("42").opt_in("sms", "")).to_string(), "the sender is empty");
    }
}
