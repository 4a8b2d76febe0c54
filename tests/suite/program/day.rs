//! The agent's day in curl, run as its readers run it.

use std::process::Command;

use plugdesk_tests::root;

use super::place::{Place, run};

#[test]
fn an_agents_day_goes_through_the_api_from_morning_to_evening() {
    let place = Place::with_desk();
    let key = |arguments: &[&str]| place.run(arguments).good().json()["secret"].as_str().unwrap().to_owned();
    let agent = key(&["--json", "key", "create", "--role", "agent", "--agent", "mia"]);
    let admin = key(&["--json", "key", "create", "--role", "admin"]);
    let served = place.serve();
    let mut day = Command::new("bash");
    day.arg(root().join("examples/rest_day.sh")).env("URL", &served.url).env("KEY", agent).env("ADMIN", admin);
    let ran = run(&mut day);
    assert_eq!(ran.exit, 0, "{}\n{}", ran.out, ran.err);
    assert!(ran.out.contains("== The day on one page"), "{}", ran.out);
}
