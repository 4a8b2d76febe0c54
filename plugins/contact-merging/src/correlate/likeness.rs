//! How alike two texts are, in any language: the beginnings of their words, long ones weighing more, as a cosine.

use plugdesk_sdk::libm;
use plugdesk_sdk::types::cut;
use plugdesk_sdk::words::fold;

use crate::configuration::Merging;

/// Of a word so many letters count, so that endings do not matter.
const STEM: usize = 5;
/// A text is read so far; the contract shows no more of a neighbour.
pub(super) const MOST_BYTES: usize = 512;
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

/// A subject and the beginning of a text, folded.
#[derive(Default)]
pub(super) struct Folded {
    subject: String,
    text: String,
}

impl Folded {
    /// Of a subject and a text.
    pub(super) fn of(subject: &str, text: &str) -> Self {
        Self { subject: fold(cut(subject, MOST_BYTES)), text: fold(cut(text, MOST_BYTES)) }
    }
}

/// A word: its hash, its weight, and itself.
type Word<'t> = (u32, f64, &'t str);

/// What a ticket says.
pub(super) struct Told<'t> {
    /// Sorted by the hash.
    words: Vec<Word<'t>>,
    /// The same of the subject alone.
    subject: Vec<Word<'t>>,
    /// Numbers of the subject, then of the text; sorted.
    numbers: [Vec<&'t str>; 2],
    /// Words, each as often as it is said.
    count: usize,
}

impl<'t> Told<'t> {
    /// Of what was said.
    pub(super) fn of(policy: &Merging, said: &'t Folded) -> Self {
        let numbers = [&said.subject, &said.text].map(|part| {
            let mut found: Vec<&str> = part.split(' ').filter(|word| is_number(word)).collect();
            found.sort_unstable();
            found
        });
        let told = words(policy, &said.subject);
        let mut all = told.clone();
        all.extend(words(policy, &said.text));
        let count = all.len();
        Self { words: unite(all), subject: unite(told), numbers, count }
    }

    /// So many words that count were said.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// How alike they are, in hundredths, and the words that both say.
    pub(super) fn alike(&self, other: &Told<'_>, usual: &[u32]) -> (i32, String) {
        let (all, mut met) = cosine(&self.words, &other.words, usual);
        let (subjects, _) = cosine(&self.subject, &other.subject, usual);
        met.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        let told: Vec<&str> = met.into_iter().take(MOST_TOLD).map(|(_, word)| word).collect();
        // The subject is where people say what it is about, the text where they say it at length.
        (libm::round(50.0 * all + 50.0 * subjects.max(all)) as i32, told.join(" "))
    }

    /// Whether they name one number, or the subjects two different ones.
    pub(super) fn numbers(&self, other: &Told<'_>) -> Option<bool> {
        let has = |number: &&str| other.numbers.iter().any(|part| part.binary_search(number).is_ok());
        if self.numbers.iter().flatten().any(has) {
            return Some(true);
        }
        let both = self.numbers.first().is_some_and(|it| !it.is_empty())
            && other.numbers.first().is_some_and(|it| !it.is_empty());
        both.then_some(false)
    }
}

/// The words that most of the tickets say, as sorted hashes; none if there are too few tickets to tell.
pub(super) fn usual(told: &Told<'_>, others: &[Told<'_>]) -> Vec<u32> {
    if others.len() < ENOUGH {
        return Vec::new();
    }
    let says = |told: &Told<'_>, hash: u32| told.words.binary_search_by_key(&hash, |word| word.0).is_ok();
    let hashes = told.words.iter().map(|word| word.0);
    hashes.filter(|&hash| others.iter().filter(|it| says(it, hash)).count() * 100 >= others.len() * USUAL).collect()
}

/// A word with digits that identifies something: an error, an order, a version. Years are said of anything.
fn is_number(word: &str) -> bool {
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let year = word.len() == 4 && (word.starts_with("19") || word.starts_with("20"));
    digits >= FEWEST_DIGITS && !year
}

/// Chinese, Japanese and Korean write without spaces: every two characters in a row are a word.
fn is_wide(word: &str) -> bool {
    word.chars().next().is_some_and(|c| c as u32 >= 0x2e80)
}

fn words<'t>(policy: &Merging, folded: &'t str) -> Vec<Word<'t>> {
    let mut all = Vec::new();
    for word in folded.split(' ').filter(|word| !word.is_empty() && !policy.is_stop_word(word)).take(MOST_WORDS) {
        let letters = word.chars().count();
        if is_wide(word) {
            let ends = word.char_indices().map(|(at, c)| at + c.len_utf8());
            let twos = word.char_indices().zip(ends.skip(1)).filter_map(|((at, _), end)| word.get(at..end));
            all.extend(twos.map(|two| (hash(two), 0.5, two)));
        } else if letters >= 2 {
            let stem = word.char_indices().nth(STEM).and_then(|(end, _)| word.get(..end)).unwrap_or(word);
            // Short words are common in every language, and what has digits is a name.
            let weight = if is_number(word) { 1.5 } else { letters.min(8) as f64 / 8.0 };
            all.push((hash(stem), weight, word));
        }
    }
    all.truncate(MOST_WORDS);
    all
}

/// Each word once, sorted; said twice, a half more.
fn unite(mut all: Vec<Word<'_>>) -> Vec<Word<'_>> {
    all.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.total_cmp(&a.1)));
    let mut united: Vec<Word<'_>> = Vec::with_capacity(all.len());
    for (hash, weight, word) in all {
        match united.last_mut() {
            Some((known, before, _)) if *known == hash => *before = (*before + weight / 2.0).min(2.0),
            _ => united.push((hash, weight, word)),
        }
    }
    united
}

/// The cosine of two texts, and the words that both say.
fn cosine<'t>(a: &[Word<'t>], b: &[Word<'_>], usual: &[u32]) -> (f64, Vec<(f64, &'t str)>) {
    let weight = |(hash, weight, _): &Word<'_>| if usual.binary_search(hash).is_ok() { weight / 3.0 } else { *weight };
    let norm = |side: &[Word<'_>]| side.iter().map(|it| weight(it) * weight(it)).sum::<f64>();
    let (mut left, mut right, mut dot, mut met) = (a.iter().peekable(), b.iter().peekable(), 0.0, Vec::new());
    while let (Some(one), Some(other)) = (left.peek(), right.peek()) {
        match one.0.cmp(&other.0) {
            std::cmp::Ordering::Less => drop(left.next()),
            std::cmp::Ordering::Greater => drop(right.next()),
            std::cmp::Ordering::Equal => {
                let product = weight(one) * weight(other);
                dot += product;
                met.push((product, one.2));
                left.next();
                right.next();
            }
        }
    }
    let norms = libm::sqrt(norm(a) * norm(b));
    (if norms > 0.0 { dot / norms } else { 0.0 }, met)
}

/// FNV-1a: words are told apart, not secrets.
pub(crate) fn hash(word: &str) -> u32 {
    word.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
