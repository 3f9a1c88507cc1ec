//! Senders that people have opted out of. [`customers`](super::customers) has those of one person.

mod optout;

use crate::operation_info::operations;

operations! {
    /// The operations on opt-outs.
    samples;
    list::List = GET "/v1/optouts";
}

pub use self::optout::{OptOut, OptOutChannel, PersonOptOuts};
