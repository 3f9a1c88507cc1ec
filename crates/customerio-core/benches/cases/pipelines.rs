//! The Pipelines API.

use customerio_core::{
    build,
    bytes::Bytes,
    http::Request,
    pipelines::{Alias, Context, Group, Identify, Page, Screen, Track},
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

/// A view of a page or of a screen.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct View<'a, P> {
    r#type: &'static str,
    user_id: &'a str,
    name: &'a str,
    message_id: &'a str,
    properties: P,
}

#[derive(Serialize)]
struct Viewed<'a> {
    url: &'a str,
    product: &'static str,
    price: f64,
    quantity: u32,
    currency: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Grouped<'a> {
    r#type: &'static str,
    user_id: &'a str,
    group_id: &'a str,
    message_id: &'a str,
    traits: &'a Attributes,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Aliased<'a> {
    r#type: &'static str,
    previous_id: &'a str,
    user_id: &'a str,
    message_id: &'a str,
}

const IP: &str = "203.0.113.7";

cases! {
    identify "pipelines.identify" |x| {
        let identify = Identify::new(x.id).with_email(x.email).with_traits(&x.attributes);
        build(&x.pipelines, &identify.with_message_id(x.event_id)).unwrap()
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
        build(&x.pipelines, &track.with_message_id(x.event_id)).unwrap()
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

    page "pipelines.page" |x| {
        let page = Page::new(x.id).with_name(x.name).with_url(x.url).with_properties(&x.purchase);
        build(&x.pipelines, &page.with_message_id(x.event_id)).unwrap()
    } {
        let Purchase { product, price, quantity, currency } = x.purchase;
        x.pipelines_by_hand.post(fixed("/v1/page"), &View {
            r#type: "page",
            user_id: x.id,
            name: x.name,
            message_id: x.ulid.array_to_str(&mut [0; ulid::ULID_LEN]),
            properties: Viewed { url: x.url, product, price, quantity, currency },
        })
    }

    screen "pipelines.screen" |x| {
        let screen = Screen::new(x.id).with_name(x.name).with_properties(&x.purchase);
        build(&x.pipelines, &screen.with_message_id(x.event_id)).unwrap()
    } {
        x.pipelines_by_hand.post(fixed("/v1/screen"), &View {
            r#type: "screen",
            user_id: x.id,
            name: x.name,
            message_id: x.ulid.array_to_str(&mut [0; ulid::ULID_LEN]),
            properties: &x.purchase,
        })
    }

    group "pipelines.group" |x| {
        let group = Group::new(x.id, x.company).with_traits(&x.attributes);
        build(&x.pipelines, &group.with_message_id(x.event_id)).unwrap()
    } {
        x.pipelines_by_hand.post(fixed("/v1/group"), &Grouped {
            r#type: "group",
            user_id: x.id,
            group_id: x.company,
            message_id: x.ulid.array_to_str(&mut [0; ulid::ULID_LEN]),
            traits: &x.attributes,
        })
    }

    alias "pipelines.alias" |x| {
        build(&x.pipelines, &Alias::new(x.cookie, x.id).with_message_id(x.event_id)).unwrap()
    } {
        x.pipelines_by_hand.post(fixed("/v1/alias"), &Aliased {
            r#type: "alias",
            previous_id: x.cookie,
            user_id: x.id,
            message_id: x.ulid.array_to_str(&mut [0; ulid::ULID_LEN]),
        })
    }

    batch "pipelines.batch" |x| {
        build(&x.pipelines, &x.pipelines_batch).unwrap()
    } {
        x.pipelines_by_hand.post_bytes(fixed("/v1/batch"), x.pipelines_batch_body.clone())
    }
}
