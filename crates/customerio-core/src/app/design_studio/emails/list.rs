//! `GET /v1/design_studio/emails`: the e-mails in Design Studio, page by page.

use super::Email;
use crate::app::design_studio::nodes::list_nodes;

list_nodes! {
    /// Lists the e-mails in Design Studio, page by page: [`Client::items`](crate::Client::items) reads them all.
    ///
    /// They have neither content nor envelope: [`Get`](super::Get) reads one whole. The folders are beside them:
    /// [`Page::folders`](crate::Page#method.folders).
    ///
    /// Pages have numbers: an e-mail that is added or deleted meanwhile shifts the others, so one can appear twice or
    /// not at all.
    ///
    /// Limits: 10,000 e-mails a page; 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/listEmails>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::design_studio::{SortBy, emails::List}, limits::Limits};
    ///
    /// let unlinked = List::new().with_is_linked(false).with_sort_by(SortBy::Updated);
    /// let request = Prepared::new(unlinked, &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/design_studio/emails?is_linked=false&sort_by=updated");
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "list_emails")]
    pub struct List {}
    "app.design_studio.emails.list" = GET "/v1/design_studio/emails" -> Page<Email>;
    query {
        /// Only templates, or only e-mails for sending. Default: both.
        with_is_template, is_template: bool = true;
        /// Only those with translations, or only those without. Default: both.
        with_has_translations, has_translations: bool = true;
        /// Only those that are linked to a message, or only those that are not. Default: both.
        with_is_linked, is_linked: bool = false;
    }
    beside folders;
}

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        Operation as _, Paged as _, Replay,
        app::{Sort, design_studio::SortBy},
        parse,
        testing::{plain, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(List::new().replay(), Replay::Safe);
        assert_eq!(wire_app(List::new()), plain("GET /v1/design_studio/emails"));
        let all = List::new()
            .with_is_template(false)
            .with_has_translations(true)
            .with_is_linked(true)
            .with_folder("f-1")
            .with_direct_descendants_only(true)
            .with_sort_by(SortBy::Name)
            .with_sort_order(Sort::Descending)
            .with_created_before(4)
            .with_created_after(3)
            .with_updated_before(2)
            .with_updated_after(1)
            .with_page(2)
            .with_limit(10);
        assert_eq!(
            wire_app(all),
            plain(
                "GET /v1/design_studio/emails?is_template=false&has_translations=true&is_linked=true\
                 &parent_folder_id=f-1&direct_descendants_only=true&sort_by=name&sort_order=desc\
                 &created_before=4&created_after=3&updated_before=2&updated_after=1&page=2&limit=10"
            )
        );
        assert_eq!(refused_app(List::new().with_folder("")).to_string(), "the folder's id is empty");
    }

    #[test]
    fn the_response_has_e_mails_and_folders_and_where_the_next_page_is() {
        let json = json!({
            "emails": [
                {"id": "e-1", "name": "Welcome", "parent_folder_id": null, "is_template": false, "is_linked": true,
                 "has_translations": true, "created": 1_700_000_000, "updated": 1_700_000_001},
                {"name": "no id"},
            ],
            "folders": [{"id": "f-1", "name": "Autumn"}],
            "meta": {"filters": {"is_linked": "any"}, "pagination": {"page": 2, "limit": 2, "total": 5}},
        });
        let page = parse::<List>(Response::new(json.to_string().into())).unwrap();
        let email = &page.items[0];
        assert_eq!((page.items.len(), email.id.as_str(), email.name.as_deref()), (1, "e-1", Some("Welcome")));
        assert_eq!((email.is_template, email.is_linked, email.has_translations), (Some(false), Some(true), Some(true)));
        assert_eq!((email.content.as_ref(), email.created), (None, Some(1_700_000_000.into())));
        assert_eq!((page.folders()[0].id.as_str(), &page.extra["emails"][0]["name"]), ("f-1", &json!("no id")));
        assert_eq!(List::new().next(&page).unwrap().as_str(), "3");
        assert!(parse::<List>(Response::new(r#"{"folders":[]}"#.into())).is_err());
    }
}
