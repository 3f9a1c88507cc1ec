//! Several workspaces behind one address, of which the credential of a request chooses one.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

#[cfg(feature = "server")]
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE},
};
#[cfg(feature = "server")]
use http::{HeaderMap, StatusCode, header};

#[cfg(feature = "control")]
use crate::surroundings::Surroundings;
use crate::{
    Emulator,
    config::Config,
    saved::document::{Saved, StateError},
};
#[cfg(feature = "server")]
use crate::{
    route::Head,
    server::{files, reply::Refusal},
};

/// Most workspaces, the first included.
const MOST_WORKSPACES: usize = 100;

/// Most streams of changes of a server: each takes a connection, and there must be some left.
#[cfg(feature = "control")]
pub(crate) const MOST_STREAMS: usize = 128;

/// Most lists of a server that wait for what is yet to come: for the same reason.
#[cfg(feature = "control")]
pub(crate) const MOST_WAITS: usize = 256;

/// The id of the first workspace.
const FIRST: &str = "default";

/// Workspaces that are served together, each an emulator.
///
/// A clone is cheap and shares them.
///
/// There is one, unless [`with_any_credentials`](Self::with_any_credentials) gives each credential its own: tests that
/// run at the same time with different credentials do not see each other.
///
/// ```
/// use customerio_emulator::{Emulator, Workspaces};
///
/// # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async { tokio::spawn(async {
/// let workspaces = Workspaces::of(Emulator::new()).with_any_credentials();
/// let server = workspaces.serve("127.0.0.1:0").await?;
///
/// // A client whose Site ID is `suite-7` writes into a workspace of that name.
/// let emulator = workspaces.obtain("suite-7").expect("there is room for it");
/// assert_eq!(emulator.people_count(), 0);
/// server.shutdown().await;
/// # Ok::<(), std::io::Error>(()) }).await }).unwrap().unwrap();
/// ```
#[derive(Clone)]
pub struct Workspaces {
    first: Emulator,
    /// By credential, where each has its own.
    others: Option<Arc<Mutex<HashMap<String, Emulator>>>>,
    #[cfg(feature = "control")]
    surroundings: Arc<Surroundings>,
    /// How webhooks are sent.
    #[cfg(feature = "control")]
    pub(crate) carrier: Arc<crate::webhooks::carrier::Carrier>,
    /// The places for streams of changes that are free.
    #[cfg(feature = "control")]
    pub(crate) streams: Arc<tokio::sync::Semaphore>,
    /// The places for lists that wait which are free.
    #[cfg(feature = "control")]
    pub(crate) waits: Arc<tokio::sync::Semaphore>,
}

impl Workspaces {
    /// Serves one workspace. Other credentials than its own are refused.
    #[must_use]
    pub fn of(first: Emulator) -> Self {
        Self {
            first,
            others: None,
            #[cfg(feature = "control")]
            surroundings: Arc::default(),
            #[cfg(feature = "control")]
            carrier: Arc::default(),
            #[cfg(feature = "control")]
            streams: Arc::new(tokio::sync::Semaphore::new(MOST_STREAMS)),
            #[cfg(feature = "control")]
            waits: Arc::new(tokio::sync::Semaphore::new(MOST_WAITS)),
        }
    }

    /// Sets the server's other addresses and the file of its state, which the control API reports. Default: nowhere.
    #[cfg(feature = "control")]
    #[must_use]
    pub fn with_surroundings(mut self, surroundings: Surroundings) -> Self {
        self.surroundings = Arc::new(surroundings);
        self
    }

    #[cfg(feature = "control")]
    pub(crate) fn surroundings(&self) -> &Surroundings {
        &self.surroundings
    }

    /// Accepts every credential. A credential that is not of the first workspace has a workspace of its own, which is
    /// created on first use: by the Site ID in the Track API, with any key, and by the key in the App API and the
    /// Pipelines API. Use the same text as Site ID and for both keys to have one workspace. There are at most 100.
    ///
    /// A new workspace is set up like the first, with the first one's clock at that time.
    #[must_use]
    pub fn with_any_credentials(mut self) -> Self {
        self.others.get_or_insert_default();
        self
    }

    /// The first workspace.
    #[must_use]
    pub fn first(&self) -> &Emulator {
        &self.first
    }

    /// Whether every credential has a workspace.
    #[must_use]
    pub fn takes_any_credentials(&self) -> bool {
        self.others.is_some()
    }

    /// All workspaces: the first one, then the others by their ids.
    #[must_use]
    pub fn all(&self) -> Vec<(String, Emulator)> {
        let mut others: Vec<_> =
            self.others().iter().flat_map(|others| others.values()).map(|other| (other.id(), other.clone())).collect();
        others.sort_by(|(one, _), (other, _)| one.cmp(other));
        [(FIRST.to_owned(), self.first.clone())].into_iter().chain(others).collect()
    }

    /// The workspace with this credential or id, if there is one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Emulator> {
        if name == FIRST || self.first.config.has_credential(name) {
            return Some(self.first.clone());
        }
        let others = self.others();
        let others = others.as_ref()?;
        others.get(name).or_else(|| others.values().find(|other| other.id() == name)).cloned()
    }

    /// The one of a credential, which is made if there is none. Nothing where only one is served and it has another, or there
    /// are 100.
    #[must_use]
    pub fn obtain(&self, credential: &str) -> Option<Emulator> {
        if let Some(known) = self.get(credential) {
            return Some(known);
        }
        let mut others = self.others();
        let others = others.as_mut()?;
        if others.len() + 1 >= MOST_WORKSPACES {
            return None;
        }
        let number = u16::try_from(others.len() + 1).unwrap_or(u16::MAX);
        Some(others.entry(credential.to_owned()).or_insert_with(|| self.first.sibling(credential, number)).clone())
    }

    /// The one that a request is for, by its head.
    #[cfg(feature = "server")]
    pub(crate) fn choose(&self, head: Head<'_>) -> Result<Choice, Refusal> {
        if self.others.is_none() {
            return Ok(Choice::Sure(self.first.clone()));
        }
        if files::is_file(head) {
            let owner = self.all().into_iter().find(|(_, emulator)| emulator.has_file(head));
            return Ok(Choice::Sure(owner.map_or_else(|| self.first.clone(), |(_, emulator)| emulator)));
        }
        let Some(credential) = credential(head.headers) else {
            let owner = self.of_delivery(head.uri.path().as_bytes());
            return Ok(owner.map_or_else(|| Choice::Unless(self.first.clone()), Choice::Sure));
        };
        let full = || {
            let text =
                format!("there are {MOST_WORKSPACES} workspaces, and no more; restart the emulator to begin anew");
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, text)
        };
        self.obtain(&credential).map(Choice::Sure).ok_or_else(full)
    }

    /// The one that has the first delivery that a text names: its id has the workspace's number.
    #[cfg(feature = "server")]
    fn of_delivery(&self, text: &[u8]) -> Option<Emulator> {
        let number = crate::app::message::workspace_in(text)?;
        self.all().into_iter().map(|(_, emulator)| emulator).find(|emulator| emulator.config.number == number)
    }

    /// What all have, to be written down.
    pub(crate) fn saved(&self) -> Vec<Saved> {
        let mut others: Vec<_> = {
            let others = self.others();
            let others = others.iter().flat_map(|others| others.iter());
            others.map(|(credential, emulator)| (credential.clone(), emulator.clone())).collect()
        };
        others.sort_by_key(|(_, emulator)| emulator.config.number);
        let first = Saved { credential: None, number: 0, workspace: self.first.state().image() };
        let others = others.into_iter().map(|(credential, emulator)| {
            let workspace = emulator.state().image();
            Saved { credential: Some(credential), number: emulator.config.number, workspace }
        });
        [first].into_iter().chain(others).collect()
    }

    /// Puts what was written down in place of what is there.
    pub(crate) fn restore(&self, saved: Vec<Saved>) -> Result<(), StateError> {
        if saved.first().is_none_or(|first| first.credential.is_some()) || saved.len() > MOST_WORKSPACES {
            return Err(StateError::new(
                "the state is to have the default workspace first, and 100 workspaces at most",
            ));
        }
        if self.others.is_none() && saved.len() > 1 {
            let count = saved.len();
            let text = format!("the state has {count} workspaces and one is served: serve any of them");
            return Err(StateError::new(text));
        }
        let mut restored = HashMap::new();
        for Saved { credential, number, workspace } in saved {
            match credential {
                None => self.first.restore(workspace),
                Some(credential) => {
                    let known = self.get(&credential).filter(|known| known.config.number == number);
                    let emulator = known.unwrap_or_else(|| self.first.sibling(&credential, number));
                    emulator.restore(workspace);
                    restored.insert(credential, emulator);
                }
            }
        }
        if let Some(mut others) = self.others() {
            *others = restored;
        }
        Ok(())
    }

    fn others(&self) -> Option<MutexGuard<'_, HashMap<String, Emulator>>> {
        self.others.as_ref().map(|others| others.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Which workspace a request is for, by its head.
#[cfg(feature = "server")]
#[derive(Debug)]
pub(crate) enum Choice {
    /// Its head says so.
    Sure(Emulator),
    /// The first, unless its body names a delivery of another: a report of a delivery has no credential.
    Unless(Emulator),
}

#[cfg(feature = "server")]
impl Choice {
    /// The one as far as the head says.
    pub(crate) const fn emulator(&self) -> &Emulator {
        match self {
            Self::Sure(emulator) | Self::Unless(emulator) => emulator,
        }
    }

    /// The one, now that the body has come.
    pub(crate) fn with_body(self, workspaces: &Workspaces, body: &[u8]) -> Emulator {
        match self {
            Self::Sure(emulator) => emulator,
            Self::Unless(first) => workspaces.of_delivery(body).unwrap_or(first),
        }
    }
}

impl From<Emulator> for Workspaces {
    fn from(first: Emulator) -> Self {
        Self::of(first)
    }
}

impl fmt::Debug for Workspaces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.others().map_or(1, |others| others.len() + 1);
        f.debug_struct("Workspaces").field("count", &count).finish_non_exhaustive()
    }
}

/// The credential that chooses the workspace: the Site ID or the key.
#[cfg(feature = "server")]
fn credential(headers: &HeaderMap) -> Option<String> {
    let (scheme, given) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let given = given.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(given.to_owned()).filter(|key| !key.is_empty());
    }
    let pair = STANDARD.decode(given).or_else(|_| URL_SAFE.decode(given)).ok()?;
    let (user, _) = std::str::from_utf8(&pair).ok()?.split_once(':')?;
    Some(user.to_owned()).filter(|user| scheme.eq_ignore_ascii_case("basic") && !user.is_empty())
}

impl Config {
    /// Whether this is one of the workspace's credentials.
    fn has_credential(&self, name: &str) -> bool {
        let own = [&self.site_id, &self.app_api_key, &self.pipelines_key, &self.service_account_token];
        own.into_iter().any(|credential| credential == name)
    }
}

#[cfg(test)]
#[cfg(feature = "server")]
mod tests {
    use super::*;

    fn request(authorization: &str) -> http::Request<()> {
        http::Request::get("/").header(header::AUTHORIZATION, authorization).body(()).unwrap()
    }

    fn chosen(workspaces: &Workspaces, authorization: &str) -> Result<String, Refusal> {
        workspaces.choose(Head::of(&request(authorization))).map(|choice| choice.emulator().id())
    }

    #[test]
    fn a_credential_is_a_workspace() {
        let workspaces = Workspaces::of(Emulator::new()).with_any_credentials();
        let chosen = |authorization: &str| chosen(&workspaces, authorization).unwrap();
        // `emulator-site:emulator-track-key`, and `emulator-pipelines-key:`
        assert_eq!(chosen("Basic ZW11bGF0b3Itc2l0ZTplbXVsYXRvci10cmFjay1rZXk="), FIRST);
        assert_eq!(chosen("Basic ZW11bGF0b3ItcGlwZWxpbmVzLWtleTo="), FIRST);
        assert_eq!(chosen("Bearer emulator-app-key"), FIRST);
        // `suite-7:x`, `suite-7:`
        let suite = chosen("Basic c3VpdGUtNzp4");
        assert_ne!(suite, FIRST);
        assert_eq!([chosen("basic c3VpdGUtNzo="), chosen("Bearer suite-7")], [suite.clone(), suite.clone()]);
        assert_eq!(workspaces.get(&suite).unwrap().id(), workspaces.get("suite-7").unwrap().id());
        assert_eq!(workspaces.all().len(), 2);
        for number in 0..200 {
            let _ = workspaces.obtain(&number.to_string());
        }
        assert_eq!(workspaces.all().len(), MOST_WORKSPACES);
        let refusal = workspaces.choose(Head::of(&request("Bearer one-more"))).unwrap_err();
        assert_eq!(refusal.status, StatusCode::SERVICE_UNAVAILABLE);
    }

    /// What the head does not say, the body may: it is looked at only then.
    #[test]
    fn a_request_is_looked_up_once() {
        let workspaces = Workspaces::of(Emulator::new()).with_any_credentials();
        let suite = workspaces.obtain("suite-7").unwrap();
        let body = format!(r#"{{"delivery_id":"{}"}}"#, crate::app::message::delivery_id(suite.config.number, 1));
        for (authorization, by_head, by_body) in
            [("Bearer emulator-app-key", FIRST, FIRST), ("Bearer suite-7", "w1", "w1"), ("none", FIRST, "w1")]
        {
            let choice = workspaces.choose(Head::of(&request(authorization))).unwrap();
            assert_eq!(matches!(choice, Choice::Sure(_)), authorization != "none", "{authorization}");
            let found = (choice.emulator().id(), choice.with_body(&workspaces, body.as_bytes()).id());
            assert_eq!(found, (by_head.to_owned(), by_body.to_owned()), "{authorization}");
        }
        let path = format!("/unsubscribe/{}", crate::app::message::delivery_id(suite.config.number, 1));
        let choice = workspaces.choose(Head::of(&http::Request::get(path).body(()).unwrap())).unwrap();
        assert!(matches!(&choice, Choice::Sure(emulator) if emulator.id() == "w1"), "{choice:?}");
    }

    #[test]
    fn one_workspace_has_its_own_credentials_alone() {
        let workspaces = Workspaces::of(Emulator::new());
        assert!(workspaces.obtain("suite-7").is_none());
        assert_eq!(chosen(&workspaces, "Bearer suite-7").unwrap(), FIRST);
        assert!(!workspaces.takes_any_credentials());
    }
}
