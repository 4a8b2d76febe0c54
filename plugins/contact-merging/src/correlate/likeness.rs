//! How alike two texts are, in any language: the beginnings of their words, long ones weighing more, as a cosine.

use plugdesk_sdk::libm;
use plugdesk_sdk::types::cut;
use plugdesk_sdk::words::fold;

use crate::configuration::Merging;

/// Of a word so many letters count, so that endings do not matter.
const STEM: usize = 5;
/// A text is read so far; the contract shows no more of a neighbour.
const MOST_BYTES: usize = 512;
/// So many different words of a text are compared.
const MOST_WORDS: usize = 96;
/// A number with fewer digits is a count or a day.
const FEWEST_DIGITS: usize = 3;
/// Words that so many hundredths of the tickets say are the company's own, from [`ENOUGH`] tickets on.
const USUAL: usize = 50;
/// Of fewer tickets nobody can say what is usual: three reports of one outage would make its own words usual.
const ENOUGH: usize = 12;
/// So many words are named in a reason.
const MOST_TOLD: usize = 6;

/// What a ticket says.
pub(super) struct Told {
    /// Sorted by the hash: hash, weight, the word.
    words: Vec<(u32, f64, String)>,
    /// The same of the subject alone.
    subject: Vec<(u32, f64, String)>,
    /// Numbers of the subject, then of the text.
    numbers: [Vec<String>; 2],
}

impl Told {
    /// Of a subject and the beginning of a text.
    pub(super) fn of(policy: &Merging, subject: &str, text: &str) -> Self {
        let (subject, text) = (fold(cut(subject, MOST_BYTES)), fold(cut(text, MOST_BYTES)));
        let mut numbers = [Vec::new(), Vec::new()];
        for (found, part) in numbers.iter_mut().zip([&subject, &text]) {
            found.extend(part.split(' ').filter(|word| is_number(word)).map(str::to_owned));
        }
        let told = words(policy, &subject);
        let mut all = told.clone();
        all.extend(words(policy, &text));
        Self { words: unite(all), subject: unite(told), numbers }
    }

    /// Whether it says nothing that could be compared.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// How alike they are, in hundredths, and the words that both say.
    pub(super) fn alike(&self, other: &Self, usual: &[u32]) -> (i32, String) {
        let (all, mut met) = cosine(&self.words, &other.words, usual);
        let (subjects, _) = cosine(&self.subject, &other.subject, usual);
        met.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        let told: Vec<String> = met.into_iter().take(MOST_TOLD).map(|(_, word)| word).collect();
        // The subject is where people say what it is about, the text where they say it at length.
        (libm::round(50.0 * all + 50.0 * subjects.max(all)) as i32, told.join(" "))
    }

    /// Whether they name one number, or the subjects two different ones.
    pub(super) fn numbers(&self, other: &Self) -> Option<bool> {
        let [mine, theirs] = [self, other].map(|told| told.numbers.iter().flatten().collect::<Vec<_>>());
        if mine.iter().any(|number| theirs.contains(number)) {
            return Some(true);
        }
        let both = self.numbers.first().is_some_and(|it| !it.is_empty())
            && other.numbers.first().is_some_and(|it| !it.is_empty());
        both.then_some(false)
    }
}

/// The words that most of the tickets say, as hashes; none if there are too few tickets to tell.
pub(super) fn usual(told: &Told, others: &[Told]) -> Vec<u32> {
    if others.len() < ENOUGH {
        return Vec::new();
    }
    let says = |told: &Told, hash: u32| told.words.binary_search_by_key(&hash, |word| word.0).is_ok();
    let hashes = told.words.iter().map(|word| word.0);
    hashes.filter(|&hash| others.iter().filter(|it| says(it, hash)).count() * 100 >= others.len() * USUAL).collect()
}

/// A word with digits that identifies something: an error, an order, a version. Years are said of anything.
fn is_number(word: &str) -> bool {
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let year = word.len() == 4 && (word.starts_with("19") || word.starts_with("20"));
    digits >= FEWEST_DIGITS && !year
}

fn words(policy: &Merging, folded: &str) -> Vec<(u32, f64, String)> {
    let mut all = Vec::new();
    for word in folded.split(' ').filter(|word| !word.is_empty() && !policy.is_stop_word(word)).take(MOST_WORDS) {
        let letters = word.chars().count();
        let wide = word.chars().next().is_some_and(|c| c as u32 >= 0x2e80);
        if wide {
            // Chinese, Japanese and Korean write without spaces: every two characters in a row are a word.
            let characters: Vec<char> = word.chars().collect();
            for two in characters.windows(2) {
                let two: String = two.iter().collect();
                all.push((hash(&two), 0.5, two));
            }
        } else if letters >= 2 {
            let stem: String = word.chars().take(STEM).collect();
            // Short words are common in every language, and what has digits is a name.
            let weight = if is_number(word) { 1.5 } else { letters.min(8) as f64 / 8.0 };
            all.push((hash(&stem), weight, word.to_owned()));
        }
    }
    all
}

/// Each word once, sorted; said twice, a half more.
fn unite(mut all: Vec<(u32, f64, String)>) -> Vec<(u32, f64, String)> {
    all.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.total_cmp(&a.1)));
    let mut united: Vec<(u32, f64, String)> = Vec::with_capacity(all.len());
    for (hash, weight, word) in all {
        match united.last_mut() {
            Some((known, before, _)) if *known == hash => *before = (*before + weight / 2.0).min(2.0),
            _ => united.push((hash, weight, word)),
        }
    }
    united
}

/// The cosine of two texts, and the words that both say.
fn cosine(a: &[(u32, f64, String)], b: &[(u32, f64, String)], usual: &[u32]) -> (f64, Vec<(f64, String)>) {
    let weight = |(hash, weight, _): &(u32, f64, String)| if usual.contains(hash) { weight / 3.0 } else { *weight };
    let norm = |side: &[(u32, f64, String)]| side.iter().map(|it| weight(it) * weight(it)).sum::<f64>();
    let (mut left, mut right, mut dot, mut met) = (a.iter().peekable(), b.iter().peekable(), 0.0, Vec::new());
    while let (Some(one), Some(other)) = (left.peek(), right.peek()) {
        match one.0.cmp(&other.0) {
            std::cmp::Ordering::Less => drop(left.next()),
            std::cmp::Ordering::Greater => drop(right.next()),
            std::cmp::Ordering::Equal => {
                let product = weight(one) * weight(other);
                dot += product;
                met.push((product, one.2.clone()));
                left.next();
                right.next();
            }
        }
    }
    let norms = libm::sqrt(norm(a) * norm(b));
    (if norms > 0.0 { dot / norms } else { 0.0 }, met)
}

/// FNV-1a: words are told apart, not secrets.
fn hash(word: &str) -> u32 {
    word.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
