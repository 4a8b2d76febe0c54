//! The heap of a component: a pointer that moves forward, and back to the start when nothing is alive any more.
//!
//! A component is asked once in a fresh instance, so a general allocator would be built up for a few microseconds and
//! thrown away. Where an instance is reused, the host frees the answer at the end of each call, nothing is alive, and
//! the next call begins at the start again.
#![allow(unsafe_code, reason = "a global allocator is an unsafe trait; components have one thread")]

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32;
use core::cell::Cell;
use core::ops::Range;
use core::ptr;

use crate::room::Room;

/// The first part of the heap, within the memory that an instance starts with: growing memory costs a system call.
/// With 32 KiB of stack and the data of a usual policy it fills the 128 KiB that the host keeps resident.
const FIRST: usize = 56 << 10;
/// A page of linear memory, which it grows by.
const PAGE: usize = 64 << 10;

#[repr(align(16))]
struct First(Cell<[u8; FIRST]>);

// Sound because a component has one thread: threads are off in the host's engine.
unsafe impl Sync for First {}

static MEMORY: First = First(Cell::new([0; FIRST]));

struct Heap(Room);

// Sound for the same reason.
unsafe impl Sync for Heap {}

#[global_allocator]
static HEAP: Heap = Heap(Room::new());

fn first() -> Range<usize> {
    let start = MEMORY.0.as_ptr() as usize;
    start..start + FIRST
}

/// So many bytes more, or `None`: the host gives no more memory.
#[cold]
fn grow(wanted: usize) -> Option<Range<usize>> {
    let pages = wanted.div_ceil(PAGE);
    let before = wasm32::memory_grow(0, pages);
    if before == usize::MAX {
        return None;
    }
    let begin = before.checked_mul(PAGE)?;
    Some(begin..begin.checked_add(pages.checked_mul(PAGE)?)?)
}

// Blocks never overlap: see `Room`.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.0.take(layout, first, grow).map_or(ptr::null_mut(), |begin| begin as *mut u8)
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        self.0.give_back(block as usize, layout);
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if self.0.resize(block as usize, layout, size) {
            return block;
        }
        // SAFETY: the old block holds `layout.size()` bytes, the new one more, and they do not overlap.
        unsafe {
            let new = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !new.is_null() {
                ptr::copy_nonoverlapping(block, new, layout.size());
                self.dealloc(block, layout);
            }
            new
        }
    }
}
