//! Activities: the log of what happened in the workspace.

use crate::operation_info::operations;

operations! {
    /// The operations on activities.
    samples;
    list::List = GET "/v1/activities";
}
