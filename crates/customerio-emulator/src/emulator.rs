//! The emulator: one request in, one answer out; and what tests look at.

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
        answer::{Envelope, Refusal, Reply},
        cors, files,
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

/// Where the endpoints for the in-memory transport point: a name that is reserved for never being anyone's, so that
/// nothing is sent anywhere if such an endpoint meets a real transport.
const NOWHERE: &str = "http://customerio-emulator.invalid";

/// How long others may have the state between two turns of a broadcast.
const BETWEEN_TURNS: Duration = TURN.saturating_mul(2);

/// The header of a response that has the verdict on its request, so that a program need not ask for it.
const VERDICT: HeaderName = HeaderName::from_static("x-customerio-emulator-verdict");

/// A local Customer.io. A clone is cheap and is the same emulator.
///
/// See the crate's start page.
#[doc(alias("mock", "fake", "local server"))]
#[derive(Clone)]
pub struct Emulator {
    pub(crate) config: Arc<Config>,
    state: Arc<Mutex<State>>,
    /// How many wait for the state.
    waiting: Arc<AtomicUsize>,
    /// Counts up when something may have changed that matters after a restart.
    pub(crate) revision: Arc<AtomicU64>,
    /// What it begins with.
    seed: Arc<Mutex<Option<Seed>>>,
    /// The last number of what is kept, for whoever waits for the next.
    #[cfg(feature = "control")]
    pub(crate) changed: Arc<tokio::sync::watch::Sender<u64>>,
    /// Rung when something changes in any workspace that is served together with this one.
    #[cfg(feature = "control")]
    pub(crate) bell: Arc<tokio::sync::watch::Sender<()>>,
}

/// What the head of a request comes to.
pub(crate) enum Admission {
    /// The body is to be read.
    Admitted(Admitted),
    /// The answer: the body does not matter.
    Answered(Response<Bytes>),
}

/// The state, while it is locked. What has changed meanwhile counts when it is let go, and whoever waits for it is woken.
#[derive(Debug)]
pub(crate) struct Locked<'e> {
    state: MutexGuard<'e, State>,
    revision: &'e AtomicU64,
    /// Whether something may have changed that matters after a restart.
    is_changed: bool,
    /// Whether what is done now does not matter after a restart.
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
    /// How long this thread held the state and had a processor, each time since this was last emptied.
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

    /// Another workspace, which is set up as this one and has this text for its Site ID and its keys.
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

    /// What it begins with.
    pub(crate) fn own_seed(&self) -> Option<Seed> {
        self.seed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Begins anew, with a seed from now on.
    pub(crate) fn begin_with(&self, seed: Seed) {
        *self.seed.lock().unwrap_or_else(PoisonError::into_inner) = Some(seed);
        self.reset();
    }

    /// Begins anew. What a seed says is done before anything waits for it.
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

    /// What the workspace is called by where its credential is not to be shown.
    pub(crate) fn id(&self) -> String {
        workspace_id(self.config.number)
    }

    /// Responds to a request, at the emulator's own time.
    ///
    /// A [`Fault`] that breaks the connection, or slows the response down, is in the response's extensions as [`MetFault`], for
    /// the caller to do; what it does to the request has been done.
    ///
    /// Only method, path, query, headers and body matter: the host is not looked at.
    #[must_use]
    pub fn handle(&self, request: &Request<Bytes>) -> Response<Bytes> {
        self.answer(request, None)
    }

    /// Responds to a request at a given time, since 1970-01-01 UTC.
    #[must_use]
    pub fn handle_at(&self, request: &Request<Bytes>, since_epoch: Duration) -> Response<Bytes> {
        self.answer(request, Some(since_epoch))
    }

    fn answer(&self, request: &Request<Bytes>, since_epoch: Option<Duration>) -> Response<Bytes> {
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
            Admission::Answered(response) => {
                self.delay(response.extensions().get().copied());
                response
            }
        }
    }

    /// Moves the clock over the delay of a fault, and says how long that is.
    fn delay(&self, met: Option<MetFault>) -> Duration {
        let by = met.and_then(MetFault::delay).unwrap_or_default();
        if by > Duration::ZERO {
            self.advance(by);
        }
        by
    }

    /// Answers a request that can be answered without its body; any other is admitted, and is to be
    /// [completed](Self::complete) or [refused](Self::refuse). What has come of the body is for the log alone.
    pub(crate) fn admit(&self, head: Head<'_>, body: &Bytes, since_epoch: Option<Duration>) -> Admission {
        // Most requests are admitted, and described when they are completed.
        let arrival = |route: Option<&Route>, meeting: Meeting| {
            Arrival::of(head, route.map(Route::pattern), body).meets(meeting.met())
        };
        if self.config.cors
            && let Some(response) = cors::preflight(head)
        {
            let arrival = arrival(None, Meeting::None);
            return Admission::Answered(self.end(&mut self.state_aside(), arrival, response, Found::accepted()));
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
            && let Some(response) = told(met, envelope)
        {
            let arrival = arrival(route, meeting);
            return Admission::Answered(self.end(&mut self.state_aside(), arrival, response, Found::accepted()));
        }
        if let Some(response) = self.file(head, since_epoch) {
            let found = if response.status().is_success() { Found::accepted() } else { Found::refused(&response) };
            let arrival = arrival(None, meeting);
            return Admission::Answered(self.end(&mut self.state_aside(), arrival, response, found));
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
                return Admission::Answered(self.end(&mut self.state_aside(), arrival, response, found));
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
            Err((route, refusal)) => Admission::Answered(self.refuse(head, body, route, meeting, refusal)),
        }
    }

    /// Whether this workspace has the file that a request is for: its link is its only credential.
    #[cfg(feature = "server")]
    pub(crate) fn has_file(&self, head: Head<'_>) -> bool {
        self.file(head, None).is_some_and(|response| response.status() != StatusCode::FORBIDDEN)
    }

    /// The fault that an admitted request meets, now that its body has come.
    pub(crate) fn meet(&self, head: Head<'_>, admitted: &mut Admitted, body: &Bytes) -> Option<MetFault> {
        if admitted.meeting == Meeting::OfBody {
            admitted.meeting = Self::meeting(&mut self.state_aside(), head, Some(admitted.route()), Some(body));
        }
        admitted.meeting.met()
    }

    /// Which fault a request meets, by its head, and the rate that it is over, if it counts against one.
    fn receive(
        &self,
        head: Head<'_>,
        route: Option<&'static Route>,
        quota: Option<Quota>,
        since_epoch: Option<Duration>,
    ) -> (Meeting, Option<Excess>) {
        let state = &mut *self.state_aside();
        let refuses = self.config.rate_limits;
        // A clock that stands says nothing of how fast requests come.
        let is_timed = refuses || since_epoch.is_some() || !state.clock.is_stopped();
        let excess = quota.filter(|_| is_timed).and_then(|quota| {
            let now = since_epoch.unwrap_or_else(|| state.clock.since_epoch());
            state.rates.count(quota, now, refuses)
        });
        (Self::meeting(state, head, route, None), excess)
    }

    /// Which fault a request meets, by its head or, where that was not enough, by its body.
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

    /// Answers a request that was admitted and whose body has come. What can take long is done before the state is
    /// locked, and after.
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
        if let Some(response) = met.and_then(|met| told(met, route.envelope())) {
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

    /// Makes messages of the broadcasts that were triggered, for a fraction of a millisecond. Says whether there are more to be
    /// made: so the state is not locked for long however many there are.
    pub(crate) fn deliver_for_a_while(&self) -> bool {
        self.state().deliver_for_a_while(self.config.number)
    }

    /// Answers a request of a route that was refused. What has come of the body is for the log alone.
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

    /// Logs a request, and gives back its response.
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

    /// What the server may be called beside its addresses.
    #[cfg(feature = "server")]
    pub(crate) fn hosts(&self) -> &[String] {
        &self.config.hosts
    }

    /// What is kept, which nobody else looks at or changes meanwhile.
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

    /// A panic while the lock was held can have left a call half done, which is no reason for the next to fail.
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

    /// Lets others have the state, whoever reads it in turns: a lock that is let go and taken again at once is the same one's
    /// still, however many wait for it. Where others want it, it is theirs for most of the time.
    #[cfg(feature = "control")]
    pub(crate) async fn give_way(&self) {
        if self.waiting.load(Ordering::Relaxed) > 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        } else {
            tokio::task::yield_now().await;
        }
    }

    /// Lets others have the state between two turns of a broadcast. It is over when nobody waits for it, or after twice the time
    /// of a turn: so a broadcast has a third of the time however many requests come, and each of them waits for a turn or two.
    #[cfg(feature = "server")]
    pub(crate) async fn let_others(&self) {
        let until = Instant::now() + BETWEEN_TURNS;
        tokio::task::yield_now().await;
        while self.is_wanted(until) {
            tokio::task::yield_now().await;
        }
    }

    /// Whether somebody waits for the state, and may until then.
    fn is_wanted(&self, until: Instant) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0 && Instant::now() < until
    }

    /// [`state`](Self::state), for what does not matter after a restart.
    fn state_aside(&self) -> Locked<'_> {
        let mut state = self.state();
        state.is_aside = true;
        state
    }

    /// Puts a state in place of what is there, and goes on with the broadcasts that were being sent.
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
                // Whoever looks on reads everything again.
                new.changes = Changes::since(state.sequence.next());
            }
            std::mem::replace(&mut *state, new)
        };
        drop(old);
        while self.deliver_for_a_while() {
            std::thread::yield_now();
        }
    }

    /// The Track API here, for the in-memory transport: this emulator is a [`Transport`](customerio_core::Transport).
    ///
    /// # Errors
    ///
    /// Where the emulator was given credentials that cannot be sent.
    pub fn track_endpoint(&self) -> Result<Endpoint<Track>, BuildError> {
        self.track_endpoint_at(NOWHERE)
    }

    /// The Pipelines API here, for the in-memory transport: this emulator is a
    /// [`Transport`](customerio_core::Transport).
    ///
    /// # Errors
    ///
    /// Where the emulator was given credentials that cannot be sent.
    pub fn pipelines_endpoint(&self) -> Result<Endpoint<Pipelines>, BuildError> {
        self.pipelines_endpoint_at(NOWHERE)
    }

    /// The App API here, for the in-memory transport: this emulator is a [`Transport`](customerio_core::Transport).
    ///
    /// # Errors
    ///
    /// Where the emulator was given credentials that cannot be sent.
    pub fn app_endpoint(&self) -> Result<Endpoint<App>, BuildError> {
        self.app_endpoint_at(NOWHERE)
    }

    /// The Track API behind `url`, such as `Server::url`, with the emulator's credentials.
    ///
    /// # Errors
    ///
    /// Where `url` is no base URL, or the emulator was given credentials that cannot be sent.
    pub fn track_endpoint_at(&self, url: &str) -> Result<Endpoint<Track>, BuildError> {
        let config = &self.config;
        Endpoint::track(config.region, &config.site_id, config.track_api_key.as_deref().unwrap_or("any"))?
            .with_base_url(url)
    }

    /// The Pipelines API behind `url`, such as `Server::url`, with the emulator's credentials.
    ///
    /// # Errors
    ///
    /// Where `url` is no base URL, or the emulator was given credentials that cannot be sent.
    pub fn pipelines_endpoint_at(&self, url: &str) -> Result<Endpoint<Pipelines>, BuildError> {
        Endpoint::pipelines(self.config.region, &self.config.pipelines_key)?.with_base_url(url)
    }

    /// The App API behind `url`, such as `Server::url`, with the emulator's credentials.
    ///
    /// # Errors
    ///
    /// Where `url` is no base URL, or the emulator was given credentials that cannot be sent.
    pub fn app_endpoint_at(&self, url: &str) -> Result<Endpoint<App>, BuildError> {
        Endpoint::app(self.config.region, &self.config.app_api_key)?.with_base_url(url)
    }
}

/// What a workspace has that these APIs cannot make.
impl Emulator {
    /// Makes a manual segment: people can be added to it from now on.
    pub fn create_segment(&self, id: impl Into<SegmentId>) {
        let id = u32::try_from(id.into().get()).unwrap_or(u32::MAX);
        let mut state = self.state();
        if state.library.segments.get(&id).is_none() {
            let created_at = seconds(state.clock.since_epoch());
            let (name, description) = (format!("segment {id}"), String::new());
            state.library.segments.set(id, Segment { name, description, created_at });
        }
    }

    /// Makes a broadcast: it can be triggered from now on. It goes to everybody where a trigger does not say to whom, and its
    /// messages have no content: [`set_broadcast`](Self::set_broadcast) says more.
    pub fn create_broadcast(&self, id: impl Into<BroadcastId>) {
        let id = id.into().get();
        let mut state = self.state();
        if state.broadcasts.get(&id).is_none() {
            state.broadcasts.set(id, Broadcast::default());
        }
    }

    /// Makes a broadcast, or changes the one with this number: its name, whom it goes to where a trigger does not say (nobody
    /// said: everybody), and the name of the transactional message whose content it has
    /// ([`set_content`](Self::set_content)).
    ///
    /// ```
    /// use customerio_core::app::Filter;
    /// use customerio_emulator::{Channel, Emulator};
    ///
    /// let emulator = Emulator::new();
    /// emulator.set_content("news", Channel::Email, "", [("subject", "News of {{ trigger.month }}"), ("html", "<p>Hi</p>")]);
    /// emulator.set_broadcast(12, "News", Some(&Filter::attribute_equals("plan", "pro")), Some("news"));
    /// # tokio::runtime::Builder::new_multi_thread().build().unwrap().block_on(async { tokio::spawn(async move {
    /// # use customerio_core::{Client, app::{DefaultAudience, TriggerBroadcast}};
    /// # let mut changes = emulator.changes();
    /// # Client::new(emulator.track_endpoint()?, emulator.clone())
    /// #     .identify("42", serde_json::json!({"email": "ada@example.com", "plan": "pro"})).await?;
    ///
    /// let app = Client::new(emulator.app_endpoint()?, emulator.clone());
    /// app.call(TriggerBroadcast::new(12, DefaultAudience::new()).with_data(serde_json::json!({"month": "May"}))).await?;
    /// # while emulator.messages().is_empty() { changes.next().await; }
    /// assert_eq!(emulator.messages()[0].subject.as_deref(), Some("News of May"));
    /// # Ok::<(), customerio_core::Error>(()) }).await }).unwrap().unwrap();
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

    /// Gives a transactional message content of a channel, in a language or, where that is empty, in all others. It is made if
    /// there is none of the name.
    ///
    /// The parts are Liquid: of an e-mail `subject`, `html`, `text`, `from`, `reply_to`, `preheader`; of a push notification
    /// `title`, `message`, `link`, `image_url`; of an SMS or a `WhatsApp` message `text`; of an in-app message `html`. What a
    /// request says itself stands in for them. Nothing happens where there is no room for it.
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
        // Where there is no room, the message has no content, and says so when it is sent.
        let _ = state.library.templates.put_parts(&named, (channel, language.to_owned()), parts, now);
    }

    /// Whether a variable of a template that has no value is written as nothing from now on. Otherwise the message fails, as
    /// the service documents it for attributes that a person lacks: that is so at first.
    ///
    /// Whether the service does so in each place of each message is a guess.
    pub fn set_blank_undefined(&self, blank: bool) {
        self.state().blank_undefined = Some(blank);
    }

    /// Makes a transactional message, or gives the one with this number another name. A message that is sent makes the one
    /// that it names, by its number or its name, so this is for what is read before.
    pub fn create_transactional_message(&self, id: u64, name: impl Into<String>) {
        let mut state = self.state();
        let now = seconds(state.clock.since_epoch());
        state.library.templates.put(id, name.into(), now);
    }

    /// Makes a sender identity, or changes the one with this number.
    pub fn create_sender_identity(&self, id: impl Into<SenderId>, name: impl Into<String>, email: impl Into<String>) {
        let mut state = self.state();
        let created_at = seconds(state.clock.since_epoch());
        let sender = Sender { name: name.into(), email: email.into(), created_at };
        state.library.senders.set(id.into().get(), sender);
    }

    /// Sets the result of each import that is created from now on. An import ends five seconds after it was created. Default:
    /// success with no rows, as the file is not fetched.
    pub fn set_import_result(&self, result: ImportResult) {
        self.state().import_result = result;
    }

    /// Makes a subscription topic, or changes the one with this number. Without a preference of a person's own they are
    /// subscribed if it says so.
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

    /// Has requests meet a fault, until it has happened as often as it says, or is removed. Gives its number. A request meets
    /// one at most: the first that was added, where those that a body decides come last. What a browser asks before a request
    /// (see [`Builder::with_cors`](crate::Builder::with_cors)) meets none, and neither does the control API.
    #[expect(clippy::must_use_candidate, reason = "the number is for who removes it")]
    pub fn add_fault(&self, fault: Fault) -> u64 {
        self.state().faults.add(fault)
    }

    /// The faults that may still happen, and the last hundred that have happened as often as they were to, by their numbers.
    #[must_use]
    pub fn faults(&self) -> Vec<AddedFault> {
        self.state().faults.all()
    }

    /// Removes the fault of this number. Says whether it was there.
    #[expect(clippy::must_use_candidate, reason = "that it is gone is what counts")]
    pub fn remove_fault(&self, id: u64) -> bool {
        self.state().faults.remove(id)
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.state().faults.clear();
    }

    /// Refuses the next request with this status, and does nothing of what it says: [`Fault::status`], once. Said several
    /// times, it holds for as many requests.
    pub fn refuse_next(&self, status: StatusCode) {
        self.add_fault(Fault::status(status).with_times(1));
    }

    /// Replaces what [`reset`](Self::reset) puts back, and resets.
    ///
    /// # Errors
    ///
    /// Where it has other credentials or another region: these are set by
    /// [`Builder::with_seed`](crate::Builder::with_seed) alone. In a workspace that its credential has made, those of a seed
    /// mean nothing.
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

    /// [`reset`](Self::reset) without the seed: there is nothing then.
    pub fn clear(&self) {
        self.begin(None);
    }

    /// Forgets everything that has arrived and that was made, so that the next test finds nothing of the last, and puts the seed
    /// back if there is one. The time goes on,
    /// and what was said of all that is to come holds: [`report_to`](Self::report_to), [`set_outcomes`](Self::set_outcomes),
    /// [`set_import_result`](Self::set_import_result), [`set_blank_undefined`](Self::set_blank_undefined) and
    /// [`set_channel`](Self::set_channel).
    pub fn reset(&self) {
        self.begin(self.own_seed().as_ref());
    }

    /// Moves the clock ahead.
    pub fn advance(&self, duration: Duration) {
        let mut state = self.state();
        state.clock.advance(duration);
        // Whoever waits for a time looks again.
        state.sequence.next();
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        seconds(self.state().clock.since_epoch()).into()
    }

    pub(crate) fn moment(&self) -> Moment {
        self.state().clock.moment()
    }
}

/// What has arrived. Lists have the oldest first, and forget the oldest beyond 100,000 entries or 64 MiB of memory; that of
/// messages 192 MiB, and that of triggers 256 MiB. People, objects and what a workspace has beside are never forgotten: of each kind there is room for a
/// million, together for 1 GiB of memory ([`Builder::with_memory_limit`](crate::Builder::with_memory_limit)), and more are
/// refused with a 503.
impl Emulator {
    /// The person with an identifier of any kind: an id, an e-mail address, a `cio_id` with or without its prefix, or a phone
    /// number in E.164 form.
    #[must_use]
    pub fn person(&self, identifier: &str) -> Option<Person> {
        self.state().person(identifier).cloned()
    }

    /// Everyone, in the order in which they were added.
    #[must_use]
    pub fn people(&self) -> Vec<Person> {
        self.state().people.all().cloned().collect()
    }

    /// How many people there are.
    #[must_use]
    pub fn people_count(&self) -> usize {
        self.state().people.count()
    }

    /// The object of a type with an id, which are both as callers gave them. Types are numbers: `"1"`.
    #[must_use]
    pub fn object(&self, type_id: &str, id: &str) -> Option<Object> {
        self.state().objects.get(&(type_id.to_owned(), id.to_owned())).cloned()
    }

    /// All objects, by type and id.
    #[must_use]
    pub fn objects(&self) -> Vec<Object> {
        self.state().objects.all().cloned().collect()
    }

    /// All events, of people and of unknown visitors.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        self.state().events.to_vec()
    }

    /// The events of a person, who is named as for [`person`](Self::person).
    #[must_use]
    pub fn events_of(&self, identifier: &str) -> Vec<Event> {
        let state = self.state();
        let Some(person) = state.person(identifier) else { return Vec::new() };
        state.events.of(&Key::Person(person.cio_id.clone())).cloned().collect()
    }

    /// The messages: transactional ones, and those of broadcasts.
    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        self.state().messages.to_vec()
    }

    /// The triggers of broadcasts, also those that failed, which have errors.
    #[must_use]
    pub fn triggers(&self) -> Vec<Trigger> {
        self.state().triggers.to_vec()
    }

    /// The reported metrics, by both routes.
    #[must_use]
    pub fn metrics(&self) -> Vec<Metric> {
        self.state().metrics.to_vec()
    }

    /// The submitted forms.
    #[must_use]
    pub fn forms(&self) -> Vec<FormSubmission> {
        self.state().forms.to_vec()
    }

    /// The calls of `POST /unsubscribe/{delivery_id}`.
    #[must_use]
    pub fn unsubscribes(&self) -> Vec<Unsubscribe> {
        self.state().unsubscribes.to_vec()
    }

    /// Whether an identifier is suppressed. It is written as in a path.
    #[must_use]
    pub fn is_suppressed(&self, identifier: &str) -> bool {
        self.state().people.is_suppressed(&Identifier::of_shape(identifier))
    }

    /// How many calls of the Pipelines API got a 200 and were dropped, because they were not valid, too large
    /// or without credentials, and had not asked for strict mode. Each of a batch counts, unless the batch was dropped
    /// whole: that counts as one. One of a batch that would leave a person or an object with too many attributes is
    /// dropped, and counts, in strict mode too.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.state().dropped
    }

    /// How many requests got a response, whatever its status.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.state().requests
    }

    /// The last requests: by default 1,000 ([`Builder::with_request_log`](crate::Builder::with_request_log)).
    #[must_use]
    pub fn request_log(&self) -> Vec<LoggedRequest> {
        self.state().log.to_vec()
    }
}

/// The numbers of the messages that are new.
fn made(changes: &[Change]) -> Vec<u64> {
    let is_new = |change: &&Change| change.effect.kind == "messages" && change.effect.action == Action::Created;
    changes.iter().filter(is_new).map(|change| change.seq).collect()
}

/// The response to a request that is not done, because of a fault. Where the connection breaks, nobody reads it.
fn told(met: MetFault, envelope: Envelope) -> Option<Response<Bytes>> {
    let refusal = match met.kind {
        FaultKind::Status(status, retry_after) => {
            let refusal = Refusal::new(status, "the emulator was told to refuse this request");
            match retry_after {
                Some(after) => refusal.with_header(header::RETRY_AFTER, HeaderValue::from(whole_seconds(after))),
                None => refusal,
            }
        }
        FaultKind::CutBefore => {
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "the emulator was told to break the connection")
        }
        FaultKind::Delay(_) | FaultKind::CutAfter | FaultKind::Slow(_) => return None,
    };
    Some(refusal.into_response(envelope))
}

/// Rounded up: a client that waits so long has waited long enough.
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
        let track = r#"{"meta":{"error":"the emulator was told to refuse this request"}}"#;
        let app = r#"{"errors":[{"detail":"the emulator was told to refuse this request","status":"429"}]}"#;
        for (line, body, status, answer, people) in [
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
            assert_eq!((response.status().as_u16(), given), (status, serde_json::from_str(answer).unwrap()), "{line}");
            assert_eq!((emulator.people_count(), emulator.messages().len()), (people, 0), "{line}");
        }
    }

    /// The clock stops at its end, and what comes then is answered like anything else.
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
