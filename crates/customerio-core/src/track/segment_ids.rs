//! The people that a call adds to, or removes from, a manual segment.

use serde::{Serialize, Serializer, ser::SerializeSeq as _};

use crate::{Body, BuildError, BuildErrorKind, IdType, Limits, Path, PersonId, Query, SegmentId, limits::check_count};

#[derive(Clone)]
pub(super) struct SegmentIds {
    pub(super) segment: SegmentId,
    pub(super) id_type: Option<IdType>,
    people: Vec<PersonId>,
}

impl SegmentIds {
    pub(super) fn new(segment: impl Into<SegmentId>, people: impl IntoIterator<Item = impl Into<PersonId>>) -> Self {
        Self { segment: segment.into(), people: people.into_iter().map(Into::into).collect(), id_type: None }
    }

    /// The kind that is sent: that of the setter, or that of the first person that was given with a kind.
    fn kind(&self) -> Option<IdType> {
        self.id_type.or_else(|| self.people.iter().find(|person| !person.is_bare()).map(PersonId::id_type))
    }

    pub(super) fn path(&self, path: &mut Path) {
        path.expect_query(self.kind().map_or(0, |kind| "?id_type=".len() + kind.as_str().len()));
        path.number(self.segment.get());
    }

    pub(super) fn query(&self, query: &mut Query<'_>) {
        if let Some(kind) = self.kind() {
            query.plain_pair("id_type", kind.as_str());
        }
    }

    pub(super) fn encode(mut self, limits: &Limits) -> Result<Body, BuildError> {
        self.segment.check()?;
        check_count("the list of people", self.people.len(), 1, limits.segment_ids)?;
        let kind = self.kind().unwrap_or(IdType::Id);
        for person in &mut self.people {
            if person.is_bare() && kind == IdType::Id {
                // It is one as it is.
            } else if person.is_bare() {
                *person = PersonId::of(kind, person.value());
            } else if person.id_type() != kind {
                let reason =
                    "all must be identifiers of one kind: Customer.io ignores those of another without an error";
                return Err(BuildError::new("the list of people", BuildErrorKind::Invalid(reason.into())));
            }
            person.check(limits)?;
        }
        // The values: in a body a `cio_id` has no prefix, and one that has is silently ignored.
        Body::json(&Ids { ids: &self })
    }
}

#[derive(Serialize)]
struct Ids<'a> {
    ids: &'a SegmentIds,
}

impl Serialize for SegmentIds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.people.len()))?;
        self.people.iter().try_for_each(|person| list.serialize_element(person.value()))?;
        list.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(id_type: Option<IdType>, ids: &[&str]) -> Result<String, String> {
        let people = SegmentIds { id_type, ..SegmentIds::new(7, ids) };
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
            (Some(IdType::Email), " ", "the person's e-mail address has only whitespace or invisible characters"),
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
        assert_eq!(encode(None, &ids).unwrap_err(), "the list of people has 1001 entries, expected 1 to 1000");
    }

    #[test]
    fn the_segment_must_be_one() {
        for segment in [0, -7] {
            assert_eq!(
                SegmentIds::new(segment, ["1"]).encode(&Limits::default()).unwrap_err().to_string(),
                "the segment's id is not valid: it must be a positive number"
            );
        }
    }

    #[test]
    fn the_kind_comes_from_the_people_and_is_one() {
        let ids = |people: Vec<PersonId>| SegmentIds::new(7, people);
        let emails = ids(vec![PersonId::email("a@x.org"), PersonId::email("b@x.org")]);
        assert_eq!(emails.kind(), Some(IdType::Email));
        assert_eq!(SegmentIds::new(7, [42_u64, 43]).kind(), None);
        let mixed = ids(vec![PersonId::email("a@x.org"), PersonId::cio_id("0300")]);
        assert!(mixed.encode(&Limits::default()).unwrap_err().to_string().contains("of one kind"));
        let body = ids(vec![PersonId::cio_id("cio_1"), "cio_2".into()]).encode(&Limits::default()).unwrap();
        assert_eq!(body.bytes(), r#"{"ids":["1","2"]}"#);
    }
}
