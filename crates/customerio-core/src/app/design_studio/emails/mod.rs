//! E-mails in Design Studio, with their translations and their versions.
//!
//! [`Create`] makes one; [`Link`] links it to a message, and [`Publish`] puts its content into that message. The `id`
//! of the operations on one e-mail is that of its text without a language; [`Render`], [`Preview`], [`Review`] and
//! those on versions take the id of one with a language too, which a [`Mapping`] has.
//!
//! What was read can be changed and sent back:
//!
//! ```
//! # use customerio_core::facade as customerio;
//! use customerio::{
//!     Prepared, app::design_studio::emails::{Get, Update}, http::Response, limits::Limits,
//!     operation::parse,
//! };
//!
//! let json = r#"{"email":{"id":"e-1","content":{"subject":"Hello","html":"<p>Until May</p>"}}}"#;
//! let email = parse::<Get>(Response::new(json.into()))?;
//!
//! let mut content = email.content.unwrap_or_default();
//! content.html = content.html.map(|html| html.replace("May", "June"));
//! let update = Update::new(&email.id).with_content(content);
//!
//! let request = Prepared::new(update, &Limits::default())?;
//! assert_eq!(request.body(), r#"{"content":{"html":"<p>Until June</p>","subject":"Hello"}}"#);
//! # Ok::<(), customerio::Error>(())
//! ```

use crate::operation_info::operations;

mod content;
mod email;
mod email_translation;
mod envelope;
mod parts;
mod publication;
mod settings;
mod transformers;
mod version;

operations! {
    /// The operations on e-mails in Design Studio.
    samples;
    list::List = GET "/v1/design_studio/emails";
    create::Create = POST "/v1/design_studio/emails";
    get::Get = GET "/v1/design_studio/emails/{id}";
    update::Update = PUT "/v1/design_studio/emails/{id}";
    delete::Delete = DELETE "/v1/design_studio/emails/{id}";
    list_translations::ListTranslations = GET "/v1/design_studio/emails/{id}/languages";
    create_translation::CreateTranslation = POST "/v1/design_studio/emails/{id}/languages";
    get_translation::GetTranslation = GET "/v1/design_studio/emails/{id}/languages/{language}";
    update_translation::UpdateTranslation = PUT "/v1/design_studio/emails/{id}/languages/{language}";
    delete_translation::DeleteTranslation = DELETE "/v1/design_studio/emails/{id}/languages/{language}";
    link::Link = POST "/v1/design_studio/emails/{id}/link";
    publish::Publish = POST "/v1/design_studio/emails/{id}/publish";
    publish_status::PublishStatus = GET "/v1/design_studio/emails/{id}/publish_status";
    unpublished_changes::UnpublishedChanges = GET "/v1/design_studio/emails/{id}/unpublished_changes";
    render::Render = GET "/v1/design_studio/emails/{id}/render";
    preview::Preview = POST "/v1/design_studio/emails/{id}/preview";
    review::Review = GET "/v1/design_studio/emails/{id}/review";
    list_versions::ListVersions = GET "/v1/design_studio/emails/{id}/versions";
    save_version::SaveVersion = POST "/v1/design_studio/emails/{id}/versions";
    get_version::GetVersion = GET "/v1/design_studio/emails/{id}/versions/{version_id}";
    delete_version::DeleteVersion = DELETE "/v1/design_studio/emails/{id}/versions/{version_id}";
    restore_version::RestoreVersion = POST "/v1/design_studio/emails/{id}/versions/{version_id}/restore";
}

pub use self::{
    content::Content,
    email::Email,
    email_translation::EmailTranslation,
    envelope::{EmailHeader, Envelope, EnvelopeUpdate},
    get_version::{VersionContents, VersionedComponent, VersionedEmail},
    link::{LinkKind, LinkTarget, Linked, LinkedMessage},
    preview::{EmailPreview, HeaderErrors, PreviewLink},
    publication::{Mapping, Publication, PublicationState},
    render::RenderedEmail,
    restore_version::RestoredVersion,
    review::{
        CheckState, EmailReview, Finding, FindingCounts, FindingState, ReviewCheck, ReviewScore, ReviewState, Severity,
    },
    save_version::SavedVersion,
    transformers::{
        Accessibility, BackendMarker, CssInliner, CssVariables, Format, Formatter, HtmlAttributes, HtmlComments,
        Indent, Minify, Prettify, Switch, Transformers, UnusedCss, UrlParameter, UrlParameters,
    },
    unpublished_changes::ChangesSincePublication,
    version::{NodeKind, Version},
};
