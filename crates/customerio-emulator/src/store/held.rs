//! How much memory each kind of record takes.

use std::{mem::size_of, sync::Arc};

use bytes::Bytes;
use customerio_core::Timestamp;

use crate::{
    contract::deviation::Deviation,
    store::{
        changes::Effect,
        memory::{block, list, map, slot, tree, value_of},
        record::{
            Device, Event, FormSubmission, LoggedRequest, Message, Metric, OptOut, Outcome, Person, Relationship,
            Trigger, Unsubscribe,
        },
    },
};

/// What takes memory.
pub(crate) trait Held {
    /// How many bytes it takes beside itself, an estimate.
    fn held(&self) -> usize;
}

fn text(text: &str) -> usize {
    block(text.len())
}

fn optional(optional: Option<&String>) -> usize {
    optional.map_or(0, |value| text(value))
}

impl Held for Event {
    fn held(&self) -> usize {
        let ids = [&self.id, &self.person, &self.anonymous_id, &self.group_id];
        text(&self.name) + ids.into_iter().map(|id| optional(id.as_ref())).sum::<usize>() + self.data.held()
    }
}

/// What the name of a template takes, about.
const TEMPLATE: usize = 32;

impl Held for Message {
    fn held(&self) -> usize {
        text(self.delivery_id.as_str())
            + optional(self.person.as_ref())
            + optional(self.to.as_ref())
            + optional(self.subject.as_ref())
            + optional(self.preview.as_ref())
            + self.template.as_ref().map_or(0, |_| block(TEMPLATE))
            + self.body.held()
            + self.rendered.as_ref().map_or(0, |rendered| rendered.held())
            + list::<(Timestamp, Outcome)>(self.outcomes.capacity())
            + self.outcomes.iter().map(|(_, outcome)| outcome.detail().map_or(0, text)).sum::<usize>()
    }
}

impl Held for Trigger {
    fn held(&self) -> usize {
        let errors = &self.errors;
        value_of(&self.body) + list::<String>(errors.capacity()) + errors.iter().map(|error| text(error)).sum::<usize>()
    }
}

impl Held for Metric {
    fn held(&self) -> usize {
        text(self.delivery_id.as_str()) + text(&self.metric) + value_of(&self.body)
    }
}

impl Held for FormSubmission {
    fn held(&self) -> usize {
        text(&self.form_id) + text(&self.person) + map(&self.data)
    }
}

impl Held for Unsubscribe {
    fn held(&self) -> usize {
        text(self.delivery_id.as_str()) + optional(self.person.as_ref())
    }
}

impl Held for LoggedRequest {
    fn held(&self) -> usize {
        let found = |list_of: &Vec<Deviation>| {
            let texts = list_of.iter().map(|found| text(&found.pointer) + text(&found.message));
            list::<Deviation>(list_of.capacity()) + texts.sum::<usize>()
        };
        let effects =
            self.effects.iter().map(|effect| text(&effect.id) + text(&effect.label) + optional(effect.person.as_ref()));
        text(self.method.as_str())
            + text(&self.path)
            + text(&self.head)
            + block(self.body.len())
            + block(self.response.len())
            + found(&self.deviations)
            + found(&self.problems)
            + list::<Effect>(self.effects.capacity())
            + effects.sum::<usize>()
    }
}

impl Held for Bytes {
    fn held(&self) -> usize {
        block(self.len())
    }
}

/// An id that has been seen is in a set too.
impl Held for Arc<str> {
    fn held(&self) -> usize {
        block(self.len() + 2 * size_of::<usize>()) + slot::<Self, ()>()
    }
}

/// With what leads to the person: each identifier, token and anonymous id is in an index with their `cio_id`, and the
/// latter with each object that they are related to. A token is in a second one by its place, and the person's place in
/// one of each segment.
impl Held for Person {
    fn held(&self) -> usize {
        let cio_id = text(&self.cio_id);
        let indexed = |key: &str| 2 * text(key) + slot::<String, String>() + cio_id;
        let numbered = |key: &str| 2 * text(key) + slot::<String, u64>();
        let placed = |token: &str| text(token) + size_of::<u64>() + 2 * size_of::<(u64, String)>();
        let identifiers = [self.id.as_deref(), self.email.as_deref(), self.attributes.get("phone").map(|_| "+")];
        cio_id
            + identifiers.into_iter().flatten().map(numbered).sum::<usize>()
            + map(&self.attributes)
            + list::<Device>(self.devices.capacity())
            + self.devices.iter().map(|device| device.held() + indexed(&device.id) + placed(&device.id)).sum::<usize>()
            + tree::<u32, ()>(self.segments.len())
            + self.segments.len() * 2 * size_of::<u64>()
            + list::<Relationship>(self.relationships.capacity())
            + self.relationships.iter().map(|related| related.held() + 2 * size_of::<String>() + cio_id).sum::<usize>()
            + list::<String>(self.anonymous_ids.capacity())
            + self.anonymous_ids.iter().map(|id| indexed(id)).sum::<usize>()
            + tree::<OptOut, ()>(self.opt_outs.len())
            + self.opt_outs.iter().map(|opt_out| text(&opt_out.from)).sum::<usize>()
    }
}

impl Held for Device {
    fn held(&self) -> usize {
        text(&self.platform) + map(&self.attributes)
    }
}

impl Held for Relationship {
    fn held(&self) -> usize {
        map(&self.identifiers) + map(&self.attributes)
    }
}
