//! A workspace as a seed, to begin with again.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use customerio_core::track::EventType;
use serde_json::{Value, json};

use crate::{
    Emulator,
    seed::{
        document::{Broadcast, Document, Fields, Named, Seed, Segment, Sender, Topic, Workspace},
        error::SeedError,
        plant, template,
    },
    store::{
        library::Webhook,
        record::{Device, Event, Object, Outcome, Person, Relationship},
        state::State,
    },
};

impl Emulator {
    /// The current contents of the workspace as a seed: people, their devices, segments and objects, events, templates
    /// and what the team creates. It has no messages, triggers, metrics or forms, and no people without an id, e-mail
    /// address or phone number, because nothing could name them. The credentials are those of the seed that the
    /// workspace began with.
    ///
    /// Requests wait while it is created, which takes about 100 ms for 100,000 people.
    ///
    /// # Errors
    ///
    /// Fails if the workspace has something that a seed cannot hold, such as a device without a platform, with its
    /// place.
    pub fn to_seed(&self) -> Result<Seed, SeedError> {
        let begun = self.own_seed().map(|seed| seed.document.workspace.clone()).unwrap_or_default();
        let document = harvest(&self.state(), begun);
        let said = |problem: crate::seed::error::Problem| {
            SeedError::new(format!("a seed cannot have what is at {}: {}", problem.pointer, problem.text))
        };
        plant::check(&document).map_err(said)?;
        Ok(Seed { document: Arc::new(document) })
    }
}

fn harvest(state: &State, begun: Workspace) -> Document {
    let library = &state.library;
    let templates = library.templates.iter().filter(|(_, template)| !template.content.is_empty());
    let events = state.events.iter().filter_map(|event| of_event(state, event));
    Document {
        workspace: workspace(state, begun),
        people: state.people.all().filter(|person| name_of(person).is_some()).map(of_person).collect(),
        events: events.collect(),
        templates: templates.map(|(id, known)| (known.name.clone(), template::files(id, known))).collect(),
        snippets: library.snippets.iter().map(|(name, snippet)| (name.clone(), snippet.value.clone())).collect(),
    }
}

fn workspace(state: &State, begun: Workspace) -> Workspace {
    let library = &state.library;
    let segments = library.segments.iter().map(|(id, segment)| Segment {
        id: *id,
        name: Some(segment.name.clone()),
        description: segment.description.clone(),
    });
    let topics = library.topics.iter().map(|(id, topic)| Topic {
        id: *id,
        name: topic.name.clone(),
        subscribed_by_default: topic.subscribed_by_default,
    });
    let senders = library.senders.iter().map(|(id, sender)| Sender {
        id: *id,
        name: sender.name.clone(),
        email: sender.email.clone(),
    });
    let empty = library.templates.iter().filter(|(_, template)| template.content.is_empty());
    let broadcasts = state.broadcasts.iter().map(|(id, broadcast)| Broadcast {
        id: *id,
        name: broadcast.name.clone(),
        recipients: broadcast.recipients.clone(),
        template: broadcast.template.clone(),
    });
    let outcomes: Vec<_> = state.outcomes.iter().map(|(after, outcome)| of_outcome(*after, outcome)).collect();
    Workspace {
        segments: segments.collect(),
        topics: topics.collect(),
        senders: senders.collect(),
        objects: state.objects.all().map(of_object).collect(),
        templates: empty.map(|(id, template)| Named { id, name: template.name.clone() }).collect(),
        broadcasts: broadcasts.collect(),
        webhooks: library.webhooks.iter().map(|(_, webhook)| of_webhook(webhook)).collect(),
        outcomes: Some(outcomes).filter(|outcomes| !outcomes.is_empty()),
        ..begun
    }
}

/// What a seed can call a person by.
fn name_of(person: &Person) -> Option<&str> {
    let phone = || person.attributes.get("phone").and_then(Value::as_str);
    person.id.as_deref().or(person.email.as_deref()).or_else(phone)
}

fn of_person(person: &Person) -> Fields {
    let mut fields = person.attributes.clone();
    let texts =
        [("id", person.id.as_ref()), ("email", person.email.as_ref()), ("anonymous_id", person.anonymous_ids.first())];
    for (name, text) in texts {
        if let Some(text) = text {
            fields.insert(name.to_owned(), text.as_str().into());
        }
    }
    for (name, list) in [
        ("_devices", person.devices.iter().map(of_device).collect::<Vec<_>>()),
        ("_segments", person.segments.iter().map(|id| json!(id)).collect()),
        ("_objects", person.relationships.iter().map(of_relationship).collect()),
    ] {
        if !list.is_empty() {
            fields.insert(name.to_owned(), list.into());
        }
    }
    fields
}

fn of_device(device: &Device) -> Value {
    let last_used = device.last_used.unix_seconds();
    json!({"id": device.id, "platform": device.platform, "last_used": last_used, "attributes": device.attributes})
}

fn of_relationship(relationship: &Relationship) -> Value {
    let identifiers = &relationship.identifiers;
    json!({
        "type_id": identifiers.get("object_type_id"),
        "id": identifiers.get("object_id"),
        "attributes": relationship.attributes,
    })
}

fn of_object(object: &Object) -> Fields {
    fields(json!({"type_id": object.type_id, "id": object.id, "attributes": object.attributes}))
}

/// One whose person cannot be named is left out, unless the visitor is known.
fn of_event(state: &State, event: &Event) -> Option<Fields> {
    let person = event.person.as_deref().and_then(|cio_id| state.people.get(cio_id)).and_then(name_of);
    let visitor = event.anonymous_id.as_deref();
    let event_type = match event.event_type {
        EventType::Page => Some("page"),
        EventType::Screen => Some("screen"),
        _ => None,
    };
    person.or(visitor)?;
    let mut said = fields(json!({
        "person": person,
        "name": event.name,
        "type": event_type,
        "id": event.id,
        "anonymous_id": visitor,
        "timestamp": event.timestamp.unix_seconds(),
        "data": event.data(),
    }));
    said.retain(|_, value| !value.is_null());
    Some(said)
}

fn of_webhook(webhook: &Webhook) -> Fields {
    let mut said = fields(json!({"name": webhook.name, "url": webhook.endpoint, "events": webhook.events}));
    for (name, flag) in [("disabled", webhook.disabled), ("full_resolution", webhook.full_resolution)] {
        if flag {
            said.insert(name.to_owned(), true.into());
        }
    }
    said
}

fn of_outcome(after: Duration, outcome: &Outcome) -> Value {
    let mut said = BTreeMap::from([("outcome", outcome.metric().to_owned())]);
    if !after.is_zero() {
        said.insert("after", format!("{}ms", after.as_millis()));
    }
    match outcome {
        Outcome::Clicked(url) => drop(said.insert("url", url.clone())),
        Outcome::Bounced(reason) => drop(said.insert("reason", reason.clone())),
        _ => {}
    }
    json!(said)
}

fn fields(value: Value) -> Fields {
    match value {
        Value::Object(fields) => fields,
        _ => Fields::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a seed says, another workspace has after it, and the seed that it gives back is the same.
    #[test]
    fn a_workspace_gives_back_the_seed_that_it_began_with() {
        let said = json!({
            "workspace": {
                "site_id": "shop",
                "segments": [{"id": 7, "name": "Beta", "description": "Those who try things"}],
                "topics": [{"id": 1, "name": "News", "subscribed_by_default": true}],
                "senders": [{"id": 1, "name": "Shop", "email": "shop@example.com"}],
                "objects": [{"type_id": "1", "id": "acme", "attributes": {"name": "Acme"}}],
                "templates": [{"id": 9, "name": "later"}],
                "broadcasts": [{"id": 12, "name": "News", "recipients": {"segment": {"id": 7}}, "template": "welcome"}],
                "webhooks": [{"name": "shop", "url": "http://localhost:1/hook", "events": ["email_sent"]}],
                "outcomes": [{"outcome": "sent"}, {"outcome": "clicked", "after": "10000ms", "url": "https://example.com/"}]
            },
            "people": [
                {"id": "42", "email": "ada@example.com", "plan": "pro", "_segments": [7],
                 "_devices": [{"id": "t", "platform": "ios", "last_used": 1_700_000_000, "attributes": {}}],
                 "_objects": [{"type_id": "1", "id": "acme", "attributes": {"role": "admin"}}]},
                {"email": "bob@example.com", "anonymous_id": "cookie"}
            ],
            "events": [
                {"person": "42", "name": "purchase", "timestamp": 1_700_000_000, "data": {"price": 23.45}},
                {"name": "/pricing", "type": "page", "anonymous_id": "other", "timestamp": 1_700_000_000, "data": {}}
            ],
            "templates": {"welcome": {
                "meta.json": {"id": 3, "subject": "Hi {{customer.first_name}}", "from": "Shop <shop@example.com>"},
                "email.html": "<p>Hi</p>", "sms.txt": "Hi", "push.json": {"title": "Hi", "message": "Ho"},
                "de": {"meta.json": {"subject": "Hallo"}, "email.html": "<p>Hallo</p>"}
            }},
            "snippets": {"footer": "Shop Ltd"}
        });
        let seed = Seed::from_json(&said.to_string()).unwrap();
        let emulator = Emulator::builder().with_seed(seed.clone()).build();
        let harvested: Value = serde_json::from_str(&emulator.to_seed().unwrap().to_json()).unwrap();
        assert_eq!(harvested, said, "{harvested:#}");
    }
}
