//! The laws of joining, for every question: what answers come to depends on the set of answers and their ranks, never on
//! an order, and hearing one twice changes nothing.

use plugdesk_domain::question::{Question, Stance, Stances};
use plugdesk_domain::question::{
    affiliate::Affiliate, classify::Classify, correlate::Correlate, escalate::Escalate, identify::Identify,
    merge::Merge, promise::Promise, qualify::Qualify, react::React, track::Track,
};
use serde_json::{Value, json};

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.roll(of.len())]
    }

    /// A few numbers only, so that ties are common.
    fn score(&mut self) -> usize {
        self.roll(4) * 2_500
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for place in (1..items.len()).rev() {
            items.swap(place, self.roll(place + 1));
        }
    }
}

/// Holds a question to its laws over many small sets of answers.
fn lawful<Q: Question>(mut answer: impl FnMut(&mut Dice) -> Value) {
    let mut dice = Dice(42);
    for round in 0..400 {
        let mut stances: Vec<Stance<Q::Answer>> = Vec::new();
        for _ in 0..dice.roll(6) {
            let mut body = answer(&mut dice);
            for part in ["reasons", "facts", "signals"] {
                body[part] = json!([]);
            }
            let parsed = serde_json::from_value(body.clone()).unwrap_or_else(|e| panic!("{}: {e}: {body}", Q::NAME));
            let (rank, policy) = (dice.roll(4) as u32, dice.pick(&["p", "q", "r"]).to_owned());
            stances.push(Stance { rank, policy, answer: parsed });
        }
        let set = |stances: &[Stance<Q::Answer>]| stances.iter().cloned().collect::<Stances<Q::Answer>>();
        let whole = set(&stances);
        let joined = Q::join(&whole);
        assert_eq!(joined.is_none(), stances.is_empty(), "{}: nobody's opinion is none", Q::NAME);
        let same = |other: Stances<Q::Answer>, law: &str| {
            assert_eq!(Q::join(&other), joined, "{} is not {law} in round {round}: {stances:?}", Q::NAME);
        };
        let (one, two) = (dice.roll(stances.len() + 1), dice.roll(stances.len() + 1));
        let (one, two) = (one.min(two), one.max(two));
        let (a, b, c) = (set(&stances[..one]), set(&stances[one..two]), set(&stances[two..]));
        same(a.clone().union(b.clone()).union(c.clone()), "made of its parts");
        same(a.clone().union(b.clone().union(c.clone())), "associative");
        same(c.union(b).union(a), "commutative");
        same(whole.clone().union(whole.clone()), "idempotent");
        let mut shuffled = stances.clone();
        dice.shuffle(&mut shuffled);
        same(set(&shuffled), "free of an order");
        shuffled.extend(stances.iter().cloned());
        same(set(&shuffled), "deaf to repetition");
    }
}

#[test]
fn every_question_joins_by_set_and_rank_alone() {
    const WORDS: [&str; 3] = ["a", "b", "c"];
    lawful::<Classify>(|dice| json!({ "segment": dice.pick(&WORDS), "confidence": dice.score() }));
    lawful::<Qualify>(|dice| json!({ "score": dice.score(), "grade": dice.pick(&["a", "b", "c", "d"]) }));
    lawful::<Track>(|dice| {
        let track = dice.pick(&["fast", "standard", "special"]);
        json!({ "track": track, "risk": dice.score(), "checks": [dice.pick(&WORDS)], "people": [dice.pick(&WORDS)] })
    });
    lawful::<Escalate>(|dice| {
        let look = ["2026-11-22T09:00:00Z", "2026-11-22T10:00:00Z"][dice.roll(2)];
        let look = if dice.roll(2) == 0 { json!(look) } else { Value::Null };
        let audience = json!([{ "role": dice.pick(&WORDS) }, { "agent": dice.pick(&WORDS) }]);
        json!({ "level": dice.roll(4), "audience": audience, "brief": dice.roll(2) == 0, "look_again": look })
    });
    lawful::<Identify>(|dice| {
        let mut one = |contact: &str| {
            let relation = dice.pick(&["maybe", "same", "different"]);
            json!({ "contact": contact, "relation": relation, "score": dice.score(), "reasons": [] })
        };
        json!({ "likenesses": [one("x"), one("y")] })
    });
    lawful::<Affiliate>(|dice| {
        let mut one = |company: &str| json!({ "company": company, "confidence": dice.score() });
        json!({ "nodes": [one("x"), one("y"), one("z")] })
    });
    lawful::<Correlate>(|dice| {
        let pairs = json!([{ "ticket": dice.pick(&WORDS), "score": dice.score() }]);
        let cluster = if dice.roll(2) == 0 { json!(dice.pick(&WORDS)) } else { Value::Null };
        json!({ "pairs": pairs, "cluster": cluster, "recurring": dice.roll(2) == 0 })
    });
    lawful::<Merge>(|dice| {
        let side = dice.pick(&["winner", "loser"]);
        json!({ "refused": dice.roll(3) == 0, "fields": { dice.pick(&WORDS): side } })
    });
    lawful::<Promise>(|dice| {
        let due = ["2026-11-22T09:00:00Z", "2026-11-22T10:00:00Z"][dice.roll(2)];
        let metric = dice.pick(&["resolution", "first-response"]);
        let target = json!({ "metric": metric, "minutes": 60 + dice.roll(2), "calendar": "always" });
        json!({ "targets": [target], "due": [due] })
    });
    lawful::<React>(|dice| json!({ "commands": [{ "name": "ticket.update", "body": { "id": dice.pick(&WORDS) } }] }));
}
