//! Who gets a broadcast, and the options that each way of saying so has.
//!
//! Limits: 10,000 people by ids, e-mail addresses or data of their own; a data file of 10 GB, 2 MB for each person.
//! <https://docs.customer.io/integrations/api/app/#operation/triggerBroadcast>

use serde::Serialize;
use serde_json::value::RawValue;

use super::{Filter, message::check_text};
use crate::{
    BuildError, IdType, Limits, PersonId,
    json::{self, Object},
    limits::check_count,
    macros::opaque_debug,
};

/// Who gets a broadcast. People must exist: a broadcast adds nobody.
#[derive(Clone, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Audience<'a> {
    /// The recipients that the broadcast itself names.
    Default(DefaultAudience),
    /// The people who meet a condition.
    Filter(FilterAudience<'a>),
    /// People by ids.
    Ids(IdsAudience<'a>),
    /// People by e-mail addresses.
    Emails(EmailsAudience<'a>),
    /// People with data for each.
    PerUserData(PerUserDataAudience<'a>),
    /// People in a file, with data for each.
    DataFile(DataFileAudience<'a>),
}

/// What happens to people who are not what they should be. An option that is not set is not sent, and one that is set
/// to `false` is.
#[derive(Clone, Copy, Default, Serialize)]
struct Options {
    #[serde(skip_serializing_if = "Option::is_none")]
    id_ignore_missing: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_ignore_missing: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_add_duplicates: Option<bool>,
}

macro_rules! options {
    (@id_ignore_missing) => { crate::macros::setters! {
        /// Whether people whom no `id` finds are left out, instead of the whole broadcast failing. Default: false.
        with_id_ignore_missing, options.id_ignore_missing: bool;
    }};
    (@email_ignore_missing) => { crate::macros::setters! {
        /// Whether people whom no e-mail address finds are left out, instead of the whole broadcast failing.
        /// Default: false.
        with_email_ignore_missing, options.email_ignore_missing: bool;
    }};
    (@email_add_duplicates) => { crate::macros::setters! {
        /// Whether all people get it who share an e-mail address, instead of the whole broadcast failing.
        /// Default: false.
        with_email_add_duplicates, options.email_add_duplicates: bool;
    }};
    ($($option:ident)*) => { $(options!(@$option);)* };
}

/// The recipients that the broadcast itself names, in its settings.
#[derive(Clone, Copy, Default, Serialize)]
pub struct DefaultAudience {
    #[serde(flatten)]
    options: Options,
}

impl DefaultAudience {
    /// The audience.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    options! { id_ignore_missing email_ignore_missing email_add_duplicates }
}

/// The people who meet a condition, instead of those that the broadcast itself names.
#[derive(Clone, Serialize)]
pub struct FilterAudience<'a> {
    recipients: Filter<'a>,
    #[serde(flatten)]
    options: Options,
}

impl<'a> FilterAudience<'a> {
    /// The people who meet `filter`.
    #[must_use]
    pub fn new(filter: Filter<'a>) -> Self {
        Self { recipients: filter, options: Options::default() }
    }

    options! { id_ignore_missing email_ignore_missing email_add_duplicates }
}

/// People by the ids that you gave them. Not for workspaces that identify people by e-mail addresses.
#[derive(Clone, Copy, Serialize)]
pub struct IdsAudience<'a> {
    ids: &'a [&'a str],
    #[serde(flatten)]
    options: Options,
}

impl<'a> IdsAudience<'a> {
    /// The people with these ids: 1 to 10,000.
    #[must_use]
    pub fn new(ids: &'a [&'a str]) -> Self {
        Self { ids, options: Options::default() }
    }

    options! { id_ignore_missing }
}

/// People by e-mail addresses.
#[derive(Clone, Copy, Serialize)]
pub struct EmailsAudience<'a> {
    emails: &'a [&'a str],
    #[serde(flatten)]
    options: Options,
}

impl<'a> EmailsAudience<'a> {
    /// The people with these e-mail addresses: 1 to 10,000.
    #[must_use]
    pub fn new(emails: &'a [&'a str]) -> Self {
        Self { emails, options: Options::default() }
    }

    options! { email_ignore_missing email_add_duplicates }
}

/// People with data for each.
#[derive(Clone, Copy, Serialize)]
pub struct PerUserDataAudience<'a> {
    per_user_data: &'a [UserData<'a>],
    #[serde(flatten)]
    options: Options,
}

impl<'a> PerUserDataAudience<'a> {
    /// The people of these items: 1 to 10,000.
    #[must_use]
    pub fn new(per_user_data: &'a [UserData<'a>]) -> Self {
        Self { per_user_data, options: Options::default() }
    }

    options! { id_ignore_missing email_ignore_missing email_add_duplicates }
}

/// A person and data for their message, encoded once.
#[derive(Clone, Serialize)]
pub struct UserData<'a> {
    #[serde(flatten)]
    person: PersonId<'a>,
    data: Box<RawValue>,
}

impl<'a> UserData<'a> {
    /// Data for the person with this id: anything that serialises as an object.
    ///
    /// # Errors
    ///
    /// Where the id is empty or the data cannot be encoded.
    pub fn for_id(id: &'a str, data: &(impl Serialize + ?Sized)) -> Result<Self, BuildError> {
        Self::new(PersonId::Id(id), data)
    }

    /// Data for the person with this e-mail address, which only one person may have: anything that serialises as an
    /// object.
    ///
    /// # Errors
    ///
    /// Where the address is empty or the data cannot be encoded.
    pub fn for_email(email: &'a str, data: &(impl Serialize + ?Sized)) -> Result<Self, BuildError> {
        Self::new(PersonId::Email(email), data)
    }

    fn new(person: PersonId<'a>, data: &(impl Serialize + ?Sized)) -> Result<Self, BuildError> {
        // Its length is checked when the call is built, by the limits of that.
        person.check(&Limits::none())?;
        Ok(Self { person, data: json::raw(&Object(data))? })
    }
}

/// People in a file, with data for each.
#[derive(Clone, Copy, Serialize)]
pub struct DataFileAudience<'a> {
    data_file_url: &'a str,
    #[serde(flatten)]
    options: Options,
}

impl<'a> DataFileAudience<'a> {
    /// The people in the file at `url`. A line of it is a JSON object for one person: `id` or `email`, and `data`.
    ///
    /// Customer.io fetches the file. It may be compressed with gzip, if its answer says so in `Content-Encoding`.
    #[must_use]
    pub fn new(url: &'a str) -> Self {
        Self { data_file_url: url, options: Options::default() }
    }

    options! { id_ignore_missing email_ignore_missing email_add_duplicates }
}

impl Audience<'_> {
    pub(super) fn check(&self, limits: &Limits) -> Result<(), BuildError> {
        match self {
            Self::Default(_) => Ok(()),
            Self::Filter(audience) => audience.recipients.check(),
            Self::Ids(audience) => check_people(limits, audience.ids, |id| IdType::Id.check(id, limits)),
            Self::Emails(audience) => check_people(limits, audience.emails, |email| IdType::Email.check(email, limits)),
            Self::PerUserData(audience) => {
                check_people(limits, audience.per_user_data, |user| user.person.check(limits))
            }
            Self::DataFile(audience) => check_text("the URL of the data file", audience.data_file_url),
        }
    }
}

fn check_people<T>(
    limits: &Limits,
    people: &[T],
    check: impl FnMut(&T) -> Result<(), BuildError>,
) -> Result<(), BuildError> {
    check_count("the list of people", people.len(), 1, limits.broadcast_people)?;
    people.iter().try_for_each(check)
}

macro_rules! into_audience {
    ($($kind:ident($audience:ty))*) => {$(
        impl<'a> From<$audience> for Audience<'a> {
            fn from(audience: $audience) -> Self {
                Self::$kind(audience)
            }
        }
    )*};
}

into_audience! {
    Default(DefaultAudience)
    Filter(FilterAudience<'a>)
    Ids(IdsAudience<'a>)
    Emails(EmailsAudience<'a>)
    PerUserData(PerUserDataAudience<'a>)
    DataFile(DataFileAudience<'a>)
}

impl<'a> From<Filter<'a>> for Audience<'a> {
    fn from(filter: Filter<'a>) -> Self {
        FilterAudience::new(filter).into()
    }
}

opaque_debug!(Audience<'_>);
opaque_debug!(DefaultAudience);
opaque_debug!(FilterAudience<'_>);
opaque_debug!(IdsAudience<'_>);
opaque_debug!(EmailsAudience<'_>);
opaque_debug!(PerUserDataAudience<'_>);
opaque_debug!(UserData<'_>);
opaque_debug!(DataFileAudience<'_>);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text<'a>(audience: impl Into<Audience<'a>>) -> String {
        serde_json::to_string(&audience.into()).unwrap()
    }

    #[test]
    fn each_kind_has_its_own_field_and_options() {
        let people =
            [UserData::for_id("42", &json!({"a": 1})).unwrap(), UserData::for_email("a@x.org", &json!({})).unwrap()];
        let all = r#""id_ignore_missing":false,"email_ignore_missing":true,"email_add_duplicates":false}"#;
        for (audience, expected) in [
            (
                text(
                    DefaultAudience::new()
                        .with_id_ignore_missing(false)
                        .with_email_ignore_missing(true)
                        .with_email_add_duplicates(false),
                ),
                format!("{{{all}"),
            ),
            (
                text(
                    FilterAudience::new(Filter::segment(4))
                        .with_id_ignore_missing(false)
                        .with_email_ignore_missing(true)
                        .with_email_add_duplicates(false),
                ),
                format!(r#"{{"recipients":{{"segment":{{"id":4}}}},{all}"#),
            ),
            (
                text(IdsAudience::new(&["1", "2"]).with_id_ignore_missing(true)),
                r#"{"ids":["1","2"],"id_ignore_missing":true}"#.to_owned(),
            ),
            (
                text(
                    EmailsAudience::new(&["a@x.org"]).with_email_ignore_missing(true).with_email_add_duplicates(false),
                ),
                r#"{"emails":["a@x.org"],"email_ignore_missing":true,"email_add_duplicates":false}"#.to_owned(),
            ),
            (
                text(
                    PerUserDataAudience::new(&people)
                        .with_id_ignore_missing(false)
                        .with_email_ignore_missing(true)
                        .with_email_add_duplicates(false),
                ),
                format!(
                    r#"{{"per_user_data":[{{"id":"42","data":{{"a":1}}}},{{"email":"a@x.org","data":{{}}}}],{all}"#
                ),
            ),
            (
                text(
                    DataFileAudience::new("https://x.org/f")
                        .with_id_ignore_missing(false)
                        .with_email_ignore_missing(true)
                        .with_email_add_duplicates(false),
                ),
                format!(r#"{{"data_file_url":"https://x.org/f",{all}"#),
            ),
        ] {
            assert_eq!(audience, expected);
        }
    }

    #[test]
    fn an_option_that_is_not_set_is_not_sent() {
        assert_eq!(text(DefaultAudience::new()), "{}");
        assert_eq!(text(Filter::segment(4)), r#"{"recipients":{"segment":{"id":4}}}"#);
        assert_eq!(text(EmailsAudience::new(&["a@x.org"])), r#"{"emails":["a@x.org"]}"#);
    }

    #[test]
    fn what_reaches_nobody_is_refused() {
        let many = vec!["1"; 10_001];
        let long = "x".repeat(151);
        let check = |audience: Audience<'_>| audience.check(&Limits::default()).unwrap_err().to_string();
        for (error, expected) in [
            (check(IdsAudience::new(&[]).into()), "the list of people has 0 entries, and must have from 1 to 10000"),
            (
                check(IdsAudience::new(&many).into()),
                "the list of people has 10001 entries, and must have from 1 to 10000",
            ),
            (
                check(EmailsAudience::new(&many).into()),
                "the list of people has 10001 entries, and must have from 1 to 10000",
            ),
            (
                check(PerUserDataAudience::new(&[]).into()),
                "the list of people has 0 entries, and must have from 1 to 10000",
            ),
            (check(IdsAudience::new(&["1", ""]).into()), "the person's id is empty"),
            (check(IdsAudience::new(&[&long]).into()), "the person's id has 151 bytes, and the limit is 150"),
            (check(EmailsAudience::new(&[" "]).into()), "the person's e-mail address is empty"),
            (check(Filter::all([]).into()), "a list of conditions in the filter is empty"),
            (check(DataFileAudience::new("").into()), "the URL of the data file is empty"),
            (UserData::for_id("", &json!({})).unwrap_err().to_string(), "the person's id is empty"),
            (UserData::for_email("", &json!({})).unwrap_err().to_string(), "the person's e-mail address is empty"),
            (
                UserData::for_id("1", &[1]).unwrap_err().to_string(),
                "the body cannot be sent: attributes and data must be an object, not a list",
            ),
        ] {
            assert_eq!(error, expected);
        }
        assert_eq!(Audience::from(IdsAudience::new(&many[1..])).check(&Limits::default()), Ok(()));
    }
}
