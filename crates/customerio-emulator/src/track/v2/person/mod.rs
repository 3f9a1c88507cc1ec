//! Actions of people.

pub(crate) mod add_device;
pub(crate) mod add_relationships;
pub(crate) mod delete;
pub(crate) mod delete_device;
pub(crate) mod delete_relationships;
pub(crate) mod event;
mod event_body;
mod identifiers;
pub(crate) mod identify;
pub(crate) mod merge;
pub(crate) mod page;
mod relationships;
pub(crate) mod screen;
pub(crate) mod suppress;
#[cfg(test)]
mod tests;
pub(crate) mod unsuppress;
