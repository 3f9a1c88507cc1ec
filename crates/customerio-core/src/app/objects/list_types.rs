//! `GET /v1/object_types`: the types of objects that the workspace has.

use crate::{ObjectTypeId, Page, entity::entity, macros::plain, page::listed};

plain! {
    /// Lists the types of objects that the workspace has, all at once: their numbers are needed to read and write
    /// objects.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Page<ObjectType>`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getObjectTypes>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::objects::ListTypes, http::Response, operation::parse};
    ///
    /// let json = r#"{"types":[{"id":"1","name":"Companies","slug":"companies","enabled":true}]}"#;
    /// let types = parse::<ListTypes>(Response::new(json.into()))?.items;
    /// assert_eq!((types[0].id, types[0].name.as_deref()), (1.into(), Some("Companies")));
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "get_object_types")]
    pub struct ListTypes {}
    "app.objects.list_types" = GET "/v1/object_types" -> Page<ObjectType>;
}

entity! {
    /// A type of objects, such as companies.
    pub struct ObjectType: Debug {
        /// The id.
        pub id: ObjectTypeId,
        /// The plural name: `Companies`.
        pub name: Option<String>,
        /// The singular name: `Company`.
        pub singular_name: Option<String>,
        /// The plural name in URLs of the workspace.
        pub slug: Option<String>,
        /// The singular name in URLs of the workspace.
        pub singular_slug: Option<String>,
        /// Whether it is in use.
        pub enabled: Option<bool>,
        /// The name of its icon, or an emoji.
        pub icon: Option<String>,
    }
}

listed!(ObjectType in "types" = r#"{"id":"1","name":"Companies","singular_name":"Company","slug":"companies","enabled":true}"#);

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        parse,
        testing::{plain, survives_changes, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(ListTypes::new()), plain("GET /v1/object_types"));
    }

    #[test]
    fn a_type_is_read_field_by_field() {
        let kind = json!({
            "id": "1", "name": "Companies", "singular_name": "Company", "slug": "companies", "singular_slug": "company",
            "enabled": true, "icon": "building",
        });
        let json = json!({"types": [kind, {"name": "no id"}]}).to_string();
        let page = parse::<ListTypes>(Response::new(json.into())).unwrap();
        let read = &page.items[0];
        assert_eq!((read.id, read.enabled), (1.into(), Some(true)));
        assert_eq!((read.name.as_deref(), read.singular_name.as_deref()), (Some("Companies"), Some("Company")));
        assert_eq!((read.slug.as_deref(), read.singular_slug.as_deref()), (Some("companies"), Some("company")));
        assert_eq!((read.icon.as_deref(), read.extra.len()), (Some("building"), 0));
        assert_eq!((page.items.len(), &page.extra["types"]), (1, &json!([{"name": "no id"}])));
        survives_changes::<ObjectType>(&kind, &["id"]);
    }
}
