//! What a filter is called with.

use std::rc::Rc;

use super::super::{
    budget::Budget,
    js::{number, stringify},
    problem::Problem,
    value::Value,
};

/// What a filter is called with.
#[derive(Debug)]
pub(crate) struct Call<'c> {
    /// The filter's name.
    pub(crate) name: &'c str,
    pub(crate) value: &'c Value,
    pub(crate) arguments: &'c [Value],
    pub(crate) budget: &'c Budget,
    /// What `now` is, in seconds since 1970.
    pub(crate) now: i64,
}

impl Call<'_> {
    /// An argument, or `undefined`.
    pub(crate) fn argument(&self, at: usize) -> &Value {
        self.arguments.get(at).unwrap_or(&Value::Undefined)
    }

    /// An argument, or what it is where it is missing.
    pub(crate) fn argument_or(&self, at: usize, missing: Value) -> Value {
        match self.argument(at) {
            Value::Undefined => missing,
            value => value.clone(),
        }
    }

    /// The value as text, as the language writes it.
    pub(crate) fn text(&self) -> Result<Rc<str>, Problem> {
        self.counted(stringify(self.value, self.budget)?)
    }

    /// An argument as text.
    pub(crate) fn text_of(&self, at: usize) -> Result<Rc<str>, Problem> {
        self.counted(stringify(self.argument(at), self.budget)?)
    }

    fn counted(&self, text: Rc<str>) -> Result<Rc<str>, Problem> {
        self.budget.text(text.len())?;
        Ok(text)
    }

    /// A value as a number; what is none is 0.
    pub(crate) fn number_of(&self, value: &Value) -> Result<f64, Problem> {
        let number = number(value, self.budget)?;
        Ok(if number.is_nan() { 0.0 } else { number })
    }

    /// The text that the filter makes.
    pub(crate) fn made(&self, text: impl AsRef<str> + Into<Rc<str>>) -> Result<Value, Problem> {
        self.budget.made(text)
    }

    /// The problem of a filter that does not take what it is given.
    pub(crate) fn refused(&self, why: &str) -> Problem {
        Problem::syntax(format!("the filter `{}` {why}", self.name))
    }
}
