//! The Track API, version 1.

use customerio_core::{
    IdType, PersonId, build,
    bytes::Bytes,
    http::{Method, Request},
    track::{AddToSegment, DeleteDevice, EmailMetric, Event, GetRegion, Identify, Metric, SubmitForm, Suppress},
};
use serde::Serialize;

use super::{
    Case, Inputs,
    by_hand::{fixed, numbered, path, path_of_two},
    cases,
    inputs::{Purchase, Signup},
};

#[derive(Serialize)]
struct Person<'a> {
    email: &'a str,
    created_at: i64,
    first_name: &'a str,
    plan: &'a str,
    seats: u32,
    trial: bool,
}

#[derive(Serialize)]
struct NewEvent<'a> {
    name: &'a str,
    r#type: &'static str,
    id: &'a str,
    timestamp: i64,
    data: &'a Purchase,
}

#[derive(Serialize)]
struct Ids<'a> {
    ids: &'a [&'a str],
}

#[derive(Serialize)]
struct Form<'a> {
    data: FormData<'a>,
}

#[derive(Serialize)]
struct FormData<'a> {
    id: &'a str,
    first_name: &'a str,
    interest: &'a str,
}

#[derive(Serialize)]
struct Reported<'a> {
    delivery_id: &'a str,
    metric: &'static str,
    href: &'a str,
}

cases! {
    identify "track.identify" |x| {
        let identify = Identify::new(x.id).with_email(x.email).with_created_at(x.seconds);
        build(&x.track, identify.with_attributes(&x.attributes)).unwrap()
    } {
        let super::super::inputs::Attributes { first_name, plan, seats, trial } = x.attributes;
        let person = Person { email: x.email, created_at: x.seconds, first_name, plan, seats, trial };
        x.track_by_hand.put(path("/api/v1/customers/", x.id, ""), &person)
    }

    event "track.event" |x| {
        let event = Event::new(PersonId::email(x.email), x.name).with_id(x.event_id);
        build(&x.track, event.with_timestamp(x.seconds).with_data(&x.purchase)).unwrap()
    } {
        let mut text = [0; ulid::ULID_LEN];
        let (name, id) = (x.name, &*x.ulid.array_to_str(&mut text));
        let event = NewEvent { name, r#type: "event", id, timestamp: x.seconds, data: &x.purchase };
        x.track_by_hand.post(path("/api/v1/customers/", x.email, "/events"), &event)
    }

    delete_device "track.delete_device" |x| {
        build(&x.track, DeleteDevice::new(x.id, x.token)).unwrap()
    } {
        x.track_by_hand.bare(Method::DELETE, path_of_two("/api/v1/customers/", x.id, "/devices/", x.token))
    }

    suppress "track.suppress" |x| {
        build(&x.track, Suppress::new(x.id)).unwrap()
    } {
        x.track_by_hand.bare(Method::POST, path("/api/v1/customers/", x.id, "/suppress"))
    }

    add_to_segment "track.add_to_segment" |x| {
        build(&x.track, AddToSegment::new(x.number, [x.email]).with_id_type(IdType::Email)).unwrap()
    } {
        let path = numbered("/api/v1/segments/", x.number, "/add_customers?id_type=email");
        x.track_by_hand.post(path, &Ids { ids: &[x.email] })
    }

    submit_form "track.submit_form" |x| {
        build(&x.track, SubmitForm::new(x.form, x.id).with_fields(&x.fields)).unwrap()
    } {
        let Signup { first_name, interest } = x.fields;
        let form = Form { data: FormData { id: x.id, first_name, interest } };
        x.track_by_hand.post(path("/api/v1/forms/", x.form, "/submit"), &form)
    }

    metric "track.metric.email" |x| {
        build(&x.track, Metric::email(x.delivery, EmailMetric::Clicked).with_href(x.url)).unwrap()
    } {
        let metric = Reported { delivery_id: x.delivery, metric: "clicked", href: x.url };
        x.track_by_hand.post_without_credentials(fixed("/api/v1/metrics"), &metric)
    }

    get_region "track.get_region" |x| {
        build(&x.track, GetRegion).unwrap()
    } {
        x.track_by_hand.bare(Method::GET, fixed("/api/v1/accounts/region"))
    }
}
