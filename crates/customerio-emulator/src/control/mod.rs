//! The control API: what has arrived, and the emulator itself, over HTTP under `/_emulator/`; and the page that shows it.
//!
//! It is for programs and people on the same machine, whatever language they use. No route of the service begins with `_`.

mod asked;
mod broadcasts;
mod clock;
mod criteria;
mod deletion;
mod devices;
pub(crate) mod direct;
mod events;
mod faults;
#[cfg(test)]
mod figures;
mod forms;
mod info;
mod list;
mod message;
mod messages;
mod metrics;
mod objects;
mod openapi;
mod page;
mod people;
mod problem;
mod programs;
mod reply;
mod requests;
mod route;
mod routes;
mod schema;
mod segments;
mod sites;
mod stream;
mod templates;
mod time;
mod timeline;
mod triggers;
mod turn;
mod wanted;
mod webhooks;
mod whole;
mod workspace;

pub(crate) use self::{
    page::is_of_control,
    routes::{most_body, refuse, respond, unread},
};
