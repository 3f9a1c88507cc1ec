//! `GET /v1/design_studio/emails/{id}/languages`: the translations of an e-mail.

use super::EmailTranslation;
use crate::{EmailId, Page, macros::plain};

plain! {
    /// Lists the translations of an e-mail, all at once.
    ///
    /// They are complete, so a list can have several megabytes.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Page<EmailTranslation>`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/listEmailTranslations>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{
    ///     app::design_studio::emails::ListTranslations, http::Response, operation::parse,
    /// };
    ///
    /// let json = r#"{"email_translations":[{"language":"fr","content":{"subject":"Bonjour"}}]}"#;
    /// let translations = parse::<ListTranslations>(Response::new(json.into()))?;
    /// assert_eq!(translations.items[0].language, "fr");
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "list_email_translations")]
    pub struct ListTranslations { id: EmailId = "LEAK-email" }
    "app.design_studio.emails.list_translations" =
        GET "/v1/design_studio/emails/{id}/languages" -> Page<EmailTranslation>;
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
        assert_eq!(wire_app(ListTranslations::new("e-1")), plain("GET /v1/design_studio/emails/e-1/languages"));
        assert_eq!(refused_app(ListTranslations::new("")).to_string(), "the e-mail's id is empty");
    }

    #[test]
    fn the_response_has_the_translations() {
        let read = |json: &'static str| parse::<ListTranslations>(Response::new(json.into()));
        let page = read(r#"{"email_translations":[{"language":"fr"},{"no":"language"},{"language":"de"}]}"#).unwrap();
        assert_eq!(page.items.iter().map(|it| it.language.as_str()).collect::<Vec<_>>(), ["fr", "de"]);
        assert_eq!(page.extra["email_translations"][0]["no"], "language");
        assert!(read(r#"{"email_translations":null}"#).unwrap().items.is_empty());
        assert!(read(r#"{"translations":[]}"#).is_err());
    }
}
