//! What warning some tickets at their opening comes to: how many of them are late, how many of the late ones are among
//! them, and how long before.

use serde::Serialize;

use crate::metric::Scored;

/// The shares of tickets that a desk could look after in good time.
const SHARES: [f64; 3] = [0.05, 0.10, 0.20];

/// What warning the riskiest tickets comes to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Warned {
    /// The share of all tickets that is warned of.
    pub share: f64,
    /// How many that are.
    pub tickets: usize,
    /// The probability from which on they are: what a ladder may begin with.
    pub from: f64,
    /// Of them so many were late.
    pub precision: f64,
    /// Of the late ones so many are among them.
    pub recall: f64,
    /// Half of the late ones were warned of at least so many minutes before.
    pub median_lead_minutes: Option<i64>,
    /// And three quarters.
    pub quarter_lead_minutes: Option<i64>,
}

/// For each of the shares, of tickets with what was foreseen and what came, and the minutes from the opening.
pub(super) fn all(scored: &[Scored], leads: &[Option<i64>]) -> Vec<Warned> {
    let mut riskiest: Vec<usize> = (0..scored.len()).collect();
    riskiest.sort_by(|a, b| score(scored, *b).total_cmp(&score(scored, *a)).then(a.cmp(b)));
    let late = |place: &usize| scored.get(*place).is_some_and(|it| it.came);
    let all_late = riskiest.iter().filter(|it| late(it)).count();
    let of = |share: f64| {
        let count = ((scored.len() as f64 * share).round() as usize).max(1).min(scored.len());
        let warned = riskiest.get(..count).unwrap_or_default();
        let right: Vec<usize> = warned.iter().copied().filter(|it| late(it)).collect();
        let mut before: Vec<i64> = right.iter().filter_map(|it| leads.get(*it).copied().flatten()).collect();
        before.sort_unstable();
        let share_of = |part: usize, whole: usize| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
        Warned {
            share,
            tickets: count,
            from: warned.last().map_or(1.0, |last| score(scored, *last)),
            precision: share_of(right.len(), count),
            recall: share_of(right.len(), all_late),
            median_lead_minutes: before.get(before.len() / 2).copied(),
            quarter_lead_minutes: before.get(before.len() / 4).copied(),
        }
    };
    SHARES.iter().copied().map(of).collect()
}

fn score(scored: &[Scored], place: usize) -> f64 {
    scored.get(place).map_or(0.0, |it| it.probability)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_riskiest_are_warned_of_and_the_time_counts_for_those_who_were_late() {
        let scored: Vec<Scored> =
            (0..100).map(|n| Scored { probability: f64::from(n) / 100.0, came: n >= 90 && n % 2 == 0 }).collect();
        let leads: Vec<Option<i64>> = (0..100).map(|n| (n != 94).then_some(i64::from(n))).collect();
        let warned = all(&scored, &leads);
        let tell = |it: &Warned| (it.tickets, it.from, it.precision, it.recall);
        assert_eq!(
            warned.iter().map(tell).collect::<Vec<_>>(),
            [(5, 0.95, 0.4, 0.4), (10, 0.9, 0.5, 1.0), (20, 0.8, 0.25, 1.0)]
        );
        // Late among the last ten: 90, 92, 94, 96, 98; of 94 nobody knows when.
        assert_eq!((warned[1].median_lead_minutes, warned[1].quarter_lead_minutes), (Some(96), Some(92)));
        assert!(all(&[], &[]).iter().all(|it| it.tickets == 0 && it.median_lead_minutes.is_none()));
    }
}
