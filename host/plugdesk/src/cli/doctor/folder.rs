//! The folder: whether it is there, whose it is, who has it, and how much room is left.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use plugdesk::SOCKET;

use super::findings::{Findings, Grade};
use crate::cli::text::bytes;
use crate::cli::transport::{allowed, in_use, running};

/// Below this the next snapshot of a middling desk may not fit.
const LITTLE_ROOM: u64 = 1 << 30;
/// Below this a few minutes of work fill the disk.
const NO_ROOM: u64 = 64 << 20;

pub(super) async fn look(folder: &Path, found: &mut Findings) {
    let about = match std::fs::metadata(folder) {
        Ok(about) => about,
        Err(error) => {
            let help = "make one with `plugdesk init`, or name it with --folder".to_owned();
            return found.add_as(
                "folder-missing",
                Grade::Bad,
                "folder",
                format!("{}: {error}", folder.display()),
                Some(help),
            );
        }
    };
    if let Err(denied) = allowed(folder) {
        return found.add_as("folder-denied", Grade::Bad, "folder", denied.message, denied.help);
    }
    if !plugdesk::is_desk_folder(folder) {
        let help = "make one with `plugdesk init`, or name another folder with --folder".to_owned();
        return found.add_as(
            "folder-empty",
            Grade::Bad,
            "folder",
            format!("{} holds no desk", folder.display()),
            Some(help),
        );
    }
    let mode = about.permissions().mode() & 0o777;
    if mode & 0o007 != 0 {
        let help = format!("chmod o-rwx {}", folder.display());
        let says = format!("{} is open to every user of this machine (mode {mode:o})", folder.display());
        found.add_as("folder-open", Grade::Warn, "folder", says, Some(help));
    } else {
        found.add(Grade::Good, "folder", format!("{}, mode {mode:o}, of user {}", folder.display(), about.uid()), None);
    }
    socket(folder, found).await;
    room(folder, found);
}

async fn socket(folder: &Path, found: &mut Findings) {
    let path = folder.join(SOCKET);
    if running(folder).await {
        return found.add(Grade::Good, "socket", format!("a running desk answers at {}", path.display()), None);
    }
    let locked = in_use(folder);
    if locked {
        let help = "an embedded Plugdesk opens one with `socket(true)`; otherwise use --url and --key".to_owned();
        found.add_as(
            "folder-in-use",
            Grade::Bad,
            "socket",
            "another process has the folder and opened no socket in it",
            Some(help),
        );
    } else if path.exists() {
        let help = "nothing to do: the next `plugdesk serve` replaces it".to_owned();
        found.add_as("socket-stale", Grade::Warn, "socket", "a killed server left its socket behind", Some(help));
    } else {
        found.add(Grade::Good, "socket", "nobody serves the folder; commands open it themselves", None);
    }
}

fn room(folder: &Path, found: &mut Findings) {
    match rustix::fs::statvfs(folder) {
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let says = format!("{} free", bytes(free));
            let help = || {
                Some(format!("make room on the disk of {}; a full disk stops writing, not reading", folder.display()))
            };
            match free {
                0..NO_ROOM => found.add_as("disk-full", Grade::Bad, "disk", says, help()),
                NO_ROOM..LITTLE_ROOM => found.add_as("disk-low", Grade::Warn, "disk", says, help()),
                LITTLE_ROOM.. => found.add(Grade::Good, "disk", says, None),
            }
        }
        Err(error) => found.add(Grade::Warn, "disk", format!("its room can't be asked for: {error}"), None),
    }
}
