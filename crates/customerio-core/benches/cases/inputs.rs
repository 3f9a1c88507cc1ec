//! What both ways are given.

use std::{hint::black_box, time::Duration};

use customerio_core::{
    App, BatchBuilder, EncodedBatch, Endpoint, EventId, Item, Limits, Moment, Pipelines, Region, Track, TrackBatch,
    bytes::Bytes, track::v2::person,
};
use serde::Serialize;

use super::by_hand::Api;

/// Attributes of a person, as an application would have them.
#[derive(Serialize)]
pub(crate) struct Attributes {
    pub(crate) first_name: &'static str,
    pub(crate) plan: &'static str,
    pub(crate) seats: u32,
    pub(crate) trial: bool,
}

/// What is known of a purchase.
#[derive(Serialize)]
pub(crate) struct Purchase {
    pub(crate) product: &'static str,
    pub(crate) price: f64,
    pub(crate) quantity: u32,
    pub(crate) currency: &'static str,
}

/// The fields of a form.
#[derive(Serialize)]
pub(crate) struct Signup {
    pub(crate) first_name: &'static str,
    pub(crate) interest: &'static str,
}

pub(crate) struct Inputs {
    pub(crate) track: Endpoint<Track>,
    pub(crate) app: Endpoint<App>,
    pub(crate) pipelines: Endpoint<Pipelines>,
    pub(crate) track_by_hand: Api,
    pub(crate) app_by_hand: Api,
    pub(crate) pipelines_by_hand: Api,

    pub(crate) id: &'static str,
    pub(crate) other_id: &'static str,
    pub(crate) email: &'static str,
    pub(crate) phone: &'static str,
    pub(crate) token: &'static str,
    pub(crate) delivery: &'static str,
    pub(crate) company: &'static str,
    pub(crate) name: &'static str,
    pub(crate) url: &'static str,
    pub(crate) form: &'static str,
    pub(crate) template: &'static str,
    pub(crate) number: u32,
    pub(crate) seconds: i64,
    pub(crate) event_id: EventId,
    pub(crate) ulid: ulid::Ulid,
    pub(crate) attributes: Attributes,
    pub(crate) purchase: Purchase,
    pub(crate) fields: Signup,
    pub(crate) file: Vec<u8>,
    pub(crate) batch: EncodedBatch<TrackBatch>,
    pub(crate) batch_body: Bytes,
}

impl Inputs {
    /// In a way that the compiler cannot see through: it would work out parts of a request beforehand.
    pub(crate) fn new() -> Self {
        let batch = batch();
        black_box(Self {
            track: Endpoint::track(Region::Us, "site", "key").unwrap(),
            app: Endpoint::app(Region::Us, "key").unwrap(),
            pipelines: Endpoint::pipelines(Region::Us, "key").unwrap(),
            track_by_hand: Api::new("track.customer.io", "Basic c2l0ZTprZXk=", false),
            app_by_hand: Api::new("api.customer.io", "Bearer key", false),
            pipelines_by_hand: Api::new("cdp.customer.io", "Basic a2V5Og==", true),
            id: "0d8a1f3e-6b0c-4c57-9c1e-0f4f6f1f6b1d",
            other_id: "5f0cfb0a-2a5d-4f7b-8d8f-3f0f0a3b9c77",
            email: "ada+news@example.com",
            phone: "+14155550142",
            token: "dGhpcyBpcyBhIHRva2Vu:APA91bE",
            delivery: "RPILAgUBcRhIBqSp7kiPekGBIeVh",
            company: "acme",
            name: "purchase",
            url: "https://example.com/pricing",
            form: "newsletter",
            template: "order_confirmation",
            number: 17,
            seconds: 1_700_000_000,
            event_id: EventId::from_parts(1_700_000_000_000, 17),
            ulid: ulid::Ulid::from_parts(1_700_000_000_000, 17),
            attributes: Attributes { first_name: "Ada", plan: "pro", seats: 12, trial: false },
            purchase: Purchase { product: "socks", price: 23.45, quantity: 2, currency: "EUR" },
            fields: Signup { first_name: "Ada", interest: "engines" },
            file: vec![0xff; 1_000],
            batch_body: batch.body().clone(),
            batch,
        })
    }
}

fn batch() -> EncodedBatch<TrackBatch> {
    let now = Moment { monotonic: Duration::ZERO, since_epoch: Duration::from_secs(1_700_000_000), random: 17 };
    let mut builder = BatchBuilder::new();
    for id in ["41", "42"] {
        builder.push((), Item::new(person::Identify::new(id), &now, &Limits::default()).unwrap()).unwrap();
    }
    builder.finish().unwrap()
}
