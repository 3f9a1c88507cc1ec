//! The control API over a socket, as a program in any language calls it.

#![expect(clippy::unwrap_used, reason = "these are tests, and so are their helpers")]

mod kinds;
mod lists;
mod openapi;
mod pages;
mod receiver;
mod seed;
mod state;
mod support;
mod webhooks;
