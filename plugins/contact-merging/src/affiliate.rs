//! Answers `affiliate`: which company node is a ticket for?
//!
//! Each node has the log-odds of its evidence, and beside the nodes stands *none of them*; the confidences are their
//! shares. So two nodes of which the same is known are both below one half, and a person is asked.

use plugdesk_sdk::libm;
use plugdesk_sdk::prelude::*;
use plugdesk_sdk::types::cut;
use plugdesk_sdk::words::fold;

use crate::configuration::Merging;
use crate::correlate::hash;

/// What each kind of evidence weighs, in tenths of log-odds: 7 more make the odds twice as good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeWeights {
    /// The requester belongs to it.
    pub membership: i32,
    /// It is the one to assume when nothing else is known.
    pub primary: i32,
    /// The requester writes from a domain of it; half of it, from a subdomain.
    pub domain: i32,
    /// The ticket names it.
    pub named: i32,
    /// The ticket is about the side that the requester answers for there.
    pub aspect: i32,
    /// Each doubling of the requester's recent tickets for it.
    pub recent: i32,
    /// A node above one that the requester belongs to.
    pub above: i32,
    /// That it is none of them.
    pub none: i32,
}

/// Recent tickets double so often at most.
const MOST_DOUBLINGS: i32 = 5;
/// A person reads so many reasons.
const MOST_REASONS: usize = 10;
/// A name of a company is read so far.
const MOST_NAME_BYTES: usize = 256;
/// A word of a name is recognised from so many letters on.
const FEWEST_LETTERS: usize = 3;
/// From so many letters on, a word is recognised with other endings: `Warszawa`, `w Warszawie`.
const INFLECTED: usize = 5;
/// So many words that begin with the same letters are looked at for another ending.
const MOST_FORMS: usize = 16;
/// Weights beyond this make every answer certain.
const MOST_WEIGHT: i32 = 1_000;

/// One piece of evidence for a node.
struct Evidence {
    node: usize,
    code: &'static str,
    weight: i32,
    found: String,
}

impl Affiliate for Merging {
    fn affiliate(&self, inquiry: &affiliate::Inquiry, desk: &impl Desk) -> Answer<Affiliation> {
        if inquiry.nodes.is_empty() {
            return Ok(None);
        }
        let contact = if inquiry.ticket.requester.is_some() { desk.contact()? } else { None };
        let evidence = self.gather(inquiry, contact.as_ref());
        let mut sums = vec![0_i32; inquiry.nodes.len()];
        for it in &evidence {
            if let Some(sum) = sums.get_mut(it.node) {
                *sum += it.weight;
            }
        }
        let odds = |tenths: i32| libm::exp(f64::from(tenths.clamp(-MOST_WEIGHT, MOST_WEIGHT)) / 10.0);
        let all = odds(self.affiliate.none) + sums.iter().map(|sum| odds(*sum)).sum::<f64>();
        let share = |sum: i32| libm::round(10_000.0 * odds(sum) / all).clamp(0.0, 10_000.0) as u16;
        let nodes = inquiry.nodes.iter().zip(&sums);
        let mut answer =
            Affiliation::new(nodes.map(|(node, sum)| Confidence::new(node.company.id.as_str(), share(*sum))).collect());
        let mut told: Vec<&Evidence> = evidence.iter().filter(|it| it.weight != 0).collect();
        told.sort_by_key(|it| (std::cmp::Reverse(sums.get(it.node).copied()), it.node, std::cmp::Reverse(it.weight)));
        for it in told.into_iter().take(MOST_REASONS) {
            let Some(node) = inquiry.nodes.get(it.node) else { continue };
            let reason = Reason::new(it.code).with("company", node.company.name.as_str());
            answer.reasons.push(reason.with("found", it.found.as_str()).seen_in(node.company.id.as_str()));
        }
        Ok(Some(answer))
    }
}

impl Merging {
    fn gather(&self, inquiry: &affiliate::Inquiry, contact: Option<&Contact>) -> Vec<Evidence> {
        let weights = self.affiliate;
        let said = fold(&[inquiry.ticket.subject.as_str(), inquiry.text.as_str()].join(". "));
        let mut said_words: Vec<&str> = said.split(' ').filter(|word| !word.is_empty()).collect();
        said_words.sort_unstable();
        said_words.dedup();
        let sides = self.sides(&said);
        let tree = Tree::of(&inquiry.nodes);
        let mut all = Vec::new();
        for (place, node) in inquiry.nodes.iter().enumerate() {
            let mut add = |code, weight, found: &str| {
                all.push(Evidence { node: place, code, weight, found: found.to_owned() });
            };
            if let Some(membership) = &node.membership {
                let role = membership.role.as_deref().or(membership.aspect.as_deref()).unwrap_or_default();
                add("node-membership", weights.membership, role);
                if membership.primary {
                    add("node-primary", weights.primary, "");
                }
                let held = [&membership.role, &membership.aspect].into_iter().flatten();
                if let Some((side, words)) = held.filter_map(|it| sides.iter().find(|(side, _)| *side == it)).next() {
                    add("node-aspect", weights.aspect, &format!("{side}: {words}"));
                }
            } else if node.found_by.iter().all(|way| way == "above") {
                add("node-above", weights.above, "");
            }
            if let Some((host, exact)) = contact.and_then(|contact| self.domain(contact, &node.company)) {
                add("node-domain", if exact { weights.domain } else { weights.domain / 2 }, host);
            }
            if node.recent_tickets > 0 {
                let doublings = libm::log2(f64::from(node.recent_tickets.saturating_add(1)));
                let doublings = (libm::round(doublings) as i32).min(MOST_DOUBLINGS);
                add("node-recent", weights.recent * doublings, &node.recent_tickets.to_string());
            }
        }
        // The most specific node that is named: whoever says the site means the site, though its name holds the group's.
        let names: Vec<String> =
            inquiry.nodes.iter().map(|node| fold(cut(&node.company.name, MOST_NAME_BYTES))).collect();
        let names: Vec<Words<'_>> = names.iter().map(|name| Words::of(name)).collect();
        let named: Vec<Option<(usize, usize, String)>> =
            (0..inquiry.nodes.len()).map(|place| named(&tree, &names, place, &said_words)).collect();
        for (place, found) in named.iter().enumerate() {
            let Some((met, of, words)) = found else { continue };
            let below = |other: usize| tree.is_above(place, other) && named.get(other).is_some_and(Option::is_some);
            if !(0..inquiry.nodes.len()).any(below) {
                let share = i32::try_from(met * 100 / of.max(&1)).unwrap_or(0);
                let (code, weight) = ("node-named", weights.named * share / 100);
                all.push(Evidence { node: place, code, weight, found: words.clone() });
            }
        }
        all
    }

    /// The sides of the matter that the text speaks of, each with the words that say so.
    fn sides<'a>(&'a self, said: &str) -> Vec<(&'a str, String)> {
        let mut sides: Vec<(&str, String)> = Vec::new();
        self.aspects.find(said, |number, words| {
            let Some(side) = self.aspect_names.get(usize::from(number)) else { return };
            if !sides.iter().any(|(known, _)| known == side) {
                sides.push((side, words.to_owned()));
            }
        });
        sides
    }

    /// The host of an address of the contact that is the company's domain, or one below it.
    fn domain<'a>(&self, contact: &'a Contact, company: &Company) -> Option<(&'a str, bool)> {
        let mails = contact.identities.iter().filter(|identity| identity.kind == "email");
        let hosts = mails.filter_map(|identity| identity.value.rsplit_once('@')).map(|(_, host)| host);
        let hosts = hosts.filter(|host| !self.is_free(host));
        let below = |host: &str, domain: &str| host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
        let mut met = None;
        for host in hosts {
            if company.domains.iter().any(|domain| domain == host) {
                return Some((host, true));
            }
            if company.domains.iter().any(|domain| !domain.is_empty() && below(host, domain)) {
                met = Some((host, false));
            }
        }
        met
    }
}

/// The words of a name by which it is recognised.
struct Words<'n> {
    /// Each once, in the order of the alphabet, with its hash.
    all: Vec<(u32, &'n str)>,
    /// In their own order: comparing texts takes as long as they are.
    hashes: Vec<u32>,
}

impl<'n> Words<'n> {
    /// Of a folded name.
    fn of(name: &'n str) -> Self {
        let mut words: Vec<&str> = name.split(' ').filter(|word| letters(word) >= FEWEST_LETTERS).collect();
        words.sort_unstable();
        words.dedup();
        let mut hashes: Vec<u32> = words.iter().map(|word| hash(word)).collect();
        let all = hashes.iter().copied().zip(words).collect();
        hashes.sort_unstable();
        Self { all, hashes }
    }
}

fn letters(word: &str) -> usize {
    word.chars().count()
}

/// How many of the words that only this node has are said, of how many, and which; `None`: fewer than half. The words of
/// names and those that were said are sorted.
fn named(tree: &Tree, names: &[Words<'_>], place: usize, said: &[&str]) -> Option<(usize, usize, String)> {
    let mut own = names.get(place)?.all.clone();
    for (other, theirs) in names.iter().enumerate() {
        // A node above this one keeps its words; one below has taken them from here; any other makes them say nothing.
        if other != place && !tree.is_above(place, other) {
            own.retain(|(hash, _)| theirs.hashes.binary_search(hash).is_err());
        }
    }
    let met: Vec<&str> = own.iter().map(|(_, word)| *word).filter(|word| says(said, word)).collect();
    let enough = !own.is_empty() && met.len() * 2 >= own.len();
    enough.then(|| (met.len(), own.len(), met.join(" ")))
}

/// Which nodes stand above which, by their places.
struct Tree {
    parents: Vec<Option<usize>>,
}

impl Tree {
    fn of(nodes: &[Node]) -> Self {
        let place = |id: &String| nodes.iter().position(|node| node.company.id == *id);
        Self { parents: nodes.iter().map(|node| node.company.parent.as_ref().and_then(place)).collect() }
    }

    /// Whether the node at `place` is above the one at `other`.
    fn is_above(&self, place: usize, other: usize) -> bool {
        let mut at = other;
        // No path through the nodes is longer than the nodes.
        for _ in 0..self.parents.len() {
            let Some(Some(parent)) = self.parents.get(at) else { return false };
            if *parent == place {
                return true;
            }
            at = *parent;
        }
        false
    }
}

/// Whether one of the words that were said, which are sorted, is that word of a name, perhaps with another ending.
fn says(said: &[&str], word: &str) -> bool {
    if said.binary_search(&word).is_ok() {
        return true;
    }
    let count = letters(word);
    let last = word.chars().next_back().map_or(0, char::len_utf8);
    let stem = word.get(..word.len() - last).unwrap_or_default();
    // Those that begin with it stand side by side.
    let first = said.partition_point(|it| *it < stem);
    let inflected = said.iter().skip(first).take_while(|it| it.starts_with(stem));
    count >= INFLECTED && inflected.take(MOST_FORMS).any(|it| letters(it) <= count + 3)
}
