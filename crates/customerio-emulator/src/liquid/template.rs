//! A template that can be rendered.

use super::{ast::Nodes, budget::Budget, context::Context, parse::parse, problem::Problem, state::State};

/// A template that can be rendered, any number of times.
#[derive(Debug)]
pub(crate) struct Template {
    nodes: Nodes,
}

impl Template {
    /// A template of its source.
    ///
    /// # Errors
    ///
    /// It is not Liquid, has a tag or a filter that is not supported, or nests too deep.
    pub(crate) fn parse(source: &str) -> Result<Self, Problem> {
        Ok(Self { nodes: parse(source)? })
    }

    /// The text of a message: at most 1 MiB, made in the steps that the budget has: 100,000 at first. Several texts
    /// can share one.
    ///
    /// # Errors
    ///
    /// A variable has no value, a filter cannot work with what it is given, or the budget ends.
    pub(crate) fn render(&self, context: &Context<'_>, budget: &Budget) -> Result<String, Problem> {
        let mut output = String::new();
        State::new(context, budget).nodes(&self.nodes, &mut output)?;
        Ok(output)
    }
}
