//! Every hostile component ends in its class, with its message, and harms nobody.

use plugdesk_desk::pack::Files;
use plugdesk_domain::{Ask, Limits};
use plugdesk_tests::shelf::made;
use plugdesk_tests::shelf::table::rows;

use super::desk::ask;
use super::guest::{golden, root, sandbox};

#[test]
fn every_hostile_component_ends_in_its_class_and_its_neighbour_is_unharmed() {
    let neighbour = sandbox().load(&golden("classify")).unwrap();
    let untouched = ask(&*neighbour, &Limits::default());
    let mut wrong = String::new();
    for row in rows() {
        let ended = row.run(&*sandbox());
        if !row.expects(&ended) {
            wrong += &format!("{}: ended in {} as {}: {}\n", row.file, ended.phase, ended.class, ended.message);
        }
        let beside = ask(&*neighbour, &Limits::default());
        assert_eq!((&beside.outcome, beside.fuel), (&untouched.outcome, untouched.fuel), "after {}", row.file);
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_pack_refuses_a_component_that_is_too_large_in_the_words_of_the_sandbox() {
    let row = rows().into_iter().find(|row| row.file == "too_large").unwrap();
    let refused = Files::default().insert("it.wasm", made::component("too_large").unwrap()).unwrap_err();
    assert_eq!((refused.file, refused.problem), ("it.wasm".to_owned(), row.message));
}

#[test]
fn every_hostile_file_stands_in_the_table() {
    let rows = rows();
    for entry in std::fs::read_dir(root().join("tests/hostile")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let is_guest = path.extension().is_some_and(|extension| extension == "wat") && name != "prelude";
        assert!(!is_guest || rows.iter().any(|row| row.file == name), "{name} is not in expected.toml");
    }
}
