//! Where the blocks of a component's heap stand: numbers alone, so that it is tested without a component.

use core::alloc::Layout;
use core::cell::Cell;
use core::ops::Range;

/// What every block is aligned to at least, as `cabi_realloc` and most types want.
const ALIGN: usize = 8;

/// A pointer that moves forward, and back to the start when nothing is alive any more.
///
/// Blocks never overlap: each begins at or behind the end of the last, and the pointer goes back only over the newest
/// block when that is freed, or to the start when no block is alive.
pub(crate) struct Room {
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

impl Room {
    pub(crate) const fn new() -> Self {
        Self { base: Cell::new(0), next: Cell::new(0), end: Cell::new(0), alive: Cell::new(0) }
    }

    /// Where a new block begins; `None`: there is no memory for it. `first` says where the first part is, `grow` gets at
    /// least so many bytes more and says where they are.
    pub(crate) fn take(
        &self,
        layout: Layout,
        first: impl FnOnce() -> Range<usize>,
        grow: impl FnOnce(usize) -> Option<Range<usize>>,
    ) -> Option<usize> {
        if self.alive.get() == 0 {
            if self.end.get() == 0 {
                let first = first();
                self.base.set(first.start);
                self.end.set(first.end);
            }
            self.next.set(self.base.get());
        }
        let (mut begin, mut after) = self.place(layout)?;
        if after > self.end.get() {
            let wanted = layout.size().checked_add(layout.align().max(ALIGN))?;
            let more = grow(wanted)?;
            if more.start != self.end.get() {
                self.base.set(more.start);
                self.next.set(more.start);
            }
            self.end.set(more.end);
            (begin, after) = self.place(layout)?;
        }
        self.next.set(after);
        self.alive.set(self.alive.get() + 1);
        Some(begin)
    }

    /// A block is no longer needed.
    pub(crate) fn give_back(&self, begin: usize, layout: Layout) {
        self.alive.set(self.alive.get().saturating_sub(1));
        if begin + layout.size() == self.next.get() {
            self.next.set(begin);
        }
    }

    /// Whether the block may have that size where it stands; from now on it has.
    pub(crate) fn resize(&self, begin: usize, layout: Layout, size: usize) -> bool {
        if begin + layout.size() == self.next.get()
            && let Some(after) = begin.checked_add(size).filter(|after| *after <= self.end.get())
        {
            self.next.set(after);
            return true;
        }
        size <= layout.size()
    }

    /// Where a block of that layout would begin and end; `None`: beyond all addresses.
    fn place(&self, layout: Layout) -> Option<(usize, usize)> {
        let align = layout.align().max(ALIGN);
        let begin = self.next.get().checked_add(align - 1)? & !(align - 1);
        Some((begin, begin.checked_add(layout.size())?))
    }
}

#[cfg(test)]
#[path = "room/tests.rs"]
mod tests;
