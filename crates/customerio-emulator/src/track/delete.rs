//! `DELETE /api/v1/customers/{person}`: removes a person.

use http::Method;

use crate::{
    call::{Call, Handler::Fallible},
    contract::identifier::Identifier,
    route::Route,
    server::reply::{Refusal, Reply},
};

pub(crate) const ROUTE: Route = Route::track(Method::DELETE, "/api/v1/customers/{person}", Fallible(delete));

fn delete(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let identifier = Identifier::of_path(&call.segments[0])?;
    call.state.delete(&identifier);
    Ok(Reply::empty())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{accept, emulator, refuse};

    const ADA: &str = "/api/v1/customers/42";

    #[test]
    fn a_deleted_person_is_gone_and_can_come_back() {
        let emulator = emulator();
        accept(&emulator, &format!("PUT {ADA}"), &json!({"a": 1}));
        accept(&emulator, &format!("POST {ADA}/events"), &json!({"name": "e"}));
        accept(&emulator, &format!("DELETE {ADA}"), &Value::Null);
        assert_eq!((emulator.people().len(), emulator.events().len()), (0, 0));
        // Deleting nobody is no error.
        accept(&emulator, &format!("DELETE {ADA}"), &Value::Null);
        accept(&emulator, &format!("PUT {ADA}"), &json!({}));
        assert_eq!(emulator.person("42").unwrap().attributes.len(), 0);
    }

    #[test]
    fn these_routes_take_no_body() {
        let emulator = emulator();
        for line in [format!("DELETE {ADA}"), format!("POST {ADA}/suppress"), format!("POST {ADA}/unsuppress")] {
            accept(&emulator, &line, &json!({}));
            refuse(&emulator, &line, &json!({"a": 1}), "the route takes no body");
        }
    }
}
