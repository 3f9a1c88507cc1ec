//! Many addresses, suppressed or unsuppressed.

use std::{collections::VecDeque, fmt, future::poll_fn, task::Poll};

use http::StatusCode;

use super::{Suppress, SuppressionType, Unsuppress};
use crate::{App, BoxFuture, Client, Error, text::Text};

/// How many requests are under way at once: enough to reach the rate of the App API wherever the service is, and few
/// enough that none waits past its deadline.
const AT_ONCE: usize = 4;

impl Client<App> {
    /// Suppresses many addresses, each for a reason: four requests at once, no faster than the App API allows.
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{App, Client, app::suppressions::SuppressionType};
    ///
    /// /// What is not done is returned: it can be stored, and be done later.
    /// async fn keep_out(app: &Client<App>, addresses: Vec<String>) -> Vec<(SuppressionType, String)> {
    ///     let addresses = addresses.into_iter().map(|address| (SuppressionType::Bounces, address));
    ///     let report = app.suppress_all(addresses).finish().await;
    ///     println!(
    ///         "{} done, {} failed, {} left",
    ///         report.done,
    ///         report.failed.len(),
    ///         report.left.len()
    ///     );
    ///     let failed =
    ///         report.failed.into_iter().map(|failed| (failed.suppression_type, failed.email));
    ///     failed.chain(report.left).collect()
    /// }
    /// # mod canned { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/canned.rs")); }
    /// # let app = canned::app(|request| if request.uri().path().contains("bob") { (400, "{}") } else { (200, "{}") });
    /// # let addresses = ["ada@example.com", "bob@example.com"].map(String::from).to_vec();
    /// # let left = canned::run(async move { keep_out(&app, addresses).await });
    /// # assert_eq!(left, [(SuppressionType::Bounces, "bob@example.com".to_owned())]);
    /// ```
    ///
    /// It can be repeated at any time: an address that is already suppressed stays suppressed.
    #[doc(alias = "bulk")]
    pub fn suppress_all<T: Into<SuppressionType>, E: AsRef<str>>(
        &self,
        addresses: impl IntoIterator<Item = (T, E)>,
    ) -> SuppressionChanges {
        self.change_suppressions(false, addresses)
    }

    /// Unsuppresses many addresses: four requests at once, no faster than the App API allows.
    ///
    /// The pages of a list shift while addresses are unsuppressed. So take the addresses from a list that was read to
    /// its end, as [`collect_addresses`](super::SuppressionStream::collect_addresses) gives them.
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// # use customerio::{App, Client, app::suppressions::{ChangedSuppression, SuppressionType}};
    /// async fn let_in(app: &Client<App>, addresses: Vec<String>) -> usize {
    ///     let mut count = 0;
    ///     let mut changes =
    ///         app.unsuppress_all(addresses.iter().map(|address| (SuppressionType::Blocks, address)));
    ///     while let Some(ChangedSuppression { email, outcome, .. }) = changes.next().await {
    ///         println!("{email}: {outcome:?}, {} left", changes.left().count());
    ///         count += 1;
    ///     }
    ///     count
    /// }
    /// # mod canned { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/canned.rs")); }
    /// # let app = canned::app(|_| (200, "{}"));
    /// # let changed = canned::run(async move { let_in(&app, vec!["ada@example.com".to_owned()]).await });
    /// # assert_eq!(changed, 1);
    /// ```
    #[doc(alias = "bulk")]
    pub fn unsuppress_all<T: Into<SuppressionType>, E: AsRef<str>>(
        &self,
        addresses: impl IntoIterator<Item = (T, E)>,
    ) -> SuppressionChanges {
        self.change_suppressions(true, addresses)
    }

    fn change_suppressions<T: Into<SuppressionType>, E: AsRef<str>>(
        &self,
        lets_in: bool,
        addresses: impl IntoIterator<Item = (T, E)>,
    ) -> SuppressionChanges {
        let waiting =
            addresses.into_iter().map(|(suppression_type, email)| (suppression_type.into(), Text::new(email)));
        SuppressionChanges {
            client: self.clone(),
            lets_in,
            waiting: waiting.collect(),
            under_way: Vec::new(),
            has_stopped: false,
        }
    }
}

type Address = (SuppressionType, Text);

/// The suppression or unsuppression of many addresses: [`Client::suppress_all`] and [`Client::unsuppress_all`].
///
/// If the credentials are refused (401 or 403), it stops.
#[must_use = "nothing is done before `next` or `finish` is called"]
pub struct SuppressionChanges {
    client: Client<App>,
    lets_in: bool,
    waiting: VecDeque<Address>,
    under_way: Vec<(Address, BoxFuture<'static, Result<(), Error>>)>,
    has_stopped: bool,
}

impl SuppressionChanges {
    /// Returns the next address with a result, in any order; `None` after the last.
    ///
    /// This method is cancel safe: dropping the future loses nothing. Dropping the value gives up what is under way, of
    /// which nothing is known then.
    pub async fn next(&mut self) -> Option<ChangedSuppression> {
        poll_fn(|context| {
            while self.under_way.len() < AT_ONCE && !self.has_stopped {
                let Some(address) = self.waiting.pop_front() else { break };
                let call = self.call(address.clone());
                self.under_way.push((address, call));
            }
            for at in 0..self.under_way.len() {
                if let Poll::Ready(result) = self.under_way[at].1.as_mut().poll(context) {
                    let ((suppression_type, email), _) = self.under_way.remove(at);
                    let outcome = self.outcome(result);
                    return Poll::Ready(Some(ChangedSuppression {
                        suppression_type,
                        email: email.to_string(),
                        outcome,
                    }));
                }
            }
            if self.under_way.is_empty() { Poll::Ready(None) } else { Poll::Pending }
        })
        .await
    }

    /// Processes the rest, and returns the results.
    pub async fn finish(mut self) -> SuppressionReport {
        let mut report = SuppressionReport::default();
        while let Some(ChangedSuppression { suppression_type, email, outcome }) = self.next().await {
            match outcome {
                SuppressionOutcome::Done => report.done += 1,
                SuppressionOutcome::Absent => report.absent += 1,
                SuppressionOutcome::Failed(error) => {
                    report.failed.push(FailedSuppression { suppression_type, email, error });
                }
            }
        }
        report.left =
            self.left().map(|(suppression_type, email)| (suppression_type.clone(), email.to_owned())).collect();
        report
    }

    /// The addresses without a result, including those in flight: store them, and pass them to
    /// [`suppress_all`](Client::suppress_all) or [`unsuppress_all`](Client::unsuppress_all) in another process.
    pub fn left(&self) -> impl Iterator<Item = (&SuppressionType, &str)> {
        let under_way = self.under_way.iter().map(|(address, _)| address);
        under_way.chain(&self.waiting).map(|(suppression_type, email)| (suppression_type, email.as_str()))
    }

    fn call(&self, (suppression_type, email): Address) -> BoxFuture<'static, Result<(), Error>> {
        let (client, lets_in) = (self.client.clone(), self.lets_in);
        Box::pin(async move {
            if lets_in {
                client.call(Unsuppress::new(suppression_type, email)).await
            } else {
                client.call(Suppress::new(suppression_type, email)).await
            }
        })
    }

    fn outcome(&mut self, result: Result<(), Error>) -> SuppressionOutcome {
        let Err(error) = result else { return SuppressionOutcome::Done };
        match error.status() {
            Some(StatusCode::NOT_FOUND) if self.lets_in => return SuppressionOutcome::Absent,
            // No other request would succeed.
            Some(StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => self.has_stopped = true,
            _ => {}
        }
        SuppressionOutcome::Failed(error)
    }
}

/// An address and its result.
#[non_exhaustive]
pub struct ChangedSuppression {
    /// The reason.
    pub suppression_type: SuppressionType,
    /// The address.
    pub email: String,
    /// The result.
    pub outcome: SuppressionOutcome,
}

/// The result of suppressing or unsuppressing an address.
#[derive(Debug)]
#[non_exhaustive]
pub enum SuppressionOutcome {
    /// Done.
    Done,
    /// Not suppressed (404), when it was to be unsuppressed.
    Absent,
    /// The call failed.
    Failed(Error),
}

/// The results of many addresses.
#[derive(Default)]
#[must_use = "some may have failed, or be left"]
#[non_exhaustive]
pub struct SuppressionReport {
    /// How many are done.
    pub done: u64,
    /// How many should have been unsuppressed, but were not suppressed (404). If that is all of them, check whether the
    /// workspace sends through the vendor's mail provider.
    pub absent: u64,
    /// The addresses that failed.
    pub failed: Vec<FailedSuppression>,
    /// The addresses that were not tried, because the credentials were refused.
    pub left: Vec<(SuppressionType, String)>,
}

/// An address that could not be suppressed or unsuppressed.
///
/// Its message says why, and does not name it.
#[derive(thiserror::Error)]
#[error("{error}")]
#[non_exhaustive]
pub struct FailedSuppression {
    /// The reason.
    pub suppression_type: SuppressionType,
    /// The address.
    pub email: String,
    /// Why.
    pub error: Error,
}

impl fmt::Debug for SuppressionChanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SuppressionChanges")
            .field("lets_in", &self.lets_in)
            .field("left", &self.left().count())
            .finish_non_exhaustive()
    }
}

// Addresses are people's.

impl fmt::Debug for ChangedSuppression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChangedSuppression").field("outcome", &self.outcome).finish_non_exhaustive()
    }
}

impl fmt::Debug for SuppressionReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SuppressionReport")
            .field("done", &self.done)
            .field("absent", &self.absent)
            .field("failed", &self.failed)
            .field("left", &self.left.len())
            .finish()
    }
}

impl fmt::Debug for FailedSuppression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FailedSuppression").field("error", &self.error).finish_non_exhaustive()
    }
}
