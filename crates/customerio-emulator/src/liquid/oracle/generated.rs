//! Templates that are made up: tags in tags, filters with unusual arguments, and white space control.

use proptest::{collection::vec, option, prelude::*, sample::select, strategy::BoxedStrategy};

/// Variables of the usual scope, some of which it does not have.
const PATHS: [&str; 68] = [
    "customer",
    "customer.first_name",
    "customer.age",
    "customer.balance",
    "customer.vip",
    "customer.churned",
    "customer.nickname",
    "customer.phone",
    "customer.created_at",
    "customer.born",
    "customer.groceries",
    "customer.tags",
    "customer.tags[0]",
    "customer.tags[-1]",
    "customer.tags.first",
    "customer.tags.last",
    "customer.tags.size",
    "customer.address",
    "customer.address.size",
    "customer[key]",
    "customer['email']",
    "customer.phone.x",
    "event.total",
    "event.at",
    "event.paid",
    "event.item_count",
    "trigger.items",
    "trigger.items[1].name",
    "trigger.items.first.sizes",
    "trigger.url",
    "trigger.html",
    "numbers",
    "numbers[2]",
    "numbers.first",
    "mixed",
    "mixed[5]",
    "mixed[6]",
    "empty_list",
    "empty_list.size",
    "empty_object",
    "nested",
    "nested.a",
    "nested.a[0][1]",
    "nested.b.c.d",
    "nested['10']",
    "zero",
    "one",
    "minus",
    "float",
    "large",
    "tiny",
    "yes",
    "no",
    "nothing",
    "text",
    "padded",
    "empty_text",
    "unicode",
    "digits",
    "lines",
    "emoji",
    "cjk",
    "x",
    "y",
    "item",
    "i",
    "x",
    "item",
];

/// Variables that tags set, or that are nowhere.
const OTHERS: [&str; 11] = [
    "forloop.index",
    "forloop",
    "forloop.last",
    "missing",
    "customer.missing",
    "missing.more",
    "tablerowloop.col",
    "size",
    "continue",
    "numbers[9]",
    "item.name",
];

const LITERALS: [&str; 46] = [
    "0",
    "1",
    "2",
    "3",
    "-1",
    "-2",
    "1.5",
    "-0.5",
    "10",
    "100",
    "1.",
    "true",
    "false",
    "nil",
    "null",
    "empty",
    "blank",
    "''",
    "\"\"",
    "' '",
    "'a'",
    "\"Ada\"",
    "'1'",
    "'-4'",
    "'2.5'",
    "','",
    "'e'",
    "'name'",
    "'price'",
    "'sizes.size'",
    "'type'",
    "'kitchen'",
    "'stock'",
    "'<b>'",
    "'a b & c'",
    "'ordinal'",
    "'US'",
    "'now'",
    "'2020-02-29'",
    "'0x1f'",
    "'\\n\\u0041'",
    "(1..3)",
    "(one..numbers[0])",
    "'now' ",
    "'item'",
    "'item.price > 3'",
];

const FILTERS: [&str; 76] = [
    "abs",
    "array_to_sentence_string",
    "at_least",
    "at_most",
    "base64_encode",
    "capitalize",
    "ceil",
    "cgi_escape",
    "compact",
    "concat",
    "date",
    "date",
    "date_to_long_string",
    "date_to_rfc822",
    "date_to_string",
    "date_to_xmlschema",
    "default",
    "default",
    "default",
    "divided_by",
    "downcase",
    "escape",
    "escape_once",
    "first",
    "floor",
    "hmac_sha256",
    "inspect",
    "join",
    "join",
    "json",
    "json",
    "jsonify",
    "last",
    "lstrip",
    "map",
    "minus",
    "modulo",
    "newline_to_br",
    "normalize_whitespace",
    "number_of_words",
    "plus",
    "pop",
    "push",
    "raw",
    "remove",
    "remove_first",
    "remove_last",
    "replace",
    "replace_first",
    "replace_last",
    "reverse",
    "round",
    "rstrip",
    "sha256",
    "shift",
    "size",
    "slice",
    "slugify",
    "sort",
    "sort_natural",
    "split",
    "squish",
    "uri_escape",
    "url_encode",
    "xml_escape",
    "strip",
    "strip_html",
    "strip_newlines",
    "sum",
    "times",
    "to_integer",
    "truncate",
    "truncatewords",
    "uniq",
    "unshift",
    "upcase",
];

/// Filters that seldom take what they get.
const STRICT_FILTERS: [&str; 19] = [
    "append",
    "base64_decode",
    "date",
    "find",
    "find_exp",
    "find_index",
    "find_index_exp",
    "group_by",
    "group_by_exp",
    "has",
    "has_exp",
    "nonsense",
    "prepend",
    "reject",
    "reject_exp",
    "unshift",
    "url_decode",
    "where",
    "where_exp",
];

/// Filters with the arguments that they are for.
const CALLS: [&str; 27] = [
    "date: '%Y-%m-%d %H:%M:%S'",
    "date: '%a %A %b %B %c %C %d %e %H %I %j %k %l %L %m %M %N %p %P %q %s %S %u %U %w %W'",
    "date: '%x|%X|%y|%Y|%z|%:z|%Z|%%|%t|%n|%h'",
    "date: '%-d %_m %05Y %^a %#B %3N %10A %-%E %Ey %5%'",
    "date: nil, 330",
    "date: '%H:%M %z %Z', 'America/New_York'",
    "date: '%c %Z', -90.5",
    "default: 'none'",
    "default: 1, allow_false: true",
    "divided_by: 3, true",
    "json: '--'",
    "map: 'name'",
    "map: 'sizes.first'",
    "number_of_words: 'auto'",
    "number_of_words: 'cjk'",
    "replace: 'a', 'bb'",
    "round: 1",
    "slice: -3, 2",
    "slice: 1, 4",
    "slugify: 'latin'",
    "slugify: 'pretty', true",
    "sort: 'price'",
    "split: ' '",
    "split: ''",
    "sum: 'price'",
    "truncate: 5, '…'",
    "truncatewords: 2",
];

/// The same, of `trigger.items`.
const ITEM_CALLS: [&str; 14] = [
    "group_by: 'type'",
    "group_by: 'type' | json: 2",
    "reject: 'sale'",
    "where: 'sale'",
    "where: 'type', 'kitchen'",
    "where_exp: 'item', 'item.stock > 0 and item.sale'",
    "find: 'name', 'Desk'",
    "find_exp: 'x', 'x.price < 5'",
    "find_index: 'stock', 0",
    "has: 'sale', nil",
    "has_exp: 'x', 'x.sizes contains 3'",
    "reject_exp: 'x', 'x.sale == nil'",
    "group_by_exp: 'x', 'x.name | size' | json",
    "where: 'sizes', empty",
];

fn text(from: &'static [&'static str]) -> BoxedStrategy<String> {
    select(from).prop_map(String::from).boxed()
}

fn value() -> BoxedStrategy<String> {
    prop_oneof![60 => text(&PATHS), 1 => text(&OTHERS), 30 => text(&LITERALS)].boxed()
}

fn filter() -> BoxedStrategy<String> {
    let argument = prop_oneof![
        12 => value(),
        1 => value().prop_map(|value| format!("allow_false: {value}")),
        1 => Just(String::new()),
    ];
    let odd = (prop_oneof![25 => text(&FILTERS), 1 => text(&STRICT_FILTERS)], vec(argument, 0..3)).prop_map(
        |(name, arguments)| match arguments.len() {
            0 => name,
            _ => format!("{name}: {}", arguments.join(", ")),
        },
    );
    prop_oneof![3 => odd, 2 => text(&CALLS)].boxed()
}

/// An expression and its filters.
fn filtered() -> BoxedStrategy<String> {
    let items = text(&ITEM_CALLS).prop_map(|call| format!("trigger.items | {call}"));
    (prop_oneof![12 => value(), 2 => condition(), 1 => items], vec(filter(), 0..4))
        .prop_map(|(value, filters)| filters.into_iter().fold(value, |value, filter| format!("{value} | {filter}")))
        .boxed()
}

fn condition() -> BoxedStrategy<String> {
    let operator = select(vec!["==", "!=", "<", ">", "<=", ">=", "contains", "and", "or", "and", "or", ""]);
    (option::weighted(0.1, Just("not ")), value(), vec((operator, value()), 0..3))
        .prop_map(|(not, first, rest)| {
            let rest: Vec<String> = rest.iter().map(|(operator, value)| format!(" {operator} {value}")).collect();
            format!("{}{first}{}", not.unwrap_or_default(), rest.concat())
        })
        .boxed()
}

fn words() -> BoxedStrategy<String> {
    text(&[" ", "\n", "a", " b ", "\n  c\n", "}", "%", "ü", "\u{a0}", "\t", "'", "\"", "", "{ {", "-"])
}

/// A tag or an output, with dashes at its ends now and then.
fn delimited(open: &'static str, inside: BoxedStrategy<String>, close: &'static str) -> BoxedStrategy<String> {
    let dash = || prop_oneof![4 => Just(""), 1 => Just("-")];
    let space = || select(vec![" ", "", "\n ", "  "]);
    (dash(), space(), inside, space(), dash())
        .prop_map(move |(left, before, inside, after, right)| {
            // A dash that touches a name belongs to it.
            let after = if right == "-" && after.is_empty() { " " } else { after };
            let before = if left == "-" && before.is_empty() { " " } else { before };
            format!("{open}{left}{before}{inside}{after}{right}{close}")
        })
        .boxed()
}

fn tag(inside: BoxedStrategy<String>) -> BoxedStrategy<String> {
    delimited("{%", inside, "%}")
}

fn fixed(inside: &'static str) -> BoxedStrategy<String> {
    tag(Just(inside.to_owned()).boxed())
}

fn named(name: &'static str, inside: BoxedStrategy<String>) -> BoxedStrategy<String> {
    tag(inside.prop_map(move |inside| format!("{name} {inside}")).boxed())
}

fn leaf() -> BoxedStrategy<String> {
    let name = || text(&["x", "y", "item", "counter", "zero", "numbers"]);
    let assign = (name(), filtered()).prop_map(|(name, value)| format!("assign {name} = {value}")).boxed();
    let cycle = (option::weighted(0.3, value()), vec(value(), 1..4)).prop_map(|(group, values)| {
        format!("cycle {}{}", group.map(|group| group + ": ").unwrap_or_default(), values.join(", "))
    });
    let lines = vec(prop_oneof![assign.clone(), filtered().prop_map(|value| format!("echo {value}"))], 0..3)
        .prop_map(|lines| format!("liquid\n{}", lines.join("\n ")));
    prop_oneof![
        8 => delimited("{{", filtered(), "}}"),
        4 => words(),
        4 => tag(assign),
        1 => named("echo", filtered()),
        1 => tag(cycle.boxed()),
        1 => named("increment", name()),
        1 => named("decrement", name()),
        1 => tag(lines.boxed()),
        1 => fixed("break"),
        1 => fixed("continue"),
        1 => fixed("# a comment"),
        1 => fixed("raw").prop_map(|open| format!("{open} {{{{ x }}}} {{% if %}} {{% endraw -%}}")),
        1 => fixed("comment").prop_map(|open| format!("{open} {{{{ x }}}} {{% nothing %}} {{% endcomment %}}")),
    ]
    .boxed()
}

fn arguments() -> BoxedStrategy<String> {
    let one = prop_oneof![
        (select(vec!["limit", "offset", "cols"]), value()).prop_map(|(name, value)| format!(" {name}: {value}")),
        (select(vec!["limit", "offset", "cols"]), 0..4).prop_map(|(name, number)| format!(" {name}:{number}")),
        text(&[" reversed", " offset: continue", ", limit: 2", " reversed: no"]),
    ];
    vec(one, 0..3).prop_map(|arguments| arguments.concat()).boxed()
}

fn loop_tag(name: &'static str) -> BoxedStrategy<String> {
    let list = prop_oneof![3 => text(&[
        "numbers", "customer.tags", "trigger.items", "(1..3)", "mixed", "empty_list", "nested", "text", "x",
    ]), 1 => value()];
    let variable = text(&["item", "i", "x"]);
    named(
        name,
        (variable, list, arguments()).prop_map(|(variable, list, rest)| format!("{variable} in {list}{rest}")).boxed(),
    )
}

/// A block with bodies: what opens it, what may be between, and what closes it.
fn block(
    open: BoxedStrategy<String>,
    middle: BoxedStrategy<String>,
    last: BoxedStrategy<String>,
    close: &'static str,
    body: BoxedStrategy<String>,
) -> BoxedStrategy<String> {
    let close = prop_oneof![150 => fixed(close), 1 => fixed("endif"), 1 => Just(String::new())];
    (open, body.clone(), vec((middle, body.clone()), 0..3), option::of((last, body)), close)
        .prop_map(|(open, body, rest, last, close)| {
            let rest: String = rest.into_iter().chain(last).map(|(middle, body)| middle + &body).collect();
            format!("{open}{body}{rest}{close}")
        })
        .boxed()
}

/// A template.
pub(super) fn template() -> BoxedStrategy<String> {
    let nodes = |node: BoxedStrategy<String>| vec(node, 0..4).prop_map(|nodes| nodes.concat()).boxed();
    let node = leaf().prop_recursive(3, 16, 3, move |inner| {
        let body = nodes(inner.boxed());
        let other = || prop_oneof![50 => fixed("else"), 1 => fixed("else x")].boxed();
        let otherwise = || prop_oneof![30 => named("elsif", condition()), 1 => other()].boxed();
        let when = || {
            let values = (vec(value(), 1..3), select(vec![", ", " or "])).prop_map(|(values, with)| values.join(with));
            prop_oneof![9 => named("when", values.boxed()), 1 => other()].boxed()
        };
        let nothing = || Just(String::new()).boxed();
        prop_oneof![
            3 => block(named("if", condition()), otherwise(), other(), "endif", body.clone()),
            2 => block(named("unless", condition()), prop_oneof![4 => otherwise(), 1 => other()].boxed(), other(), "endunless", body.clone()),
            2 => block(named("case", filtered()), when(), other(), "endcase", body.clone()),
            3 => block(loop_tag("for"), nothing(), other(), "endfor", body.clone()),
            1 => block(loop_tag("tablerow"), nothing(), nothing(), "endtablerow", body.clone()),
            1 => block(named("capture", text(&["x", "'y'", "item"])), nothing(), nothing(), "endcapture", body),
        ]
    });
    let set = (value(), filtered(), value())
        .prop_map(|(x, y, item)| format!("{{% assign x = {x} %}}{{% assign y = {y} %}}{{% assign item = {item} %}}"));
    (option::weighted(0.9, set), vec(node, 1..5))
        .prop_map(|(set, nodes)| set.unwrap_or_default() + &nodes.concat())
        .boxed()
}
