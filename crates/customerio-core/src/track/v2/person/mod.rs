//! Calls about people.

mod identify;

pub use self::identify::Identify;
