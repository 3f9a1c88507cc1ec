//! The messages of broadcasts: one for each person whom a trigger chooses. There can be a hundred thousand, so they are made
//! in short turns, between which others have the state.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use serde_json::{Map, Value, json};

use crate::{
    app::{audience, filter::chooses, message::delivery_id},
    render::Draft,
    store::{
        body::Text,
        clock::seconds,
        people::PHONE,
        record::{Channel, Message, Outcome, Person},
        run::{Audience, Run},
        state::State,
    },
    webhooks::plan::plan,
};

/// How long a turn may take, about.
pub(crate) const TURN: Duration = Duration::from_micros(100);

/// How many people are looked at, of whom none may be chosen, between two looks at the time.
const PEOPLE_BETWEEN: usize = 16;

/// The next person whom a run looks at.
enum Next {
    Recipient(String, Option<Map<String, Value>>),
    /// Nobody among those who were looked at.
    Nobody,
    /// All were looked at.
    End,
}

impl Run {
    /// A trigger, which is kept under the number, with its body.
    pub(crate) fn of(
        state: &State,
        number: u64,
        id: u64,
        broadcast: u64,
        body: &Value,
        origin: &str,
        now: i64,
    ) -> Self {
        let known = state.broadcasts.get(&broadcast);
        let templates = &state.library.templates;
        let named = known.and_then(|known| known.template.as_deref());
        let template = named.and_then(|name| Some((templates.find(&name.into())?, name.into())));
        let content = template.as_ref().and_then(|(id, _)| templates.get(*id)).map(|template| &template.content);
        let channel = content.and_then(|content| content.keys().next()).copied().unwrap_or(Channel::Email);
        let data = if body["data"].is_object() { body["data"].clone() } else { json!({}) };
        let kept = Text::json(&json!({ "message_data": data }), true);
        let audience = Audience::of(state, body, known.and_then(|known| known.recipients.as_ref()));
        Self {
            number,
            trigger: id.into(),
            broadcast: broadcast.into(),
            template,
            channel,
            data,
            body: kept,
            audience,
            queued_at: now,
            origin: origin.to_owned(),
            recipients: 0,
            deliveries: 0,
            request: None,
        }
    }
}

impl Audience {
    /// That of a trigger, or else the broadcast's own.
    fn of(state: &State, body: &Value, own: Option<&Value>) -> Self {
        let everyone = |filter| Self::Chosen { filter, after: 0, until: state.sequence.last() };
        let kind = audience::KINDS.into_iter().find(|kind| body.get(*kind).is_some());
        match kind {
            // The file is not fetched.
            Some("data_file_url") => Self::Named(Vec::new()),
            Some("recipients") if body["recipients"] != json!({}) => everyone(Some(body["recipients"].clone())),
            None | Some("recipients") => everyone(own.cloned()),
            Some(_) => {
                let mut known = HashSet::new();
                let named = audience::named(body).filter_map(|(identifier, data)| {
                    let cio_id = state.people.find(&identifier)?;
                    Some((cio_id, data.cloned()))
                });
                let mut named: Vec<_> = named.filter(|(cio_id, _)| known.insert(cio_id.clone())).collect();
                named.reverse();
                Self::Named(named)
            }
        }
    }

    fn next(&mut self, state: &State) -> Next {
        match self {
            Self::Named(left) => left.pop().map_or(Next::End, |(cio_id, data)| Next::Recipient(cio_id, data)),
            Self::Chosen { filter, after, until } => {
                for (seq, person) in state.people.after(*after).take(PEOPLE_BETWEEN) {
                    if seq > *until {
                        return Next::End;
                    }
                    *after = seq;
                    if filter.as_ref().is_none_or(|filter| chooses(filter, person)) {
                        return Next::Recipient(person.cio_id.clone(), None);
                    }
                }
                if state.people.after(*after).next().is_some() { Next::Nobody } else { Next::End }
            }
        }
    }
}

impl State {
    /// Makes messages for a while. Says whether there are more to be made.
    pub(crate) fn deliver_for_a_while(&mut self, workspace: u16) -> bool {
        let Some(mut run) = self.runs.pop_front() else { return false };
        let started = Instant::now();
        loop {
            match run.audience.next(self) {
                Next::Recipient(cio_id, data) => {
                    run.recipients += 1;
                    if self.deliver(&run, &cio_id, data, workspace) {
                        run.deliveries += 1;
                    }
                }
                Next::Nobody => {}
                Next::End => {
                    let processed_at = seconds(self.clock.since_epoch()).max(run.queued_at);
                    self.triggers.change(run.number, |trigger| {
                        (trigger.recipients, trigger.deliveries) = (run.recipients, run.deliveries);
                        trigger.processed_at = Some(processed_at.into());
                    });
                    return !self.runs.is_empty();
                }
            }
            if started.elapsed() > TURN {
                let (recipients, deliveries) = (run.recipients, run.deliveries);
                self.triggers.amend(run.number, |trigger| {
                    (trigger.recipients, trigger.deliveries) = (recipients, deliveries);
                });
                self.runs.push_front(run);
                return true;
            }
        }
    }

    /// Makes the message to one person, unless they want none and the template says nothing else, or they have no address of
    /// the channel.
    fn deliver(&mut self, run: &Run, cio_id: &str, own: Option<Map<String, Value>>, workspace: u16) -> bool {
        let template = run.template.as_ref().and_then(|(id, _)| self.library.templates.get(*id));
        let sends = template.and_then(|template| template.send_to_unsubscribed);
        let reaches_all = sends.unwrap_or(false) || !run.channel.heeds_subscriptions();
        let person = self.people.get(cio_id).filter(|person| reaches_all || !person.unsubscribed());
        let Some(person) = person else { return false };
        let to = address(person, run.channel);
        let is_reached = match run.channel {
            Channel::Email | Channel::Sms | Channel::WhatsApp => to.is_some(),
            Channel::Push => !person.devices.is_empty(),
            Channel::InApp | Channel::Inbox => true,
        };
        if !is_reached {
            return false;
        }
        let own = own.filter(|own| !own.is_empty()).map(|own| {
            let mut data = run.data.as_object().cloned().unwrap_or_default();
            data.extend(own);
            Value::Object(data)
        });
        self.deliveries += 1;
        let delivery_id = delivery_id(workspace, self.deliveries);
        let composed = self.compose(&Draft {
            channel: run.channel,
            fields: &Value::Null,
            template: run.template.as_ref().map(|(id, _)| *id),
            data: own.as_ref().unwrap_or(&run.data),
            person: Some(cio_id),
            delivery_id: &delivery_id,
            workspace,
            origin: &run.origin,
        });
        let mut message = Message {
            channel: run.channel,
            delivery_id: delivery_id.as_str().into(),
            person: Some(cio_id.to_owned()),
            to,
            template: run.template.as_ref().map(|(_, named)| named.clone()),
            broadcast: Some(run.broadcast),
            trigger: Some(run.trigger),
            subject: composed.subject,
            preview: composed.preview,
            is_draft: false,
            queued_at: run.queued_at.into(),
            send_at: None,
            outcomes: Vec::new(),
            request: run.request,
            body: own.map_or_else(|| run.body.clone(), |own| Text::json(&json!({ "message_data": own }), false)),
            rendered: composed.rendered,
        };
        plan(self, &mut message, composed.failure.map(Outcome::Failed));
        self.messages.push(message);
        true
    }
}

/// Where a person gets messages of a channel, if it needs an address and they have it.
fn address(person: &Person, channel: Channel) -> Option<String> {
    match channel {
        Channel::Email => person.email.clone(),
        Channel::Sms | Channel::WhatsApp => person.attributes.get(PHONE).and_then(Value::as_str).map(str::to_owned),
        Channel::Push | Channel::InApp | Channel::Inbox => None,
    }
}

#[cfg(test)]
mod tests {
    use customerio_core::{app::Filter, webhook::Event};

    use super::*;
    use crate::{
        Emulator, Outcome,
        testing::{accept, call, emulator},
    };
    #[cfg(unix)]
    use crate::{emulator::HELD, testing::figure};

    const TRIGGER: &str = "POST /v1/campaigns/12/triggers";

    /// Four people, of whom one is unsubscribed, one has no address, and two have the plan `pro`.
    fn world() -> Emulator {
        let emulator = emulator();
        for (id, person) in [
            ("1", json!({"email": "ada@example.com", "plan": "pro", "name": "Ada"})),
            ("2", json!({"email": "bob@example.com", "plan": "free", "name": "Bob"})),
            ("3", json!({"email": "eve@example.com", "plan": "pro", "name": "Eve", "unsubscribed": true})),
            ("4", json!({"name": "Nobody"})),
        ] {
            accept(&emulator, &format!("PUT /api/v1/customers/{id}"), &person);
        }
        let parts = [
            ("subject", "{{ trigger.title }} for {{ customer.name }}"),
            ("html", "<p>{{ trigger.more | default: '-' }}</p>"),
        ];
        emulator.set_content("news", Channel::Email, "", parts);
        emulator.set_broadcast(12, "News", Some(&Filter::attribute_equals("plan", "pro")), Some("news"));
        emulator
    }

    /// Triggers it, and gives the messages of that as recipient and subject.
    fn trigger(emulator: &Emulator, body: &Value) -> Vec<(String, String)> {
        let before = emulator.messages().len();
        emulator.advance(customerio_core::limits::BROADCAST_INTERVAL);
        assert_eq!(call(emulator, TRIGGER, body).0, 200, "{body}");
        let made = emulator.messages().split_off(before);
        let shown = |message: Message| (message.to.unwrap_or_default(), message.subject.unwrap_or_default());
        made.into_iter().map(shown).collect()
    }

    fn sent(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(to, subject)| ((*to).to_owned(), (*subject).to_owned())).collect()
    }

    #[test]
    fn each_audience_gets_its_messages() {
        let emulator = world();
        let (ada, bob) = ("ada@example.com", "bob@example.com");
        let hi = json!({"title": "Hi"});
        assert_eq!(trigger(&emulator, &json!({"data": hi})), sent(&[(ada, "Hi for Ada")]), "the broadcast's own");
        let filter = json!({"attribute": {"field": "email", "operator": "exists"}});
        let both = sent(&[(ada, "Hi for Ada"), (bob, "Hi for Bob")]);
        assert_eq!(trigger(&emulator, &json!({"data": hi, "recipients": filter})), both);
        assert_eq!(trigger(&emulator, &json!({"data": hi, "recipients": {}})).len(), 1);
        let ids = json!({"data": hi, "ids": ["2", "1", "2", "9"], "id_ignore_missing": true});
        assert_eq!(trigger(&emulator, &ids), sent(&[(bob, "Hi for Bob"), (ada, "Hi for Ada")]));
        assert_eq!(
            trigger(&emulator, &json!({"data": hi, "emails": ["BOB@example.com"]})),
            sent(&[(bob, "Hi for Bob")])
        );
        let maps =
            json!({"data": hi, "per_user_data": [{"id": "1", "data": {"title": "Own", "more": 1}}, {"id": "2"}]});
        assert_eq!(trigger(&emulator, &maps), sent(&[(ada, "Own for Ada"), (bob, "Hi for Bob")]));
        let messages = emulator.messages();
        let own = &messages[messages.len() - 2];
        assert_eq!(own.body(), json!({"message_data": {"title": "Own", "more": 1}}));
        assert_eq!(own.html().as_deref(), Some("<p>1</p>"));

        let file = json!({"data_file_url": "https://example.com/people.jsonl"});
        assert_eq!(trigger(&emulator, &file), []);
        let logged = emulator.request_log().pop().unwrap();
        assert_eq!(logged.why(), Some("the emulator fetches no file, so nobody gets the broadcast"));
        let counts: Vec<_> =
            emulator.triggers().iter().map(|trigger| (trigger.recipients, trigger.deliveries)).collect();
        assert_eq!(counts, [(2, 1), (3, 2), (2, 1), (2, 2), (1, 1), (2, 2), (0, 0)]);
        assert!(emulator.triggers().iter().all(|trigger| trigger.processed_at.is_some()));
        let request = emulator.state().log.numbered().nth_back(1).map(|(number, _)| number);
        assert_eq!(own.request, request);
    }

    #[test]
    fn what_becomes_of_them_is_reported_and_the_app_api_lists_them() {
        let emulator = world();
        emulator.report_to("http://example.com/hook").unwrap();
        emulator.set_outcomes([(Duration::ZERO, Outcome::Sent)]);
        trigger(&emulator, &json!({"data": {"title": "Hi"}}));
        let event = Event::from_json(emulator.next_webhook().unwrap().request().body()).unwrap();
        let common = event.common();
        assert_eq!((common.broadcast_id, common.trigger_id), (Some(12.into()), Some(1.into())));
        assert_eq!((common.transactional_message_id.as_ref(), common.identifiers.id.as_deref()), (None, Some("1")));
        for (query, expected) in [
            ("", 1),
            ("?campaign_id=12", 1),
            ("?campaign_id=13", 0),
            ("?trigger_id=1", 1),
            ("?trigger_id=2", 0),
            ("?transactional_id=1", 0),
        ] {
            let (_, page) = call(&emulator, &format!("GET /v1/messages{query}"), &Value::Null);
            assert_eq!(page["messages"].as_array().unwrap().len(), expected, "{query}");
        }
        let (_, page) = call(&emulator, "GET /v1/messages", &Value::Null);
        assert_eq!(page["messages"][0]["broadcast_id"], 12);
        let (_, of_template) = call(&emulator, "GET /v1/transactional/1/messages", &Value::Null);
        assert_eq!(of_template["messages"], json!([]));
        let (_, status) = call(&emulator, "GET /v1/campaigns/12/triggers/1", &Value::Null);
        assert!(status["processed_at"].is_number(), "{status}");
    }

    #[test]
    fn the_channel_is_the_templates_and_what_lacks_data_fails() {
        let emulator = world();
        let failed = trigger(&emulator, &json!({}));
        assert_eq!(failed, sent(&[("ada@example.com", "{{ trigger.title }} for {{ customer.name }}")]));
        assert!(matches!(emulator.messages()[0].outcomes[0].1, Outcome::Failed(_)));

        emulator.set_content("text", Channel::Sms, "", [("text", "Hi {{ customer.name }}")]);
        emulator.set_broadcast(12, "Texts", None, Some("text"));
        accept(&emulator, "PUT /api/v1/customers/4", &json!({"phone": "+15551234567"}));
        assert_eq!(trigger(&emulator, &json!({})), sent(&[("+15551234567", "")]));
        let message = emulator.messages().pop().unwrap();
        assert_eq!((message.channel, message.text().as_deref()), (Channel::Sms, Some("Hi Nobody")));
        // One without content goes to everybody who is subscribed and has an address.
        emulator.create_broadcast(13);
        assert_eq!(call(&emulator, "POST /v1/campaigns/13/triggers", &json!({})).0, 200);
        assert_eq!(emulator.messages().iter().filter(|message| message.broadcast == Some(13.into())).count(), 2);
    }

    /// Whoever is added meanwhile does not get it, and others have the state between two turns.
    #[test]
    fn many_messages_are_made_in_short_turns() {
        let emulator = emulator();
        emulator.create_broadcast(12);
        for number in 0..5_000 {
            let person = json!({"email": format!("p{number}@example.com")});
            accept(&emulator, &format!("PUT /api/v1/customers/{number}"), &person);
        }
        let request = crate::testing::request(TRIGGER, &json!({}));
        let head = crate::route::Head::of(&request);
        let crate::emulator::Admission::Admitted(admitted) = emulator.admit(head, request.body(), None) else {
            panic!()
        };
        assert_eq!(emulator.complete(head, admitted, request.body(), None).status(), 200);
        assert_eq!(emulator.messages().len(), 0);
        let (mut turns, mut longest) = (1, Duration::ZERO);
        loop {
            let started = Instant::now();
            let more = emulator.deliver_for_a_while();
            longest = longest.max(started.elapsed());
            if !more {
                break;
            }
            turns += 1;
            let state = emulator.state();
            let trigger = state.triggers.iter().next().unwrap();
            assert_eq!((trigger.deliveries, trigger.processed_at), (state.messages.iter().count() as u64, None));
            drop(state);
            if turns == 2 {
                // Another trigger, and somebody who comes too late.
                accept(&emulator, "PUT /api/v1/customers/late", &json!({"email": "late@example.com"}));
            }
        }
        assert_eq!((emulator.messages().len(), emulator.triggers()[0].deliveries), (5_000, 5_000));
        assert!(turns > 5, "{turns}");
        assert!(longest < Duration::from_millis(200), "{longest:?}");
    }

    /// Each person gets it once, whether before the restart or after.
    #[test]
    fn a_broadcast_goes_on_after_a_restart() {
        let emulator = emulator();
        emulator.set_broadcast(12, "News", Some(&Filter::attribute_equals("plan", "pro")), None);
        for number in 0..3_000 {
            let person = json!({"email": format!("p{number}@example.com"), "plan": "pro"});
            accept(&emulator, &format!("PUT /api/v1/customers/{number}"), &person);
        }
        for body in [json!({}), json!({"ids": ["1", "2"]})] {
            let request = crate::testing::request(TRIGGER, &body);
            let head = crate::route::Head::of(&request);
            let crate::emulator::Admission::Admitted(admitted) = emulator.admit(head, request.body(), None) else {
                panic!("it is admitted")
            };
            assert_eq!(emulator.complete(head, admitted, request.body(), None).status(), 200);
            emulator.advance(customerio_core::limits::BROADCAST_INTERVAL);
        }
        assert!(emulator.deliver_for_a_while());
        let (state, before) = (emulator.state_json(), emulator.messages().len());
        assert!((1..3_000).contains(&before), "{before}");
        let later = Emulator::builder().with_clock_at(1_700_000_000).build();
        later.load_state(&state).unwrap();
        let mut sent: Vec<_> = later.messages().into_iter().filter_map(|message| message.to).collect();
        let of_trigger = |index: usize| (later.triggers()[index].deliveries, later.triggers()[index].processed_at);
        assert_eq!((sent.len(), of_trigger(0).0, of_trigger(1).0), (3_002, 3_000, 2));
        assert!(of_trigger(0).1.is_some() && of_trigger(1).1.is_some());
        sent.sort();
        sent.dedup();
        assert_eq!(sent.len(), 3_000);
        let mut ids: Vec<_> = later.messages().into_iter().map(|message| message.delivery_id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 3_002);
    }

    /// The same while requests come all the time: it ends in a few seconds, and its turns are as short.
    #[test]
    #[cfg(all(unix, feature = "server"))]
    #[ignore = "measures: benches/emulator runs it"]
    fn a_hundred_thousand_are_made_beside_constant_requests() {
        use std::sync::{
            Arc,
            atomic::{AtomicBool, AtomicU64, Ordering},
        };
        const MANY: usize = 100_000;
        let emulator = emulator();
        let parts =
            [("subject", "Hi {{ customer.name }}"), ("html", "<p>Hi {{ customer.name }}</p><p>{{ trigger.text }}</p>")];
        emulator.set_content("news", Channel::Email, "", parts);
        emulator.set_broadcast(12, "News", None, Some("news"));
        for number in 0..MANY {
            let person = json!({"email": format!("p{number}@example.com"), "name": format!("P{number}")});
            accept(&emulator, &format!("PUT /api/v1/customers/{number}"), &person);
        }
        let (served, ended) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let threads: Vec<_> = (0..2)
            .map(|number| {
                let (emulator, served, ended) = (emulator.clone(), served.clone(), ended.clone());
                let track =
                    crate::testing::request(&format!("PUT /api/v1/customers/{number}"), &json!({"plan": "pro"}));
                std::thread::spawn(move || {
                    while !ended.load(Ordering::Relaxed) {
                        assert_eq!(emulator.handle(&track).status(), 200);
                        served.fetch_add(1, Ordering::Relaxed);
                    }
                })
            })
            .collect();
        let request = crate::testing::request(TRIGGER, &json!({"data": {"text": "Lorem ipsum dolor sit amet"}}));
        let head = crate::route::Head::of(&request);
        let crate::emulator::Admission::Admitted(admitted) = emulator.admit(head, request.body(), None) else {
            panic!("it is admitted")
        };
        assert_eq!(emulator.complete(head, admitted, request.body(), None).status(), 200);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (started, before, mut turns) = (Instant::now(), served.load(Ordering::Relaxed), Vec::new());
        runtime.block_on(async {
            loop {
                HELD.take();
                let goes_on = emulator.deliver_for_a_while();
                turns.append(&mut HELD.take());
                if !goes_on {
                    break;
                }
                emulator.let_others().await;
            }
        });
        let (took, served) = (started.elapsed(), served.load(Ordering::Relaxed) - before);
        ended.store(true, Ordering::Relaxed);
        for thread in threads {
            thread.join().unwrap();
        }
        turns.sort();
        let (usual, longest) = (turns[turns.len() * 95 / 100], turns[turns.len() - 1]);
        figure(
            &format!("a broadcast to {MANY} beside constant requests, s"),
            took.as_secs_f64(),
            &format!("{served} requests meanwhile"),
        );
        figure(
            "a broadcast beside constant requests holds the state, 95 % of the times, ms",
            usual.as_secs_f64() * 1e3,
            &format!("longest {longest:.2?}, of {} times", turns.len()),
        );
        assert_eq!(emulator.triggers()[0].deliveries, MANY as u64);
        assert!(served > 0, "somebody else has the state too");
        assert!(took < Duration::from_secs(if cfg!(debug_assertions) { 120 } else { 10 }), "{took:?}");
    }

    /// The figures of a large broadcast: how long it takes, and how long its turns hold the state.
    #[test]
    #[cfg(unix)]
    #[ignore = "measures: benches/emulator runs it"]
    fn a_hundred_thousand_are_made_by_turns() {
        const MANY: usize = 100_000;
        let emulator = emulator();
        let parts =
            [("subject", "Hi {{ customer.name }}"), ("html", "<p>Hi {{ customer.name }}</p><p>{{ trigger.text }}</p>")];
        emulator.set_content("news", Channel::Email, "", parts);
        for (id, filter) in
            [(12, Filter::attribute_equals("plan", "pro")), (13, Filter::attribute_equals("plan", "none"))]
        {
            emulator.set_broadcast(id, "News", Some(&filter), Some("news"));
        }
        for number in 0..MANY {
            let person = json!({"email": format!("p{number}@example.com"), "plan": "pro", "name": format!("P{number}"),
                "age": 42, "city": "London"});
            accept(&emulator, &format!("PUT /api/v1/customers/{number}"), &person);
        }
        for (id, deliveries) in [(12, MANY), (13, 0)] {
            let line = format!("POST /v1/campaigns/{id}/triggers");
            let request = crate::testing::request(&line, &json!({"data": {"text": "Lorem ipsum dolor sit amet"}}));
            let head = crate::route::Head::of(&request);
            let crate::emulator::Admission::Admitted(admitted) = emulator.admit(head, request.body(), None) else {
                panic!("it is admitted")
            };
            assert_eq!(emulator.complete(head, admitted, request.body(), None).status(), 200);
            HELD.take();
            while emulator.deliver_for_a_while() {}
            let mut turns = HELD.take();
            let took = turns.iter().sum::<Duration>();
            turns.sort();
            let (usual, longest) = (turns[turns.len() * 95 / 100], turns[turns.len() - 1]);
            figure(
                &format!("a broadcast to {deliveries} of {MANY} holds the state, 95 % of the times, ms"),
                usual.as_secs_f64() * 1e3,
                &format!("longest {longest:.2?}, of {} times in {took:.2?}", turns.len()),
            );
            // A list that is full grows by a part.
            assert!(longest < Duration::from_millis(5), "{longest:?}");
            assert_eq!(
                emulator.messages().iter().filter(|message| message.broadcast == Some(id.into())).count(),
                deliveries
            );
            assert!(took < Duration::from_secs(if cfg!(debug_assertions) { 60 } else { 3 }), "{took:?}");
        }
    }
}
