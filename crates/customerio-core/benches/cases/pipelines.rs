//! The Pipelines API.

use customerio_core::{
    build,
    bytes::Bytes,
    http::Request,
    pipelines::{Context, Identify, Track},
};
use serde::Serialize;

use super::{
    Case, Inputs,
    by_hand::fixed,
    cases,
    inputs::{Attributes, Purchase},
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Person<'a> {
    r#type: &'static str,
    user_id: &'a str,
    message_id: &'a str,
    traits: Traits<'a>,
}

#[derive(Serialize)]
struct Traits<'a> {
    email: &'a str,
    first_name: &'a str,
    plan: &'a str,
    seats: u32,
    trial: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tracked<'a> {
    r#type: &'static str,
    user_id: &'a str,
    event: &'a str,
    message_id: &'a str,
    properties: &'a Purchase,
    context: Ip,
}

#[derive(Serialize)]
struct Ip {
    ip: &'static str,
}

const IP: &str = "203.0.113.7";

cases! {
    identify "pipelines.identify" |x| {
        let identify = Identify::new(x.id).with_email(x.email).with_traits(&x.attributes);
        build(&x.pipelines, identify.with_message_id(x.event_id)).unwrap()
    } {
        let Attributes { first_name, plan, seats, trial } = x.attributes;
        x.pipelines_by_hand.post(fixed("/v1/identify"), &Person {
            r#type: "identify",
            user_id: x.id,
            message_id: x.ulid.array_to_str(&mut [0; ulid::ULID_LEN]),
            traits: Traits { email: x.email, first_name, plan, seats, trial },
        })
    }

    track "pipelines.track" |x| {
        let track = Track::new(x.id, x.name).with_properties(&x.purchase).with_context(Context::new().with_ip(IP));
        build(&x.pipelines, track.with_message_id(x.event_id)).unwrap()
    } {
        x.pipelines_by_hand.post(fixed("/v1/track"), &Tracked {
            r#type: "track",
            user_id: x.id,
            event: x.name,
            message_id: x.ulid.array_to_str(&mut [0; ulid::ULID_LEN]),
            properties: &x.purchase,
            context: Ip { ip: IP },
        })
    }
}
