//! Numbers that people say: given out from blocks in memory, whose upper end is journalled before the first is used.
//!
//! A crash leaves a gap of at most a block; a clean end gives the rest back. Blocks grow while numbers are wanted
//! quickly, so that a desk with ten tickets a day has small gaps and an import does not wait for each block.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use plugdesk_domain::StoreError;

use crate::envelope;
use crate::keyspace::Space;
use crate::operation::Operation;
use crate::prepare::Prepared;
use crate::shared::{Shared, lock};

const FIRST_BLOCK: u64 = 8;
/// An import of ten thousand rows a second then waits for ten blocks a second.
const LARGEST_BLOCK: u64 = 1024;

/// The blocks in use.
#[derive(Default)]
pub(crate) struct Numbers {
    blocks: Mutex<Blocks>,
}

type Blocks = HashMap<(Space, String), Arc<Mutex<Block>>>;

struct Block {
    /// The last number given out.
    last: u64,
    /// Numbers up to this one are ours.
    high: u64,
    size: u64,
}

/// What a sequence's stored high-water mark stands at.
pub(crate) fn high_water(key: &[u8], stored: Option<&[u8]>) -> Result<u64, StoreError> {
    crate::group::counter(key, stored).map(|number| number.max(0) as u64)
}

fn mark(key: &[u8], high: u64) -> Operation {
    Operation::put(key.to_vec(), envelope::seal(key, 0, &(high as i64).to_le_bytes()))
}

/// The next number of a sequence.
pub(crate) fn next(shared: &Shared, space: Space, name: &str) -> Result<u64, StoreError> {
    let key = space.number(name)?;
    let block = {
        let mut blocks = lock(&shared.numbers.blocks);
        match blocks.get(&(space, name.to_owned())) {
            Some(block) => block.clone(),
            None => {
                let high = shared.read(|engine| high_water(&key, engine.get(&key)?.as_deref()))?;
                let block = Arc::new(Mutex::new(Block { last: high, high, size: FIRST_BLOCK }));
                blocks.insert((space, name.to_owned()), block.clone());
                block
            }
        }
    };
    let mut block = lock(&block);
    if block.last == block.high {
        let high = block.high.saturating_add(block.size);
        shared.submit_wait(Prepared::raw(space, vec![mark(&key, high)]))?;
        block.high = high;
        block.size = (block.size * 2).min(LARGEST_BLOCK);
    }
    block.last += 1;
    Ok(block.last)
}

/// Gives back what no one took, before the store is closed.
pub(crate) fn give_back(shared: &Shared) {
    let blocks: Vec<_> =
        lock(&shared.numbers.blocks).iter().map(|(name, block)| (name.clone(), block.clone())).collect();
    for ((space, name), block) in blocks {
        let mut block = lock(&block);
        let Ok(key) = space.number(&name) else { continue };
        // If this fails the numbers are a gap, which is allowed.
        if block.last < block.high && shared.submit_wait(Prepared::raw(space, vec![mark(&key, block.last)])).is_ok() {
            block.high = block.last;
        }
    }
}
