//! Checks of the contract of a [`Store`](customerio_delivery::Store) and its [`Inspect`](customerio_delivery::Inspect),
//! to run on your own store.
//!
//! ```
//! use customerio_delivery::MemoryStore;
//! use customerio_testing::stores::{Stores, async_trait, check};
//!
//! struct InMemory;
//!
//! #[async_trait]
//! impl Stores for InMemory {
//!     type Store = MemoryStore;
//!
//!     async fn fresh(&self, bytes: u64) -> MemoryStore {
//!         MemoryStore::new(bytes)
//!     }
//! }
//!
//! # #[tokio::main]
//! # async fn main() {
//! # tokio::spawn(async {
//! check(&InMemory).await.assert();
//! # }).await.unwrap();
//! # }
//! ```
//!
//! What only a crash, corruption or a full disk would show is not checked.

mod calls;
mod dead;
mod inspect;
mod queue;
mod sending;
mod source;

pub use async_trait::async_trait;

pub use self::source::Stores;
pub use crate::conformance::{Check, Report};

/// Runs all checks, one after the other, each with its own store.
///
/// | check | what must hold |
/// | --- | --- |
/// | `calls_as_they_were` | calls of each kind are returned unchanged, also with another destination or an expiry |
/// | `in_order` | calls of a stream are loaded in the order in which they were appended, with ascending numbers |
/// | `streams_apart` | streams are separate, by destination and by lane |
/// | `load_goes_on` | `load` begins after the given number |
/// | `load_within_bytes` | `load` returns at least one call, and no more bytes than allowed otherwise |
/// | `all_or_none` | calls without room are [`Full`](customerio_delivery::StoreError::Full), and none is kept; settling calls frees room |
/// | `numbers_used_once` | no number is used twice, even when all calls are settled |
/// | `appended_at_once` | calls that are appended concurrently are all kept, with distinct numbers |
/// | `done_is_gone` | a call that is done is removed, and nothing else; settling it again, or in another stream, does nothing |
/// | `retried_stays` | a call that is to be sent again keeps its place |
/// | `lost_and_taken_again` | a lease that is over is not renewed, and who takes it again has another epoch; nothing is written under the last one |
/// | `marks_kept` | a mark is kept until the call is to be sent again, and every store of the same calls shows it |
/// | `failed_is_kept` | a failed call is removed from its stream, and is a dead letter with all details |
/// | `listed_in_pages` | dead letters are listed in pages, and filtered by reason, operation and destination |
/// | `replayed_behind` | a replayed dead letter goes to the end of its stream with a new number, once; without room none is replayed |
/// | `parked_stays` | a parked call is replayed only on request |
/// | `expired_is_replayed` | an expired call that is replayed has no expiry |
/// | `waiting_is_listed` | waiting calls are listed with the dead letters, by number, with their marks |
/// | `discarded_is_gone` | a discarded call is removed, whether it waits or has failed |
/// | `purged_by_person` | the calls about a person are removed, whether they wait or have failed, and no others |
/// | `gone_stays_gone` | marking or settling a call that was purged or discarded does nothing, and the statistics are right |
/// | `counted` | the statistics are right |
///
/// And if there is [another](Stores::other) store with the same calls:
///
/// | check | what must hold |
/// | --- | --- |
/// | `kept_for_others` | the other store sees what was appended, marked, and failed |
/// | `one_sends` | one store has the lease; when it is released another gets it, and the first is [`Fenced`](customerio_delivery::StoreError::Fenced), and changes nothing |
pub async fn check<S: Stores>(stores: &S) -> Report {
    let mut report = Report::default();
    report.add("calls_as_they_were", queue::calls_as_they_were(stores).await);
    report.add("in_order", queue::in_order(stores).await);
    report.add("streams_apart", queue::streams_apart(stores).await);
    report.add("load_goes_on", queue::load_goes_on(stores).await);
    report.add("load_within_bytes", queue::load_within_bytes(stores).await);
    report.add("all_or_none", queue::all_or_none(stores).await);
    report.add("numbers_used_once", queue::numbers_used_once(stores).await);
    report.add("appended_at_once", queue::appended_at_once(stores).await);
    report.add("done_is_gone", sending::done_is_gone(stores).await);
    report.add("retried_stays", sending::retried_stays(stores).await);
    report.add("lost_and_taken_again", sending::lost_and_taken_again(stores).await);
    report.add("marks_kept", sending::marks_kept(stores).await);
    report.add("failed_is_kept", dead::failed_is_kept(stores).await);
    report.add("listed_in_pages", dead::listed_in_pages(stores).await);
    report.add("replayed_behind", dead::replayed_behind(stores).await);
    report.add("parked_stays", dead::parked_stays(stores).await);
    report.add("expired_is_replayed", dead::expired_is_replayed(stores).await);
    report.add("waiting_is_listed", inspect::waiting_is_listed(stores).await);
    report.add("discarded_is_gone", inspect::discarded_is_gone(stores).await);
    report.add("purged_by_person", inspect::purged_by_person(stores).await);
    report.add("gone_stays_gone", inspect::gone_stays_gone(stores).await);
    report.add("counted", dead::counted(stores).await);
    if stores.other(&stores.fresh(calls::ROOM).await).await.is_some() {
        report.add("kept_for_others", sending::kept_for_others(stores).await);
        report.add("one_sends", sending::one_sends(stores).await);
    }
    report
}
