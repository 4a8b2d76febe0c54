//! Two contacts, one or two persons: the weights of all evidence are added, and the sum is a probability.

use plugdesk_sdk::prelude::*;
use plugdesk_sdk::types::cut;

use crate::configuration::Merging;
use crate::names::compare::{Agreement, Compared, names};
use crate::person::Person;
use crate::weights::{Level, Weights, probability};

/// What a name says leaves so much open, in hundredths of log-odds: others bear it too, so alone it never makes two
/// records likelier one than two.
const NAMESAKES: i32 = 20;

/// One piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence<'p> {
    /// The reason's code.
    pub code: &'static str,
    /// How far they agree; `None`: in the words of two names.
    pub level: Option<Level>,
    /// It weighs what people of one family or office have in common, because their names say that they are two.
    pub at_home: bool,
    /// Hundredths of log-odds, above 0 for one person.
    pub weight: i32,
    /// What was found with the one and the other.
    pub found: [&'p str; 2],
}

impl Evidence<'_> {
    /// As a reason; the weight in tenths, as a person compares them. Of what was found at most so many bytes are told.
    pub fn reason(&self, most: usize) -> Reason {
        let sign = if self.weight < 0 { "−" } else { "+" };
        let tenths = (self.weight.unsigned_abs() + 5) / 10;
        let [one, other] = &self.found;
        let reason = Reason::new(self.code).with("one", cut(one, most)).with("other", cut(other, most));
        let reason = reason.with("weight", format!("{sign}{}.{}", tenths / 10, tenths % 10));
        // By it `plugdesk fit linkage` learns how often each level is seen, whatever it counts as.
        let Some(level) = self.level else { return reason };
        let reason = reason.with("level", Weights::name_of(level));
        if self.at_home { reason.with("as", Weights::name_of(Level::Household)) } else { reason }
    }
}

/// What all evidence comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked<'p> {
    /// Probability that they are one person, 0 to 10,000.
    pub score: u16,
    /// Whatever else speaks for it, they are two, or somebody must look first.
    pub contradiction: bool,
    /// Something is as one person's records rarely are: somebody must look first.
    pub doubt: bool,
    /// One of them is a function and not a person.
    pub role: bool,
    /// The names contradict each other at least in part, and no number says that they are one person all the same: twins
    /// share everything else.
    pub other_name: bool,
    /// All of it, the strongest first.
    pub evidence: Vec<Evidence<'p>>,
}

impl Linked<'_> {
    /// Whether they are the same person: the evidence is strong enough, and nothing says that somebody must look first.
    pub fn same(&self, policy: &Merging) -> bool {
        self.score >= policy.same && !(self.contradiction || self.doubt || self.role || self.other_name)
    }
}

/// Compares two contacts.
pub fn link<'p>(policy: &'p Merging, one: &'p Person, other: &'p Person) -> Linked<'p> {
    let mut pair = Pair::new(policy, one, other);
    let organisations = pair.organisations;
    let role = one.name.role || other.name.role;
    let named = names(&policy.weights, &one.name, &other.name);
    if role {
        pair.add_name("role-name", 0);
    } else {
        pair.name(named);
    }
    pair.mail(named);
    pair.phone(named);
    pair.fields(named);
    pair.company(named);
    let sum: i32 = pair.evidence.iter().map(|evidence| evidence.weight).sum();
    let Pair { mut evidence, contradiction, doubt, .. } = pair;
    evidence.sort_by_key(|evidence| (std::cmp::Reverse(evidence.weight.abs()), evidence.code));
    // Who moved is known by an address, a date of birth or a number of their own. A name and a telephone in two houses may
    // be two branches of something that does not look like an organisation.
    let own = [Level::EmailSame, Level::BirthSame, Level::NumberSame];
    let at = |level: Level| evidence.iter().any(|evidence| evidence.level == Some(level) && !evidence.at_home);
    // What was not compared could say that they are two.
    let cut = [one, other].iter().any(|it| it.name.cut || it.addresses.cut);
    let doubt = doubt || cut || (at(Level::StreetApart) && !own.into_iter().any(at));
    let numbered = evidence.iter().any(|evidence| evidence.code == "number-same");
    // One site under two names that share a word, as an agency and its branch write them, is one.
    let sited = organisations && evidence.iter().any(|evidence| evidence.level == Some(Level::Street));
    let other_name = match named.agreement {
        Agreement::Apart => !numbered,
        Agreement::Partly => !numbered && !sited,
        Agreement::Unknown | Agreement::Same | Agreement::Close => false,
    };
    let other_name = other_name && !role;
    Linked { score: probability(policy.prior + sum), contradiction, doubt, role, other_name, evidence }
}

struct Pair<'p> {
    policy: &'p Merging,
    one: &'p Person,
    other: &'p Person,
    /// At least one of them is an organisation by its name.
    organisations: bool,
    /// They are organisations in two houses: two sites of a chain have one telephone and mostly one name.
    sites: bool,
    evidence: Vec<Evidence<'p>>,
    contradiction: bool,
    doubt: bool,
}

impl<'p> Pair<'p> {
    fn new(policy: &'p Merging, one: &'p Person, other: &'p Person) -> Self {
        let organisations = one.name.organisation || other.name.organisation;
        let place = one.fields.place.compare(&other.fields.place);
        let sites = organisations && place.is_some_and(|(level, _)| level == Level::StreetApart);
        Self { policy, one, other, organisations, sites, evidence: Vec::new(), contradiction: false, doubt: false }
    }

    fn add(&mut self, code: &'static str, level: Level, found: [&'p str; 2]) {
        let weight = self.weight(level);
        self.evidence.push(Evidence { code, level: Some(level), at_home: false, weight, found });
    }

    fn add_name(&mut self, code: &'static str, weight: i32) {
        let found = [self.one.written.as_str(), self.other.written.as_str()];
        self.evidence.push(Evidence { code, level: None, at_home: false, weight, found });
    }

    /// What people of one family or office share.
    fn add_at_home(&mut self, code: &'static str, level: Level, found: [&'p str; 2]) {
        let weight = self.weight(Level::Household);
        self.evidence.push(Evidence { code, level: Some(level), at_home: true, weight, found });
    }

    fn weight(&self, level: Level) -> i32 {
        self.policy.weights.of(level)
    }

    /// Whether a shared thing is a family's or an office's: a part of the names contradicts, and people of one home share
    /// telephones, mailboxes and addresses. Organisations have no family.
    fn at_home(&self, level: Level, named: Compared) -> bool {
        let weighs_more = self.weight(level) > self.weight(Level::Household);
        let other_name = matches!(named.agreement, Agreement::Partly | Agreement::Apart);
        other_name && weighs_more && !self.organisations
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
        self.add_name(code, named.weight.min(most));
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
        if self.at_home(seen.level, named) && !seen.personal {
            self.add_at_home("email-household", seen.level, seen.found);
        } else {
            self.add(code, seen.level, seen.found);
        }
        // Each proved to hold an address of their own at one company: they are two, unless the names are one.
        self.contradiction |= seen.proved && !named.agrees();
    }

    fn phone(&mut self, named: Compared) {
        let Some(seen) = self.one.addresses.phone(&self.other.addresses) else { return };
        let level = if self.sites && seen.level == Level::PhoneSame { Level::PhoneShared } else { seen.level };
        if self.at_home(level, named) {
            return self.add_at_home("phone-household", level, seen.found);
        }
        let code = match level {
            Level::PhoneSame => "phone-same",
            Level::PhoneShared => "phone-shared",
            _ => "phone-apart",
        };
        self.add(code, level, seen.found);
    }

    fn fields(&mut self, named: Compared) {
        let (one, other) = (&self.one.fields, &self.other.fields);
        if let (Some((a, one)), Some((b, other))) = (&one.birth, &other.birth) {
            let level = one.compare(*other);
            let code = match level {
                Level::BirthSame => "birth-same",
                Level::BirthNear => "birth-near",
                Level::BirthFar => "birth-far",
                _ => "birth-apart",
            };
            self.contradiction |= level == Level::BirthApart;
            self.doubt |= level == Level::BirthFar;
            self.add(code, level, [a, b]);
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
            self.add(code, level, [&a.1, &b.1]);
        }
        self.place(named);
    }

    fn place(&mut self, named: Compared) {
        let Some((level, found)) = self.one.fields.place.compare(&self.other.fields.place) else { return };
        let level = match level {
            Level::StreetApart if self.sites => Level::SiteApart,
            level => level,
        };
        let code = match level {
            Level::Street => "street-same",
            Level::Postcode => "postcode-same",
            Level::City | Level::CityClose => "city-same",
            Level::SiteApart => "site-apart",
            _ => "place-apart",
        };
        // Two houses of a chain are two, whatever else they share.
        self.doubt |= level == Level::SiteApart;
        match self.at_home(level, named) {
            true => self.add_at_home("place-household", level, found),
            false => self.add(code, level, found),
        }
    }

    /// One company is no evidence of one person; two records of one name in it are.
    fn company(&mut self, named: Compared) {
        if !named.agrees() {
            return;
        }
        let common = self.one.companies.iter().find(|company| self.other.companies.contains(company));
        let host = self.one.addresses.common_host(&self.other.addresses);
        if let Some(found) = common.map(String::as_str).or(host) {
            self.add("company-same", Level::Company, [found, found]);
        }
    }
}
