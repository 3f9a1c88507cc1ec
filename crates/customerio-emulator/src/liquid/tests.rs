//! What the service documents, what the budget stops, and what hostile text cannot do.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{Budget, Context, Problem, ProblemKind, Template, Undefined};

fn scope() -> Map<String, Value> {
    let scope = json!({
        "customer": {
            "first_name": "Ada", "groceries": "milk,eggs,bread", "expiration": 1_596_196_800, "timezone": "America/Los_Angeles",
            "colors": [{"name": "red"}, {"name": "blue"}, {"name": "red"}], "code": "007"
        },
        "journey": {"body": "Hello {{ customer.first_name }}{% unsubscribe_url %}", "loop": "{% render_liquid journey.loop %}"},
        "event": {"item_count": 3}
    });
    scope.as_object().unwrap().clone()
}

fn render_with(template: &str, undefined: Undefined) -> Result<String, Problem> {
    let snippets = |name: &str| match name {
        "footer" => Some("-- {{ customer.first_name }}{{ mine | default: '' }}{% assign theirs = 1 %}".to_owned()),
        "main address" => Some("12 Square".to_owned()),
        "broken" => Some("a\n{{ nothing.at.all }}".to_owned()),
        "greetings" => {
            Some(r#"[{"version": 0, "greeting": "Hi {{ x }}"}, {"version": 1, "greeting": "Yo"}]"#.to_owned())
        }
        "itself" => Some("{{ snippets.itself }}".to_owned()),
        _ => None,
    };
    let urls = |name: &str| (name == "unsubscribe_url").then(|| "https://example.com/u".to_owned());
    let context = Context { scope: &scope(), snippets: &snippets, undefined, now: 1_700_000_000, urls: &urls };
    Template::parse(template)?.render(&context, &Budget::new())
}

#[track_caller]
fn renders(template: &str, expected: &str) {
    assert_eq!(render_with(template, Undefined::Fail).as_deref(), Ok(expected), "{template}");
}

#[track_caller]
fn fails(template: &str, kind: ProblemKind, line: usize, part: &str) {
    let problem = render_with(template, Undefined::Fail).expect_err(template);
    assert_eq!((problem.kind, problem.line), (kind, line), "{template}: {problem}");
    assert!(problem.message.contains(part), "{template}: {problem}");
}

#[test]
fn the_service_s_first_examples() {
    renders(r#"Hi {{ customer.first_name | default: "there" }}"#, "Hi Ada");
    renders(r#"Hi {{ customer.nickname | default: "there" }}"#, "Hi there");
    renders(
        "{% if customer.nickname != blank %}Hello {{ customer.nickname }}!{% else %}Hello there!{% endif %}",
        "Hello there!",
    );
    renders("{% if customer.first_name != blank %}Hello {{ customer.first_name }}!{% endif %}", "Hello Ada!");
    renders("{{ customer.expiration | date: \"%B %-d, %Y\" }}", "July 31, 2020");
    renders("{{ 1483272000 | date: '%H:%M, %a, %b %d, %Y' }}", "12:00, Sun, Jan 01, 2017");
    renders("{{ customer.expiration | date: '%H:%M %A %b %d, %Y', customer.timezone }}", "05:00 Friday Jul 31, 2020");
    renders(
        "{% assign liquid_version = nil | default: \"latest\" %}{% unless liquid_version == \"latest\" %}\
         {% assign liquid_version = \"legacy\" %}{% endunless %}{{ liquid_version }}",
        "latest",
    );
    renders("{% assign n = customer.code | plus: 0 %}{% if n > 0 %}{{ n }}{% endif %}", "7");
}

#[test]
fn filters_of_the_service() {
    renders(
        "{{ event.item_count | pluralize: 'item', 'items' }}, {{ 1 | pluralize: 'item', 'items' }}",
        "3 items, 1 item",
    );
    renders(r#"{{ customer.groceries | split:"," | array_to_sentence_string: "or" }}"#, "milk, eggs, or bread");
    renders("{{ 10000 | format_number }} {{ 123456.78 | format_number: \"fr\" }}", "10,000 123\u{202f}456,78");
    renders("{{ 1234567.896 | currency }} {{ 1234567.896 | currency: 'en-GB' }}", "$1,234,567.90 £1,234,567.90");
    renders("{{ 1234567.896 | currency: 'en', 'EUR' }}", "€1,234,567.90");
    renders("{{ 1234567.896 | rounded_currency: 'en', 'EUR' }}", "€1,234,568");
    renders(
        "{{ 'now' | date: '%s' | plus: 0 | add_day: 1 | date: '%I:%M %p %B %d, %Y' }}",
        "10:13 PM November 15, 2023",
    );
    renders("{{ 1706659200 | add_month: 1 | date: '%F%Y-%m-%d' }}", "%F2024-02-29");
    renders("{{ 1709164800 | add_year: 1 | date: '%Y-%m-%d' }}", "2025-02-28");
    renders(
        "{{ 1709164800 | subtract_month: 14 | subtract_year: 2 | subtract_day: 1 | date: '%Y-%m-%d' }}",
        "2020-12-28",
    );
    renders("{% assign v = '{\"key\":\"value\",\"number\":123}' | from_json %}{{ v.key }}{{ v.number }}", "value123");
    renders("{{ customer.colors | json_array_uniq: 'name' | to_json }}", r#"[{"name":"red"},{"name":"blue"}]"#);
    renders("{{ customer.groceries | split: ',' | limit: 2 | join: ', ' }}", "milk, eggs");
    renders("{{ customer.colors | where_not: 'name', 'red' | map: 'name' }}", "blue");
    renders("{{ 'the end' | titlecase }} {{ 'abc' | contains: 'b' }}", "The End true");
    renders("{{ 'hey' | md5 }}", "6057f13c496ecf7fd777ceb9e79ae285");
    renders("{{ 'hey' | sha1 }}", "7f550a9f4c44173a37664d938f1355f0f92a47a7");
    renders("{{ 'hey' | hmac_sha1: 'secret_key' }}", "2a3969bed25bfeefb00aca4063eb9590b4df8f0e");
    renders("{{ 'hey' | hmac_sha256: 'secret_key' | hex_base64 }}", "jfiX+No9eZL+V8jbxvJ1eM+/LcxND7tAALjJJIQdUI4=");
    // What fills a block, and a key that is longer than one.
    let (text, key) = ("a".repeat(64), "k".repeat(65));
    renders(&format!("{{{{ '{text}' | md5 }}}}"), "014842d480b571495a4a0363793f7367");
    renders(&format!("{{{{ '{}' | sha1 }}}}", &text[..56]), "c2db330f6083854c99d4b5bfb6e8f29f201be699");
    renders(&format!("{{{{ 'hey' | hmac_sha1: '{key}' }}}}"), "04cc9952c9f2d4a2b26a6aa0d0f205762f4022f4");
    renders("{{ '??>' | base64_url_safe_encode }} {{ 'Pz8-' | base64_url_safe_decode }}", "Pz8- ??>");
    fails("a\n{{ 'x' | add_day: 1 }}", ProblemKind::Syntax, 2, "add_day");
    fails("{{ 1 | currency: 'xx' }}", ProblemKind::Unsupported, 1, "`xx`");
}

#[test]
fn tags_of_the_service() {
    renders("<a href=\"{% unsubscribe_url %}\">", "<a href=\"https://example.com/u\">");
    renders(
        "{% cio_link url:https://example.com/?a=1&b=2 track:true url_params:false %}",
        "https://example.com/?a=1&b=2",
    );
    renders("{% cio_link url:\"https://example.com\" %}", "https://example.com");
    renders("{% render_liquid journey.body %}", "Hello Adahttps://example.com/u");
    renders("{% capture n %}{% random 1 %}{% endcapture %}{{ n }}{{ 1 | random }}", "00");
    let uuid = render_with("{% generate_uuid %}", Undefined::Fail).unwrap();
    assert_eq!((uuid.len(), &uuid[14..15]), (36, "4"), "{uuid}");
    fails("\n{% view_in_browser_url %}", ProblemKind::Unsupported, 2, "view_in_browser_url");
    fails("{% cio_link %}", ProblemKind::Syntax, 1, "cio_link");
    fails("{% cio_link url:https://a.example color:red %}", ProblemKind::Unsupported, 1, "color");
    fails("a\n\n{% countdown point:64 %}", ProblemKind::Unsupported, 3, "the tag `countdown`");
    fails("{{ 'a' | timezone: 'UTC' }}", ProblemKind::Unsupported, 1, "the filter `timezone`");
    fails("{{ 100000000 | date: '%H', 'Asia/Amman' }}", ProblemKind::Unsupported, 1, "before 2023");
}

#[test]
fn snippets_see_the_message_and_not_the_template() {
    renders("{% assign mine = 'x' %}{{ snippets.footer }}{{ theirs | default: 'none' }}", "-- Adanone");
    renders("{{ snippets[\"main address\"] | upcase }}", "12 SQUARE");
    renders(
        "{% for g in snippets.greetings %}{% if g.version == 0 %}{{ g.greeting }}{% endif %}{% endfor %}",
        "Hi {{ x }}",
    );
    renders("{{ snippets.missing | default: 'none' }}", "none");
    fails("\n\n{{ snippets.broken }}", ProblemKind::Undefined, 3, "the snippet `broken`: line 2: `nothing`");
    fails("{{ snippets.missing }}", ProblemKind::Undefined, 1, "`snippets`");
    fails("{{ snippets.itself }}", ProblemKind::Budget, 1, "within each other");
    fails("{% render_liquid journey.loop %}", ProblemKind::Budget, 1, "within each other");
}

#[test]
fn what_is_missing_fails_or_is_nothing() {
    fails("a\nb {{ customer.nickname }}", ProblemKind::Undefined, 2, "`customer.nickname` has no value");
    fails("{{ nobody.at.home }}", ProblemKind::Undefined, 1, "`nobody` has no value");
    let blank = |template: &str| render_with(template, Undefined::Blank);
    assert_eq!(
        blank("[{{ customer.nickname }}{{ nobody.at.home }}{% for i in nobody %}{% endfor %}]").as_deref(),
        Ok("[]")
    );
    assert_eq!(blank("{{ customer.colors | where: 'size_of' | size }}{{ nobody | upcase }}").as_deref(), Ok("0"));
    assert_eq!(blank("{{ 'a' | nonsense }}").unwrap_err().kind, ProblemKind::Unsupported);
}

#[test]
fn the_budget_ends_what_takes_too_long() {
    let hostile = [
        "{% for i in (1..1000000000) %}{% endfor %}",
        "{% for i in (1..1000) %}{% for j in (1..1000) %}{% endfor %}{% endfor %}",
        "{% assign x = 'aaaaaaaaaaaaaaaa' %}{% for i in (1..100) %}{% assign x = x | append: x %}{% endfor %}",
        "{% assign x = 'aaaaaaaaaaaaaaaa' %}{% for i in (1..100) %}{% assign x = x | replace: 'a', x %}{% endfor %}",
        "{% assign x = 'a' | split: '-' %}{% for i in (1..9000) %}{% assign x = 'a' | split: '-' | push: x %}{% endfor %}",
        "{% assign x = 'a' | split: '-' %}{% for i in (1..90) %}{% assign x = x | push: x %}{% endfor %}{{ x }}",
        "{% assign x = 'a' | split: '-' %}{% for i in (1..90) %}{% assign x = x | push: x %}{% endfor %}{{ x | json }}",
        "{% assign x = 'a' | split: '-' %}{% for i in (1..90) %}{% assign x = x | push: x %}{% endfor %}{{ x | join }}",
        "{% assign x = 'a' | split: '-' %}{% for i in (1..90) %}{% assign x = x | concat: x %}{% endfor %}",
        "{{ 1700000000 | date: '%999999999Y' }}",
        "{{ 1700000000 | date: '%9999999999999999999999999N' }}",
        "{% for i in (1..20) %}{{ 1700000000 | date: '%600000Y' }}{% endfor %}",
        "{% for i in (1..90000) %}{% for j in (1..20) %}{% break %}{% endfor %}{% endfor %}",
        "{% tablerow i in (1..50000) cols: 1 %}aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa{% endtablerow %}",
    ];
    for template in hostile {
        let start = Instant::now();
        fails(template, ProblemKind::Budget, 1, "");
        assert!(start.elapsed() < Duration::from_secs(20), "{template} took {:?}", start.elapsed());
    }
    renders("{% for i in (1..20000) %}.{% endfor %}", &".".repeat(20000));
}

/// Steps count the bytes that they touch, so that none of them is long.
#[test]
fn the_budget_ends_what_touches_long_texts() {
    let long = "a".repeat(400_000);
    let hostile = [
        format!("{{% for i in (1..90000) %}}{{% if i == '{long}' %}}{{% endif %}}{{% endfor %}}"),
        format!("{{% for i in (1..90000) %}}{{% assign {long} = 1 %}}{{% endfor %}}"),
        format!("{{% for i in (1..90000) %}}{{{{ {long} | default: 1 }}}}{{% endfor %}}"),
        format!("{{% for i in (1..90000) %}}{{% increment {long} %}}{{% endfor %}}"),
        format!("{{% for i in (1..90000) %}}{{% cycle '{long}', 1 %}}{{% endfor %}}"),
        format!("{{% for i in (1..90000) %}}{{% for j in {long} %}}{{% endfor %}}{{% endfor %}}"),
        format!(
            "{{% assign x = '{long}' %}}{{% for i in (1..900) %}}{{% assign y = y | push: x %}}{{% endfor %}}{{{{ y | uniq }}}}"
        ),
        format!(
            "{{{{ (1..9000) | map: '{long}' | size }}}}{{{{ (1..9000) | group_by_exp: 'i', \"'{long}'\" | size }}}}"
        ),
    ];
    for template in hostile {
        let start = Instant::now();
        let problem = render_with(&template, Undefined::Blank).expect_err(&template[..80]);
        assert_eq!(problem.kind, ProblemKind::Budget, "{} {problem}", &template[..80]);
        assert!(start.elapsed() < Duration::from_secs(20), "{} took {:?}", &template[..80], start.elapsed());
    }
}

#[test]
fn a_template_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&Template::parse("{{ 'a' | upcase }}").unwrap());
}

#[test]
fn deep_templates_do_not_overflow_the_stack() {
    for (open, close) in [
        ("{% if true %}", "{% endif %}"),
        ("{% for i in (1..2) %}", "{% endfor %}"),
        ("{% case 1 %}{% when 1 %}", "{% endcase %}"),
    ] {
        fails(&(open.repeat(20000) + &close.repeat(20000)), ProblemKind::Budget, 1, "nest");
        assert!(render_with(&(open.repeat(9) + &close.repeat(9)), Undefined::Fail).is_ok());
    }
    fails(&format!("{{{{ {} }}}}", "(".repeat(50000)), ProblemKind::Budget, 1, "brackets");
    fails(&format!("{{{{ {}1{} }}}}", "a[".repeat(50000), "]".repeat(50000)), ProblemKind::Budget, 1, "brackets");
    let deep = "{% if true %}".repeat(95) + "{{ snippets.footer }}" + &"{% endif %}".repeat(95);
    renders(&deep, "-- Ada");
}

/// Half a megabyte of the same pieces are parsed or refused in no time.
#[test]
fn parsing_is_linear() {
    for piece in [
        "{{ a",
        "{% a",
        "{",
        "{{ 'a",
        "{% raw %}",
        "{{ a | b: c, ",
        "{% for ",
        "{{ a.b[",
        "{{- 1 -}} ",
        "{% cycle 1, 2 %}",
        "\n{{ a }}",
        "{% raw %}{% endraw",
        "{% comment %}",
        "{% if a %}{% endif %}",
        "a b:1 ",
        "{% liquid echo a\n",
        "((",
        "[[",
        "{% case a %}{% when b, ",
    ] {
        let source = piece.repeat((1 << 19) / piece.len());
        for source in
            [source.clone(), format!("{{{{ {source} }}}}"), format!("{{% for i in a {source} %}}{{% endfor %}}")]
        {
            let start = Instant::now();
            let _ = Template::parse(&source);
            assert!(start.elapsed() < Duration::from_secs(10), "{piece} took {:?}", start.elapsed());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics(text in ".{0,80}", pieces in proptest::collection::vec(proptest::sample::select(vec![
        "{{", "}}", "{%", "%}", "-", " ", "\n", "if", "endif", "for", "in", "endfor", "a", "'", "\"", "|", ":", ",", ".", "[", "]",
        "(", ")", "..", "1", "date", "slice", "split", "é", "😀", "\\", "raw", "endraw", "liquid", "cycle", "=", "==", "assign",
        "customer", "default", "unless", "case", "when", "#", "\u{a0}", "capture", "tablerow", "endtablerow", "-5", "json",
    ]), 0..40)) {
        for template in [text.clone(), pieces.concat(), format!("{{{{ {} }}}}", pieces.concat()), format!("{{% {} %}}", pieces.concat())] {
            if let Ok(text) = render_with(&template, Undefined::Blank) {
                prop_assert!(text.len() <= 1 << 20);
            }
        }
    }

    #[test]
    fn no_date_panics(date in "[0-9TZ:+. a-z/()-]{0,30}", format in "%[-_0^#:]{0,2}[0-9]{0,2}[A-Za-z%]", zone in -100_000_i32..100_000) {
        let template = format!("{{{{ \"{date}\" | date: \"{format}\", {zone} }}}}");
        prop_assert!(render_with(&template, Undefined::Fail).is_ok());
    }
}
