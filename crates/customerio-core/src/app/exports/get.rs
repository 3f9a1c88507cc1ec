//! `GET /v1/exports/{export_id}`: one export.

use super::Export;
use crate::{ExportId, macros::plain};

plain! {
    /// Reads an export: whether it is ready, and how many rows it has.
    ///
    /// [`Client::wait_for`](crate::Client::wait_for) waits until it is.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getExport>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::exports::Get, http::Response, operation::parse};
    ///
    /// let json = r#"{"export":{"id":110,"status":"pending","total":0}}"#;
    /// let export = parse::<Get>(Response::new(json.into()))?;
    /// assert_eq!(export.is_ready(), None);
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "get_export")]
    pub struct Get { export_id: ExportId = 110 }
    "app.exports.get" = GET "/v1/exports/{export_id}" -> Export;
}

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        parse,
        testing::{plain, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(Get::new(110)), plain("GET /v1/exports/110"));
        assert_eq!(refused_app(Get::new(0)).to_string(), "the export's id is not valid: it must be a positive number");
    }

    #[test]
    fn the_response_has_the_export() {
        let export = parse::<Get>(Response::new(r#"{"export":{"id":"110"}}"#.into())).unwrap();
        assert_eq!((export.id, export.status), (110.into(), None));
        assert!(parse::<Get>(Response::new(r#"{"export":{}}"#.into())).is_err());
    }
}
