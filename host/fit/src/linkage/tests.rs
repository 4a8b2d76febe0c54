//! Linkage learned from pairs that were drawn with known odds.

use super::*;

/// Numbers that look drawn and are the same in every run.
struct Dice(u64);

impl Dice {
    fn throw(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn pair(&mut self, shares: &[(&str, &[(&str, f64)])]) -> Vec<String> {
        let mut levels = Vec::new();
        for (field, of) in shares {
            let mut thrown = self.throw();
            let level = of.iter().find(|(_, share)| {
                thrown -= share;
                thrown < 0.0
            });
            levels.extend(level.map(|(name, _)| format!("{field}/{name}")));
        }
        levels
    }
}

fn shipped() -> Levels {
    let odds = |m, u| Odds { m, u };
    let all = [
        ("birth/apart", odds(0.05, 0.9)),
        ("birth/same", odds(0.8, 0.001)),
        ("mail/apart", odds(0.5, 0.9)),
        ("mail/same", odds(0.5, 0.001)),
        ("place/apart", odds(0.5, 0.5)),
        ("place/same", odds(0.5, 0.1)),
    ];
    all.into_iter().map(|(name, odds)| (name.to_owned(), odds)).collect()
}

/// 400 pairs of one person and 2,000 of two among the candidates of 3,000 records.
fn sample() -> Sample {
    let mut dice = Dice(7);
    let one: &[(&str, &[(&str, f64)])] = &[
        ("birth", &[("same", 0.9), ("apart", 0.1)]),
        ("mail", &[("same", 0.2), ("apart", 0.8)]),
        ("place", &[("same", 0.7), ("apart", 0.3)]),
    ];
    let two: &[(&str, &[(&str, f64)])] = &[
        ("birth", &[("same", 0.002), ("apart", 0.998)]),
        ("mail", &[("same", 0.0005), ("apart", 0.9995)]),
        ("place", &[("same", 0.02), ("apart", 0.98)]),
    ];
    let mut pairs = |count: usize, of: &[(&str, &[(&str, f64)])], besides: f64| {
        let pair = |_| Compared { levels: dice.pair(of), seen: Vec::new(), besides };
        (0..count).map(pair).collect::<Vec<_>>()
    };
    // No pair of two has such names: as odds, more than there are pairs.
    let mut candidates = pairs(400, one, 15.0);
    candidates.extend(pairs(2_000, two, 0.0));
    Sample { records: 3_000, candidates, others: pairs(20_000, two, 0.0) }
}

#[test]
fn what_is_often_so_in_a_table_is_learned_from_pairs_without_labels() {
    let fitted = fit(&sample(), &shipped(), 10_000.0).unwrap();
    let of = |level: &str| fitted.levels[level];
    assert!((of("birth/same").m - 0.9).abs() < 0.03, "{fitted:?}");
    assert!((of("mail/same").m - 0.2).abs() < 0.04, "{fitted:?}");
    assert!((of("place/same").m - 0.7).abs() < 0.05, "{fitted:?}");
    assert!((of("place/same").u - 0.02).abs() < 0.01, "{fitted:?}");
    assert!((fitted.matches - 400.0).abs() < 25.0, "{fitted:?}");
    assert_eq!(fit(&sample(), &shipped(), 10_000.0).unwrap(), fitted, "the same sample teaches the same");
}

#[test]
fn a_level_that_is_never_seen_weighs_what_it_did() {
    let mut levels = shipped();
    levels.insert("number/same".to_owned(), Odds { m: 0.9, u: 0.0001 });
    levels.insert("place/house".to_owned(), Odds { m: 0.3, u: 0.03 });
    let fitted = fit(&sample(), &levels, 10_000.0).unwrap();
    assert_eq!(fitted.levels["number/same"], Odds { m: 0.9, u: 0.0001 });
    let house = fitted.levels["place/house"];
    assert!((house.m / house.u - 10.0).abs() < 1e-6 && house.m < 0.03, "its field is seen at other levels: {house:?}");
}

#[test]
fn too_little_teaches_nothing() {
    let Sample { records, candidates, others } = sample();
    let few = Sample { records, candidates: candidates[..10].to_vec(), others: others.clone() };
    assert_eq!(fit(&few, &shipped(), 100.0), Err(LinkageError::Few { found: 10 }));
    let alone = Sample { records, candidates: candidates[400..].to_vec(), others };
    assert!(matches!(fit(&alone, &shipped(), 10_000.0), Err(LinkageError::Alone { .. })));
}
