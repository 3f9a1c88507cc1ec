//! The values of a template: those of JSON, and those that only the language has.

use std::{cell::Cell, rc::Rc};

use serde_json::Value as Json;

use super::problem::Problem;

/// Most levels of arrays and objects: what walks them recurses.
const MOST_DEPTH: usize = 200;

/// A value. Arrays and objects are compared by identity, as the language does.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// What a variable is that has no value.
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    Text(Rc<str>),
    Array(Rc<Array>),
    Object(Rc<Object>),
    /// The word `nil`, which is equal to what is missing.
    Nil,
    /// The word `empty`.
    Empty,
    /// The word `blank`.
    Blank,
    /// `forloop` or `tablerowloop`.
    Loop(Rc<Loop>),
}

/// The items of an array.
#[derive(Debug)]
pub(crate) struct Array {
    pub(crate) items: Vec<Value>,
    depth: usize,
}

/// The members of an object, in the language's order: whole numbers first.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) entries: Vec<(Rc<str>, Value)>,
    /// Places in `entries`, by name.
    by_name: Vec<usize>,
    depth: usize,
}

/// Where a loop is. It moves on while the body of the loop is rendered.
#[derive(Debug)]
pub(crate) struct Loop {
    pub(crate) at: Cell<usize>,
    pub(crate) length: usize,
    pub(crate) name: String,
    /// The columns of a `tablerow`.
    pub(crate) columns: Option<Value>,
}

impl Value {
    pub(crate) fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    /// An array.
    ///
    /// # Errors
    ///
    /// It nests too deep.
    pub(crate) fn array(items: Vec<Value>) -> Result<Self, Problem> {
        let depth = deeper(items.iter())?;
        Ok(Self::Array(Rc::new(Array { items, depth })))
    }

    /// An object with members in the language's order.
    ///
    /// # Errors
    ///
    /// It nests too deep.
    pub(crate) fn object(entries: Vec<(Rc<str>, Value)>) -> Result<Self, Problem> {
        let depth = deeper(entries.iter().map(|(_, value)| value))?;
        let mut by_name: Vec<usize> = (0..entries.len()).collect();
        by_name.sort_by(|a, b| entries[*a].0.cmp(&entries[*b].0));
        Ok(Self::Object(Rc::new(Object { entries, by_name, depth })))
    }

    /// The value of JSON.
    ///
    /// # Errors
    ///
    /// It nests too deep.
    pub(crate) fn from_json(json: &Json) -> Result<Self, Problem> {
        Ok(match json {
            Json::Null => Self::Null,
            Json::Bool(bool) => Self::Bool(*bool),
            Json::Number(number) => Self::Number(number.as_f64().unwrap_or(f64::NAN)),
            Json::String(text) => Self::text(text),
            Json::Array(items) => Self::array(items.iter().map(Self::from_json).collect::<Result<_, _>>()?)?,
            Json::Object(members) => {
                let mut entries = Vec::with_capacity(members.len());
                for (name, value) in members {
                    entries.push((Rc::from(name.as_str()), Self::from_json(value)?));
                }
                entries.sort_by_key(|(name, _)| index(name).unwrap_or(usize::MAX));
                Self::object(entries)?
            }
        })
    }

    fn depth(&self) -> usize {
        match self {
            Self::Array(array) => array.depth,
            Self::Object(object) => object.depth,
            _ => 0,
        }
    }

    /// Whether it is missing: `null`, or no value at all. The word `nil` is not.
    pub(crate) fn is_missing(&self) -> bool {
        matches!(self, Self::Undefined | Self::Null)
    }
}

impl Object {
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        let found = self.by_name.binary_search_by(|at| (*self.entries[*at].0).cmp(name)).ok()?;
        Some(&self.entries[self.by_name[found]].1)
    }
}

/// The level of what contains these.
fn deeper<'v>(values: impl Iterator<Item = &'v Value>) -> Result<usize, Problem> {
    let depth = 1 + values.map(Value::depth).max().unwrap_or(0);
    if depth > MOST_DEPTH {
        return Err(Problem::budget(format!(
            "arrays and objects nest deeper than {MOST_DEPTH} levels: nest them less"
        )));
    }
    Ok(depth)
}

/// The whole number that a name is, written as numbers are.
pub(crate) fn index(name: &str) -> Option<usize> {
    let plain = name.bytes().all(|byte| byte.is_ascii_digit()) && (name == "0" || !name.starts_with('0'));
    name.parse().ok().filter(|number: &usize| plain && *number < u32::MAX as usize)
}
