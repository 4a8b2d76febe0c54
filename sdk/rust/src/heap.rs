//! The heap of a component: a pointer that moves forward, and back to the start when nothing is alive any more.
//!
//! A component is asked once in a fresh instance, so a general allocator would be built up for a few microseconds and
//! thrown away. Where an instance is reused, the host frees the answer at the end of each call, nothing is alive, and
//! the next call begins at the start again.
#![allow(unsafe_code, reason = "a global allocator is an unsafe trait; components have one thread")]

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32;
use core::cell::Cell;
use core::ptr;

/// The first part of the heap, within the memory that an instance starts with: growing memory costs a system call.
/// With 32 KiB of stack and the data of a usual policy it fills the 128 KiB that the host keeps resident.
const FIRST: usize = 56 << 10;
/// A page of linear memory, which it grows by.
const PAGE: usize = 64 << 10;
/// What every block is aligned to at least, as `cabi_realloc` and most types want.
const ALIGN: usize = 8;

#[repr(align(16))]
struct First(Cell<[u8; FIRST]>);

// Sound because a component has one thread: threads are off in the host's engine.
unsafe impl Sync for First {}

static MEMORY: First = First(Cell::new([0; FIRST]));

struct Heap {
    /// Where the blocks in use begin: the first part, or behind it what the host gave. Other data of the component lies
    /// between the two, so no block may reach from one into the other.
    base: Cell<usize>,
    /// The next free byte; 0: nothing was allocated yet.
    next: Cell<usize>,
    /// The end of what may be used.
    end: Cell<usize>,
    /// Blocks alive.
    alive: Cell<usize>,
}

// Sound for the same reason.
unsafe impl Sync for Heap {}

#[global_allocator]
static HEAP: Heap = Heap { base: Cell::new(0), next: Cell::new(0), end: Cell::new(0), alive: Cell::new(0) };

impl Heap {
    /// Makes room for so many bytes more; false: the host gives no more memory.
    #[cold]
    fn grow(&self, wanted: usize) -> bool {
        let pages = wanted.div_ceil(PAGE);
        let before = wasm32::memory_grow(0, pages);
        if before == usize::MAX {
            return false;
        }
        let begin = before * PAGE;
        if begin != self.end.get() {
            self.base.set(begin);
            self.next.set(begin);
        }
        self.end.set(begin + pages * PAGE);
        true
    }

    /// Where a block of that layout would begin and end; `None`: beyond all addresses.
    fn place(&self, layout: Layout) -> Option<(usize, usize)> {
        let align = layout.align().max(ALIGN);
        let begin = self.next.get().checked_add(align - 1)? & !(align - 1);
        Some((begin, begin.checked_add(layout.size())?))
    }
}

// Blocks never overlap: each begins at or behind the end of the last, and the pointer goes back only over the newest
// block when that is freed, or to the start when no block is alive.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if self.alive.get() == 0 {
            if self.end.get() == 0 {
                let start = MEMORY.0.as_ptr() as usize;
                self.base.set(start);
                self.end.set(start + FIRST);
            }
            self.next.set(self.base.get());
        }
        let Some((mut begin, mut after)) = self.place(layout) else { return ptr::null_mut() };
        if after > self.end.get() {
            let Some(wanted) = layout.size().checked_add(layout.align().max(ALIGN)) else { return ptr::null_mut() };
            if !self.grow(wanted) {
                return ptr::null_mut();
            }
            let Some(again) = self.place(layout) else { return ptr::null_mut() };
            (begin, after) = again;
        }
        self.next.set(after);
        self.alive.set(self.alive.get() + 1);
        begin as *mut u8
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        self.alive.set(self.alive.get().saturating_sub(1));
        if block as usize + layout.size() == self.next.get() {
            self.next.set(block as usize);
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let begin = block as usize;
        if begin + layout.size() == self.next.get() {
            let Some(after) = begin.checked_add(size) else { return ptr::null_mut() };
            if after <= self.end.get() {
                self.next.set(after);
                return block;
            }
        }
        if size <= layout.size() {
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
