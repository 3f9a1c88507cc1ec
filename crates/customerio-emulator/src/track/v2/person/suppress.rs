//! `person` / `suppress`: removes a person and keeps them out.

use crate::{
    call::{Call, Handler::Fallible},
    server::reply::Refusal,
    track::v2::{
        action::Action,
        person::identifiers::{ALONE, identifier},
    },
};

pub(crate) const ACTION: Action = Action::person("suppress", ALONE, Fallible(suppress));

fn suppress(call: &mut Call<'_>) -> Result<(), Refusal> {
    identifier(call).map_or(Ok(()), |identifier| call.state.suppress(&identifier))
}
