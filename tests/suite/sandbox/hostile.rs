//! Every hostile component ends in its class, with its message, and harms nobody.

use plugdesk_domain::ask::PrepareFault;
use plugdesk_domain::{Ask, Limits, Outcome};

use super::desk::ask;
use super::guest::{golden, hostile, root, sandbox};

#[derive(serde::Deserialize)]
struct Table {
    hostile: Vec<Row>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    file: String,
    form: String,
    #[serde(default)]
    world: String,
    phase: String,
    class: String,
    message: String,
}

impl Row {
    fn component(&self) -> Vec<u8> {
        let text = || std::fs::read_to_string(root().join("tests/hostile").join(&self.file).with_extension("wat"));
        match self.form.as_str() {
            "module" => hostile(&self.file, &self.world),
            "component" => wat::parse_str(text().unwrap()).unwrap(),
            "random" => noise(),
            other => panic!("{other} is no form"),
        }
    }

    /// Where it ended, its class and its message.
    fn run(&self) -> (&'static str, String, String) {
        let plugin = match sandbox().load(&self.component()) {
            Ok(plugin) => plugin,
            Err(fault) => return ("load", "load".into(), fault.to_string()),
        };
        if self.phase == "prepare" {
            return match plugin.prepare("{}", &Limits::default()) {
                Ok(_) => ("prepare", "ok".into(), String::new()),
                Err(PrepareFault::Failed { class, message }) => ("prepare", class.name().into(), message),
                Err(PrepareFault::Refused(problems)) => {
                    let first = &problems[0];
                    ("prepare", "settings".into(), format!("{}: {}", first.pointer, first.message))
                }
            };
        }
        let verdict = ask(&*plugin, &Limits::default());
        let message = match &verdict.outcome {
            Outcome::Answered(_) => String::new(),
            Outcome::Failed { message, .. } => message.clone(),
        };
        ("ask", verdict.outcome.class().name().into(), message)
    }
}

fn noise() -> Vec<u8> {
    let mut state = 0x9e37_79b9_u32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[0]
    };
    (0..4096).map(|_| next()).collect()
}

#[test]
fn every_hostile_component_ends_in_its_class_and_its_neighbour_is_unharmed() {
    let text = std::fs::read_to_string(root().join("tests/hostile/expected.toml")).unwrap();
    let table: Table = toml::from_str(&text).unwrap();
    let neighbour = sandbox().load(&golden("classify")).unwrap();
    let untouched = ask(&*neighbour, &Limits::default());
    let mut wrong = String::new();
    for row in &table.hostile {
        let (phase, class, message) = row.run();
        if phase != row.phase || class != row.class || !message.starts_with(&row.message) {
            wrong += &format!("{}: ended in {phase} as {class}: {message}\n", row.file);
        }
        let beside = ask(&*neighbour, &Limits::default());
        assert_eq!((&beside.outcome, beside.fuel), (&untouched.outcome, untouched.fuel), "after {}", row.file);
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_hostile_file_stands_in_the_table() {
    let text = std::fs::read_to_string(root().join("tests/hostile/expected.toml")).unwrap();
    let table: Table = toml::from_str(&text).unwrap();
    for entry in std::fs::read_dir(root().join("tests/hostile")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let is_guest = path.extension().is_some_and(|extension| extension == "wat") && name != "prelude";
        assert!(!is_guest || table.hostile.iter().any(|row| row.file == name), "{name} is not in expected.toml");
    }
}
