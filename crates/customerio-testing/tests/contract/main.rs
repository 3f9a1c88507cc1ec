//! The operations of the App API, compared with the vendor's contract.
//!
//! `app.tsv` has the method and the route of each. Where the contract itself is at hand, in the folder that
//! `CUSTOMERIO_CONTRACTS` names, the table is compared with it too, and so is what each operation sends.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

use customerio_core::{App, Limits, Prepared, Sample, VisitSample, operations, visit_samples};

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

/// The contract, a line each, if it is at hand.
fn contract() -> Option<Vec<Vec<String>>> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/spec");
    let folder = std::env::var_os("CUSTOMERIO_CONTRACTS").map_or_else(|| PathBuf::from(beside), PathBuf::from);
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

/// What a call can be narrowed by: each parameter of the contract is in the sample, and no other.
#[test]
fn every_parameter_of_a_query_is_there() {
    let Some(contract) = contract() else { return };
    let mut queries = Queries::default();
    visit_samples(&mut queries);
    let (mut parameters, mut wrong) = (0, Vec::new());
    for row in contract {
        let Some(ours) = queries.0.get(&key(&row[2], &row[3])) else { continue };
        let names = row[6].split("; ").filter(|parameter| !parameter.is_empty());
        let theirs: BTreeSet<_> = names
            .map(|parameter| parameter.split([':', '!', '(', '*']).next().unwrap().to_owned())
            .filter(|name| !left_out(&row[1], name))
            .collect();
        parameters += theirs.len();
        if *ours != theirs {
            wrong.push(format!("{}: the sample has {ours:?}, and the contract has {theirs:?}", row[1]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{parameters} parameters");
}

/// What a sample does not show, because it excludes what it does.
fn left_out(operation: &str, parameter: &str) -> bool {
    // Version 2 of metrics has other parameters than version 1, which the sample is of.
    matches!((operation, parameter), ("campaignMetrics", "res" | "tz" | "start" | "end"))
}
