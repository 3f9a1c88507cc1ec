//! Operations of every shape twice: as the SDK builds the request, and as somebody who knows Rust would build that very
//! request by hand, with `http` and `serde_json` and nothing that could be spared.
//!
//! The SDK's way makes the operation too. `tests/benches.rs` says that the two requests are the same. An operation that has
//! a shape of these is measured by its sample in the catalogue of `customerio-testing`, and needs no case.

mod app;
mod by_hand;
mod inputs;
mod pipelines;
mod track;
mod track_v2;

use customerio_core::{bytes::Bytes, http::Request};

pub(crate) use inputs::Inputs;

/// An operation, both ways.
pub(crate) struct Case {
    /// Its [`Operation::NAME`](customerio_core::Operation::NAME).
    pub(crate) name: &'static str,
    pub(crate) sdk: fn(&Inputs) -> Request<Bytes>,
    pub(crate) by_hand: fn(&Inputs) -> Request<Bytes>,
}

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = &'static Case> {
    [track::CASES, track_v2::CASES, pipelines::CASES, app::CASES].into_iter().flatten()
}

/// `module "operation" |inputs| { the SDK's way } { by hand }`: two functions of a module, which a profile tells apart.
macro_rules! cases {
    ($($module:ident $name:literal |$inputs:ident| $sdk:block $by_hand:block)*) => {
        $(mod $module {
            use super::*;

            #[inline(never)]
            pub(super) fn sdk($inputs: &Inputs) -> Request<Bytes> $sdk

            #[inline(never)]
            pub(super) fn by_hand($inputs: &Inputs) -> Request<Bytes> $by_hand
        })*

        pub(super) const CASES: &[Case] =
            &[$(Case { name: $name, sdk: $module::sdk, by_hand: $module::by_hand }),*];
    };
}
use cases;
