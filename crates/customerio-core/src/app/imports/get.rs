//! `GET /v1/imports/{import_id}`: one import.

use super::Import;
use crate::{ImportId, macros::plain};

plain! {
    /// Reads an import: its state, and what went wrong.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Import`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getImport>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::imports::Get, http::Response, operation::parse};
    ///
    /// let json = r#"{"import":{"id":30,"state":"importing","rows_to_import":3,"rows_imported":1}}"#;
    /// let import = parse::<Get>(Response::new(json.into()))?;
    /// assert_eq!((import.is_done(), import.rows_imported), (None, Some(1)));
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "get_import")]
    pub struct Get { import_id: ImportId = 30 }
    "app.imports.get" = GET "/v1/imports/{import_id}" -> Import;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{plain, refused_app, wire_app};

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(Get::new(30)), plain("GET /v1/imports/30"));
        assert!(refused_app(Get::new(0)).to_string().starts_with("the import's id"));
    }
}
