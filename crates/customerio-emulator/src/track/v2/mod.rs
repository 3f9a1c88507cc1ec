//! Version 2 of the Track API: people, objects and deliveries by one route, alone or many together.

mod action;
mod actions;
pub(crate) mod batch;
mod delivery;
pub(crate) mod entity;
mod object;
mod person;
