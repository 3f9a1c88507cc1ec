//! What is known of the fields of a response, for the comparison with the vendor's contract.

/// What is known of the fields of a response.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Nothing: a text, a number, or anything.
    Any,
    /// It is an object, or a list or a map of such, that has these fields, each with the names that it can have.
    Object(&'static [(&'static [&'static str], &'static Self)]),
}
