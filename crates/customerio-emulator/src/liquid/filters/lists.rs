//! Filters of lists.

use std::{cmp::Ordering, collections::HashSet, rc::Rc};

use super::{
    super::{
        budget::Budget,
        js::{Key, count, less, number, plain, string, stringify, text_order, truthy},
        problem::Problem,
        property,
        value::Value,
    },
    call::Call,
};

/// A value as a list: nothing is an empty one, and what is no list is one of itself.
pub(crate) fn list(value: &Value) -> Vec<Value> {
    match plain(value) {
        Value::Undefined | Value::Null => Vec::new(),
        Value::Array(array) => array.items.clone(),
        other => vec![other],
    }
}

/// What a loop goes through: the items of an array, pairs of an object, a text as one.
///
/// # Errors
///
/// The budget ends.
pub(crate) fn enumerable(value: &Value, budget: &Budget) -> Result<Vec<Value>, Problem> {
    Ok(match plain(value) {
        Value::Array(array) => {
            budget.steps(array.items.len() / 8)?;
            array.items.clone()
        }
        Value::Object(object) => {
            budget.steps(object.entries.len())?;
            let pairs =
                object.entries.iter().map(|(name, value)| Value::array(vec![Value::Text(name.clone()), value.clone()]));
            pairs.collect::<Result<_, _>>()?
        }
        Value::Text(text) if !text.is_empty() => vec![Value::Text(text)],
        _ => Vec::new(),
    })
}

/// The value as a list, paid for.
fn items(call: &Call<'_>) -> Result<Vec<Value>, Problem> {
    let items = list(call.value);
    call.budget.steps(items.len())?;
    Ok(items)
}

pub(crate) fn join(call: &Call<'_>) -> Result<Value, Problem> {
    let separator = match plain(call.argument(0)) {
        Value::Undefined | Value::Null => " ".into(),
        separator => stringify(&separator, call.budget)?,
    };
    call.made(super::super::js::join(&items(call)?, &separator, call.budget)?)
}

/// An item by place of what has a length; nothing else has one.
fn at(call: &Call<'_>, from_end: bool) -> Result<Value, Problem> {
    let value = plain(call.value);
    let length = match &value {
        Value::Array(array) => count(array.items.len()),
        Value::Text(text) if !text.is_empty() => count(super::super::chars::units(text)),
        Value::Object(object) => match object.get("length") {
            Some(Value::Number(length)) => *length,
            _ => return call.made(""),
        },
        _ => return call.made(""),
    };
    let place = Value::Number(if from_end { length - 1.0 } else { 0.0 });
    Ok(property::own(&value, &string(&place, call.budget)?, call.budget)?.unwrap_or(Value::Undefined))
}

pub(crate) fn first(call: &Call<'_>) -> Result<Value, Problem> {
    at(call, false)
}

pub(crate) fn last(call: &Call<'_>) -> Result<Value, Problem> {
    at(call, true)
}

pub(crate) fn reverse(call: &Call<'_>) -> Result<Value, Problem> {
    Value::array(items(call)?.into_iter().rev().collect())
}

/// How many items or units a value has.
pub(crate) fn size(call: &Call<'_>) -> Result<Value, Problem> {
    let length = match call.value {
        Value::Text(_) | Value::Array(_) | Value::Object(_) | Value::Loop(_) => {
            property::own(call.value, "length", call.budget)?
        }
        _ => None,
    };
    Ok(length.filter(truthy).unwrap_or(Value::Number(0.0)))
}

/// What an item has along a path of names between dots.
fn inside(call: &Call<'_>, item: &Value, path: &str) -> Result<Value, Problem> {
    call.budget.text(path.len())?;
    let mut value = item.clone();
    for name in path.split('.') {
        value = property::read(&value, &Value::text(name), call.budget)?;
    }
    Ok(value)
}

fn sorted(call: &Call<'_>, order: impl Fn(&Value, &Value) -> Result<Ordering, Problem>) -> Result<Value, Problem> {
    let mut keyed = Vec::new();
    let path = truthy(call.argument(0)).then(|| call.text_of(0)).transpose()?;
    for item in items(call)? {
        let key = path.as_ref().map_or_else(|| Ok(item.clone()), |path| inside(call, &item, path))?;
        keyed.push((key, item));
    }
    let keyed = sort_by(keyed, &|a, b| {
        call.budget.steps(1)?;
        order(&a.0, &b.0)
    })?;
    Value::array(keyed.into_iter().map(|(_, item)| item).collect())
}

type Keyed = (Value, Value);

/// Sorts, and keeps the order of what is equal. If the order is none, short lists end as they do for the service's
/// engine.
fn sort_by(
    mut items: Vec<Keyed>,
    order: &dyn Fn(&Keyed, &Keyed) -> Result<Ordering, Problem>,
) -> Result<Vec<Keyed>, Problem> {
    if items.len() >= 64 {
        let right = items.split_off(items.len() / 2);
        let (mut left, mut right) =
            (sort_by(items, order)?.into_iter().peekable(), sort_by(right, order)?.into_iter().peekable());
        let mut merged = Vec::with_capacity(left.len() + right.len());
        while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
            let next = if order(b, a)? == Ordering::Less { right.next() } else { left.next() };
            merged.extend(next);
        }
        merged.extend(left.chain(right));
        return Ok(merged);
    }
    let run = run(&mut items, order)?;
    for at in run..items.len() {
        let (mut low, mut high) = (0, at);
        while low < high {
            let middle = low.midpoint(high);
            if order(&items[at], &items[middle])? == Ordering::Less { high = middle } else { low = middle + 1 }
        }
        items[low..=at].rotate_right(1);
    }
    Ok(items)
}

/// How many items at the start are in order; a falling start is turned round.
fn run(items: &mut [Keyed], order: &dyn Fn(&Keyed, &Keyed) -> Result<Ordering, Problem>) -> Result<usize, Problem> {
    if items.len() < 2 {
        return Ok(items.len());
    }
    let falls = order(&items[1], &items[0])? == Ordering::Less;
    let mut run = 2;
    while run < items.len() && (order(&items[run], &items[run - 1])? == Ordering::Less) == falls {
        run += 1;
    }
    if falls {
        items[..run].reverse();
    }
    Ok(run)
}

/// What is missing comes last.
fn missing_last(a: &Value, b: &Value) -> Option<Ordering> {
    match (a.is_missing(), b.is_missing()) {
        (false, false) => None,
        (a, b) => Some(a.cmp(&b)),
    }
}

pub(crate) fn sort(call: &Call<'_>) -> Result<Value, Problem> {
    sorted(call, |a, b| {
        if let Some(order) = missing_last(a, b) {
            return Ok(order);
        }
        if less(a, b, call.budget)? == Some(true) {
            return Ok(Ordering::Less);
        }
        Ok(if less(b, a, call.budget)? == Some(true) { Ordering::Greater } else { Ordering::Equal })
    })
}

pub(crate) fn sort_natural(call: &Call<'_>) -> Result<Value, Problem> {
    sorted(call, |a, b| {
        if let Some(order) = missing_last(a, b) {
            return Ok(order);
        }
        let small = |value: &Value| -> Result<String, Problem> {
            let text = string(value, call.budget)?;
            call.budget.text(text.len())?;
            Ok(text.to_lowercase())
        };
        Ok(text_order(&small(a)?, &small(b)?))
    })
}

pub(crate) fn map(call: &Call<'_>) -> Result<Value, Problem> {
    let path = call.text_of(0)?;
    Value::array(items(call)?.iter().map(|item| inside(call, item, &path)).collect::<Result<_, _>>()?)
}

pub(crate) fn sum(call: &Call<'_>) -> Result<Value, Problem> {
    let path = truthy(call.argument(0)).then(|| call.text_of(0)).transpose()?;
    let mut sum = 0.0;
    for item in items(call)? {
        let item = path.as_ref().map_or_else(|| Ok(item.clone()), |path| inside(call, &item, path))?;
        sum += call.number_of(&item)?;
    }
    Ok(Value::Number(sum))
}

pub(crate) fn compact(call: &Call<'_>) -> Result<Value, Problem> {
    Value::array(items(call)?.into_iter().filter(|item| !plain(item).is_missing()).collect())
}

pub(crate) fn concat(call: &Call<'_>) -> Result<Value, Problem> {
    let (mut items, more) = (items(call)?, list(call.argument(0)));
    call.budget.steps(more.len())?;
    items.extend(more);
    Value::array(items)
}

pub(crate) fn push(call: &Call<'_>) -> Result<Value, Problem> {
    let mut items = items(call)?;
    items.push(call.argument(0).clone());
    Value::array(items)
}

pub(crate) fn unshift(call: &Call<'_>) -> Result<Value, Problem> {
    let mut items = items(call)?;
    items.insert(0, call.argument(0).clone());
    Value::array(items)
}

pub(crate) fn pop(call: &Call<'_>) -> Result<Value, Problem> {
    let mut items = items(call)?;
    items.pop();
    Value::array(items)
}

pub(crate) fn shift(call: &Call<'_>) -> Result<Value, Problem> {
    Value::array(items(call)?.into_iter().skip(1).collect())
}

pub(crate) fn uniq(call: &Call<'_>) -> Result<Value, Problem> {
    let (mut seen, mut kept): (HashSet<Key>, Vec<Value>) = Default::default();
    for item in items(call)? {
        if let Value::Text(text) = &item {
            call.budget.text(text.len())?;
        }
        if seen.insert(Key::of(&item)) {
            kept.push(item);
        }
    }
    Value::array(kept)
}

/// The first items of a list, this many.
pub(crate) fn limit(call: &Call<'_>) -> Result<Value, Problem> {
    let (mut items, most) = (items(call)?, number(call.argument(0), call.budget)?);
    if most.is_nan() || most < 0.0 || most.fract() != 0.0 {
        return Err(call.refused("takes a whole number: write how many items to keep"));
    }
    items.truncate(super::super::js::slice(items.len(), 0.0, most).end);
    Value::array(items)
}

/// Items that differ in their JSON, or in what they have under a name.
pub(crate) fn json_array_uniq(call: &Call<'_>) -> Result<Value, Problem> {
    let path = truthy(call.argument(0)).then(|| call.text_of(0)).transpose()?;
    let (mut seen, mut kept): (HashSet<Rc<str>>, Vec<Value>) = Default::default();
    for item in items(call)? {
        let key = path.as_ref().map_or_else(|| Ok(item.clone()), |path| inside(call, &item, path))?;
        if seen.insert(super::super::json::json(&key, "", call.budget)?.unwrap_or_default().into()) {
            kept.push(item);
        }
    }
    Value::array(kept)
}
