//! Whether the transactional messages that a program sends are there.

use customerio_core::app::{TransactionalMessageId, transactional::CheckError};
use customerio_testing::Recorder;
use serde_json::{Value, json};

use super::{client, lines};

fn listed(messages: &Value) -> Recorder {
    Recorder::new().responding(200, json!({"messages": messages}).to_string())
}

#[tokio::test]
async fn those_that_are_there_are_found_by_number_and_by_name_with_one_request() {
    let recorder =
        listed(&json!([{"id": 44, "name": "Password_Reset"}, {"id": 45}, {"id": 46, "name": "2024"}, {"id": "47"}]));
    let client = client(&recorder);
    let check = async move {
        let numbers = [45, 47].map(TransactionalMessageId::from);
        let names = ["password_reset", "44", "2024", "PASSWORD_RESET"].map(TransactionalMessageId::from);
        client.check_transactional(numbers.into_iter().chain(names)).await
    };
    tokio::spawn(check).await.unwrap().unwrap();
    assert_eq!(lines(&recorder), ["GET /v1/transactional"]);
}

#[tokio::test]
async fn the_error_names_all_that_are_missing_and_what_there_is() {
    let recorder = listed(&json!([{"id": 44, "name": "Password reset"}, {"id": 45, "name": "a\nb"}, {"id": 46}]));
    let error = client(&recorder).check_transactional(["password_reset", "44", "7", "x", "7"]).await.unwrap_err();
    let text = "the workspace has no transactional messages \"7\", \"password_reset\", \"x\": make them, or use one that \
                is there: 44 \"Password reset\", 45 \"a\\nb\", 46";
    assert_eq!((error.to_string().as_str(), format!("{error:?}")), (text, format!("MissingMessages({text})")));
    let CheckError::Missing(missing) = error else { panic!("{error:?}") };
    assert_eq!(missing.missing, ["password_reset", "7", "x", "7"].map(TransactionalMessageId::from));
    assert_eq!(missing.known.len(), 3);

    let error = client(&listed(&json!(null))).check_transactional([9]).await.unwrap_err();
    assert_eq!(error.to_string(), "the workspace has no transactional message \"9\": make it");
    let many: Vec<_> = (1..=40).map(|id| json!({"id": id})).collect();
    let error = client(&listed(&many.into())).check_transactional([41]).await.unwrap_err().to_string();
    assert!(error.ends_with("29, 30 and 10 more"), "{error}");
}

#[tokio::test]
async fn what_cannot_be_one_is_refused_and_a_list_that_cannot_be_read_says_so() {
    let recorder = Recorder::new().responding(403, "");
    let client = client(&recorder);
    let error = client.check_transactional(["a", " "]).await.unwrap_err();
    assert!(error.to_string().starts_with("the trigger name"), "{error}");
    client.check_transactional([""; 0]).await.unwrap();
    assert!(lines(&recorder).is_empty());
    let error = client.check_transactional(["a"]).await.unwrap_err();
    assert!(matches!(&error, CheckError::Call(error) if error.status().unwrap().as_u16() == 403), "{error:?}");
}
