//! Calls about deliveries: messages that Customer.io sent to one person.

mod event;

pub use self::event::Event;
