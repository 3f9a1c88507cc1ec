//! Objects, such as companies and courses: find them, and read their attributes and relationships.
//!
//! [`track::v2::object`](crate::track::v2::object) adds and updates them.

mod filter;
mod named;
mod object;

use crate::operation_info::operations;

operations! {
    /// The operations on objects.
    samples;
    list_types::ListTypes = GET "/v1/object_types";
    search::Search = POST "/v1/objects";
    attributes::Attributes = GET "/v1/objects/{object_type_id}/{object_id}/attributes";
    relationships::Relationships = GET "/v1/objects/{object_type_id}/{object_id}/relationships";
}

pub use self::{filter::ObjectFilter, list_types::ObjectType, object::Object, relationships::RelatedPerson};
