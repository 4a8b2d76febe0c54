//! A secret as text: `pd_a_<prefix>_<random><checksum>`.

use std::fmt;

use plugdesk_domain::{Digest, Role};

use crate::ports::Entropy;

/// Crockford's base32 in lower case: nothing in it is mistaken for something else when read out.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 50 bits: a million keys meet by chance once in a thousand times, and a meeting is refused as taken.
const PREFIX_LENGTH: usize = 10;
/// 256 bits.
const RANDOM_LENGTH: usize = 52;
/// 30 bits: a typing error passes once in a thousand million times.
const CHECKSUM_LENGTH: usize = 6;

/// An API key's secret. Never logged: its `Debug` shows the prefix alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A new one.
    pub fn new(role: Role, entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; 48];
        entropy.fill(&mut bytes);
        let (prefix, random) = bytes.split_at(16);
        let mut text =
            format!("pd_{}_{}_{}", letter(role), base32(prefix, PREFIX_LENGTH), base32(random, RANDOM_LENGTH));
        text.push_str(&checksum(&text));
        Self(text)
    }

    /// Reads one; none: it is not a secret of ours, or mistyped.
    pub fn parse(text: &str) -> Option<Self> {
        let body = text.len().checked_sub(CHECKSUM_LENGTH)?;
        let (body, sum) = (text.get(..body)?, text.get(body..)?);
        let mut parts = body.split('_');
        let shape = parts.next()? == "pd"
            && parts.next()?.len() == 1
            && is_base32(parts.next()?, PREFIX_LENGTH)
            && is_base32(parts.next()?, RANDOM_LENGTH)
            && parts.next().is_none();
        (shape && checksum(body) == sum).then(|| Self(text.to_owned()))
    }

    /// By which it is looked up: everything before the random part.
    pub fn prefix(&self) -> &str {
        self.0.rsplit_once('_').map_or("", |(prefix, _)| prefix)
    }

    /// What is stored of it.
    pub fn digest(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_…", self.prefix())
    }
}

fn letter(role: Role) -> char {
    match role {
        Role::Operator => 'o',
        Role::Admin => 'a',
        Role::Agent => 'g',
        Role::Customer => 'c',
        Role::Author => 'w',
        Role::Auditor => 'r',
    }
}

fn checksum(body: &str) -> String {
    base32(Digest::of(body.as_bytes()).bytes(), CHECKSUM_LENGTH)
}

fn is_base32(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| ALPHABET.contains(&byte))
}

/// The first `length` digits of the bytes; bytes that are missing count as zero.
fn base32(bytes: &[u8], length: usize) -> String {
    let bit = |place: usize| bytes.get(place / 8).is_some_and(|byte| byte >> (7 - place % 8) & 1 == 1);
    let digit = |place: usize| (0..5).fold(0, |value, i| value << 1 | usize::from(bit(place * 5 + i)));
    (0..length).map(|place| char::from(ALPHABET[digit(place) % ALPHABET.len()])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(u8);

    impl Entropy for Fixed {
        fn bits(&self) -> u128 {
            0
        }
        fn fill(&self, bytes: &mut [u8]) {
            bytes.iter_mut().zip(self.0..).for_each(|(byte, value)| *byte = value);
        }
    }

    #[test]
    fn a_secret_is_recognised_and_a_typing_error_is_not() {
        let secret = Secret::new(Role::Admin, &Fixed(7));
        let text = secret.to_string();
        assert!(text.starts_with("pd_a_") && text.len() == 5 + PREFIX_LENGTH + 1 + RANDOM_LENGTH + CHECKSUM_LENGTH);
        assert_eq!(Secret::parse(&text), Some(secret.clone()));
        for place in 0..text.len() {
            let mut wrong = text.clone().into_bytes();
            wrong[place] = if wrong[place] == b'x' { b'y' } else { b'x' };
            assert_eq!(Secret::parse(std::str::from_utf8(&wrong).unwrap()), None, "at {place}");
        }
        for wrong in ["", "pd", "pd_a_", "é", &text[..text.len() - 1], &format!("{text}0")] {
            assert_eq!(Secret::parse(wrong), None, "{wrong}");
        }
        assert_eq!(format!("{secret:?}"), format!("{}_…", secret.prefix()));
    }

    #[test]
    fn all_random_bits_reach_the_secret() {
        assert_eq!(base32(&[0xff; 32], RANDOM_LENGTH).len(), 52);
        assert_eq!(base32(&[0xff; 32], 52), format!("{}g", "z".repeat(51)), "the last digit holds the 256th bit");
        assert_ne!(Secret::new(Role::Agent, &Fixed(1)).digest(), Secret::new(Role::Agent, &Fixed(2)).digest());
    }
}
