//! The people, with when each attribute of theirs changed.

use http::Response;
use serde_json::{Map, Value, json};

use crate::{
    Person,
    contract::identifier::Identifier,
    control::{
        asked::{Asked, json_reply},
        criteria::Criteria,
        deletion::{PART, Removable, Removal},
        list::{Listed, Rows, unlike},
        problem::Problem,
        schema::{Schema, TEXT, TIME},
        time::of_seconds,
        wanted::Wanted,
    },
    server::payload::Payload,
    store::{
        kept::{From, Key},
        state::State,
    },
};

/// A person whole.
pub(crate) const WHOLE: Schema = Schema::With(
    People::ITEM,
    &[
        (
            "attribute_list",
            Schema::List(&Schema::Object(&[("name", Schema::Text), ("value", Schema::Any), ("changed_at", TIME)])),
        ),
        (
            "device_list",
            Schema::List(&Schema::Object(&[
                ("id", Schema::Text),
                ("platform", Schema::Text),
                ("last_used", Schema::Time),
                ("attributes", Schema::Map),
            ])),
        ),
        ("segment_list", Schema::List(&Schema::Object(&[("id", Schema::Integer), ("name", TEXT)]))),
        (
            "objects",
            Schema::List(&Schema::Object(&[
                ("type_id", Schema::Text),
                ("id", Schema::Text),
                ("attributes", Schema::Map),
            ])),
        ),
        ("anonymous_ids", Schema::List(&Schema::Text)),
        ("subscribed", Schema::Boolean),
        (
            "topics",
            Schema::List(&Schema::Object(&[
                ("id", Schema::Integer),
                ("name", Schema::Text),
                ("subscribed", Schema::Boolean),
            ])),
        ),
    ],
);

/// The list of people.
pub(crate) struct People;

impl Listed for People {
    type Row<'s> = &'s Person;

    const KIND: &'static str = "people";

    const FILTERS: &'static [(&'static str, &'static str)] = &[
        ("segment", "the number of a segment that they are in"),
        ("attribute", "an attribute and its value, such as plan:pro"),
        ("person", "an identifier of theirs"),
    ];

    const ITEM: &'static Schema = &Schema::Named(
        "Person",
        &Schema::Object(&[
            ("seq", Schema::Integer),
            ("cio_id", Schema::Text),
            ("id", TEXT),
            ("email", TEXT),
            ("phone", Schema::Any),
            ("attributes", Schema::Integer),
            ("devices", Schema::Integer),
            ("segments", Schema::List(&Schema::Integer)),
            ("created_at", Schema::Time),
            ("changed_at", Schema::Time),
        ]),
    );

    const REPORTED: bool = true;

    fn rows<'s>(state: &'s State, from: From, criteria: &Criteria) -> Rows<'s, Self> {
        if let Some(identifier) = criteria.filter("person") {
            let cio_id = state.person(identifier).map(|person| person.cio_id.as_str()).unwrap_or_default();
            return Box::new(Self::named(state, cio_id).filter(move |(seq, _)| from.has(*seq)));
        }
        match criteria.filter("segment").map(str::parse) {
            None => Box::new(state.people.rows(from)),
            Some(Ok(segment)) => Box::new(state.people.members(segment, from)),
            Some(Err(_)) => Box::new(std::iter::empty()),
        }
    }

    fn differs(state: &State, row: &Person, filter: &str, value: &str) -> Option<String> {
        match filter {
            "segment" => {
                let is_in = value.parse().is_ok_and(|segment| row.segments.contains(&segment));
                (!is_in).then(|| format!("they are not in segment {value:.20}"))
            }
            "person" => {
                let is_they = state.person(value).is_some_and(|person| person.cio_id == row.cio_id);
                (!is_they).then(|| format!("they are {:.100}", row.label()))
            }
            _ => {
                let (name, wanted) = value.split_once(':').unwrap_or((value, ""));
                let own = match name {
                    "id" => row.id.clone(),
                    "email" => row.email.clone(),
                    _ => row.attributes.get(name).map(crate::app::filter::written),
                };
                unlike(name, own.as_deref(), wanted)
            }
        }
    }

    fn contains(_: &State, row: &Person, text: &Wanted) -> bool {
        let identifiers = [row.id.as_deref(), row.email.as_deref(), Some(&*row.cio_id)];
        identifiers.into_iter().flatten().any(|identifier| text.is_in(identifier)) || text.is_in_fields(&row.attributes)
    }

    fn shown(state: &State, _: u64, row: &Person) -> Value {
        shown(state, row).into()
    }

    fn named<'s>(state: &'s State, id: &str) -> Rows<'s, Self> {
        let person = state.people.origin(id).and_then(|(seq, _)| Some((seq, state.people.get(id)?)));
        Box::new(person.into_iter())
    }
}

/// With their events, of which there can be many, as a deletion by the service.
impl Removable for People {
    fn remove(state: &mut State, seq: u64) -> Removal {
        let Some(cio_id) = state.people.at(seq).map(|person| person.cio_id.clone()) else { return Removal::Absent };
        if state.events.forget_some_of(&Key::Person(cio_id.clone()), PART) {
            return Removal::Part;
        }
        state.delete(&Identifier::CioId(cio_id));
        Removal::Done
    }
}

/// What entries of the person with an identifier are found by. Nobody has any where there is no such person.
pub(crate) fn key_of(state: &State, identifier: &str) -> Key {
    Key::Person(state.person(identifier).map_or_else(|| identifier.to_owned(), |person| person.cio_id.clone()))
}

/// How the person whom something is about differs from the one with an identifier.
pub(crate) fn not_of(state: &State, cio_id: Option<&str>, identifier: &str) -> Option<String> {
    let is_theirs = cio_id.is_some_and(|cio_id| key_of(state, identifier) == Key::Person(cio_id.to_owned()));
    (!is_theirs).then(|| format!("it is not of {identifier:.100}"))
}

/// Whom something is about, in short.
pub(crate) fn brief(state: &State, cio_id: Option<&str>) -> Value {
    let Some(cio_id) = cio_id else { return Value::Null };
    let label = state.people.get(cio_id).map_or(cio_id, Person::label);
    json!({"cio_id": cio_id, "label": label})
}

/// A person as lists show them.
fn shown(state: &State, person: &Person) -> Map<String, Value> {
    let (seq, created_at) = state.people.origin(&person.cio_id).unwrap_or_default();
    let changed_at = state.people.changes(&person.cio_id).map(|(_, at)| at).max().unwrap_or(created_at);
    let shown = json!({
        "seq": seq,
        "cio_id": person.cio_id,
        "id": person.id,
        "email": person.email,
        "phone": person.attributes.get("phone"),
        "attributes": person.attributes.len(),
        "devices": person.devices.len(),
        "segments": person.segments,
        "created_at": of_seconds(created_at),
        "changed_at": of_seconds(changed_at),
    });
    match shown {
        Value::Object(shown) => shown,
        _ => Map::new(),
    }
}

/// The person that the path names.
fn named<'s>(asked: &Asked, state: &'s State) -> Result<&'s Person, Problem> {
    let identifier = &asked.segments[0];
    let found = state.person(identifier);
    found.ok_or_else(|| Problem::missing(format!("nobody has the identifier {identifier:.200}")))
}

/// One person with everything that is known of them.
pub(crate) fn get(asked: &Asked) -> Result<Response<Payload>, Problem> {
    let item = whole(asked)?;
    Ok(json_reply(&item))
}

fn whole(asked: &Asked) -> Result<Map<String, Value>, Problem> {
    let state = asked.emulator.state();
    let person = named(asked, &state)?;
    let mut item = shown(&state, person);
    let changed: std::collections::HashMap<_, _> = state.people.changes(&person.cio_id).collect();
    let attributes = person.attributes.iter().map(|(name, value)| {
        let changed_at = changed.get(name.as_str()).map(|at| of_seconds(*at));
        json!({"name": name, "value": value, "changed_at": changed_at})
    });
    let devices = person.devices.iter().map(|device| {
        let last_used = of_seconds(device.last_used.unix_seconds());
        json!({
            "id": device.id, "platform": device.platform, "last_used": last_used, "attributes": device.attributes,
        })
    });
    let segments = person.segments.iter().map(|id| {
        let name = state.library.segments.get(id).map(|segment| segment.name.as_str());
        json!({"id": id, "name": name})
    });
    let objects = person.relationships.iter().map(|related| {
        let (type_id, id) = (&related.identifiers["object_type_id"], &related.identifiers["object_id"]);
        json!({"type_id": type_id, "id": id, "attributes": related.attributes})
    });
    let preferences = person.attributes.get("cio_subscription_preferences");
    let chosen = |id: &u64| preferences.and_then(|all| all["topics"][format!("topic_{id}")].as_bool());
    let topics = state.library.topics.iter().map(|(id, topic)| {
        json!({"id": id, "name": topic.name, "subscribed": chosen(id).unwrap_or(topic.subscribed_by_default)})
    });
    item.extend([
        ("attribute_list".to_owned(), attributes.collect()),
        ("device_list".to_owned(), devices.collect()),
        ("segment_list".to_owned(), segments.collect()),
        ("objects".to_owned(), objects.collect()),
        ("anonymous_ids".to_owned(), person.anonymous_ids.iter().map(String::as_str).collect()),
        ("subscribed".to_owned(), (!person.unsubscribed()).into()),
        ("topics".to_owned(), topics.collect()),
    ]);
    Ok(item)
}
