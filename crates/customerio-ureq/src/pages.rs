//! Pages and items, read with blocking calls.

use std::fmt;

use customerio_core::{Api, Cursor, Error, Paged};

use crate::{Client, block_on::block_on};

impl<A: Api> Client<A> {
    /// Reads a list page by page.
    ///
    /// ```
    /// # mod customerio { pub use customerio_core::facade::*; pub use customerio_ureq as blocking; }
    /// # use customerio::{App, Error, app::segments::Membership, blocking::Client};
    /// fn count(app: &Client<App>) -> Result<usize, Error> {
    ///     app.pages(Membership::new(7)).map(|page| Ok(page?.items.len())).sum()
    /// }
    /// # let endpoint = customerio::Endpoint::app(customerio::Region::Us, "key")?;
    /// # assert_eq!(count(&Client::new(endpoint, customerio_testing::Recorder::new()))?, 1);
    /// # Ok::<(), Error>(())
    /// ```
    #[doc(alias = "pagination")]
    pub fn pages<O: Paged<Api = A>>(&self, operation: O) -> Pages<O> {
        Pages(self.inner.pages(operation))
    }

    /// Reads a list item by item; the next page is read when the items of one are used up.
    #[doc(alias = "pagination")]
    pub fn items<O: Paged<Api = A>>(&self, operation: O) -> Items<O> {
        Items(self.inner.items(operation))
    }
}

/// The pages of a list: [`Client::pages`].
///
/// After an error, the next call reads the page that failed.
#[must_use = "nothing is read before `next` is called"]
pub struct Pages<O: Paged>(customerio_core::PageStream<O>);

impl<O: Paged> Pages<O> {
    /// Returns the start of the next page: see [`PageStream::cursor`](customerio_core::PageStream::cursor).
    #[must_use]
    pub fn cursor(&self) -> Option<&Cursor> {
        self.0.cursor()
    }
}

impl<O: Paged> Iterator for Pages<O> {
    type Item = Result<O::Output, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        block_on(self.0.next())
    }
}

/// The items of a list: [`Client::items`].
///
/// No item is returned twice; after an error, the next call continues at the same place.
#[must_use = "nothing is read before `next` is called"]
pub struct Items<O: Paged>(customerio_core::ItemStream<O>);

impl<O: Paged> Items<O> {
    /// Returns the start of the page of the next item: see [`ItemStream::cursor`](customerio_core::ItemStream::cursor).
    #[must_use]
    pub fn cursor(&self) -> Option<&Cursor> {
        self.0.cursor()
    }
}

impl<O: Paged> Iterator for Items<O> {
    type Item = Result<O::Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        block_on(self.0.next())
    }
}

impl<O: Paged> fmt::Debug for Pages<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pages").field(&self.0).finish()
    }
}

impl<O: Paged> fmt::Debug for Items<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Items").field(&self.0).finish()
    }
}
