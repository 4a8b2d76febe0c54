//! A line of the log that a stranger can cause: told seldom, with how often it would have been.

use std::time::Duration;

use tokio::time::Instant;

/// A line so often is enough to be seen, and no flood fills a disk with it.
const BETWEEN: Duration = Duration::from_secs(5);

/// One such line.
#[derive(Debug, Default)]
pub(super) struct Seldom {
    told: Option<Instant>,
    left_out: u64,
}

impl Seldom {
    /// Tells it, unless it was told a moment ago; gives the line how often it happened since.
    pub(super) fn tell(&mut self, now: Instant, line: impl FnOnce(u64)) {
        self.left_out += 1;
        if self.told.is_none_or(|told| now.saturating_duration_since(told) >= BETWEEN) {
            line(self.left_out);
            (self.told, self.left_out) = (Some(now), 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_one_line_that_says_how_many() {
        let (mut seldom, mut lines, now) = (Seldom::default(), Vec::new(), Instant::now());
        for _ in 0..1_000 {
            seldom.tell(now, |count| lines.push(count));
        }
        seldom.tell(now + BETWEEN, |count| lines.push(count));
        assert_eq!(lines, [1, 1_000]);
    }
}
