//! Templates that this renderer and npm `liquidjs` both render: they are the same to the byte, or a problem for both.

mod generated;

use std::{
    collections::BTreeMap,
    env, fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
};

use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::{Map, Value, json};

use super::{Budget, Context, Problem, ProblemKind, Template, Undefined};

/// What `now` is in these tests.
const NOW: i64 = 1_700_000_000;

/// How many templates are generated, unless `LIQUID_CASES` says otherwise.
const CASES: usize = 5000;

/// What is a problem here though `liquidjs` renders it: the start of the message, and why.
const UNSUPPORTED: [(&str, &str); 7] = [
    ("the tag `layout`", "needs files, which a message has none of"),
    ("the tag `block`", "belongs to `layout`"),
    ("the filter `sample`", "its result is random, and the service does not document it"),
    ("a text has half of a character", "text here is UTF-8, which has no half of a UTF-16 pair"),
    ("a filter would cut a character in half", "text here is UTF-8, which has no half of a UTF-16 pair"),
    ("a slug of", "only the scripts that are named have tables here"),
    ("the time zone", "zones follow their rule of now, and what was before is not known"),
];

/// A template with its variables.
struct Case {
    template: String,
    scope: Map<String, Value>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/liquid")
}

fn usual_scope() -> Map<String, Value> {
    serde_json::from_str(&fs::read_to_string(folder().join("scope.json")).unwrap()).unwrap()
}

fn rendered(case: &Case) -> Result<String, Problem> {
    let context =
        Context { scope: &case.scope, snippets: &|_| None, undefined: Undefined::Fail, now: NOW, urls: &|_| None };
    Template::parse(&case.template)?.render(&context, &Budget::new())
}

/// What `liquidjs` makes of templates: a text or an error.
fn of_liquidjs(cases: &[Case]) -> Vec<Result<String, String>> {
    let installed = env::var("LIQUIDJS").expect("LIQUIDJS is the folder with liquidjs: run .ci/liquid");
    let mut node = Command::new("node")
        .arg(folder().join("oracle.mjs"))
        .arg(installed)
        .envs([("TZ", "UTC"), ("LC_ALL", "en_US.UTF-8")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node runs");
    let mut input = node.stdin.take().unwrap();
    let requests: String = cases
        .iter()
        .map(|case| json!({"template": case.template, "scope": case.scope, "now": NOW}).to_string() + "\n")
        .collect();
    let writer = thread::spawn(move || input.write_all(requests.as_bytes()));
    let responses = BufReader::new(node.stdout.take().unwrap()).lines().map(|line| {
        let response: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let text = |name: &str| response[name].as_str().map(str::to_owned);
        text("text").ok_or_else(|| text("error").unwrap())
    });
    let responses: Vec<_> = responses.collect();
    writer.join().unwrap().unwrap();
    assert!(node.wait().unwrap().success(), "node ended well");
    assert_eq!(responses.len(), cases.len(), "a response for each template");
    responses
}

/// Compares, and counts the templates that both render.
fn compare(cases: &[Case]) -> usize {
    let (mut both, mut differ, mut unsupported, mut problems) = (0, Vec::new(), BTreeMap::new(), BTreeMap::new());
    for (case, theirs) in cases.iter().zip(of_liquidjs(cases)) {
        match (rendered(case), theirs) {
            (Ok(ours), Ok(theirs)) if ours == theirs => both += 1,
            (Err(ours), Err(_)) => *problems.entry(ours.kind).or_insert(0_usize) += 1,
            (Err(Problem { kind: ProblemKind::Unsupported, message, .. }), Ok(_))
                if UNSUPPORTED.iter().any(|(start, _)| message.starts_with(start)) =>
            {
                *unsupported.entry(message).or_insert(0) += 1;
            }
            (ours, theirs) => differ.push((&case.template, ours, theirs)),
        }
    }
    println!(
        "{} templates: {both} rendered by both, {} by liquidjs alone",
        cases.len(),
        unsupported.values().sum::<usize>()
    );
    println!("  problems of both: {problems:?}");
    for (message, count) in unsupported {
        println!("  {count} x {message}");
    }
    differ.sort_by_key(|(template, ..)| template.len());
    for (template, ours, theirs) in differ.iter().take(25) {
        println!("template: {template:?}\n    ours: {ours:?}\n  theirs: {theirs:?}");
    }
    assert!(differ.is_empty(), "{} of {} templates differ", differ.len(), cases.len());
    both
}

#[test]
#[ignore = "needs Node and liquidjs: .ci/liquid"]
fn the_corpus_renders_as_liquidjs_renders_it() {
    let mut cases = Vec::new();
    let mut files: Vec<_> = fs::read_dir(folder().join("corpus")).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    for file in files {
        for line in fs::read_to_string(&file).unwrap().lines() {
            let line: Value =
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{}: {error}: {line}", file.display()));
            let scope = line.get("scope").map_or_else(usual_scope, |scope| scope.as_object().unwrap().clone());
            cases.push(Case { template: line["template"].as_str().unwrap().to_owned(), scope });
        }
    }
    assert!(cases.len() >= 250, "only {} templates", cases.len());
    let both = compare(&cases);
    assert!(both * 10 >= cases.len() * 7, "only {both} render");
}

#[test]
#[ignore = "needs Node and liquidjs: .ci/liquid"]
fn generated_templates_render_as_liquidjs_renders_them() {
    let number = |name: &str, usual: usize| env::var(name).map_or(usual, |number| number.parse().unwrap());
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&number("LIQUID_SEED", 0).to_le_bytes());
    let config = Config { failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let (strategy, scope) = (generated::template(), usual_scope());
    let cases: Vec<Case> = (0..number("LIQUID_CASES", CASES))
        .map(|_| Case { template: strategy.new_tree(&mut runner).unwrap().current(), scope: scope.clone() })
        .collect();
    let both = compare(&cases);
    assert!(both * 10 >= cases.len() * 4, "only {both} render: what is a problem for both proves little");
}
