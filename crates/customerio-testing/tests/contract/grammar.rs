//! The shapes of bodies, as the lines of the contract write them: `{name!:s,tags:[s]?n,folder:ds_folder}`.

use std::{collections::BTreeMap, iter::Peekable, str::Chars};

use serde_json::Value;

/// What a body can be. Lists and maps are what is in them, and of several forms it is all of them together.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Shape {
    pub(crate) kind: Kind,
    /// Its fields; none where it is no object, or any object.
    pub(crate) fields: BTreeMap<String, Field>,
}

/// What kind of JSON it is, where that is said, and all forms say the same.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Kind {
    #[default]
    Any,
    Text,
    Number,
    Bool,
}

impl Kind {
    fn of(word: &str) -> Self {
        match word {
            "s" | "string" => Self::Text,
            "i" | "n" | "integer" | "number" => Self::Number,
            "b" | "boolean" => Self::Bool,
            _ => Self::Any,
        }
    }
}

impl From<Kind> for Shape {
    fn from(kind: Kind) -> Self {
        Self { kind, ..Self::default() }
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Field {
    /// Whether it must be there, in each form that has it.
    pub(crate) required: bool,
    pub(crate) shape: Shape,
}

impl Shape {
    /// Reads what stands in a line. Names are those of shapes in `shared`.
    pub(crate) fn read(text: &str, shared: &Value) -> Self {
        Reader { rest: text.chars().peekable(), shared }.shape()
    }

    /// Takes in another form.
    pub(crate) fn merge(&mut self, other: Self) {
        if self.kind != other.kind {
            self.kind = Kind::Any;
        }
        for (name, field) in other.fields {
            match self.fields.get_mut(&name) {
                Some(known) => {
                    known.required &= field.required;
                    known.shape.merge(field.shape);
                }
                None => drop(self.fields.insert(name, field)),
            }
        }
    }

    /// The shape of what is there, of any of these.
    pub(crate) fn of(value: &Value) -> Self {
        match value {
            Value::Object(object) => {
                let field =
                    |(name, value): (&String, _)| (name.clone(), Field { required: true, shape: Self::of(value) });
                Self { fields: object.iter().map(field).collect(), ..Self::default() }
            }
            Value::Array(items) => {
                let forms = items.iter().map(Self::of);
                forms
                    .reduce(|mut all, form| {
                        all.merge(form);
                        all
                    })
                    .unwrap_or_default()
            }
            Value::String(_) => Kind::Text.into(),
            Value::Number(_) => Kind::Number.into(),
            Value::Bool(_) => Kind::Bool.into(),
            Value::Null => Self::default(),
        }
    }

    /// JSON of this shape, with every field. A list is the one thing in it, which is read as a list of one.
    pub(crate) fn example(&self) -> Value {
        if !self.fields.is_empty() {
            let field = |(name, field): (&String, &Field)| match name.as_str() {
                "url" => (name.clone(), "https://example.com/7".into()),
                _ => (name.clone(), field.shape.example()),
            };
            return Value::Object(self.fields.iter().map(field).collect());
        }
        match self.kind {
            // Ids are text with digits, too.
            Kind::Any | Kind::Text => "7".into(),
            Kind::Number => 7.into(),
            Kind::Bool => true.into(),
        }
    }

    /// One of the shapes that have names, which are written otherwise.
    fn shared(schema: &Value) -> Self {
        let properties = schema["properties"].as_object().or_else(|| {
            // A field can be called `type`, too.
            let is_shape = !schema["type"].is_string() && schema["schema"].is_null();
            schema.as_object().filter(|_| is_shape)
        });
        let mut shape = Self::from(schema["type"].as_str().map(Kind::of).unwrap_or_default());
        for (name, property) in properties.into_iter().flatten().filter(|(_, property)| property.is_object()) {
            let required = property["required"].as_bool().unwrap_or(false);
            shape.fields.insert(name.clone(), Field { required, shape: Self::shared(property) });
        }
        for inner in ["schema", "items"] {
            if schema[inner].is_object() {
                shape = Self::shared(&schema[inner]);
            }
        }
        shape
    }
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    shared: &'a Value,
}

impl Reader<'_> {
    fn eat(&mut self, expected: char) -> bool {
        self.rest.next_if_eq(&expected).is_some()
    }

    /// Up to what ends a word.
    fn word(&mut self) -> String {
        let mut word = String::new();
        while let Some(character) = self.rest.next_if(|character| !"{}[]<>,:|".contains(*character)) {
            word.push(character);
        }
        word
    }

    fn shape(&mut self) -> Shape {
        while self.eat(' ') {}
        let shape = match self.rest.peek() {
            Some('{') => self.object(),
            Some('[') => {
                self.eat('[');
                let shape = self.shape();
                self.eat(']');
                shape
            }
            _ => self.named(),
        };
        // `?n`: it can be null.
        if self.eat('?') {
            self.eat('n');
        }
        self.eat('*');
        shape
    }

    fn object(&mut self) -> Shape {
        self.eat('{');
        let mut shape = Shape::default();
        while !self.eat('}') {
            let name = self.word();
            if name.starts_with("..") || name.is_empty() {
                // `{..2}`: it is not said which.
                if !self.eat(',') && self.rest.peek() != Some(&'}') {
                    self.rest.next();
                }
                continue;
            }
            let required = name.ends_with('!');
            let value = if self.eat(':') { self.shape() } else { Shape::default() };
            shape.fields.insert(name.trim_end_matches(['!', '?', '*']).to_owned(), Field { required, shape: value });
            self.eat(',');
        }
        shape
    }

    /// A type, a shape with a name, or `oneOf<Title:{..} | {..}>`.
    fn named(&mut self) -> Shape {
        let word = self.word();
        if self.eat('<') {
            let mut all: Option<Shape> = None;
            while !self.eat('>') {
                let form = self.titled();
                match &mut all {
                    Some(all) => {
                        // What only some forms have need not be there.
                        all.fields
                            .iter_mut()
                            .for_each(|(name, field)| field.required &= form.fields.contains_key(name));
                        let known: Vec<_> = all.fields.keys().cloned().collect();
                        all.merge(form);
                        all.fields.iter_mut().filter(|(name, _)| !known.contains(name)).for_each(|(_, field)| {
                            field.required = false;
                        });
                    }
                    None => all = Some(form),
                }
                while self.eat(' ') {}
                if !self.eat('|') && self.rest.peek() != Some(&'>') {
                    break;
                }
            }
            return all.unwrap_or_default();
        }
        let name = word.trim().trim_end_matches("?n").trim_end_matches('*');
        if Kind::of(name) != Kind::Any {
            return Kind::of(name).into();
        }
        Shape::shared(&self.shared[format!("${name}")])
    }

    /// A form, which can have a title.
    fn titled(&mut self) -> Shape {
        while self.eat(' ') {}
        let mut ahead = self.rest.clone();
        let title: String = ahead.by_ref().take_while(|character| *character != ':').collect();
        if !title.contains(['{', '[', '<', '>', '|', ',']) && ahead.peek() == Some(&'{') {
            self.rest = ahead;
        }
        self.shape()
    }
}

#[test]
fn shapes_are_read() {
    let shared = serde_json::json!({"$thing": {"schema": {
        "id": {"type": "string", "required": true},
        "type": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}},
    }}});
    let names = |text: &str| {
        fn names(shape: &Shape) -> String {
            let field = |(name, field): (&String, &Field)| {
                let mark = if field.required { "!" } else { "" };
                let inner = names(&field.shape);
                if inner.is_empty() { format!("{name}{mark}") } else { format!("{name}{mark}({inner})") }
            };
            shape.fields.iter().map(field).collect::<Vec<_>>().join(" ")
        }
        names(&Shape::read(text, &shared))
    };
    for (text, expected) in [
        ("{}", ""),
        ("204", ""),
        ("{name!:s,tags:[s]?n,n:i?n}", "n name! tags"),
        ("{a:{b!:[{c:enum3}],d:map<i>}}", "a(b!(c) d)"),
        ("{a:[{..2}],b:s}", "a b"),
        ("{item:thing,next:s}", "item(id! tags(name) type) next"),
        ("oneOf<E mail:{a!:s,b!:s} | {a!:s,c:i}>", "a! b c"),
        ("{x!:oneOf<{a:[anyOf<{s:{..1}} | {t:{..3}}>]} | {b:s}>}", "x!(a(s t) b)"),
    ] {
        assert_eq!(names(text), expected, "{text}");
    }
}
