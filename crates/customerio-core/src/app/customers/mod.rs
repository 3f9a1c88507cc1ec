//! People: find them, and read their attributes, segments, messages and activities.

mod named;
mod person;

use crate::operation_info::operations;

operations! {
    /// The operations on people.
    samples;
    find::Find = GET "/v1/customers";
    search::Search = POST "/v1/customers";
    attributes_of_many::AttributesOfMany = POST "/v1/customers/attributes";
    activities::Activities = GET "/v1/customers/{customer_id}/activities";
    attributes::Attributes = GET "/v1/customers/{customer_id}/attributes";
    messages::Messages = GET "/v1/customers/{customer_id}/messages";
    optouts::OptOuts = GET "/v1/customers/{customer_id}/optouts";
    update_optouts::UpdateOptOuts = PUT "/v1/customers/{customer_id}/optouts";
    relationships::Relationships = GET "/v1/customers/{customer_id}/relationships";
    segments::Segments = GET "/v1/customers/{customer_id}/segments";
    subscription_preferences::SubscriptionPreferences = GET "/v1/customers/{customer_id}/subscription_preferences";
}

pub use self::{
    person::{Person, PersonDevice},
    relationships::{ObjectIdentifiers, RelatedObject},
    subscription_preferences::{Preferences, PreferencesHeader, TopicPreference},
};
