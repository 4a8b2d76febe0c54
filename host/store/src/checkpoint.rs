//! The checkpoint: up to which journal record the tree is certainly on disk, and how the store was left.
//!
//! A file of its own, replaced whole. Opening goes by it and never by what sled claims of itself.

use std::io;
use std::path::{Path, PathBuf};

use crate::files::{self, Files};

const MAGIC: &[u8; 8] = b"PDCHECK2";
/// The file is a few dozen bytes; what is longer is not ours.
const MOST_BYTES: u64 = 4 << 10;

/// How the store was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Left {
    /// In use: whoever reads this came after a kill or a power cut.
    Open,
    /// Closed, everything synced.
    Clean,
    /// While the tree was being rebuilt, or after something in it could not be read: it must be built anew.
    Rebuilding,
}

/// What the file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Checkpoint {
    /// The tree holds, durably, everything up to this journal sequence.
    pub(crate) applied: u64,
    /// How the store was left.
    pub(crate) left: Left,
    /// How long sled's file was then: one that is shorter lost its end.
    pub(crate) tree_bytes: u64,
    /// The kernel's boot id at that time: another one now means that the page cache is gone.
    pub(crate) boot: String,
}

pub(crate) fn path(folder: &Path) -> PathBuf {
    folder.join("CHECKPOINT")
}

impl Checkpoint {
    fn encode(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&self.applied.to_le_bytes());
        bytes.extend_from_slice(&self.tree_bytes.to_le_bytes());
        bytes.push(match self.left {
            Left::Open => 0,
            Left::Clean => 1,
            Left::Rebuilding => 2,
        });
        bytes.extend_from_slice(self.boot.as_bytes());
        let checksum = crc32c::crc32c(&bytes);
        bytes.extend_from_slice(&checksum.to_le_bytes());
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (bytes, checksum) = bytes.split_last_chunk::<4>()?;
        if crc32c::crc32c(bytes) != u32::from_le_bytes(*checksum) {
            return None;
        }
        let (applied, rest) = bytes.strip_prefix(MAGIC)?.split_first_chunk::<8>()?;
        let (tree_bytes, rest) = rest.split_first_chunk::<8>()?;
        let (left, boot) = rest.split_first()?;
        let left = match left {
            0 => Left::Open,
            1 => Left::Clean,
            2 => Left::Rebuilding,
            _ => return None,
        };
        let boot = String::from_utf8(boot.to_vec()).ok()?;
        let (applied, tree_bytes) = (u64::from_le_bytes(*applied), u64::from_le_bytes(*tree_bytes));
        Some(Self { applied, left, tree_bytes, boot })
    }

    /// What stands in the folder; none: nothing, or nothing readable, which is treated alike: the tree is not trusted.
    pub(crate) fn read(files: &dyn Files, folder: &Path) -> io::Result<Option<Self>> {
        match files::read_small(files, &path(folder), MOST_BYTES) {
            Ok(bytes) => Ok(bytes.and_then(|bytes| Self::decode(&bytes))),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Puts it in place of the old one; durable when this returns.
    pub(crate) fn write(&self, files: &dyn Files, folder: &Path) -> io::Result<()> {
        files::replace(files, &path(folder), &self.encode())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_reads_back_and_a_damaged_one_is_none() {
        let checkpoint = Checkpoint { applied: 77, left: Left::Clean, tree_bytes: 4096, boot: "boot".into() };
        let bytes = checkpoint.encode();
        assert_eq!(Checkpoint::decode(&bytes), Some(checkpoint));
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            assert_eq!(Checkpoint::decode(&damaged), None, "byte {at}");
            assert_eq!(Checkpoint::decode(&bytes[..at]), None, "cut at {at}");
        }
    }
}
