//! The Track API, version 2.

use customerio_core::{
    PersonId, build,
    bytes::Bytes,
    http::{Request, uri::PathAndQuery},
    track::{ObjectId, Relationship, v2::person},
};
use serde::Serialize;

use super::{
    Case, Inputs,
    by_hand::fixed,
    cases,
    inputs::{Attributes, Purchase},
};

const ENTITY: PathAndQuery = fixed("/api/v2/entity");

#[derive(Serialize)]
struct Identified<'a, I, R> {
    r#type: &'static str,
    identifiers: I,
    action: &'static str,
    attributes: &'a Attributes,
    cio_relationships: &'a [R],
}

#[derive(Serialize)]
struct Named<'a, I> {
    r#type: &'static str,
    identifiers: I,
    action: &'static str,
    name: &'a str,
    id: &'a str,
    timestamp: i64,
    attributes: &'a Purchase,
}

#[derive(Serialize)]
struct Related<I> {
    identifiers: I,
}

#[derive(Serialize)]
struct ObjectIds<'a> {
    object_type_id: &'static str,
    object_id: &'a str,
}

#[derive(Serialize)]
struct Id<'a> {
    id: &'a str,
}

#[derive(Serialize)]
struct Phone<'a> {
    phone: &'a str,
}

cases! {
    person_identify "track.v2.person.identify" |x| {
        let objects = [Relationship::new(ObjectId::new(1, x.company))];
        let identify = person::Identify::new(PersonId::phone(x.phone)).with_attributes(&x.attributes);
        build(&x.track, identify.with_relationships(objects)).unwrap()
    } {
        x.track_by_hand.post(ENTITY, &Identified {
            r#type: "person",
            identifiers: Phone { phone: x.phone },
            action: "identify",
            attributes: &x.attributes,
            cio_relationships: &[Related { identifiers: ObjectIds { object_type_id: "1", object_id: x.company } }],
        })
    }

    person_event "track.v2.person.event" |x| {
        let event = person::Event::new(x.id, x.name).with_id(x.event_id);
        build(&x.track, event.with_timestamp(x.seconds).with_attributes(&x.purchase)).unwrap()
    } {
        x.track_by_hand.post(ENTITY, &Named {
            r#type: "person",
            identifiers: Id { id: x.id },
            action: "event",
            name: x.name,
            id: x.ulid.array_to_str(&mut [0; ulid::ULID_LEN]),
            timestamp: x.seconds,
            attributes: &x.purchase,
        })
    }

    batch "track.batch" |x| {
        x.track.request(x.batch.prepare()).unwrap()
    } {
        x.track_by_hand.post_bytes(fixed("/api/v2/batch"), x.batch_body.clone())
    }
}
