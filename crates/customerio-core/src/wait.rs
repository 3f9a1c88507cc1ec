//! Waiting for background jobs of the service.

use std::{fmt, future::IntoFuture, time::Duration};

use http::StatusCode;

use crate::{Api, BoxFuture, Client, Error, FromResponse, MaybeSendSync, Operation, StopReason};

/// The pause after the first look, and the longest one. Each is twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How long a [`Wait`] goes on where nothing else is said.
const DEADLINE: Duration = Duration::from_secs(30 * 60);

/// A background job of the service, which ends: what [`Client::wait_for`] waits for.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say when it has ended",
    note = "wait for an operation that reads something under way, such as `app::exports::Get`"
)]
pub trait Awaited: FromResponse + MaybeSendSync {
    /// How long after the start of the wait a 404 means that it is not there yet. By default a 404 ends the wait.
    const APPEARS_WITHIN: Duration = Duration::ZERO;

    /// Whether it has ended: `Some(true)` if it succeeded, `Some(false)` if it failed, and `None` while it is under
    /// way.
    fn has_ended(&self) -> Option<bool>;

    /// Its state, in a word of the service, for error messages.
    fn state(&self) -> Option<&str>;
}

impl<A: Api> Client<A> {
    /// Waits until a background job of the service has ended: it calls `operation` at once, after 2 seconds, and then
    /// after pauses that double up to 30 seconds.
    ///
    /// The wait has its own [deadline](Wait::with_deadline), and begins when it is awaited. It ends early if a call
    /// fails in a way that another would too. It goes on while the network is down or the service is overloaded.
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// # use std::time::Duration;
    /// # use customerio::{App, Client, app::exports::{Export, Get}, ids::ExportId, wait::WaitErrorKind};
    /// async fn ready(app: &Client<App>, id: ExportId) -> Option<Export> {
    ///     match app.wait_for(Get::new(id)).with_deadline(Duration::from_secs(600)).await {
    ///         Ok(export) => return Some(export),
    ///         // The service goes on with it: wait for the same id later, here or in another process.
    ///         Err(error) if error.kind() == WaitErrorKind::Deadline => {
    ///             println!("{id} is {:?}", error.last())
    ///         }
    ///         Err(error) => println!("{error}"),
    ///     }
    ///     None
    /// }
    /// # mod canned { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/canned.rs")); }
    /// # let app = canned::app(|_| (200, r#"{"export":{"id":110,"status":"done","total":2}}"#));
    /// # let export = canned::run(async move { ready(&app, 110.into()).await });
    /// # assert_eq!(export.unwrap().total, Some(2));
    /// ```
    #[doc(alias = "poll")]
    pub fn wait_for<O: Operation<Api = A, Output: Awaited>>(&self, operation: O) -> Wait<O> {
        Wait {
            client: self.clone(),
            operation,
            deadline: DEADLINE,
            started: None,
            due: None,
            pause: FIRST_PAUSE,
            last: None,
            stage: Stage::UnderWay,
        }
    }
}

/// A wait for a background job of the service: [`Client::wait_for`].
///
/// Await it for the result, or get each state on the way with [`next`](Self::next).
#[must_use = "it waits when it is awaited"]
pub struct Wait<O: Operation<Output: Awaited>> {
    client: Client<O::Api>,
    operation: O,
    deadline: Duration,
    /// When the wait began and when the next look is due, on the monotonic clock.
    started: Option<Duration>,
    due: Option<Duration>,
    /// The pause after the next look.
    pause: Duration,
    /// What the last look saw.
    last: Option<O::Output>,
    stage: Stage,
}

#[derive(Clone, Copy)]
enum Stage {
    UnderWay,
    /// It failed, which is still to be said.
    Failed,
    /// All is said.
    Over,
}

impl<O: Operation<Output: Awaited>> Wait<O> {
    /// Sets how long to wait at most. The default is 30 minutes.
    ///
    /// The state is read once more at the deadline, so the wait ends at most one call later. With a deadline of zero,
    /// it is read once.
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Waits until it is time for the next call, and returns the state then; `None` after the end.
    ///
    /// This method is cancel safe; the pauses go on meanwhile. After an error, another call continues the wait, with
    /// the whole deadline again.
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// # use customerio::{App, Client, app::exports::{Export, Get}, ids::ExportId, wait::WaitError};
    /// async fn watch(app: &Client<App>, id: ExportId) -> Result<u32, WaitError<Export>> {
    ///     let mut wait = app.wait_for(Get::new(id));
    ///     let mut looks = 0;
    ///     while let Some(export) = wait.next().await {
    ///         println!("{:?}", export?.status);
    ///         looks += 1;
    ///     }
    ///     Ok(looks)
    /// }
    /// # mod canned { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/canned.rs")); }
    /// # let app = canned::app(|_| (200, r#"{"export":{"id":110,"status":"done"}}"#));
    /// # let looks = canned::run(async move { watch(&app, 110.into()).await });
    /// # assert_eq!(looks.unwrap(), 1);
    /// ```
    ///
    /// # Errors
    ///
    /// See [`WaitErrorKind`]. The state of a job that failed is returned before the error.
    pub async fn next(&mut self) -> Option<Result<&O::Output, WaitError<O::Output>>> {
        match self.stage {
            Stage::UnderWay => {}
            Stage::Failed => {
                self.stage = Stage::Over;
                return Some(Err(self.error(WaitErrorKind::Failed, None)));
            }
            Stage::Over => return None,
        }
        match self.look().await {
            Ok(seen) => {
                self.stage = match seen.has_ended() {
                    None => Stage::UnderWay,
                    Some(false) => Stage::Failed,
                    Some(true) => Stage::Over,
                };
                Some(Ok(self.last.insert(seen)))
            }
            Err((kind, call)) => {
                let error = self.error(kind, call);
                (self.started, self.due, self.pause) = (None, None, FIRST_PAUSE);
                Some(Err(error))
            }
        }
    }

    /// The next state that can be seen.
    async fn look(&mut self) -> Result<O::Output, (WaitErrorKind, Option<Error>)> {
        let started = *self.started.get_or_insert_with(|| self.client.clock().monotonic);
        let mut failed = None;
        loop {
            let now = self.client.clock().monotonic;
            if let Some(due) = self.due {
                if now.saturating_sub(started) >= self.deadline {
                    return Err((WaitErrorKind::Deadline, failed));
                }
                let until_end = self.deadline.saturating_sub(now.saturating_sub(started));
                let pause = due.saturating_sub(now).min(until_end);
                if !pause.is_zero() {
                    self.client.sleep(pause).await;
                }
            }
            let result = self.client.call(self.operation.clone()).await;
            let now = self.client.clock().monotonic;
            let asked_to_wait = result.as_ref().err().and_then(Error::retry_after).unwrap_or_default();
            self.due = Some(now.saturating_add(self.pause.max(asked_to_wait)));
            self.pause = (self.pause * 2).min(LONGEST_PAUSE);
            match result {
                Ok(seen) => return Ok(seen),
                Err(error) if is_passing::<O>(&error, now.saturating_sub(started)) => failed = Some(error),
                Err(error) => return Err((WaitErrorKind::Call, Some(error))),
            }
        }
    }

    /// With the last state that was seen.
    fn error(&mut self, kind: WaitErrorKind, call: Option<Error>) -> WaitError<O::Output> {
        let now = self.client.clock().monotonic;
        let waited = self.started.map_or(Duration::ZERO, |started| now.saturating_sub(started));
        WaitError(Box::new(Failure { operation: O::NAME, kind, last: self.last.take(), waited, call }))
    }
}

/// Whether it makes sense to look again after a call that failed.
fn is_passing<O: Operation<Output: Awaited>>(error: &Error, waited: Duration) -> bool {
    let is_late = error.status() == Some(StatusCode::NOT_FOUND) && waited < O::Output::APPEARS_WITHIN;
    is_late || error.stop_reason() != StopReason::NotRetryable
}

impl<O: Operation<Output: Awaited>> IntoFuture for Wait<O> {
    type Output = Result<O::Output, WaitError<O::Output>>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(mut self) -> Self::IntoFuture {
        Box::pin(async move {
            loop {
                match self.next().await {
                    Some(Err(error)) => return Err(error),
                    Some(Ok(_)) => {}
                    // Nobody else has taken what it has become.
                    None => return self.last.take().ok_or_else(|| self.error(WaitErrorKind::Failed, None)),
                }
            }
        })
    }
}

impl<O: Operation<Output: Awaited>> fmt::Debug for Wait<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait").field("operation", &O::NAME).field("deadline", &self.deadline).finish_non_exhaustive()
    }
}

/// Why a [`Wait`] ended without a result, and the last state that it saw.
pub struct WaitError<T>(Box<Failure<T>>);

struct Failure<T> {
    operation: &'static str,
    kind: WaitErrorKind,
    last: Option<T>,
    waited: Duration,
    call: Option<Error>,
}

/// Why a [`Wait`] ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WaitErrorKind {
    /// The job failed: see [`WaitError::last`]. Waiting again does not help.
    Failed,
    /// The wait reached its deadline. The service goes on: wait again for the same id.
    Deadline,
    /// A call failed, and another would too: see [`WaitError::call`].
    Call,
}

impl<T> WaitError<T> {
    /// Why the wait ended.
    #[must_use]
    pub fn kind(&self) -> WaitErrorKind {
        self.0.kind
    }

    /// The last state that was seen; `None` if there was none.
    #[must_use]
    pub fn last(&self) -> Option<&T> {
        self.0.last.as_ref()
    }

    /// The last state that was seen; `None` if there was none.
    #[must_use]
    pub fn into_last(self) -> Option<T> {
        self.0.last
    }

    /// The call that failed: what ended the wait, or the last one before the deadline.
    #[must_use]
    pub fn call(&self) -> Option<&Error> {
        self.0.call.as_ref()
    }

    /// How long the wait lasted.
    #[must_use]
    pub fn waited(&self) -> Duration {
        self.0.waited
    }
}

impl<T: Awaited> fmt::Display for WaitError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure { operation, kind, last, waited, .. } = &*self.0;
        match kind {
            WaitErrorKind::Failed => write!(f, "what {operation} waits for failed")?,
            WaitErrorKind::Deadline => write!(
                f,
                "what {operation} waits for has not ended after {} seconds: wait for it again, it goes on meanwhile",
                waited.as_secs()
            )?,
            WaitErrorKind::Call => write!(f, "the wait of {operation} ended, because a call failed")?,
        }
        match last.as_ref().and_then(Awaited::state) {
            Some(state) => write!(f, " (its state is `{}`)", state.escape_debug()),
            None => Ok(()),
        }
    }
}

impl<T: Awaited> fmt::Debug for WaitError<T> {
    /// With the message, because `main` shows the error that it returns this way.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitError")
            .field("text", &format_args!("{self}"))
            .field("kind", &self.0.kind)
            .field("waited", &self.0.waited)
            .field("call", &self.0.call)
            .finish_non_exhaustive()
    }
}

impl<T: Awaited> std::error::Error for WaitError<T> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.call.as_ref().map(|error| error as _)
    }
}

#[cfg(test)]
mod tests {
    use std::{error::Error as _, sync::Arc};

    use super::*;
    use crate::{
        App, Endpoint, Region, RetryPolicy,
        app::exports::{Export, Get},
        testing::Scripted,
    };

    fn export(state: &str) -> (u16, String) {
        (200, format!(r#"{{"export":{{"id":110,"status":"{state}"}}}}"#))
    }

    fn client(script: &Arc<Scripted>) -> Client<App> {
        Client::new(Endpoint::app(Region::Us, "key").unwrap(), script.clone())
            .with_retry_policy(RetryPolicy::default().with_attempts(1))
    }

    async fn wait(script: Vec<(u16, String)>, deadline: u64) -> (Result<Export, WaitError<Export>>, Vec<u64>) {
        let script = Arc::new(Scripted::new(script));
        let wait = client(&script).wait_for(Get::new(110)).with_deadline(Duration::from_secs(deadline));
        let result = tokio::spawn(async move { wait.await }).await.unwrap();
        (result, script.waits().iter().map(Duration::as_secs).collect())
    }

    #[tokio::test]
    async fn the_pauses_double_up_to_half_a_minute() {
        let mut script = vec![export("pending"); 8];
        script.push(export("done"));
        let (result, pauses) = wait(script, 1_000).await;
        assert_eq!(result.unwrap().is_ready(), Some(true));
        assert_eq!(pauses, [2, 4, 8, 16, 30, 30, 30, 30]);
    }

    #[tokio::test]
    async fn a_wait_that_ends_too_early_says_how_far_the_thing_was() {
        let (result, pauses) = wait(vec![export("pending"); 5], 20).await;
        let error = result.unwrap_err();
        assert_eq!(
            (error.kind(), error.waited(), pauses),
            (WaitErrorKind::Deadline, Duration::from_secs(20), vec![2, 4, 8, 6])
        );
        assert_eq!(
            error.to_string(),
            "what app.exports.get waits for has not ended after 20 seconds: wait for it again, it goes on meanwhile \
             (its state is `pending`)"
        );
        assert!(format!("{error:?}").contains(&error.to_string()) && error.source().is_none());
        assert_eq!(error.into_last().unwrap().id, 110.into());

        let (result, pauses) = wait(vec![export("pending")], 0).await;
        assert_eq!((result.unwrap_err().kind(), pauses.len()), (WaitErrorKind::Deadline, 0));
    }

    #[tokio::test]
    async fn what_failed_is_an_error_that_has_it() {
        let (result, _) = wait(vec![export("pending"), export("failed")], 100).await;
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.last().unwrap().is_ready()), (WaitErrorKind::Failed, Some(false)));
        assert_eq!(error.to_string(), "what app.exports.get waits for failed (its state is `failed`)");
    }

    #[tokio::test]
    async fn a_fault_that_passes_does_not_end_the_wait_and_one_that_stays_does() {
        let busy = || (503, String::new());
        let (result, pauses) = wait(vec![busy(), export("pending"), busy(), export("done")], 100).await;
        assert_eq!((result.unwrap().is_ready(), pauses), (Some(true), vec![2, 4, 8]));

        let (result, pauses) = wait(vec![export("pending"), (401, String::new())], 100).await;
        let error = result.unwrap_err();
        assert_eq!(
            (error.kind(), error.call().and_then(Error::status)),
            (WaitErrorKind::Call, Some(StatusCode::UNAUTHORIZED))
        );
        assert_eq!(
            error.to_string(),
            "the wait of app.exports.get ended, because a call failed (its state is `pending`)"
        );
        assert!(error.source().unwrap().to_string().contains("401"));
        assert_eq!(pauses, [2]);

        // At the deadline the error of the last call is shown too.
        let (result, _) = wait(vec![busy(), busy(), busy()], 5).await;
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.last()), (WaitErrorKind::Deadline, None));
        assert_eq!(error.call().and_then(Error::status), Some(StatusCode::SERVICE_UNAVAILABLE));
    }

    #[tokio::test]
    async fn each_state_can_be_looked_at_and_an_error_keeps_its_place() {
        let script = [export("pending"), (404, String::new()), export("compressing"), export("failed")];
        let script = Arc::new(Scripted::new(script.into()));
        let mut wait = client(&script).wait_for(Get::new(110));
        let mut states = Vec::new();
        while let Some(seen) = wait.next().await {
            states.push(match seen {
                Ok(export) => export.state().unwrap_or_default().to_owned(),
                Err(error) => format!("{:?}", error.kind()),
            });
        }
        assert_eq!(states, ["pending", "Call", "compressing", "failed", "Failed"]);
        assert!(wait.next().await.is_none());
        assert_eq!(script.waits().iter().map(Duration::as_secs).collect::<Vec<_>>(), [2, 2]);
    }

    /// A thing that is not there at once.
    #[derive(Debug)]
    struct Late;

    impl FromResponse for Late {
        fn from_response(_: &http::Response<bytes::Bytes>) -> Result<Self, crate::DecodeFailure> {
            Ok(Self)
        }
    }

    impl Awaited for Late {
        const APPEARS_WITHIN: Duration = Duration::from_secs(5);

        fn has_ended(&self) -> Option<bool> {
            Some(true)
        }
        fn state(&self) -> Option<&str> {
            None
        }
    }

    #[derive(Clone)]
    struct Read;

    impl Operation for Read {
        type Api = App;
        type Output = Late;
        const NAME: &'static str = "app.read";
        const METHOD: http::Method = http::Method::GET;
        const ROUTE: &'static str = "/v1/read";
    }

    #[tokio::test]
    async fn what_is_not_there_yet_is_waited_for_where_that_is_known_to_happen() {
        let missing = || (404, String::new());
        let script = Arc::new(Scripted::new(vec![missing(), missing(), (200, String::new())]));
        assert!(client(&script).wait_for(Read).await.is_ok());
        assert_eq!(script.lines(), ["GET /v1/read"; 3]);
        let script = Arc::new(Scripted::new(vec![missing(); 3]));
        let error = client(&script).wait_for(Read).await.unwrap_err();
        assert_eq!((error.kind(), error.waited().as_secs()), (WaitErrorKind::Call, 6));
    }
}
