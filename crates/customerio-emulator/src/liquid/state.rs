//! Where a rendering is: its variables, and what its tags remember.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use super::{
    budget::Budget,
    context::{Context, Undefined},
    js::{Key, string},
    problem::Problem,
    property,
    value::{Loop, Value},
};

/// Where a rendering is.
pub(crate) struct State<'a> {
    pub(crate) context: &'a Context<'a>,
    pub(crate) budget: &'a Budget,
    /// What `assign` and `capture` set.
    pub(crate) assigned: HashMap<String, Value>,
    /// The variables of the loops around.
    pub(crate) loops: Vec<Frame>,
    environment: Environment,
    /// Where the next loop of the same name goes on.
    pub(crate) offsets: HashMap<String, Value>,
    /// Which value is next, by cycle.
    pub(crate) cycles: HashMap<String, usize>,
    pub(crate) broken: bool,
    pub(crate) continued: bool,
    /// How many templates this one is within.
    pub(crate) nested: usize,
    /// How many blocks this one is within.
    pub(crate) depth: usize,
}

/// Variables that a loop brings.
#[derive(Debug, Default)]
pub(crate) struct Frame {
    pub(crate) variable: Option<(Rc<str>, Value)>,
    pub(crate) position: Option<(&'static str, Rc<Loop>)>,
    /// What `continue` is to `offset`.
    pub(crate) resume: Option<Value>,
}

impl Frame {
    fn get(&self, name: &str) -> Option<Value> {
        if let Some((_, value)) = self.variable.as_ref().filter(|(variable, _)| **variable == *name) {
            return Some(value.clone());
        }
        if let Some((_, position)) = self.position.as_ref().filter(|(variable, _)| *variable == name) {
            return Some(Value::Loop(position.clone()));
        }
        self.resume.clone().filter(|_| name == "continue")
    }
}

/// Where variables come from that the template has not set.
enum Environment {
    /// The message's, made into values when they are first asked for.
    Message(RefCell<HashMap<String, Value>>),
    /// The item that a filter looks at.
    Item(Value),
}

impl<'a> State<'a> {
    pub(crate) fn new(context: &'a Context<'a>, budget: &'a Budget) -> Self {
        Self::with(context, budget, Environment::Message(RefCell::default()))
    }

    /// The state in which a filter looks into an item.
    pub(crate) fn within(&self, item: &Value) -> Self {
        Self::with(self.context, self.budget, Environment::Item(item.clone()))
    }

    fn with(context: &'a Context<'a>, budget: &'a Budget, environment: Environment) -> Self {
        Self {
            context,
            budget,
            assigned: HashMap::new(),
            loops: Vec::new(),
            environment,
            offsets: HashMap::new(),
            cycles: HashMap::new(),
            broken: false,
            continued: false,
            nested: 0,
            depth: 0,
        }
    }

    pub(crate) fn is_strict(&self) -> bool {
        self.context.undefined == Undefined::Fail
    }

    /// Whether the template or the message has a variable of this name.
    pub(crate) fn is_set(&self, name: &str) -> bool {
        self.loops.iter().any(|frame| frame.get(name).is_some())
            || self.assigned.contains_key(name)
            || self.context.scope.contains_key(name)
    }

    /// The value of a variable.
    ///
    /// # Errors
    ///
    /// The budget ends.
    pub(crate) fn variable(&self, key: &Value) -> Result<Value, Problem> {
        let name = string(&super::js::plain(key), self.budget)?;
        let own = self.loops.iter().rev().find_map(|frame| frame.get(&name));
        if let Some(value) = own.or_else(|| self.assigned.get(&*name).cloned()) {
            return Ok(value);
        }
        let found = match &self.environment {
            Environment::Message(values) => self.of_message(&name, &mut values.borrow_mut())?,
            Environment::Item(item) => property::own(item, &name, self.budget)?,
        };
        // The service's engine then asks the globals, which are none, for how many they are.
        Ok(found.unwrap_or(if &*name == "size" { Value::Number(0.0) } else { Value::Undefined }))
    }

    fn of_message(&self, name: &str, values: &mut HashMap<String, Value>) -> Result<Option<Value>, Problem> {
        if let Some(value) = values.get(name) {
            return Ok(Some(value.clone()));
        }
        let Some(json) = self.context.scope.get(name) else { return Ok(None) };
        let value = Value::from_json(json)?;
        values.insert(name.to_owned(), value.clone());
        Ok(Some(value))
    }

    /// Moves a counter of `increment` and `decrement`, and returns what it was before.
    ///
    /// # Errors
    ///
    /// The variable of this name nests too deep.
    pub(crate) fn count(&mut self, name: &str, by: f64) -> Result<f64, Problem> {
        self.budget.text(name.len())?;
        let Environment::Message(values) = &self.environment else { return Ok(0.0) };
        let mut values = values.borrow_mut();
        let before = match self.of_message(name, &mut values)? {
            Some(Value::Number(number)) => number,
            _ => 0.0,
        };
        values.insert(name.to_owned(), Value::Number(before + by));
        Ok(before)
    }
}

/// Values in groups of the same key, in the order in which the keys came.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    places: HashMap<Key, usize>,
    groups: Vec<(Value, Vec<Value>)>,
}

impl Groups {
    pub(crate) fn add(&mut self, key: Value, item: Value) {
        let place = *self.places.entry(Key::of(&key)).or_insert_with(|| {
            self.groups.push((key, Vec::new()));
            self.groups.len() - 1
        });
        self.groups[place].1.push(item);
    }

    /// Objects with `name` and `items`.
    ///
    /// # Errors
    ///
    /// They nest too deep.
    pub(crate) fn value(self) -> Result<Value, Problem> {
        let groups = self
            .groups
            .into_iter()
            .map(|(name, items)| Value::object(vec![("name".into(), name), ("items".into(), Value::array(items)?)]));
        Value::array(groups.collect::<Result<_, _>>()?)
    }
}
