//! A seed from one JSON document.

use std::sync::Arc;

use crate::seed::{
    document::{Document, Seed},
    error::SeedError,
    line::line_of,
    plant,
};

impl Seed {
    /// Reads a seed from one JSON document.
    ///
    /// # Errors
    ///
    /// Fails if it is not JSON, has an unknown field, or has something that the API would refuse, with the line.
    pub fn from_json(json: &str) -> Result<Self, SeedError> {
        let document: Document = serde_json::from_str(json).map_err(|error| SeedError::of_json(&error))?;
        plant::check(&document)
            .map_err(|problem| SeedError::new(problem.text).at_line(Some(line_of(json, &problem.pointer))))?;
        Ok(Self { document: Arc::new(document) })
    }
}
