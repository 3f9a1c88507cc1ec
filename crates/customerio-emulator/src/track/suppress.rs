//! `POST /api/v1/customers/{person}/suppress`: removes a person and keeps them out.

use http::Method;

use crate::{
    call::{Call, Handler::Fallible},
    contract::identifier::Identifier,
    route::Route,
    server::reply::{Refusal, Reply},
};

pub(crate) const ROUTE: Route = Route::track(Method::POST, "/api/v1/customers/{person}/suppress", Fallible(suppress));

fn suppress(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let identifier = Identifier::of_path(&call.segments[0])?;
    call.state.suppress(&identifier)?;
    Ok(Reply::empty())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{accept, call, emulator};

    const ADA: &str = "/api/v1/customers/42";

    #[test]
    fn a_suppressed_person_is_ignored_until_released() {
        let emulator = emulator();
        accept(&emulator, &format!("PUT {ADA}"), &json!({"email": "ada@example.com"}));
        accept(&emulator, &format!("POST {ADA}/suppress"), &Value::Null);
        assert!(emulator.is_suppressed("42") && emulator.is_suppressed("ADA@example.com"));
        for (line, body) in [
            (format!("PUT {ADA}"), json!({"a": 1})),
            ("PUT /api/v1/customers/7".into(), json!({"email": "ada@example.com"})),
            (format!("POST {ADA}/events"), json!({"name": "e"})),
            (format!("PUT {ADA}/devices"), json!({"device": {"id": "d", "platform": "ios"}})),
            (format!("DELETE {ADA}"), Value::Null),
        ] {
            accept(&emulator, &line, &body);
        }
        let form = json!({"data": {"email": "ada@example.com"}});
        assert_eq!(call(&emulator, "POST /api/v1/forms/f/submit", &form).0, 204);
        assert_eq!((emulator.people().len(), emulator.events().len(), emulator.forms().len()), (0, 0, 0));

        accept(&emulator, "POST /api/v1/customers/ada%40example.com/unsuppress", &Value::Null);
        assert!(!emulator.is_suppressed("42") && !emulator.is_suppressed("ada@example.com"));
        accept(&emulator, &format!("PUT {ADA}"), &json!({}));
        assert!(emulator.person("42").is_some());
    }
}
