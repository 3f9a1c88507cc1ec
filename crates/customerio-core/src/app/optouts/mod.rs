//! Opt-outs: which people want no SMS or WhatsApp messages from a sender.
//!
//! [`customers`](super::customers) has those of one person.

mod optout;

use crate::operation_info::operations;

operations! {
    /// The operations on opt-outs.
    samples;
    list::List = GET "/v1/optouts";
}

pub use self::optout::{OptOut, OptOutChannel, PersonOptOuts};
