//! What a seed says.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::contract::mode::Contract;

/// The contents that a workspace begins with, and that [`Emulator::reset`](crate::Emulator::reset) restores: people,
/// events, templates, segments and so on.
///
/// A clone is cheap.
///
/// It is read from a folder (`Seed::from_dir`, feature `control`) or from one JSON document ([`Seed::from_json`]). What the
/// API would refuse of a person or an event is refused when it is read, with the line.
///
/// ```
/// use customerio_emulator::{Emulator, Seed};
///
/// let seed = Seed::from_json(r#"{
///     "workspace": {"segments": [{"id": 7, "name": "Beta"}]},
///     "people": [{"id": "42", "email": "ada@example.com", "plan": "pro", "_segments": [7]}]
/// }"#)?;
/// let emulator = Emulator::builder().with_seed(seed).build();
/// assert!(emulator.person("ada@example.com").expect("she is in the seed").segments.contains(&7));
///
/// let error = Seed::from_json("{\"people\": [\n  {\"id\": \"42\", \"email\": \"ada\"}\n]}").unwrap_err();
/// assert_eq!(error.to_string(), "line 2: email must be an e-mail address, or null or empty to remove it");
/// # Ok::<(), customerio_emulator::SeedError>(())
/// ```
///
/// The folder has these files, all of which may be missing:
///
/// - `workspace.json`: credentials (`site_id`, `track_api_key`, `app_api_key`, `pipelines_key`, `webhook_signing_key`), `region`,
///   `contract` (`"compat"` or `"strict"`: [`Contract`]), `rate_limits` (`true` or `false`), `segments`, `topics`, `senders`, `objects`, `templates` (numbers and names of those without content), `broadcasts`,
///   `webhooks` and `outcomes` (such as `"sent"` or `{"outcome": "opened", "after": "10s"}`), and `liquid_undefined`:
///   `"fail"`, as it is otherwise, or `"blank"`.
/// - `people.jsonl`: a person a line, as a body of the Track API, with `_devices`, `_segments` and `_objects` beside.
/// - `events.jsonl`: an event a line, with the id or the address of its `person`, or an `anonymous_id`.
/// - `templates/NAME/`: `meta.json` (`id`, `subject`, `from`, `reply_to`, `preheader`, `send_to_unsubscribed`), `email.html`,
///   `email.txt`, `push.json` (`title`, `message`, `link`, `image_url`), `sms.txt`, `whatsapp.txt`, `in_app.html`; and a folder
///   with such files for each language.
/// - `snippets/NAME.html`.
///
/// In the document, `workspace`, `people`, `events`, `templates` and `snippets` are members, templates are members of those with
/// the names of the files, and snippets are members without the extension.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seed {
    pub(crate) document: Arc<Document>,
}

impl Seed {
    /// The document, which [`from_json`](Self::from_json) reads.
    #[must_use]
    pub fn to_json(&self) -> String {
        // All keys are text, and no number is without a value.
        serde_json::to_string(&*self.document)
            .unwrap_or_else(|error| unreachable!("a seed can always be written: {error}"))
    }
}

/// Fields of an object, sorted.
pub(crate) type Fields = Map<String, Value>;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Document {
    pub(crate) workspace: Workspace,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) people: Vec<Fields>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) events: Vec<Fields>,
    /// By name: the files of each.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) templates: BTreeMap<String, Fields>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) snippets: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Workspace {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) site_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) track_api_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) app_api_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pipelines_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) webhook_signing_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) region: Option<Region>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) contract: Option<Contract>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rate_limits: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) segments: Vec<Segment>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) topics: Vec<Topic>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) senders: Vec<Sender>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) objects: Vec<Fields>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) templates: Vec<Named>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) broadcasts: Vec<Broadcast>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) webhooks: Vec<Fields>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) outcomes: Option<Vec<Value>>,
    /// What a variable of a template is that has no value: a failure, or nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) liquid_undefined: Option<LiquidUndefined>,
}

/// What a variable of a template is that has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LiquidUndefined {
    /// A failure of the message.
    Fail,
    /// Nothing.
    Blank,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Region {
    Us,
    Eu,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Segment {
    pub(crate) id: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) description: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Topic {
    pub(crate) id: u64,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) subscribed_by_default: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sender {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) email: String,
}

/// A template by its number and its name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Named {
    pub(crate) id: u64,
    pub(crate) name: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Broadcast {
    pub(crate) id: u64,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) name: String,
    /// A filter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) recipients: Option<Value>,
    /// The name of a template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) template: Option<String>,
}
