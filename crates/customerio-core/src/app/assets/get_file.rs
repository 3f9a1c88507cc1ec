//! `GET /v1/assets/files/{id}`: one file among the assets.

use super::Asset;
use crate::{AssetId, macros::plain};

plain! {
    /// Reads the details of a file among the assets: its URL and its size.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Asset`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getAsset>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::assets::GetFile, http::Response, operation::parse};
    ///
    /// let json = r#"{"asset":{"id":12,"name":"logo.png","path":"https://files.example.com/logo.png","size":2048}}"#;
    /// let file = parse::<GetFile>(Response::new(json.into()))?;
    /// assert_eq!(file.path.as_deref(), Some("https://files.example.com/logo.png"));
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "get_asset")]
    pub struct GetFile { id: AssetId = 12 }
    "app.assets.get_file" = GET "/v1/assets/files/{id}" -> Asset;
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
        assert_eq!(wire_app(GetFile::new(12)), plain("GET /v1/assets/files/12"));
        assert_eq!(
            refused_app(GetFile::new(0)).to_string(),
            "the asset's id is not valid: it must be a positive number"
        );
    }

    #[test]
    fn the_response_has_the_file() {
        let json = r#"{"asset":{"id":"12","name":"logo.png","size":2048}}"#;
        let file = parse::<GetFile>(Response::new(json.into())).unwrap();
        assert_eq!((file.id, file.size), (12.into(), Some(2048)));
        for json in [r#"{"asset":{"name":"logo.png"}}"#, r#"{"asset":null}"#, r#"{"id":12}"#] {
            assert!(parse::<GetFile>(Response::new(json.into())).is_err(), "{json}");
        }
    }
}
