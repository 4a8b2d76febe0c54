//! Valid components, spoilt: bytes flipped, sections swapped, numbers inflated. What comes out is the same for a seed.

/// A stream of numbers that a seed determines (splitmix64).
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The stream of that seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// One below `end`; 0 if there is none.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.draw() % (end.max(1) as u64)).unwrap_or(0)
    }
}

/// What was done to a component.
pub const WAYS: &[&str] = &[
    "bytes flipped",
    "bytes at random",
    "a run removed",
    "a run repeated",
    "cut off",
    "a section removed",
    "a section repeated",
    "two sections swapped",
    "a number inflated",
    "an index changed",
    "a name changed",
    "a section of another",
];

/// A mutant of `component`, and in which way; parts may come from `other`.
pub fn mutant(random: &mut Random, component: &[u8], other: &[u8]) -> (&'static str, Vec<u8>) {
    let place = random.below(WAYS.len());
    let mut bytes = component.to_vec();
    match place {
        0 => (0..1 + random.below(4)).for_each(|_| flip(random, &mut bytes)),
        1 => (0..1 + random.below(8)).for_each(|_| set(random, &mut bytes)),
        2 => {
            let run = run(random, bytes.len());
            bytes.drain(run);
        }
        3 => {
            let run = run(random, bytes.len());
            let (at, copy) = (run.end, bytes[run].to_vec());
            bytes.splice(at..at, copy);
        }
        4 => bytes.truncate(random.below(component.len())),
        5..=7 => bytes = sections(random, component, place),
        8 => inflate(random, &mut bytes),
        9 => nudge(random, &mut bytes),
        10 => rename(random, &mut bytes),
        _ => bytes = graft(random, component, other),
    }
    (WAYS[place], bytes)
}

fn flip(random: &mut Random, bytes: &mut [u8]) {
    let at = random.below(bytes.len());
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 1 << random.below(8);
    }
}

fn set(random: &mut Random, bytes: &mut [u8]) {
    let at = random.below(bytes.len());
    if let Some(byte) = bytes.get_mut(at) {
        *byte = random.draw().to_le_bytes()[0];
    }
}

fn run(random: &mut Random, length: usize) -> std::ops::Range<usize> {
    let start = random.below(length);
    start..(start + 1 + random.below(64)).min(length)
}

/// Where a component's or a module's outermost sections lie, heads included.
pub fn bounds(bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
    let (mut found, mut at) = (Vec::new(), 8);
    while at < bytes.len() {
        let Some((length, head)) = number(bytes, at + 1) else { break };
        let end = at.saturating_add(1 + head).saturating_add(usize::try_from(length).unwrap_or(usize::MAX));
        if end > bytes.len() {
            break;
        }
        found.push(at..end);
        at = end;
    }
    found
}

/// An unsigned LEB128 number, and how many bytes it takes.
fn number(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut value = 0;
    for (place, byte) in bytes.get(at..)?.iter().take(5).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((value, place + 1));
        }
    }
    None
}

fn sections(random: &mut Random, component: &[u8], way: usize) -> Vec<u8> {
    let mut bounds = bounds(component);
    if bounds.len() < 2 {
        return component.to_vec();
    }
    let one = random.below(bounds.len());
    match way {
        5 => drop(bounds.remove(one)),
        6 => {
            let to = random.below(bounds.len());
            bounds.insert(to, bounds[one].clone());
        }
        _ => {
            let two = random.below(bounds.len());
            bounds.swap(one, two);
        }
    }
    let head = component.get(..8).unwrap_or(component);
    head.iter().copied().chain(bounds.into_iter().flat_map(|it| component[it].to_vec())).collect()
}

/// A short number becomes the largest of its length or longer: counts, lengths and indices are such.
fn inflate(random: &mut Random, bytes: &mut Vec<u8>) {
    let at = random.below(bytes.len());
    let largest: &[u8] = match random.below(4) {
        0 => &[0x7f],
        1 => &[0xff, 0x7f],
        2 => &[0xff, 0xff, 0xff, 0x7f],
        _ => &[0xff, 0xff, 0xff, 0xff, 0x0f],
    };
    if at < bytes.len() {
        bytes.splice(at..=at, largest.iter().copied());
    }
}

/// A small number becomes its neighbour: the index of another function, type or place.
fn nudge(random: &mut Random, bytes: &mut [u8]) {
    for _ in 0..32 {
        let at = random.below(bytes.len());
        if let Some(byte) = bytes.get_mut(at).filter(|byte| (1..0x40).contains(*byte)) {
            *byte = if random.below(2) == 0 { *byte - 1 } else { *byte + 1 };
            return;
        }
    }
}

/// A letter of a name becomes another: what is imported or exported is not what it was.
fn rename(random: &mut Random, bytes: &mut [u8]) {
    let start = random.below(bytes.len());
    let letters = |run: &[u8]| run.iter().all(u8::is_ascii_lowercase);
    let found = (start..bytes.len().saturating_sub(4)).find(|at| bytes.get(*at..at + 4).is_some_and(letters));
    if let Some(byte) = found.and_then(|at| bytes.get_mut(at)) {
        *byte = b'a' + u8::try_from(random.below(26)).unwrap_or(0);
    }
}

/// A section of the other component stands where one of this stood.
fn graft(random: &mut Random, component: &[u8], other: &[u8]) -> Vec<u8> {
    let (own, theirs) = (bounds(component), bounds(other));
    if own.is_empty() || theirs.is_empty() {
        return component.to_vec();
    }
    let (out, into) = (&own[random.below(own.len())], &theirs[random.below(theirs.len())]);
    [&component[..out.start], &other[into.clone()], &component[out.end..]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_makes_the_same_mutants_each_time_and_most_differ_from_what_they_were() {
        let component: Vec<u8> = b"\0asm\x0d\0\x01\0".iter().copied().chain([1, 3, 7, 8, 9, 2, 1, 5]).collect();
        assert_eq!(bounds(&component), [8..13, 13..16]);
        let made = |seed| -> Vec<_> {
            let mut random = Random::new(seed);
            (0..100).map(|_| mutant(&mut random, &component, &component)).collect()
        };
        assert_eq!(made(7), made(7));
        assert_ne!(made(7), made(8));
        assert!(made(7).iter().filter(|(_, bytes)| *bytes != component).count() > 60);
    }
}
