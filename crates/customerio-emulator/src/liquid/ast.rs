//! What a template consists of once it is parsed.

use super::{filters::table::Filter, value::Value};

/// Nodes that are rendered one after the other.
pub(crate) type Nodes = Vec<Node>;

/// A node and its line.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) line: usize,
    pub(crate) kind: Kind,
}

#[derive(Debug)]
pub(crate) enum Kind {
    /// A comment. It is a node, because a `break` is only seen behind one.
    Nothing,
    Text(String),
    Output(Filtered),
    /// `echo`, which may have nothing to write.
    Echo(Option<Filtered>),
    Assign(String, Filtered),
    Capture(String, Nodes),
    If(Vec<Branch>, Nodes),
    Case(Filtered, Vec<When>, Nodes),
    For(Box<For>),
    Tablerow(Box<Tablerow>),
    Cycle(Cycle),
    Increment(String),
    Decrement(String),
    Break,
    Continue,
    /// `liquid`.
    Group(Nodes),
    /// A tag that writes an address which the service makes, such as `unsubscribe_url`.
    Url(&'static str),
    /// `cio_link`: an address in the template.
    Link(Operand),
    /// `random`: a whole number below a limit.
    Random(Operand),
    /// `generate_uuid`.
    Uuid,
    /// `render_liquid`: a template that is a value.
    RenderLiquid(Operand),
}

/// A condition of `if` or `unless`, and what is rendered where it holds.
#[derive(Debug)]
pub(crate) struct Branch {
    pub(crate) condition: Filtered,
    /// What the condition must be.
    pub(crate) wanted: bool,
    pub(crate) body: Nodes,
}

/// A branch of `case`.
#[derive(Debug)]
pub(crate) struct When {
    pub(crate) values: Vec<Operand>,
    pub(crate) body: Nodes,
}

#[derive(Debug)]
pub(crate) struct For {
    pub(crate) variable: String,
    pub(crate) collection: Operand,
    /// How the template writes the collection.
    pub(crate) written: String,
    pub(crate) arguments: Arguments,
    pub(crate) body: Nodes,
    pub(crate) otherwise: Nodes,
}

#[derive(Debug)]
pub(crate) struct Tablerow {
    pub(crate) variable: String,
    pub(crate) collection: Operand,
    pub(crate) written: String,
    pub(crate) arguments: Arguments,
    pub(crate) body: Nodes,
}

#[derive(Debug)]
pub(crate) struct Cycle {
    pub(crate) group: Option<Operand>,
    pub(crate) candidates: Vec<Filtered>,
    /// How the template writes the candidates: cycles of the same ones move on together.
    pub(crate) written: String,
}

/// Named arguments of a tag, each once, in the order in which the names came; one without a value is true.
pub(crate) type Arguments = Vec<(String, Option<Operand>)>;

/// An expression and the filters that its value goes through.
#[derive(Debug)]
pub(crate) struct Filtered {
    /// Operands, and operators behind theirs.
    pub(crate) expression: Vec<Item>,
    pub(crate) filters: Vec<FilterCall>,
}

impl Filtered {
    /// Whether a missing variable is no problem, because a default follows.
    pub(crate) fn has_default(&self) -> bool {
        self.filters.first().is_some_and(|filter| filter.name == "default")
    }
}

#[derive(Debug)]
pub(crate) enum Item {
    Operand(Operand),
    Operator(Operator),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    Contains,
    Not,
    And,
    Or,
}

#[derive(Debug)]
pub(crate) enum Operand {
    Literal(Literal),
    Path(Box<Path>),
    Range(Box<(Operand, Operand)>),
}

#[derive(Debug)]
pub(crate) enum Literal {
    Bool(bool),
    Number(f64),
    Text(String),
    Nil,
    Empty,
    Blank,
}

impl Literal {
    pub(crate) fn value(&self) -> Value {
        match self {
            Self::Bool(bool) => Value::Bool(*bool),
            Self::Number(number) => Value::Number(*number),
            Self::Text(text) => Value::text(text),
            Self::Nil => Value::Nil,
            Self::Empty => Value::Empty,
            Self::Blank => Value::Blank,
        }
    }
}

/// A variable, or what is inside of a value.
#[derive(Debug)]
pub(crate) struct Path {
    /// The value that it leads into; without one, the first step names a variable.
    pub(crate) root: Option<Operand>,
    /// Never empty.
    pub(crate) steps: Vec<Operand>,
}

#[derive(Debug)]
pub(crate) struct FilterCall {
    pub(crate) name: String,
    pub(crate) filter: Filter,
    pub(crate) arguments: Vec<Argument>,
}

#[derive(Debug)]
pub(crate) enum Argument {
    Plain(Operand),
    /// `name: value`, where the value may be missing.
    Named(String, Option<Operand>),
}
