//! What a phone shows when a live notification starts, changes or ends.

use serde::Serialize;

use crate::{
    BuildError,
    macros::{opaque_debug, setters},
    text::Text,
    unseen::check_visible,
};

/// An alert that comes with a live notification: a title, a text and a sound.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::app::live_notifications::LiveAlert;
///
/// let alert = LiveAlert::new("On its way", "Your order has left the shop").with_sound("default");
/// assert_eq!(serde_json::to_value(&alert)?["title"], "On its way");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Serialize)]
pub struct LiveAlert {
    title: Text,
    body: Text,
    sound: Option<Text>,
}

impl LiveAlert {
    /// Creates an alert with this title and this text.
    #[must_use]
    pub fn new(title: impl AsRef<str>, body: impl AsRef<str>) -> Self {
        Self { title: Text::new(title), body: Text::new(body), sound: None }
    }

    setters! {
        /// The sound: the name of a file in the app, or `default`.
        with_sound, sound: text;
    }

    pub(super) fn check(&self) -> Result<(), BuildError> {
        check_visible("the alert's title", &self.title)?;
        check_visible("the alert's text", &self.body)
    }
}

opaque_debug!(LiveAlert);
