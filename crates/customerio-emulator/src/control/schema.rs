//! What JSON of the control API looks like, for its documentation: JSON Schema, as `OpenAPI` 3.1 has it.

use serde_json::{Map, Value, json};

/// What a value is.
pub(crate) enum Schema {
    /// Anything.
    Any,
    Boolean,
    Integer,
    Text,
    /// A time in UTC.
    Time,
    /// A length of time, such as `250ms` or `5s`.
    Duration,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// An object with any fields.
    Map,
    List(&'static Schema),
    Nullable(&'static Schema),
    /// One of these.
    Either(&'static [Schema]),
    Object(&'static [Field]),
    /// An object, which may be a [`Named`](Self::Named) one, with more fields.
    With(&'static Schema, &'static [Field]),
    /// A field that need not be there.
    Maybe(&'static Schema),
    /// One that the documentation gives a name.
    Named(&'static str, &'static Schema),
}

/// A field of an object.
pub(crate) type Field = (&'static str, Schema);

/// Whom something is about, in short.
pub(crate) const BRIEF: Schema = Schema::Nullable(&Schema::Named(
    "PersonBrief",
    &Schema::Object(&[("cio_id", Schema::Text), ("label", Schema::Text)]),
));

/// A text that may be missing.
pub(crate) const TEXT: Schema = Schema::Nullable(&Schema::Text);

/// A whole number that may be missing.
pub(crate) const INTEGER: Schema = Schema::Nullable(&Schema::Integer);

/// A time that may be missing.
pub(crate) const TIME: Schema = Schema::Nullable(&Schema::Time);

impl Schema {
    /// As JSON Schema. What has a name is put among `named`, and referred to.
    pub(crate) fn written(&self, named: &mut Map<String, Value>) -> Value {
        match self {
            Self::Any => json!({}),
            Self::Boolean => json!({"type": "boolean"}),
            Self::Integer => json!({"type": "integer"}),
            Self::Text => json!({"type": "string"}),
            Self::Time => json!({"type": "string", "format": "date-time"}),
            Self::Duration => json!({"type": "string", "pattern": "^[0-9]+(ms|s|m|h|d)$"}),
            Self::OneOf(texts) => json!({"type": "string", "enum": texts}),
            Self::Map => json!({"type": "object"}),
            Self::List(item) => json!({"type": "array", "items": item.written(named)}),
            Self::Nullable(value) => json!({"anyOf": [value.written(named), {"type": "null"}]}),
            Self::Either(all) => {
                json!({"anyOf": all.iter().map(|one| one.written(named)).collect::<Vec<_>>()})
            }
            Self::Maybe(value) => value.written(named),
            Self::Named(name, schema) => {
                if !named.contains_key(*name) {
                    let written = schema.written(named);
                    named.insert((*name).to_owned(), written);
                }
                json!({"$ref": format!("#/components/schemas/{name}")})
            }
            Self::Object(_) | Self::With(..) => {
                let fields = self.fields();
                let required = fields.iter().filter(|(_, schema)| !matches!(schema, Self::Maybe(_)));
                let required: Vec<_> = required.map(|(name, _)| *name).collect();
                let properties = fields.iter().map(|(name, schema)| ((*name).to_owned(), schema.written(named)));
                json!({"type": "object", "properties": properties.collect::<Map<_, _>>(), "required": required})
            }
        }
    }

    /// The fields of an object.
    fn fields(&self) -> Vec<&'static Field> {
        match self {
            Self::Object(fields) => fields.iter().collect(),
            Self::With(base, fields) => base.fields().into_iter().chain(*fields).collect(),
            Self::Named(_, schema) => schema.fields(),
            _ => Vec::new(),
        }
    }
}
