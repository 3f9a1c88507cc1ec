//! Loads a seed into an empty workspace, with the code that executes requests.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::{
    app::audience::{FILTER, URL, segments_of},
    call::Call,
    config::Config,
    contract::{
        deviation::Deviations,
        duration::duration,
        fault::{At, Faults},
        identifier::{EMAIL, Identifier, spelled},
        mode::Contract,
        object,
        shape::{
            Need::{May, Must},
            Shape,
        },
    },
    seed::{
        document::{Document, Fields, LiquidUndefined, Workspace},
        error::Problem,
        template,
    },
    server::reply::Refusal,
    store::{
        capacity::{MOST_LOGGED, MOST_OF_A_PERSON},
        clock::{Clock, seconds},
        library::{Broadcast, Segment, Sender, Snippet, Template, Topic, Webhook},
        record::Outcome,
        room::Room,
        sequence::Sequence,
        state::State,
    },
    track::{add_device::DEVICE, anonymous_event, device_body, event, event_body::record, identify},
};

/// The fields of a person that are not attributes.
const BESIDE: Shape = Shape::Object(&[
    ("_devices", May, Shape::List(&DEVICE, 0, MOST_OF_A_PERSON)),
    ("_segments", May, Shape::List(&Shape::Natural, 0, MOST_OF_A_PERSON)),
    ("_objects", May, Shape::List(&OBJECT, 0, MOST_OF_A_PERSON)),
]);

/// An object, or a relationship to one.
const OBJECT: Shape = Shape::Object(&[
    ("type_id", Must, object::TYPE_ID),
    ("id", Must, object::ID),
    ("attributes", May, object::ATTRIBUTES),
]);

const WEBHOOK: Shape = Shape::Object(&[
    ("name", Must, Shape::Filled),
    ("url", Must, URL),
    ("events", Must, Shape::List(&Shape::Filled, 1, 1_000)),
    ("disabled", May, Shape::Boolean),
    ("full_resolution", May, Shape::Boolean),
]);

const OUTCOME: Shape = Shape::Either(
    "an outcome such as sent, or an object of outcome, after, url and reason",
    &[
        Shape::Filled,
        Shape::Object(&[
            ("outcome", Must, Shape::Filled),
            ("after", May, Shape::Rule("a duration such as 10s", |text| duration(text).is_some())),
            ("url", May, URL),
            ("reason", May, Shape::Filled),
        ]),
    ],
);

/// Refuses a document that a workspace would not accept.
pub(crate) fn check(document: &Document) -> Result<(), Problem> {
    let room = Room::of(usize::MAX);
    let mut state = State::new(Clock::system(), &room, (MOST_LOGGED, usize::MAX), Sequence::default());
    plant(document, &mut state, &Config::default())
}

/// Loads a document into an empty state.
pub(crate) fn plant(document: &Document, state: &mut State, config: &Config) -> Result<(), Problem> {
    let since_epoch = state.clock.since_epoch();
    let mut plant = Plant { config, since_epoch, now: seconds(since_epoch), state };
    plant.workspace(&document.workspace)?;
    for (name, value) in &document.snippets {
        let snippet = Snippet { value: value.clone(), updated_at: plant.now };
        plant.state.library.snippets.set(name.clone(), snippet);
    }
    plant.templates(document)?;
    plant.broadcasts(&document.workspace)?;
    for (index, person) in document.people.iter().enumerate() {
        plant.person(person, &format!("/people/{index}"))?;
    }
    for (index, event) in document.events.iter().enumerate() {
        plant.event(event, &format!("/events/{index}"))?;
    }
    plant.state.settle();
    Ok(())
}

struct Plant<'a> {
    config: &'a Config,
    state: &'a mut State,
    since_epoch: Duration,
    now: i64,
}

impl Plant<'_> {
    fn workspace(&mut self, workspace: &Workspace) -> Result<(), Problem> {
        let created_at = self.now;
        let library = &mut self.state.library;
        for (index, segment) in workspace.segments.iter().enumerate() {
            let at = format!("/workspace/segments/{index}");
            once(library.segments.get(&segment.id).is_none(), &at, "segment", segment.id)?;
            let name = segment.name.clone().unwrap_or_else(|| format!("segment {}", segment.id));
            let description = segment.description.clone();
            library.segments.set(segment.id, Segment { name, description, created_at });
        }
        for (index, topic) in workspace.topics.iter().enumerate() {
            once(library.topics.get(&topic.id).is_none(), &format!("/workspace/topics/{index}"), "topic", topic.id)?;
            let (name, subscribed_by_default) = (topic.name.clone(), topic.subscribed_by_default);
            library.topics.set(topic.id, Topic { name, subscribed_by_default });
        }
        for (index, sender) in workspace.senders.iter().enumerate() {
            let at = format!("/workspace/senders/{index}");
            once(library.senders.get(&sender.id).is_none(), &at, "sender", sender.id)?;
            if !EMAIL.accepts(&sender.email.clone().into()) {
                return Err(Problem::new(format!("{at}/email"), "email must be an e-mail address"));
            }
            let (name, email) = (sender.name.clone(), sender.email.clone());
            library.senders.set(sender.id, Sender { name, email, created_at });
        }
        for (index, webhook) in workspace.webhooks.iter().enumerate() {
            self.webhook(webhook, &format!("/workspace/webhooks/{index}"))?;
        }
        for (index, object) in workspace.objects.iter().enumerate() {
            self.object(object, &format!("/workspace/objects/{index}"))?;
        }
        self.state.blank_undefined = workspace.liquid_undefined.map(|setting| setting == LiquidUndefined::Blank);
        if let Some(outcomes) = &workspace.outcomes {
            let read = |(index, value)| outcome(value, &format!("/workspace/outcomes/{index}"));
            self.state.outcomes = outcomes.iter().enumerate().map(read).collect::<Result<_, _>>()?;
        }
        Ok(())
    }

    fn webhook(&mut self, fields: &Fields, at: &str) -> Result<(), Problem> {
        let webhook = Value::Object(fields.clone());
        passes(&WEBHOOK, &webhook, At::root("the webhook"), at)?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let webhook = Webhook {
            name: text(&webhook["name"]),
            endpoint: text(&webhook["url"]),
            events: webhook["events"].as_array().into_iter().flatten().map(text).collect(),
            disabled: webhook["disabled"] == true,
            full_resolution: webhook["full_resolution"] == true,
            with_content: false,
        };
        self.state.library.webhooks.add(webhook).map_err(refused(at))?;
        Ok(())
    }

    fn object(&mut self, fields: &Fields, at: &str) -> Result<(), Problem> {
        let object = Value::Object(fields.clone());
        passes(&OBJECT, &object, At::root("the object"), at)?;
        let objects = &mut self.state.objects;
        let Some(key) = objects.obtain(&identifiers(&object)).map_err(refused(at))? else { return Ok(()) };
        let attributes = object["attributes"].as_object().cloned().unwrap_or_default();
        objects.change(&key, &attributes).map_err(refused(at))
    }

    /// Those with a number come first.
    fn templates(&mut self, document: &Document) -> Result<(), Problem> {
        let mut unnumbered = Vec::new();
        for (name, files) in &document.templates {
            let at = format!("/templates/{}", name.replace('~', "~0").replace('/', "~1"));
            let read = template::read(files, &at)?;
            match read.id {
                Some(id) => {
                    let at = format!("{at}/meta.json/id");
                    once(self.state.library.templates.get(id).is_none(), &at, "template", id)?;
                    self.template(id, name, read);
                }
                None => unnumbered.push((name, read)),
            }
        }
        for (index, named) in document.workspace.templates.iter().enumerate() {
            let at = format!("/workspace/templates/{index}");
            let templates = &self.state.library.templates;
            once(templates.get(named.id).is_none(), &at, "template", named.id)?;
            if templates.find(&named.name.clone().into()).is_some() || document.templates.contains_key(&named.name) {
                let text = format!("the template {} is there already: its meta.json may say its id", named.name);
                return Err(Problem::new(at, text));
            }
            self.state.library.templates.put(named.id, named.name.clone(), self.now);
        }
        let mut next = 1;
        for (name, read) in unnumbered {
            while self.state.library.templates.get(next).is_some() {
                next += 1;
            }
            self.template(next, name, read);
        }
        Ok(())
    }

    fn template(&mut self, id: u64, name: &str, read: template::Read) {
        let template::Read { send_to_unsubscribed, content, .. } = read;
        let template = Template { name: name.to_owned(), created_at: self.now, send_to_unsubscribed, content };
        self.state.library.templates.set(id, template);
    }

    fn broadcasts(&mut self, workspace: &Workspace) -> Result<(), Problem> {
        for (index, broadcast) in workspace.broadcasts.iter().enumerate() {
            let at = format!("/workspace/broadcasts/{index}");
            once(self.state.broadcasts.get(&broadcast.id).is_none(), &at, "broadcast", broadcast.id)?;
            if let Some(filter) = &broadcast.recipients {
                passes(&FILTER, filter, At::root("the broadcast").key("recipients"), &at)?;
                let is_there =
                    |id: &u64| u32::try_from(*id).is_ok_and(|id| self.state.library.segments.get(&id).is_some());
                if let Some(id) = segments_of(filter).into_iter().find(|id| !is_there(id)) {
                    return Err(Problem::new(format!("{at}/recipients"), no_segment(id)));
                }
            }
            if let Some(name) = &broadcast.template
                && self.state.library.templates.find(&name.clone().into()).is_none()
            {
                let text = format!("there is no template {name:.100}: make templates/{name:.100}, or name another");
                return Err(Problem::new(format!("{at}/template"), text));
            }
            let (name, recipients) = (broadcast.name.clone(), broadcast.recipients.clone());
            let template = broadcast.template.clone();
            self.state.broadcasts.set(broadcast.id, Broadcast { name, recipients, template, triggered: None });
        }
        Ok(())
    }

    fn person(&mut self, fields: &Fields, at: &str) -> Result<(), Problem> {
        let mut fields = fields.clone();
        let names = ["_devices", "_segments", "_objects"];
        let beside: Fields = names.iter().filter_map(|name| fields.remove_entry(*name)).collect();
        let person = Value::Object(fields);
        passes(&identify::ATTRIBUTES, &person, At::root("the person"), at)?;
        let beside = Value::Object(beside);
        passes(&BESIDE, &beside, At::root("the person"), at)?;
        let Value::Object(fields) = person else { return Ok(()) };
        let identity =
            |kind: &str| Identifier::of_kind(kind, fields.get(kind)?.as_str().filter(|text| !text.is_empty())?);
        let Some(identifier) = ["id", "email", "phone"].into_iter().find_map(identity) else {
            return Err(Problem::new(at, "a person needs an id, an email or a phone"));
        };
        if self.state.people.find(&identifier).is_some() {
            return Err(Problem::new(
                at,
                format!("there is a person with the {identifier:.200} already: name each once"),
            ));
        }
        self.state.update_person(&identifier, identify::update_of(fields), self.now).map_err(refused(at))?;
        self.nothing_ignored(at)?;
        let Some(cio_id) = self.state.people.find(&identifier) else { return Ok(()) };
        self.beside(&cio_id, &beside, at)
    }

    /// Sets the fields of a person that are not attributes.
    fn beside(&mut self, cio_id: &str, beside: &Value, at: &str) -> Result<(), Problem> {
        let list = |name: &str| beside[name].as_array().into_iter().flatten();
        for device in list("_devices") {
            let device = device_body::read(device, "id", self.now);
            self.state.people.put_device(cio_id, device).map_err(refused(at))?;
        }
        for (index, id) in list("_segments").enumerate() {
            let number = id.as_u64().and_then(|id| u32::try_from(id).ok());
            let known = number.filter(|id| self.state.library.segments.get(id).is_some());
            let Some(segment) = known else {
                return Err(Problem::new(format!("{at}/_segments/{index}"), no_segment(id)));
            };
            self.state.people.enter_segment(cio_id, segment);
        }
        let related = list("_objects")
            .map(|object| json!({"identifiers": identifiers(object), "relationship_attributes": object["attributes"]}));
        self.state.relate_to_objects(cio_id, &related.collect()).map_err(refused(at))
    }

    fn event(&mut self, fields: &Fields, at: &str) -> Result<(), Problem> {
        let mut fields = fields.clone();
        let person = match fields.remove("person") {
            None => None,
            Some(named) => {
                let named = spelled(&named).unwrap_or_default();
                let Some(person) = self.state.person(&named) else {
                    let text = format!("there is no person {named:.200}: name one of people by id, address or number");
                    return Err(Problem::new(format!("{at}/person"), text));
                };
                Some(person.cio_id.clone())
            }
        };
        let event = Value::Object(fields);
        let shape = if person.is_some() { &event::BODY } else { &anonymous_event::BODY };
        passes(shape, &event, At::root("the event"), at)?;
        let Value::Object(fields) = event else { return Ok(()) };
        let visitor = fields.get("anonymous_id").and_then(spelled);
        let person = person.or_else(|| visitor.and_then(|visitor| self.state.people.of_anonymous_id(&visitor)));
        let mut noted = Deviations::default();
        let mut call = Call {
            state: self.state,
            config: self.config,
            segments: Vec::new(),
            query: Map::new(),
            origin: String::new(),
            body: Value::Null,
            raw: Bytes::new(),
            since_epoch: self.since_epoch,
            strict: true,
            deviations: &mut noted,
        };
        record(&mut call, fields, person);
        self.nothing_ignored(at)
    }

    /// Refuses what the service ignores silently, because the author of a seed should know about it.
    fn nothing_ignored(&mut self, at: &str) -> Result<(), Problem> {
        self.state.people.take_ignored().into_iter().next().map_or(Ok(()), |text| Err(Problem::new(at, text)))
    }
}

fn once(is_first: bool, at: &str, what: &str, id: impl std::fmt::Display) -> Result<(), Problem> {
    if is_first {
        Ok(())
    } else {
        Err(Problem::new(at, format!("there is a {what} {id} already: give each its own id")))
    }
}

fn no_segment(id: impl std::fmt::Display) -> String {
    format!("there is no segment {id}: put it among the segments of the workspace")
}

/// Checks a value, which is at `place` in the document. What clients of the vendor send beyond the contract is
/// accepted.
fn passes(shape: &Shape, value: &Value, root: At<'_>, place: &str) -> Result<(), Problem> {
    let mut faults = Faults::default();
    shape.check(value, root, &mut faults);
    let Err(faults) = faults.into_result(Contract::Compat) else { return Ok(()) };
    let place = faults.first().map_or_else(|| place.to_owned(), |fault| format!("{place}{}", fault.pointer));
    let texts: Vec<_> = faults.into_iter().map(|fault| fault.text).collect();
    Err(Problem::new(place, texts.join("; ")))
}

fn refused(at: &str) -> impl Fn(Refusal) -> Problem {
    move |refusal| Problem::new(at, refusal.text())
}

/// The identifiers of an object, in the form of the API.
fn identifiers(object: &Value) -> Value {
    json!({"object_type_id": object["type_id"], "object_id": object["id"]})
}

/// What happens to each message, and how long after it was sent.
fn outcome(value: &Value, at: &str) -> Result<(Duration, Outcome), Problem> {
    passes(&OUTCOME, value, At::root("an outcome"), at)?;
    let text = |name: &str| value[name].as_str().map(str::to_owned);
    let after = value["after"].as_str().and_then(duration).unwrap_or_default();
    let outcome = match value.as_str().or(value["outcome"].as_str()).unwrap_or_default() {
        "sent" => Outcome::Sent,
        "delivered" => Outcome::Delivered,
        "opened" => Outcome::Opened,
        "clicked" => Outcome::Clicked(text("url").unwrap_or_else(|| "https://example.com/".to_owned())),
        "converted" => Outcome::Converted,
        "bounced" => Outcome::Bounced(text("reason").unwrap_or_else(|| "the mailbox does not exist".to_owned())),
        "unsubscribed" => Outcome::Unsubscribed,
        name => {
            let known = "sent, delivered, opened, clicked, converted, bounced, unsubscribed";
            return Err(Problem::new(at, format!("there is no outcome {name:.50}; there are {known}")));
        }
    };
    Ok((after, outcome))
}
