//! The part of a push notification that Apple's service reads: the dictionary `aps`.

use serde::{Serialize, Serializer, ser::Error as _};

use crate::{
    json::Reason,
    macros::{opaque_debug, setters},
    text::Text,
};

/// Apple's own part of a payload, `aps`.
///
/// <https://docs.customer.io/integrations/api/app/#operation/sendPush>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::app::{Aps, InterruptionLevel};
/// use serde_json::json;
///
/// let aps = Aps::new()
///     .with_alert("Hi")
///     .with_badge(1)
///     .with_interruption_level(InterruptionLevel::TimeSensitive);
/// assert_eq!(
///     serde_json::to_value(&aps)?,
///     json!({"alert": "Hi", "badge": 1, "interruption-level": "time-sensitive"})
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// With Customer.io's SDK in the app, [`with_mutable_content`](Self::with_mutable_content) must be true: otherwise
/// there are no images, and nothing counts as delivered.
#[derive(Clone, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Aps {
    #[serde(skip_serializing_if = "Option::is_none")]
    alert: Option<Alert>,
    #[serde(skip_serializing_if = "Option::is_none")]
    badge: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sound: Option<ApsSound>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread_id: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_available: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mutable_content: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_content_id: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interruption_level: Option<InterruptionLevel>,
    #[serde(skip_serializing_if = "Option::is_none")]
    relevance_score: Option<Part>,
}

impl Aps {
    /// Creates an empty dictionary.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets what the notification shows: a text, or an [`AlertText`].
    #[must_use]
    pub fn with_alert(mut self, alert: impl Into<Alert>) -> Self {
        self.alert = Some(alert.into());
        self
    }

    /// The sound: the name of a file in the app or `default`, or a [`CriticalSound`].
    #[must_use]
    pub fn with_sound(mut self, sound: impl Into<ApsSound>) -> Self {
        self.sound = Some(sound.into());
        self
    }

    /// Whether the app is woken up to fetch content. It is sent as 1 or 0.
    #[must_use]
    pub fn with_content_available(mut self, available: bool) -> Self {
        self.content_available = Some(available.into());
        self
    }

    /// Whether the app may change the notification before it is shown. It is sent as 1 or 0.
    #[must_use]
    pub fn with_mutable_content(mut self, mutable: bool) -> Self {
        self.mutable_content = Some(mutable.into());
        self
    }

    /// The rank in the summary of the app's notifications, from 0 to 1.
    #[must_use]
    pub fn with_relevance_score(mut self, score: f64) -> Self {
        self.relevance_score = Some(Part(score));
        self
    }

    setters! {
        /// The number on the app's icon; 0 removes it.
        with_badge, badge: u32;
        /// Notifications of one thread are shown as a group.
        with_thread_id, thread_id: text;
        /// The kind of the notification, which says what buttons it has.
        with_category, category: text;
        /// The window of the app that comes forward.
        with_target_content_id, target_content_id: text;
        /// How much it may disturb.
        with_interruption_level, interruption_level: InterruptionLevel;
    }
}

/// The alert that a notification shows: a text, or an [`AlertText`] with a title and a text or the keys of localised
/// ones.
#[derive(Clone, Serialize)]
#[serde(transparent)]
pub struct Alert(Shown);

#[derive(Clone, Serialize)]
#[serde(untagged)]
enum Shown {
    Text(Text),
    Parts(Box<AlertText>),
}

impl From<AlertText> for Alert {
    fn from(text: AlertText) -> Self {
        Self(Shown::Parts(Box::new(text)))
    }
}

/// The parts of what a notification shows: each as text, or as the key of a localised text with what replaces its
/// placeholders.
#[derive(Clone, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct AlertText {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subtitle: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    launch_image: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title_loc_key: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title_loc_args: Option<Vec<Text>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subtitle_loc_key: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subtitle_loc_args: Option<Vec<Text>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    loc_key: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    loc_args: Option<Vec<Text>>,
}

impl AlertText {
    /// Creates an alert with nothing to show.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the values of the placeholders in the localised title.
    #[must_use]
    pub fn with_title_loc_args(mut self, values: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.title_loc_args = Some(values.into_iter().map(Text::new).collect());
        self
    }

    /// Sets the values of the placeholders in the localised subtitle.
    #[must_use]
    pub fn with_subtitle_loc_args(mut self, values: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.subtitle_loc_args = Some(values.into_iter().map(Text::new).collect());
        self
    }

    /// Sets the values of the placeholders in the localised text.
    #[must_use]
    pub fn with_loc_args(mut self, values: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.loc_args = Some(values.into_iter().map(Text::new).collect());
        self
    }

    setters! {
        /// The title.
        with_title, title: text;
        /// The line below the title.
        with_subtitle, subtitle: text;
        /// The text.
        with_body, body: text;
        /// The image that the app shows while it starts.
        with_launch_image, launch_image: text;
        /// The key of the localised title.
        with_title_loc_key, title_loc_key: text;
        /// The key of the localised line below the title.
        with_subtitle_loc_key, subtitle_loc_key: text;
        /// The key of the localised text.
        with_loc_key, loc_key: text;
    }
}

/// The sound of a notification: the name of a file in the app or `default`, or a [`CriticalSound`].
#[derive(Clone, Serialize)]
#[serde(transparent)]
pub struct ApsSound(Sound);

#[derive(Clone, Serialize)]
#[serde(untagged)]
enum Sound {
    Name(Text),
    Critical(CriticalSound),
}

impl From<CriticalSound> for ApsSound {
    fn from(sound: CriticalSound) -> Self {
        Self(Sound::Critical(sound))
    }
}

macro_rules! from_text {
    ($type:ident($variant:path): $($text:ty)*) => {$(
        impl From<$text> for $type {
            fn from(text: $text) -> Self {
                Self($variant(Text::new(text)))
            }
        }
    )*};
}

from_text!(Alert(Shown::Text): &str &String String);
from_text!(ApsSound(Sound::Name): &str &String String);

/// A sound that is heard on a silenced device too: for apps that Apple allows it.
#[derive(Clone, Serialize)]
pub struct CriticalSound {
    critical: u8,
    name: Text,
    volume: Part,
}

impl CriticalSound {
    /// Plays the sound with this name at this volume, from 0 to 1.
    #[must_use]
    pub fn new(name: impl AsRef<str>, volume: f64) -> Self {
        Self { critical: 1, name: Text::new(name), volume: Part(volume) }
    }
}

/// How much a notification may disturb.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum InterruptionLevel {
    /// Added to the list, without light or sound.
    Passive,
    /// Lights up the screen, and can play a sound.
    Active,
    /// Breaks through settings that hold back most notifications.
    TimeSensitive,
    /// Plays its sound on a silenced device too.
    Critical,
}

/// A number from 0 to 1.
#[derive(Clone, Copy)]
struct Part(f64);

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !(0.0..=1.0).contains(&self.0) {
            return Err(S::Error::custom(Reason("a volume and a relevance score are from 0 to 1")));
        }
        serializer.serialize_f64(self.0)
    }
}

opaque_debug!(Aps);
opaque_debug!(Alert);
opaque_debug!(AlertText);
opaque_debug!(ApsSound);
opaque_debug!(CriticalSound);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_key_has_apples_name() {
        let alert = AlertText::new()
            .with_title("T")
            .with_subtitle("S")
            .with_body("B")
            .with_launch_image("l.png")
            .with_title_loc_key("tk")
            .with_title_loc_args(["ta"])
            .with_subtitle_loc_key("sk")
            .with_subtitle_loc_args(["sa"])
            .with_loc_key("k")
            .with_loc_args(["a", "b"]);
        let aps = Aps::new()
            .with_alert(alert)
            .with_badge(0)
            .with_sound(CriticalSound::new("alarm.caf", 0.5))
            .with_thread_id("orders")
            .with_category("ORDER")
            .with_content_available(false)
            .with_mutable_content(true)
            .with_target_content_id("window")
            .with_interruption_level(InterruptionLevel::Critical)
            .with_relevance_score(1.0);
        assert_eq!(
            serde_json::to_value(&aps).unwrap(),
            json!({
                "alert": {
                    "title": "T", "subtitle": "S", "body": "B", "launch-image": "l.png",
                    "title-loc-key": "tk", "title-loc-args": ["ta"],
                    "subtitle-loc-key": "sk", "subtitle-loc-args": ["sa"],
                    "loc-key": "k", "loc-args": ["a", "b"],
                },
                "badge": 0,
                "sound": {"critical": 1, "name": "alarm.caf", "volume": 0.5},
                "thread-id": "orders",
                "category": "ORDER",
                "content-available": 0,
                "mutable-content": 1,
                "target-content-id": "window",
                "interruption-level": "critical",
                "relevance-score": 1.0,
            })
        );
        assert_eq!(serde_json::to_string(&Aps::new().with_sound("default")).unwrap(), r#"{"sound":"default"}"#);
        assert_eq!(serde_json::to_string(&Aps::new()).unwrap(), "{}");
    }

    #[test]
    fn what_is_a_part_is_from_0_to_1() {
        for value in [-0.1, 1.1, f64::NAN] {
            assert!(serde_json::to_string(&Aps::new().with_relevance_score(value)).is_err(), "{value}");
            assert!(serde_json::to_string(&CriticalSound::new("a", value)).is_err(), "{value}");
        }
    }
}
