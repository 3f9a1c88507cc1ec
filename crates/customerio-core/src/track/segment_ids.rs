//! The people that a call adds to, or removes from, a manual segment.

use serde::{Serialize, Serializer};

use crate::{Body, BuildError, IdType, Limits, PersonId, Query, limits::check_count};

pub(super) struct SegmentIds<'a> {
    pub(super) segment: u32,
    pub(super) id_type: Option<IdType>,
    ids: &'a [&'a str],
}

impl<'a> SegmentIds<'a> {
    pub(super) fn new(segment: u32, ids: &'a [&'a str]) -> Self {
        Self { segment, ids, id_type: None }
    }

    fn people(&self) -> impl Iterator<Item = PersonId<'a>> {
        let person = match self.id_type {
            None | Some(IdType::Id) => PersonId::Id,
            Some(IdType::Email) => PersonId::Email,
            Some(IdType::CioId) => PersonId::CioId,
            // The call refuses it: `check` does.
            Some(IdType::Phone) => PersonId::Phone,
        };
        self.ids.iter().map(move |id| person(id))
    }

    pub(super) fn query(&self, query: &mut Query<'_>) {
        if let Some(id_type) = self.id_type {
            query.pair("id_type", id_type.as_str());
        }
    }

    pub(super) fn encode(&self, limits: &Limits) -> Result<Body, BuildError> {
        check_count("the list of people", self.ids.len(), 1, limits.segment_ids)?;
        self.people().try_for_each(|person| person.check(limits))?;
        // The values and not `ids` themselves: in a body a `cio_id` has no prefix, and one that has is silently ignored.
        Body::json(&Ids { ids: self })
    }
}

#[derive(Serialize)]
struct Ids<'a> {
    ids: &'a SegmentIds<'a>,
}

impl Serialize for SegmentIds<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.people().map(PersonId::value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(id_type: Option<IdType>, ids: &[&str]) -> Result<String, String> {
        let people = SegmentIds { segment: 7, id_type, ids };
        let body = people.encode(&Limits::default()).map_err(|error| error.to_string())?;
        Ok(String::from_utf8(body.bytes().to_vec()).unwrap())
    }

    #[test]
    fn ids_are_written_as_their_kind_is_in_bodies() {
        for (id_type, ids, expected) in [
            (None, ["cio_1", "a b"], r#"{"ids":["cio_1","a b"]}"#),
            (Some(IdType::Id), ["1", "2"], r#"{"ids":["1","2"]}"#),
            (Some(IdType::CioId), ["cio_0300", "0301"], r#"{"ids":["0300","0301"]}"#),
        ] {
            assert_eq!(encode(id_type, &ids).unwrap(), expected);
        }
    }

    #[test]
    fn each_id_is_checked_by_its_kind() {
        let long = "x".repeat(151);
        for (id_type, id, expected) in [
            (None, "", "the person's id is empty"),
            (None, long.as_str(), "the person's id has 151 bytes, and the limit is 150"),
            (Some(IdType::Email), " ", "the person's e-mail address is empty"),
            (Some(IdType::CioId), "cio_", "the person's cio_id is empty"),
        ] {
            assert_eq!(encode(id_type, &["1", id]).unwrap_err(), expected);
        }
        assert!(encode(Some(IdType::Email), &[&long]).is_ok());
    }

    #[test]
    fn there_are_1_to_1000() {
        let ids = ["1"; 1001];
        assert!(encode(None, &ids[..1000]).is_ok());
        assert_eq!(
            encode(None, &ids).unwrap_err(),
            "the list of people has 1001 entries, and must have from 1 to 1000"
        );
    }
}
