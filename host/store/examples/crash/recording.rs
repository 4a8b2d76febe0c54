//! A program's system calls, as strace wrote them down, in the order in which they took effect.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::Context;

/// What a system call did.
#[derive(Debug, Clone)]
pub(crate) enum Call {
    /// A file came to be, or was emptied.
    Create {
        path: PathBuf,
        truncate: bool,
    },
    /// Bytes at an offset; none: at the file's end.
    Write {
        path: PathBuf,
        offset: Option<u64>,
        bytes: Vec<u8>,
    },
    /// A file's new length.
    Truncate {
        path: PathBuf,
        length: u64,
    },
    /// A file at least so long.
    Allocate {
        path: PathBuf,
        length: u64,
    },
    /// An fsync or fdatasync began: it covers what was written before.
    SyncBegan {
        thread: u64,
        path: PathBuf,
    },
    /// It returned.
    Synced {
        thread: u64,
        path: PathBuf,
    },
    Rename {
        from: PathBuf,
        to: PathBuf,
    },
    Remove {
        path: PathBuf,
    },
    MakeFolder {
        path: PathBuf,
    },
    /// A second name for a file.
    Link {
        from: PathBuf,
        to: PathBuf,
    },
    /// Two names change places.
    Exchange {
        one: PathBuf,
        other: PathBuf,
    },
    /// Bytes went to stdout or into a socket: what the outside heard.
    Told {
        bytes: Vec<u8>,
    },
}

/// What strace is asked to write down.
pub(crate) const TRACED: &str = "trace=write,pwrite64,writev,pwritev,pwritev2,fsync,fdatasync,ftruncate,fallocate,rename,\
                                 renameat,renameat2,unlink,unlinkat,openat,mkdir,mkdirat,rmdir,sendto,sendmsg,\
                                 copy_file_range,sendfile,splice,link,linkat,truncate";

/// How strace is called: a line per call, of every thread, with paths behind handles and bytes in hexadecimal; calls that
/// nobody asked for run at full speed.
pub(crate) const STRACE: [&str; 8] = ["-f", "--seccomp-bpf", "-y", "-xx", "-s", "20000000", "-e", TRACED];

/// Reads a log of `strace -f -y -xx`. Only what lies in `folder` counts.
pub(crate) fn read(log: &str, folder: &Path) -> anyhow::Result<Vec<Call>> {
    let mut calls = Vec::new();
    let mut unfinished: HashMap<(u64, String), String> = HashMap::new();
    for line in log.lines() {
        let Some((thread, rest)) = line.split_once(' ') else { continue };
        let (Ok(thread), rest) = (thread.parse::<u64>(), rest.trim_start()) else { continue };
        if let Some(rest) = rest.strip_prefix("<... ") {
            let Some((name, ending)) = rest.split_once(" resumed>") else { continue };
            let Some(begun) = unfinished.remove(&(thread, name.to_owned())) else { continue };
            finish(&mut calls, thread, name, &format!("{begun}{ending}"), folder)?;
            continue;
        }
        let Some((name, rest)) = rest.split_once('(') else { continue };
        match rest.strip_suffix("<unfinished ...>") {
            Some(begun) => {
                begin(&mut calls, thread, name, begun, folder);
                unfinished.insert((thread, name.to_owned()), begun.trim_end().to_owned());
            }
            None => {
                begin(&mut calls, thread, name, rest, folder);
                finish(&mut calls, thread, name, rest, folder)?;
            }
        }
    }
    Ok(calls)
}

/// What counts from a call's beginning on: a sync covers only what was written before it, and what is told was earned
/// before.
fn begin(calls: &mut Vec<Call>, thread: u64, name: &str, text: &str, folder: &Path) {
    match name {
        "fsync" | "fdatasync" => {
            if let Some(path) = handle(text).filter(|path| path.starts_with(folder)) {
                calls.push(Call::SyncBegan { thread, path });
            }
        }
        "write" | "writev" | "sendto" | "sendmsg" if text.starts_with("1<") || is_socket(text) => {
            calls.push(Call::Told { bytes: quoted(text).concat() });
        }
        _ => {}
    }
}

fn finish(calls: &mut Vec<Call>, thread: u64, name: &str, text: &str, folder: &Path) -> anyhow::Result<()> {
    let Some((arguments, result)) = text.rsplit_once(" = ") else { return Ok(()) };
    if result.starts_with('-') || result.starts_with('?') {
        return Ok(());
    }
    let path = handle(arguments).filter(|path| path.starts_with(folder));
    let number = |place: usize| -> anyhow::Result<u64> {
        let rest = arguments.trim_end().trim_end_matches(')');
        let digits = rest.rsplit(',').nth(place).map(str::trim).context("an argument is missing")?;
        digits.parse().with_context(|| format!("{name}: {digits} is no number"))
    };
    let call = match (name, path) {
        ("write", Some(path)) => quoted(arguments).pop().map(|bytes| Call::Write { path, offset: None, bytes }),
        ("pwrite64", Some(path)) => {
            let offset = Some(number(0)?);
            quoted(arguments).pop().map(|bytes| Call::Write { path, offset, bytes })
        }
        ("writev" | "pwritev" | "pwritev2" | "copy_file_range" | "sendfile" | "splice", Some(path)) => {
            anyhow::bail!("{name} on {} is not read", path.display())
        }
        ("fsync" | "fdatasync", Some(path)) => Some(Call::Synced { thread, path }),
        ("ftruncate", Some(path)) => Some(Call::Truncate { path, length: number(0)? }),
        ("fallocate", Some(path)) => Some(Call::Allocate { path, length: number(0)? + number(1)? }),
        ("openat", _) if arguments.contains("O_CREAT") => handle(result)
            .filter(|path| path.starts_with(folder))
            .map(|path| Call::Create { path, truncate: arguments.contains("O_TRUNC") }),
        ("rename" | "renameat" | "renameat2", _) => {
            let mut names = quoted(arguments).into_iter().map(path_of).filter(|path| path.starts_with(folder));
            names.next().zip(names.next()).map(|(from, to)| match arguments.contains("RENAME_EXCHANGE") {
                true => Call::Exchange { one: from, other: to },
                false => Call::Rename { from, to },
            })
        }
        ("mkdir" | "mkdirat", _) => {
            let name = quoted(arguments).into_iter().map(path_of).find(|path| path.starts_with(folder));
            name.map(|path| Call::MakeFolder { path })
        }
        ("link" | "linkat", _) => {
            let mut names = quoted(arguments).into_iter().map(path_of).filter(|path| path.starts_with(folder));
            names.next().zip(names.next()).map(|(from, to)| Call::Link { from, to })
        }
        ("truncate", _) => {
            let path = quoted(arguments).into_iter().map(path_of).find(|path| path.starts_with(folder));
            anyhow::ensure!(path.is_none(), "{name} of {path:?} is not read");
            None
        }
        ("rmdir" | "unlink" | "unlinkat", _) => {
            let name = quoted(arguments).into_iter().map(path_of).find(|path| path.starts_with(folder));
            name.map(|path| Call::Remove { path })
        }
        _ => None,
    };
    calls.extend(call);
    Ok(())
}

fn is_socket(text: &str) -> bool {
    handle(text).is_some_and(|path| path.to_string_lossy().starts_with("socket:"))
}

fn path_of(bytes: impl AsRef<[u8]>) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes.as_ref()).into_owned())
}

/// The path that `-y` writes behind a file descriptor: `3</path>`.
fn handle(text: &str) -> Option<PathBuf> {
    let (_, rest) = text.split_once('<')?;
    let (path, _) = rest.split_once('>')?;
    Some(path_of(if path.starts_with("\\x") { bytes(path) } else { path.as_bytes().to_vec() }))
}

/// Every quoted string, written in `\x00` by `-xx`.
fn quoted(text: &str) -> Vec<Vec<u8>> {
    text.split('"').skip(1).step_by(2).map(bytes).collect()
}

fn bytes(text: &str) -> Vec<u8> {
    text.split("\\x").skip(1).filter_map(|pair| u8::from_str_radix(pair.get(..2)?, 16).ok()).collect()
}
