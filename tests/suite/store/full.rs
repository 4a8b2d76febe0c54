//! sled itself finds no room: reads go on, nothing acknowledged is lost, and writing goes on by itself when there is.
//!
//! The writer is this very test binary in another process, whose files may not grow beyond a limit (setrlimit(2),
//! `RLIMIT_FSIZE`): its journal's segments stay below it, sled's file does not.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use plugdesk_domain::{Storage, StoreError};
use plugdesk_store::{Options, Store};
use rustix::process::{Resource, Rlimit, setrlimit};

use super::rot::scratch;
use super::workload::{check, desk, done, write};

const FOLDER: &str = "PLUGDESK_TEST_FILL";
/// sled's file reaches this after some hundred operations.
const MOST_FILE_BYTES: u64 = 1 << 20;
/// So many refusals are seen before there is room again, and so many operations follow.
const REFUSALS: usize = 3;
const AFTERWARDS: u64 = 30;

fn options(folder: &Path) -> Options {
    Options { segment_bytes: 64 << 10, reserve_bytes: 0, ..Options::new(folder).with_cache_bytes(8 << 20) }
}

fn limit(bytes: Option<u64>) {
    // The hard limit stays where it is: it could not be raised again.
    setrlimit(Resource::Fsize, Rlimit { current: bytes, maximum: None }).unwrap();
}

/// Not a promise but the writer of the next test; unless it is asked to write it does nothing.
#[test]
fn writer() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let store = Store::open(&options(Path::new(&folder))).unwrap();
    limit(Some(MOST_FILE_BYTES));
    let (mut refused, mut afterwards, mut unknown) = (0, 0, false);
    while afterwards < AFTERWARDS {
        // What was unknown is settled by looking, as an idempotency key does.
        let n = done(&*store.records(desk()), 0).unwrap() + 1;
        match write(&*store, 0, n) {
            Ok(_) => {
                // One write call a line, past the harness that captures what is printed.
                std::io::stdout().write_all(format!("ack {n}\n").as_bytes()).unwrap();
                afterwards += u64::from(refused >= REFUSALS);
            }
            // What the journal had was done when the tree could be opened again.
            Err(StoreError::Exists { .. }) if unknown => unknown = false,
            Err(error @ (StoreError::NoSpace(_) | StoreError::Unknown(_))) => {
                refused += 1;
                unknown |= matches!(error, StoreError::Unknown(_));
                assert_eq!(store.maintenance().health().read_only, None);
                if refused == REFUSALS {
                    limit(None);
                }
            }
            Err(error) => panic!("{error}"),
        }
    }
    std::io::stdout().write_all(format!("refused {refused}\n").as_bytes()).unwrap();
    // As a kill would end it: nothing is closed.
    std::process::exit(0);
}

#[test]
fn when_sled_finds_the_disk_full_nothing_is_lost_and_writing_goes_on_by_itself() {
    let folder = scratch();
    let path = module_path!().split_once("::").map_or("writer".to_owned(), |(_, path)| format!("{path}::writer"));
    // A file that would grow too large is to be an error, and no signal that ends the process.
    let mut child = Command::new("sh")
        .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args([path.as_str(), "--exact", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut acknowledged, mut refused) = (0, 0);
    for line in BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok) {
        let number = |word: &str| line.split_once(word).and_then(|(_, number)| number.trim().parse::<u64>().ok());
        if let Some(n) = number("ack ") {
            assert!(n > acknowledged, "{n} was acknowledged after {acknowledged}: something was lost");
            acknowledged = n;
        }
        refused = number("refused ").unwrap_or(refused);
    }
    assert!(child.wait().unwrap().success(), "the writer failed after {acknowledged} operations");
    assert!(refused >= REFUSALS as u64 && acknowledged > AFTERWARDS, "{acknowledged} operations, {refused} refused");
    let store = Store::open(&options(folder.path())).unwrap();
    check(&*store, &[acknowledged]).unwrap();
}
