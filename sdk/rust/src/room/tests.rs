//! A memory that only counts: what is given away never overlaps, neither itself nor the component's own data.

use super::*;

const PAGE: usize = 64 << 10;
/// The first part stands among the component's other data, as the linker puts it.
const FIRST: Range<usize> = 40 << 10..96 << 10;
/// What other data is full of.
const OTHER: u8 = 0xa5;
/// The component may have so much, as in the host's sandbox.
const MOST: usize = 64 * PAGE;

/// A block as the component sees it: where, how large, and what it wrote into it.
struct Block {
    begin: usize,
    layout: Layout,
    mark: u8,
}

/// The linear memory of a component that starts with two pages.
struct Memory {
    room: Room,
    bytes: Vec<u8>,
    blocks: Vec<Block>,
    marks: u8,
}

fn layout(size: usize, align: usize) -> Layout {
    Layout::from_size_align(size, align).unwrap()
}

impl Memory {
    fn new() -> Self {
        Self { room: Room::new(), bytes: vec![OTHER; 2 * PAGE], blocks: Vec::new(), marks: 0 }
    }

    fn take(&mut self, layout: Layout) -> bool {
        let bytes = &mut self.bytes;
        let grow = |wanted: usize| {
            let begin = bytes.len();
            let end = begin + wanted.div_ceil(PAGE) * PAGE;
            (end <= MOST).then(|| {
                bytes.resize(end, 0);
                begin..end
            })
        };
        let Some(begin) = self.room.take(layout, || FIRST, grow) else { return false };
        assert_eq!(begin % layout.align(), 0, "aligned");
        // Marks are never what other data is full of.
        self.marks = self.marks % 100 + 1;
        let mark = self.marks;
        self.bytes[begin..begin + layout.size()].fill(mark);
        self.blocks.push(Block { begin, layout, mark });
        true
    }

    fn give_back(&mut self, place: usize) {
        let block = self.blocks.remove(place);
        self.room.give_back(block.begin, block.layout);
    }

    fn resize(&mut self, place: usize, size: usize) {
        let block = &mut self.blocks[place];
        if self.room.resize(block.begin, block.layout, size) {
            block.layout = layout(size, block.layout.align());
            self.bytes[block.begin..block.begin + size].fill(block.mark);
        }
    }

    /// Every block holds what was written into it, and nothing else of the component was touched.
    fn intact(&self) {
        for block in &self.blocks {
            let bytes = &self.bytes[block.begin..block.begin + block.layout.size()];
            assert!(bytes.iter().all(|it| *it == block.mark), "another block was written over this one");
        }
        let others = self.bytes[..FIRST.start].iter().chain(&self.bytes[FIRST.end..2 * PAGE]);
        assert!(others.into_iter().all(|it| *it == OTHER), "a block was written over the component's own data");
    }
}

#[test]
fn two_hundred_kib_in_one_call_leave_the_components_own_data_alone() {
    let mut memory = Memory::new();
    // The question comes in, then the policy wants much.
    assert!(memory.take(layout(2 << 10, 8)));
    for _ in 0..200 {
        assert!(memory.take(layout(1 << 10, 1)));
        memory.intact();
    }
    while !memory.blocks.is_empty() {
        memory.give_back(0);
    }
    // The next call of a reused instance begins at the start again, and grows no further.
    let grown = memory.bytes.len();
    assert!(memory.take(layout(100 << 10, 8)));
    assert!(memory.take(layout(90 << 10, 8)));
    memory.intact();
    assert_eq!(memory.bytes.len(), grown);
}

#[test]
fn no_block_overlaps_another_whatever_comes_and_goes() {
    let mut memory = Memory::new();
    let mut dice = 1_u64;
    let mut roll = |sides: usize| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(dice >> 33).unwrap() % sides
    };
    for _ in 0..800 {
        let any = memory.blocks.len();
        match roll(5) {
            0 | 1 => _ = memory.take(layout(roll(24 << 10), 1 << roll(6))),
            2 if any > 0 => memory.resize(roll(any), roll(32 << 10)),
            3 if any > 0 => memory.give_back(any - 1),
            // A call ends: everything is freed.
            _ if roll(12) == 0 => (0..any).for_each(|_| memory.give_back(0)),
            _ => {}
        }
        memory.intact();
    }
}

#[test]
fn what_does_not_fit_is_refused_and_harms_nothing() {
    let mut memory = Memory::new();
    assert!(memory.take(layout(10, 1)));
    assert!(!memory.take(layout(2 * MOST, 1)));
    assert!(!memory.take(layout(isize::MAX as usize - 7, 8)));
    memory.intact();
    assert!(memory.take(layout(70 << 10, 8)), "what fits is still given");
    memory.intact();
}
