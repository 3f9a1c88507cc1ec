//! Values as JSON, as ECMAScript writes them.

use super::{
    budget::{Budget, MOST_TEXT},
    js::{loop_json, number_text, quoted},
    problem::Problem,
    value::Value,
};

/// A value as JSON, its levels indented by a text; nothing if it has no value.
///
/// # Errors
///
/// The budget ends.
pub(crate) fn json(value: &Value, indent: &str, budget: &Budget) -> Result<Option<String>, Problem> {
    let mut writer = Writer { text: String::new(), indent, level: 0, budget };
    if matches!(value, Value::Undefined) {
        return Ok(None);
    }
    writer.value(value)?;
    budget.text(writer.text.len())?;
    Ok(Some(writer.text))
}

struct Writer<'w> {
    text: String,
    indent: &'w str,
    level: usize,
    budget: &'w Budget,
}

impl Writer<'_> {
    fn value(&mut self, value: &Value) -> Result<(), Problem> {
        self.budget.steps(1)?;
        match value {
            Value::Bool(bool) => self.text.push_str(if *bool { "true" } else { "false" }),
            Value::Number(number) if number.is_finite() => self.text.push_str(&number_text(*number)),
            Value::Undefined | Value::Null | Value::Number(_) => self.text.push_str("null"),
            Value::Text(text) => self.text.push_str(&quoted(text)),
            Value::Nil | Value::Empty | Value::Blank => self.text.push_str("{}"),
            // Its members, indented like any other's.
            Value::Loop(at) => match serde_json::from_str(&loop_json(at)) {
                Ok(json) if !self.indent.is_empty() => self.value(&ordered(&Value::from_json(&json)?)?)?,
                _ => self.text.push_str(&loop_json(at)),
            },
            Value::Array(array) => {
                self.text.push('[');
                self.level += 1;
                for (at, item) in array.items.iter().enumerate() {
                    self.separate(at)?;
                    self.value(item)?;
                }
                self.end(array.items.is_empty(), ']');
            }
            Value::Object(object) => {
                self.text.push('{');
                self.level += 1;
                let members = object.entries.iter().filter(|(_, value)| !matches!(value, Value::Undefined));
                let mut empty = true;
                for (at, (name, value)) in members.enumerate() {
                    empty = false;
                    self.separate(at)?;
                    self.text.push_str(&quoted(name));
                    self.text.push_str(if self.indent.is_empty() { ":" } else { ": " });
                    self.value(value)?;
                }
                self.end(empty, '}');
            }
        }
        if self.text.len() > MOST_TEXT { self.budget.text(self.text.len()) } else { Ok(()) }
    }

    fn separate(&mut self, at: usize) -> Result<(), Problem> {
        if at > 0 {
            self.text.push(',');
        }
        self.line();
        self.budget.steps(1)
    }

    fn line(&mut self) {
        if !self.indent.is_empty() {
            self.text.push('\n');
            self.text.extend(std::iter::repeat_n(self.indent, self.level));
        }
    }

    fn end(&mut self, empty: bool, close: char) {
        self.level -= 1;
        if !empty {
            self.line();
        }
        self.text.push(close);
    }
}

/// The members of a loop's position in their order, which is not that of their names.
fn ordered(value: &Value) -> Result<Value, Problem> {
    let Value::Object(object) = value else { return Ok(value.clone()) };
    let members = ["i", "length", "name", "cols"].into_iter();
    Value::object(members.filter_map(|name| Some((name.into(), object.get(name)?.clone()))).collect())
}
