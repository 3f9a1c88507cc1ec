//! A local Customer.io for tests and development, in memory: the Track API, the Pipelines API, and the part of the App API that
//! tests of applications use.
//!
//! It accepts what the API accepts and refuses what the API's contract does not allow: a field that does not exist, a value
//! of the wrong type, a size over a limit. Everything that arrives can be inspected.
//!
//! The vendor's own clients send some things that the contract does not allow, and the service accepts them. The emulator
//! does too, and [`LoggedRequest::deviations`] lists them for each request. Its tests run the clients for Node and Python.
//! [`Builder::with_contract`] makes it refuse them.
//!
//! Without a socket, as the transport of a client:
//!
//! ```
//! # use customerio_core::facade as customerio;
//! use customerio::Client;
//! use customerio_emulator::Emulator;
//! use serde_json::json;
//!
//! # tokio::runtime::Builder::new_multi_thread().build().unwrap().block_on(async { tokio::spawn(async {
//! let emulator = Emulator::new();
//! let client = Client::new(emulator.track_endpoint()?, emulator.clone());
//! client.identify("42", json!({"email": "ada@example.com", "plan": "pro"})).await?;
//!
//! let person = emulator.person("ada@example.com").expect("she was just added");
//! assert_eq!(person.id.as_deref(), Some("42"));
//! assert_eq!(person.attributes["plan"], "pro");
//! # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(()) }).await }).unwrap().unwrap();
//! ```
//!
//! The App API reads what was written by all three: people, chosen by filters, with their attributes, events, messages and
//! subscription preferences; objects; segments, snippets, collections, imports, newsletters, reporting webhooks and suppressed
//! addresses; transactional messages, and the triggers of broadcasts. Lists come in pages, as in the service. An operation that
//! is not implemented responds with a 501 that names it. What these APIs cannot create, a test creates:
//! [`Emulator::create_segment`] and its like.
//!
//! ```
//! # use customerio_core::facade as customerio;
//! use customerio::{Client, app::{Filter, customers::Search}};
//! use customerio_emulator::Emulator;
//! use serde_json::json;
//!
//! # tokio::runtime::Builder::new_multi_thread().build().unwrap().block_on(async { tokio::spawn(async {
//! let emulator = Emulator::new();
//! let track = Client::new(emulator.track_endpoint()?, emulator.clone());
//! track.identify("42", json!({"plan": "pro"})).await?;
//! track.identify("43", json!({"plan": "free"})).await?;
//!
//! let app = Client::new(emulator.app_endpoint()?, emulator.clone());
//! let mut people = app.items(Search::new(Filter::attribute_equals("plan", "pro")));
//! let person = people.next().await.expect("there is one")?;
//! assert_eq!(person.id.as_deref(), Some("42"));
//! assert!(people.next().await.is_none());
//! # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(()) }).await }).unwrap().unwrap();
//! ```
//!
//! Over a socket, for any HTTP client in any language: `Emulator::serve_on_loopback` (feature `server`, on by default). With
//! the feature `control` the same port has a page and an API to inspect and control the emulator, both below `/_emulator/`.
//! The program `customerio-emulator` (crate `customerio-emulator-cli`) is all of this without Rust. Without a socket or a
//! client, for your own test harness: [`Emulator::handle`].
//!
//! Messages are rendered when they are sent, from the Liquid templates of a [`Seed`] or of [`Emulator::set_content`] and from
//! the content of the request: [`Message::html`], [`Message::text`]. A template that cannot be rendered makes a
//! failed message: [`Message::problems`]. The trigger of a broadcast makes a message for each person whom its filter chooses.
//!
//! Exports of people and of deliveries are files behind links, as in the service: they are pending for a second, a link
//! is valid for 15 minutes of the emulator's clock, and a request for a file must have no credentials.
//!
//! Signed webhooks report the outcomes of messages, with the service's rules for retries: [`Emulator::report_to`].
//!
//! Failures of production can be injected: statuses, delays, connections that break before or after a request is done, slow
//! responses: [`Emulator::add_fault`].
//!
//! # What it does not do
//!
//! - It sends nothing but webhooks: e-mails, push notifications and the like are kept, not delivered. The outcome of a message
//!   is what [`Emulator::set_outcomes`] and [`Emulator::report`] set.
//! - It accepts every `transactional_message_id` and keeps it as a transactional message. A message of one without content has
//!   no subject or body but those in the request.
//! - Whether a person is unsubscribed is decided when a message is queued, not when it goes out. A message that is kept back
//!   for that is [`Outcome::Undeliverable`], and is reported as such: the contract does not say how the service shows it.
//! - It has no campaigns, no data-driven segments and no newsletters that are sent: newsletters are data, and marked as sent
//!   when they are due.
//! - It renders the Liquid that the vendor documents. A tag or a filter that it does not know makes the preview incomplete, and
//!   a [`RenderProblem`] says so.
//! - The links of a message to unsubscribe and to choose topics lead to pages of the emulator.
//! - It fetches nothing: an import ends as [`Emulator::set_import_result`] says and adds nobody, and a collection from a URL
//!   has no rows. Addresses on the provider's suppression list, and senders that people opted out of, hold no message back.
//! - Activities are the events of people only, and it does not record when an attribute of an object changed.
//! - It has no destinations of the Pipelines API but itself.
//! - It counts transactional messages and what comes in by the Track and Pipelines APIs apart, where the service's rate is for
//!   both together: see [`Builder::with_rate_limits`].
//! - It has no settings of a workspace: people are identified by id, e-mail address and phone number alike. A number
//!   that several people have as an attribute leads to the first of them.
//! - It keeps no traits of an anonymous visitor, but their events and relationships.
//! - The Pipelines API has no documented body of a refusal; here it is `{"meta":{"error":…}}`.
//! - It does at once what the service does later, such as merges, so it shows no races.
//! - It does not redirect to another region.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod app;
mod auto_create;
mod builder;
mod call;
mod civil;
mod config;
mod contract;
#[cfg(feature = "control")]
mod control;
mod emulator;
mod faults;
mod liquid;
mod log;
mod pipelines;
mod rates;
mod render;
mod route;
mod routes;
mod saved;
mod seed;
mod server;
mod store;
#[cfg(feature = "control")]
mod surroundings;
#[cfg(test)]
mod testing;
mod track;
mod transport;
mod webhooks;
mod workspaces;

#[cfg(feature = "tls")]
pub use crate::server::{authority::Authority, tls::Tls};
#[cfg(feature = "server")]
pub use crate::server::{listeners::Listeners, socket::Server};
pub use crate::{
    builder::Builder,
    config::{
        APP_API_KEY, PIPELINES_KEY, SERVICE_ACCOUNT_TOKEN, SITE_ID, TRACK_API_KEY, WEBHOOK_SIGNING_KEY, WORKSPACE_ID,
    },
    contract::{deviation::Deviation, mode::Contract},
    emulator::Emulator,
    faults::{
        AddedFault, Fault,
        kind::{FaultKind, MetFault},
    },
    render::RenderProblem,
    saved::document::StateError,
    seed::{document::Seed, error::SeedError},
    store::{
        changes::{Action, Effect},
        library::ImportResult,
        record::{
            Channel, Device, Event, FormSubmission, LoggedRequest, Message, Metric, Object, OptOut, Outcome, Person,
            Relationship, Trigger, Unsubscribe, Verdict,
        },
    },
    webhooks::{
        calls::WebhookCall,
        fate::{WebhookResponse, WebhookState},
        record::{WebhookAttempt, WebhookEvent},
    },
    workspaces::Workspaces,
};
#[cfg(feature = "control")]
pub use crate::{control::direct::Changes, surroundings::Surroundings};

// The code of the README is tested.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
