//! Who gets a broadcast, and the options of each way to choose them.

use serde::{Serialize, Serializer, ser::SerializeMap as _};

use super::Filter;
use crate::{
    BuildError, IdType, Limits, PersonId,
    app::send::write_set,
    json::{Attributes, Writer},
    limits::{BROADCAST_PEOPLE, check_count},
    macros::opaque_debug,
    text::Text,
    unseen::check_visible,
};

/// The recipients of a broadcast.
///
/// The people must exist: a broadcast adds nobody.
///
/// Limits: 10,000 people by ids, e-mail addresses or their own data; a data file of 10 GB, 2 MB for each person.
/// <https://docs.customer.io/integrations/api/app/#operation/triggerBroadcast>
#[derive(Clone)]
#[non_exhaustive]
pub enum Audience {
    /// The recipients that the broadcast itself names.
    Default(DefaultAudience),
    /// The people who meet a condition.
    Filter(FilterAudience),
    /// People by ids.
    Ids(IdsAudience),
    /// People by e-mail addresses.
    Emails(EmailsAudience),
    /// People with data for each.
    PerUserData(PerUserDataAudience),
    /// People in a file, with data for each.
    DataFile(DataFileAudience),
}

/// How to treat people who cannot be resolved. An option that is not set is not sent; one that is set to `false` is.
#[derive(Clone, Copy, Default)]
struct Options {
    id_ignore_missing: Option<bool>,
    email_ignore_missing: Option<bool>,
    email_add_duplicates: Option<bool>,
}

macro_rules! options {
    (@id_ignore_missing) => { crate::macros::setters! {
        /// Whether ids that match nobody are left out, instead of the whole broadcast failing. Default: false.
        with_id_ignore_missing, options.id_ignore_missing: bool;
    }};
    (@email_ignore_missing) => { crate::macros::setters! {
        /// Whether e-mail addresses that match nobody are left out, instead of the whole broadcast failing. Default:
        /// false.
        with_email_ignore_missing, options.email_ignore_missing: bool;
    }};
    (@email_add_duplicates) => { crate::macros::setters! {
        /// Whether all people who share an e-mail address get it, instead of the whole broadcast failing. Default:
        /// false.
        with_email_add_duplicates, options.email_add_duplicates: bool;
    }};
    ($($option:ident)*) => { $(options!(@$option);)* };
}

/// The recipients that the broadcast itself names, in its settings.
#[derive(Clone, Default)]
pub struct DefaultAudience {
    options: Options,
}

impl DefaultAudience {
    /// Creates the audience.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    options! { id_ignore_missing email_ignore_missing email_add_duplicates }
}

/// The people who meet a condition, instead of those that the broadcast itself names.
#[derive(Clone)]
pub struct FilterAudience {
    recipients: Filter,
    options: Options,
}

impl FilterAudience {
    /// Selects the people who match `filter`.
    #[must_use]
    pub fn new(filter: Filter) -> Self {
        Self { recipients: filter, options: Options::default() }
    }

    options! { id_ignore_missing email_ignore_missing email_add_duplicates }
}

/// People by your own ids.
///
/// Not for workspaces that identify people by e-mail addresses.
#[derive(Clone)]
pub struct IdsAudience {
    ids: Texts,
    options: Options,
}

impl IdsAudience {
    /// Selects the people with these ids: 1 to 10,000.
    #[must_use]
    pub fn new(ids: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        Self { ids: Texts::new(ids), options: Options::default() }
    }

    options! { id_ignore_missing }
}

/// People by e-mail addresses.
#[derive(Clone)]
pub struct EmailsAudience {
    emails: Texts,
    options: Options,
}

impl EmailsAudience {
    /// Selects the people with these e-mail addresses: 1 to 10,000.
    #[must_use]
    pub fn new(emails: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        Self { emails: Texts::new(emails), options: Options::default() }
    }

    options! { email_ignore_missing email_add_duplicates }
}

/// People with data for each.
#[derive(Clone)]
pub struct PerUserDataAudience {
    per_user_data: Vec<UserData>,
    options: Options,
}

impl PerUserDataAudience {
    /// Selects the people of these items: 1 to 10,000.
    #[must_use]
    pub fn new(people: impl IntoIterator<Item = UserData>) -> Self {
        Self { per_user_data: people.into_iter().collect(), options: Options::default() }
    }

    options! { id_ignore_missing email_ignore_missing email_add_duplicates }
}

/// A person and data for their message.
#[derive(Clone)]
pub struct UserData {
    person: PersonId,
    data: Attributes,
}

impl UserData {
    /// Creates data for the person with this id: anything that serialises as an object. It is encoded here; what cannot
    /// be encoded is an error when the request is built.
    #[must_use]
    pub fn for_id(id: impl AsRef<str>, data: impl Serialize) -> Self {
        Self::new(PersonId::id(id), &data)
    }

    /// Creates data for the person with this e-mail address, which only one person may have: as in
    /// [`for_id`](Self::for_id).
    #[must_use]
    pub fn for_email(email: impl AsRef<str>, data: impl Serialize) -> Self {
        Self::new(PersonId::email(email), &data)
    }

    fn new(person: PersonId, data: &impl Serialize) -> Self {
        // There can be 10,000 of them: each keeps as many bytes as it has.
        let json = Attributes::new("the data", data).into_json().map(|mut json| {
            json.shrink_to_fit();
            json
        });
        Self { person, data: Attributes::encoded(json) }
    }
}

impl Serialize for UserData {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry(self.person.id_type().as_str(), self.person.value())?;
        map.serialize_entry("data", &self.data)?;
        map.end()
    }
}

/// People in a file, with data for each.
#[derive(Clone)]
pub struct DataFileAudience {
    data_file_url: Text,
    options: Options,
}

impl DataFileAudience {
    /// Selects the people in the file at `url`. A line of it is a JSON object for one person: `id` or `email`, and
    /// `data`.
    ///
    /// Customer.io fetches the file. It may be compressed with gzip, if the response says so in `Content-Encoding`.
    #[must_use]
    pub fn new(url: impl AsRef<str>) -> Self {
        Self { data_file_url: Text::new(url), options: Options::default() }
    }

    options! { id_ignore_missing email_ignore_missing email_add_duplicates }
}

/// Texts, of which there can be 10,000: they are stored in one, one after the other.
#[derive(Clone, Default)]
struct Texts {
    joined: String,
    /// Where each ends.
    ends: Vec<usize>,
}

impl Texts {
    fn new(texts: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let texts = texts.into_iter();
        // Room for UUIDs: what is not used of it costs next to nothing.
        let mut joined = String::with_capacity(40 * texts.size_hint().0.min(BROADCAST_PEOPLE));
        let ends = texts.map(|text| {
            joined.push_str(text.as_ref());
            joined.len()
        });
        Self { ends: ends.collect(), joined }
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().map(move |end| &self.joined[std::mem::replace(&mut start, *end)..*end])
    }
}

impl Serialize for Texts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl Audience {
    pub(super) fn check(&self, limits: &Limits) -> Result<(), BuildError> {
        let check_count = |count| check_count("the list of people", count, 1, limits.broadcast_people);
        let check_texts = |texts: &Texts, kind: IdType| {
            check_count(texts.ends.len())?;
            texts.iter().try_for_each(|text| kind.check(text, limits))
        };
        match self {
            Self::Default(_) => Ok(()),
            Self::Filter(audience) => audience.recipients.check(),
            Self::Ids(audience) => check_texts(&audience.ids, IdType::Id),
            Self::Emails(audience) => check_texts(&audience.emails, IdType::Email),
            Self::PerUserData(audience) => {
                check_count(audience.per_user_data.len())?;
                // An error in their data is found when it is written, and then says whose it is.
                audience.per_user_data.iter().try_for_each(|user| user.person.check(limits))
            }
            Self::DataFile(audience) => check_visible("the URL of the data file", &audience.data_file_url),
        }
    }

    pub(super) fn write(&self, body: &mut Writer) -> Result<(), BuildError> {
        let options = match self {
            Self::Default(audience) => audience.options,
            Self::Filter(audience) => {
                body.field("recipients", &audience.recipients)?;
                audience.options
            }
            Self::Ids(audience) => {
                body.field("ids", &audience.ids)?;
                audience.options
            }
            Self::Emails(audience) => {
                body.field("emails", &audience.emails)?;
                audience.options
            }
            Self::PerUserData(audience) => {
                body.field("per_user_data", &audience.per_user_data)?;
                audience.options
            }
            Self::DataFile(audience) => {
                body.field("data_file_url", &audience.data_file_url)?;
                audience.options
            }
        };
        write_set!(body, options: id_ignore_missing email_ignore_missing email_add_duplicates);
        Ok(())
    }
}

macro_rules! into_audience {
    ($($kind:ident($audience:ty))*) => {$(
        impl From<$audience> for Audience {
            fn from(audience: $audience) -> Self {
                Self::$kind(audience)
            }
        }
    )*};
}

into_audience! {
    Default(DefaultAudience)
    Filter(FilterAudience)
    Ids(IdsAudience)
    Emails(EmailsAudience)
    PerUserData(PerUserDataAudience)
    DataFile(DataFileAudience)
}

impl From<Filter> for Audience {
    fn from(filter: Filter) -> Self {
        FilterAudience::new(filter).into()
    }
}

opaque_debug!(Audience);
opaque_debug!(DefaultAudience);
opaque_debug!(FilterAudience);
opaque_debug!(IdsAudience);
opaque_debug!(EmailsAudience);
opaque_debug!(PerUserDataAudience);
opaque_debug!(UserData);
opaque_debug!(DataFileAudience);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(audience: impl Into<Audience>) -> String {
        let mut body = Writer::new();
        audience.into().write(&mut body).unwrap();
        String::from_utf8(body.merge()).unwrap()
    }

    #[test]
    fn each_kind_has_its_own_field_and_options() {
        let people = [UserData::for_id("42", json!({"a": 1})), UserData::for_email("a@x.org", json!({}))];
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
                text(IdsAudience::new(["1", "2"]).with_id_ignore_missing(true)),
                r#"{"ids":["1","2"],"id_ignore_missing":true}"#.to_owned(),
            ),
            (
                text(EmailsAudience::new(["a@x.org"]).with_email_ignore_missing(true).with_email_add_duplicates(false)),
                r#"{"emails":["a@x.org"],"email_ignore_missing":true,"email_add_duplicates":false}"#.to_owned(),
            ),
            (
                text(
                    PerUserDataAudience::new(people)
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
        assert_eq!(text(EmailsAudience::new(["a@x.org"])), r#"{"emails":["a@x.org"]}"#);
    }

    #[test]
    fn what_reaches_nobody_is_refused() {
        let many = vec!["1"; 10_001];
        let long = "x".repeat(151);
        let check = |audience: Audience| audience.check(&Limits::default()).unwrap_err().to_string();
        for (error, expected) in [
            (check(IdsAudience::new([""; 0]).into()), "the list of people has 0 entries, expected 1 to 10000"),
            (check(IdsAudience::new(&many).into()), "the list of people has 10001 entries, expected 1 to 10000"),
            (check(EmailsAudience::new(&many).into()), "the list of people has 10001 entries, expected 1 to 10000"),
            (check(PerUserDataAudience::new([]).into()), "the list of people has 0 entries, expected 1 to 10000"),
            (check(IdsAudience::new(["1", ""]).into()), "the person's id is empty"),
            (check(IdsAudience::new([&long]).into()), "the person's id has 151 bytes, and the limit is 150"),
            (
                check(EmailsAudience::new([" "]).into()),
                "the person's e-mail address has only whitespace or invisible characters",
            ),
            (check(Filter::all([]).into()), "a list of conditions in the filter is empty"),
            (check(DataFileAudience::new("").into()), "the URL of the data file is empty"),
            (check(PerUserDataAudience::new([UserData::for_id("", json!({}))]).into()), "the person's id is empty"),
            (
                check(PerUserDataAudience::new([UserData::for_email("", json!({}))]).into()),
                "the person's e-mail address is empty",
            ),
        ] {
            assert_eq!(error, expected);
        }
        assert_eq!(Audience::from(IdsAudience::new(&many[1..])).check(&Limits::default()), Ok(()));
    }

    #[test]
    fn data_that_cannot_be_sent_says_whose_it_is() {
        let nan = std::collections::BTreeMap::from([("n", f64::NAN)]);
        let fine = UserData::for_id("1", ());
        for (user, expected) in [
            (
                UserData::for_id("2", [1]),
                "`per_user_data[1].data` cannot be encoded: the data must be an object, not a list",
            ),
            (
                UserData::for_email("a@x.org", &nan),
                "`per_user_data[1].data` cannot be encoded: `n` is NaN: as JSON it would be null, which erases an attribute",
            ),
        ] {
            let audience = Audience::from(PerUserDataAudience::new([fine.clone(), user]));
            assert_eq!(audience.check(&Limits::default()), Ok(()));
            assert_eq!(audience.write(&mut Writer::new()).unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn texts_come_out_as_they_went_in() {
        for texts in [vec![], vec!["", "é", "", "a@x.org"], vec!["1"; 10_000]] {
            assert_eq!(Texts::new(&texts).iter().collect::<Vec<_>>(), texts);
        }
    }
}
