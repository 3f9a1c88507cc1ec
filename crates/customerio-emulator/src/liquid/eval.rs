//! What expressions are worth.

use super::{
    ast::{Argument, FilterCall, Filtered, Item, Literal, Operand, Operator, Path},
    compare::{Order, contains, equals, ordered},
    filters::{call::Call, table::Filter},
    js::{count, falsy, number, plain},
    problem::Problem,
    property,
    state::State,
    value::Value,
};

impl State<'_> {
    /// The value of an expression behind its filters. `lenient` says that a missing variable is null.
    pub(crate) fn filtered(&mut self, filtered: &Filtered, lenient: bool) -> Result<Value, Problem> {
        let mut value = self.expression(&filtered.expression, lenient || filtered.has_default())?;
        for call in &filtered.filters {
            value = self.filter(&value, call)?;
        }
        Ok(value)
    }

    fn filter(&mut self, value: &Value, call: &FilterCall) -> Result<Value, Problem> {
        self.budget.steps(1)?;
        let mut arguments = Vec::with_capacity(call.arguments.len());
        for argument in &call.arguments {
            arguments.push(match argument {
                Argument::Plain(operand) => self.operand(operand, false)?,
                Argument::Named(name, operand) => {
                    let value =
                        operand.as_ref().map_or(Ok(Value::Undefined), |operand| self.operand(operand, false))?;
                    Value::array(vec![Value::text(name), value])?
                }
            });
        }
        match &call.filter {
            Filter::Plain(filter) => filter(&Call {
                name: &call.name,
                value,
                arguments: &arguments,
                budget: self.budget,
                now: self.context.now,
            }),
            Filter::Items(filter) => self.item_filter(*filter, value, &arguments),
        }
    }

    fn expression(&mut self, items: &[Item], lenient: bool) -> Result<Value, Problem> {
        if let [Item::Operand(operand)] = items {
            return self.operand(operand, lenient);
        }
        let mut stack: Vec<Value> = Vec::new();
        for item in items {
            let value = match item {
                Item::Operand(operand) => self.operand(operand, lenient)?,
                Item::Operator(operator) => {
                    let right = stack.pop().unwrap_or(Value::Undefined);
                    if *operator == Operator::Not {
                        Value::Bool(falsy(&right))
                    } else {
                        let left = stack.pop().unwrap_or(Value::Undefined);
                        Value::Bool(self.operation(&left, *operator, &right)?)
                    }
                }
            };
            stack.push(value);
        }
        Ok(stack.into_iter().next().unwrap_or(Value::Undefined))
    }

    fn operation(&self, left: &Value, operator: Operator, right: &Value) -> Result<bool, Problem> {
        let budget = self.budget;
        match operator {
            Operator::Equal => equals(left, right, budget),
            Operator::NotEqual => equals(left, right, budget).map(|equal| !equal),
            Operator::Greater => ordered(left, Order::Greater, right, budget),
            Operator::GreaterOrEqual => ordered(left, Order::GreaterOrEqual, right, budget),
            Operator::Less => ordered(left, Order::Less, right, budget),
            Operator::LessOrEqual => ordered(left, Order::LessOrEqual, right, budget),
            Operator::Contains => contains(left, right, budget),
            Operator::And => Ok(!falsy(left) && !falsy(right)),
            Operator::Or => Ok(!falsy(left) || !falsy(right)),
            Operator::Not => Ok(falsy(right)),
        }
    }

    /// The value of an operand.
    pub(crate) fn operand(&mut self, operand: &Operand, lenient: bool) -> Result<Value, Problem> {
        self.budget.steps(1)?;
        match operand {
            Operand::Literal(literal) => self.literal(literal),
            Operand::Range(bounds) => self.range(&bounds.0, &bounds.1),
            Operand::Path(path) => self.path(path, lenient),
        }
    }

    fn literal(&self, literal: &Literal) -> Result<Value, Problem> {
        if let Literal::Text(text) = literal {
            self.budget.text(text.len())?;
        }
        Ok(literal.value())
    }

    fn range(&mut self, from: &Operand, to: &Operand) -> Result<Value, Problem> {
        let from = self.operand(from, false)?;
        let from = number(&from, self.budget)?;
        let to = self.operand(to, false)?;
        // As the service's engine has it, a last number with a fraction takes one step more.
        let end = number(&to, self.budget)? + 1.0;
        let mut items = Vec::new();
        loop {
            let next = from + count(items.len());
            if next < end {
                self.budget.steps(1)?;
                items.push(Value::Number(next));
            } else {
                return Value::array(items);
            }
        }
    }

    pub(crate) fn path(&mut self, path: &Path, lenient: bool) -> Result<Value, Problem> {
        let mut keys = Vec::with_capacity(path.steps.len());
        for step in &path.steps {
            keys.push(match step {
                Operand::Literal(literal) => self.literal(literal)?,
                other => self.operand(other, false)?,
            });
        }
        let (mut value, mut at) = if let Some(root) = &path.root {
            (self.operand(root, lenient)?, 0)
        } else if let Some(snippet) = self.snippet(&keys)? {
            (snippet, 2)
        } else {
            (self.variable(&keys[0])?, 1)
        };
        while at < keys.len() && !(self.is_strict() && matches!(value, Value::Undefined)) {
            value = property::read(&value, &keys[at], self.budget)?;
            at += 1;
        }
        match value {
            Value::Undefined if lenient => Ok(Value::Null),
            Value::Undefined if self.is_strict() => Err(undefined(path, at)),
            value => Ok(value),
        }
    }
}

/// The problem of a path that leads to nothing at a step.
fn undefined(path: &Path, at: usize) -> Problem {
    let mut name = String::new();
    for step in path.steps.iter().take(at.max(1)) {
        match step {
            Operand::Literal(Literal::Text(text)) if name.is_empty() => name.push_str(text),
            Operand::Literal(Literal::Text(text)) => name = format!("{name}.{text}"),
            Operand::Literal(Literal::Number(at)) => name = format!("{name}[{at}]"),
            _ => name.push_str("[...]"),
        }
    }
    Problem::undefined(format!("`{name}` has no value: give it one, or write `| default: \"...\"` behind it"))
}

impl State<'_> {
    /// Whether a value is what a filter such as `where` looks for.
    pub(crate) fn matches(&self, value: &Value, expected: &Value) -> Result<bool, Problem> {
        match expected {
            Value::Undefined => Ok(!falsy(&plain(value))),
            expected => equals(value, expected, self.budget),
        }
    }
}
