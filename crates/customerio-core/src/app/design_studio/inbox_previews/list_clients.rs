//! `GET /v1/design_studio/inbox_previews/clients`: the e-mail clients for which there can be previews.

use super::PreviewClient;
use crate::{Page, macros::plain};

plain! {
    /// Lists the e-mail clients for which there can be inbox previews, all at once.
    ///
    /// A 404 means that the account has no inbox previews.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Page<PreviewClient>`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/listInboxPreviewClients>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{
    ///     app::design_studio::inbox_previews::ListClients, http::Response, operation::parse,
    /// };
    ///
    /// let json = r#"{"clients":[{"id":"gmail_chrome","client":"Gmail","category":"Web","browser":"Chrome"}]}"#;
    /// let clients = parse::<ListClients>(Response::new(json.into()))?;
    /// assert_eq!(clients.items[0].id.as_str(), "gmail_chrome");
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "list_inbox_preview_clients")]
    pub struct ListClients {}
    "app.design_studio.inbox_previews.list_clients" = GET "/v1/design_studio/inbox_previews/clients" -> Page<PreviewClient>;
}

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        app::design_studio::inbox_previews::DeviceCategory,
        parse,
        testing::{plain, survives_changes, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(ListClients::new()), plain("GET /v1/design_studio/inbox_previews/clients"));
    }

    #[test]
    fn a_mail_program_is_read_field_by_field() {
        let client = json!({
            "id": "gmail_chrome", "client": "Gmail", "category": "Web", "os": "Windows 11", "browser": "Chrome",
        });
        let page =
            parse::<ListClients>(Response::new(json!({"clients": [client, {"os": 7}]}).to_string().into())).unwrap();
        let [read] = &page.items[..] else { panic!("{page:?}") };
        assert_eq!((read.id.as_str(), read.client.as_deref()), ("gmail_chrome", Some("Gmail")));
        assert_eq!((read.os.as_deref(), read.browser.as_deref()), (Some("Windows 11"), Some("Chrome")));
        assert_eq!((&read.category, read.extra.is_empty()), (&Some(DeviceCategory::Web), true));
        survives_changes::<PreviewClient>(&client, &["id"]);
    }
}
