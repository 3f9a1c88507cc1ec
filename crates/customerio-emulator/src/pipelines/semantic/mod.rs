//! The semantic events: tracks whose names mean that something is to be done.

pub(crate) mod device;
pub(crate) mod event;
pub(crate) mod object;
pub(crate) mod report;
pub(crate) mod user;
