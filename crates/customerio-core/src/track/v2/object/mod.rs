//! Calls about objects: what is not a person, such as a company or a course.

use crate::operation_info::operations;

operations! {
    /// The calls about objects.
    add_relationships::AddRelationships = POST "/api/v2/entity";
    delete::Delete = POST "/api/v2/entity";
    delete_relationships::DeleteRelationships = POST "/api/v2/entity";
    identify::Identify = POST "/api/v2/entity";
    identify_anonymous::IdentifyAnonymous = POST "/api/v2/entity";
}
