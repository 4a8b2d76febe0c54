//! What is seen of a store that was harmed, and whether what it says helps.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use plugdesk_domain::Storage;
use plugdesk_store::{Error, Store};

use super::super::truth::Wrong;
use super::{Harm, Outcome, Part, Sample, options, scratch};

/// A new snapshot is waited for so long.
const PATIENCE: Duration = Duration::from_secs(30);

impl Sample {
    /// Everything is there and nothing is wrong.
    pub(super) fn whole(&self, store: &Store) -> Result<(), String> {
        self.truth.compare(store).map_err(|wrong| format!("afterwards: {wrong:?}"))?;
        let problems = store.maintenance().verify().map_err(|error| error.to_string())?.problems;
        problems.first().map_or(Ok(()), |problem| Err(format!("verify afterwards: {problem}")))
    }

    pub(super) fn look(&self, part: Part, harm: Harm, folder: &Path) -> Result<Outcome, String> {
        let store = match Store::open(&options(folder)) {
            Ok(store) => store,
            Err(error) => return self.refused(&error),
        };
        let repaired = store.maintenance().health().repaired;
        match self.truth.compare(&*store) {
            Ok(()) => {}
            Err(Wrong::Silent(what)) => return Err(format!("silently wrong: {what}; repaired: {repaired:?}")),
            // A file does not come back by itself; `verify` says what helps.
            Err(Wrong::Noticed(_)) if matches!(part, Part::Files | Part::Captures) => {}
            Err(Wrong::Noticed(error)) => {
                let told = store.maintenance().health().damaged;
                if told.is_none() || !error.to_string().contains("plugdesk") && !error.to_string().contains("opening") {
                    return Err(format!("{error} names nothing that helps; health says {told:?}"));
                }
                drop(store.close());
                drop(store);
                return self.opened_again(folder).map(|()| Outcome::AtReading);
            }
        }
        if self.mended_by_verify(&store, folder)? {
            return Ok(Outcome::ByVerify);
        }
        drop(store);
        // Once more: nothing comes up later, and a repair was one.
        let store = Store::open(&options(folder)).map_err(|error| format!("opened again: {error}"))?;
        self.whole(&store)?;
        let again = store.maintenance().health().repaired;
        if !again.is_empty() {
            return Err(format!("repaired {repaired:?}, and again {again:?}"));
        }
        let must = harm == Harm::Bytes && !matches!(part, Part::Tree | Part::Captures);
        match repaired.is_empty() {
            false => Ok(Outcome::Repaired),
            true if must => Err("nobody noticed".to_owned()),
            true => Ok(Outcome::Harmless),
        }
    }

    /// What is said must name a file or a record, and the command that helps; and that must help.
    fn refused(&self, error: &Error) -> Result<Outcome, String> {
        let text = error.to_string();
        if !text.contains("plugdesk restore") && !text.contains('/') {
            return Err(format!("refused without a word that helps: {text}"));
        }
        let elsewhere = scratch();
        self.restored(elsewhere.path()).map(|()| Outcome::Refused)
    }

    fn opened_again(&self, folder: &Path) -> Result<(), String> {
        let store = Store::open(&options(folder)).map_err(|error| format!("opened again: {error}"))?;
        if store.maintenance().health().repaired.is_empty() {
            return Err("opening it again repaired nothing".to_owned());
        }
        self.whole(&store)
    }

    /// Runs `verify` and does what it says until it says nothing. Returns whether it said anything.
    fn mended_by_verify(&self, store: &Arc<Store>, folder: &Path) -> Result<bool, String> {
        let care = store.maintenance();
        let verify = || care.verify().map(|it| it.problems).map_err(|error| error.to_string());
        let first = verify()?;
        let begun = Instant::now();
        let mut problems = first.clone();
        while let Some(problem) = problems.first() {
            if begun.elapsed() > PATIENCE {
                return Err(format!("what `verify` says does not help: {problems:?}"));
            }
            if problem.contains("move it away") {
                let place = problem.find(&folder.display().to_string()).ok_or(format!("no place: {problem}"))?;
                let end = |text: &str| text.find(": ").into_iter().chain(text.find(" is damaged")).min();
                let path = Path::new(&problem[place..place + end(&problem[place..]).unwrap_or(0)]);
                let gone = if path.is_dir() { fs::remove_dir(path) } else { fs::remove_file(path) };
                gone.map_err(|error| format!("{}: {error} (after {problem})", path.display()))?;
            }
            if problem.contains("stop the desk") {
                store.close().map_err(|error| error.to_string())?;
                let store = Store::open(&options(folder)).map_err(|error| format!("opened again: {error}"))?;
                return self.whole(&store).map(|()| true);
            }
            if problem.contains("storing it again") {
                for file in &self.truth.files {
                    let stored = store.blobs().put(file);
                    stored.map_err(|error| format!("storing it again: {error} (after {problem})"))?;
                }
            } else if !problem.contains("verify again") {
                return Err(format!("`verify` names nothing that helps: {problem}"));
            }
            std::thread::sleep(Duration::from_millis(20));
            problems = verify()?;
        }
        self.truth.compare(&**store).map_err(|wrong| format!("after `verify` was followed: {wrong:?}"))?;
        Ok(!first.is_empty())
    }
}
