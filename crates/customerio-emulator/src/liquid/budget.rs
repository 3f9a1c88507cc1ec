//! What the rendering of a template may cost.

use std::{cell::Cell, rc::Rc};

use super::{problem::Problem, value::Value};

/// Most steps of one rendering: a node, a turn of a loop, an element that a filter looks at, 64 bytes of text.
const MOST_STEPS: usize = 100_000;

/// Most bytes of a text that a rendering makes, its output included.
pub(crate) const MOST_TEXT: usize = 1 << 20;

/// Bytes of text that are one step.
const BYTES_OF_A_STEP: usize = 64;

/// What is left to one rendering.
#[derive(Debug)]
pub(crate) struct Budget {
    steps: Cell<usize>,
}

impl Budget {
    pub(crate) fn new() -> Self {
        Self { steps: Cell::new(MOST_STEPS) }
    }

    /// Takes steps.
    ///
    /// # Errors
    ///
    /// There are fewer left.
    pub(crate) fn steps(&self, steps: usize) -> Result<(), Problem> {
        let left = self.steps.get().checked_sub(steps).ok_or_else(|| {
            Problem::budget(format!(
                "the template takes more than {MOST_STEPS} steps: make its loops and texts shorter"
            ))
        })?;
        self.steps.set(left);
        Ok(())
    }

    /// Takes what it costs to make or read a text of this many bytes.
    ///
    /// # Errors
    ///
    /// The text is too long, or there are fewer steps left.
    pub(crate) fn text(&self, bytes: usize) -> Result<(), Problem> {
        if bytes > MOST_TEXT {
            return Err(Problem::budget(format!(
                "the template makes a text of more than {MOST_TEXT} bytes: make it shorter"
            )));
        }
        self.steps(bytes / BYTES_OF_A_STEP)
    }

    /// The value of a text that was made.
    ///
    /// # Errors
    ///
    /// As of [`text`](Self::text).
    pub(crate) fn made(&self, text: impl AsRef<str> + Into<Rc<str>>) -> Result<Value, Problem> {
        self.text(text.as_ref().len())?;
        Ok(Value::Text(text.into()))
    }
}
