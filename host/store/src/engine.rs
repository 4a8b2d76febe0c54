//! The contract underneath the record layer: sorted bytes, batches that are applied whole, a sequence number.

mod memory;
mod sled;

use std::ops::Bound;

use plugdesk_domain::{Direction, StoreError};

pub(crate) use self::memory::MemoryEngine;
pub(crate) use self::sled::SledEngine;
use crate::operation::Operation;

/// A key and its value.
pub(crate) type Pair = (Vec<u8>, Vec<u8>);

/// Where a scan begins and ends.
pub(crate) type Range<'a> = (Bound<&'a [u8]>, Bound<&'a [u8]>);

/// A sorted store of bytes.
///
/// One thread alone applies; any thread reads. The record layer holds a lock around each batch and each scan, so that an
/// engine sees no scan while it applies; a single key may be read meanwhile, as it was before the batch or after it. An
/// engine need not be durable before [`Engine::sync`] returned: the journal is.
pub(crate) trait Engine: Send + Sync {
    /// `sled` or `memory`.
    fn name(&self) -> &'static str;
    /// The value of a key.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;
    /// At most `limit` keys of the range with their values, in order.
    fn scan(&self, range: Range<'_>, limit: usize, direction: Direction) -> Result<Vec<Pair>, StoreError>;
    /// Applies all of it or nothing, and notes the sequence.
    fn apply(&self, operations: &[Operation], sequence: u64) -> Result<(), StoreError>;
    /// The sequence of the last batch it holds; 0: none.
    fn applied(&self) -> Result<u64, StoreError>;
    /// Makes what was applied survive a power cut.
    fn sync(&self) -> Result<(), StoreError>;
    /// Bytes on disk; 0 for one that has none.
    fn disk_bytes(&self) -> u64;
    /// How long the file is in which its data stands; 0 for one that has none.
    fn file_bytes(&self) -> u64;
}
