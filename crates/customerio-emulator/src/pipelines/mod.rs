//! The Pipelines API.

pub(crate) mod alias;
pub(crate) mod batch;
mod common;
mod event_body;
pub(crate) mod group;
pub(crate) mod identify;
mod kind;
pub(crate) mod page;
pub(crate) mod screen;
mod semantic;
#[cfg(test)]
mod tests;
pub(crate) mod track;
mod user_identity;
