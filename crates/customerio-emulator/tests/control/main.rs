//! The control API over a socket, as a program in any language calls it.

#![expect(clippy::unwrap_used, reason = "these are tests, and so are their helpers")]

mod broadcasts;
mod faults;
mod kinds;
mod lists;
mod messages;
mod openapi;
mod pages;
mod programs;
mod receiver;
mod seed;
mod sites;
mod state;
mod stream;
mod support;
mod webhooks;
mod workspaces;
