//! A local Customer.io: the Track API, the Pipelines API and of the App API what tests of applications use, in memory.
//!
//! It takes what the API takes and refuses what the API's contract does not allow: a field that does not exist, a value
//! of the wrong type, a size over a limit. What has arrived can be looked at.
//!
//! The vendor's own clients send some things that the contract does not allow, and the service takes them: the emulator
//! does too, and [`LoggedRequest::deviations`] says where a request has such. Its tests run the clients for Node and Python.
//!
//! Without a socket, as the transport of a client:
//!
//! ```
//! use customerio_core::Client;
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
//! The App API reads what was written by all three: people, whom filters choose, their attributes, events, messages and
//! choices; objects; segments, snippets, collections, imports, newsletters, reporting webhooks and suppressed addresses;
//! transactional messages, and the triggers of broadcasts. Lists come in pages, as the service's do. What it has not yet is a
//! 501 that names the operation. What these APIs cannot make, a test makes: [`Emulator::create_segment`] and its like.
//!
//! ```
//! use customerio_core::{Client, app::{Filter, customers::Search}};
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
//! Over a socket, for any HTTP stack and any language: `Emulator::serve_on_loopback` (feature `server`, on by default).
//! Without either, for a harness of your own: [`Emulator::handle`].
//!
//! Exports of people and of deliveries are files behind links, as the service has them: they are pending for a second, a link
//! is good for 15 minutes of the emulator's clock, and a request for a file must have no credentials.
//!
//! It reports what becomes of the messages, by signed webhooks and with the service's rules for repeating them:
//! [`Emulator::report_to`].
//!
//! What goes wrong in production goes wrong here when it is asked for: statuses, delays, connections that break before or
//! after a request is done, responses that come slowly: [`Emulator::add_fault`].
//!
//! # What it does not do
//!
//! - It sends nothing but webhooks: messages, broadcasts and newsletters are kept, campaigns do not exist, and templates
//!   have no content. Every `transactional_message_id` is taken, and is one from then on. What becomes of a message is what
//!   [`Emulator::set_outcomes`] and [`Emulator::report`] say.
//! - It fetches nothing: an import ends as [`Emulator::set_import_result`] says and changes nobody, and a collection of a URL
//!   has no rows. What the mail provider is told to keep out, and senders that people opted out of, keep no message back.
//! - It shows as activities the events of people alone, and does not keep when an attribute of an object was changed.
//! - It has no data-driven segments, no destinations of the Pipelines API but itself, and no limit on the rate of calls
//!   but that of broadcasts.
//! - It has no settings of a workspace: people are identified by id, e-mail address and phone number alike. A number
//!   that several people have as an attribute leads to the first of them.
//! - It keeps no traits of a visitor who is nobody's yet, but their events and relationships.
//! - The Pipelines API has no documented body of a refusal; here it is `{"meta":{"error":…}}`.
//! - It does at once what the service does later, such as merges, so it shows no races.
//! - It does not redirect to another region.

mod app;
mod auto_create;
mod builder;
mod call;
mod config;
mod contract;
#[cfg(feature = "control")]
mod control;
mod emulator;
mod faults;
mod liquid;
mod log;
mod pipelines;
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
    contract::deviation::Deviation,
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
        fate::{WebhookAnswer, WebhookState},
        record::{WebhookAttempt, WebhookEvent},
    },
    workspaces::Workspaces,
};
#[cfg(feature = "control")]
pub use crate::{control::direct::Changes, surroundings::Surroundings};
