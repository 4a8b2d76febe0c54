//! Faults, planted in real folders and processes.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};

use plugdesk::Plugdesk;
use plugdesk::desk::Clock;
use plugdesk::domain::Instant;

use crate::program::place::Place;

/// A pack whose only policy traps whenever it is asked for a segment.
pub(crate) fn trapping_pack(place: &Place) -> String {
    let folder = place.path("trapping");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("trapping.wasm"), plugdesk_tests::shelf::guest::hostile("trap", "classify-plugin"))
        .unwrap();
    let manifest = "[pack]\nname = \"trapping\"\nversion = \"1.0.0\"\npublisher = \"tests\"\nlicence = \"MIT\"\n\
        description = \"Gives up.\"\nplugdesk = \">=0.1, <1\"\n\n[[plugin]]\nname = \"trapping\"\n\
        component = \"trapping.wasm\"\nquestions = [\"classify\"]\n\n[[binding]]\nplugin = \"trapping\"\n\
        question = \"classify\"\nrank = 50\n";
    std::fs::write(folder.join("pack.toml"), manifest).unwrap();
    folder.to_string_lossy().into_owned()
}

/// A clock that shows what it is told to.
pub(crate) struct Turned(AtomicI64);

impl Clock for Turned {
    fn now(&self) -> Instant {
        Instant::from_millis(self.0.load(SeqCst))
    }
}

/// Days from now; negative: ago.
pub(crate) fn days(count: i64) -> i64 {
    plugdesk::SystemClock::default().now().millis() + count * 24 * 3_600_000
}

/// Works on the place's desk as it would have been done at that moment, in milliseconds, with the real store.
pub(crate) fn at(place: &Place, millis: i64, work: impl AsyncFnOnce(&Plugdesk)) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let clock = Arc::new(Turned(AtomicI64::new(millis)));
        let plugdesk = Plugdesk::builder().folder(place.path("desk")).clock(clock).background(false).build().unwrap();
        work(&plugdesk).await;
        plugdesk.shutdown().await.unwrap();
    });
}

/// The newest file of a folder, by name.
pub(crate) fn newest(folder: &Path) -> PathBuf {
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()).collect();
    files.sort();
    files.pop().unwrap_or_else(|| panic!("{} is empty", folder.display()))
}

/// Turns bytes around in the middle of a file, where whole records follow.
pub(crate) fn damage(file: &Path) {
    let mut bytes = std::fs::read(file).unwrap();
    let middle = bytes.len() / 3;
    bytes[middle..middle + 16].iter_mut().for_each(|byte| *byte ^= 0x5a);
    std::fs::write(file, bytes).unwrap();
}

/// Damages the journal where records of worth follow: the server is killed, so that the journal is needed.
pub(crate) fn damaged_journal(place: &Place) {
    let served = place.serve();
    for number in 0..20 {
        place.run(&["agent", "add", &format!("agent-{number}")]).good();
    }
    served.kill();
    damage(&newest(&place.path("desk/journal")));
}
