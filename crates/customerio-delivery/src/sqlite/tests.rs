//! Tests of what the store does inside.
