//! Compiled code is kept, and only what this host compiled is ever run.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plugdesk_domain::{Ask, Limits, OutcomeClass};
use plugdesk_sandbox::{Options, Sandbox};

use super::desk::ask;
use super::guest::golden;

fn sandbox(folder: &Path) -> Arc<Sandbox> {
    Sandbox::new(Options { pool: 4, cache: Some(folder.to_owned()), ..Options::default() }).unwrap()
}

fn kept(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "cwasm"));
    files.sort();
    files
}

fn works(sandbox: &Sandbox, name: &str) {
    let plugin = sandbox.load(&golden(name)).unwrap();
    let class = ask(&*plugin, &Limits::default()).outcome.class();
    assert!(matches!(class, OutcomeClass::Ok | OutcomeClass::Fault), "{name}: {class:?}");
}

#[test]
fn code_that_was_compiled_once_is_taken_from_the_folder_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("code");
    works(&sandbox(&cache), "classify");
    let [file] = kept(&cache).try_into().unwrap();
    assert_eq!(fs::metadata(&cache).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    // A start that has no time to compile can only have taken it from there.
    let hurried = |cache| {
        let compile_time = std::time::Duration::ZERO;
        Sandbox::new(Options { pool: 4, compile_time, cache, ..Options::default() }).unwrap()
    };
    works(&hurried(Some(cache)), "classify");
    let fault = hurried(None).load(&golden("classify")).err().unwrap();
    assert_eq!(fault.0, "it takes more than 0 s to compile");
}

#[test]
fn the_folder_stays_within_its_bounds_while_the_process_runs() {
    let folder = tempfile::tempdir().unwrap();
    let first_start = sandbox(folder.path());
    works(&first_start, "classify");
    let [first] = kept(folder.path()).try_into().unwrap();
    let name = first.file_name().unwrap().to_str().unwrap();
    let (_, suffix) = name.split_once('.').unwrap();
    let old = |n: u64, length: u64| {
        let file = fs::File::create(folder.path().join(format!("old-{n}.{suffix}"))).unwrap();
        file.set_len(length).unwrap();
        file.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(n)).unwrap();
    };
    let unfinished = folder.path().join("another.unfinished");
    fs::write(&unfinished, "what another thread is writing").unwrap();
    // By number: the newest stay.
    (0..300).for_each(|n| old(n, 0));
    works(&first_start, "qualify");
    let files = kept(folder.path());
    assert_eq!(files.len(), 256);
    assert!(files.contains(&first) && !files.iter().any(|path| path.ends_with(format!("old-45.{suffix}"))));
    assert!(unfinished.exists());
    // By size, though on disk these are empty.
    let second_start = sandbox(folder.path());
    (300..303).for_each(|n| old(n, 1 << 30));
    fs::remove_file(&first).unwrap();
    works(&second_start, "classify");
    let bytes: u64 = kept(folder.path()).iter().map(|path| fs::metadata(path).unwrap().len()).sum();
    assert!((1 << 30..=2 << 30).contains(&bytes), "{bytes}");
    assert!(first.exists());
}

#[test]
fn a_damaged_file_is_compiled_again() {
    let folder = tempfile::tempdir().unwrap();
    works(&sandbox(folder.path()), "classify");
    let [file] = kept(folder.path()).try_into().unwrap();
    let whole = fs::read(&file).unwrap();
    for place in [0, 31, 32, whole.len() / 2, whole.len() - 1] {
        let mut damaged = whole.clone();
        damaged[place] ^= 0x40;
        fs::write(&file, &damaged).unwrap();
        works(&sandbox(folder.path()), "classify");
        assert_eq!(fs::read(&file).unwrap().len(), whole.len());
        assert_ne!(fs::read(&file).unwrap(), damaged);
    }
    fs::write(&file, &whole[..whole.len() / 3]).unwrap();
    works(&sandbox(folder.path()), "classify");
    assert_eq!(fs::read(&file).unwrap().len(), whole.len());
}

#[test]
fn code_of_another_component_or_another_installation_is_not_run() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    works(&sandbox(one.path()), "classify");
    works(&sandbox(one.path()), "qualify");
    let [a, b] = kept(one.path()).try_into().unwrap();
    let (code_a, code_b) = (fs::read(&a).unwrap(), fs::read(&b).unwrap());
    fs::write(&a, &code_b).unwrap();
    fs::write(&b, &code_a).unwrap();
    let swapped = sandbox(one.path());
    assert_eq!(swapped.load(&golden("classify")).unwrap().questions(), ["classify"]);
    assert_eq!(swapped.load(&golden("qualify")).unwrap().questions(), ["qualify"]);
    // The same file under the same name, but sealed elsewhere.
    works(&sandbox(two.path()), "classify");
    let [foreign] = kept(two.path()).try_into().unwrap();
    let own = one.path().join(foreign.file_name().unwrap());
    let sealed_here = fs::read(&own).unwrap();
    fs::copy(&foreign, &own).unwrap();
    works(&sandbox(one.path()), "classify");
    assert_eq!(fs::read(&own).unwrap(), sealed_here);
}

#[test]
fn a_folder_that_others_may_write_to_is_not_used_and_the_operator_hears_of_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let sandbox = sandbox(folder.path());
    assert!(sandbox.notices()[0].contains("somebody else may write to it"), "{:?}", sandbox.notices());
    works(&sandbox, "classify");
    assert_eq!(kept(folder.path()), Vec::<PathBuf>::new());
}

#[test]
fn a_file_that_others_may_write_to_is_not_run() {
    let folder = tempfile::tempdir().unwrap();
    works(&sandbox(folder.path()), "classify");
    let [file] = kept(folder.path()).try_into().unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).unwrap();
    let options =
        Options { compile_time: std::time::Duration::ZERO, cache: Some(folder.path().into()), ..Options::default() };
    let hurried = Sandbox::new(Options { pool: 4, ..options }).unwrap();
    assert!(hurried.load(&golden("classify")).is_err());
}
