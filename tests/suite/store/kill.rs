//! A writer under load is killed with SIGKILL, again and again; what it acknowledged is there each time.
//!
//! The writer is this very test binary, started once more with a request in its environment.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use plugdesk_domain::Storage;
use plugdesk_store::{Options, Store};

use super::workload::{check, desk, done, write};

const FOLDER: &str = "PLUGDESK_TEST_WRITE_INTO";
const WRITERS: u32 = 4;

fn options(folder: &Path) -> Options {
    Options {
        segment_bytes: 256 << 10,
        checkpoint_bytes: 64 << 10,
        snapshot_bytes: 512 << 10,
        reserve_bytes: 0,
        ..Options::new(folder).with_cache_bytes(8 << 20)
    }
}

/// Not a promise but the writer that the next test starts and kills; unless it is asked to write it does nothing.
#[test]
fn writer() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let store = Store::open(&options(Path::new(&folder))).unwrap();
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let store = &store;
            scope.spawn(move || {
                let begin = done(&*store.records(desk()), writer).unwrap();
                for n in begin + 1.. {
                    write(&**store, writer, n).unwrap();
                    // One write call a line: what arrives was acknowledged.
                    std::io::stdout().write_all(format!("ack {writer} {n}\n").as_bytes()).unwrap();
                }
            });
        }
    });
}

fn start(folder: &Path) -> Child {
    let path = module_path!().split_once("::").map_or("writer".to_owned(), |(_, path)| format!("{path}::writer"));
    Command::new(std::env::current_exe().unwrap())
        .args([path.as_str(), "--exact", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn a_writer_killed_under_load_lost_nothing_that_it_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged = vec![0u64; WRITERS as usize];
    for round in 0..5u64 {
        let mut child = start(folder.path());
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Killed after so many acknowledgements, while more are under way.
        let enough = 40 + round * 37;
        let mut heard = 0;
        let mut hear = |line: String| {
            let mut words = line.split_whitespace().skip_while(|word| *word != "ack").skip(1);
            let (writer, n) = (words.next().unwrap(), words.next().unwrap());
            acknowledged[writer.parse::<usize>().unwrap()] = n.parse().unwrap();
        };
        while heard < enough {
            let line = lines.next().expect("the writer ended by itself").unwrap();
            if line.contains("ack ") {
                hear(line);
                heard += 1;
            }
        }
        child.kill().unwrap();
        lines
            .map_while(Result::ok)
            .filter(|line| line.starts_with("ack ") && line.split(' ').count() == 3)
            .for_each(hear);
        child.wait().unwrap();
        let store = Store::open(&options(folder.path())).unwrap();
        check(&*store, &acknowledged).unwrap_or_else(|what| panic!("round {round}: {what}"));
        store.close().unwrap();
    }
    assert!(acknowledged.iter().all(|n| *n > 10), "{acknowledged:?}");
}
