//! `person` / `merge`: merges two people into one.

use crate::{
    call::{Call, Handler::Fallible},
    contract::{
        identifier::{IDENTIFIERS, Identifier},
        shape::{Need::Must, Shape},
    },
    server::reply::Refusal,
    track::v2::action::{ACTION_NAME, Action, TYPE},
};

pub(crate) const ACTION: Action = Action::person("merge", BODY, Fallible(merge));

/// People are not merged by phone number.
const BODY: Shape =
    Shape::Object(&[TYPE, ACTION_NAME, ("primary", Must, IDENTIFIERS), ("secondary", Must, IDENTIFIERS)]);

fn merge(call: &mut Call<'_>) -> Result<(), Refusal> {
    let person = |name: &str| call.body[name].as_object().and_then(Identifier::of_body);
    let (Some(primary), Some(secondary)) = (person("primary"), person("secondary")) else { return Ok(()) };
    let now = call.now();
    call.state.merge(&primary, &secondary, now)
}
