//! The configuration as an operator writes it, and as a call reads it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use plugdesk_sdk::policy::read;
use plugdesk_sdk::prelude::*;
use plugdesk_sdk::rows::Rows;
use plugdesk_sdk::words::{Lexicon, Phrases, fold, is_letter_or_digit};

use crate::affiliate::NodeWeights;
use crate::correlate::ProblemWeights;
use crate::fields::Sort;
use crate::names::initials_joined;
use crate::weights::{Weights, Written, hundredths};

/// The contract's limit of names in one read of custom fields.
const MOST_FIELDS: usize = 256;
/// Groups of pet names have numbers of 16 bits; a thousand are more than any language has.
const MOST_GROUPS: usize = 1_024;

/// The number of legal forms that may stand at any place of a name.
const ANYWHERE: u16 = 0;

/// As written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Configuration {
    /// One pair of contacts in so many is one person.
    one_in: u32,
    /// From this probability on they are the same, 0 to 10,000.
    same: u16,
    /// From this on somebody should look.
    maybe: u16,
    /// How often each level of agreement is seen.
    evidence: Written,
    /// Custom fields by what they tell.
    fields: FieldNames,
    free_mail: Vec<String>,
    /// What stands before the @ of a mailbox that several people read.
    role_mailboxes: Vec<String>,
    /// Words of a name that is a function's and no person's.
    role_names: Vec<String>,
    titles: Vec<String>,
    particles: Vec<String>,
    /// Words of names that very many people bear.
    common_names: Vec<String>,
    /// Pet names and spellings of one name.
    nicknames: Vec<Vec<String>>,
    #[serde(default)]
    organisations: OrganisationNames,
    /// Addresses that several people use: mailboxes and switchboards.
    #[serde(default)]
    shared: Vec<String>,
    #[serde(default)]
    blank: Vec<String>,
    affiliate: NodeWeights,
    /// Sides of a matter by their words.
    #[serde(default)]
    aspects: BTreeMap<String, Vec<String>>,
    correlate: ProblemWeights,
    stop_words: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct FieldNames {
    birth: Vec<String>,
    number: Vec<String>,
    street: Vec<String>,
    postcode: Vec<String>,
    city: Vec<String>,
}

/// What names of organisations are made of.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct OrganisationNames {
    legal_forms: Vec<String>,
    /// Short legal forms, which say something else anywhere but at the end of a name.
    trailing_forms: Vec<String>,
    /// Words that many organisations bear, and hardly a person.
    words: Vec<String>,
}

/// As a call reads it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Merging {
    /// Hundredths of log-odds that any two contacts are one person.
    pub(crate) prior: i32,
    pub(crate) same: u16,
    pub(crate) maybe: u16,
    pub(crate) weights: Weights,
    /// Names of custom fields, sorted, and what each tells.
    pub(crate) field_names: Vec<String>,
    sorts: Vec<Sort>,
    free_mail: Set,
    role_mailboxes: Set,
    titles: Set,
    particles: Set,
    common: Set,
    shared: Set,
    blank: Set,
    role_names: Lexicon,
    nicknames: Lexicon,
    /// The number is [`ANYWHERE`], or that of those that stand at the end.
    legal_forms: Lexicon,
    organisation_words: Set,
    pub(crate) affiliate: NodeWeights,
    /// Numbers of [`Self::aspect_names`].
    pub(crate) aspects: Lexicon,
    pub(crate) aspect_names: Vec<String>,
    pub(crate) correlate: ProblemWeights,
    stop_words: Set,
}

/// Words as sorted hashes: a call looks a word up in a few steps and reads none of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Set {
    count: u32,
    hashes: Rows,
}

impl Set {
    fn of<'w>(words: impl IntoIterator<Item = &'w String>, plain: impl Fn(&str) -> String) -> Self {
        let words = words.into_iter().map(|word| plain(word).trim().to_owned()).filter(|word| !word.is_empty());
        let all: BTreeSet<i32> = words.map(|word| hash(&[word.as_str()])).collect();
        let mut hashes = Rows::of(1);
        all.iter().for_each(|hash| hashes.push(&[*hash]));
        Self { count: all.len() as u32, hashes }
    }

    fn has(&self, word: &str) -> bool {
        self.has_of(&[word])
    }

    /// Whether it has the word that the parts make together.
    fn has_of(&self, parts: &[&str]) -> bool {
        let wanted = hash(parts);
        let (mut low, mut high) = (0, self.count as usize);
        while low < high {
            let middle = low.midpoint(high);
            match self.hashes.row(middle).at(0).cmp(&wanted) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return true,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        false
    }
}

/// FNV-1a: words are told apart, not secrets.
fn hash(parts: &[&str]) -> i32 {
    let bytes = parts.iter().flat_map(|part| part.bytes());
    bytes.fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)) as i32
}

impl Merging {
    /// Whether anybody may have an address at that host.
    pub(crate) fn is_free(&self, host: &str) -> bool {
        self.free_mail.has(host) || host.split_once('.').is_some_and(|(label, _)| self.free_mail.has_of(&[label, ".*"]))
    }

    /// Whether that local part is a function's, such as `sales` or `info-pl`.
    pub(crate) fn is_role_mailbox(&self, local: &str) -> bool {
        let first = local.split(|c: char| !is_letter_or_digit(c) || c.is_ascii_digit()).next().unwrap_or_default();
        self.role_mailboxes.has(local) || self.role_mailboxes.has(first)
    }

    pub(crate) fn is_shared(&self, address: &str) -> bool {
        self.shared.has(address)
    }

    pub(crate) fn is_title(&self, word: &str) -> bool {
        self.titles.has(word)
    }

    pub(crate) fn is_particle(&self, word: &str) -> bool {
        self.particles.has(word)
    }

    pub(crate) fn is_common(&self, word: &str) -> bool {
        self.common.has(word)
    }

    pub(crate) fn is_stop_word(&self, word: &str) -> bool {
        self.stop_words.has(word)
    }

    pub(crate) fn is_role_name(&self, folded: &str) -> bool {
        let mut found = false;
        self.role_names.find(folded, |_, _| found = true);
        found
    }

    pub(crate) fn is_blank(&self, value: &Value) -> bool {
        value.is_blank() || value.text().is_some_and(|text| self.is_blank_text(&fold(text)))
    }

    /// Whether a folded text says that nothing is known.
    pub(crate) fn is_blank_text(&self, folded: &str) -> bool {
        self.blank.has(folded.trim())
    }

    /// What a custom field tells.
    pub(crate) fn sort_of(&self, field: &str) -> Option<Sort> {
        let place = self.field_names.binary_search_by(|name| name.as_str().cmp(field)).ok()?;
        self.sorts.get(place).copied()
    }

    /// The custom fields of some sorts, sorted.
    pub(crate) fn fields_of(&self, wanted: impl Fn(Sort) -> bool) -> Vec<String> {
        let fields = self.field_names.iter().zip(&self.sorts).filter(|(_, sort)| wanted(**sort));
        fields.map(|(name, _)| name.clone()).collect()
    }

    /// Whether many organisations, and hardly a person, have that folded word in their name.
    pub(crate) fn is_of_organisations(&self, word: &str) -> bool {
        self.organisation_words.has(word)
    }

    /// Where legal forms stand in a folded name whose initials are joined.
    pub(crate) fn legal_forms(&self, name: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        self.legal_forms.find(name, |place, words| {
            let begin = words.as_ptr().addr() - name.as_ptr().addr();
            found.push((place, begin..begin + words.len()));
        });
        // From the end: behind a trailing form stands nothing but other forms.
        let mut end = name.trim_end().len();
        let forms = found.into_iter().rev().filter_map(|(place, form)| {
            let trailing = form.start > 0 && form.end >= end;
            if trailing {
                end = end.min(form.start - 1);
            }
            (trailing || place == ANYWHERE).then_some(form)
        });
        forms.collect()
    }

    /// The groups of pet names and spellings that a folded word belongs to.
    pub(crate) fn nicknames(&self, word: &str) -> Vec<u16> {
        let mut groups = Vec::new();
        self.nicknames.find(&[word, " "].concat(), |group, _| groups.push(group));
        groups
    }
}

impl Policy for Merging {
    fn prepare(configuration: &str) -> Result<Self, Vec<Problem>> {
        let from: Configuration = read(configuration)?;
        let mut problems = Vec::new();
        let weights = Weights::prepare(&from.evidence).unwrap_or_else(|found| {
            problems.extend(found);
            Weights::default()
        });
        let mut problem = |pointer: &str, why: &str| problems.push(Problem::at(pointer, why));
        if from.one_in < 2 {
            problem("/one_in", "is at least 2");
        }
        if from.same > 10_000 || from.maybe >= from.same {
            problem("/same", "is above `maybe` and at most 10,000");
        }
        let mut fields: BTreeMap<String, Sort> = BTreeMap::new();
        let sorts = [
            (Sort::Birth, &from.fields.birth),
            (Sort::Number, &from.fields.number),
            (Sort::Street, &from.fields.street),
            (Sort::Postcode, &from.fields.postcode),
            (Sort::City, &from.fields.city),
        ];
        for (sort, names) in sorts {
            for name in names {
                if fields.insert(name.clone(), sort).is_some_and(|earlier| earlier != sort) {
                    problem("/fields", &format!("`{name}` tells two things"));
                }
            }
        }
        if fields.len() > MOST_FIELDS {
            problem("/fields", &format!("{} names, at most {MOST_FIELDS}", fields.len()));
        }
        if from.nicknames.len() > MOST_GROUPS || from.aspects.len() > MOST_GROUPS {
            problem("/nicknames", &format!("at most {MOST_GROUPS} groups"));
        }
        let mut lexicon = |pointer: &str, groups: &mut dyn Iterator<Item = &[String]>| {
            let mut phrases = Phrases::default();
            for (number, group) in groups.take(MOST_GROUPS).enumerate() {
                for word in group {
                    if let Err(why) = phrases.add(word, number as u16) {
                        problem(pointer, &format!("`{word}` {}", why.message()));
                    }
                }
            }
            phrases.pack()
        };
        let role_names = lexicon("/role_names", &mut std::iter::once(from.role_names.as_slice()));
        let nicknames = lexicon("/nicknames", &mut from.nicknames.iter().map(Vec::as_slice));
        let forms = [&from.organisations.legal_forms, &from.organisations.trailing_forms]
            .map(|forms| forms.iter().map(|form| initials_joined(&fold(form))).collect::<Vec<String>>());
        let legal_forms = lexicon("/organisations/legal_forms", &mut forms.iter().map(Vec::as_slice));
        let aspects = lexicon("/aspects", &mut from.aspects.values().map(Vec::as_slice));
        if !problems.is_empty() {
            return Err(problems);
        }
        let lower = |word: &str| word.trim().to_lowercase();
        Ok(Self {
            prior: -hundredths(f64::from(from.one_in - 1)),
            same: from.same,
            maybe: from.maybe,
            weights,
            sorts: fields.values().copied().collect(),
            field_names: fields.into_keys().collect(),
            free_mail: Set::of(&from.free_mail, lower),
            role_mailboxes: Set::of(&from.role_mailboxes, lower),
            titles: Set::of(&from.titles, fold),
            particles: Set::of(&from.particles, fold),
            common: Set::of(&from.common_names, fold),
            shared: Set::of(&from.shared, lower),
            blank: Set::of(&from.blank, fold),
            role_names,
            nicknames,
            legal_forms,
            organisation_words: Set::of(&from.organisations.words, fold),
            affiliate: from.affiliate,
            aspects,
            aspect_names: from.aspects.into_keys().collect(),
            correlate: from.correlate,
            stop_words: Set::of(&from.stop_words, fold),
        })
    }
}
