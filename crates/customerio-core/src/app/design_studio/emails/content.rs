//! The content of an e-mail.

use super::settings::settings;
use crate::{BuildError, unseen::check_lines};

settings! {
    /// The content of an e-mail, in responses and requests.
    ///
    /// In a request, what is not set stays as it is.
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::design_studio::emails::{Content, Update}, limits::Limits};
    ///
    /// let content = Content::new().with_subject("Hello").with_html("<p>Hi {{customer.name}}</p>");
    /// let update = Update::new("7f1f1d3c-9d1a-4b53-8c3e-2f0f6f3f5a11").with_content(content);
    /// let request = Prepared::new(update, &Limits::default())?;
    /// assert_eq!(
    ///     request.body(),
    ///     r#"{"content":{"html":"<p>Hi {{customer.name}}</p>","subject":"Hello"}}"#
    /// );
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    pub struct Content {
        /// The subject.
        with_subject, subject: String;
        /// Sets the preheader: the text that e-mail clients show beside the subject.
        with_preheader_text, preheader_text: String;
        /// The body as HTML, with components and Liquid in it.
        with_html, html: String;
        /// The body as AMP, for the clients that read it.
        with_amp, amp: String;
        /// The body as text without HTML.
        with_text, text: String;
    }
}

impl Content {
    /// Refuses what would begin a header of its own.
    pub(super) fn check(&self) -> Result<(), BuildError> {
        check_lines([("the subject", self.subject.as_deref()), ("the preheader text", self.preheader_text.as_deref())])
    }
}

/// For the samples of operations.
#[cfg(feature = "samples")]
pub(super) fn sample() -> Content {
    Content::new()
        .with_subject("LEAK-subject")
        .with_preheader_text("LEAK-preheader")
        .with_html("LEAK-html")
        .with_amp("LEAK-amp")
        .with_text("LEAK-text")
}
