//! A sender that a person has opted out of.

use crate::{
    entity::{entity, open_enum},
    page::listed,
};

entity! {
    /// A sender that a person has opted out of.
    pub struct OptOut: Debug {
        /// The sender: a phone number, or another name.
        pub from: String,
        /// Which messages it is about.
        pub channel: Option<OptOutChannel>,
    }
}

listed!(OptOut in "optouts" = r#"{"channel":"sms","from":"+15551234567"}"#);

entity! {
    /// A person, and the senders that they have opted out of.
    pub struct PersonOptOuts {
        /// The person's id.
        pub customer_id: Option<String>,
        /// Customer.io's own id of the person.
        pub cio_id: Option<String>,
        /// The senders.
        pub optouts: Vec<OptOut>,
    }
}

listed!(PersonOptOuts in "optouts" = r#"{"cio_id":"a3000001","optouts":[{"channel":"sms","from":"+15551234567"}]}"#);

open_enum! {
    /// Messages that a person can opt out of, sender by sender.
    pub enum OptOutChannel {
        /// Text messages.
        Sms = "sms",
        /// WhatsApp messages.
        WhatsApp = "whatsapp",
    }
}
