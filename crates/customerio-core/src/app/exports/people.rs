//! `POST /v1/exports/customers`: start an export of people.

use http::Method;
use serde::Serialize;

use super::Export;
use crate::{
    App, Body, BuildError, Limits, Operation,
    app::broadcasts::Filter,
    macros::{opaque_debug, sample},
    text::Text,
};

/// Starts an export of people, with attributes as columns.
///
/// The response is the export as it starts; [`Get`](super::Get) says when it is ready.
/// [`Client::start_export`](crate::Client::start_export) does both, and reads the file. It is not retried after a lost
/// response, because that would start a second one.
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/exportPeopleData>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::{Filter, exports::ExportPeople}, limits::Limits};
///
/// let export = ExportPeople::new(Filter::segment(4)).with_attributes(["email", "plan"]);
/// let request = Prepared::new(export, &Limits::default())?;
/// assert_eq!(request.body(), r#"{"filters":{"segment":{"id":4}},"attributes":["email","plan"]}"#);
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Serialize)]
#[doc(alias = "export_people_data")]
pub struct ExportPeople {
    filters: Filter,
    attributes: Option<Vec<Text>>,
}

impl ExportPeople {
    /// Searches for the people who match `filter`.
    #[must_use]
    pub fn new(filter: Filter) -> Self {
        Self { filters: filter, attributes: None }
    }

    /// The attributes to export. Default: only the identifiers.
    #[must_use]
    pub fn with_attributes(mut self, names: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.attributes = Some(names.into_iter().map(Text::new).collect());
        self
    }
}

impl Operation for ExportPeople {
    type Api = App;
    type Output = Export;
    const NAME: &'static str = "app.exports.people";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/exports/customers";

    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        self.filters.check()?;
        Body::json(&self)
    }
}

opaque_debug!(ExportPeople);
sample!(ExportPeople: Self::new(Filter::attribute_equals("plan", "LEAK-plan")).with_attributes(["LEAK-attribute"]));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Replay,
        testing::{body, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_app(ExportPeople::new(Filter::attribute_exists("plan"))),
            "POST https://api.customer.io/v1/exports/customers\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 62\n\
             \n\
             {\"filters\":{\"attribute\":{\"field\":\"plan\",\"operator\":\"exists\"}}}"
        );
        assert_eq!(
            body(ExportPeople::new(Filter::segment(4)).with_attributes(["a"])),
            r#"{"filters":{"segment":{"id":4}},"attributes":["a"]}"#
        );
        assert_eq!(ExportPeople::new(Filter::segment(4)).replay(), Replay::OnlyIfNotSent);
        assert!(refused_app(ExportPeople::new(Filter::segment(0))).to_string().contains("the segment's id"));
    }
}
