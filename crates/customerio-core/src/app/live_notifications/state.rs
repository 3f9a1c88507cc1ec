//! What the live notifications that come with Customer.io's SDK show.

use serde::{Serialize, Serializer, ser::Error as _, ser::SerializeStruct as _};

use crate::{
    Timestamp,
    json::Reason,
    macros::{opaque_debug, setters},
    text::Text,
};

/// The content of a live notification with several steps, such as a delivery: the state of
/// [`Start::multi_step`](super::Start::multi_step).
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::app::live_notifications::MultiStep;
/// use serde_json::json;
///
/// let state = MultiStep::new("On its way", 2, 4).with_substatus("Ten minutes left");
/// assert_eq!(
///     serde_json::to_value(&state)?,
///     json!({"status": "On its way", "segmentsTotal": 4, "segmentsComplete": 2, "substatus": "Ten minutes left"})
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone)]
#[doc(alias = "segments")]
pub struct MultiStep {
    status: Text,
    complete: u32,
    total: u32,
    substatus: Option<Text>,
    trailing_text: Option<Text>,
}

/// The most steps: the service takes more for as many.
const STEPS: u32 = 20;

impl MultiStep {
    /// The type of these live notifications.
    pub const NOTIFICATION_TYPE: &str = "io.customer.livenotifications.segments";

    /// Creates a status of which `complete` steps of `total` are done. There are from 1 to 20 steps.
    #[must_use]
    pub fn new(status: impl AsRef<str>, complete: u32, total: u32) -> Self {
        Self { status: Text::new(status), complete, total, substatus: None, trailing_text: None }
    }

    setters! {
        /// A line below the status.
        with_substatus, substatus: text;
        /// A short text at the end of the Dynamic Island.
        with_trailing_text, trailing_text: text;
    }
}

/// # Errors
///
/// Fails if it does not have from 1 to 20 steps, or more of them are done than there are.
impl Serialize for MultiStep {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !(1..=STEPS).contains(&self.total) {
            return Err(S::Error::custom(Reason(format_args!("there must be from 1 to {STEPS} steps"))));
        }
        if self.complete > self.total {
            return Err(S::Error::custom(Reason("more steps are complete than there are")));
        }
        let mut object = serializer.serialize_struct("MultiStep", 5)?;
        object.serialize_field("status", &self.status)?;
        object.serialize_field("segmentsTotal", &self.total)?;
        object.serialize_field("segmentsComplete", &self.complete)?;
        for (name, text) in [("substatus", &self.substatus), ("trailingText", &self.trailing_text)] {
            match text {
                Some(text) => object.serialize_field(name, text)?,
                None => object.skip_field(name)?,
            }
        }
        object.end()
    }
}

/// The content of a live notification with a countdown: the state of [`Start::countdown`](super::Start::countdown).
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::app::live_notifications::Countdown;
/// use serde_json::json;
///
/// let state = Countdown::new("Doors open").with_end_time(1_700_000_000);
/// assert_eq!(
///     serde_json::to_value(&state)?,
///     json!({"title": "Doors open", "endTime": 1_700_000_000})
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[doc(alias = "timer")]
pub struct Countdown {
    title: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_message: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<Timestamp>,
}

impl Countdown {
    /// The type of these live notifications.
    pub const NOTIFICATION_TYPE: &str = "io.customer.livenotifications.countdowntimer";

    /// Creates a countdown with this title, which shows no time yet.
    #[must_use]
    pub fn new(title: impl AsRef<str>) -> Self {
        Self { title: Text::new(title), status_message: None, end_time: None }
    }

    setters! {
        /// A line below the title.
        with_status_message, status_message: text;
        /// When it reaches zero. Default: it shows no time.
        with_end_time, end_time: time;
    }
}

opaque_debug!(MultiStep);
opaque_debug!(Countdown);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Attributes;

    fn written(state: impl Serialize) -> Result<String, String> {
        let json = Attributes::new("the content state", &state).into_json().map_err(|error| error.to_string())?;
        Ok(String::from_utf8(json).unwrap())
    }

    #[test]
    fn what_is_not_set_is_left_out() {
        let all = MultiStep::new("Done", 20, 20).with_substatus("Enjoy").with_trailing_text("now");
        let bare = MultiStep::new("Packed", 0, 1);
        let countdown = Countdown::new("Sale").with_status_message("Last day").with_end_time(1_700_000_000);
        for (json, serde, expected) in [
            (
                written(&all),
                serde_json::to_string(&all),
                r#"{"status":"Done","segmentsTotal":20,"segmentsComplete":20,"substatus":"Enjoy","trailingText":"now"}"#,
            ),
            (
                written(&bare),
                serde_json::to_string(&bare),
                r#"{"status":"Packed","segmentsTotal":1,"segmentsComplete":0}"#,
            ),
            (
                written(&countdown),
                serde_json::to_string(&countdown),
                r#"{"title":"Sale","statusMessage":"Last day","endTime":1700000000}"#,
            ),
            (written(Countdown::new("Sale")), serde_json::to_string(&Countdown::new("Sale")), r#"{"title":"Sale"}"#),
        ] {
            assert_eq!((json.unwrap().as_str(), serde.unwrap().as_str()), (expected, expected));
        }
    }

    #[test]
    fn steps_that_would_be_shown_as_others_are_refused() {
        for (state, expected) in [
            (MultiStep::new("a", 0, 0), "the content state cannot be encoded: there must be from 1 to 20 steps"),
            (MultiStep::new("a", 2, 21), "the content state cannot be encoded: there must be from 1 to 20 steps"),
            (MultiStep::new("a", 5, 4), "the content state cannot be encoded: more steps are complete than there are"),
        ] {
            assert_eq!(written(state).unwrap_err(), expected);
        }
        assert_eq!(
            written(Countdown::new("a").with_end_time(1_700_000_000_000)).unwrap_err(),
            "`endTime` cannot be encoded: it is not a time in seconds; it can only be milliseconds"
        );
    }
}
