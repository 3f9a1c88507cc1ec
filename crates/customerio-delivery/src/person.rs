//! Whom a call is about.
