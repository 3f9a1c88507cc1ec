//! What is known of the fields of a response, for the comparison with the vendor's contract.

/// What is known of the fields of a response.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Any value: a text, a number, or anything else.
    Any,
    /// An object, or a list or a map of objects, with these fields, each with the names that it can have.
    Object(&'static [(&'static [&'static str], &'static Self)]),
}
