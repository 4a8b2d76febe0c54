//! Many texts of which a call needs few: one copy when the configuration is read, and nothing is checked until it is used.

use serde::{Deserialize, Serialize};

use crate::packed::Packed;

/// Groups of texts, each named by where it begins: wordings in several languages, labels, names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pool(Packed);

impl Pool {
    /// Keeps a group of texts and names it. A text is cut at 65,535 bytes, a group ends at its 255th text.
    pub fn keep<'t>(&mut self, texts: impl IntoIterator<Item = &'t str>) -> u32 {
        let begin = self.0.0.len();
        self.0.0.push(0);
        let mut count = 0;
        for text in texts.into_iter().take(usize::from(u8::MAX)) {
            let text = crate::types::cut(text, usize::from(u16::MAX));
            self.0.0.extend((text.len() as u16).to_le_bytes());
            self.0.0.extend(text.bytes());
            count += 1;
        }
        if let Some(place) = self.0.0.get_mut(begin) {
            *place = count;
        }
        begin as u32
    }

    /// The texts of a group, in their order; none of a name that it did not give.
    pub fn pieces(&self, group: u32) -> impl Iterator<Item = &str> {
        let begin = group as usize;
        let count = self.0.0.get(begin).copied().unwrap_or(0);
        let mut at = begin.saturating_add(1);
        (0..count).map(move |_| {
            let start = at.saturating_add(2);
            at = start.saturating_add(usize::from(self.0.u16(at)));
            let bytes = self.0.0.get(start..at).unwrap_or_default();
            std::str::from_utf8(bytes).unwrap_or_default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back_by_their_group() {
        let mut pool = Pool::default();
        let (one, none, two) = (pool.keep(["a", "", "بله"]), pool.keep([]), pool.keep(["z"]));
        let pieces = |group| pool.pieces(group).collect::<Vec<_>>();
        assert_eq!((pieces(one), pieces(none), pieces(two)), (vec!["a", "", "بله"], vec![], vec!["z"]));
        assert!(pieces(u32::MAX).is_empty());
    }
}
