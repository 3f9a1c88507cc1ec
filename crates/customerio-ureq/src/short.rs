//! The short methods: those of the async clients, waited for.

use customerio_core::{
    App, Device, Error, PersonId, Pipelines, SegmentId, Track,
    app::{
        SendEmail, SendInApp, SendInboxMessage, SendPush, SendSms, SendWhatsApp, SentMessage, Trigger, TriggerBroadcast,
    },
    pipelines::UserIdentity,
};
use serde::Serialize;

use crate::{block_on::block_on, client::Client};

macro_rules! short_methods {
    (
        $(#[$about:meta])*
        $api:ident:
        $($doc:literal $method:ident($($argument:ident: $type:ty),*) -> $output:ty;)*
    ) => {
        $(#[$about])*
        impl Client<$api> {
            $(
                #[doc = $doc]
                ///
                /// # Errors
                ///
                /// See [`Error`].
                pub fn $method(&self, $($argument: $type),*) -> Result<$output, Error> {
                    block_on(self.inner.$method($($argument),*))
                }
            )*
        }
    };
}

short_methods! {
    /// Short methods for the most common operations of the Track API. For everything else, build the operation and pass
    /// it to [`call`](Client::call).
    Track:
    "Adds or updates a person."
    identify(person: impl Into<PersonId>, attributes: impl Serialize) -> ();
    "Removes a person."
    delete(person: impl Into<PersonId>) -> ();
    "Records what a person did. It gets an id, so it can be retried after a lost response."
    track(person: impl Into<PersonId>, name: impl AsRef<str>, data: impl Serialize) -> ();
    "Records that a person saw a web page. Otherwise it is like [`track`](Self::track)."
    page(person: impl Into<PersonId>, url: impl AsRef<str>, data: impl Serialize) -> ();
    "Records that a person saw a screen of an app. Otherwise it is like [`track`](Self::track)."
    screen(person: impl Into<PersonId>, name: impl AsRef<str>, data: impl Serialize) -> ();
    "Records what an unknown visitor did. It gets an id, so it can be retried after a lost response."
    track_anonymous(anonymous_id: impl AsRef<str>, name: impl AsRef<str>, data: impl Serialize) -> ();
    "Merges two people into one."
    merge(primary: impl Into<PersonId>, secondary: impl Into<PersonId>) -> ();
    "Adds or updates a device of a person."
    add_device(person: impl Into<PersonId>, device: Device) -> ();
    "Removes a device of a person."
    delete_device(person: impl Into<PersonId>, token: impl AsRef<str>) -> ();
    "Removes a person and keeps them out."
    suppress(person: impl Into<PersonId>) -> ();
    "Lets a suppressed person be added again."
    unsuppress(person: impl Into<PersonId>) -> ();
    "Adds people to a manual segment."
    add_to_segment(segment: impl Into<SegmentId>, people: impl IntoIterator<Item = impl Into<PersonId>>) -> ();
    "Removes people from a manual segment."
    remove_from_segment(segment: impl Into<SegmentId>, people: impl IntoIterator<Item = impl Into<PersonId>>) -> ();
}

short_methods! {
    /// Short methods for the most common operations of the App API. Every other operation goes through
    /// [`call`](Client::call).
    ///
    /// A message or a broadcast is never sent again after a lost response: people would get it twice. The error then
    /// says [`Delivery::MaybeSent`](customerio_core::Delivery::MaybeSent).
    App:
    "Sends a transactional e-mail."
    send_email(message: SendEmail) -> SentMessage;
    "Sends a transactional push notification."
    send_push(message: SendPush) -> SentMessage;
    "Sends a transactional SMS."
    send_sms(message: SendSms) -> SentMessage;
    "Sends a transactional WhatsApp message."
    send_whatsapp(message: SendWhatsApp) -> SentMessage;
    "Sends a transactional in-app message."
    send_in_app(message: SendInApp) -> SentMessage;
    "Sends a transactional inbox message."
    send_inbox_message(message: SendInboxMessage) -> SentMessage;
    "Sends a broadcast."
    trigger_broadcast(broadcast: TriggerBroadcast) -> Trigger;
}

short_methods! {
    /// Short methods for the most common operations of the Pipelines API. For everything else, build the operation and
    /// pass it to [`call`](Client::call).
    ///
    /// Each gets a message id, so it can be retried after a lost response.
    Pipelines:
    "Adds or updates a person."
    identify(who: impl Into<UserIdentity>, traits: impl Serialize) -> ();
    "Records what a person did."
    track(who: impl Into<UserIdentity>, event: impl AsRef<str>, properties: impl Serialize) -> ();
    "Records which web page a person saw."
    page(who: impl Into<UserIdentity>, name: impl AsRef<str>, properties: impl Serialize) -> ();
    "Records which screen of an app a person saw."
    screen(who: impl Into<UserIdentity>, name: impl AsRef<str>, properties: impl Serialize) -> ();
    "Puts a person in a group, and adds or updates the group."
    group(who: impl Into<UserIdentity>, group_id: impl AsRef<str>, traits: impl Serialize) -> ();
    "Says that a person who had one id has another now."
    alias(previous_id: impl AsRef<str>, user_id: impl AsRef<str>) -> ();
}
