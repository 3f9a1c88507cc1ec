//! What the requests about live notifications have in common.

use serde::Serialize;

use super::LiveAlert;
use crate::{
    BuildError, BuildErrorKind, Replay,
    json::{Attributes, Writer},
    text::Text,
    unseen::check_visible,
};

/// Writes an object, which must have a field.
pub(super) fn write_object(
    body: &mut Writer,
    name: &'static str,
    what: &'static str,
    object: &Attributes,
) -> Result<(), BuildError> {
    let json = object.json()?;
    if matches!(json, b"" | b"{}") {
        return Err(BuildError::new(what, BuildErrorKind::Empty));
    }
    body.field_of(name, json);
    Ok(())
}

/// The fields of the state, as messages call it.
pub(super) const STATE: &str = "the content state";
/// The fields that stay, as messages call them.
pub(super) const ATTRIBUTES: &str = "the set of attributes";

/// What can come with a state.
#[derive(Clone, Default)]
pub(super) struct Extras {
    pub(super) attributes: Option<Attributes>,
    pub(super) deep_link: Option<Text>,
    pub(super) alert: Option<LiveAlert>,
}

#[derive(Serialize)]
struct PushPayload<'a> {
    alert: &'a LiveAlert,
}

impl Extras {
    /// An alert would come twice.
    pub(super) fn replay(&self) -> Replay {
        if self.alert.is_some() { Replay::OnlyIfNotSent } else { Replay::Safe }
    }

    /// Checks them, and writes them as fields.
    pub(super) fn write(&self, body: &mut Writer) -> Result<(), BuildError> {
        if let Some(attributes) = &self.attributes {
            write_object(body, "attributes", ATTRIBUTES, attributes)?;
        }
        if let Some(link) = &self.deep_link {
            check_visible("the deep link", link)?;
            body.field("deep_link", link)?;
        }
        if let Some(alert) = &self.alert {
            alert.check()?;
            body.field("push_payload", &PushPayload { alert })?;
        }
        Ok(())
    }
}
