//! The key under which an address is found that is nearly another.

use super::{MOST_KEY_BYTES, cut};
use crate::record::IdentityKind;

/// The last digits of a telephone number that stand in a key: all that a local number has, whatever stands before it.
const TELLING_DIGITS: usize = 7;
/// A local part with fewer letters and digits is everybody's: `jk`, `me`.
const FEWEST_LOCAL: usize = 3;

/// The key of an address in its normal form: the letters and digits before the @ of an e-mail address without what
/// follows a plus, so that a moved mailbox or a mistyped host hides nobody; the last seven digits of a telephone number.
/// None: it is too short to say anything, or of another kind.
pub fn likeness_key(kind: &IdentityKind, value: &str) -> Option<String> {
    match kind {
        IdentityKind::Email => {
            let (local, _) = value.rsplit_once('@')?;
            let local = local.split('+').next().unwrap_or_default();
            let plain: String = any_ascii::any_ascii(local).chars().filter(char::is_ascii_alphanumeric).collect();
            (plain.len() >= FEWEST_LOCAL).then(|| cut(format!("l:{}", plain.to_ascii_lowercase())))
        }
        IdentityKind::Phone => {
            let digits: String = value.chars().filter(char::is_ascii_digit).take(MOST_KEY_BYTES).collect();
            let start = digits.len().checked_sub(TELLING_DIGITS)?;
            digits.get(start..).map(|end| format!("t:{end}"))
        }
        IdentityKind::Handle => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_found_by_what_people_keep_of_it() {
        use IdentityKind::{Email, Handle, Phone};
        for (kind, value, key) in [
            (Email, "j.smith+news@one.example", Some("l:jsmith")),
            (Email, "J-Smith@two.example", Some("l:jsmith")),
            (Email, "jó@two.example", None),
            (Phone, "+4420 7946 0123", Some("t:9460123")),
            (Phone, "9460123", Some("t:9460123")),
            (Phone, "4711", None),
            (Handle, "telegram:parisa", None),
        ] {
            assert_eq!(likeness_key(&kind, value).as_deref(), key, "{value}");
        }
    }
}
