//! What needs something.

use bytes::Bytes;
use http::Response;

use crate::{
    CampaignId, DecodeFailure, FromResponse, NewsletterId,
    entity::{Entity as _, entity, fields, missing},
    fields::Fields,
};

entity! {
    /// The uses of a segment or a sender, which prevent its deletion.
    pub struct Dependents: Debug {
        /// Campaigns.
        pub campaigns: Vec<CampaignId>,
        /// Newsletters that were sent.
        pub sent_newsletters: Vec<NewsletterId>,
        /// Newsletters that were not sent yet.
        pub draft_newsletters: Vec<NewsletterId>,
    }
}

/// For a segment it is in a field, and for a sender it is the response.
impl FromResponse for Dependents {
    const EXAMPLE: &'static str = r#"{"campaigns":[5],"sent_newsletters":[],"draft_newsletters":[]}"#;
    #[cfg(feature = "samples")]
    const SHAPE: crate::Shape = <Self as crate::fields::Read>::SHAPE;

    fn from_response(response: &Response<Bytes>) -> Result<Self, DecodeFailure> {
        let mut fields = fields(response)?;
        if let Some(wrapped) = fields.get("used_by") {
            fields = Fields::new(wrapped).ok_or_else(|| missing("used_by"))?;
        } else if fields.get("campaigns").is_none() {
            return Err(missing("campaigns"));
        }
        Self::from_fields(&mut fields).map_err(missing)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::survives_changes;

    #[test]
    fn it_is_read_with_and_without_an_envelope() {
        let read = |json: &str| Dependents::from_response(&Response::new(json.to_owned().into()));
        for json in [
            r#"{"segment_id":7,"used_by":{"campaigns":["5", {}, 6],"sent_newsletters":[1]}}"#,
            r#"{"campaigns":["5", {}, 6],"sent_newsletters":[1]}"#,
        ] {
            let read = read(json).unwrap();
            assert_eq!((read.campaigns, read.sent_newsletters), (vec![5.into(), 6.into()], vec![1.into()]));
            assert_eq!(read.extra["campaigns"], json!([{}]));
        }
        for json in ["{}", r#"{"segment_id":7}"#, r#"{"used_by":null}"#, "[]"] {
            assert!(read(json).is_err(), "{json}");
        }
        let example = json!({"campaigns": [5], "sent_newsletters": [1, 2], "draft_newsletters": []});
        survives_changes::<Dependents>(&example, &[]);
    }
}
