//! `POST /v1/imports`: start an import of a CSV file.

use http::Method;
use serde::Serialize;

use super::{DataToProcess, Import, ImportKind};
use crate::{
    App, Body, BuildError, IdType, Limits, ObjectTypeId, Operation,
    macros::{opaque_debug, sample, setters},
    text::Text,
    unseen::check_visible,
};

/// Starts an import of a CSV file, which Customer.io fetches from a URL.
///
/// The URL should be valid for about two hours.
///
/// The response is the import as it starts; [`Client::start_import`](crate::Client::start_import) waits until it has
/// ended. It is not retried after a lost response, because that would start a second one.
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/import>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{IdType, Prepared, app::imports::Create, limits::Limits};
///
/// let import = Create::people("May", "https://files.example.com/may.csv", IdType::Email);
/// let request = Prepared::new(import, &Limits::default())?;
/// assert_eq!(
///     request.body(),
///     r#"{"import":{"name":"May","data_file_url":"https://files.example.com/may.csv","type":"people","identifier":"email"}}"#
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Serialize)]
#[doc(alias = "import")]
pub struct Create {
    import: NewImport,
}

#[derive(Clone, Serialize)]
struct NewImport {
    name: Text,
    data_file_url: Text,
    #[serde(rename = "type")]
    kind: ImportKind,
    identifier: Option<&'static str>,
    /// Text here, and a number everywhere else.
    object_type_id: Option<Text>,
    data_to_process: Option<DataToProcess>,
    description: Option<Text>,
}

impl Create {
    fn new(name: impl AsRef<str>, data_file_url: impl AsRef<str>, kind: ImportKind) -> Self {
        let (name, data_file_url) = (Text::new(name), Text::new(data_file_url));
        let import = NewImport {
            name,
            data_file_url,
            kind,
            identifier: None,
            object_type_id: None,
            data_to_process: None,
            description: None,
        };
        Self { import }
    }

    /// Imports people, who are found by a column of this kind: an id, an e-mail address or a `cio_id`.
    #[must_use]
    pub fn people(name: impl AsRef<str>, data_file_url: impl AsRef<str>, identifier: IdType) -> Self {
        Self::new(name, data_file_url, ImportKind::People).found_by(identifier)
    }

    /// Imports events of people, who are found by a column of this kind: an id, an e-mail address or a `cio_id`.
    #[must_use]
    pub fn events(name: impl AsRef<str>, data_file_url: impl AsRef<str>, identifier: IdType) -> Self {
        Self::new(name, data_file_url, ImportKind::Event).found_by(identifier)
    }

    /// Imports objects of this type.
    #[must_use]
    pub fn objects(name: impl AsRef<str>, data_file_url: impl AsRef<str>, of: impl Into<ObjectTypeId>) -> Self {
        Self::new(name, data_file_url, ImportKind::Object).of_type(of.into())
    }

    /// Relationships to objects of this type, of people who are found by a column of this kind: an id, an e-mail address
    /// or a `cio_id`.
    #[must_use]
    pub fn relationships(
        name: impl AsRef<str>,
        data_file_url: impl AsRef<str>,
        identifier: IdType,
        of: impl Into<ObjectTypeId>,
    ) -> Self {
        Self::new(name, data_file_url, ImportKind::Relationship).found_by(identifier).of_type(of.into())
    }

    fn found_by(mut self, identifier: IdType) -> Self {
        self.import.identifier = Some(identifier.as_str());
        self
    }

    fn of_type(mut self, id: ObjectTypeId) -> Self {
        self.import.object_type_id = Some(Text::new(id.to_string()));
        self
    }

    setters! {
        /// Which rows are taken. Default: all. Events can only be of all people, or of those who exist.
        with_data_to_process, import.data_to_process: into DataToProcess;
        /// Sets the description.
        with_description, import.description: text;
    }
}

impl Operation for Create {
    type Api = App;
    type Output = Import;
    const NAME: &'static str = "app.imports.create";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/imports";

    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        check_visible("the import's name", &self.import.name)?;
        check_visible("the URL of the import's file", &self.import.data_file_url)?;
        if let Some(id) = &self.import.object_type_id {
            ObjectTypeId::from(id.parse().unwrap_or(0_u64)).check()?;
        }
        Body::json(&self)
    }
}

opaque_debug!(Create);
sample!(Create: Self::relationships("LEAK-name", "https://LEAK-host/a.csv", IdType::Id, 1)
    .with_data_to_process("all")
    .with_description("LEAK-description"));

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        app::imports::ImportState,
        parse,
        testing::{body, refused_app, survives_changes, wire_app},
    };

    const URL: &str = "https://a.example/b.csv";

    #[test]
    fn the_whole_request() {
        let import = Create::people("May", URL, IdType::CioId)
            .with_data_to_process(DataToProcess::OnlyNew)
            .with_description("new people");
        assert_eq!(
            wire_app(import),
            "POST https://api.customer.io/v1/imports\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 161\n\
             \n\
             {\"import\":{\"name\":\"May\",\"data_file_url\":\"https://a.example/b.csv\",\"type\":\"people\",\
             \"identifier\":\"cio_id\",\"data_to_process\":\"only_new\",\"description\":\"new people\"}}"
        );
        for (import, rest) in [
            (Create::events("a", URL, IdType::Id), r#""type":"event","identifier":"id"}}"#),
            (Create::objects("a", URL, 1), r#""type":"object","object_type_id":"1"}}"#),
            (
                Create::relationships("a", URL, IdType::Email, 1),
                r#""type":"relationship","identifier":"email","object_type_id":"1"}}"#,
            ),
        ] {
            let json = body(import);
            assert!(json.ends_with(rest), "{json}");
        }
        for (import, what) in [
            (Create::objects("", URL, 1), "the import's name"),
            (Create::objects("a", " ", 1), "the URL of the import's file"),
            (Create::objects("a", URL, 0), "the object's type"),
        ] {
            assert!(refused_app(import).to_string().starts_with(what), "{what}");
        }
    }

    #[test]
    fn an_import_is_read_field_by_field() {
        let import = json!({
            "id": 30, "name": "May", "description": "accounts", "created_at": 1_706_081_641, "updated_at": 1_706_081_645,
            "rows_to_import": 3, "rows_imported": 2, "state": "imported", "type": "object", "data_to_process": "all",
            "people_to_process": "all", "object_type_id": 1, "error": "no such type", "error_export_id": 2,
            "error_download_url": "https://api.customer.io/v1/exports/2/download", "warning_export_id": 3,
            "identifier": "id",
        });
        let json = json!({"import": import}).to_string();
        let read = parse::<Create>(Response::new(json.into())).unwrap();
        assert_eq!((read.id, read.is_done(), read.error_export_id), (30.into(), Some(true), Some(2.into())));
        assert_eq!((read.object_type_id, read.rows_imported), (Some(1.into()), Some(2)));
        // An address of the API, in one region: the export by its number is right in both.
        assert!(read.extra.contains_key("error_download_url"));
        survives_changes::<Import>(&import, &["id"]);
    }

    #[test]
    fn an_import_is_done_when_its_state_says_so() {
        for (state, done) in
            [("imported", Some(true)), ("failed", Some(false)), ("canceled", Some(false)), ("new", None)]
        {
            let import: Import = serde_json::from_value(json!({"id": 1, "state": state})).unwrap();
            assert_eq!(import.is_done(), done, "{state}");
        }
        assert_eq!(ImportState::from("new").as_str(), "new");
    }
}
