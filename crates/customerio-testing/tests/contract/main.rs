//! The operations of the App API, compared with the vendor's contract.
//!
//! `app.tsv` has the method and the route of each. Where the contract itself is at hand, in the folder that
//! `CUSTOMERIO_CONTRACTS` names, the table is compared with it too, and so is what each operation sends.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "other tests use the rest")]
#[path = "../catalogue/mod.rs"]
mod catalogue;
mod grammar;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Debug,
    fs,
    path::PathBuf,
};

use customerio_core::{
    Api, App, BatchResponse, DecodeFailure, Endpoint, FromResponse as _, Limits, Operation, Prepared, Sample,
    VisitSample, bytes::Bytes, http::Response, operations, visit_samples,
};
use serde_json::Value;

use self::grammar::{Kind, Shape};

/// A method and a route, whose parts in braces have no names.
type Key = (String, String);

fn key(method: &str, route: &str) -> Key {
    let part = |part: &str| if part.starts_with('{') { "{}".to_owned() } else { part.to_owned() };
    (method.to_owned(), route.split('/').map(part).collect::<Vec<_>>().join("/"))
}

fn table() -> BTreeSet<Key> {
    let lines = include_str!("app.tsv").lines();
    lines.map(|line| line.split_once('\t').unwrap()).map(|(method, route)| key(method, route)).collect()
}

/// The operations that are modelled; [`Raw`](customerio_core::app::Raw) is of any route.
fn modelled() -> BTreeMap<Key, &'static str> {
    let ours = operations().filter(|operation| operation.api == "app" && operation.route != "/{path}");
    ours.map(|operation| (key(operation.method.as_str(), operation.route), operation.name)).collect()
}

/// The folder of the contracts.
fn folder() -> PathBuf {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/spec");
    std::env::var_os("CUSTOMERIO_CONTRACTS").map_or_else(|| PathBuf::from(beside), PathBuf::from)
}

/// The contract, a line each, if it is at hand.
fn contract() -> Option<Vec<Vec<String>>> {
    let folder = folder();
    let Ok(text) = fs::read_to_string(folder.join("app-table.tsv")) else {
        println!("the contract is not in {}: see `CUSTOMERIO_CONTRACTS`", folder.display());
        return None;
    };
    Some(text.lines().skip(1).map(|line| line.split('\t').map(str::to_owned).collect()).collect())
}

#[test]
fn every_operation_is_one_of_the_contract() {
    let (table, modelled) = (table(), modelled());
    for (key, name) in &modelled {
        assert!(table.contains(key), "{name}: the contract has no {key:?}");
    }
    println!("{} of {} operations of the App API", modelled.len(), table.len());
    assert_eq!(table.len(), 186);
}

#[test]
fn the_table_is_that_of_the_contract() {
    let Some(contract) = contract() else { return };
    let contract: BTreeSet<_> = contract.iter().map(|row| key(&row[2], &row[3])).collect();
    assert_eq!(table(), contract);
}

/// The names of the parameters in the query of each sample.
#[derive(Default)]
struct Queries(BTreeMap<Key, BTreeSet<String>>);

impl VisitSample for Queries {
    fn visit<O: Sample<Api = App>>(&mut self, operation: O) {
        let prepared = Prepared::new(operation, &Limits::default()).unwrap();
        let query = prepared.path().split_once('?').map_or("", |(_, query)| query);
        let names = query.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, _)| name.to_owned());
        self.0.entry(key(O::METHOD.as_str(), O::ROUTE)).or_default().extend(names);
    }
}

/// The shapes that lines of the contract name.
fn shared() -> Value {
    let text = fs::read_to_string(folder().join("app-additions.json")).unwrap();
    serde_json::from_str::<Value>(&text).unwrap()["shared"].take()
}

/// What is left out on purpose, of each operation by its id: the paths of fields, or names of parameters.
struct LeftOut(Vec<(Vec<&'static str>, Vec<&'static str>)>);

impl LeftOut {
    /// Each line has operations, what is left out of them, and why.
    fn read(table: &'static str) -> Self {
        let lines = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let line = |line: &'static str| {
            let columns: Vec<_> = line.split('\t').collect();
            let [operations, paths, reason] = columns[..] else { panic!("three columns: {line}") };
            assert!(!reason.is_empty(), "no reason: {line}");
            (operations.split(' ').collect(), paths.split(' ').collect())
        };
        Self(lines.map(line).collect())
    }

    fn has(&self, operation: &str, path: &str) -> bool {
        let is = |left_out: &&str| match left_out.strip_suffix('*') {
            Some(all) => path
                .strip_prefix(all.trim_end_matches('.'))
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || all.is_empty()),
            None => *left_out == path,
        };
        self.0.iter().any(|(operations, paths)| operations.contains(&operation) && paths.iter().any(is))
    }
}

type Read = fn(&Response<Bytes>) -> Result<(), DecodeFailure>;

/// What each operation of the App API sends, of all its samples, and what it reads.
#[derive(Default)]
struct Bodies {
    sent: BTreeMap<Key, Shape>,
    read: BTreeMap<Key, customerio_core::Shape>,
    /// Reads a response, and says what it lacks.
    reader: BTreeMap<Key, Read>,
}

impl Bodies {
    fn add<O: Operation>(&mut self, operation: O) {
        let key = key(O::METHOD.as_str(), O::ROUTE);
        self.read.insert(key.clone(), O::Output::SHAPE);
        self.reader.insert(key.clone(), |response| O::Output::from_response(response).map(drop));
        let prepared = Prepared::new(operation, &Limits::default()).unwrap();
        if let Ok(body) = serde_json::from_slice::<Value>(prepared.body()) {
            self.sent.entry(key).or_default().merge(Shape::of(&body));
        }
    }
}

impl VisitSample for Bodies {
    fn visit<O: Sample<Api = App>>(&mut self, operation: O) {
        for more in O::more() {
            self.add(more);
        }
        self.add(operation);
    }
}

/// The sends have their samples elsewhere.
impl catalogue::Visit for Bodies {
    fn operation<O: Operation + Debug>(&mut self, _: &Endpoint<O::Api>, operation: O) {
        if O::Api::NAME == "app" && O::ROUTE != "/{path}" {
            self.add(operation);
        }
    }

    fn batch<A: Api>(&mut self, _: &Endpoint<A>, _: Prepared<BatchResponse>) {}
}

fn bodies() -> Bodies {
    let mut bodies = Bodies::default();
    catalogue::visit("http://localhost", &mut bodies);
    visit_samples(&mut bodies);
    bodies
}

/// Whether it is said that they are two things.
fn differ(sent: Kind, contract: Kind) -> bool {
    sent != contract && ![sent, contract].contains(&Kind::Any)
}

/// Compares what is sent with what can be, field by field.
fn compare_sent(
    sent: &Shape,
    contract: &Shape,
    path: &str,
    is_left_out: &dyn Fn(&str) -> bool,
    wrong: &mut Vec<String>,
) -> usize {
    // An object of which the contract says nothing more is anybody's.
    if contract.fields.is_empty() {
        return 0;
    }
    let at = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    for name in sent.fields.keys().filter(|name| !contract.fields.contains_key(*name) && !is_left_out(&at(name))) {
        wrong.push(format!("sends `{}`, which the contract has not", at(name)));
    }
    let mut count = 0;
    for (name, field) in contract.fields.iter().filter(|(name, _)| !is_left_out(&at(name))) {
        count += 1;
        match sent.fields.get(name) {
            Some(sent) if differ(sent.shape.kind, field.shape.kind) => {
                let (sent, expected) = (sent.shape.kind, field.shape.kind);
                wrong.push(format!("sends `{}` as {sent:?}, and it is {expected:?}", at(name)));
            }
            Some(sent) => count += compare_sent(&sent.shape, &field.shape, &at(name), is_left_out, wrong),
            None => wrong.push(format!("no sample sends `{}`", at(name))),
        }
    }
    count
}

/// What can be said: each field of the contract is in a sample, and no other.
#[test]
fn every_field_of_a_body_is_there() {
    let Some(contract) = contract() else { return };
    let (bodies, shared, table) = (bodies(), shared(), LeftOut::read(include_str!("not_sent.tsv")));
    let (mut fields, mut wrong) = (0, Vec::new());
    for row in contract {
        let key = key(&row[2], &row[3]);
        if !bodies.read.contains_key(&key) || row[8] == "-" || row[7].starts_with("multipart") {
            continue;
        }
        let sent = bodies.sent.get(&key).cloned().unwrap_or_default();
        let mut of_row = Vec::new();
        let is_left_out = |path: &str| table.has(&row[1], path);
        fields += compare_sent(&sent, &Shape::read(&row[8], &shared), "", &is_left_out, &mut of_row);
        wrong.extend(of_row.into_iter().map(|problem| format!("{}: {problem}", row[1])));
    }
    println!("{fields} fields of bodies");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Compares what is read with what can come, field by field.
fn compare_read(
    read: &customerio_core::Shape,
    contract: &Shape,
    path: &str,
    is_left_out: &dyn Fn(&str) -> bool,
    wrong: &mut Vec<String>,
) -> usize {
    let customerio_core::Shape::Object(fields) = read else { return 0 };
    let at = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    let mut count = 0;
    for (name, field) in contract.fields.iter().filter(|(name, _)| !is_left_out(&at(name))) {
        count += 1;
        match fields.iter().find(|(names, _)| names.contains(&name.as_str())) {
            Some((_, read)) => count += compare_read(read, &field.shape, &at(name), is_left_out, wrong),
            None => wrong.push(format!("does not read `{}`", at(name))),
        }
    }
    count
}

/// What comes back: each field of the contract has a field of its own.
#[test]
fn every_field_of_a_response_is_there() {
    let Some(contract) = contract() else { return };
    let (bodies, shared, table) = (bodies(), shared(), LeftOut::read(include_str!("not_read.tsv")));
    let (mut fields, mut wrong) = (0, Vec::new());
    for row in contract {
        let Some(read) = bodies.read.get(&key(&row[2], &row[3])) else { continue };
        let shape = Shape::read(&row[11], &shared);
        let is_left_out = |path: &str| table.has(&row[1], path);
        if matches!(read, customerio_core::Shape::Any) && !shape.fields.is_empty() && !is_left_out("") {
            wrong.push(format!("{}: reads nothing by name", row[1]));
        }
        let mut of_row = Vec::new();
        fields += compare_read(read, &shape, "", &is_left_out, &mut of_row);
        wrong.extend(of_row.into_iter().map(|problem| format!("{}: {problem}", row[1])));
    }
    println!("{fields} fields of responses");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a field can come as instead: nothing, or any other JSON.
fn changes() -> [Option<Value>; 7] {
    let odd = serde_json::json!({"odd": [1]});
    [
        None,
        Some(Value::Null),
        Some("odd".into()),
        Some(1.5.into()),
        Some(true.into()),
        Some(Value::Array(vec![])),
        Some(odd),
    ]
}

/// The paths of all fields of an object, as JSON pointers.
fn pointers(object: &Value, path: &str, found: &mut Vec<String>) {
    for (name, value) in object.as_object().into_iter().flatten() {
        let pointer = format!("{path}/{name}");
        pointers(value, &pointer, found);
        found.push(pointer);
    }
}

fn change(json: &Value, pointer: &str, change: Option<Value>) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let mut changed = json.clone();
    let parent = changed.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match change {
        Some(value) => drop(parent.insert(name.to_owned(), value)),
        None => drop(parent.remove(name)),
    }
    changed
}

/// A response in which any one field is odd is read all the same: but for one that shows that it is the response at all, and
/// the one that names the thing to the next call.
#[test]
fn no_odd_field_loses_the_rest() {
    let Some(contract) = contract() else { return };
    let (bodies, shared) = (bodies(), shared());
    let (mut count, mut required) = (0, 0);
    for row in contract {
        let Some(read) = bodies.reader.get(&key(&row[2], &row[3])) else { continue };
        let shape = Shape::read(&row[11], &shared);
        if shape.fields.is_empty() {
            continue;
        }
        let whole = shape.example();
        let response = |json: &Value| Response::new(Bytes::from(json.to_string()));
        assert!(read(&response(&whole)).is_ok(), "{}: {:?} of {whole}", row[1], read(&response(&whole)));
        let mut fields = Vec::new();
        pointers(&whole, "", &mut fields);
        let mut of_row = BTreeSet::new();
        for (pointer, odd) in fields.iter().flat_map(|pointer| changes().map(|odd| (pointer, odd))) {
            count += 1;
            if read(&response(&change(&whole, pointer, odd))).is_err() {
                of_row.insert(pointer.as_str());
            }
        }
        let is_right = |pointer: &&str| {
            let parts: Vec<_> = pointer.split('/').skip(1).collect();
            matches!(parts[..], [_] | [_, "id" | "language" | "name"])
        };
        let outer = of_row.iter().filter(|pointer| pointer.matches('/').count() == 1).count();
        assert!(of_row.iter().all(is_right) && of_row.len() <= 2 && outer <= 1, "{} requires {of_row:?}", row[1]);
        required += of_row.len();
    }
    println!("{count} responses with an odd field; {required} fields are required, at most two of an operation");
}

/// What a call can be narrowed by: each parameter of the contract is in the sample, and no other.
#[test]
fn every_parameter_of_a_query_is_there() {
    let Some(contract) = contract() else { return };
    let mut queries = Queries::default();
    visit_samples(&mut queries);
    let table = LeftOut::read(include_str!("not_sent.tsv"));
    let (mut parameters, mut wrong) = (0, Vec::new());
    for row in contract {
        let Some(ours) = queries.0.get(&key(&row[2], &row[3])) else { continue };
        let names = row[6].split("; ").filter(|parameter| !parameter.is_empty());
        let theirs: BTreeSet<_> = names
            .map(|parameter| parameter.split([':', '!', '(', '*']).next().unwrap().to_owned())
            .filter(|name| !table.has(&row[1], name))
            .collect();
        parameters += theirs.len();
        if *ours != theirs {
            wrong.push(format!("{}: the sample has {ours:?}, and the contract has {theirs:?}", row[1]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{parameters} parameters");
}
