//! From nodes to text.

use std::{cell::Cell, rc::Rc};

use super::{
    ast::{Arguments, Branch, Cycle, For, Kind, Node, Tablerow, When},
    compare::equals,
    filters::lists::enumerable,
    js::{add, count, number, plain, slice, string, stringify, truthy},
    parse::parse,
    problem::Problem,
    state::{Frame, State},
    value::{Loop, Value},
};

/// Most levels of blocks within blocks, those of templates within templates included.
const MOST_DEPTH: usize = 150;

/// Most templates within each other: a snippet that uses a snippet.
const MOST_TEMPLATES: usize = 8;

impl State<'_> {
    /// Writes nodes, up to a `break` or `continue`.
    pub(crate) fn nodes(&mut self, nodes: &[Node], output: &mut String) -> Result<(), Problem> {
        if self.depth == MOST_DEPTH {
            return Err(Problem::budget(format!("blocks nest deeper than {MOST_DEPTH} levels: nest them less")));
        }
        self.depth += 1;
        for node in nodes {
            self.budget.steps(1)?;
            self.node(&node.kind, output).map_err(|problem| problem.at(node.line))?;
            if self.broken || self.continued {
                break;
            }
        }
        self.depth -= 1;
        Ok(())
    }

    fn node(&mut self, kind: &Kind, output: &mut String) -> Result<(), Problem> {
        match kind {
            Kind::Text(text) => self.write(text, output),
            Kind::Output(value) | Kind::Echo(Some(value)) => {
                let value = self.filtered(value, false)?;
                let text = stringify(&value, self.budget)?;
                self.write(&text, output)
            }
            Kind::Nothing | Kind::Echo(None) => Ok(()),
            Kind::Assign(name, value) => {
                let value = self.filtered(value, true)?;
                self.budget.text(name.len())?;
                self.assigned.insert(name.clone(), value);
                Ok(())
            }
            Kind::Capture(name, body) => {
                let mut text = String::new();
                self.nodes(body, &mut text)?;
                self.budget.text(name.len())?;
                self.assigned.insert(name.clone(), Value::Text(text.into()));
                Ok(())
            }
            Kind::If(branches, otherwise) => self.if_block(branches, otherwise, output),
            Kind::Case(value, branches, otherwise) => {
                let value = plain(&self.filtered(value, true)?);
                self.case_block(&value, branches, otherwise, output)
            }
            Kind::For(block) => self.for_block(block, output),
            Kind::Tablerow(block) => self.tablerow_block(block, output),
            Kind::Cycle(cycle) => self.cycle(cycle, output),
            Kind::Increment(name) => {
                let before = self.count(name, 1.0)?;
                self.write_number(before, output)
            }
            Kind::Decrement(name) => {
                let before = self.count(name, -1.0)?;
                self.write_number(before - 1.0, output)
            }
            Kind::Break => {
                self.broken = true;
                Ok(())
            }
            Kind::Continue => {
                self.continued = true;
                Ok(())
            }
            Kind::Group(nodes) => self.nodes(nodes, output),
            Kind::Url(_) | Kind::Link(_) | Kind::Random(_) | Kind::Uuid | Kind::RenderLiquid(_) => {
                self.vendor(kind, output)
            }
        }
    }

    fn write(&self, text: &str, output: &mut String) -> Result<(), Problem> {
        self.budget.text(text.len())?;
        output.push_str(text);
        if output.len() > super::budget::MOST_TEXT { self.budget.text(output.len()) } else { Ok(()) }
    }

    fn write_number(&self, number: f64, output: &mut String) -> Result<(), Problem> {
        self.write(&super::js::number_text(number), output)
    }

    fn if_block(&mut self, branches: &[Branch], otherwise: &[Node], output: &mut String) -> Result<(), Problem> {
        for branch in branches {
            let value = self.filtered(&branch.condition, true)?;
            if super::js::falsy(&value) != branch.wanted {
                return self.nodes(&branch.body, output);
            }
        }
        self.nodes(otherwise, output)
    }

    /// Every branch that matches is written.
    fn case_block(
        &mut self,
        value: &Value,
        branches: &[When],
        otherwise: &[Node],
        output: &mut String,
    ) -> Result<(), Problem> {
        let mut hit = false;
        for branch in branches {
            for when in &branch.values {
                let when = self.operand(when, true)?;
                if equals(value, &when, self.budget)? {
                    self.nodes(&branch.body, output)?;
                    hit = true;
                    break;
                }
            }
        }
        if hit { Ok(()) } else { self.nodes(otherwise, output) }
    }

    fn for_block(&mut self, block: &For, output: &mut String) -> Result<(), Problem> {
        let collection = self.operand(&block.collection, false)?;
        let mut items = enumerable(&collection, self.budget)?;
        if items.is_empty() {
            return self.nodes(&block.otherwise, output);
        }
        let key = format!("{}-{}", block.variable, block.written);
        self.budget.text(key.len())?;
        // If no loop has ended yet, an object is used instead of the place, which is not a number.
        let resume =
            self.offsets.get(&key).filter(|value| truthy(value)).cloned().map_or_else(|| Value::object(vec![]), Ok)?;
        self.loops.push(Frame { resume: Some(resume), ..Frame::default() });
        let arguments = self.arguments(&block.arguments);
        self.loops.pop();
        let arguments = arguments?;
        let offset = argument(&arguments, "offset");
        if let Some(offset) = offset {
            items.drain(..slice(items.len(), number(offset, self.budget)?, f64::INFINITY).start);
        }
        if let Some(limit) = argument(&arguments, "limit") {
            items.truncate(slice(items.len(), 0.0, number(limit, self.budget)?).end);
        }
        if argument(&arguments, "reversed").is_some() {
            items.reverse();
        }
        let offset = offset.filter(|offset| truthy(offset)).cloned().unwrap_or(Value::Number(0.0));
        let next = add(&offset, &Value::Number(count(items.len())), self.budget)?;
        self.offsets.insert(key, next);
        let name = format!("{}-{}", block.variable, block.written);
        let position = Rc::new(Loop { at: Cell::new(0), length: items.len(), name, columns: None });
        self.loops.push(Frame { position: Some(("forloop", position.clone())), ..Frame::default() });
        let variable: Rc<str> = block.variable.as_str().into();
        for item in items {
            self.turn(&variable, item)?;
            self.nodes(&block.body, output)?;
            if self.broken {
                break;
            }
            if &*variable == "forloop" {
                return Err(Problem::syntax("a loop calls its item `forloop`: call it something else"));
            }
            position.at.set(position.at.get() + 1);
        }
        (self.broken, self.continued) = (false, false);
        self.loops.pop();
        Ok(())
    }

    /// Begins a turn of the innermost loop.
    fn turn(&mut self, variable: &Rc<str>, item: Value) -> Result<(), Problem> {
        self.budget.steps(1)?;
        (self.broken, self.continued) = (false, false);
        if let Some(frame) = self.loops.last_mut() {
            frame.variable = Some((variable.clone(), item));
        }
        Ok(())
    }

    fn arguments<'t>(&mut self, arguments: &'t Arguments) -> Result<Vec<(&'t str, Value)>, Problem> {
        let mut values = Vec::with_capacity(arguments.len());
        for (name, operand) in arguments {
            let value = match operand {
                Some(operand) => self.operand(operand, false)?,
                None => Value::Bool(true),
            };
            values.push((name.as_str(), value));
        }
        Ok(values)
    }

    fn tablerow_block(&mut self, block: &Tablerow, output: &mut String) -> Result<(), Problem> {
        let collection = self.operand(&block.collection, false)?;
        let mut items = enumerable(&collection, self.budget)?;
        let arguments = self.arguments(&block.arguments)?;
        let offset =
            argument(&arguments, "offset").filter(|offset| truthy(offset)).cloned().unwrap_or(Value::Number(0.0));
        let limit = argument(&arguments, "limit").cloned().unwrap_or(Value::Number(count(items.len())));
        let end = add(&offset, &limit, self.budget)?;
        let range = slice(items.len(), number(&offset, self.budget)?, number(&end, self.budget)?);
        items = items.drain(range).collect();
        let columns = argument(&arguments, "cols").filter(|columns| truthy(columns)).cloned();
        let columns = columns.unwrap_or(Value::Number(count(items.len())));
        let width = number(&columns, self.budget)?;
        let name = format!("{}-{}", block.variable, block.written);
        self.budget.text(name.len())?;
        let position = Rc::new(Loop { at: Cell::new(0), length: items.len(), name, columns: Some(columns) });
        self.loops.push(Frame { position: Some(("tablerowloop", position.clone())), ..Frame::default() });
        let (variable, some): (Rc<str>, bool) = (block.variable.as_str().into(), !items.is_empty());
        for item in items {
            self.budget.steps(1)?;
            if let Some(frame) = self.loops.last_mut() {
                frame.variable = Some((variable.clone(), item));
            }
            let (column, row) = (count(position.at.get()) % width, (count(position.at.get()) / width).floor() + 1.0);
            if column == 0.0 {
                #[expect(clippy::float_cmp, reason = "it is a whole number")]
                self.write(if row == 1.0 { "" } else { "</tr>" }, output)?;
                self.write(&format!("<tr class=\"row{}\">", super::js::number_text(row)), output)?;
            }
            self.write(&format!("<td class=\"col{}\">", super::js::number_text(column + 1.0)), output)?;
            self.nodes(&block.body, output)?;
            self.write("</td>", output)?;
            position.at.set(position.at.get() + 1);
        }
        self.loops.pop();
        self.write(if some { "</tr>" } else { "" }, output)
    }

    fn cycle(&mut self, cycle: &Cycle, output: &mut String) -> Result<(), Problem> {
        let group = match &cycle.group {
            Some(group) => self.operand(group, false)?,
            None => Value::Undefined,
        };
        let key = format!("{}:{}", string(&group, self.budget)?, cycle.written);
        self.budget.text(key.len())?;
        let at = self.cycles.get(&key).copied().unwrap_or(0);
        let candidate = &cycle.candidates[at % cycle.candidates.len()];
        self.cycles.insert(key, (at + 1) % cycle.candidates.len());
        let value = plain(&self.filtered(candidate, false)?);
        // The service's engine writes what a tag returns, if it is true.
        if truthy(&value) {
            let text = stringify(&value, self.budget)?;
            self.write(&text, output)?;
        }
        Ok(())
    }

    /// The tags that only the service has.
    fn vendor(&mut self, kind: &Kind, output: &mut String) -> Result<(), Problem> {
        match kind {
            Kind::Url(name) => {
                let url = (self.context.urls)(name).ok_or_else(|| {
                    Problem::unsupported(format!("the tag `{name}` has no address in this message: leave it out"))
                })?;
                self.write(&url, output)
            }
            Kind::Link(address) => {
                let address = self.operand(address, false)?;
                let address = stringify(&address, self.budget)?;
                self.write(&address, output)
            }
            Kind::Random(limit) => {
                let limit = self.operand(limit, false)?;
                let limit = super::filters::vendor::limit(number(&limit, self.budget)?)?;
                self.write(&fastrand::u32(..limit).to_string(), output)
            }
            Kind::Uuid => self.write(&super::filters::vendor::uuid(), output),
            Kind::RenderLiquid(operand) => {
                let source = self.operand(operand, false)?;
                let source = stringify(&source, self.budget)?;
                let text = self.template(&source)?;
                self.write(&text, output)
            }
            _ => Ok(()),
        }
    }

    /// A template within this one, which sees the message's variables and not the template's.
    fn template(&mut self, source: &str) -> Result<String, Problem> {
        if self.nested == MOST_TEMPLATES {
            return Err(Problem::budget(format!(
                "more than {MOST_TEMPLATES} templates are within each other: use fewer"
            )));
        }
        self.budget.text(source.len())?;
        let nodes = parse(source)?;
        let mut text = String::new();
        let mut state = State::new(self.context, self.budget);
        (state.nested, state.depth) = (self.nested + 1, self.depth);
        state.nodes(&nodes, &mut text)?;
        Ok(text)
    }

    /// The text of `snippets.NAME`, if a path is that.
    pub(crate) fn snippet(&mut self, keys: &[Value]) -> Result<Option<Value>, Problem> {
        let [Value::Text(root), name, ..] = keys else { return Ok(None) };
        if &**root != "snippets" || self.is_set(root) {
            return Ok(None);
        }
        let name = string(name, self.budget)?;
        let Some(source) = (self.context.snippets)(&name) else { return Ok(None) };
        // A snippet may be a list in JSON, whose items are not rendered.
        if source.trim_start().starts_with('[')
            && let Ok(json) = serde_json::from_str(&source)
        {
            self.budget.text(source.len())?;
            return Value::from_json(&json).map(Some);
        }
        let text = self.template(&source).map_err(|problem| {
            let message = format!("the snippet `{name}`: {problem}");
            Problem { line: 0, message, kind: problem.kind }
        })?;
        self.budget.made(text).map(Some)
    }
}

fn argument<'t>(arguments: &'t [(&str, Value)], name: &str) -> Option<&'t Value> {
    arguments.iter().find(|(known, value)| *known == name && !matches!(value, Value::Undefined)).map(|(_, value)| value)
}
