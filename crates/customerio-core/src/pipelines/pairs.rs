//! A list of names and values, written as an object.

use serde::{
    Serialize, Serializer,
    ser::{Error as _, SerializeMap as _},
};

use crate::json::Reason;

#[derive(Clone)]
pub(super) struct Pairs<K, V>(pub(super) Vec<(K, V)>);

impl<K: AsRef<str>, V: Serialize> Serialize for Pairs<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (index, (name, value)) in self.0.iter().enumerate() {
            let name = name.as_ref();
            // Which of the two counts would be up to the reader.
            if self.0[..index].iter().any(|(before, _)| before.as_ref() == name) {
                return Err(S::Error::custom(Reason(format_args!("`{name}` is given twice"))));
            }
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}
