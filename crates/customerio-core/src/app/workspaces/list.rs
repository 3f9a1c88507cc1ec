//! `GET /v1/workspaces`: the workspaces of the account.

use crate::{Page, WorkspaceId, entity::entity, macros::plain, page::listed};

plain! {
    /// Lists the workspaces of the account, and how much is in each.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Page<Workspace>`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/listWorkspaces>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::workspaces::List, http::Response, operation::parse};
    ///
    /// let json = r#"{"workspaces":[{"id":1,"name":"Shop","people":42}]}"#;
    /// assert_eq!(parse::<List>(Response::new(json.into()))?.items[0].people, Some(42));
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "list_workspaces")]
    pub struct List {}
    "app.workspaces.list" = GET "/v1/workspaces" -> Page<Workspace>;
}

entity! {
    /// A workspace.
    pub struct Workspace: Debug {
        /// The id.
        pub id: WorkspaceId,
        /// The name.
        pub name: Option<String>,
        /// How many messages it has sent in this billing period.
        pub messages_sent: Option<u64>,
        /// How many of those are billed.
        pub billable_messages_sent: Option<u64>,
        /// How many people it has.
        pub people: Option<u64>,
        /// How many types of objects it has.
        pub object_types: Option<u64>,
        /// How many objects it has.
        pub objects: Option<u64>,
    }
}

listed!(Workspace in "workspaces" = r#"{"id":1,"name":"Shop","people":42}"#);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{plain, survives_changes, wire_app};

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(List::new()), plain("GET /v1/workspaces"));
    }

    #[test]
    fn a_workspace_is_read_field_by_field() {
        let json = json!({
            "id": 1, "name": "Shop", "messages_sent": 10, "billable_messages_sent": 9, "people": 42, "object_types": 2,
            "objects": 7,
        });
        let read: Workspace = serde_json::from_value(json.clone()).unwrap();
        assert_eq!((read.id, read.billable_messages_sent, read.objects), (1.into(), Some(9), Some(7)));
        survives_changes::<Workspace>(&json, &["id"]);
    }
}
