//! Calls about people.

mod add_device;
mod add_relationships;
mod delete;
mod delete_device;
mod delete_relationships;
mod event;
mod event_body;
mod identify;
mod merge;
mod page;
mod screen;
mod suppress;
mod unsuppress;

pub use self::{
    add_device::AddDevice, add_relationships::AddRelationships, delete::Delete, delete_device::DeleteDevice,
    delete_relationships::DeleteRelationships, event::Event, identify::Identify, merge::Merge, page::Page,
    screen::Screen, suppress::Suppress, unsuppress::Unsuppress,
};
