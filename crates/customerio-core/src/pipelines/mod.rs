//! The Pipelines API.
