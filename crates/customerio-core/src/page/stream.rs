//! Pages and items, read with a client.

use std::{
    collections::VecDeque,
    fmt,
    future::poll_fn,
    task::{Context, Poll, ready},
};

use super::{Cursor, Paged, Pages};
use crate::{Api, BoxFuture, Client, Error};

impl<A: Api> Client<A> {
    /// Reads a list page by page.
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// # use customerio::{App, Client, Error, app::segments::Membership};
    /// async fn count(app: &Client<App>) -> Result<usize, Error> {
    ///     let mut pages = app.pages(Membership::new(7));
    ///     let mut count = 0;
    ///     while let Some(page) = pages.next().await {
    ///         count += page?.items.len();
    ///     }
    ///     Ok(count)
    /// }
    /// # mod canned { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/canned.rs")); }
    /// # let app = canned::app(|_| (200, r#"{"identifiers":[{"id":"42"},{"id":"43"}],"next":""}"#));
    /// # let counted = canned::run(async move { count(&app).await });
    /// # assert_eq!(counted?, 2);
    /// # Ok::<(), Error>(())
    /// ```
    #[doc(alias = "pagination")]
    pub fn pages<O: Paged<Api = A>>(&self, operation: O) -> PageStream<O> {
        PageStream { client: self.clone(), pages: Pages::new(operation), call: None }
    }

    /// Reads a list item by item; the next page is read when the items of one are used up.
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// # use customerio::{App, Client, Error, app::segments::Membership};
    /// async fn ids(app: &Client<App>) -> Result<Vec<String>, Error> {
    ///     let mut people = app.items(Membership::new(7));
    ///     let mut ids = Vec::new();
    ///     while let Some(person) = people.next().await {
    ///         ids.extend(person?.id);
    ///     }
    ///     Ok(ids)
    /// }
    /// # mod canned { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/canned.rs")); }
    /// # let app = canned::app(|_| (200, r#"{"identifiers":[{"id":"42"},{"id":"43"}],"next":""}"#));
    /// # let read = canned::run(async move { ids(&app).await });
    /// # assert_eq!(read?, ["42", "43"]);
    /// # Ok::<(), Error>(())
    /// ```
    #[doc(alias = "pagination")]
    pub fn items<O: Paged<Api = A>>(&self, operation: O) -> ItemStream<O> {
        ItemStream { pages: self.pages(operation), items: VecDeque::new(), page: None }
    }
}

/// The pages of a list: [`Client::pages`].
///
/// It is a `Stream` with the feature `stream`.
///
/// After an error, the next call reads the page that failed. Only the error about a circular list ends the stream.
#[must_use = "nothing is read before `next` is called"]
pub struct PageStream<O: Paged> {
    client: Client<O::Api>,
    pages: Pages<O>,
    /// The call that is under way. It continues after a future of `next` was dropped.
    call: Option<BoxFuture<'static, Result<O::Output, Error>>>,
}

impl<O: Paged> PageStream<O> {
    /// Reads the next page; `None` after the last.
    ///
    /// This method is cancel safe: dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// Returns the error of the call that failed. The next call of this method makes it again.
    pub async fn next(&mut self) -> Option<Result<O::Output, Error>> {
        poll_fn(|context| self.poll_page(context)).await
    }

    /// Returns the start of the next page: store it to continue from there in another process, with
    /// [`Paged::starting_at`]. `None` before the first page was read and after the last.
    #[must_use]
    pub fn cursor(&self) -> Option<&Cursor> {
        self.pages.cursor()
    }

    fn is_reading(&self) -> bool {
        self.call.is_some()
    }

    fn has_ended(&self) -> bool {
        self.pages.next_call().is_none()
    }

    fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<O::Output, Error>>> {
        let call = match &mut self.call {
            Some(call) => call,
            call @ None => {
                let Some(operation) = self.pages.next_call().cloned() else { return Poll::Ready(None) };
                let client = self.client.clone();
                call.insert(Box::pin(async move { client.call(operation).await }))
            }
        };
        let result = ready!(call.as_mut().poll(context));
        self.call = None;
        Poll::Ready(Some(result.and_then(|page| match self.pages.receive(&page) {
            Ok(()) => Ok(page),
            Err(failure) => Err(Error::of_page(O::NAME, failure)),
        })))
    }
}

/// The items of a list: [`Client::items`].
///
/// It is a `Stream` with the feature `stream`.
///
/// No item is returned twice. After an error, the next call continues at the same place, as in [`PageStream`].
#[must_use = "nothing is read before `next` is called"]
pub struct ItemStream<O: Paged> {
    pages: PageStream<O>,
    /// The items of the page that are still to be returned.
    items: VecDeque<O::Item>,
    /// Where that page starts.
    page: Option<Cursor>,
}

impl<O: Paged> ItemStream<O> {
    /// Returns the next item; `None` after the last.
    ///
    /// This method is cancel safe: dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// Returns the error of the call that failed. The next call of this method makes it again.
    pub async fn next(&mut self) -> Option<Result<O::Item, Error>> {
        poll_fn(|context| self.poll_item(context)).await
    }

    /// Returns the start of the page of the next item: store it to continue from there in another process, with
    /// [`Paged::starting_at`]. Items of that page that were returned before are then returned again. `None` on the
    /// first page and after the last.
    #[must_use]
    pub fn cursor(&self) -> Option<&Cursor> {
        if self.items.is_empty() { self.pages.cursor() } else { self.page.as_ref() }
    }

    /// Whether all items were returned.
    pub(crate) fn has_ended(&self) -> bool {
        self.items.is_empty() && self.pages.has_ended()
    }

    pub(crate) fn poll_item(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<O::Item, Error>>> {
        loop {
            if let Some(item) = self.items.pop_front() {
                return Poll::Ready(Some(Ok(item)));
            }
            if !self.pages.is_reading() {
                self.page = self.pages.cursor().cloned();
            }
            match ready!(self.pages.poll_page(context)) {
                Some(Ok(page)) => self.items = O::items(page).into(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<O: Paged> fmt::Debug for PageStream<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageStream").field("pages", &self.pages).finish_non_exhaustive()
    }
}

impl<O: Paged> fmt::Debug for ItemStream<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ItemStream")
            .field("pages", &self.pages)
            .field("items", &self.items.len())
            .finish_non_exhaustive()
    }
}

// Nothing in them is pinned: the call under way is in a box.
impl<O: Paged> Unpin for PageStream<O> {}
impl<O: Paged> Unpin for ItemStream<O> {}

#[cfg(feature = "stream")]
impl<O: Paged> futures_core::Stream for PageStream<O> {
    type Item = Result<O::Output, Error>;

    fn poll_next(self: std::pin::Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_page(context)
    }
}

#[cfg(feature = "stream")]
impl<O: Paged> futures_core::Stream for ItemStream<O> {
    type Item = Result<O::Item, Error>;

    fn poll_next(self: std::pin::Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_item(context)
    }
}
