//! What the contract says that a request looks like: shapes of bodies, limits, identifiers.

pub(crate) mod attributes;
pub(crate) mod choice;
pub(crate) mod date;
pub(crate) mod deviation;
pub(crate) mod duration;
pub(crate) mod fault;
pub(crate) mod form;
pub(crate) mod identifier;
pub(crate) mod json;
pub(crate) mod mailbox;
pub(crate) mod mode;
pub(crate) mod object;
pub(crate) mod person;
pub(crate) mod shape;
pub(crate) mod url;

#[cfg(test)]
mod tests;
