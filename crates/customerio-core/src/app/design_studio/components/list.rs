//! `GET /v1/design_studio/components`: the components in Design Studio, page by page.

use super::Component;
use crate::app::design_studio::nodes::list_nodes;

list_nodes! {
    /// Lists the components in Design Studio without their HTML, page by page: [`Client::items`](crate::Client::items)
    /// reads them all.
    ///
    /// A page has the [folders](crate::Page::folders) beside them, too.
    ///
    /// Pages have numbers: a component that is added or deleted meanwhile shifts the others, so one can appear twice or
    /// not at all.
    ///
    /// Limits: 10,000 components a page; 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/listComponents>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::design_studio::components::List, http::Response, operation::parse};
    ///
    /// let json = r#"{"components":[{"id":"1f6b1f0e-2b7a-4a55-8a53-0f4f6e1d2c3b","tag":"x-footer"}],
    ///     "folders":[{"id":"0d5c4d4e-6a0e-4c6c-9f7e-3a1b2c4d5e6f","name":"Autumn"}]}"#;
    /// let page = parse::<List>(Response::new(json.into()))?;
    /// assert_eq!(page.items[0].tag.as_deref(), Some("x-footer"));
    /// assert_eq!(page.folders()[0].name.as_deref(), Some("Autumn"));
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "list_components")]
    pub struct List {}
    "app.design_studio.components.list" = GET "/v1/design_studio/components" -> Page<Component>;
    query {
        /// The one with this tag.
        with_tag, tag: text = "LEAK-tag";
    }
    beside folders;
}

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        Paged, parse,
        testing::{plain, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(List::new()), plain("GET /v1/design_studio/components"));
        let all = List::new()
            .with_tag("x-a&b")
            .with_folder("f-1")
            .with_direct_descendants_only(false)
            .with_created_after(3)
            .with_limit(10);
        assert_eq!(
            wire_app(all),
            plain(
                "GET /v1/design_studio/components?tag=x-a%26b&parent_folder_id=f-1&direct_descendants_only=false\
                 &created_after=3&limit=10"
            )
        );
        assert_eq!(refused_app(List::new().with_folder("")).to_string(), "the folder's id is empty");
    }

    #[test]
    fn a_page_has_folders_beside_its_components() {
        let page = |json: &str| parse::<List>(Response::new(json.to_owned().into())).unwrap();
        let of_both = page(
            r#"{"components":[{"id":"c-1"}],"folders":[{"id":"f-1"},{"name":"no id"}],
                "meta":{"pagination":{"page":1,"limit":1,"total":2}}}"#,
        );
        assert_eq!((of_both.items.len(), of_both.folders().len()), (1, 1));
        assert_eq!(of_both.folders()[0].id, "f-1".into());
        assert_eq!(of_both.extra["folders"][1]["name"], "no id", "what cannot be read is not lost");
        assert_eq!(List::new().next(&of_both).unwrap().as_str(), "2");

        let of_folders =
            page(r#"{"components":[],"folders":[{"id":"f-1"}],"meta":{"pagination":{"page":1,"limit":1,"total":2}}}"#);
        assert_eq!(List::new().next(&of_folders).unwrap().as_str(), "2", "components can come behind the folders");
        let of_none = page(r#"{"components":null,"folders":[],"meta":{"pagination":{"page":1,"limit":1,"total":2}}}"#);
        assert_eq!(List::new().next(&of_none), None);
        assert!(parse::<List>(Response::new(r#"{"folders":[]}"#.into())).is_err());
    }
}
