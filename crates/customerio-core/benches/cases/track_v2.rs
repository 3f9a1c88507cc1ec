//! The Track API, version 2.

use customerio_core::{
    Device, PersonId, Platform, build,
    bytes::Bytes,
    http::{Request, uri::PathAndQuery},
    track::{
        AnonymousId, ObjectId, PushMetric, Relationship,
        v2::{delivery, object, person},
    },
};
use serde::Serialize;

use super::{
    Case, Inputs,
    by_hand::fixed,
    cases,
    inputs::{Attributes, Purchase},
};

const ENTITY: PathAndQuery = fixed("/api/v2/entity");

/// What every call is: the fields that it does not have are not written.
#[derive(Default, Serialize)]
struct Entity<'a, I, R: Serialize = Related<ObjectIds<'a>>> {
    r#type: &'static str,
    identifiers: I,
    action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cio_relationships: Option<&'a [R]>,
}

#[derive(Serialize)]
struct Identified<'a, I, R> {
    r#type: &'static str,
    identifiers: I,
    action: &'static str,
    attributes: &'a Attributes,
    cio_relationships: &'a [R],
}

#[derive(Serialize)]
struct Anonymous<'a, I, R> {
    r#type: &'static str,
    identifiers: I,
    action: &'static str,
    attributes: Empty,
    cio_relationships: &'a [R],
}

#[derive(Serialize)]
struct Empty {}

#[derive(Serialize)]
struct Named<'a, I, A> {
    r#type: &'static str,
    identifiers: I,
    action: &'static str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<i64>,
    attributes: A,
}

#[derive(Serialize)]
struct WithDevice<'a> {
    r#type: &'static str,
    identifiers: Id<'a>,
    action: &'static str,
    device: Token<'a>,
}

#[derive(Serialize)]
struct Token<'a> {
    token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    platform: Option<&'static str>,
}

#[derive(Serialize)]
struct Merged<'a> {
    r#type: &'static str,
    action: &'static str,
    primary: Id<'a>,
    secondary: Email<'a>,
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
struct Email<'a> {
    email: &'a str,
}

#[derive(Serialize)]
struct Phone<'a> {
    phone: &'a str,
}

#[derive(Serialize)]
struct Cookie<'a> {
    anonymous_id: &'a str,
}

#[derive(Serialize)]
struct Page<'a> {
    title: &'a str,
    url: &'a str,
    product: &'static str,
    price: f64,
    quantity: u32,
    currency: &'static str,
}

#[derive(Serialize)]
struct DeviceToken<'a> {
    device_token: &'a str,
}

impl Inputs {
    fn object(&self) -> ObjectId<'_> {
        ObjectId::new("1", self.company)
    }

    fn object_by_hand(&self) -> ObjectIds<'_> {
        ObjectIds { object_type_id: "1", object_id: self.company }
    }

    /// Calls that only name a person, and perhaps objects.
    fn person_by_hand(&self, action: &'static str, related: Option<&[Related<ObjectIds<'_>>]>) -> Request<Bytes> {
        let identifiers = Id { id: self.id };
        self.track_by_hand.post(ENTITY, &Entity { r#type: "person", identifiers, action, cio_relationships: related })
    }

    /// Calls that only name an object, and perhaps people.
    fn of_object_by_hand(&self, action: &'static str, related: Option<&[Related<Id<'_>>]>) -> Request<Bytes> {
        let identifiers = self.object_by_hand();
        self.track_by_hand.post(ENTITY, &Entity { r#type: "object", identifiers, action, cio_relationships: related })
    }
}

cases! {
    person_identify "track.v2.person.identify" |x| {
        let objects = [Relationship::new(x.object())];
        let identify = person::Identify::new(PersonId::Phone(x.phone)).with_attributes(&x.attributes);
        build(&x.track, &identify.with_relationships(&objects)).unwrap()
    } {
        x.track_by_hand.post(ENTITY, &Identified {
            r#type: "person",
            identifiers: Phone { phone: x.phone },
            action: "identify",
            attributes: &x.attributes,
            cio_relationships: &[Related { identifiers: x.object_by_hand() }],
        })
    }

    person_event "track.v2.person.event" |x| {
        let event = person::Event::new(x.id, x.name).with_id(x.event_id);
        build(&x.track, &event.with_timestamp(x.seconds.into()).with_attributes(&x.purchase)).unwrap()
    } {
        x.track_by_hand.post(ENTITY, &Named {
            r#type: "person",
            identifiers: Id { id: x.id },
            action: "event",
            name: x.name,
            id: Some(x.ulid.array_to_str(&mut [0; ulid::ULID_LEN])),
            timestamp: Some(x.seconds),
            attributes: &x.purchase,
        })
    }

    person_screen "track.v2.person.screen" |x| {
        build(&x.track, &person::Screen::new(x.id, x.name).with_attributes(&x.purchase)).unwrap()
    } {
        x.track_by_hand.post(ENTITY, &Named {
            r#type: "person",
            identifiers: Id { id: x.id },
            action: "screen",
            name: x.name,
            id: None,
            timestamp: None,
            attributes: &x.purchase,
        })
    }

    person_page "track.v2.person.page" |x| {
        let page = person::Page::new(x.id, x.url).with_title(x.name).with_url(x.url);
        build(&x.track, &page.with_attributes(&x.purchase)).unwrap()
    } {
        let Purchase { product, price, quantity, currency } = x.purchase;
        x.track_by_hand.post(ENTITY, &Named {
            r#type: "person",
            identifiers: Id { id: x.id },
            action: "page",
            name: x.url,
            id: None,
            timestamp: None,
            attributes: Page { title: x.name, url: x.url, product, price, quantity, currency },
        })
    }

    person_add_relationships "track.v2.person.add_relationships" |x| {
        build(&x.track, &person::AddRelationships::new(x.id, &[Relationship::new(x.object())])).unwrap()
    } {
        x.person_by_hand("add_relationships", Some(&[Related { identifiers: x.object_by_hand() }]))
    }

    person_delete_relationships "track.v2.person.delete_relationships" |x| {
        build(&x.track, &person::DeleteRelationships::new(x.id, &[Relationship::new(x.object())])).unwrap()
    } {
        x.person_by_hand("delete_relationships", Some(&[Related { identifiers: x.object_by_hand() }]))
    }

    person_add_device "track.v2.person.add_device" |x| {
        build(&x.track, &person::AddDevice::new(x.id, Device::new(x.token, Platform::Ios))).unwrap()
    } {
        let device = Token { token: x.token, platform: Some("ios") };
        let identifiers = Id { id: x.id };
        x.track_by_hand.post(ENTITY, &WithDevice { r#type: "person", identifiers, action: "add_device", device })
    }

    person_delete_device "track.v2.person.delete_device" |x| {
        build(&x.track, &person::DeleteDevice::new(x.id, x.token)).unwrap()
    } {
        let device = Token { token: x.token, platform: None };
        let identifiers = Id { id: x.id };
        x.track_by_hand.post(ENTITY, &WithDevice { r#type: "person", identifiers, action: "delete_device", device })
    }

    person_merge "track.v2.person.merge" |x| {
        build(&x.track, &person::Merge::new(x.id, PersonId::Email(x.email))).unwrap()
    } {
        let (primary, secondary) = (Id { id: x.id }, Email { email: x.email });
        x.track_by_hand.post(ENTITY, &Merged { r#type: "person", action: "merge", primary, secondary })
    }

    person_suppress "track.v2.person.suppress" |x| {
        build(&x.track, &person::Suppress::new(x.id)).unwrap()
    } {
        x.person_by_hand("suppress", None)
    }

    person_unsuppress "track.v2.person.unsuppress" |x| {
        build(&x.track, &person::Unsuppress::new(x.id)).unwrap()
    } {
        x.person_by_hand("unsuppress", None)
    }

    person_delete "track.v2.person.delete" |x| {
        build(&x.track, &person::Delete::new(x.id)).unwrap()
    } {
        x.person_by_hand("delete", None)
    }

    object_identify "track.v2.object.identify" |x| {
        let people = [Relationship::new(PersonId::Id(x.id))];
        let identify = object::Identify::new(x.object()).with_attributes(&x.attributes);
        build(&x.track, &identify.with_relationships(&people)).unwrap()
    } {
        x.track_by_hand.post(ENTITY, &Identified {
            r#type: "object",
            identifiers: x.object_by_hand(),
            action: "identify",
            attributes: &x.attributes,
            cio_relationships: &[Related { identifiers: Id { id: x.id } }],
        })
    }

    object_identify_anonymous "track.v2.object.identify_anonymous" |x| {
        let visitors = [Relationship::new(AnonymousId::new(x.cookie))];
        build(&x.track, &object::IdentifyAnonymous::new(x.object(), &visitors)).unwrap()
    } {
        x.track_by_hand.post(ENTITY, &Anonymous {
            r#type: "object",
            identifiers: x.object_by_hand(),
            action: "identify_anonymous",
            attributes: Empty {},
            cio_relationships: &[Related { identifiers: Cookie { anonymous_id: x.cookie } }],
        })
    }

    object_add_relationships "track.v2.object.add_relationships" |x| {
        let people = [Relationship::new(PersonId::Id(x.id))];
        build(&x.track, &object::AddRelationships::new(x.object(), &people)).unwrap()
    } {
        x.of_object_by_hand("add_relationships", Some(&[Related { identifiers: Id { id: x.id } }]))
    }

    object_delete_relationships "track.v2.object.delete_relationships" |x| {
        let people = [Relationship::new(PersonId::Id(x.id))];
        build(&x.track, &object::DeleteRelationships::new(x.object(), &people)).unwrap()
    } {
        x.of_object_by_hand("delete_relationships", Some(&[Related { identifiers: Id { id: x.id } }]))
    }

    object_delete "track.v2.object.delete" |x| {
        build(&x.track, &object::Delete::new(x.object())).unwrap()
    } {
        x.of_object_by_hand("delete", None)
    }

    delivery_event "track.v2.delivery.event" |x| {
        build(&x.track, &delivery::Event::new(x.delivery, PushMetric::Opened, x.token)).unwrap()
    } {
        x.track_by_hand.post(ENTITY, &Named {
            r#type: "delivery",
            identifiers: Id { id: x.delivery },
            action: "event",
            name: "opened",
            id: None,
            timestamp: None,
            attributes: DeviceToken { device_token: x.token },
        })
    }

    batch "track.batch" |x| {
        build(&x.track, &x.batch).unwrap()
    } {
        x.track_by_hand.post_bytes(fixed("/api/v2/batch"), x.batch_body.clone())
    }
}
