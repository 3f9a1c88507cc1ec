//! Text that an operation owns.

/// Identifiers and names are short: up to 23 bytes stand in the value itself, without an allocation.
pub(crate) type Text = smol_str::SmolStr;
