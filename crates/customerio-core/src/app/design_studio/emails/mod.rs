//! E-mails in Design Studio, with their translations and their versions.
//!
//! What the operations call `id` is the id of its text without a language.

use crate::operation_info::operations;

mod content;
mod email;
mod email_translation;
mod envelope;
mod parts;
mod settings;
mod transformers;

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
}

pub use self::{
    content::Content,
    email::Email,
    email_translation::EmailTranslation,
    envelope::{EmailHeader, Envelope, EnvelopeUpdate},
    transformers::{
        Accessibility, BackendMarker, CssInliner, CssVariables, Format, Formatter, HtmlAttributes, HtmlComments,
        Indent, Minify, Prettify, Switch, Transformers, UnusedCss, UrlParameter, UrlParameters,
    },
};
