//! Calls about people.

mod event_body;

use crate::operation_info::operations;

operations! {
    /// The calls about people.
    add_device::AddDevice = POST "/api/v2/entity";
    add_relationships::AddRelationships = POST "/api/v2/entity";
    delete::Delete = POST "/api/v2/entity";
    delete_device::DeleteDevice = POST "/api/v2/entity";
    delete_relationships::DeleteRelationships = POST "/api/v2/entity";
    event::Event = POST "/api/v2/entity";
    identify::Identify = POST "/api/v2/entity";
    merge::Merge = POST "/api/v2/entity";
    page::Page = POST "/api/v2/entity";
    screen::Screen = POST "/api/v2/entity";
    suppress::Suppress = POST "/api/v2/entity";
    unsuppress::Unsuppress = POST "/api/v2/entity";
}
