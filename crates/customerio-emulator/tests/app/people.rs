//! People: as they are, and what they did and chose.

use customerio_core::{
    Device, IdType, PersonId, Platform,
    app::{
        Filter, SendEmail, activities,
        customers::{
            Activities, Attributes, AttributesOfMany, Find, Messages, OptOuts, Relationships, Search, Segments,
            SubscriptionPreferences, UpdateOptOuts,
        },
        optouts, segments,
        subscriptions::{CenterToken, Channels, Topics},
    },
    track::{AddDevice, Event, Identify, ObjectId, Relationship},
};
use customerio_emulator::Channel;
use serde_json::json;

use crate::{NOW, told, world};

#[tokio::test]
async fn attributes_are_read_as_text_with_their_times() {
    let world = world();
    let ada = Identify::new("42").with_email("Ada@example.com").with_unsubscribed(true).with_timestamp(NOW - 60);
    let attributes = json!({"plan": "pro", "age": 36, "address": {"town": "London"}});
    world.track.call(ada.with_attributes(attributes)).await.unwrap();
    world.track.identify("42", json!({"plan": "free"})).await.unwrap();
    world.track.call(AddDevice::new("42", Device::new("token", Platform::Ios))).await.unwrap();

    let person = world.app.call(Attributes::of("42")).await.unwrap();
    let identifiers = person.identifiers.clone().unwrap();
    assert_eq!((identifiers.id.as_deref(), identifiers.email.as_deref()), (Some("42"), Some("Ada@example.com")));
    assert_eq!((person.id.as_deref(), person.unsubscribed), (Some("42"), Some(true)));
    let expected = json!({
        "id": "42", "email": "Ada@example.com", "cio_id": identifiers.cio_id, "plan": "free", "age": "36",
        "address": r#"{"town":"London"}"#, "unsubscribed": "true",
    });
    assert_eq!(json!(person.attributes), expected);
    assert_eq!((person.timestamps["age"], person.timestamps["plan"]), ((NOW - 60).into(), NOW.into()));
    assert_eq!((person.devices[0].id.as_str(), person.devices[0].platform.as_deref()), ("token", Some("ios")));
    assert!(person.extra.is_empty(), "{:?}", person.extra.keys());

    for of in [PersonId::email("ada@EXAMPLE.com"), PersonId::cio_id(identifiers.cio_id.unwrap())] {
        assert_eq!(world.app.call(Attributes::of(of)).await.unwrap().attributes["age"], "36");
    }
    let error = world.app.call(Attributes::of("43")).await.unwrap_err();
    assert_eq!(told(&error), (404, "the person does not exist".to_owned()));

    let many = AttributesOfMany::new(IdType::Email, ["ada@example.com", "nobody@example.com"]);
    let many = world.app.call(many).await.unwrap().items;
    assert_eq!((many.len(), &many[0].attributes), (1, &person.attributes));

    let found = world.app.call(Find::by_email("ADA@example.com")).await.unwrap().items;
    assert_eq!(found[0].id.as_deref(), Some("42"));
    assert!(world.app.call(Find::by_email("nobody@example.com")).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn a_filter_chooses_people_page_by_page() {
    let world = world();
    let vips = world.app.call(segments::Create::new("VIPs")).await.unwrap().id;
    for number in 0..25 {
        let plan = if number % 2 == 0 { "pro" } else { "free" };
        let attributes = json!({"plan": plan, "even": number % 2 == 0, "number": number});
        world.track.identify(number.to_string(), attributes).await.unwrap();
    }
    world.track.call(Identify::new(PersonId::email("ada@example.com"))).await.unwrap();
    world.track.add_to_segment(vips, ["1", "2"]).await.unwrap();

    let pro = Filter::attribute_equals("plan", "pro");
    let (read, requests) = world.read(Search::new(pro.clone()).with_limit(4)).await;
    let ids: Vec<_> = read.iter().map(|person| person.id.as_deref().unwrap().parse::<u32>().unwrap()).collect();
    assert_eq!((ids, requests), ((0..25).step_by(2).collect(), 4));

    let member = Filter::segment(vips);
    for (filter, expected) in [
        (Filter::all([pro.clone(), member.clone()]), 1),
        (Filter::any([pro.clone(), member.clone()]), 14),
        (Filter::not(Filter::any([pro, member])), 12),
        (Filter::attribute_equals("even", true), 13),
        (Filter::attribute_equals("number", "7"), 1),
        (Filter::attribute_equals("email", "ada@example.com"), 1),
        (Filter::attribute_exists("plan"), 25),
        (Filter::attribute_exists("id"), 25),
        (Filter::attribute_exists("phone"), 0),
        (Filter::segment(99), 0),
    ] {
        assert_eq!(world.read(Search::new(filter.clone())).await.0.len(), expected, "{filter:?}");
    }
    let filter = Filter::attribute_exists("cio_id");
    let error = world.app.call(Search::new(filter.clone()).with_limit(1_001)).await.unwrap_err();
    assert_eq!(told(&error), (400, "limit must be from 1 to 1000".to_owned()));
    let error = world.app.call(Search::new(filter).with_start("mine")).await.unwrap_err();
    assert_eq!(told(&error), (400, "start must be the next of another page".to_owned()));
}

#[tokio::test]
async fn activities_are_the_events_of_people_newest_first() {
    let world = world();
    world.track.identify("43", ()).await.unwrap();
    for number in 0..25 {
        let event = Event::new("42", format!("e{}", number % 2)).with_data(json!({"number": number}));
        world.track.call(event).await.unwrap();
    }
    world.track.call(Event::page("43", "https://example.com/pricing")).await.unwrap();
    world.track.track_anonymous("cookie", "seen", ()).await.unwrap();

    let (read, requests) = world.read(Activities::of("42")).await;
    let numbers: Vec<_> = read.iter().map(|activity| activity.data.as_ref().unwrap()["number"].as_u64()).collect();
    assert_eq!((numbers, requests), ((0..25).rev().map(Some).collect(), 3));
    let newest = &read[0];
    assert_eq!((newest.kind.as_deref(), newest.name.as_deref()), (Some("event"), Some("e0")));
    assert_eq!((newest.timestamp, newest.customer_id.as_deref()), (Some(NOW.into()), Some("42")));
    assert!(newest.extra.is_empty());
    let mut ids: Vec<_> = read.iter().map(|activity| activity.id.clone()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 25);
    assert_eq!(world.read(Activities::of("42").with_name("e1")).await.0.len(), 12);

    let (all, requests) = world.read(activities::List::new().with_limit(9)).await;
    assert_eq!((all.len(), requests), (26, 3));
    let page = &all[0];
    assert_eq!((page.kind.as_deref(), page.url.as_deref()), (Some("page"), Some("https://example.com/pricing")));
    for (list, expected) in [
        (activities::List::new().with_kind("page"), 1),
        (activities::List::new().with_person("43"), 1),
        (activities::List::new().with_person("nobody"), 0),
        (activities::List::new().with_deleted(true), 0),
    ] {
        assert_eq!(world.read(list.clone()).await.0.len(), expected, "{list:?}");
    }
    let error = world.app.call(Activities::of("nobody")).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 404);
}

#[tokio::test]
async fn messages_to_a_person_are_listed() {
    let world = world();
    for id in ["42", "43"] {
        world.track.identify(id, ()).await.unwrap();
        for _ in 0..5 {
            let email = SendEmail::from_template("order", "ada@example.com").with_identifiers(id);
            world.app.send_email(email).await.unwrap();
        }
    }
    let (read, requests) = world.read(Messages::of("42").with_limit(2)).await;
    assert_eq!((read.len(), requests), (5, 3));
    assert!(read.iter().all(|message| message.customer_id.as_deref() == Some("42")));
    assert_eq!(world.read(Messages::of("42").with_until(NOW)).await.0.len(), 0);
}

#[tokio::test]
async fn relationships_are_listed_with_their_attributes() {
    let world = world();
    let to = |number: u32| Relationship::new(ObjectId::new(1, format!("o{number:02}")));
    let related = (0..12).map(|number| to(number).with_attributes(json!({"number": number})));
    world.track.call(Identify::new("42").with_relationships(related)).await.unwrap();
    let (read, requests) = world.read(Relationships::of("42").with_limit(5)).await;
    let ids: Vec<_> = read.iter().map(|related| related.identifiers.clone().unwrap().object_id.unwrap()).collect();
    assert_eq!((ids, requests), ((0..12).map(|number| format!("o{number:02}")).collect::<Vec<_>>(), 3));
    assert_eq!((read[7].object_type_id, &read[7].attributes["number"]), (Some(1.into()), &json!(7)));
}

#[tokio::test]
async fn opt_outs_are_changed_and_listed() {
    let world = world();
    for number in 0..7 {
        let id = format!("{number}");
        world.track.identify(&id, ()).await.unwrap();
        let change = UpdateOptOuts::of(&id).opt_out("sms", "SHOP").opt_out("whatsapp", "+15551234567");
        world.app.call(change).await.unwrap();
    }
    world.app.call(UpdateOptOuts::of("0").opt_in("sms", "SHOP")).await.unwrap();
    let left = world.app.call(OptOuts::of("0")).await.unwrap().items;
    assert_eq!((left.len(), left[0].from.as_str()), (1, "+15551234567"));
    assert_eq!(left[0].channel.as_ref().unwrap().as_str(), "whatsapp");
    let kept: Vec<_> = world.emulator.person("0").unwrap().opt_outs.into_iter().collect();
    assert_eq!((kept.len(), kept[0].channel), (1, Channel::WhatsApp));

    let (all, requests) = world.read(optouts::List::new().with_limit(3)).await;
    assert_eq!((all.len(), all[1].optouts.len(), requests), (7, 2, 3));
    let (of_shop, _) = world.read(optouts::List::new().with_from("SHOP")).await;
    assert_eq!((of_shop.len(), of_shop[0].optouts.len()), (6, 1));
    assert_eq!(of_shop[0].customer_id.as_deref(), Some("1"));
    let error = world.app.call(UpdateOptOuts::of("0").opt_out("fax", "SHOP")).await.unwrap_err();
    assert_eq!(told(&error), (400, "optouts[0].channel must be one of sms, whatsapp".to_owned()));
    let error = world.app.call(OptOuts::of("nobody")).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 404);

    // Of two people who become one, it has those of both.
    world.track.merge("0", "1").await.unwrap();
    assert_eq!(world.app.call(OptOuts::of("0")).await.unwrap().items.len(), 2);
}

#[tokio::test]
async fn preferences_are_what_a_person_chose_of_the_topics() {
    let world = world();
    world.emulator.create_topic(1, "News", true);
    world.emulator.create_topic(2, "Offers", false);
    let ada = Identify::new("42").with_topics([(1, false)]);
    world.track.call(ada).await.unwrap();
    let read = world.app.call(SubscriptionPreferences::of("42").with_language("fr")).await.unwrap();
    let topics: Vec<_> = read.topics.iter().map(|topic| (topic.id.as_str(), topic.subscribed)).collect();
    assert_eq!(topics, [("topic_1", Some(false)), ("topic_2", Some(false))]);
    assert_eq!((read.topics[0].name.as_deref(), read.unsubscribed), (Some("News"), Some(false)));
    world.track.call(Identify::new("43")).await.unwrap();
    let read = world.app.call(SubscriptionPreferences::of("43")).await.unwrap();
    assert_eq!(read.topics[0].subscribed, Some(true));

    let topics = world.app.call(Topics::new()).await.unwrap().items;
    assert_eq!((topics[1].id, topics[1].identifier.as_deref()), (2.into(), Some("topic_2")));
    assert_eq!(topics[1].subscribed_by_default, Some(false));
    let channels = world.app.call(Channels::new()).await.unwrap().items;
    assert_eq!(channels[0].channel.as_ref().unwrap().as_str(), "email");
    let link = world.app.call(CenterToken::of("42")).await.unwrap();
    assert!(link.url.unwrap().ends_with(&link.token));
    let error = world.app.call(CenterToken::of("nobody")).await.unwrap_err();
    assert_eq!(told(&error), (400, "the person does not exist".to_owned()));
}

#[tokio::test]
async fn who_is_not_there_has_no_segments() {
    let world = world();
    let error = world.app.call(Segments::of("42")).await.unwrap_err();
    assert_eq!(told(&error), (404, "the person does not exist".to_owned()));
}
