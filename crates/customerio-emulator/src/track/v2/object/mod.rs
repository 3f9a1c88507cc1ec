//! Actions of objects.

pub(crate) mod add_relationships;
pub(crate) mod delete;
pub(crate) mod delete_relationships;
mod identifiers;
pub(crate) mod identify;
pub(crate) mod identify_anonymous;
mod relationships;
#[cfg(test)]
mod tests;
