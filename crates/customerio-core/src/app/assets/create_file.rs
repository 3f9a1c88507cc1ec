//! `POST /v1/assets/files`: upload a file to the assets.

use std::time::Duration;

use bytes::Bytes;
use http::Method;

use super::{
    Asset,
    multipart::{File, form},
};
use crate::{
    App, AssetFolderId, Body, BuildError, BuildErrorKind, Limits, Operation,
    limits::check_bytes,
    macros::{opaque_debug, sample, setters},
    text::Text,
    unseen::check_visible,
};

/// Uploads a file to the assets: an image or a PDF that messages show.
///
/// It is not retried after a lost response, because that would create a second file. Each attempt has the same bytes.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `Asset`.
///
/// Limits: 2 MB, and an image has up to 4,096 pixels in each direction; 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/createAsset>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::assets::CreateFile, limits::Limits};
///
/// let upload = CreateFile::new("logo.png", b"\x89PNG\r\n\x1a\n").with_folder(3);
/// let request = Prepared::new(upload, &Limits::default())?;
/// let body = String::from_utf8_lossy(request.body());
/// assert!(
///     body.contains("name=\"file\"; filename=\"logo.png\"\r\ncontent-type: image/png\r\n\r\n")
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "create_asset")]
#[doc(alias = "upload")]
#[doc(alias = "multipart")]
pub struct CreateFile {
    file_name: Text,
    contents: Bytes,
    content_type: Option<AssetType>,
    name: Option<Text>,
    folder: Option<AssetFolderId>,
}

/// The type of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AssetType {
    /// `image/bmp`.
    Bmp,
    /// `image/gif`.
    Gif,
    /// `image/jpeg`.
    Jpeg,
    /// `image/png`.
    Png,
    /// `application/pdf`.
    Pdf,
}

impl AssetType {
    /// The media type.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bmp => "image/bmp",
            Self::Gif => "image/gif",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Pdf => "application/pdf",
        }
    }

    /// The type by the end of a file's name.
    fn of(file_name: &str) -> Option<Self> {
        let (_, extension) = file_name.rsplit_once('.')?;
        Some(match extension.to_ascii_lowercase().as_str() {
            "bmp" => Self::Bmp,
            "gif" => Self::Gif,
            "jpeg" | "jpg" => Self::Jpeg,
            "png" => Self::Png,
            "pdf" => Self::Pdf,
            _ => return None,
        })
    }
}

impl CreateFile {
    /// Creates a file `file_name` with these contents. Its type is taken from the end of its name, such as `.png`.
    #[must_use]
    pub fn new(file_name: impl AsRef<str>, contents: impl AsRef<[u8]>) -> Self {
        let contents = Bytes::copy_from_slice(contents.as_ref());
        Self { file_name: Text::new(file_name), contents, content_type: None, name: None, folder: None }
    }

    setters! {
        /// Sets the type of the file, if its name has no extension for it.
        with_type, content_type: AssetType;
        /// The name that it gets. Default: that of the file.
        with_name, name: text;
        /// The folder that it goes into. Default: none.
        with_folder, folder: into AssetFolderId;
    }
}

impl Operation for CreateFile {
    type Api = App;
    type Output = Asset;
    const NAME: &'static str = "app.assets.create_file";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/assets/files";
    const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(60);

    fn body(self, limits: &Limits) -> Result<Body, BuildError> {
        check_visible("the file's name", &self.file_name)?;
        let Some(content_type) = self.content_type.or_else(|| AssetType::of(&self.file_name)) else {
            let reason =
                "it must end in .bmp, .gif, .jpeg, .jpg, .png or .pdf, or `with_type` must say what the file is";
            return Err(BuildError::new("the file's name", BuildErrorKind::Invalid(reason.into())));
        };
        check_bytes("the file", self.contents.len(), limits.asset)?;
        let folder = self.folder.map(|folder| folder.check().map(|()| folder.to_string())).transpose()?;
        if let Some(name) = &self.name {
            check_visible("the asset's name", name)?;
        }
        let texts = [("name", self.name.as_deref()), ("parent_folder_id", folder.as_deref())];
        let texts: Vec<_> = texts.into_iter().filter_map(|(name, text)| Some((name, text?))).collect();
        let file = File { name: &self.file_name, content_type: content_type.as_str(), contents: &self.contents };
        Ok(form(&texts, &file))
    }
}

opaque_debug!(CreateFile);
sample!(CreateFile: Self::new("LEAK-file.png", b"LEAK-contents").with_name("LEAK-name").with_folder(3));

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        Replay, parse,
        testing::{body, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let upload = CreateFile::new("a\"b.PNG", "bytes").with_name("Logo").with_folder(3);
        assert_eq!(upload.replay(), Replay::OnlyIfNotSent);
        let boundary = "customerio-BOUNDARY";
        let sent = wire_app(upload);
        let at = sent.find("boundary=").unwrap() + "boundary=".len();
        let sent = sent.replace(&sent[at..at + boundary.len() + 8].to_owned(), boundary);
        assert_eq!(
            sent,
            "POST https://api.customer.io/v1/assets/files\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: multipart/form-data; boundary=customerio-BOUNDARY\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 342\n\
             \n\
             --customerio-BOUNDARY\r\n\
             content-disposition: form-data; name=\"name\"\r\n\r\n\
             Logo\r\n\
             --customerio-BOUNDARY\r\n\
             content-disposition: form-data; name=\"parent_folder_id\"\r\n\r\n\
             3\r\n\
             --customerio-BOUNDARY\r\n\
             content-disposition: form-data; name=\"file\"; filename=\"a%22b.PNG\"\r\n\
             content-type: image/png\r\n\r\n\
             bytes\r\n\
             --customerio-BOUNDARY--\r\n"
        );
    }

    #[test]
    fn every_attempt_has_the_same_bytes() {
        let upload = CreateFile::new("a.pdf", vec![7; 10_000]);
        assert_eq!(body(upload.clone()), body(upload));
    }

    #[test]
    fn what_the_service_does_not_take_is_refused() {
        for (upload, expected) in [
            (CreateFile::new("a.svg", ""), "the file's name is not valid: it must end in .bmp"),
            (CreateFile::new("png", ""), "the file's name is not valid: it must end in .bmp"),
            (CreateFile::new("", ""), "the file's name"),
            (CreateFile::new("a.png", vec![0; 2_000_001]), "the file has 2000001 bytes, and the limit is 2000000"),
            (CreateFile::new("a.png", "").with_folder(0), "the folder's id"),
            (CreateFile::new("a.png", "").with_name(" "), "the asset's name"),
        ] {
            let error = refused_app(upload).to_string();
            assert!(error.starts_with(expected), "{error}");
        }
        assert!(body(CreateFile::new("a", vec![0; 2_000_000]).with_type(AssetType::Gif)).contains("image/gif"));
        for (name, content_type) in [("a.bmp", "image/bmp"), ("b.JPG", "image/jpeg"), ("c.jpeg", "image/jpeg")] {
            assert!(body(CreateFile::new(name, "")).contains(content_type));
        }
    }

    #[test]
    fn the_response_has_the_asset() {
        let json = r#"{"asset":{"id":12,"name":"Logo","size":5}}"#;
        assert_eq!(parse::<CreateFile>(Response::new(json.into())).unwrap().id, 12.into());
        assert!(parse::<CreateFile>(Response::new(r#"{"asset":{}}"#.into())).is_err());
    }
}
