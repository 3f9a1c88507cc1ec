//! `person` / `unsuppress`: lets a suppressed person be added again.

use crate::{
    call::{Call, Handler::Infallible},
    track::v2::{
        action::Action,
        person::identifiers::{ALONE, identifier},
    },
};

pub(crate) const ACTION: Action = Action::person("unsuppress", ALONE, Infallible(unsuppress));

fn unsuppress(call: &mut Call<'_>) {
    if let Some(identifier) = identifier(call) {
        call.state.people.unsuppress(&identifier);
    }
}
