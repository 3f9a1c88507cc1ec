//! `person` / `delete`: removes a person.

use crate::{
    call::{Call, Handler::Infallible},
    track::v2::{
        action::Action,
        person::identifiers::{ALONE, identifier},
    },
};

pub(crate) const ACTION: Action = Action::person("delete", ALONE, Infallible(delete));

fn delete(call: &mut Call<'_>) {
    if let Some(identifier) = identifier(call) {
        call.state.delete(&identifier);
    }
}
