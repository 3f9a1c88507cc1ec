//! The Track API, version 1.

use customerio_core::{
    Device, DeviceAttributes, IdType, PersonId, Platform, Raw, Track, build,
    bytes::Bytes,
    http::{Method, Request},
    track::{
        AddDevice, AddToSegment, AnonymousEvent, Delete, DeleteDevice, EmailMetric, Event, GetRegion, Identify, Merge,
        Metric, PushMetric, RemoveFromSegment, ReportPushMetric, SubmitForm, Suppress, Unsubscribe, Unsuppress,
    },
};
use serde::Serialize;

use super::{
    Case, Inputs,
    by_hand::{fixed, numbered, path, path_of_two},
    cases,
    inputs::{Fields, Purchase},
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
    #[serde(skip_serializing_if = "Option::is_none")]
    anonymous_id: Option<&'a str>,
    id: &'a str,
    timestamp: i64,
    data: &'a Purchase,
}

#[derive(Serialize)]
struct NewDevice<'a> {
    device: DeviceFields<'a>,
}

#[derive(Serialize)]
struct DeviceFields<'a> {
    id: &'a str,
    platform: &'static str,
    attributes: DeviceData<'a>,
}

#[derive(Serialize)]
struct DeviceData<'a> {
    app_version: &'a str,
    push_enabled: &'static str,
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
struct Both<'a> {
    primary: Id<'a>,
    secondary: Email<'a>,
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

#[derive(Serialize)]
struct Push<'a> {
    delivery_id: &'a str,
    event: &'static str,
    device_id: &'a str,
}

#[derive(Serialize)]
struct Unsubscription {
    unsubscribe: bool,
}

cases! {
    identify "track.identify" |x| {
        let identify = Identify::new(x.id).with_email(x.email).with_created_at(x.seconds.into());
        build(&x.track, &identify.with_attributes(&x.attributes)).unwrap()
    } {
        let super::super::inputs::Attributes { first_name, plan, seats, trial } = x.attributes;
        let person = Person { email: x.email, created_at: x.seconds, first_name, plan, seats, trial };
        x.track_by_hand.put(path("/api/v1/customers/", x.id, ""), &person)
    }

    delete "track.delete" |x| {
        build(&x.track, &Delete::new(x.id)).unwrap()
    } {
        x.track_by_hand.bare(Method::DELETE, path("/api/v1/customers/", x.id, ""))
    }

    event "track.event" |x| {
        let event = Event::new(PersonId::Email(x.email), x.name).with_id(x.event_id);
        build(&x.track, &event.with_timestamp(x.seconds.into()).with_data(&x.purchase)).unwrap()
    } {
        let mut text = [0; ulid::ULID_LEN];
        let (name, id) = (x.name, &*x.ulid.array_to_str(&mut text));
        let event =
            NewEvent { name, r#type: "event", anonymous_id: None, id, timestamp: x.seconds, data: &x.purchase };
        x.track_by_hand.post(path("/api/v1/customers/", x.email, "/events"), &event)
    }

    anonymous_event "track.anonymous_event" |x| {
        let event = AnonymousEvent::new(x.cookie, x.name).with_id(x.event_id);
        build(&x.track, &event.with_timestamp(x.seconds.into()).with_data(&x.purchase)).unwrap()
    } {
        let mut text = [0; ulid::ULID_LEN];
        let (name, id) = (x.name, &*x.ulid.array_to_str(&mut text));
        let anonymous_id = Some(x.cookie);
        let event = NewEvent { name, r#type: "event", anonymous_id, id, timestamp: x.seconds, data: &x.purchase };
        x.track_by_hand.post(fixed("/api/v1/events"), &event)
    }

    add_device "track.add_device" |x| {
        let attributes = DeviceAttributes::new().with_app_version(x.name).with_push_enabled(true);
        let device = Device::new(x.token, Platform::Ios).with_attributes(attributes);
        build(&x.track, &AddDevice::new(x.id, device)).unwrap()
    } {
        let attributes = DeviceData { app_version: x.name, push_enabled: "true" };
        let device = NewDevice { device: DeviceFields { id: x.token, platform: "ios", attributes } };
        x.track_by_hand.put(path("/api/v1/customers/", x.id, "/devices"), &device)
    }

    delete_device "track.delete_device" |x| {
        build(&x.track, &DeleteDevice::new(x.id, x.token)).unwrap()
    } {
        x.track_by_hand.bare(Method::DELETE, path_of_two("/api/v1/customers/", x.id, "/devices/", x.token))
    }

    suppress "track.suppress" |x| {
        build(&x.track, &Suppress::new(x.id)).unwrap()
    } {
        x.track_by_hand.bare(Method::POST, path("/api/v1/customers/", x.id, "/suppress"))
    }

    unsuppress "track.unsuppress" |x| {
        build(&x.track, &Unsuppress::new(x.id)).unwrap()
    } {
        x.track_by_hand.bare(Method::POST, path("/api/v1/customers/", x.id, "/unsuppress"))
    }

    merge "track.merge" |x| {
        build(&x.track, &Merge::new(x.id, PersonId::Email(x.email))).unwrap()
    } {
        let both = Both { primary: Id { id: x.id }, secondary: Email { email: x.email } };
        x.track_by_hand.post(fixed("/api/v1/merge_customers"), &both)
    }

    add_to_segment "track.add_to_segment" |x| {
        build(&x.track, &AddToSegment::new(x.number, &[x.email]).with_id_type(IdType::Email)).unwrap()
    } {
        let path = numbered("/api/v1/segments/", x.number, "/add_customers?id_type=email");
        x.track_by_hand.post(path, &Ids { ids: &[x.email] })
    }

    remove_from_segment "track.remove_from_segment" |x| {
        build(&x.track, &RemoveFromSegment::new(x.number, &[x.id, x.other_id])).unwrap()
    } {
        let path = numbered("/api/v1/segments/", x.number, "/remove_customers");
        x.track_by_hand.post(path, &Ids { ids: &[x.id, x.other_id] })
    }

    submit_form "track.submit_form" |x| {
        build(&x.track, &SubmitForm::new(x.form, x.id).with_fields(&x.fields)).unwrap()
    } {
        let Fields { first_name, interest } = x.fields;
        let form = Form { data: FormData { id: x.id, first_name, interest } };
        x.track_by_hand.post(path("/api/v1/forms/", x.form, "/submit"), &form)
    }

    metric "track.metric" |x| {
        build(&x.track, &Metric::email(x.delivery, EmailMetric::Clicked).with_href(x.url)).unwrap()
    } {
        let metric = Reported { delivery_id: x.delivery, metric: "clicked", href: x.url };
        x.track_by_hand.post_without_credentials(fixed("/api/v1/metrics"), &metric)
    }

    report_push_metric "track.report_push_metric" |x| {
        build(&x.track, &ReportPushMetric::new(x.delivery, PushMetric::Opened, x.token)).unwrap()
    } {
        let push = Push { delivery_id: x.delivery, event: "opened", device_id: x.token };
        x.track_by_hand.post_without_credentials(fixed("/api/v1/push/events"), &push)
    }

    unsubscribe "track.unsubscribe" |x| {
        build(&x.track, &Unsubscribe::new(x.delivery)).unwrap()
    } {
        let path = path("/unsubscribe/", x.delivery, "");
        x.track_by_hand.post_without_credentials(path, &Unsubscription { unsubscribe: true })
    }

    get_region "track.get_region" |x| {
        build(&x.track, &GetRegion).unwrap()
    } {
        x.track_by_hand.bare(Method::GET, fixed("/api/v1/accounts/region"))
    }

    raw "raw" |x| {
        let segments = ["api", "v1", "customers", x.id, "events"];
        build(&x.track, &Raw::<Track>::post(&segments, &x.purchase).unwrap()).unwrap()
    } {
        x.track_by_hand.post(path("/api/v1/customers/", x.id, "/events"), &x.purchase)
    }
}
