//! `GET /v1/design_studio/emails/{id}/inbox_previews/{run_id}/captures/{client_id}`: an image of an inbox preview.

use std::fmt;

use bytes::Bytes;
use http::{Method, Response, header};

use crate::{
    App, BuildError, BuildErrorKind, DecodeFailure, EmailId, FromResponse, Operation, Path, PreviewClientId,
    PreviewRunId, Query,
    from_response::check_reported,
    macros::{opaque_debug, sample, setters},
    path::Part as _,
    text::Text,
};

/// Fetches an image of an inbox preview: how the e-mail looks in an e-mail client.
///
/// A 404 means that there is none, or not yet: the preview is still being made, has failed, or is no longer kept. The
/// [status](super::Preview::status) says which.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `Image`.
///
/// Limits: 16 MiB of the image; 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/getInboxPreviewCapture>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{app::design_studio::inbox_previews::Capture, http::Response, operation::parse};
///
/// let response = Response::builder()
///     .header("content-type", "image/png")
///     .body(b"\x89PNG\r\n\x1a\n"[..].into())?;
/// let image = parse::<Capture>(response)?;
/// assert_eq!((image.content_type.as_deref(), image.bytes.len()), (Some("image/png"), 8));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[doc(alias = "get_inbox_preview_capture")]
#[doc(alias = "screenshot")]
pub struct Capture {
    id: EmailId,
    run_id: PreviewRunId,
    client_id: PreviewClientId,
    variant: Option<CaptureVariant>,
    key: Option<Text>,
}

/// Which image of a preview.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CaptureVariant {
    /// In full size.
    Screenshot,
    /// A small one.
    Thumbnail,
    /// A small one of the whole e-mail.
    FullThumbnail,
}

impl fmt::Display for CaptureVariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Screenshot => "screenshot",
            Self::Thumbnail => "thumbnail",
            Self::FullThumbnail => "full_thumbnail",
        })
    }
}

impl Capture {
    /// Creates the operation for the screenshot of this e-mail, from this run, in this e-mail client.
    #[must_use]
    pub fn new(id: impl Into<EmailId>, run_id: impl Into<PreviewRunId>, client_id: impl Into<PreviewClientId>) -> Self {
        Self { id: id.into(), run_id: run_id.into(), client_id: client_id.into(), variant: None, key: None }
    }

    setters! {
        /// Which image. Default: [`Screenshot`](CaptureVariant::Screenshot).
        with_variant, variant: CaptureVariant;
        /// Which of the [screenshots](super::Preview::screenshots), by its key. Default: `default`. The other variants
        /// have only one.
        with_key, key: text;
    }
}

impl Operation for Capture {
    type Api = App;
    type Output = Image;
    const NAME: &'static str = "app.design_studio.inbox_previews.capture";
    const METHOD: Method = Method::GET;
    const ROUTE: &'static str = "/v1/design_studio/emails/{id}/inbox_previews/{run_id}/captures/{client_id}";
    /// Errors are JSON here too.
    const ACCEPT: &'static str = "image/*, application/json;q=0.5";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.id.write(path)?;
        self.run_id.write(path)?;
        self.client_id.write(path)
    }
    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        let is_screenshot = self.variant.is_none_or(|variant| variant == CaptureVariant::Screenshot);
        if self.key.is_some() && !is_screenshot {
            let reason = "only screenshots have one: leave out the key, or the variant";
            return Err(BuildError::new("the key", BuildErrorKind::Invalid(reason.into())));
        }
        query.optional("variant", self.variant);
        query.optional("key", self.key.as_deref());
        Ok(())
    }
}

opaque_debug!(Capture);
sample!(Capture: Self::new("LEAK-email", 7, "LEAK-client")
    .with_variant(CaptureVariant::Screenshot)
    .with_key("LEAK-key"));

/// An image.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Image {
    /// The content type, as the service sends it, such as `image/png`, `image/jpeg` or `image/webp`.
    pub content_type: Option<String>,
    /// The image, byte for byte.
    pub bytes: Bytes,
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Image").field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}

impl FromResponse for Image {
    const EXAMPLE: &'static str = r#"<svg xmlns="http://www.w3.org/2000/svg"/>"#;

    /// # Errors
    ///
    /// Fails if there is nothing, or the header `content-type` says that it is something else.
    fn from_response(response: &Response<Bytes>) -> Result<Self, DecodeFailure> {
        check_reported(response)?;
        let content_type = response.headers().get(header::CONTENT_TYPE).map(|value| value.to_str().unwrap_or_default());
        let is_image = |name: &str| name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("image/"));
        if !content_type.is_none_or(is_image) {
            return Err(DecodeFailure::new("is not an image"));
        }
        if response.body().is_empty() {
            return Err(DecodeFailure::new("is empty, and should be an image"));
        }
        Ok(Self { content_type: content_type.map(str::to_owned), bytes: response.body().clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        OperationInfo, Replay, parse,
        testing::{refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let request = |query: &str| {
            format!(
                "GET https://api.customer.io/v1/design_studio/emails/e-1/inbox_previews/7/captures/a%2Fb{query}\n\
                 accept: image/*, application/json;q=0.5\n\
                 accept-encoding: identity\n\
                 authorization: Bearer key\n\
                 user-agent: customerio-rust/VERSION\n\n"
            )
        };
        let capture = || Capture::new("e-1", 7, "a/b");
        let info = OperationInfo::of::<Capture>();
        assert_eq!((info.replay, info.response_limit), (Replay::Safe, 16 * 1024 * 1024));
        assert_eq!(wire_app(capture()), request(""));
        assert_eq!(wire_app(capture().with_key("dark mode")), request("?key=dark%20mode"));
        for (variant, name) in [
            (CaptureVariant::Screenshot, "screenshot"),
            (CaptureVariant::Thumbnail, "thumbnail"),
            (CaptureVariant::FullThumbnail, "full_thumbnail"),
        ] {
            assert_eq!(wire_app(capture().with_variant(variant)), request(&format!("?variant={name}")));
        }
        let both = capture().with_variant(CaptureVariant::Screenshot).with_key("dark");
        assert_eq!(wire_app(both), request("?variant=screenshot&key=dark"));
    }

    #[test]
    fn what_the_service_does_not_take_is_refused() {
        for (capture, expected) in [
            (Capture::new("", 7, "a"), "the e-mail's id is empty"),
            (Capture::new("e-1", 0, "a"), "the run's id is not valid: it must be a positive number"),
            (Capture::new("e-1", 7, ".."), "the mail program's id is `.` or `..`, which cannot be part of a URL path"),
            (
                Capture::new("e-1", 7, "a").with_variant(CaptureVariant::Thumbnail).with_key("dark"),
                "the key is not valid: only screenshots have one: leave out the key, or the variant",
            ),
        ] {
            assert_eq!(refused_app(capture).to_string(), expected);
        }
    }

    #[test]
    fn the_response_is_the_image_byte_for_byte() {
        let read = |content_type: Option<&str>, body: &'static [u8]| {
            let mut response = Response::new(Bytes::from_static(body));
            if let Some(content_type) = content_type {
                response.headers_mut().insert(header::CONTENT_TYPE, content_type.parse().unwrap());
            }
            parse::<Capture>(response)
        };
        let image = read(Some("image/png"), b"\x89PNG\0\xff{").unwrap();
        assert_eq!((image.content_type.as_deref(), &image.bytes[..]), (Some("image/png"), &b"\x89PNG\0\xff{"[..]));
        assert_eq!(format!("{image:?}"), "Image { bytes: 7, .. }");
        let image = read(Some("Image/SVG+xml; charset=utf-8"), b"<svg/>").unwrap();
        assert_eq!(image.content_type.as_deref(), Some("Image/SVG+xml; charset=utf-8"));
        assert_eq!(read(None, b"<svg/>").unwrap().content_type, None);

        for (content_type, body, expected) in [
            (Some("text/html"), &b"<html>"[..], "is not an image"),
            (Some("application/json"), b"{}", "is not an image"),
            (Some("image"), b"x", "is not an image"),
            (Some("image/png"), b"", "is empty, and should be an image"),
        ] {
            let error = read(content_type, body).unwrap_err();
            assert!(error.to_string().ends_with(expected), "{error}");
        }
        let failed = read(Some("application/json"), br#"{"errors":[{"detail":"no such run"}]}"#).unwrap_err();
        assert_eq!(failed.as_api().and_then(|error| error.message()), Some("no such run"));
    }
}
