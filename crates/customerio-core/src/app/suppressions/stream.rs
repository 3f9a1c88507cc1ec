//! Suppressed addresses of more than one reason.

use std::{
    collections::VecDeque,
    fmt,
    future::poll_fn,
    task::{Context, Poll, ready},
};

use super::{List, ListOfDomain, Suppression, SuppressionType};
use crate::{App, Client, Error, ItemStream, text::Text};

/// The most addresses on a page.
const LIMIT: u32 = 1_000;

impl Client<App> {
    /// Reads the addresses that the mail provider suppresses, of all reasons: of the workspace, or of one
    /// [domain](SuppressionStream::of_domain).
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{App, Client, Error};
    ///
    /// /// Lets everybody in again who is kept out of one domain.
    /// async fn clear(app: &Client<App>) -> Result<u64, Error> {
    ///     let addresses = app.suppressions().of_domain("mail.example.com").collect_addresses().await?;
    ///     let report = app.unsuppress_all(addresses).finish().await;
    ///     for failed in &report.failed {
    ///         eprintln!("{}", failed.error);
    ///     }
    ///     Ok(report.done)
    /// }
    /// # mod canned { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/canned.rs")); }
    /// # let app = canned::app(|_| (200, r#"{"suppressions":[{"email":"ada@example.com"}]}"#));
    /// # let cleared = canned::run(async move { clear(&app).await });
    /// // Once for each of the four reasons.
    /// # assert_eq!(cleared.unwrap(), 4);
    /// ```
    pub fn suppressions(&self) -> SuppressionStream {
        let types = [
            SuppressionType::Blocks,
            SuppressionType::Bounces,
            SuppressionType::SpamReports,
            SuppressionType::InvalidEmails,
        ];
        SuppressionStream { client: self.clone(), domain: None, types: types.into(), items: None }
    }
}

/// Addresses that the mail provider suppresses, one reason after the other: [`Client::suppressions`].
///
/// It is a `Stream` with the feature `stream`.
///
/// After an error, the next call reads the page that failed.
///
/// Without a [domain](Self::of_domain), pages are counted by offset: an address that is added or removed meanwhile
/// shifts the others, so one can appear twice or not at all. To change the addresses that are read,
/// [collect](Self::collect_addresses) them first.
#[must_use = "nothing is read before `next` is called"]
pub struct SuppressionStream {
    client: Client<App>,
    domain: Option<Text>,
    /// The one that is read, and those that are still to be read.
    types: VecDeque<SuppressionType>,
    items: Option<Items>,
}

enum Items {
    OfDomain(ItemStream<ListOfDomain>),
    All(ItemStream<List>),
}

impl Items {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Suppression, Error>>> {
        match self {
            Self::OfDomain(items) => items.poll_item(context),
            Self::All(items) => items.poll_item(context),
        }
    }
}

/// An address that the mail provider suppresses, and for what reason.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Suppressed {
    /// The reason.
    pub suppression_type: SuppressionType,
    /// The address, and what else is known.
    pub suppression: Suppression,
}

crate::macros::opaque_debug!(Suppressed);

impl SuppressionStream {
    /// Selects only those of this sending domain.
    pub fn of_domain(mut self, domain: impl AsRef<str>) -> Self {
        self.domain = Some(Text::new(domain));
        self
    }

    /// Selects only those that are suppressed for this reason.
    pub fn of_type(mut self, suppression_type: impl Into<SuppressionType>) -> Self {
        self.types = [suppression_type.into()].into();
        self
    }

    /// Returns the next one; `None` after the last.
    ///
    /// This method is cancel safe: dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// Returns the error of the call that failed. The next call of this method makes it again.
    pub async fn next(&mut self) -> Option<Result<Suppressed, Error>> {
        poll_fn(|context| self.poll_suppressed(context)).await
    }

    /// Reads the rest, and returns only the addresses, which [`unsuppress_all`](Client::unsuppress_all) and
    /// [`suppress_all`](Client::suppress_all) take.
    ///
    /// # Errors
    ///
    /// See [`Error`]. The first error ends it.
    pub async fn collect_addresses(mut self) -> Result<Vec<(SuppressionType, String)>, Error> {
        let mut addresses = Vec::new();
        while let Some(suppressed) = self.next().await {
            let Suppressed { suppression_type, suppression } = suppressed?;
            addresses.extend(suppression.email.map(|email| (suppression_type, email)));
        }
        Ok(addresses)
    }

    fn poll_suppressed(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Suppressed, Error>>> {
        loop {
            let Some(suppression_type) = self.types.front() else { return Poll::Ready(None) };
            let items = self.items.get_or_insert_with(|| match &self.domain {
                Some(domain) => Items::OfDomain(
                    self.client.items(ListOfDomain::new(domain, suppression_type.clone()).with_limit(LIMIT)),
                ),
                None => Items::All(self.client.items(List::new(suppression_type.clone()).with_limit(LIMIT))),
            });
            match ready!(items.poll(context)) {
                Some(Ok(suppression)) => {
                    let suppression_type = suppression_type.clone();
                    return Poll::Ready(Some(Ok(Suppressed { suppression_type, suppression })));
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => {
                    self.types.pop_front();
                    self.items = None;
                }
            }
        }
    }
}

impl fmt::Debug for SuppressionStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SuppressionStream").field("types", &self.types).finish_non_exhaustive()
    }
}

#[cfg(feature = "stream")]
impl futures_core::Stream for SuppressionStream {
    type Item = Result<Suppressed, Error>;

    fn poll_next(self: std::pin::Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_suppressed(context)
    }
}
