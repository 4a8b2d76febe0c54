//! The table of promises names commands that there are.

use std::collections::BTreeSet;

/// What stands behind `prefix` in the table's code spans, up to the next space.
fn named(prefix: &str) -> BTreeSet<String> {
    let page = std::fs::read_to_string(plugdesk_tests::root().join("docs/promises.md")).expect("the page");
    let rows = page.lines().filter(|line| line.starts_with('|'));
    let spans = rows.flat_map(|row| row.split('`').skip(1).step_by(2));
    let rest = spans.filter_map(|span| span.strip_prefix(prefix));
    rest.filter_map(|rest| rest.split(' ').next().map(str::to_owned)).collect()
}

/// Every line of Rust in these folders.
fn lines(folders: &[&str]) -> Vec<String> {
    let root = plugdesk_tests::root();
    let files = folders.iter().flat_map(|folder| walkdir::WalkDir::new(root.join(folder)));
    let files = files.filter_map(Result::ok).filter(|it| it.path().extension().is_some_and(|end| end == "rs"));
    let texts = files.map(|it| std::fs::read_to_string(it.path()).expect("a source"));
    texts.flat_map(|text| text.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>()).collect()
}

#[test]
fn every_test_in_the_table_of_promises_is_there() {
    let filters = named("cargo xtask test ");
    assert!(filters.len() > 10, "{} promises are shown by a test", filters.len());
    let lines = lines(&["tests/suite", "host"]);
    let tests: Vec<&str> = lines.windows(2).filter_map(|pair| function(&pair[0], &pair[1])).collect();
    let modules: Vec<String> = lines.iter().filter_map(|line| Some(line.strip_prefix("mod ")?.to_owned())).collect();
    for filter in filters {
        let last = filter.rsplit("::").next().unwrap_or_default();
        let there = tests.iter().any(|test| test.contains(last)) || modules.iter().any(|it| it.contains(last));
        assert!(there, "no test is called `{filter}`, which docs/promises.md names");
    }
}

/// The name of a test, from its attribute and the line after it.
fn function<'a>(attribute: &str, line: &'a str) -> Option<&'a str> {
    let test = attribute.starts_with("#[test]") || attribute.starts_with("#[tokio::test");
    let name = line.trim_start_matches("async ").strip_prefix("fn ")?;
    test.then(|| name.split('(').next().unwrap_or_default())
}

#[test]
fn every_part_of_the_bench_in_the_table_of_promises_is_there() {
    let parts = named("cargo xtask bench ");
    assert!(parts.len() > 5, "{} promises are shown by the bench", parts.len());
    let told = std::process::Command::new(plugdesk_tests::program("plugdesk-bench")).arg("--help").output();
    let told = String::from_utf8(told.expect("plugdesk-bench starts").stdout).expect("a text");
    for part in parts.iter().filter(|part| *part != "question" && !part.starts_with("--")) {
        let there = told.lines().any(|line| line.trim_start().starts_with(&format!("- {part}:")));
        assert!(there, "plugdesk-bench has no part `{part}`, which docs/promises.md names:\n{told}");
    }
}
