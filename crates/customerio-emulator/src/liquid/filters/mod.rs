//! Filters, by what they work on.

pub(crate) mod call;
mod dates;
mod encode;
mod html;
pub(crate) mod lists;
mod misc;
mod money;
mod numbers;
pub(crate) mod table;
mod text;
mod url;
pub(crate) mod vendor;
