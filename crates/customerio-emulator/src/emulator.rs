//! The emulator: it responds to requests, and tests inspect and control it.

use std::{
    fmt,
    ops::{Deref, DerefMut},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, TryLockError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use customerio_core::{
    App, BroadcastId, BuildError, Endpoint, Moment, Pipelines, Quota, SegmentId, SenderId, Timestamp, TopicId, Track,
    app::{Filter, TransactionalMessageId},
};
use http::{HeaderName, HeaderValue, Request, Response, StatusCode, header};

use crate::{
    app::{deliver::TURN, trigger_broadcast},
    config::{Config, workspace_id},
    contract::identifier::Identifier,
    faults::{
        AddedFault, Fault,
        about::About,
        kind::{FaultKind, Meeting, MetFault},
    },
    log::{Arrival, Found},
    rates::Excess,
    route::{Admitted, Head, Route},
    routes,
    seed::{document::Seed, error::SeedError, plant},
    server::{
        cors, files,
        reply::{Envelope, Refusal, Reply},
    },
    store::{
        changes::{Action, Change, Changes},
        clock::{Clock, seconds},
        image::Image,
        kept::Key,
        library::{Broadcast, ImportResult, Segment, Sender, Topic},
        record::{
            Channel, Event, FormSubmission, LoggedRequest, Message, Metric, Object, Person, Trigger, Unsubscribe,
            Verdict,
        },
        room::Room,
        sequence::Sequence,
        state::State,
    },
};

/// The base URL of the endpoints for the in-memory transport: a name that is reserved and never resolves, so that
/// nothing is sent if such an endpoint is used with a real transport.
const NOWHERE: &str = "http://customerio-emulator.invalid";

/// How long others may lock the state between two turns of a broadcast.
const BETWEEN_TURNS: Duration = TURN.saturating_mul(2);

/// The response header with the verdict on the request, so that a program need not query it.
const VERDICT: HeaderName = HeaderName::from_static("x-customerio-emulator-verdict");

/// A local Customer.io: it responds to requests in memory or over a socket, and keeps what they wrote.
///
/// A clone is cheap and is the same emulator. The [start page of this crate](crate) has a first test.
#[doc(alias("mock", "fake", "local server"))]
#[derive(Clone)]
pub struct Emulator {
    pub(crate) config: Arc<Config>,
    state: Arc<Mutex<State>>,
    /// How many threads wait for the state.
    waiting: Arc<AtomicUsize>,
    /// Counts up when something may have changed that matters after a restart.
    pub(crate) revision: Arc<AtomicU64>,
    /// The seed of the initial state.
    seed: Arc<Mutex<Option<Seed>>>,
    /// The number of the last entry, for requests that wait for the next.
    #[cfg(feature = "control")]
    pub(crate) changed: Arc<tokio::sync::watch::Sender<u64>>,
    /// Notified when something changes in any workspace of the same server.
    #[cfg(feature = "control")]
    pub(crate) bell: Arc<tokio::sync::watch::Sender<()>>,
}

/// The result of checking the head of a request.
pub(crate) enum Admission {
    /// The body has to be read.
    Admitted(Admitted),
    /// The response, which does not depend on the body.
    Responded(Response<Bytes>),
}

/// The locked state. Changes are published when it is unlocked, and what waits for them is woken.
#[derive(Debug)]
pub(crate) struct Locked<'e> {
    state: MutexGuard<'e, State>,
    revision: &'e AtomicU64,
    /// Whether something may have changed that matters after a restart.
    is_changed: bool,
    /// Whether the changes do not matter after a restart.
    is_aside: bool,
    #[cfg(feature = "control")]
    before: u64,
    #[cfg(feature = "control")]
    changed: &'e tokio::sync::watch::Sender<u64>,
    #[cfg(feature = "control")]
    bell: &'e tokio::sync::watch::Sender<()>,
    #[cfg(all(test, unix))]
    since: Duration,
}

#[cfg(all(test, unix))]
thread_local! {
    /// How much processor time this thread used while it held the state, for each time since this was last emptied.
    pub(crate) static HELD: std::cell::RefCell<Vec<Duration>> = const { std::cell::RefCell::new(Vec::new()) };
}

impl Deref for Locked<'_> {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}

impl DerefMut for Locked<'_> {
    fn deref_mut(&mut self) -> &mut State {
        self.is_changed |= !self.is_aside;
        &mut self.state
    }
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        self.state.settle();
        if self.is_changed {
            self.revision.fetch_add(1, Ordering::Release);
        }
        #[cfg(feature = "control")]
        if self.state.sequence.last() != self.before {
            self.changed.send_replace(self.state.sequence.last());
            self.bell.send_replace(());
        }
        #[cfg(all(test, unix))]
        HELD.with_borrow_mut(|held| held.push(crate::testing::processor_time().saturating_sub(self.since)));
    }
}

impl Emulator {
    pub(crate) fn of(config: Config, clock: Clock) -> Self {
        let room = Room::of(config.memory);
        let state = State::new(clock, &room, config.log, Sequence::default());
        Self {
            config: Arc::new(config),
            state: Arc::new(Mutex::new(state)),
            revision: Arc::default(),
            seed: Arc::default(),
            waiting: Arc::default(),
            #[cfg(feature = "control")]
            changed: Arc::new(tokio::sync::watch::Sender::new(0)),
            #[cfg(feature = "control")]
            bell: Arc::default(),
        }
    }

    /// Creates another workspace with the same settings, and this text as its Site ID and its keys.
    pub(crate) fn sibling(&self, credential: &str, number: u16) -> Self {
        let config = Config {
            site_id: credential.into(),
            track_api_key: None,
            pipelines_key: credential.into(),
            app_api_key: credential.into(),
            number,
            ..Config::clone(&self.config)
        };
        let clock = self.state().clock.clone();
        let sibling = Self {
            #[cfg(feature = "control")]
            bell: self.bell.clone(),
            ..Self::of(config, clock)
        };
        if let Some(seed) = self.own_seed() {
            sibling.begin_with(seed);
        }
        sibling
    }

    /// The seed of the initial state.
    pub(crate) fn own_seed(&self) -> Option<Seed> {
        self.seed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Resets to a seed, which later resets use too.
    pub(crate) fn begin_with(&self, seed: Seed) {
        *self.seed.lock().unwrap_or_else(PoisonError::into_inner) = Some(seed);
        self.reset();
    }

    /// Resets to a seed. All it contains is in place before the state is published.
    fn begin(&self, seed: Option<&Seed>) {
        let (clock, sequence) = {
            let state = self.state();
            (state.clock.clone(), state.sequence.clone())
        };
        let room = Room::of(usize::MAX);
        let mut new = State::new(clock, &room, self.config.log, sequence);
        if let Some(seed) = seed
            && let Err(problem) = plant::plant(&seed.document, &mut new, &self.config)
        {
            unreachable!(
                "a seed is checked when it is read, and at {} it is not right: {}",
                problem.pointer, problem.text
            );
        }
        let says_outcomes = seed.is_some_and(|seed| seed.document.workspace.outcomes.is_some());
        room.limit(self.config.memory);
        let old = self.state().replace(new, says_outcomes);
        drop(old);
    }

    /// The id of the workspace where its credential must not be shown.
    pub(crate) fn id(&self) -> String {
        workspace_id(self.config.number)
    }

    /// Responds to a request, at the emulator's current time.
    ///
    /// If a [`Fault`] cuts the connection or slows the response down, the response has a [`MetFault`] in its
    /// extensions, for the caller to carry out. Its effect on the request is already done.
    ///
    /// The method, path, query, headers and body count; the host is ignored.
    #[must_use]
    pub fn handle(&self, request: &Request<Bytes>) -> Response<Bytes> {
        self.respond(request, None)
    }

    /// Responds to a request at a given time, as the duration since 1970-01-01 UTC.
    #[must_use]
    pub fn handle_at(&self, request: &Request<Bytes>, since_epoch: Duration) -> Response<Bytes> {
        self.respond(request, Some(since_epoch))
    }

    fn respond(&self, request: &Request<Bytes>, since_epoch: Option<Duration>) -> Response<Bytes> {
        let head = Head::of(request);
        match self.admit(head, request.body(), since_epoch) {
            Admission::Admitted(mut admitted) => {
                let met = self.meet(head, &mut admitted, request.body());
                let delay = self.delay(met);
                let since_epoch = since_epoch.map(|time| time.saturating_add(delay));
                let delivers = admitted.route().pattern() == trigger_broadcast::PATTERN;
                let response = self.complete(head, admitted, request.body(), since_epoch);
                while delivers && self.deliver_for_a_while() {
                    let until = Instant::now() + BETWEEN_TURNS;
                    std::thread::yield_now();
                    while self.is_wanted(until) {
                        std::thread::yield_now();
                    }
                }
                response
            }
            Admission::Responded(response) => {
                self.delay(response.extensions().get().copied());
                response
            }
        }
    }

    /// Advances the clock by the delay of a fault, and returns the delay.
    fn delay(&self, met: Option<MetFault>) -> Duration {
        let by = met.and_then(MetFault::delay).unwrap_or_default();
        if by > Duration::ZERO {
            self.advance(by);
        }
        by
    }

    /// Responds to a request that does not depend on its body; any other is admitted, and must be
    /// [completed](Self::complete) or [refused](Self::refuse). The part of the body that has arrived is only logged.
    pub(crate) fn admit(&self, head: Head<'_>, body: &Bytes, since_epoch: Option<Duration>) -> Admission {
        // Most requests are admitted, and described when they are completed.
        let arrival = |route: Option<&Route>, meeting: Meeting| {
            Arrival::of(head, route.map(Route::pattern), body).meets(meeting.met())
        };
        if self.config.cors
            && let Some(response) = cors::preflight(head)
        {
            let arrival = arrival(None, Meeting::None);
            return Admission::Responded(self.end(&mut self.state_aside(), arrival, response, Found::accepted()));
        }
        let found = routes::find_for(head, &self.config);
        let route = found.as_ref().ok().copied();
        let access = route.map_or(Ok(()), |route| route.check_access(head, &self.config));
        let quota = match &found {
            Ok(route) => route.quota().filter(|_| access.is_ok()),
            Err(refusal) => routes::quota_of_missing(head, refusal),
        };
        let (meeting, excess) = self.receive(head, route, quota, since_epoch);
        let envelope = route.map_or_else(|| Envelope::of_path(head.uri.path()), Route::envelope);
        if let Some(met) = meeting.met()
            && let Some(response) = fault_response(met, envelope)
        {
            let arrival = arrival(route, meeting);
            return Admission::Responded(self.end(&mut self.state_aside(), arrival, response, Found::accepted()));
        }
        if let Some(response) = self.file(head, since_epoch) {
            let found = if response.status().is_success() { Found::accepted() } else { Found::refused(&response) };
            let arrival = arrival(None, meeting);
            return Admission::Responded(self.end(&mut self.state_aside(), arrival, response, found));
        }
        let too_many = excess.as_ref().filter(|_| self.config.rate_limits).map(Excess::refusal);
        let admitted = match (found, too_many) {
            (Ok(route), None) => {
                access.and_then(|()| route.admit(head, &self.config)).map_err(|refusal| (route, refusal))
            }
            (Ok(route), Some(refusal)) => Err((route, refusal)),
            (Err(refusal), too_many) => {
                let refusal = too_many.unwrap_or(refusal);
                let is_known = [StatusCode::UNAUTHORIZED, StatusCode::TOO_MANY_REQUESTS].contains(&refusal.status);
                let verdict = if is_known { Verdict::Refused } else { Verdict::UnknownRoute };
                let found = Found::of(verdict, refusal.faults.clone());
                let (arrival, response) = (arrival(None, meeting), refusal.into_response(envelope));
                return Admission::Responded(self.end(&mut self.state_aside(), arrival, response, found));
            }
        };
        match admitted {
            Ok(mut admitted) => {
                admitted.meeting = meeting;
                if let Some(excess) = excess {
                    admitted.note(format!("{excess}; the service may refuse it, or drop it"));
                }
                Admission::Admitted(admitted)
            }
            Err((route, refusal)) => Admission::Responded(self.refuse(head, body, route, meeting, refusal)),
        }
    }

    /// Whether this workspace has the requested file: its link is its only credential.
    #[cfg(feature = "server")]
    pub(crate) fn has_file(&self, head: Head<'_>) -> bool {
        self.file(head, None).is_some_and(|response| response.status() != StatusCode::FORBIDDEN)
    }

    /// The fault of an admitted request, once its body has arrived.
    pub(crate) fn meet(&self, head: Head<'_>, admitted: &mut Admitted, body: &Bytes) -> Option<MetFault> {
        if admitted.meeting == Meeting::OfBody {
            admitted.meeting = Self::meeting(&mut self.state_aside(), head, Some(admitted.route()), Some(body));
        }
        admitted.meeting.met()
    }

    /// The fault of a request by its head, and the rate that it exceeds, if it counts against one.
    fn receive(
        &self,
        head: Head<'_>,
        route: Option<&'static Route>,
        quota: Option<Quota>,
        since_epoch: Option<Duration>,
    ) -> (Meeting, Option<Excess>) {
        let state = &mut *self.state_aside();
        let refuses = self.config.rate_limits;
        // A stopped clock does not show how fast requests arrive.
        let is_timed = refuses || since_epoch.is_some() || !state.clock.is_stopped();
        let excess = quota.filter(|_| is_timed).and_then(|quota| {
            let now = since_epoch.unwrap_or_else(|| state.clock.since_epoch());
            state.rates.count(quota, now, refuses)
        });
        (Self::meeting(state, head, route, None), excess)
    }

    /// The fault of a request: by its head or, if that is not enough, by its body.
    fn meeting(state: &mut State, head: Head<'_>, route: Option<&'static Route>, body: Option<&Bytes>) -> Meeting {
        if state.faults.active() == 0 {
            return Meeting::None;
        }
        let path = head.uri.path();
        let route = route.map(|route| (route.pattern(), route.captures(path).unwrap_or_default()));
        let mut faults = std::mem::take(&mut state.faults);
        let meeting = faults.meet(&mut About::of(head.method, path, route, body), |person| state.person(person));
        state.faults = faults;
        meeting
    }

    fn file(&self, head: Head<'_>, since_epoch: Option<Duration>) -> Option<Response<Bytes>> {
        if !files::is_file(head) {
            return None;
        }
        let state = self.state_aside();
        let now = seconds(since_epoch.unwrap_or_else(|| state.clock.since_epoch()));
        files::respond(head, &state.exports, now)
    }

    /// Responds to an admitted request whose body has arrived. Slow work is done before the state is locked, and after.
    pub(crate) fn complete(
        &self,
        head: Head<'_>,
        admitted: Admitted,
        body: &Bytes,
        since_epoch: Option<Duration>,
    ) -> Response<Bytes> {
        let route = admitted.route();
        let reads = !route.writes();
        let met = admitted.meeting.met();
        let arrival = Arrival::of(head, Some(route.pattern()), body).meets(met);
        if let Some(response) = met.and_then(|met| fault_response(met, route.envelope())) {
            return self.end(&mut self.state_aside(), arrival, response, Found::accepted());
        }
        let prepared = match admitted.prepare(body, self.config.contract) {
            Ok(prepared) => prepared,
            Err(refusal) => return self.refused(&mut self.state_aside(), arrival, head, route, refusal),
        };
        let (response, left) = {
            let mut state = if reads { self.state_aside() } else { self.state() };
            let since_epoch = since_epoch.unwrap_or_else(|| state.clock.since_epoch());
            let (outcome, left, deviations) = prepared.apply(&self.config, &mut state, since_epoch);
            let (changes, ignored) = (state.settle(), state.people.take_ignored());
            let messages = made(&changes);
            let response = match outcome {
                Ok(reply) => {
                    state.dropped += deviations.dropped;
                    let found = Found::done(deviations, ignored, changes);
                    self.end(&mut state, arrival, reply.into_response(), found)
                }
                Err(refusal) => self.refused(&mut state, arrival, head, route, refusal),
            };
            state.note_request(&messages);
            (response, left)
        };
        drop(left);
        response
    }

    /// Makes messages of triggered broadcasts for a fraction of a millisecond, and returns whether there are more to
    /// make, so that the state is never locked for long.
    pub(crate) fn deliver_for_a_while(&self) -> bool {
        self.state().deliver_for_a_while(self.config.number)
    }

    /// Responds to a refused request. The part of the body that has arrived is only logged.
    pub(crate) fn refuse(
        &self,
        head: Head<'_>,
        body: &Bytes,
        route: &Route,
        meeting: Meeting,
        refusal: Refusal,
    ) -> Response<Bytes> {
        let arrival = Arrival::of(head, Some(route.pattern()), body).meets(meeting.met());
        self.refused(&mut self.state_aside(), arrival, head, route, refusal)
    }

    fn refused(
        &self,
        state: &mut State,
        arrival: Arrival,
        head: Head<'_>,
        route: &Route,
        refusal: Refusal,
    ) -> Response<Bytes> {
        let faults = refusal.faults.clone();
        let is_dropped = route.drops(head.headers) && refusal.status != StatusCode::TOO_MANY_REQUESTS;
        let (verdict, response) = if is_dropped {
            state.dropped += 1;
            (Verdict::Dropped, Reply::empty().into_response())
        } else {
            (Verdict::Refused, refusal.into_response(route.envelope()))
        };
        self.end(state, arrival, response, Found::of(verdict, faults))
    }

    /// Logs a request, and returns its response.
    fn end(&self, state: &mut State, arrival: Arrival, mut response: Response<Bytes>, found: Found) -> Response<Bytes> {
        if self.config.cors {
            cors::allow(response.headers_mut());
        }
        if let Some(met) = arrival.fault() {
            response.extensions_mut().insert(met);
        }
        let at = state.clock.since_epoch();
        let logged = arrival.end(&response, found, at);
        response.headers_mut().insert(VERDICT, HeaderValue::from_static(logged.verdict.name()));
        state.requests += 1;
        state.verdicts[logged.verdict as usize] += 1;
        state.log.push(logged);
        response
    }

    /// The names of the server besides its addresses.
    #[cfg(feature = "server")]
    pub(crate) fn hosts(&self) -> &[String] {
        &self.config.hosts
    }

    /// Locks the state.
    pub(crate) fn state(&self) -> Locked<'_> {
        let state = self.lock();
        Locked {
            revision: &self.revision,
            is_changed: false,
            is_aside: false,
            #[cfg(feature = "control")]
            before: state.sequence.last(),
            #[cfg(feature = "control")]
            changed: &self.changed,
            #[cfg(all(test, unix))]
            since: crate::testing::processor_time(),
            #[cfg(feature = "control")]
            bell: &self.bell,
            state,
        }
    }

    /// A panic while the lock was held may leave one call half done, but later calls work.
    fn lock(&self) -> MutexGuard<'_, State> {
        match self.state.try_lock() {
            Ok(state) => state,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => {
                self.waiting.fetch_add(1, Ordering::Relaxed);
                let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
                self.waiting.fetch_sub(1, Ordering::Relaxed);
                state
            }
        }
    }

    /// Lets other threads lock the state, between the turns of a long read: a lock that is released and acquired again
    /// at once stays with the same thread, however many wait. While others wait, they get most of the time.
    #[cfg(feature = "control")]
    pub(crate) async fn give_way(&self) {
        if self.waiting.load(Ordering::Relaxed) > 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        } else {
            tokio::task::yield_now().await;
        }
    }

    /// Lets other threads lock the state between two turns of a broadcast, until nobody waits or twice the time of a
    /// turn has passed. A broadcast gets a third of the time under any load, and each request waits for a turn or two.
    #[cfg(feature = "server")]
    pub(crate) async fn let_others(&self) {
        let until = Instant::now() + BETWEEN_TURNS;
        tokio::task::yield_now().await;
        while self.is_wanted(until) {
            tokio::task::yield_now().await;
        }
    }

    /// Whether another thread waits for the state, before that time.
    fn is_wanted(&self, until: Instant) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0 && Instant::now() < until
    }

    /// Locks the [`state`](Self::state) for changes that do not matter after a restart.
    fn state_aside(&self) -> Locked<'_> {
        let mut state = self.state();
        state.is_aside = true;
        state
    }

    /// Replaces the state, and continues the broadcasts that were in progress.
    pub(crate) fn restore(&self, image: Image) {
        let (clock, sequence) = {
            let state = self.state();
            (state.clock.clone(), state.sequence.clone())
        };
        let is_new = sequence.last() == 0;
        let mut new = State::new(clock, &Room::of(self.config.memory), self.config.log, sequence);
        new.restore(image);
        let old = {
            let mut state = self.state();
            if !is_new {
                // Clients that follow changes read everything again.
                new.changes = Changes::since(state.sequence.next());
            }
            std::mem::replace(&mut *state, new)
        };
        drop(old);
        while self.deliver_for_a_while() {
            std::thread::yield_now();
        }
    }

    /// Returns an endpoint of the Track API for the in-memory transport: the emulator itself is the
    /// [`Transport`](customerio_core::Transport).
    ///
    /// # Errors
    ///
    /// If the emulator was configured with credentials that cannot be sent.
    pub fn track_endpoint(&self) -> Result<Endpoint<Track>, BuildError> {
        self.track_endpoint_at(NOWHERE)
    }

    /// Returns an endpoint of the Pipelines API for the in-memory transport: the emulator itself is the
    /// [`Transport`](customerio_core::Transport).
    ///
    /// # Errors
    ///
    /// If the emulator was configured with credentials that cannot be sent.
    pub fn pipelines_endpoint(&self) -> Result<Endpoint<Pipelines>, BuildError> {
        self.pipelines_endpoint_at(NOWHERE)
    }

    /// Returns an endpoint of the App API for the in-memory transport: the emulator itself is the
    /// [`Transport`](customerio_core::Transport).
    ///
    /// # Errors
    ///
    /// If the emulator was configured with credentials that cannot be sent.
    pub fn app_endpoint(&self) -> Result<Endpoint<App>, BuildError> {
        self.app_endpoint_at(NOWHERE)
    }

    /// Returns an endpoint of the Track API at `url`, such as `Server::url`, with the emulator's credentials.
    ///
    /// # Errors
    ///
    /// If `url` is not a base URL, or the emulator was configured with credentials that cannot be sent.
    pub fn track_endpoint_at(&self, url: &str) -> Result<Endpoint<Track>, BuildError> {
        let config = &self.config;
        Endpoint::track(config.region, &config.site_id, config.track_api_key.as_deref().unwrap_or("any"))?
            .with_base_url(url)
    }

    /// Returns an endpoint of the Pipelines API at `url`, such as `Server::url`, with the emulator's credentials.
    ///
    /// # Errors
    ///
    /// If `url` is not a base URL, or the emulator was configured with credentials that cannot be sent.
    pub fn pipelines_endpoint_at(&self, url: &str) -> Result<Endpoint<Pipelines>, BuildError> {
        Endpoint::pipelines(self.config.region, &self.config.pipelines_key)?.with_base_url(url)
    }

    /// Returns an endpoint of the App API at `url`, such as `Server::url`, with the emulator's credentials.
    ///
    /// # Errors
    ///
    /// If `url` is not a base URL, or the emulator was configured with credentials that cannot be sent.
    pub fn app_endpoint_at(&self, url: &str) -> Result<Endpoint<App>, BuildError> {
        Endpoint::app(self.config.region, &self.config.app_api_key)?.with_base_url(url)
    }
}

/// Sets up what these APIs cannot create.
impl Emulator {
    /// Creates a manual segment, to which people can be added.
    pub fn create_segment(&self, id: impl Into<SegmentId>) {
        let id = u32::try_from(id.into().get()).unwrap_or(u32::MAX);
        let mut state = self.state();
        if state.library.segments.get(&id).is_none() {
            let created_at = seconds(state.clock.since_epoch());
            let (name, description) = (format!("segment {id}"), String::new());
            state.library.segments.set(id, Segment { name, description, created_at });
        }
    }

    /// Creates a broadcast that can be triggered. It is sent to everyone if a trigger has no recipients, and its
    /// messages have no content: see [`set_broadcast`](Self::set_broadcast).
    pub fn create_broadcast(&self, id: impl Into<BroadcastId>) {
        let id = id.into().get();
        let mut state = self.state();
        if state.broadcasts.get(&id).is_none() {
            state.broadcasts.set(id, Broadcast::default());
        }
    }

    /// Creates a broadcast, or changes the one with this id: its name, its default recipients (`None`: everyone), and
    /// the name of the transactional message whose content it uses ([`set_content`](Self::set_content)).
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::app::Filter;
    /// use customerio_emulator::{Channel, Emulator};
    ///
    /// let emulator = Emulator::new();
    /// emulator.set_content("news", Channel::Email, "", [("subject", "News of {{ trigger.month }}"), ("html", "<p>Hi</p>")]);
    /// emulator.set_broadcast(12, "News", Some(&Filter::attribute_equals("plan", "pro")), Some("news"));
    /// # tokio::runtime::Builder::new_multi_thread().build().unwrap().block_on(async { tokio::spawn(async move {
    /// # use customerio::{Client, app::{DefaultAudience, TriggerBroadcast}};
    /// # let mut changes = emulator.changes();
    /// # Client::new(emulator.track_endpoint()?, emulator.clone())
    /// #     .identify("42", serde_json::json!({"email": "ada@example.com", "plan": "pro"})).await?;
    ///
    /// let app = Client::new(emulator.app_endpoint()?, emulator.clone());
    /// app.call(TriggerBroadcast::new(12, DefaultAudience::new()).with_data(serde_json::json!({"month": "May"}))).await?;
    /// # while emulator.messages().is_empty() { changes.next().await; }
    /// assert_eq!(emulator.messages()[0].subject.as_deref(), Some("News of May"));
    /// # Ok::<(), customerio::Error>(()) }).await }).unwrap().unwrap();
    /// ```
    pub fn set_broadcast(
        &self,
        id: impl Into<BroadcastId>,
        name: impl Into<String>,
        recipients: Option<&Filter>,
        template: Option<&str>,
    ) {
        let recipients = recipients.and_then(|filter| serde_json::to_value(filter).ok());
        let (id, name, template) = (id.into().get(), name.into(), template.map(str::to_owned));
        let mut state = self.state();
        let triggered = state.broadcasts.get(&id).and_then(|known| known.triggered);
        state.broadcasts.set(id, Broadcast { name, recipients, template, triggered });
    }

    /// Sets the content of a transactional message for a channel, in a language or, if that is empty, for all others.
    /// Creates the message if there is none with this name.
    ///
    /// The parts are Liquid: `subject`, `html`, `text`, `from`, `reply_to`, `preheader` of an e-mail; `title`,
    /// `message`, `link`, `image_url` of a push notification; `text` of an SMS or a `WhatsApp` message; `html` of an
    /// in-app message. The same parts of a request override them. Does nothing if the memory limit is reached.
    pub fn set_content<'p>(
        &self,
        template: impl Into<TransactionalMessageId>,
        channel: Channel,
        language: &str,
        parts: impl IntoIterator<Item = (&'p str, &'p str)>,
    ) {
        let parts = parts.into_iter().map(|(name, source)| (name.to_owned(), source.to_owned())).collect();
        let named = serde_json::to_value(template.into()).unwrap_or_default();
        let mut state = self.state();
        let now = seconds(state.clock.since_epoch());
        // If there is no room, the message has no content, and reports that when it is sent.
        let _ = state.library.templates.put_parts(&named, (channel, language.to_owned()), parts, now);
    }

    /// Sets whether an undefined variable in a template is blank. By default the message fails, as the service
    /// documents it for a missing attribute of a person.
    ///
    /// That the service does so everywhere in a message is an assumption.
    pub fn set_blank_undefined(&self, blank: bool) {
        self.state().blank_undefined = Some(blank);
    }

    /// Creates a transactional message, or renames the one with this id. Sending a message creates the transactional
    /// message that it names, by id or by name, so this is for one that is read before it is sent.
    pub fn create_transactional_message(&self, id: u64, name: impl Into<String>) {
        let mut state = self.state();
        let now = seconds(state.clock.since_epoch());
        state.library.templates.put(id, name.into(), now);
    }

    /// Creates a sender identity, or changes the one with this id.
    pub fn create_sender_identity(&self, id: impl Into<SenderId>, name: impl Into<String>, email: impl Into<String>) {
        let mut state = self.state();
        let created_at = seconds(state.clock.since_epoch());
        let sender = Sender { name: name.into(), email: email.into(), created_at };
        state.library.senders.set(id.into().get(), sender);
    }

    /// Sets the result of each later import. An import ends five seconds after it was created. Default: success with no
    /// rows, because the file is not fetched.
    pub fn set_import_result(&self, result: ImportResult) {
        self.state().import_result = result;
    }

    /// Creates a subscription topic, or changes the one with this id, and sets whether people without a preference are
    /// subscribed.
    pub fn create_topic(&self, id: impl Into<TopicId>, name: impl Into<String>, subscribed_by_default: bool) {
        let topic = Topic { name: name.into(), subscribed_by_default };
        self.state().library.topics.set(id.into().get(), topic);
    }

    /// Allows or forbids messages of a channel. A request to send a forbidden one gets a 403. Default: all are allowed.
    pub fn set_channel(&self, channel: Channel, allowed: bool) {
        let disabled = &mut self.state().disabled;
        if allowed {
            disabled.remove(&channel);
        } else {
            disabled.insert(channel);
        }
    }

    /// Adds a fault for requests, and returns its id. It applies until it has happened
    /// [`with_times`](Fault::with_times) times, or is removed. A request is subject to at most one fault: the first
    /// that was added, where faults that depend on the body come last. Faults do not apply to the control API, nor to
    /// the preflight requests of browsers (see [`Builder::with_cors`](crate::Builder::with_cors)).
    #[expect(clippy::must_use_candidate, reason = "the number is for who removes it")]
    pub fn add_fault(&self, fault: Fault) -> u64 {
        self.state().faults.add(fault)
    }

    /// Returns the faults that may still happen, and the last hundred that have ended, by id.
    #[must_use]
    pub fn faults(&self) -> Vec<AddedFault> {
        self.state().faults.all()
    }

    /// Removes the fault with this id. Returns whether it existed.
    #[expect(clippy::must_use_candidate, reason = "that it is gone is what counts")]
    pub fn remove_fault(&self, id: u64) -> bool {
        self.state().faults.remove(id)
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.state().faults.clear();
    }

    /// Refuses the next request with this status and does not execute it: [`Fault::status`], once. Called several
    /// times, it applies to as many requests.
    pub fn refuse_next(&self, status: StatusCode) {
        self.add_fault(Fault::status(status).with_times(1));
    }

    /// Replaces the seed that [`reset`](Self::reset) loads, and resets.
    ///
    /// # Errors
    ///
    /// If the seed has other credentials or another region, which only
    /// [`Builder::with_seed`](crate::Builder::with_seed) can set. In a workspace that was created by its credential,
    /// those of a seed are ignored.
    pub fn seed(&self, seed: &Seed) -> Result<(), SeedError> {
        if let Some(name) = self.config.differs_from(&seed.document.workspace).filter(|_| self.config.number == 0) {
            let text = format!(
                "the workspace's {name} cannot change while it is there: begin with this seed, or leave it out"
            );
            return Err(SeedError::new(text));
        }
        self.begin_with(seed.clone());
        Ok(())
    }

    /// Removes everything: like [`reset`](Self::reset), without the seed.
    pub fn clear(&self) {
        self.begin(None);
    }

    /// Removes everything that was received and created, and loads the seed if there is one, so that the next test
    /// starts afresh. The clock and the settings are kept: [`report_to`](Self::report_to),
    /// [`set_outcomes`](Self::set_outcomes), [`set_import_result`](Self::set_import_result),
    /// [`set_blank_undefined`](Self::set_blank_undefined) and [`set_channel`](Self::set_channel).
    pub fn reset(&self) {
        self.begin(self.own_seed().as_ref());
    }

    /// Advances the clock.
    pub fn advance(&self, duration: Duration) {
        let mut state = self.state();
        state.clock.advance(duration);
        // Requests that wait for a time check again.
        state.sequence.next();
    }

    /// Returns the current time of the emulator.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        seconds(self.state().clock.since_epoch()).into()
    }

    pub(crate) fn moment(&self) -> Moment {
        self.state().clock.moment()
    }
}

/// Inspects what was received. Lists begin with the oldest entry. They discard the oldest beyond 100,000 entries or 64
/// MiB of memory (messages 192 MiB, triggers 256 MiB). People, objects and the other contents of a workspace are never
/// discarded: there is room for a million of each kind, and 1 GiB for all together
/// ([`Builder::with_memory_limit`](crate::Builder::with_memory_limit)). Requests beyond that are refused with a 503.
impl Emulator {
    /// Finds a person by an identifier of any kind: an id, an e-mail address, a `cio_id` with or without its prefix, or
    /// a phone number in E.164 form.
    #[must_use]
    pub fn person(&self, identifier: &str) -> Option<Person> {
        self.state().person(identifier).cloned()
    }

    /// Returns all people, in the order in which they were added.
    #[must_use]
    pub fn people(&self) -> Vec<Person> {
        self.state().people.all().cloned().collect()
    }

    /// Returns the number of people.
    #[must_use]
    pub fn people_count(&self) -> usize {
        self.state().people.count()
    }

    /// Finds the object with a type and an id, both as callers send them. Types are numbers: `"1"`.
    #[must_use]
    pub fn object(&self, type_id: &str, id: &str) -> Option<Object> {
        self.state().objects.get(&(type_id.to_owned(), id.to_owned())).cloned()
    }

    /// Returns all objects, by type and id.
    #[must_use]
    pub fn objects(&self) -> Vec<Object> {
        self.state().objects.all().cloned().collect()
    }

    /// Returns all events, of people and of anonymous visitors.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        self.state().events.to_vec()
    }

    /// Returns the events of a person, with an identifier as in [`person`](Self::person).
    #[must_use]
    pub fn events_of(&self, identifier: &str) -> Vec<Event> {
        let state = self.state();
        let Some(person) = state.person(identifier) else { return Vec::new() };
        state.events.of(&Key::Person(person.cio_id.clone())).cloned().collect()
    }

    /// Returns the messages: transactional ones, and those of broadcasts.
    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        self.state().messages.to_vec()
    }

    /// Returns the triggers of broadcasts, including failed ones, which have errors.
    #[must_use]
    pub fn triggers(&self) -> Vec<Trigger> {
        self.state().triggers.to_vec()
    }

    /// Returns the reported metrics, of both routes.
    #[must_use]
    pub fn metrics(&self) -> Vec<Metric> {
        self.state().metrics.to_vec()
    }

    /// Returns the submitted forms.
    #[must_use]
    pub fn forms(&self) -> Vec<FormSubmission> {
        self.state().forms.to_vec()
    }

    /// Returns the calls of `POST /unsubscribe/{delivery_id}`.
    #[must_use]
    pub fn unsubscribes(&self) -> Vec<Unsubscribe> {
        self.state().unsubscribes.to_vec()
    }

    /// Returns whether an identifier is suppressed. It is written as in a path.
    #[must_use]
    pub fn is_suppressed(&self, identifier: &str) -> bool {
        self.state().people.is_suppressed(&Identifier::of_shape(identifier))
    }

    /// Returns the number of Pipelines API calls that got a 200 and were dropped, because they were not valid, too
    /// large or without credentials, and did not ask for strict mode. Each item of a batch counts, unless the whole
    /// batch was dropped, which counts as one. An item that would give a person or an object too many attributes is
    /// dropped, and counts, in strict mode too.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.state().dropped
    }

    /// Returns the number of requests that got a response, with any status.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.state().requests
    }

    /// Returns the last requests: by default 1,000 ([`Builder::with_request_log`](crate::Builder::with_request_log)).
    #[must_use]
    pub fn request_log(&self) -> Vec<LoggedRequest> {
        self.state().log.to_vec()
    }
}

/// The numbers of the new messages.
fn made(changes: &[Change]) -> Vec<u64> {
    let is_new = |change: &&Change| change.effect.kind == "messages" && change.effect.action == Action::Created;
    changes.iter().filter(is_new).map(|change| change.seq).collect()
}

/// The response to a request that is not executed because of a fault. If the connection is cut, nobody reads it.
fn fault_response(met: MetFault, envelope: Envelope) -> Option<Response<Bytes>> {
    let refusal = match met.kind {
        FaultKind::Status(status, retry_after) => {
            let refusal = Refusal::new(status, "a fault of the emulator refused this request");
            match retry_after {
                Some(after) => refusal.with_header(header::RETRY_AFTER, HeaderValue::from(whole_seconds(after))),
                None => refusal,
            }
        }
        FaultKind::CutBefore => {
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "a fault of the emulator cut the connection")
        }
        FaultKind::Delay(_) | FaultKind::CutAfter | FaultKind::Slow(_) => return None,
    };
    Some(refusal.into_response(envelope))
}

/// Rounded up: a client that waits this long has waited long enough.
const fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs().saturating_add(if duration.subsec_nanos() > 0 { 1 } else { 0 })
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator").field("requests", &self.requests()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{accept, call, emulator, request};

    #[test]
    fn it_refuses_as_many_requests_as_it_was_told_to() {
        let emulator = Emulator::builder().with_cors().build();
        emulator.refuse_next(StatusCode::SERVICE_UNAVAILABLE);
        emulator.refuse_next(StatusCode::TOO_MANY_REQUESTS);
        let email = json!({"transactional_message_id": 1, "to": "ada@example.com", "identifiers": {"id": "1"}});
        let track = r#"{"meta":{"error":"a fault of the emulator refused this request"}}"#;
        let app = r#"{"errors":[{"detail":"a fault of the emulator refused this request","status":"429"}]}"#;
        for (line, body, status, expected, people) in [
            ("PUT /api/v1/customers/1", json!({}), 503, track, 0),
            ("POST /v1/send/email", email, 429, app, 0),
            ("PUT /api/v1/customers/1", json!({}), 200, "{}", 1),
        ] {
            let mut asked = request(line, &json!(null));
            *asked.method_mut() = http::Method::OPTIONS;
            asked.headers_mut().insert("origin", http::HeaderValue::from_static("http://127.0.0.1"));
            asked.headers_mut().insert("access-control-request-method", http::HeaderValue::from_static("PUT"));
            assert_eq!(emulator.handle(&asked).status(), 204, "a browser that asks uses none of them up");
            let response = emulator.handle(&request(line, &body));
            let given = serde_json::from_slice::<serde_json::Value>(response.body()).unwrap();
            assert_eq!(
                (response.status().as_u16(), given),
                (status, serde_json::from_str(expected).unwrap()),
                "{line}"
            );
            assert_eq!((emulator.people_count(), emulator.messages().len()), (people, 0), "{line}");
        }
    }

    /// The clock stops at its end, and later requests get a response like any other.
    #[tokio::test]
    async fn at_the_end_of_time_nothing_breaks() {
        let trigger = "POST /v1/campaigns/1/triggers";
        let email = |send_at: i64| json!({"transactional_message_id": 1, "to": "a@b", "identifiers": {"id": "1"}, "send_at": send_at});
        let calls = |emulator: &Emulator, again: u16| {
            assert_eq!(call(emulator, trigger, &json!({})).0, 200);
            assert_eq!(call(emulator, trigger, &json!({})).0, again);
            for (line, body) in [
                ("PUT /api/v1/customers/1", json!({"plan": "pro"})),
                ("POST /api/v1/customers/1/events", json!({"name": "e"})),
                ("PUT /api/v1/customers/1/devices", json!({"device": {"id": "t", "platform": "ios"}})),
                ("POST /v1/identify", json!({"userId": "1", "traits": {"plan": "free"}})),
                ("POST /v1/send/email", email(-99_999_999_999)),
                ("POST /v1/send/email", email(99_999_999_999)),
            ] {
                assert_eq!(call(emulator, line, &body).0, 200, "{line}");
            }
        };
        let emulator = emulator();
        emulator.create_broadcast(1);
        emulator.report_to("http://example.com/hook").unwrap();
        emulator.set_outcomes([(Duration::ZERO, crate::Outcome::Sent), (Duration::MAX, crate::Outcome::Opened)]);
        emulator.advance(Duration::MAX);
        emulator.advance(Duration::MAX);
        assert_eq!(emulator.now(), i64::MAX.into());
        // Ten seconds later cannot be told from now.
        calls(&emulator, 200);
        let client = customerio_core::Client::new(emulator.app_endpoint().unwrap(), emulator.clone());
        let audience = customerio_core::app::Audience::Default(customerio_core::app::DefaultAudience::new());
        client.trigger_broadcast(customerio_core::app::TriggerBroadcast::new(1, audience)).await.unwrap();
        // Nobody is there to receive them, and the clock can be moved no further.
        emulator.drain_webhooks(&emulator.clone()).await;
        assert_eq!((emulator.webhooks_waiting(), emulator.webhook_pause()), (0, None));

        let other = Emulator::builder().with_clock_at(i64::MAX).build();
        other.create_broadcast(1);
        calls(&other, 429);
        for since_epoch in [Duration::MAX, Duration::ZERO] {
            assert_eq!(other.handle_at(&request("PUT /api/v1/customers/2", &json!({})), since_epoch).status(), 200);
        }
    }

    #[test]
    fn requests_are_counted_and_logged() {
        let emulator = emulator();
        accept(&emulator, "PUT /api/v1/customers/42", &json!({}));
        let (status, _) = call(&emulator, &format!("GET /{}?q", "x".repeat(5_000)), &json!(null));
        assert_eq!((emulator.requests(), status), (2, 404));
        let log = emulator.request_log();
        assert_eq!(
            (log[0].method.as_str(), log[0].path.as_str(), log[0].status.as_u16()),
            ("PUT", "/api/v1/customers/42", 200)
        );
        assert_eq!((log[1].path.len(), log[1].status.as_u16()), (2_000, 404));
        for _ in 0..1_000 {
            accept(&emulator, "PUT /api/v1/customers/42", &json!({}));
        }
        assert_eq!((emulator.requests(), emulator.request_log().len()), (1_002, 1_000));
    }
}
