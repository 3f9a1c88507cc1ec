//! Filters that look into the items of a list: by a path, or by an expression.

use super::{
    ast::{Filtered, Path},
    cursor::Cursor,
    filters::{
        lists::{enumerable, list},
        table::{Find, ItemFilter, Look},
    },
    js::{count, string, stringify, truthy},
    problem::Problem,
    state::{Frame, Groups, State},
    value::Value,
};

/// How a filter looks into an item.
enum Way {
    Path(Option<Path>),
    /// An expression, and what it calls the item.
    Expression(Filtered, std::rc::Rc<str>),
}

impl State<'_> {
    /// What a filter finds in a list.
    pub(crate) fn item_filter(
        &mut self,
        filter: ItemFilter,
        value: &Value,
        arguments: &[Value],
    ) -> Result<Value, Problem> {
        let argument = |at: usize| arguments.get(at).cloned().unwrap_or(Value::Undefined);
        let grouped = matches!(filter.find, Find::Groups);
        let items = if grouped { enumerable(value, self.budget)? } else { list(value) };
        let way = match filter.look {
            Look::Path => Way::Path(path_of(&stringify(&argument(0), self.budget)?)?),
            Look::Expression => {
                let source = stringify(&argument(1), self.budget)?;
                self.budget.text(source.len())?;
                let filtered = Cursor::new(&source, 0, source.len()).read_filtered()?;
                Way::Expression(filtered, string(&argument(0), self.budget)?)
            }
        };
        let expected = if matches!(filter.look, Look::Path) { argument(1) } else { Value::Undefined };
        let (mut groups, mut kept) = (Groups::default(), Vec::new());
        for (at, item) in items.iter().enumerate() {
            self.budget.steps(1)?;
            let inside = self.look(&way, item)?;
            let found = match (&way, filter.find) {
                (_, Find::Groups) => {
                    if let Value::Text(text) = &inside {
                        self.budget.text(text.len())?;
                    }
                    groups.add(inside, item.clone());
                    continue;
                }
                // To keep and drop, an expression has to be true or false itself.
                (Way::Expression(..), Find::Kept) => matches!(inside, Value::Bool(true)),
                (Way::Expression(..), Find::Dropped) => !matches!(inside, Value::Bool(false)),
                (Way::Expression(..), _) => truthy(&inside),
                (Way::Path(_), _) => self.matches(&inside, &expected)?,
            };
            match filter.find {
                Find::Kept if found => kept.push(item.clone()),
                Find::Dropped if !found => kept.push(item.clone()),
                Find::First if found => return Ok(item.clone()),
                Find::Place if found => return Ok(Value::Number(count(at))),
                Find::Any if found => return Ok(Value::Bool(true)),
                _ => {}
            }
        }
        match filter.find {
            Find::Groups => groups.value(),
            Find::Kept | Find::Dropped => Value::array(kept),
            Find::First | Find::Place => Ok(Value::Undefined),
            Find::Any => Ok(Value::Bool(false)),
        }
    }

    fn look(&mut self, way: &Way, item: &Value) -> Result<Value, Problem> {
        match way {
            Way::Path(None) => Ok(Value::Undefined),
            Way::Path(Some(path)) => self.within(item).path(path, false),
            Way::Expression(filtered, name) => {
                self.loops.push(Frame { variable: Some((name.clone(), item.clone())), ..Frame::default() });
                let value = self.filtered(filtered, false);
                self.loops.pop();
                value
            }
        }
    }
}

/// The path that a text is, if it is one.
fn path_of(text: &str) -> Result<Option<Path>, Problem> {
    Cursor::new(text, 0, text.len()).read_variable()
}
