//! `GET /v1/transactional/{transactional_id}/language/{language}`: a transactional message's content in a language.

use crate::{
    TransactionalId,
    app::{Content, Language},
    macros::plain,
};

plain! {
    /// Reads the content of a transactional message in a language, or without one: [`Language::default()`].
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Content`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getTransactionalVariant>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::{Language, transactional::GetTranslation}, limits::Limits};
    ///
    /// let limits = Limits::default();
    /// assert_eq!(
    ///     Prepared::new(GetTranslation::new(44, "fr"), &limits)?.path(),
    ///     "/v1/transactional/44/language/fr"
    /// );
    /// let without = GetTranslation::new(44, Language::default());
    /// assert_eq!(Prepared::new(without, &limits)?.path(), "/v1/transactional/44/language/");
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "get_transactional_variant")]
    pub struct GetTranslation { transactional_id: TransactionalId = 44, language: Language = "fr" }
    "app.transactional.get_translation" = GET "/v1/transactional/{transactional_id}/language/{language}" -> Content;
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
        assert_eq!(wire_app(GetTranslation::new(44, "pt-BR")), plain("GET /v1/transactional/44/language/pt-BR"));
        assert_eq!(wire_app(GetTranslation::new(44, Language::default())), plain("GET /v1/transactional/44/language/"));
        assert!(refused_app(GetTranslation::new(0, "fr")).to_string().starts_with("the transactional message's id"));
        assert_eq!(refused_app(GetTranslation::new(44, "")).to_string(), "the language is empty");
    }

    #[test]
    fn the_response_has_the_content_in_a_list() {
        let json = r#"{"content":[{"id":140,"language":"fr","subject":"Bonjour"}]}"#;
        let content = parse::<GetTranslation>(Response::new(json.into())).unwrap();
        assert_eq!((content.id, content.language.as_deref()), (140.into(), Some("fr")));
        let json = r#"{"content":{"id":140}}"#;
        assert_eq!(parse::<GetTranslation>(Response::new(json.into())).unwrap().id, 140.into());
    }
}
