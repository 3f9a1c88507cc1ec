//! Subscriptions to topics, as every API writes them.

use serde::{
    Serialize, Serializer,
    ser::{Error as _, SerializeMap as _},
};

use crate::{TopicId, json::Reason};

/// `{"topic_1":true}`, of pairs of a topic and whether the person gets it. A topic given twice is refused: which of the two
/// counts would be up to the reader.
#[derive(Clone)]
pub(crate) struct Topics(Vec<(TopicId, bool)>);

impl Topics {
    pub(crate) fn new(topics: impl IntoIterator<Item = (impl Into<TopicId>, bool)>) -> Self {
        Self(topics.into_iter().map(|(topic, subscribed)| (topic.into(), subscribed)).collect())
    }
}

impl Serialize for Topics {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (index, (topic, subscribed)) in self.0.iter().enumerate() {
            topic.check().map_err(|error| S::Error::custom(Reason(error)))?;
            if self.0[..index].iter().any(|(before, _)| before == topic) {
                return Err(S::Error::custom(Reason(format_args!("topic {topic} is given twice"))));
            }
            map.serialize_entry(&format_args!("topic_{topic}"), subscribed)?;
        }
        map.end()
    }
}

/// `{"topics":{"topic_1":true}}`, the value of `cio_subscription_preferences`.
#[derive(Clone, Serialize)]
pub(crate) struct Preferences {
    topics: Topics,
}

impl Preferences {
    pub(crate) fn new(topics: impl IntoIterator<Item = (impl Into<TopicId>, bool)>) -> Self {
        Self { topics: Topics::new(topics) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_topic_stands_once() {
        let text = |topics: &[(u32, bool)]| serde_json::to_string(&Preferences::new(topics.iter().copied()));
        assert_eq!(text(&[(1, true), (20, false)]).unwrap(), r#"{"topics":{"topic_1":true,"topic_20":false}}"#);
        assert_eq!(text(&[]).unwrap(), r#"{"topics":{}}"#);
        assert_eq!(text(&[(1, true), (2, true), (1, false)]).unwrap_err().to_string(), "topic 1 is given twice");
    }
}
