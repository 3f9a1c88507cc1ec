//! Makes a message of a template, of a request's own parts, and of the recipient's data.

use std::cell::OnceCell;

use serde_json::{Map, Value, json};

use crate::{
    Channel,
    config::workspace_id,
    liquid::{Budget, Context, Problem, ProblemKind, Undefined},
    render::{
        cache::{Cache, Parsed, has_liquid},
        parts::{content, payloads, plain, slots},
        plain::preview,
        rendered::{Part, RenderProblem, Rendered},
    },
    store::{
        clock::seconds,
        library::{Content, Parts},
        record::Person,
        state::State,
    },
};

/// A message that is to be made.
pub(crate) struct Draft<'a> {
    pub(crate) channel: Channel,
    /// The request's fields, which replace the template's parts; `null` where there is no request for it alone.
    pub(crate) fields: &'a Value,
    /// The number of the template.
    pub(crate) template: Option<u64>,
    /// What the request says to the template, an object: `trigger` and `message_data` in it.
    pub(crate) data: &'a Value,
    /// The `cio_id` of the recipient.
    pub(crate) person: Option<&'a str>,
    pub(crate) delivery_id: &'a str,
    /// The number of the workspace.
    pub(crate) workspace: u16,
    /// The host and the port that links of the service's own lead to.
    pub(crate) origin: &'a str,
}

/// What was made.
#[derive(Debug, Default)]
pub(crate) struct Composed {
    pub(crate) to: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) preview: Option<String>,
    pub(crate) rendered: Option<Box<Rendered>>,
    /// Why it cannot be sent.
    pub(crate) failure: Option<String>,
}

impl State {
    /// Makes a message of its parts.
    pub(crate) fn compose(&mut self, draft: &Draft<'_>) -> Composed {
        // The cache changes while the state is read.
        let mut cache = std::mem::take(&mut self.parsed);
        let composed = Composer::of(self, draft).compose(&mut cache);
        self.parsed = cache;
        composed
    }
}

struct Composer<'a> {
    state: &'a State,
    draft: &'a Draft<'a>,
    person: Option<&'a Person>,
    /// The template's content of all channels.
    content: Option<&'a Content>,
    /// The variables, once something asks for them.
    scope: OnceCell<Map<String, Value>>,
}

/// A part of the message, as it is known before it is kept.
struct Ready<'a> {
    name: &'static str,
    text: std::borrow::Cow<'a, str>,
}

impl<'a> Composer<'a> {
    fn of(state: &'a State, draft: &'a Draft<'a>) -> Self {
        let person = draft.person.and_then(|cio_id| state.people.get(cio_id));
        let template = draft.template.and_then(|id| state.library.templates.get(id));
        let content = template.map(|template| &template.content).filter(|content| !content.is_empty());
        Self { state, draft, person, content, scope: OnceCell::new() }
    }

    fn compose(&self, cache: &mut Cache) -> Composed {
        let channel = self.draft.channel;
        let (mut rendered, mut ready) = (Rendered::default(), Vec::<Ready<'_>>::new());
        let (parts, others) = self.variants();
        for slot in slots(channel) {
            let own = slot.field.and_then(|field| self.draft.fields[field].as_str()).filter(|text| !text.is_empty());
            if let Some(text) = own.filter(|text| !has_liquid(text)) {
                ready.push(Ready { name: slot.name, text: text.into() });
                continue;
            }
            // Whom an e-mail is from seldom depends on the language.
            let is_sender = matches!(slot.name, "from" | "reply_to");
            let of = |parts: Option<&'a Parts>| parts.and_then(|parts| parts.get(slot.name));
            let template = of(parts).or_else(|| of(others).filter(|_| is_sender)).map(String::as_str);
            let Some(source) = own.or(template) else { continue };
            let (shared, parsed) = cache.get(source);
            let text = parsed.as_deref().map(|parsed| self.render(parsed, &Budget::new()));
            let text = match text.transpose() {
                Ok(text) => text.map(String::into_boxed_str),
                Err(problem) => {
                    rendered.problems.push(RenderProblem::of(slot.name, &problem));
                    None
                }
            };
            ready.push(Ready {
                name: slot.name,
                text: text.clone().map_or(source.into(), |text| text.into_string().into()),
            });
            let kept = Part { name: slot.name, source: Some(shared).filter(|_| own.is_none()), text };
            if kept.source.is_some() || kept.text.is_some() {
                rendered.parts.push(kept);
            }
        }
        for name in payloads(channel) {
            self.add_payload(name, &mut rendered, cache);
        }
        let is_empty = !ready.iter().any(|part| content(channel).contains(&part.name));
        if self.content.is_some() && is_empty && !content(channel).is_empty() {
            rendered.problems.push(self.without_content());
        }
        rendered.parts.shrink_to_fit();
        rendered.problems.shrink_to_fit();
        let text = |name: &str| ready.iter().find(|part| part.name == name).map(|part| &*part.text);
        let words = text(plain(channel)).map(|text| preview(text, false));
        let is_empty = rendered.parts.is_empty() && rendered.problems.is_empty();
        Composed {
            to: text("to").map(str::to_owned),
            subject: text("subject").map(str::to_owned),
            preview: words.or_else(|| text("html").map(|html| preview(html, true))).filter(|words| !words.is_empty()),
            failure: rendered.failure(),
            rendered: (!is_empty).then(|| Box::new(rendered)),
        }
    }

    /// The template's parts in the recipient's language, and those for all other languages.
    fn variants(&self) -> (Option<&'a Parts>, Option<&'a Parts>) {
        let Some(languages) = self.content.and_then(|content| content.get(&self.draft.channel)) else {
            return (None, None);
        };
        let said = self.draft.fields["language"].as_str();
        let own = || self.person.and_then(|person| person.attributes.get("language")).and_then(Value::as_str);
        let language = said.or_else(own).unwrap_or_default();
        let general = language.split(['-', '_']).next().unwrap_or_default();
        let others = languages.get("");
        (languages.get(language).or_else(|| languages.get(general)).or(others), others)
    }

    fn without_content(&self) -> RenderProblem {
        let name = self.draft.template.and_then(|id| self.state.library.templates.get(id));
        let name = name.map(|template| template.name.as_str()).unwrap_or_default();
        let channel = self.draft.channel.name();
        let message = format!("the template {name:.200} has no content for the channel {channel}");
        let problem = Problem { line: 0, message, kind: ProblemKind::Syntax };
        RenderProblem::of(content(self.draft.channel)[0], &problem)
    }

    /// Adds a field of the request that is JSON, if there is Liquid in its texts.
    fn add_payload(&self, name: &'static str, rendered: &mut Rendered, cache: &mut Cache) {
        let mut payload = self.draft.fields[name].clone();
        match self.fill(&mut payload, cache, &Budget::new()) {
            Ok(false) => {}
            Ok(true) => {
                let text = Some(payload.to_string().into_boxed_str());
                rendered.parts.push(Part { name, source: None, text });
            }
            Err(problem) => rendered.problems.push(RenderProblem::of(name, &problem)),
        }
    }

    /// Renders the texts in a JSON value. Returns whether there is Liquid in one.
    fn fill(&self, value: &mut Value, cache: &mut Cache, budget: &Budget) -> Result<bool, Problem> {
        let mut any = false;
        match value {
            Value::String(text) if has_liquid(text) => {
                let (_, parsed) = cache.get(text);
                if let Some(parsed) = parsed {
                    *text = self.render(&parsed, budget)?;
                    any = true;
                }
            }
            Value::Array(list) => {
                for value in list {
                    any |= self.fill(value, cache, budget)?;
                }
            }
            Value::Object(fields) => {
                for value in fields.values_mut() {
                    any |= self.fill(value, cache, budget)?;
                }
            }
            _ => {}
        }
        Ok(any)
    }

    fn render(&self, template: &Parsed, budget: &Budget) -> Result<String, Problem> {
        let template = template.as_ref().map_err(Clone::clone)?;
        let library = &self.state.library;
        let context = Context {
            scope: self.scope.get_or_init(|| self.scope()),
            snippets: &|name| library.snippets.get(&name.to_owned()).map(|snippet| snippet.value.clone()),
            undefined: if self.state.blank_undefined == Some(true) { Undefined::Blank } else { Undefined::Fail },
            now: seconds(self.state.clock.since_epoch()),
            urls: &|tag| self.url(tag),
        };
        template.render(&context, budget)
    }

    /// What Liquid can say.
    fn scope(&self) -> Map<String, Value> {
        let mut customer = match self.person {
            Some(person) => person.attributes.clone(),
            None => self.draft.fields["identifiers"].as_object().cloned().unwrap_or_default(),
        };
        if let Some(person) = self.person {
            customer.insert("cio_id".into(), person.cio_id.as_str().into());
            let known = [("id", &person.id), ("email", &person.email)];
            let known = known.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?.into())));
            customer.extend(known);
        }
        let data = if self.draft.data.is_object() { self.draft.data.clone() } else { json!({}) };
        let scope = [("customer", customer.into()), ("message_data", data.clone()), ("trigger", data)];
        scope.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// Where the service's own links lead.
    fn url(&self, tag: &str) -> Option<String> {
        let Draft { origin, delivery_id, workspace, .. } = self.draft;
        match tag {
            "unsubscribe_url" | "unsubscribe" => Some(format!("http://{origin}/unsubscribe/{delivery_id}")),
            "manage_subscription_preferences_url" => {
                Some(format!("http://{origin}/manage_subscription_preferences/{delivery_id}"))
            }
            "view_in_browser_url" => {
                let of = workspace_id(*workspace);
                Some(format!("http://{origin}/_emulator/v1/messages/{delivery_id}/html?workspace={of}"))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Channel::{Email, Push, Sms},
        Emulator, Message,
        testing::{accept, call, emulator},
    };

    /// An emulator with Ada, and a template of each sort.
    fn world() -> Emulator {
        let emulator = emulator();
        let ada =
            json!({"email": "ada@example.com", "first_name": "Ada", "language": "de-AT", "plan": {"name": "pro"}});
        accept(&emulator, "PUT /api/v1/customers/42", &ada);
        let subject = "Order {{ trigger.number }}, {{ customer.first_name | default: 'there' }}";
        let english = [
            ("subject", subject),
            ("from", "Shop <shop@example.com>"),
            ("html", "<p>Hi {{ customer.first_name }},</p>\n<p>{{ message_data.number }} {{ snippets.footer }}</p>"),
        ];
        emulator.set_content("order", Email, "", english);
        emulator.set_content(
            "order",
            Push,
            "",
            [("title", "{{ customer.id }}"), ("message", "{{ customer.plan.name }}")],
        );
        emulator.set_content("code", Sms, "", [("text", "Ihr Code: {{ trigger.code }}")]);
        let footer = json!({"name": "footer", "value": "-- {{ customer.email }}"});
        assert_eq!(call(&emulator, "PUT /v1/snippets", &footer).0, 200);
        emulator
    }

    fn send(emulator: &Emulator, line: &str, more: &Value) -> Message {
        let mut body =
            json!({"transactional_message_id": "order", "identifiers": {"id": "42"}, "to": "ada@example.com"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        assert_eq!(call(emulator, line, &body).0, 200, "{body}");
        emulator.messages().pop().unwrap()
    }

    const EMAIL: &str = "POST /v1/send/email";

    #[test]
    fn a_template_is_rendered_with_the_persons_data_and_the_requests() {
        let emulator = world();
        let message = send(&emulator, EMAIL, &json!({"message_data": {"number": 17}}));
        assert_eq!(message.subject.as_deref(), Some("Order 17, Ada"));
        assert_eq!(message.html().as_deref(), Some("<p>Hi Ada,</p>\n<p>17 -- ada@example.com</p>"));
        assert_eq!((message.preview.as_deref(), message.text()), (Some("Hi Ada, 17 -- ada@example.com"), None));
        assert_eq!((message.part("from").as_deref(), message.problems()), (Some("Shop <shop@example.com>"), &[][..]));

        emulator.set_content("order", Email, "de", [("subject", "Bestellung"), ("html", "<p>Hallo</p>")]);
        let german = send(&emulator, EMAIL, &json!({}));
        assert_eq!((german.subject.as_deref(), german.html().as_deref()), (Some("Bestellung"), Some("<p>Hallo</p>")));
        assert_eq!(german.part("from").as_deref(), Some("Shop <shop@example.com>"), "it is the same in all languages");
        let english = send(&emulator, EMAIL, &json!({"language": "en", "message_data": {"number": 1}}));
        assert_eq!(english.subject.as_deref(), Some("Order 1, Ada"));
        // What was sent stays as it was.
        assert_eq!(emulator.messages()[0].subject.as_deref(), Some("Order 17, Ada"));

        let push = send(&emulator, "POST /v1/send/push", &json!({"title": "Hi {{ customer.first_name }}"}));
        assert_eq!((push.part("title").as_deref(), push.part("message").as_deref()), (Some("Hi Ada"), Some("pro")));
        let code = json!({"transactional_message_id": "code", "to": "+15551234567", "message_data": {"code": "0042"}});
        let sms = send(&emulator, "POST /v1/send/sms", &code);
        assert_eq!((sms.text().as_deref(), sms.preview.as_deref()), (Some("Ihr Code: 0042"), Some("Ihr Code: 0042")));
    }

    #[test]
    fn a_request_says_parts_itself() {
        let emulator = world();
        let own = json!({
            "subject": "{{ trigger.word | upcase }}", "body": "<p>{{customer.email}}</p>", "body_plain": "plain",
            "to": "{{ customer.email }}", "from": "a@b", "message_data": {"word": "hi"},
        });
        let message = send(&emulator, EMAIL, &own);
        assert_eq!((message.subject.as_deref(), message.to.as_deref()), (Some("HI"), Some("ada@example.com")));
        assert_eq!(
            (message.html().as_deref(), message.text().as_deref()),
            (Some("<p>ada@example.com</p>"), Some("plain"))
        );
        assert_eq!((message.part("from").as_deref(), message.preview.as_deref()), (Some("a@b"), Some("plain")));
        let unknown = json!({"identifiers": {"email": "eve@example.com"}, "subject": "{{ customer.email }}",
            "body": "b", "from": "a@b"});
        assert_eq!(send(&emulator, EMAIL, &unknown).subject.as_deref(), Some("eve@example.com"));
        let (_, archived) =
            call(&emulator, &format!("GET /v1/messages/{}/archived_message", message.delivery_id), &Value::Null);
        assert_eq!(archived["archived_message"]["body"], "<p>ada@example.com</p>");
    }

    #[test]
    fn the_payload_of_a_push_is_rendered_in_its_texts() {
        let emulator = world();
        let payload = json!({"ios": {"aps": {"alert": "{{ customer.first_name }}", "badge": 1, "sound": "default"},
            "list": ["{% if true %}a{% endif %}", "b"]}});
        let data = json!({"order": "{{ trigger.number }}", "kind": "order"});
        let push = json!({"custom_payload": payload, "custom_data": data, "message_data": {"number": 17}});
        let message = send(&emulator, "POST /v1/send/push", &push);
        assert_eq!(message.custom_data(), Some(json!({"order": "17", "kind": "order"})));
        let expected = json!({"ios": {"aps": {"alert": "Ada", "badge": 1, "sound": "default"}, "list": ["a", "b"]}});
        assert_eq!(message.custom_payload(), Some(expected));
        // As it was sent, where there is no Liquid, and nothing if there is none of it.
        let plain = send(&emulator, "POST /v1/send/push", &json!({"custom_data": {"kind": "order"}}));
        assert_eq!((plain.custom_data(), plain.custom_payload()), (Some(json!({"kind": "order"})), None));
        for (data, reason) in [
            (json!({"a": "{{ trigger.nothing }}"}), "custom_data, line 1: "),
            (json!({"a": "{{"}), "custom_data, line 1: "),
            // Together they may cost as much as one part.
            (
                json!({"a": "{% for n in (1..60000) %}{% endfor %}", "b": "{% for n in (1..60000) %}{% endfor %}"}),
                "steps",
            ),
        ] {
            let failed = send(&emulator, "POST /v1/send/push", &json!({"custom_data": data}));
            let crate::Outcome::Failed(found) = &failed.outcomes[0].1 else { panic!("{:?}", failed.outcomes) };
            assert!(found.contains(reason), "{found}");
            assert_eq!(failed.custom_data(), Some(data), "its source");
        }
    }

    #[test]
    fn a_message_without_liquid_is_as_the_request_has_it() {
        let emulator = world();
        let message =
            send(&emulator, EMAIL, &json!({"transactional_message_id": 9, "subject": "Hi", "body": "<p>Ho</p>"}));
        assert_eq!((message.subject.as_deref(), message.preview.as_deref()), (Some("Hi"), Some("Ho")));
        assert!(message.rendered.is_none() && message.problems().is_empty());
        assert_eq!(message.body()["body"], "<p>Ho</p>");
        // Nobody has given it content: it is taken, and shows what there is.
        let empty = send(&emulator, EMAIL, &json!({"transactional_message_id": "made on the fly"}));
        assert_eq!((empty.html(), empty.outcomes.len(), empty.subject), (None, 0, None));
    }

    #[test]
    fn what_cannot_be_rendered_fails_and_says_where() {
        let emulator = world();
        emulator.report_to("http://example.com/hook").unwrap();
        emulator.set_outcomes([(std::time::Duration::ZERO, crate::Outcome::Sent)]);
        let failure = |message: &Message| {
            let [(_, crate::Outcome::Failed(reason))] = &message.outcomes[..] else { panic!("{:?}", message.outcomes) };
            reason.clone()
        };
        let message = send(&emulator, EMAIL, &json!({}));
        assert!(failure(&message).starts_with("subject, line 1: "), "{}", failure(&message));
        let parts: Vec<_> =
            message.problems().iter().map(|problem| (problem.part, problem.line, problem.fails)).collect();
        assert_eq!(parts, [("subject", Some(1), true), ("html", Some(2), true)]);
        assert!(message.html().unwrap().contains("{{ message_data.number }}"), "its source is shown");
        let event =
            customerio_core::webhook::Event::from_json(emulator.next_webhook().unwrap().request().body()).unwrap();
        assert!(
            matches!(event.kind(), customerio_core::webhook::Kind::Email(customerio_core::webhook::Email::Failed(failed))
            if failed.failure_message.as_deref() == Some(&failure(&message)))
        );
        assert_eq!(emulator.webhooks_waiting(), 1, "it was not sent");
        let (_, read) = call(&emulator, &format!("GET /v1/messages/{}", message.delivery_id), &Value::Null);
        assert_eq!(read["message"]["failure_message"], failure(&message));
        assert!(read["message"]["metrics"]["failed"].is_number());

        for (line, more, reason) in [
            (EMAIL, json!({"subject": "{% if %}", "body": "b"}), "subject, line 1: "),
            (EMAIL, json!({"body": "<p>\n{{ customer.first_name }", "subject": "s"}), "html, line 2: "),
            (
                "POST /v1/send/sms",
                json!({"to": "+15551234567"}),
                "text: the template order has no content for the channel sms",
            ),
        ] {
            let message = send(&emulator, line, &more);
            assert!(failure(&message).starts_with(reason), "{more}: {}", failure(&message));
        }

        emulator.set_blank_undefined(true);
        emulator.reset();
        emulator.set_content("order", Email, "", [("subject", "Order {{ trigger.number }}."), ("html", "h")]);
        let message = send(&emulator, EMAIL, &json!({}));
        assert_eq!((message.subject.as_deref(), message.outcomes.len()), (Some("Order ."), 1));
    }

    #[test]
    fn what_the_emulator_lacks_is_shown_as_its_source() {
        let emulator = world();
        let message = send(&emulator, EMAIL, &json!({"subject": "s", "body": "<p>\n{% consent %}</p>"}));
        assert_eq!((message.outcomes.len(), message.html().as_deref()), (0, Some("<p>\n{% consent %}</p>")));
        let [problem] = message.problems() else { panic!("{:?}", message.problems()) };
        assert_eq!((problem.part, problem.line, problem.fails), ("html", Some(2), false));
        assert!(problem.to_string().starts_with("preview incomplete: html, line 2: "), "{problem}");
        let message = send(&emulator, EMAIL, &json!({"subject": "s", "body": "{% unsubscribe_url %}"}));
        assert_eq!(message.html().unwrap(), format!("http://localhost/unsubscribe/{}", message.delivery_id));
    }

    #[test]
    fn a_message_knows_the_request_that_made_it() {
        let emulator = world();
        let message = send(&emulator, EMAIL, &json!({"message_data": {"number": 1}}));
        let state = emulator.state();
        let request = state.log.get(message.request.unwrap()).unwrap();
        assert_eq!(request.path, "/v1/send/email");
        let made = |effect: &&crate::Effect| effect.kind == "messages";
        assert_eq!(request.effects.iter().find(made).unwrap().id, message.delivery_id.as_str());
    }
}
