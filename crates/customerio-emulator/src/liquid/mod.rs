//! Liquid, the language of the service's message templates: what its pages document, with the results of npm `liquidjs` 10.
//!
//! What it does not have is a [`Problem`] that names it: nothing is guessed, and nothing is passed through.

mod ast;
mod budget;
mod chars;
mod compare;
mod context;
mod cursor;
mod date_text;
mod eval;
mod filters;
mod items;
mod js;
mod json;
mod letters;
#[cfg(test)]
mod oracle;
mod parse;
mod problem;
mod property;
mod render;
mod state;
mod strftime;
mod template;
#[cfg(test)]
mod tests;
mod tokens;
mod value;
mod zone;

pub(crate) use self::{
    budget::Budget,
    context::{Context, Undefined},
    problem::{Problem, ProblemKind},
    template::Template,
};
