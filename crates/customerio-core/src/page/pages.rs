//! Which page comes next, without I/O.

use std::fmt;

use super::{Cursor, Paged};
use crate::DecodeFailure;

/// Iterates over the pages of a list, without I/O: it says what to call, and takes the result.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{
///     Endpoint, Region, app::segments::Membership, http::Response, operation::{build, parse},
///     page::Pages,
/// };
///
/// let endpoint = Endpoint::app(Region::Us, "app-key")?;
/// let mut responses = [
///     r#"{"identifiers":[{"id":"1","email":null,"cio_id":"a1"}],"next":"MQ"}"#,
///     r#"{"identifiers":[{"id":"2","email":null,"cio_id":"a2"}],"next":""}"#,
/// ]
/// .into_iter();
/// # let mut send = |_| Response::new(responses.next().unwrap().into());
/// # let mut people = Vec::new();
///
/// let mut pages = Pages::new(Membership::new(7));
/// while let Some(call) = pages.next_call() {
///     let request = build(&endpoint, call.clone())?;
///     let page = parse::<Membership>(send(request))?;
///     pages.receive(&page)?;
///     people.extend(page);
/// }
/// assert_eq!(people.len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [`Client::pages`](crate::Client::pages) does this with a client.
#[derive(Clone)]
pub struct Pages<O> {
    /// The operation that reads the next page; `None` after the last.
    call: Option<O>,
    cursor: Option<Cursor>,
    /// A cursor that came before, to notice a list that goes round in a circle.
    earlier: Option<Cursor>,
    /// How many cursors came after it, and at how many it is replaced by a newer one.
    since: u32,
    until: u32,
}

impl<O: Paged> Pages<O> {
    /// Starts at the page that `operation` asks for.
    pub fn new(operation: O) -> Self {
        Self { call: Some(operation), cursor: None, earlier: None, since: 0, until: 1 }
    }

    /// The operation that reads the next page; `None` after the last.
    #[must_use]
    pub fn next_call(&self) -> Option<&O> {
        self.call.as_ref()
    }

    /// Takes a page: the result of the [next call](Self::next_call).
    ///
    /// # Errors
    ///
    /// Fails if the list is circular: the page has the cursor of an earlier page. Nothing is read after that.
    pub fn receive(&mut self, page: &O::Output) -> Result<(), DecodeFailure> {
        let Some(call) = self.call.take() else { return Ok(()) };
        let Some(cursor) = call.next(page) else {
            self.cursor = None;
            return Ok(());
        };
        // Brent's way: whatever the length of the circle, one of the cursors that are kept comes round again.
        let is_seen = [&self.earlier, &self.cursor].into_iter().flatten().any(|earlier| *earlier == cursor);
        self.since += 1;
        if self.since == self.until {
            (self.earlier, self.since) = (Some(cursor.clone()), 0);
            self.until = self.until.saturating_mul(2);
        }
        if is_seen {
            return Err(DecodeFailure::new("gives the cursor of an earlier page as the next one"));
        }
        self.call = Some(call.starting_at(&cursor));
        self.cursor = Some(cursor);
        Ok(())
    }

    /// Returns the start of the next page: store it to continue from there, with [`Paged::starting_at`]. `None` before
    /// the first page was read and after the last.
    #[must_use]
    pub fn cursor(&self) -> Option<&Cursor> {
        self.cursor.as_ref()
    }
}

impl<O> fmt::Debug for Pages<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("is_done", &self.call.is_none()).finish_non_exhaustive()
    }
}
