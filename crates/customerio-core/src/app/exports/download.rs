//! `GET /v1/exports/{export_id}/download`: where an export can be fetched.

use std::fmt;

use bytes::Bytes;
use http::{Response, Uri};

use crate::{
    DecodeFailure, ExportId, FromResponse,
    entity::{fields, missing},
    macros::plain,
};

plain! {
    /// Gets a link to the file of an export that is [ready](super::Export::is_ready).
    ///
    /// The link is valid for 15 minutes; after that, get a new one. [`Client::export`](crate::Client::export) does
    /// this, and reads the file.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/downloadExport>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::exports::Download, http::Response, operation::parse};
    ///
    /// let json = r#"{"url":"https://files.example.com/110.csv?signature=secret"}"#;
    /// let link = parse::<Download>(Response::new(json.into()))?;
    /// assert_eq!(link.uri().host(), Some("files.example.com"));
    /// assert_eq!(format!("{link:?}"), "SignedUrl { .. }");
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "download_export")]
    pub struct Download { export_id: ExportId = 110 }
    "app.exports.download" = GET "/v1/exports/{export_id}/download" -> SignedUrl;
}

/// A link that is a credential: whoever has it gets the file.
///
/// So it is never shown or serialised.
///
/// Fetch it with any HTTP client, without any credentials of Customer.io: it is on another host.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedUrl(Uri);

impl SignedUrl {
    /// The link.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.0
    }
}

impl fmt::Debug for SignedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedUrl").finish_non_exhaustive()
    }
}

impl FromResponse for SignedUrl {
    const EXAMPLE: &'static str = r#"{"url":"https://files.example.com/110.csv?signature=0"}"#;

    /// # Errors
    ///
    /// Fails if there is no whole URL in `url`, nor in `link`, which the vendor's own client reads.
    fn from_response(response: &Response<Bytes>) -> Result<Self, DecodeFailure> {
        let mut fields = fields(response)?;
        let url: String = fields.take(&["url", "link"], &mut serde_json::Map::new()).map_err(missing)?;
        let uri = url.parse::<Uri>().ok().filter(|uri| uri.host().is_some() && uri.scheme().is_some());
        uri.map(Self).ok_or_else(|| DecodeFailure::new("has no URL in `url`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        parse,
        testing::{plain, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(Download::new(110)), plain("GET /v1/exports/110/download"));
    }

    #[test]
    fn a_link_is_read_under_both_of_its_names_and_shown_nowhere() {
        for json in [r#"{"url":"https://a.example/b?c=SECRET"}"#, r#"{"link":"https://a.example/b?c=SECRET"}"#] {
            let link = parse::<Download>(Response::new(json.into())).unwrap();
            assert_eq!(link.uri().to_string(), "https://a.example/b?c=SECRET");
            assert!(!format!("{link:?}").contains("SECRET"));
        }
        for json in ["{}", r#"{"url":null}"#, r#"{"url":"/b?c=SECRET"}"#, r#"{"url":"not a URL SECRET"}"#] {
            let error = parse::<Download>(Response::new(json.into())).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("SECRET"), "{json}");
        }
    }
}
