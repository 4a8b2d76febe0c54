//! How far two names agree.

use super::word::nearly;
use super::{Name, organisation, person};
use crate::weights::{Level, Weights};

/// Agreeing words weigh at most so much together, in hundredths: the more words a name has, the less each says.
pub const MOST_AGREEMENT: i32 = 1_050;
/// Words that contradict each other count at most so often: a name can't be more than another one.
pub const MOST_APART: i32 = 2;

/// A shorter name without spaces is too easily nearly another one.
const FEWEST_JOINED: usize = 8;

/// How far two names agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// One of them is not known.
    Unknown,
    /// Word for word.
    Same,
    /// As different spellings of one name.
    Close,
    /// In a part, while another part differs: as within a family.
    Partly,
    /// Not at all.
    Apart,
}

/// What the comparison says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compared {
    /// In a word.
    pub agreement: Agreement,
    /// Hundredths of log-odds.
    pub weight: i32,
}

/// What the words of two names came to, each with the other's that fits best.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counted {
    /// Words that agree and tell who is meant.
    pub telling: usize,
    /// Words that contradict each other.
    pub against: i32,
    /// Word for word, and none is left.
    pub exact: bool,
    /// Of all of them.
    pub weight: i32,
}

impl Compared {
    /// How far two names agree follows from their words: one that contradicts sets them apart where nothing tells that
    /// they are one, and in a part where something does.
    pub(super) fn of(counted: Counted) -> Self {
        let Counted { telling, against, exact, weight } = counted;
        let agreement = match (against > 0, telling > 0) {
            (true, false) => Agreement::Apart,
            (true, true) => Agreement::Partly,
            (false, _) if exact => Agreement::Same,
            (false, _) => Agreement::Close,
        };
        Self { agreement, weight }
    }

    /// Whether the names leave room for one person.
    pub fn agrees(self) -> bool {
        matches!(self.agreement, Agreement::Same | Agreement::Close)
    }
}

/// Compares two names. If one of them is an organisation's, both are compared as such.
pub fn names(weights: &Weights, one: &Name, other: &Name) -> Compared {
    if one.is_empty() || other.is_empty() {
        return Compared { agreement: Agreement::Unknown, weight: 0 };
    }
    let organisations = one.organisation || other.organisation;
    let word = weights.of(if organisations { Level::OrganisationSame } else { Level::NameSame });
    // `van der Berg` and `Vanderberg`, `习近平` and `Xi Jinping`; the one word of a name is compared as a word.
    let fewest = one.words.len().min(other.words.len());
    let most = one.words.len().max(other.words.len());
    // Titles alone, and letters that nothing is known of, make an empty text of two different names.
    let same = !one.joined.is_empty() && one.joined == other.joined;
    if same && (organisations || most > 1) && one.words != other.words {
        let words = i32::try_from(most).unwrap_or(i32::MAX);
        let weight = words.saturating_mul(word).min(MOST_AGREEMENT);
        return Compared { agreement: Agreement::Same, weight };
    }
    let slips = one.near_enough(other);
    let compared = match organisations {
        true => organisation::compare(weights, one, other, slips),
        false => person::compare(weights, one, other, slips),
    };
    // Words that are joined or parted, and mistyped besides.
    if fewest != most && compared.agreement != Agreement::Same && one.joined.len() >= FEWEST_JOINED {
        let close = weights.of(if organisations { Level::OrganisationClose } else { Level::NameClose });
        let weight = if organisations { close } else { 2 * close };
        if weight > compared.weight && nearly(&one.joined, &other.joined) {
            return Compared { agreement: Agreement::Close, weight };
        }
    }
    compared
}
