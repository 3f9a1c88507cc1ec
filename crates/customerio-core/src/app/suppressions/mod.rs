//! Suppressed addresses: those that the mail provider sends nothing to.
//!
//! Customer.io itself suppresses people: [`track::Suppress`](crate::track::Suppress).
//!
//! [`Client::suppressions`](crate::Client::suppressions) reads those of all reasons,
//! [`Client::suppress_all`](crate::Client::suppress_all) and [`Client::unsuppress_all`](crate::Client::unsuppress_all)
//! change many.

mod changes;
mod stream;
mod suppression;

use crate::operation_info::operations;

operations! {
    /// The operations on suppressed addresses.
    samples;
    list::List = GET "/v1/esp/suppression/{suppression_type}";
    list_of_domain::ListOfDomain = GET "/v1/esp/domains/{domain_name}/suppression/{suppression_type}";
    search::Search = GET "/v1/esp/search_suppression/{email_address}";
    suppress::Suppress = POST "/v1/esp/suppression/{suppression_type}/{email_address}";
    unsuppress::Unsuppress = DELETE "/v1/esp/suppression/{suppression_type}/{email_address}";
}

pub use self::{
    changes::{ChangedSuppression, FailedSuppression, SuppressionChanges, SuppressionOutcome, SuppressionReport},
    stream::{Suppressed, SuppressionStream},
    suppression::{Suppression, SuppressionType},
};
