//! File descriptors: how many this process may open, and how many of them are for connections. The store opens a segment
//! in the middle of its work and takes no more writes when it can't, so clients must never take the last one.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// For everything but clients: the store's files, the socket, 64 receivers of webhooks, connections that are being
/// closed, backups.
const BESIDE: u64 = 256;
/// With fewer the program is of no use; then they are taken from what is kept back.
const LEAST: u64 = 16;

/// How many connections fit, at most so many as are wanted. Raises the process's soft limit for it, as far as the hard one
/// goes: the soft one is 1,024 mostly for the sake of programs that use `select`.
pub(super) fn connections(wanted: usize) -> usize {
    let limit = getrlimit(Resource::Nofile);
    let (needed, most) = (wanted as u64 + BESIDE, limit.maximum.unwrap_or(u64::MAX));
    let mut soft = limit.current.unwrap_or(u64::MAX);
    if soft < needed {
        let raised = needed.min(most);
        match setrlimit(Resource::Nofile, Rlimit { current: Some(raised), maximum: limit.maximum }) {
            Ok(()) => soft = raised,
            Err(error) => tracing::info!(%error, "the limit of open files stays as it is"),
        }
    }
    let fit = fit(wanted as u64, soft);
    if fit < wanted as u64 {
        tracing::warn!(
            open_files = soft,
            connections = fit,
            "fewer connections than usual: raise the limit of open files"
        );
    }
    usize::try_from(fit).unwrap_or(wanted)
}

fn fit(wanted: u64, open_files: u64) -> u64 {
    wanted.min(open_files.saturating_sub(BESIDE).max(LEAST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_back_is_not_for_clients() {
        let fits = [1_024, 600, 256, 64].map(|files| fit(768, files));
        assert_eq!(fits, [768, 344, LEAST, LEAST]);
    }
}
