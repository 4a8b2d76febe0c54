//! What holds of every clock, whatever happens to its ticket.

use super::*;
use crate::id::CommitmentId;

const T0: Instant = Instant::from_millis(1_795_000_000_000);

fn at(minutes: i64) -> Instant {
    T0.plus_millis(minutes * MINUTE_MS)
}

fn target(minutes: u32, pauses: &[Category], warn: Option<u32>) -> Target {
    let (metric, calendar) = ("resolution".to_owned(), "always".to_owned());
    Target { metric, minutes, calendar, pauses: pauses.to_vec(), warn_minutes: warn }
}

fn commitment(target: Target) -> Commitment {
    Commitment {
        id: CommitmentId::new(T0, 1),
        target,
        what: None,
        source: "contract".to_owned(),
        decision: None,
        state: CommitmentState::Pending,
        started_at: T0,
        due_at: T0,
        warn_at: None,
        paused_at: None,
        warned_at: None,
        met_at: None,
        breached_at: None,
    }
}

fn turns(turns: &[(i64, Category)]) -> Vec<Turn> {
    turns.iter().map(|(minutes, category)| Turn { at: at(*minutes), category: *category }).collect()
}

const WAIT: Category = Category::WaitingCustomer;

#[test]
fn a_pause_moves_what_is_due_by_as_much() {
    let target = target(60, &[WAIT], Some(10));
    let turns = turns(&[(0, Category::New), (20, WAIT), (50, Category::Open)]);
    let always = Schedule::always();
    let reading = read(&target, T0, &turns, &always, at(60));
    assert_eq!((reading.spent_ms, reading.due_at), (30 * MINUTE_MS, at(90)));
    assert_eq!((reading.warn_at, reading.paused_since), (Some(at(80)), None));
    let paused = read(&target, T0, &turns, &always, at(30));
    assert_eq!((paused.paused_since, paused.spent_ms), (Some(at(20)), 20 * MINUTE_MS));
    assert_eq!(paused.due_at, at(70), "counted from now while it stands");
}

#[test]
fn a_reopened_ticket_is_not_late_for_the_time_it_was_closed() {
    let mut it = commitment(target(60, &[], None));
    let turns = turns(&[(0, Category::New), (50, Category::Resolved), (5_000, Category::Open)]);
    let always = Schedule::always();
    assert_eq!(advance(&mut it, &turns, &always, at(5_009)), None);
    assert_eq!((it.state, it.due_at), (CommitmentState::Pending, at(5_010)));
    assert_eq!(advance(&mut it, &turns, &always, at(5_010)), Some(Tick::Breached));
}

#[test]
fn each_warning_and_each_breach_is_told_once() {
    let mut it = commitment(target(60, &[WAIT], Some(10)));
    let mut turns = turns(&[(0, Category::New)]);
    let always = Schedule::always();
    let mut told = Vec::new();
    for minute in 0..200 {
        if minute == 55 {
            turn(&mut turns, WAIT, at(minute));
        }
        if minute == 100 {
            turn(&mut turns, Category::Open, at(minute));
        }
        for _ in 0..2 {
            told.extend(advance(&mut it, &turns, &always, at(minute)).map(|tick| (minute, tick)));
        }
    }
    assert_eq!(told, [(50, Tick::AtRisk), (105, Tick::Breached)]);
    assert_eq!(it.breached_at, Some(at(105)));
}

#[test]
fn what_is_kept_at_its_last_moment_is_kept() {
    let always = Schedule::always();
    let mut it = commitment(target(60, &[], None));
    assert_eq!(meet(&mut it, &[], Some(&always), at(60), at(60)), None);
    assert_eq!(it.state, CommitmentState::Met);
    let mut late = commitment(target(60, &[], None));
    assert_eq!(meet(&mut late, &[], Some(&always), at(61), at(61)), Some(Tick::Breached));
    assert_eq!((late.state, late.met_at, late.open()), (CommitmentState::Breached, Some(at(61)), false));
}

#[test]
fn a_full_list_of_turns_makes_nothing_due_earlier() {
    let target = target(100_000, &[WAIT], None);
    let (mut all, mut kept) = (Vec::new(), Vec::new());
    for step in 0..200 {
        let category = if step % 2 == 0 { Category::Open } else { WAIT };
        all.push(Turn { at: at(step), category });
        turn(&mut kept, category, at(step));
    }
    assert_eq!(kept.len(), MOST_TURNS);
    let always = Schedule::always();
    let due = |turns: &[Turn]| read(&target, T0, turns, &always, at(200)).due_at;
    assert!(due(&kept) >= due(&all));
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

#[test]
fn looking_twice_changes_nothing_time_never_goes_back_and_more_pause_is_never_due_earlier() {
    let always = Schedule::always();
    let mut dice = Dice(7);
    for _ in 0..2_000 {
        let mut turns = Vec::new();
        let mut minute = 0;
        for _ in 0..dice.roll(8) {
            minute += i64::try_from(dice.roll(40)).unwrap();
            let category = Category::ALL[usize::try_from(dice.roll(7)).unwrap()];
            turn(&mut turns, category, at(minute));
        }
        let minutes = 30 + u32::try_from(dice.roll(90)).unwrap();
        let few = target(minutes, &[WAIT], Some(10));
        let more = Target { pauses: vec![WAIT, Category::OnHold], ..few.clone() };
        let (mut it, mut spent) = (commitment(few.clone()), 0);
        for look in (0..400).step_by(7) {
            let now = at(look);
            let past: Vec<Turn> = turns.iter().copied().filter(|turn| turn.at <= now).collect();
            let reading = read(&few, T0, &past, &always, now);
            assert!(reading.spent_ms >= spent, "time went back");
            spent = reading.spent_ms;
            assert!(read(&more, T0, &past, &always, now).due_at >= reading.due_at, "more pause, due earlier");
            let was_breached = it.state == CommitmentState::Breached;
            let first = advance(&mut it, &past, &always, now);
            let (again, same) = (it.clone(), advance(&mut it, &past, &always, now));
            assert_eq!((&again, same), (&it, None), "a second look changed something");
            assert!(!was_breached || (first.is_none() && it.state == CommitmentState::Breached));
            assert!(it.next_wake().is_none_or(|wake| wake > now), "woken again for what was done");
            let spent_up = spent >= i64::from(minutes) * MINUTE_MS;
            // What is paused at its very last moment is not late yet.
            assert!(it.state == CommitmentState::Breached || !spent_up || it.paused_at.is_some());
            assert!(it.state != CommitmentState::Breached || spent_up);
        }
    }
}
