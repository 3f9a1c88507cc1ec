//! A list of names and values, written as an object.

use serde::{
    Serialize, Serializer,
    ser::{Error as _, SerializeMap as _},
};

pub(super) struct Pairs<'a, K, V>(pub(super) &'a [(K, V)]);

impl<K: Serialize + PartialEq, V: Serialize> Serialize for Pairs<'_, K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (index, (name, value)) in self.0.iter().enumerate() {
            // Which of the two counts would be left to the reader.
            if self.0[..index].iter().any(|(other, _)| other == name) {
                return Err(S::Error::custom("a name is given twice in a list of names and values"));
            }
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}
