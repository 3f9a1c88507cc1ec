//! The results of the parts of a message.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use crate::{
    liquid::{Problem, ProblemKind},
    store::memory::{block, list},
};

/// The name of a part, which is read from a text and not borrowed from it.
type Name = &'static str;

/// Why a part of a message could not be rendered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RenderProblem {
    /// The part, such as `subject` or `html`.
    #[serde(deserialize_with = "part")]
    pub part: Name,
    /// The line of the part, from 1, where it is known.
    pub line: Option<usize>,
    /// The error message.
    pub message: String,
    /// Whether it prevents the message from being sent. Otherwise the emulator lacks a feature that the service may
    /// have: the message is sent, and this part is shown as its source.
    pub fails: bool,
}

impl RenderProblem {
    pub(crate) fn of(part: &'static str, problem: &Problem) -> Self {
        Self {
            part,
            line: Some(problem.line).filter(|line| *line > 0),
            message: problem.message.clone(),
            fails: problem.kind != ProblemKind::Unsupported,
        }
    }
}

impl fmt::Display for RenderProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { part, line, message, fails } = self;
        if !fails {
            f.write_str("preview incomplete: ")?;
        }
        match line {
            Some(line) => write!(f, "{part}, line {line}: {message}"),
            None => write!(f, "{part}: {message}"),
        }
    }
}

/// The results of the parts that are of a template, or have Liquid in them. Others are as the request has them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Rendered {
    pub(crate) parts: Vec<Part>,
    pub(crate) problems: Vec<RenderProblem>,
}

/// A part of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Part {
    #[serde(deserialize_with = "part")]
    pub(crate) name: Name,
    /// Its source, where that is a template's; otherwise the request has it.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "source")]
    pub(crate) source: Option<Arc<str>>,
    /// What was made of it, where that is something else.
    pub(crate) text: Option<Box<str>>,
}

impl Rendered {
    pub(crate) fn part(&self, name: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.name == name)
    }

    /// Why the message cannot be sent.
    pub(crate) fn failure(&self) -> Option<String> {
        self.problems.iter().find(|problem| problem.fails).map(ToString::to_string)
    }
}

impl Rendered {
    /// How many bytes of memory it takes. Sources are the library's, which has room for them: many messages share one.
    pub(crate) fn held(&self) -> usize {
        block(size_of::<Self>())
            + list::<Part>(self.parts.capacity())
            + self.parts.iter().filter_map(|part| part.text.as_ref()).map(|text| block(text.len())).sum::<usize>()
            + list::<RenderProblem>(self.problems.capacity())
            + self.problems.iter().map(|problem| block(problem.message.len())).sum::<usize>()
    }
}

/// The names of the parts of all channels.
const NAMES: [&str; 16] = [
    "to",
    "from",
    "reply_to",
    "cc",
    "bcc",
    "subject",
    "preheader",
    "html",
    "text",
    "amp",
    "title",
    "message",
    "image_url",
    "link",
    "custom_data",
    "custom_payload",
];

/// The name of a part, which is one that messages have.
fn part<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static str, D::Error> {
    let name = String::deserialize(deserializer)?;
    let known = NAMES.into_iter().find(|known| *known == name);
    known.ok_or_else(|| D::Error::custom(format_args!("messages have no part {name:.100}")))
}

mod source {
    use std::sync::Arc;

    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    #[expect(clippy::ref_option, reason = "serde asks for it")]
    pub(super) fn serialize<S: Serializer>(source: &Option<Arc<str>>, serializer: S) -> Result<S::Ok, S::Error> {
        source.as_deref().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Arc<str>>, D::Error> {
        Option::<String>::deserialize(deserializer).map(|source| source.map(Arc::from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Channel,
        render::parts::{payloads, slots},
    };

    /// What is written down is read again, whichever part it is.
    #[test]
    fn every_part_is_known_by_its_name() {
        use Channel::{Email, InApp, Inbox, Push, Sms, WhatsApp};
        let channels = [Email, Push, Sms, WhatsApp, InApp, Inbox];
        let names = channels.into_iter().flat_map(slots).map(|slot| slot.name);
        for name in names.chain(channels.into_iter().flat_map(payloads).copied()) {
            let source = Some("source".into());
            let part = Part { name, source, text: None };
            let json = serde_json::to_string(&part).unwrap();
            assert_eq!(serde_json::from_str::<Part>(&json).unwrap(), part);
        }
        assert!(serde_json::from_str::<Part>(r#"{"name":"other","text":null}"#).is_err());
    }
}
