//! The configuration as an operator writes it, and as a call reads it.

use plugdesk_sdk::conditions::{Check, Fields, Of, When};
use plugdesk_sdk::policy::read;
use plugdesk_sdk::prelude::*;
use plugdesk_sdk::words::{Lexicon, Phrases};

/// More hosts than all mail providers that people know by name.
const MOST_HOSTS: usize = 4_096;
/// Weights beyond this make every answer certain.
const MOST_WEIGHT: i32 = 1_000;
/// Words have numbers of 16 bits.
const MOST_RULES: usize = 512;

/// As written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Configuration {
    /// Mail hosts that anybody may use; `yahoo.*` stands for all endings.
    free_mail: Vec<String>,
    /// Legal forms that end or begin a company's name.
    legal_forms: Vec<String>,
    /// What each kind of evidence weighs, in tenths of log-odds.
    weights: Weights,
    /// So much evidence on both sides is `mixed`.
    mixed: i32,
    /// Custom fields that say something.
    #[serde(default)]
    conditions: Vec<Rule>,
    /// Words of a ticket's subject that say something.
    #[serde(default)]
    words: Vec<Words>,
    /// Texts that stand for an unanswered field.
    #[serde(default)]
    blank: Vec<String>,
}

/// What each kind of evidence weighs: above 0 for a company, below 0 for a consumer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// It is a company's record.
    pub company_record: i32,
    /// The ticket is for a company.
    pub company_set: i32,
    /// The person belongs to a company.
    pub membership: i32,
    /// An e-mail address at a host that anybody may use.
    pub free_mail: i32,
    /// An e-mail address at any other host.
    pub own_mail: i32,
    /// A name with a legal form.
    pub legal_form: i32,
    /// What the contact was before.
    pub known: i32,
    /// A person of whom nothing speaks for a company.
    pub nothing_else: i32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    field: String,
    #[serde(default)]
    of: Of,
    when: When,
    weight: i32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    words: Vec<String>,
    weight: i32,
}

/// As a call reads it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Segmentation {
    /// Lower case, each between two ends of line: one text is read faster than a hundred.
    free_mail: String,
    pub(crate) legal_forms: Lexicon,
    pub(crate) weights: Weights,
    pub(crate) mixed: i32,
    pub(crate) fields: Fields,
    pub(crate) checks: Vec<(u16, Check, i32)>,
    pub(crate) words: Lexicon,
    /// By the word's number.
    pub(crate) word_weights: Vec<i32>,
}

impl Segmentation {
    /// Whether anybody may have an address at that host.
    pub(crate) fn is_free(&self, host: &str) -> bool {
        let known = |name: &str, ending: &str| self.free_mail.contains(&["\n", name, ending, "\n"].concat());
        known(host, "") || host.split_once('.').is_some_and(|(label, _)| known(label, ".*"))
    }
}

impl Policy for Segmentation {
    fn prepare(configuration: &str) -> Result<Self, Vec<Problem>> {
        let from: Configuration = read(configuration)?;
        let mut problems = Vec::new();
        let mut problem = |pointer: String, why: String| problems.push(Problem::at(pointer, why));
        let mut free_mail: Vec<String> = from.free_mail.iter().map(|host| host.trim().to_lowercase()).collect();
        free_mail.sort();
        free_mail.dedup();
        if free_mail.len() > MOST_HOSTS {
            problem("/free_mail".to_owned(), format!("{} hosts, at most {MOST_HOSTS}", free_mail.len()));
        }
        if from.mixed <= 0 {
            problem("/mixed".to_owned(), "is above 0".to_owned());
        }
        let mut legal_forms = Phrases::default();
        for (place, form) in from.legal_forms.iter().enumerate() {
            if let Err(why) = legal_forms.add(form, 0) {
                problem(format!("/legal_forms/{place}"), format!("`{form}` {}", why.message()));
            }
        }
        let mut fields = Fields::default();
        fields.blank(&from.blank);
        let mut checks = Vec::new();
        for (place, rule) in from.conditions.iter().enumerate().take(MOST_RULES) {
            match fields.add(rule.of, &rule.field).and_then(|field| Ok((field, rule.when.prepare()?, rule.weight))) {
                Ok(check) => checks.push(check),
                Err(why) => problem(format!("/conditions/{place}"), why),
            }
        }
        let mut words = Phrases::default();
        for (place, group) in from.words.iter().enumerate().take(MOST_RULES) {
            for phrase in &group.words {
                if let Err(why) = words.add(phrase, place as u16) {
                    problem(format!("/words/{place}"), format!("`{phrase}` {}", why.message()));
                }
            }
        }
        let word_weights: Vec<i32> = from.words.iter().map(|group| group.weight).collect();
        let w = from.weights;
        let fixed = [
            w.company_record,
            w.company_set,
            w.membership,
            w.free_mail,
            w.own_mail,
            w.legal_form,
            w.known,
            w.nothing_else,
        ];
        let mut all = fixed.iter().chain(&word_weights).copied().chain(checks.iter().map(|(.., weight)| *weight));
        if all.any(|weight| !(-MOST_WEIGHT..=MOST_WEIGHT).contains(&weight)) {
            problem("/weights".to_owned(), format!("weights are between -{MOST_WEIGHT} and {MOST_WEIGHT}"));
        }
        if from.conditions.len().max(from.words.len()) > MOST_RULES {
            problem(String::new(), format!("at most {MOST_RULES} conditions and {MOST_RULES} groups of words"));
        }
        let (weights, mixed) = (from.weights, from.mixed);
        let free_mail = format!("\n{}\n", free_mail.join("\n"));
        let (legal_forms, words) = (legal_forms.pack(), words.pack());
        let ready = Self { free_mail, legal_forms, weights, mixed, fields, checks, words, word_weights };
        if problems.is_empty() { Ok(ready) } else { Err(problems) }
    }
}
