//! What each piece of evidence weighs: Fellegi and Sunter's log-odds, from how often it is seen in two records of one
//! person and how often in records of two.

use std::collections::BTreeMap;

use plugdesk_sdk::libm;
use plugdesk_sdk::prelude::*;

macro_rules! levels {
    ($($(#[$about:meta])* $level:ident = $field:literal / $name:literal),* $(,)?) => {
        /// How far two records agree in a field.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Level { $($(#[$about])* $level),* }

        /// Field and level as the configuration names them, in the order of [`Level`].
        const NAMES: &[(&str, &str)] = &[$(($field, $name)),*];
    };
}

levels! {
    /// A word of both names.
    NameSame = "name" / "same",
    /// A word of both names that very many people bear.
    NameCommon = "name" / "common",
    /// A word of both names with at most three letters.
    NameShort = "name" / "short",
    /// A name and its pet name.
    NameNickname = "name" / "nickname",
    /// A slip of the pen.
    NameClose = "name" / "close",
    /// So alike that they may be one, or two by chance.
    NameAlike = "name" / "alike",
    /// The same sound in another script.
    NameSound = "name" / "sound",
    /// A word and its first letter.
    NameInitial = "name" / "initial",
    /// Only the ending differs, as between a man's and a woman's name.
    NameEnding = "name" / "ending",
    /// A word of each that the other lacks.
    NameApart = "name" / "apart",
    /// A word that one of them has in addition.
    NameExtra = "name" / "extra",
    /// A word of both names of organisations.
    OrganisationSame = "organisation" / "same",
    /// A slip of the pen in it.
    OrganisationClose = "organisation" / "close",
    /// So alike that they may be one, or two by chance.
    OrganisationAlike = "organisation" / "alike",
    /// A word of both that many organisations bear.
    OrganisationGeneric = "organisation" / "generic",
    /// A word of each that the other lacks.
    OrganisationApart = "organisation" / "apart",
    /// Such a word that many bear.
    OrganisationOther = "organisation" / "other",
    /// A word that one of them has in addition.
    OrganisationExtra = "organisation" / "extra",
    /// A number that the other lacks.
    OrganisationNumber = "organisation" / "number",
    /// One address of both.
    EmailSame = "email" / "same",
    /// One address of both that others use too.
    EmailShared = "email" / "shared",
    /// Two addresses at one host made of one name.
    EmailAlias = "email" / "alias",
    /// Addresses that a slip of the pen sets apart.
    EmailNear = "email" / "near",
    /// One local part at two hosts that no name explains.
    EmailElsewhere = "email" / "elsewhere",
    /// One local part at two hosts, made of the name.
    EmailNamed = "email" / "named",
    /// Two personal addresses at one company.
    EmailRival = "email" / "rival",
    /// Other addresses.
    EmailApart = "email" / "apart",
    /// One number of both.
    PhoneSame = "phone" / "same",
    /// One number of both that others use too.
    PhoneShared = "phone" / "shared",
    /// Other numbers.
    PhoneApart = "phone" / "apart",
    /// Anything that people of one family or office share, where the names say that they are two.
    Household = "household" / "same",
    /// One date of birth.
    BirthSame = "birth" / "same",
    /// Dates of birth that a slip of the pen sets apart.
    BirthNear = "birth" / "near",
    /// Dates of birth that two slips, or about a year, set apart.
    BirthFar = "birth" / "far",
    /// Two dates of birth.
    BirthApart = "birth" / "apart",
    /// One number that only one person has.
    NumberSame = "number" / "same",
    /// Two such numbers.
    NumberApart = "number" / "apart",
    /// One street and house number.
    Street = "place" / "street",
    /// One postcode.
    Postcode = "place" / "postcode",
    /// One city.
    City = "place" / "city",
    /// Cities that a slip of the pen sets apart.
    CityClose = "place" / "city_close",
    /// Other places.
    PlaceApart = "place" / "apart",
    /// Two streets, or two houses of one.
    StreetApart = "place" / "street_apart",
    /// Two streets of organisations: a school has a site, a person moves house.
    SiteApart = "place" / "site_apart",
    /// One company, where the names agree.
    Company = "company" / "same",
}

/// How often a level is seen.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Odds {
    /// In two records of one person.
    m: f64,
    /// In records of two persons.
    u: f64,
}

/// As the configuration writes them: field, level, odds.
pub type Written = BTreeMap<String, BTreeMap<String, Odds>>;

/// Hundredths of log-odds by level.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weights(Vec<i32>);

impl Weights {
    /// The weights, or a problem for each level that is missing, unknown or no probability.
    pub fn prepare(written: &Written) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        for (field, levels) in written {
            for (name, odds) in levels {
                let place = format!("/evidence/{field}/{name}");
                if !NAMES.contains(&(field, name)) {
                    problems.push(Problem::at(place, format!("`{field}` has no level `{name}`")));
                } else if ![odds.m, odds.u].iter().all(|p| *p > 0.0 && *p <= 1.0) {
                    problems.push(Problem::at(place, "m and u are probabilities above 0 and at most 1"));
                }
            }
        }
        let mut weights = Vec::with_capacity(NAMES.len());
        for (field, name) in NAMES {
            match written.get(*field).and_then(|levels| levels.get(*name)) {
                Some(odds) => weights.push(hundredths(odds.m / odds.u)),
                None => problems.push(Problem::at(format!("/evidence/{field}"), format!("`{name}` is missing"))),
            }
        }
        if problems.is_empty() { Ok(Self(weights)) } else { Err(problems) }
    }

    /// How the configuration calls a level: field and name.
    pub fn name_of(level: Level) -> String {
        NAMES.get(level as usize).map_or_else(String::new, |(field, name)| [field, "/", name].concat())
    }

    /// What a level weighs.
    pub fn of(&self, level: Level) -> i32 {
        self.0.get(level as usize).copied().unwrap_or(0)
    }
}

/// Odds as hundredths of log-odds.
pub fn hundredths(odds: f64) -> i32 {
    libm::round(libm::log(odds) * 100.0) as i32
}

/// Hundredths of log-odds as a probability in ten-thousandths.
pub fn probability(hundredths: i32) -> u16 {
    libm::round(10_000.0 / (1.0 + libm::exp(f64::from(-hundredths) / 100.0))) as u16
}
