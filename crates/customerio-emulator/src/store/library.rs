//! What a workspace has beside people, objects and what they did: what its team makes, by the App API or without it.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    mem::size_of,
    time::Duration,
};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    server::reply::Refusal,
    store::{
        held::Held,
        memory::{block, list, map, slot, value_of},
        placed::{Place, Placed, PlacedImage},
        record::{Channel, Message},
        room::Room,
        sequence::Sequence,
        shelf::{Shelf, ShelfImage},
    },
};

#[derive(Debug)]
pub(crate) struct Library {
    /// Manual segments. Who is in them is the people's.
    pub(crate) segments: Placed<u32, Segment>,
    pub(crate) snippets: Shelf<String, Snippet>,
    pub(crate) collections: Shelf<u64, Collection>,
    pub(crate) imports: Shelf<u64, Import>,
    pub(crate) templates: Templates,
    pub(crate) senders: Shelf<u64, Sender>,
    pub(crate) topics: Shelf<u64, Topic>,
    pub(crate) newsletters: Shelf<u64, Newsletter>,
    pub(crate) webhooks: Shelf<u64, Webhook>,
    /// The addresses that the mail provider keeps out: by the type of the suppression and the address, since when.
    pub(crate) suppressed: Shelf<Suppressed, i64>,
}

impl Library {
    pub(crate) fn within(room: &Room, sequence: &Sequence) -> Self {
        Self {
            segments: Placed::of("segments", room, sequence),
            snippets: Shelf::of("snippets", room),
            collections: Shelf::of("collections", room),
            imports: Shelf::of("imports", room),
            templates: Templates { shelf: Placed::of("transactional messages", room, sequence), ids: HashMap::new() },
            senders: Shelf::of("sender identities", room),
            topics: Shelf::of("subscription topics", room),
            newsletters: Shelf::of("newsletters", room),
            webhooks: Shelf::of("reporting webhooks", room),
            suppressed: Shelf::of("suppressed addresses", room),
        }
    }
}

/// The library, to be written down.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct LibraryImage {
    segments: PlacedImage<u32, Segment>,
    snippets: ShelfImage<String, Snippet>,
    collections: ShelfImage<u64, Collection>,
    imports: ShelfImage<u64, Import>,
    templates: PlacedImage<u64, Template>,
    senders: ShelfImage<u64, Sender>,
    topics: ShelfImage<u64, Topic>,
    newsletters: ShelfImage<u64, Newsletter>,
    webhooks: ShelfImage<u64, Webhook>,
    suppressed: ShelfImage<Suppressed, i64>,
}

impl Library {
    pub(crate) fn image(&self) -> LibraryImage {
        LibraryImage {
            segments: self.segments.image(),
            snippets: self.snippets.image(),
            collections: self.collections.image(),
            imports: self.imports.image(),
            templates: self.templates.shelf.image(),
            senders: self.senders.image(),
            topics: self.topics.image(),
            newsletters: self.newsletters.image(),
            webhooks: self.webhooks.image(),
            suppressed: self.suppressed.image(),
        }
    }

    /// Puts back what was written down.
    pub(crate) fn restore(&mut self, image: LibraryImage) {
        self.segments.restore(image.segments);
        self.snippets.restore(image.snippets);
        self.collections.restore(image.collections);
        self.imports.restore(image.imports);
        self.templates.shelf.restore(image.templates);
        self.templates.ids = self.templates.iter().map(|(id, template)| (template.name.clone(), id)).collect();
        self.senders.restore(image.senders);
        self.topics.restore(image.topics);
        self.newsletters.restore(image.newsletters);
        self.webhooks.restore(image.webhooks);
        self.suppressed.restore(image.suppressed);
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Segment {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) created_at: i64,
}

/// A piece of text, which is known by its name.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Snippet {
    pub(crate) value: String,
    pub(crate) updated_at: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Collection {
    pub(crate) name: String,
    /// An array of rows, or an object.
    pub(crate) content: Value,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Import {
    /// As it was asked for.
    pub(crate) fields: Map<String, Value>,
    pub(crate) created_at: i64,
    pub(crate) result: ImportResult,
}

/// The result of imports, for [`Emulator::set_import_result`](crate::Emulator::set_import_result).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ImportResult {
    /// Imports this many rows.
    Imported(u64),
    /// Fails, for this reason.
    Failed(String),
}

impl Default for ImportResult {
    /// The file is not fetched: it might as well be empty.
    fn default() -> Self {
        Self::Imported(0)
    }
}

/// A transactional message, of which others are made.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Template {
    pub(crate) name: String,
    pub(crate) created_at: i64,
    /// Whether those get it, too, who want no messages. If it does not say, they get it as a transactional message, and
    /// not as a broadcast.
    #[serde(default)]
    pub(crate) send_to_unsubscribed: Option<bool>,
    pub(crate) content: Content,
}

/// What messages are made of, in Liquid: by channel, then by language, which is empty for all others.
pub(crate) type Content = BTreeMap<Channel, BTreeMap<String, Parts>>;

/// The parts of a message, such as `subject`, each with its source.
pub(crate) type Parts = BTreeMap<String, String>;

/// A message that is sent to many when it is triggered.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Broadcast {
    pub(crate) name: String,
    /// Whom it goes to where a trigger does not say: a filter.
    pub(crate) recipients: Option<Value>,
    /// The name of the template that its messages are made of.
    pub(crate) template: Option<String>,
    /// When it was triggered last.
    pub(crate) triggered: Option<Duration>,
}

/// The transactional messages, which are found by their numbers and by their names.
#[derive(Debug)]
pub(crate) struct Templates {
    pub(crate) shelf: Placed<u64, Template>,
    ids: HashMap<String, u64>,
}

impl Templates {
    pub(crate) fn get(&self, id: u64) -> Option<&Template> {
        self.shelf.get(&id)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, &Template)> {
        self.shelf.iter().map(|(id, template)| (*id, template))
    }

    /// The number of the one that a message names, by its number or its name.
    pub(crate) fn find(&self, named: &Value) -> Option<u64> {
        match named {
            Value::String(name) => self.ids.get(name).copied(),
            number => number.as_u64().filter(|id| self.get(*id).is_some()),
        }
    }

    /// The number of the one that a message is made of.
    pub(crate) fn find_of(&self, message: &Message) -> Option<u64> {
        self.find(&serde_json::to_value(message.template.as_ref()?).ok()?)
    }

    /// Makes one, or gives the one with this number another name.
    pub(crate) fn put(&mut self, id: u64, name: String, now: i64) {
        let known = self.shelf.get(&id).cloned().unwrap_or_else(|| Template { created_at: now, ..Template::default() });
        self.set(id, Template { name, ..known });
    }

    /// Makes one that has content, or replaces the one with this number.
    pub(crate) fn set(&mut self, id: u64, template: Template) {
        if let Some(known) = self.shelf.get(&id) {
            self.ids.remove(&known.name);
        }
        self.ids.insert(template.name.clone(), id);
        self.shelf.set(id, template);
    }

    /// Returns one another content of a channel, in a language; it is made if nobody has named it yet.
    pub(crate) fn put_parts(
        &mut self,
        named: &Value,
        (channel, language): (Channel, String),
        parts: Parts,
        now: i64,
    ) -> Result<(), Refusal> {
        self.obtain(named, now)?;
        let Some(id) = self.find(named) else { return Ok(()) };
        let Some(Template { name, created_at, content, send_to_unsubscribed }) = self.get(id) else { return Ok(()) };
        let (name, created_at, mut content) = (name.clone(), *created_at, content.clone());
        let send_to_unsubscribed = *send_to_unsubscribed;
        content.entry(channel).or_default().insert(language, parts);
        self.shelf.put(id, Template { name, created_at, send_to_unsubscribed, content })
    }

    /// Makes the one that a message names, unless it is there.
    pub(crate) fn obtain(&mut self, named: &Value, now: i64) -> Result<(), Refusal> {
        match named {
            _ if self.find(named).is_some() => Ok(()),
            Value::String(name) => {
                let id = self.shelf.add(Template { name: name.clone(), created_at: now, ..Template::default() })?;
                self.ids.insert(name.clone(), id);
                Ok(())
            }
            number => {
                let Some(id) = number.as_u64() else { return Ok(()) };
                let name = format!("transactional message {id}");
                self.shelf.put(id, Template { name: name.clone(), created_at: now, ..Template::default() })?;
                self.ids.insert(name, id);
                Ok(())
            }
        }
    }
}

/// Whom messages are from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Sender {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) created_at: i64,
}

/// What people can subscribe to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Topic {
    pub(crate) name: String,
    pub(crate) subscribed_by_default: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Newsletter {
    /// As it was asked for.
    pub(crate) fields: Map<String, Value>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    /// When it goes out, or went out.
    pub(crate) sent_at: Option<i64>,
}

/// Who gets the events about messages.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Webhook {
    pub(crate) name: String,
    pub(crate) endpoint: String,
    /// The events that it gets, such as `email_sent`.
    pub(crate) events: Vec<String>,
    pub(crate) disabled: bool,
    pub(crate) full_resolution: bool,
    pub(crate) with_content: bool,
}

/// The type of a suppression, and the address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Suppressed {
    pub(crate) kind: Cow<'static, str>,
    pub(crate) email: String,
}

impl Held for String {
    fn held(&self) -> usize {
        block(self.len())
    }
}

impl Held for Segment {
    fn held(&self) -> usize {
        self.name.held() + self.description.held()
    }
}

impl Place for Segment {
    const KIND: &'static str = "segments";

    fn label(&self) -> &str {
        &self.name
    }
}

impl Place for Template {
    const KIND: &'static str = "templates";

    fn label(&self) -> &str {
        &self.name
    }
}

impl Held for Broadcast {
    fn held(&self) -> usize {
        let texts = self.name.held() + self.template.as_ref().map_or(0, Held::held);
        texts + self.recipients.as_ref().map_or(0, value_of)
    }
}

impl Place for Broadcast {
    const KIND: &'static str = "broadcasts";

    fn label(&self) -> &str {
        &self.name
    }
}

impl Held for u32 {
    fn held(&self) -> usize {
        0
    }
}

impl Held for u64 {
    fn held(&self) -> usize {
        0
    }
}

impl Held for i64 {
    fn held(&self) -> usize {
        0
    }
}

impl Held for Suppressed {
    fn held(&self) -> usize {
        self.email.held()
    }
}

impl Held for Snippet {
    fn held(&self) -> usize {
        self.value.held()
    }
}

impl Held for Collection {
    fn held(&self) -> usize {
        self.name.held() + value_of(&self.content)
    }
}

impl Held for Import {
    fn held(&self) -> usize {
        let reason = match &self.result {
            ImportResult::Failed(reason) => reason.held(),
            ImportResult::Imported(_) => 0,
        };
        map(&self.fields) + reason
    }
}

/// With what its name leads to it.
impl Held for Template {
    fn held(&self) -> usize {
        let parts = self.content.values().flatten().flat_map(|(_, parts)| parts);
        let sources = parts.map(|(name, source)| name.held() + source.held() + 2 * size_of::<(String, String)>());
        2 * self.name.held() + slot::<String, u64>() + sources.sum::<usize>()
    }
}

impl Held for Sender {
    fn held(&self) -> usize {
        self.name.held() + self.email.held()
    }
}

impl Held for Topic {
    fn held(&self) -> usize {
        self.name.held()
    }
}

impl Held for Newsletter {
    fn held(&self) -> usize {
        map(&self.fields)
    }
}

impl Held for Webhook {
    fn held(&self) -> usize {
        let events = list::<String>(self.events.capacity()) + self.events.iter().map(Held::held).sum::<usize>();
        self.name.held() + self.endpoint.held() + events
    }
}
