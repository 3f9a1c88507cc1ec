//! Whether the transactional messages that a program sends are there.

use std::{collections::BTreeSet, fmt};

use super::{List, TransactionalMessage};
use crate::{App, BoxFuture, Client, Error, TransactionalId, app::TransactionalMessageId, error::Bounded};

impl Client<App> {
    /// Checks that the workspace has these transactional messages, with one request: at the start of a program, so that
    /// a missing name does not stay unnoticed until the first person needs the message.
    ///
    /// Each is named as [`SendEmail`](crate::app::SendEmail) and the others take it: by its number, which can be text
    /// with digits too, or by its trigger name. The list of the service has a name for each, and does not say whether
    /// that is the trigger name: it is taken to be, in any case. If the two differ in your workspace, use the number.
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{App, Client, app::transactional::CheckError};
    ///
    /// async fn start(app: &Client<App>) -> Result<(), CheckError> {
    ///     app.check_transactional(["password_reset", "44"]).await
    /// }
    /// # mod canned { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/canned.rs")); }
    /// # let app = canned::app(|_| (200, r#"{"messages":[{"id":44,"name":"receipt"}]}"#));
    /// # let started = canned::run(async move { start(&app).await });
    /// # assert_eq!(
    /// #     started.unwrap_err().to_string(),
    /// #     "the workspace has no transactional message \"password_reset\": make it, or use one that is there: 44 \"receipt\""
    /// # );
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`CheckError::Missing`] with all that are missing and all that exist, or [`CheckError::Call`] if the
    /// list could not be read: then nothing is known.
    #[doc(alias = "template")]
    pub fn check_transactional<I>(
        &self,
        messages: impl IntoIterator<Item = I>,
    ) -> BoxFuture<'static, Result<(), CheckError>>
    where
        I: Into<TransactionalMessageId>,
    {
        let wanted: Vec<TransactionalMessageId> = messages.into_iter().map(Into::into).collect();
        let client = self.clone();
        Box::pin(async move {
            wanted.iter().try_for_each(TransactionalMessageId::check).map_err(Error::from)?;
            if wanted.is_empty() {
                return Ok(());
            }
            let known = client.call(List::new()).await?.items;
            let missing: Vec<_> = wanted.into_iter().filter(|id| !is_among(id, &known)).collect();
            if missing.is_empty() { Ok(()) } else { Err(CheckError::Missing(MissingMessages { missing, known })) }
        })
    }
}

fn is_among(id: &TransactionalMessageId, known: &[TransactionalMessage]) -> bool {
    let text = id.to_string();
    let (number, name) = (text.parse::<TransactionalId>().ok(), text.to_lowercase());
    let has_name = |message: &TransactionalMessage| message.name.as_ref().is_some_and(|it| it.to_lowercase() == name);
    known.iter().any(|message| number == Some(message.id) || has_name(message))
}

/// Why [`Client::check_transactional`] failed.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum CheckError {
    /// The list of messages could not be read.
    #[error(transparent)]
    Call(#[from] Error),
    /// At least one is missing.
    #[error("{0}")]
    Missing(MissingMessages),
}

/// Which transactional messages are missing, and which exist.
#[derive(Clone)]
#[non_exhaustive]
pub struct MissingMessages {
    /// The missing ones, in the order of the call.
    pub missing: Vec<TransactionalMessageId>,
    /// All that the workspace has.
    pub known: Vec<TransactionalMessage>,
}

/// How many of the existing messages an error names.
const NAMED: usize = 30;

impl fmt::Display for MissingMessages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let missing: BTreeSet<_> = self.missing.iter().map(ToString::to_string).collect();
        let (number, them) = if missing.len() == 1 { ("message", "it") } else { ("messages", "them") };
        write!(f, "the workspace has no transactional {number} ")?;
        for (index, name) in missing.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}\"{}\"", Bounded(name))?;
        }
        write!(f, ": make {them}")?;
        for (index, message) in self.known.iter().take(NAMED).enumerate() {
            let before = if index == 0 { ", or use one that is there: " } else { ", " };
            write!(f, "{before}{}", message.id)?;
            if let Some(name) = &message.name {
                write!(f, " \"{}\"", Bounded(name))?;
            }
        }
        match self.known.len().saturating_sub(NAMED) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

impl fmt::Debug for MissingMessages {
    /// Shows the message, because a `main` that returns an error prints it with `Debug`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MissingMessages").field(&format_args!("{self}")).finish()
    }
}

impl fmt::Debug for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(error) => f.debug_tuple("Call").field(error).finish(),
            Self::Missing(missing) => missing.fmt(f),
        }
    }
}
