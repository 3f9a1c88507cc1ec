//! Messages as their recipients get them: the parts of a template or of a request, with the recipient's data in them.
//!
//! It is done once, when a message is sent, and the result is kept with the message.

mod cache;
mod compose;
mod parts;
mod plain;
mod rendered;

#[cfg(feature = "control")]
pub(crate) use self::plain::{links, text_of};
pub use self::rendered::RenderProblem;
pub(crate) use self::{cache::Cache, compose::Draft, rendered::Rendered};
