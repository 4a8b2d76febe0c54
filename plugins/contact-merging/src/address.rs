//! Addresses made ready to be compared: e-mail and phone, each with whether others use it too.

use std::cell::OnceCell;

use plugdesk_sdk::prelude::*;
use plugdesk_sdk::types::cut;
use plugdesk_sdk::words::is_letter_or_digit;

use crate::configuration::Merging;
use crate::names::within;
use crate::names::{Name, Word};
use crate::weights::Level;

/// The last digits of a phone number: without the country's and the trunk's prefix, which people write or not.
const TELLING_DIGITS: usize = 9;
/// A number with fewer digits is an extension, which every company has.
const FEWEST_DIGITS: usize = 7;
/// A local part that is the same at two hosts says something from so many letters on.
const TELLING_LOCAL: usize = 6;
/// So many addresses of each kind are compared, the contact's own first: twice as many as a contact may have of its own.
const MOST_ADDRESSES: usize = 32;
/// No slip is looked for in a longer host.
const MOST_HOST_BYTES: usize = 64;
/// An address has at most so many bytes before the @, by RFC 5321.
const MOST_LOCAL_BYTES: usize = 64;

/// An e-mail address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// As a whole.
    pub value: String,
    /// Before the @, without what follows a plus, letters and digits only.
    local: String,
    host: String,
    /// At a host where anybody may have an address.
    free: bool,
    /// Others use it too, or it is a function's.
    pub shared: bool,
    /// It stands among the contact's own. One that neither of two holds alone belongs to neither.
    owned: bool,
    /// The person proved to hold it.
    verified: bool,
}

impl Mail {
    fn of(policy: &Merging, value: &str, verified: bool, owned: bool) -> Option<Self> {
        let (local, host) = value.rsplit_once('@')?;
        let local = cut(local.split('+').next().unwrap_or_default(), MOST_LOCAL_BYTES).to_lowercase();
        let shared = policy.is_shared(value) || policy.is_role_mailbox(&local);
        let local: String = local.chars().filter(|c| is_letter_or_digit(*c)).collect();
        Some(Self {
            value: value.to_owned(),
            local,
            host: host.to_owned(),
            free: policy.is_free(host),
            shared,
            owned,
            verified,
        })
    }

    /// The host, if it is one's own and not a provider's.
    pub fn own_host(&self) -> Option<&str> {
        (!self.free).then_some(self.host.as_str())
    }

    /// Whether it is made of that name.
    pub fn fits(&self, name: &Name) -> bool {
        name.explains(&self.local)
    }
}

/// What the addresses of two contacts say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen<'a> {
    /// How far they agree.
    pub level: Level,
    /// The one and the other.
    pub found: [&'a str; 2],
    /// It is made of the first word of both names, so hardly a family's.
    pub personal: bool,
    /// Both proved to be their holder's own, and they are two.
    pub proved: bool,
}

/// E-mail addresses and phone numbers of a contact.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addresses {
    /// E-mail.
    pub mails: Vec<Mail>,
    /// Telephone numbers.
    phones: Vec<Phone>,
    /// There are more than are compared.
    pub cut: bool,
}

/// A telephone number.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Phone {
    digits: String,
    /// Others use it too.
    shared: bool,
    /// See [`Mail::owned`].
    owned: bool,
}

impl Addresses {
    /// Of a contact: its own, and those that it uses with others as `kind:value`.
    pub fn of(policy: &Merging, contact: &Contact, shared: &[String]) -> Self {
        let mut all = Self::default();
        let used = shared.iter().filter_map(|it| it.split_once(':'));
        for identity in &contact.identities {
            all.add(policy, &identity.kind, &identity.value, identity.verified, true);
        }
        for (kind, value) in used {
            if !contact.identities.iter().any(|it| (it.kind.as_str(), it.value.as_str()) == (kind, value)) {
                all.add(policy, kind, value, false, false);
            }
        }
        all
    }

    fn add(&mut self, policy: &Merging, kind: &str, value: &str, verified: bool, owned: bool) {
        let all = if kind == "email" { self.mails.len() } else { self.phones.len() };
        if all == MOST_ADDRESSES {
            self.cut = true;
        } else if kind == "email" {
            self.mails.extend(Mail::of(policy, value, verified, owned));
        } else if kind == "phone" {
            let digits: String = value.chars().filter(char::is_ascii_digit).collect();
            if digits.len() >= FEWEST_DIGITS {
                self.phones.push(Phone { digits, shared: policy.is_shared(value), owned });
            }
        }
    }

    /// So many pairs of addresses two contacts have, and so many letters those of e-mail that are compared.
    pub fn pairs(&self, other: &Self) -> (usize, usize) {
        let letters = |it: &Self| {
            it.mails.iter().map(|mail| mail.local.len() + mail.host.len().min(MOST_HOST_BYTES)).sum::<usize>()
        };
        let pairs = self.mails.len() * other.mails.len() + self.phones.len() * other.phones.len();
        (pairs, letters(self) * other.mails.len() + letters(other) * self.mails.len())
    }

    /// Its addresses that the other has too.
    pub fn common<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = &'a str> {
        let mails = self.mails.iter().filter(|a| other.mails.iter().any(|b| a.value == b.value));
        let phones = self.phones.iter().filter(|a| other.phones.iter().any(|b| same_number(&a.digits, &b.digits)));
        mails.map(|it| it.value.as_str()).chain(phones.map(|it| it.digits.as_str()))
    }

    /// Makes those shared that are found to be.
    pub fn share(&mut self, is_shared: impl Fn(&str) -> bool) {
        self.mails.iter_mut().for_each(|it| it.shared |= is_shared(&it.value));
        self.phones.iter_mut().for_each(|it| it.shared |= is_shared(&it.digits));
    }

    /// What their e-mail addresses say, the most telling pair; `None`: one has none of its own.
    /// `agree`: the names leave room for one person.
    pub fn mail<'a>(
        &'a self,
        other: &'a Self,
        one_name: &'a Name,
        other_name: &'a Name,
        agree: bool,
    ) -> Option<Seen<'a>> {
        let names = [one_name, other_name];
        let [ones, others] =
            [self, other].map(|it| it.mails.iter().map(|mail| Fitting::new(mail, names)).collect::<Vec<_>>());
        let pairs = ones.iter().flat_map(|a| others.iter().map(move |b| (a, b)));
        let seen = pairs.filter_map(|(a, b)| Some((mails(a, b, agree)?, a.mail, b.mail)));
        let (level, a, b) = seen.min_by_key(|(level, a, b)| (*level, a.value.as_str(), b.value.as_str()))?;
        let first = one_name.words.first().filter(|word| Some(*word) == other_name.words.first());
        let holds = |mail: &Mail, word: &Word| word.is_in(&mail.local, &OnceCell::new());
        let personal = first.is_some_and(|word| holds(a, word) && holds(b, word));
        let proved = a.verified && b.verified && level == Level::EmailRival;
        Some(Seen { level, found: [a.value.as_str(), b.value.as_str()], personal, proved })
    }

    /// What their phone numbers say.
    pub fn phone<'a>(&'a self, other: &'a Self) -> Option<Seen<'a>> {
        let pairs = self.phones.iter().flat_map(|a| other.phones.iter().map(move |b| (a, b)));
        let seen = pairs.map(|(a, b)| {
            let level = match same_number(&a.digits, &b.digits) {
                true if a.shared || b.shared || !(a.owned || b.owned) => Level::PhoneShared,
                true => Level::PhoneSame,
                false => Level::PhoneApart,
            };
            Seen { level, found: [a.digits.as_str(), b.digits.as_str()], personal: false, proved: false }
        });
        seen.min_by_key(|seen| (seen.level, seen.found))
    }

    /// Whether both have an address at one host that is not a provider's; the host.
    pub fn common_host<'a>(&'a self, other: &Self) -> Option<&'a str> {
        let hosts = self.mails.iter().filter_map(Mail::own_host);
        hosts.into_iter().find(|host| other.mails.iter().any(|mail| mail.own_host() == Some(host)))
    }
}

/// The last digits are the same.
fn same_number(a: &str, b: &str) -> bool {
    let telling = TELLING_DIGITS.min(a.len()).min(b.len());
    let end = |digits: &'_ str| digits.len() - telling;
    a.get(end(a)..) == b.get(end(b)..)
}

/// An address, and of which of two names it is made: asked at most once, however many it is compared with.
struct Fitting<'a> {
    mail: &'a Mail,
    names: [&'a Name; 2],
    made_of: [OnceCell<bool>; 2],
}

impl<'a> Fitting<'a> {
    fn new(mail: &'a Mail, names: [&'a Name; 2]) -> Self {
        Self { mail, names, made_of: Default::default() }
    }

    /// Of the one of two contacts, or the other.
    fn fits_one(&self) -> bool {
        let ([name, _], [known, _]) = (self.names, &self.made_of);
        *known.get_or_init(|| self.mail.fits(name))
    }

    fn fits_other(&self) -> bool {
        let ([_, name], [_, known]) = (self.names, &self.made_of);
        *known.get_or_init(|| self.mail.fits(name))
    }

    fn fits_both(&self) -> bool {
        self.fits_one() && self.fits_other()
    }
}

/// What two addresses say; `agree`: the names leave room for one person.
fn mails(one: &Fitting<'_>, other: &Fitting<'_>, agree: bool) -> Option<Level> {
    let (a, b) = (one.mail, other.mail);
    if a.value == b.value {
        let shared = a.shared || b.shared || !(a.owned || b.owned);
        return Some(if shared { Level::EmailShared } else { Level::EmailSame });
    }
    if a.shared || b.shared {
        return None;
    }
    let digits = |mail: &'_ Mail| mail.local.bytes().filter(u8::is_ascii_digit).collect::<Vec<_>>();
    let letters = |mail: &'_ Mail| mail.local.bytes().filter(|byte| !byte.is_ascii_digit()).collect::<Vec<_>>();
    let long = a.local.len().min(b.local.len()) >= TELLING_LOCAL;
    // m.kowal1 and m.kowal2 are two people; so are a.nowak and b.nowak.
    let numbered = || letters(a) == letters(b) && digits(a) != digits(b);
    let same_start = a.local.chars().next() == b.local.chars().next();
    if a.host == b.host {
        let most = if a.local.len() >= 8 { 2 } else { 1 };
        if long && same_start && within(&a.local, &b.local, most) && !numbered() {
            return Some(Level::EmailNear);
        }
        if a.free {
            return Some(Level::EmailApart);
        }
        let alias = agree && one.fits_both() && other.fits_both() && !numbered();
        return Some(if alias { Level::EmailAlias } else { Level::EmailRival });
    }
    // Nobody has nearly one name at nearly one host but by a slip; at providers of like names everybody has.
    let most = if a.host.len().min(b.host.len()) >= 10 { 2 } else { 1 };
    let short = a.host.len().max(b.host.len()) <= MOST_HOST_BYTES;
    let mistyped = || within(&a.local, &b.local, if long { 2 } else { 1 }) && within(&a.host, &b.host, most);
    if short && !(a.free && b.free) && a.local.len().min(b.local.len()) >= 2 && mistyped() && !numbered() {
        return Some(Level::EmailNear);
    }
    Some(match a.local == b.local && long {
        true if one.fits_one() || other.fits_other() => Level::EmailNamed,
        true => Level::EmailElsewhere,
        false => Level::EmailApart,
    })
}
