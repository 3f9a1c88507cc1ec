//! The ids that Customer.io assigns: one type for each thing, the same in every call and every response.

use std::{convert::Infallible, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{
    BuildError, BuildErrorKind, Path, Query,
    fields::{read_text, required},
    path::{Argument, Part, check_identifier},
    text::Text,
    unseen::check_visible,
};

fn not_positive(what: &'static str) -> BuildError {
    BuildError::new(what, BuildErrorKind::Invalid("it must be a positive number".into()))
}

/// Makes a type of a number by which Customer.io knows something. Its name in error messages follows it.
macro_rules! numeric_ids {
    ($($(#[$meta:meta])* $name:ident $what:literal;)*) => {$(
        $(#[$meta])*
        ///
        /// Converts from any integer type; one that is not positive is refused when the request is built. In a response
        /// it can be a number, or text with digits.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u64);

        impl $name {
            /// The number.
            #[must_use]
            pub const fn get(self) -> u64 {
                self.0
            }
        }

        numeric_ids!(@from $name: u8 u16 u32 u64 usize i8 i16 i32 i64 isize);

        impl std::str::FromStr for $name {
            type Err = BuildError;

            fn from_str(text: &str) -> Result<Self, BuildError> {
                let digits = text.trim();
                digits.parse().map(Self).map_err(|_| not_positive($what))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_u64(self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(Number).map(Self)
            }
        }

        impl $name {
            /// Refuses what cannot be one.
            pub(crate) fn check(self) -> Result<(), BuildError> {
                if self.0 == 0 { Err(not_positive($what)) } else { Ok(()) }
            }
        }

        impl Part for $name {
            fn check(&self) -> Result<(), BuildError> {
                $name::check(*self)
            }
            fn write(&self, path: &mut Path) -> Result<(), BuildError> {
                self.check()?;
                path.number(self.0);
                Ok(())
            }
        }

        impl Argument for $name {
            fn write(&self, name: &'static str, query: &mut Query<'_>) -> Result<(), BuildError> {
                query.id(name, Some(*self))
            }
        }

        read_text!($name);
        required!($name);
    )*};
    (@from $name:ident: $($type:ty)*) => {$(
        impl From<$type> for $name {
            fn from(number: $type) -> Self {
                // What is negative is no id; 0 is how `check` knows it.
                Self(u64::try_from(number).unwrap_or(0))
            }
        }
    )*};
}

numeric_ids! {
    /// The number of an action: a message or another step of a campaign, or of a broadcast.
    ActionId "the action's id";
    /// The number of a file among the assets.
    AssetId "the asset's id";
    /// The number of a folder of assets.
    AssetFolderId "the folder's id";
    /// The number of a broadcast, as in its URL.
    #[doc(alias = "campaign")]
    BroadcastId "the broadcast's id";
    /// The number of a campaign.
    CampaignId "the campaign's id";
    /// The number of a collection.
    CollectionId "the collection's id";
    /// The number of a piece of content.
    ContentId "the content's id";
    /// The number of an export.
    ExportId "the export's id";
    /// The number of an import.
    ImportId "the import's id";
    /// The number of a layout around the body of e-mails, as in its URL.
    LayoutId "the layout's id";
    /// The number of a newsletter.
    NewsletterId "the newsletter's id";
    /// The number of a type of objects: 1 is the first type of a workspace.
    ObjectTypeId "the object's type";
    /// The number of a run of inbox previews in Design Studio.
    PreviewRunId "the run's id";
    /// The number of a segment.
    SegmentId "the segment's id";
    /// The number of a template.
    TemplateId "the template's id";
    /// The number of a sender.
    SenderId "the sender's id";
    /// The number of a subscription topic.
    TopicId "the topic's id";
    /// The number of a transactional message: [`TransactionalMessageId`] is that or its trigger name.
    TransactionalId "the transactional message's id";
    /// The number of a trigger of a broadcast.
    TriggerId "the trigger's id";
    /// The number of a reporting webhook.
    WebhookId "the webhook's id";
    /// The number of a workspace.
    #[doc(alias = "environment_id")]
    WorkspaceId "the workspace's id";
}

/// Reads a number, or text with digits.
struct Number;

impl de::Visitor<'_> for Number {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }
    fn visit_u64<E: de::Error>(self, number: u64) -> Result<u64, E> {
        Ok(number)
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<u64, E> {
        text.trim().parse().map_err(|_| E::invalid_value(de::Unexpected::Str("text"), &self))
    }
}

/// The id of a transactional message: its number or its trigger name.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::app::TransactionalMessageId;
///
/// assert_eq!(TransactionalMessageId::from(44).to_string(), "44");
/// assert_eq!(TransactionalMessageId::from("password_reset").to_string(), "password_reset");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[doc(alias = "template")]
pub struct TransactionalMessageId(Named);

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
enum Named {
    Number(u64),
    Trigger(Text),
}

impl TransactionalMessageId {
    pub(crate) fn check(&self) -> Result<(), BuildError> {
        match &self.0 {
            Named::Trigger(name) => check_visible("the trigger name", name),
            Named::Number(0) => {
                let kind = BuildErrorKind::Invalid("it must be a positive number".into());
                Err(BuildError::new("the transactional message's id", kind))
            }
            Named::Number(_) => Ok(()),
        }
    }
}

impl fmt::Display for TransactionalMessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Named::Number(number) => number.fmt(f),
            Named::Trigger(name) => name.fmt(f),
        }
    }
}

impl Serialize for TransactionalMessageId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// Digits are its number, and everything else is its trigger name.
impl std::str::FromStr for TransactionalMessageId {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.parse().map_or_else(|_| Named::Trigger(Text::new(text)), Named::Number)))
    }
}

impl<'de> Deserialize<'de> for TransactionalMessageId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Named::deserialize(deserializer).map(Self)
    }
}

macro_rules! message_id_from {
    ($($number:ty)*; $($text:ty)*) => {
        $(impl From<$number> for TransactionalMessageId {
            fn from(number: $number) -> Self {
                Self(Named::Number(u64::try_from(number).unwrap_or(0)))
            }
        })*
        $(impl From<$text> for TransactionalMessageId {
            fn from(name: $text) -> Self {
                Self(Named::Trigger(Text::new(name)))
            }
        })*
    };
}

impl From<TransactionalId> for TransactionalMessageId {
    fn from(id: TransactionalId) -> Self {
        Self(Named::Number(id.get()))
    }
}

message_id_from!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize; &str &String String);

read_text!(TransactionalMessageId);
required!(TransactionalMessageId);

/// Makes a type of a text by which Customer.io knows something. Its name in error messages follows it, and then a
/// further check, if there is one.
macro_rules! text_ids {
    ($($(#[$meta:meta])* $name:ident $what:literal $(: $check:ident)?;)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Text);

        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = Infallible;

            fn from_str(text: &str) -> Result<Self, Infallible> {
                Ok(text.into())
            }
        }

        impl From<&$name> for $name {
            fn from(id: &$name) -> Self {
                id.clone()
            }
        }

        text_ids!(@from $name: &str &String String);

        impl Part for $name {
            #[cfg(feature = "samples")]
            const IS_TEXT: bool = true;

            fn check(&self) -> Result<(), BuildError> {
                // The vendor documents no limit of its length.
                check_identifier($what, self.as_str(), usize::MAX)?;
                $($check($what, self.as_str())?;)?
                Ok(())
            }
            fn write(&self, path: &mut Path) -> Result<(), BuildError> {
                Part::check(self)?;
                path.checked_segment("", self.as_str());
                Ok(())
            }
        }

        impl Argument for $name {
            #[cfg(feature = "samples")]
            const IS_TEXT: bool = true;

            fn write(&self, name: &'static str, query: &mut Query<'_>) -> Result<(), BuildError> {
                query.id(name, Some(self))
            }
        }

        read_text!($name);
        required!($name);
    )*};
    (@from $name:ident: $($text:ty)*) => {$(
        impl From<$text> for $name {
            fn from(text: $text) -> Self {
                Self(Text::new(text))
            }
        }
    )*};
}

text_ids! {
    /// The id of a component in Design Studio: a UUID.
    ComponentId "the component's id";
    /// The id of a delivery: a message to one person. Responses to sends, reporting webhooks and the header
    /// `CIO-Delivery-ID` of the message have it.
    DeliveryId "the delivery's id";
    /// The id of an e-mail in Design Studio, or of its variant in a language: a UUID.
    EmailId "the e-mail's id";
    /// The id of a folder in Design Studio: a UUID. A folder of assets has an [`AssetFolderId`].
    FolderId "the folder's id";
    /// The id of a journey: one person's way through a campaign or a broadcast.
    JourneyId "the journey's id";
    /// The id of a group in an A/B test of a newsletter: a number, which can be 0, written as text in paths.
    TestGroupId "the test group's id";
    /// The id of a live notification: a ULID.
    #[doc(alias = "instance_id")]
    LiveNotificationId "the live notification's id": check_ulid;
    /// The id of an e-mail client on a device, for which Design Studio can make inbox previews.
    PreviewClientId "the mail program's id";
    /// The id of a publication of an e-mail in Design Studio that is in progress.
    PublishId "the publication's id";
    /// The id of a version of an e-mail in Design Studio: a UUID.
    VersionId "the version's id";
}

/// Refuses what is no ULID, without a check for the letters that ULIDs leave out.
fn check_ulid(what: &'static str, text: &str) -> Result<(), BuildError> {
    if text.len() == 26 && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(());
    }
    let problem = "it must be a ULID, which has 26 letters and digits";
    Err(BuildError::new(what, BuildErrorKind::Invalid(problem.into())))
}

macro_rules! test_group_id_from {
    ($($number:ty)*) => {$(
        impl From<$number> for TestGroupId {
            fn from(number: $number) -> Self {
                Self(Text::new(number.to_string()))
            }
        }
    )*};
}

test_group_id_from!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_positive_number_of_any_type() {
        for id in [SegmentId::from(7_i32), 7_u8.into(), 7_i64.into(), 7_usize.into(), " 7".parse().unwrap()] {
            assert_eq!((id.get(), id.check()), (7, Ok(())));
        }
        for id in [SegmentId::from(-1), 0.into()] {
            assert_eq!(
                id.check().unwrap_err().to_string(),
                "the segment's id is not valid: it must be a positive number"
            );
        }
        assert!("-7".parse::<SegmentId>().is_err());
    }

    #[test]
    fn ids_are_read_from_numbers_and_from_digits() {
        for json in ["7", "\"7\""] {
            assert_eq!(serde_json::from_str::<SegmentId>(json).unwrap(), SegmentId::from(7));
        }
        for json in ["-7", "\"seven\"", "7.5", "null", "[7]"] {
            assert!(serde_json::from_str::<SegmentId>(json).is_err(), "{json}");
        }
        assert_eq!(serde_json::to_string(&SegmentId::from(7)).unwrap(), "7");
    }

    #[test]
    fn a_test_group_is_a_number_that_can_be_0_and_is_text_in_paths() {
        for id in [TestGroupId::from(0), 0_u64.into(), "0".into()] {
            let mut path = Path::new("/{test_group_id}/language");
            Part::write(&id, &mut path).unwrap();
            assert_eq!((id.as_str(), path.finish().as_str()), ("0", "/0/language"));
        }
        assert_eq!(Part::check(&TestGroupId::from("")).unwrap_err().to_string(), "the test group's id is empty");
        for json in ["0", "\"0\""] {
            let json = serde_json::value::RawValue::from_string(json.to_owned()).unwrap();
            assert_eq!(crate::fields::Read::read(&json), Some(TestGroupId::from(0)));
        }
    }

    #[test]
    fn a_transactional_message_has_a_number_or_a_name() {
        for (id, json) in [
            (TransactionalMessageId::from(44), "44"),
            (44_u32.into(), "44"),
            (TransactionalId::from(44).into(), "44"),
            ("reset".into(), "\"reset\""),
            (String::from("reset").into(), "\"reset\""),
        ] {
            assert_eq!((serde_json::to_string(&id).unwrap().as_str(), id.check()), (json, Ok(())));
        }
        assert!(TransactionalMessageId::from(" ").check().is_err());
        assert!(TransactionalMessageId::from(-1).check().is_err());
    }
}
