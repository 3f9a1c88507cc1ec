//! Calls about objects: what is not a person, such as a company or a course.

mod add_relationships;
mod delete;
mod delete_relationships;
mod identify;
mod identify_anonymous;

pub use self::{
    add_relationships::AddRelationships, delete::Delete, delete_relationships::DeleteRelationships, identify::Identify,
    identify_anonymous::IdentifyAnonymous,
};
