//! `plugdesk restore`: a folder from a backup. It works on the folder itself: there is no desk to ask yet.

use std::fs;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use plugdesk_desk::Clock;
use serde_json::json;

use super::stream::durable;
use super::transport::in_use;
use super::{Exit, Failure, Global, Output};

/// Make a folder from a backup.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  plugdesk restore desk.backup --folder elsewhere --no-webhooks\n  \
                        plugdesk restore desk.backup --replace     (sets the old folder aside, deletes nothing)\n\n\
                        What was restored is the desk itself: served, it sends its webhooks and lets its timers go off. \
                        Where the desk\nthat was backed up goes on too, receivers hear everything twice; --no-webhooks \
                        makes a copy that sends nothing.")]
pub(crate) struct Restore {
    /// The backup
    file: PathBuf,
    /// Set an existing folder aside first
    #[arg(long)]
    replace: bool,
    /// Switch every webhook off in what is restored: for a copy beside the desk that was backed up
    #[arg(long)]
    no_webhooks: bool,
}

impl Restore {
    pub(crate) fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        let folder = &global.folder;
        if global.url.is_some() {
            return Err(Failure::new(Exit::Usage, "restore makes a folder on this machine; it can't work with --url"));
        }
        let file = fs::File::open(&self.file).map_err(|error| Failure::file(&self.file, "read", &error))?;
        if in_use(folder) {
            return Err(Failure::new(Exit::Conflict, format!("{} is in use by a running desk", folder.display()))
                .with_help("stop it first, or restore into another folder with --folder"));
        }
        if !empty(folder)? && !self.replace {
            return Err(Failure::new(Exit::Conflict, format!("{} exists already", folder.display()))
                .with_help("restore into another folder with --folder, or set this one aside with --replace"));
        }
        // Beside the place it is for, so that the last step is a rename: whole or not at all.
        let young = beside(folder, "restoring");
        if in_use(&young) {
            return Err(Failure::new(Exit::Conflict, format!("{} is being restored already", folder.display()))
                .with_help("wait for that one to end"));
        }
        if young.exists() {
            fs::remove_dir_all(&young).map_err(|error| Failure::file(&young, "removed", &error))?;
        }
        let keys = plugdesk_store::restore(&mut BufReader::new(file), &young).map_err(|error| {
            drop(fs::remove_dir_all(&young));
            Failure::new(Exit::Damaged, format!("{}: {error}", self.file.display()))
        })?;
        let off = if self.no_webhooks { Some(quiet(&young)?) } else { None };
        let aside = put(&young, folder)?;
        output.value(&json!({ "folder": folder, "keys": keys, "set_aside": aside, "webhooks_off": off }))?;
        output.say(format!("{} holds {keys} keys of {}", folder.display(), self.file.display()))?;
        if let Some(aside) = aside {
            output.say(format!("what was there is now {}", aside.display()))?;
        }
        match off {
            Some(count) => output.say(format!("its webhooks are switched off: {count}; `plugdesk webhook set ID on`")),
            None => output.say(
                "served, it sends its webhooks; for a copy beside the desk that was backed up, restore it with \
                 --no-webhooks",
            ),
        }
    }
}

/// Switches every webhook off in a folder that nobody serves yet; a copy that can't be made quiet is none.
fn quiet(young: &Path) -> Result<u64, Failure> {
    let off = || {
        let store = plugdesk_store::Store::open(&plugdesk_store::Options::new(young))?;
        let count = plugdesk_store::quieten(&store)?;
        plugdesk_domain::Storage::close(&*store)?;
        Ok(count)
    };
    off().map_err(|error: plugdesk_store::Error| {
        drop(fs::remove_dir_all(young));
        Failure::new(Exit::Damaged, format!("the webhooks can't be switched off: {error}"))
    })
}

fn empty(folder: &Path) -> Result<bool, Failure> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(Failure::file(folder, "read", &error)),
    }
}

/// Puts the young folder in the place of what stands there, which is set aside; an empty folder is removed, nothing else
/// is. Whenever this breaks off, one of the two stands in the place, and both are there.
fn put(young: &Path, folder: &Path) -> Result<Option<PathBuf>, Failure> {
    let failed = |error: std::io::Error| Failure::file(folder, "written", &error);
    if empty(folder)? {
        if folder.exists() {
            fs::remove_dir(folder).map_err(|error| Failure::file(folder, "removed", &error))?;
        }
        fs::rename(young, folder).map_err(failed)?;
        durable(folder).map_err(failed)?;
        return Ok(None);
    }
    let millis = plugdesk::SystemClock::default().now().millis();
    let aside = beside(folder, &format!("aside-{millis}"));
    let aside_failed = |error: std::io::Error| Failure::file(folder, "set aside", &error);
    // Under its last name first: the next restore removes what is called `restoring`, and by then that may be the old one.
    fs::rename(young, &aside).map_err(failed)?;
    if exchange(&aside, folder).is_err() {
        // A file system that can't exchange two names, such as NFS: for a moment nothing stands in the place.
        fs::rename(&aside, young).map_err(failed)?;
        fs::rename(folder, &aside).map_err(aside_failed)?;
        fs::rename(young, folder).map_err(failed)?;
    }
    durable(folder).map_err(failed)?;
    Ok(Some(aside))
}

/// Two names change places in one step (rename(2), `RENAME_EXCHANGE`).
fn exchange(one: &Path, other: &Path) -> std::io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
}

/// `data` and `aside` make `data.aside`, in the same folder.
pub(super) fn beside(folder: &Path, word: &str) -> PathBuf {
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{word}"));
    folder.with_file_name(name)
}
