//! Two contacts, one or two persons: the weights of all evidence are added, and the sum is a probability.

use plugdesk_sdk::prelude::*;

use crate::configuration::Merging;
use crate::names::compare::{Agreement, Compared, names};
use crate::person::Person;
use crate::weights::{Level, probability};

/// What a name says leaves so much open, in hundredths of log-odds: others bear it too, so alone it never makes two
/// records likelier one than two.
const NAMESAKES: i32 = 20;

/// One piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The reason's code.
    pub code: &'static str,
    /// Hundredths of log-odds, above 0 for one person.
    pub weight: i32,
    /// What was found with the one and the other.
    pub found: [String; 2],
}

impl Evidence {
    /// As a reason; the weight in tenths, as a person compares them.
    pub fn reason(&self) -> Reason {
        let sign = if self.weight < 0 { "−" } else { "+" };
        let tenths = (self.weight.unsigned_abs() + 5) / 10;
        let [one, other] = &self.found;
        let reason = Reason::new(self.code).with("one", one.as_str()).with("other", other.as_str());
        reason.with("weight", format!("{sign}{}.{}", tenths / 10, tenths % 10))
    }
}

/// What all evidence comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// Probability that they are one person, 0 to 10,000.
    pub score: u16,
    /// Whatever else speaks for it, they are two, or somebody must look first.
    pub contradiction: bool,
    /// One of them is a function and not a person.
    pub role: bool,
    /// The names contradict each other at least in part, and no number says that they are one person all the same: twins
    /// share everything else.
    pub other_name: bool,
    /// All of it, the strongest first.
    pub evidence: Vec<Evidence>,
}

impl Linked {
    /// Whether they are the same person: the evidence is strong enough, and nothing says that somebody must look first.
    pub fn same(&self, policy: &Merging) -> bool {
        self.score >= policy.same && !self.contradiction && !self.role && !self.other_name
    }
}

/// Compares two contacts.
pub fn link(policy: &Merging, one: &Person, other: &Person) -> Linked {
    let mut pair = Pair { policy, one, other, evidence: Vec::new(), contradiction: false };
    let role = one.name.role || other.name.role;
    let named = names(&policy.weights, &one.name, &other.name);
    if role {
        pair.add("role-name", 0, [one.written.clone(), other.written.clone()]);
    } else {
        pair.name(named);
    }
    pair.mail(named);
    pair.phone(named);
    pair.fields(named);
    pair.company(named);
    let sum: i32 = pair.evidence.iter().map(|evidence| evidence.weight).sum();
    let Pair { mut evidence, contradiction, .. } = pair;
    evidence.sort_by_key(|evidence| (std::cmp::Reverse(evidence.weight.abs()), evidence.code));
    let numbered = evidence.iter().any(|evidence| evidence.code == "number-same");
    let other_name = !role && matches!(named.agreement, Agreement::Partly | Agreement::Apart) && !numbered;
    Linked { score: probability(policy.prior + sum), contradiction, role, other_name, evidence }
}

struct Pair<'p> {
    policy: &'p Merging,
    one: &'p Person,
    other: &'p Person,
    evidence: Vec<Evidence>,
    contradiction: bool,
}

impl Pair<'_> {
    fn add(&mut self, code: &'static str, weight: i32, found: [String; 2]) {
        self.evidence.push(Evidence { code, weight, found });
    }

    fn weight(&self, level: Level) -> i32 {
        self.policy.weights.of(level)
    }

    /// What a shared thing says where a part of the names agrees and another contradicts: people of one family or office
    /// share telephones, mailboxes and homes.
    fn shared(&self, level: Level, named: Compared) -> (i32, bool) {
        let (weight, household) = (self.weight(level), self.weight(Level::Household));
        let at_home = matches!(named.agreement, Agreement::Partly | Agreement::Apart) && weight > household;
        (if at_home { household } else { weight }, at_home)
    }

    fn name(&mut self, named: Compared) {
        let code = match named.agreement {
            Agreement::Unknown => return,
            Agreement::Same => "name-same",
            Agreement::Close => "name-close",
            Agreement::Partly => "name-partly",
            Agreement::Apart => "name-apart",
        };
        let most = -self.policy.prior - NAMESAKES;
        self.add(code, named.weight.min(most), [self.one.written.clone(), self.other.written.clone()]);
    }

    fn mail(&mut self, named: Compared) {
        let (one, other) = (self.one, self.other);
        let agrees = named.agrees() || named.agreement == Agreement::Unknown;
        let Some(seen) = one.addresses.mail(&other.addresses, &one.name, &other.name, agrees) else { return };
        let code = match seen.level {
            Level::EmailSame => "email-same",
            Level::EmailShared => "email-shared",
            Level::EmailAlias => "email-alias",
            Level::EmailNear => "email-near",
            Level::EmailElsewhere | Level::EmailNamed => "email-elsewhere",
            Level::EmailRival => "email-rival",
            _ => "email-apart",
        };
        let (weight, at_home) = self.shared(seen.level, named);
        if at_home && !seen.personal {
            self.add("email-household", weight, seen.found);
        } else {
            self.add(code, self.weight(seen.level), seen.found);
        }
        // Each proved to hold an address of their own at one company: they are two, unless the names are one.
        self.contradiction |= seen.proved && !named.agrees();
    }

    fn phone(&mut self, named: Compared) {
        let Some(seen) = self.one.addresses.phone(&self.other.addresses) else { return };
        let (weight, at_home) = self.shared(seen.level, named);
        let code = match seen.level {
            _ if at_home => "phone-household",
            Level::PhoneSame => "phone-same",
            Level::PhoneShared => "phone-shared",
            _ => "phone-apart",
        };
        self.add(code, weight, seen.found);
    }

    fn fields(&mut self, named: Compared) {
        let (one, other) = (&self.one.fields, &self.other.fields);
        if let (Some((a, one)), Some((b, other))) = (&one.birth, &other.birth) {
            let level = one.compare(*other);
            let code = match level {
                Level::BirthSame => "birth-same",
                Level::BirthNear => "birth-near",
                _ => "birth-apart",
            };
            self.contradiction |= level == Level::BirthApart;
            self.add(code, self.weight(level), [a.clone(), b.clone()]);
        }
        let numbers = one.numbers.iter().flat_map(|a| other.numbers.iter().map(move |b| (a, b)));
        let numbers = numbers.filter(|(a, b)| a.0 == b.0);
        for (a, b) in numbers {
            let same = a.1 == b.1;
            let (code, level) = match same {
                true => ("number-same", Level::NumberSame),
                false => ("number-apart", Level::NumberApart),
            };
            self.contradiction |= !same;
            self.add(code, self.weight(level), [a.1.clone(), b.1.clone()]);
        }
        if let Some(level) = one.place(other) {
            let (weight, at_home) = self.shared(level, named);
            let (code, found) = match level {
                Level::Street => ("street-same", [one.street.trim(), other.street.trim()]),
                Level::Postcode => ("postcode-same", [one.postcode.as_str(), other.postcode.as_str()]),
                Level::City | Level::CityClose => ("city-same", [one.city.as_str(), other.city.as_str()]),
                _ if one.street.is_empty() || other.street.is_empty() => {
                    let city = [one.city.as_str(), other.city.as_str()];
                    let known = city.iter().all(|city| !city.is_empty());
                    ("place-apart", if known { city } else { [one.postcode.as_str(), other.postcode.as_str()] })
                }
                _ => ("place-apart", [one.street.trim(), other.street.trim()]),
            };
            let code = if at_home { "place-household" } else { code };
            self.add(code, weight, found.map(str::to_owned));
        }
    }

    /// One company is no evidence of one person; two records of one name in it are.
    fn company(&mut self, named: Compared) {
        let weight = self.weight(Level::Company);
        if !named.agrees() {
            return;
        }
        let common = self.one.companies.iter().find(|company| self.other.companies.contains(company));
        let host = self.one.addresses.common_host(&self.other.addresses);
        if let Some(found) = common.map(String::as_str).or(host).map(str::to_owned) {
            self.add("company-same", weight, [found.clone(), found]);
        }
    }
}
