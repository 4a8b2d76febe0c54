//! The mark on a cached file: HMAC-SHA256 (RFC 2104) over what the code is for and the code.

use sha2::{Digest as _, Sha256};

/// SHA-256's block.
const BLOCK: usize = 64;
/// Its output.
pub(super) const MARK: usize = 32;

/// Makes and checks marks under one secret.
pub(super) struct Seal {
    inner: Sha256,
    outer: Sha256,
}

impl Seal {
    pub(super) fn new(secret: [u8; 32]) -> Self {
        let pad = |byte: u8| {
            let mut block = [byte; BLOCK];
            block.iter_mut().zip(secret).for_each(|(padded, secret)| *padded ^= secret);
            Sha256::new().chain_update(block)
        };
        Self { inner: pad(0x36), outer: pad(0x5c) }
    }

    fn mark(&self, code: &[u8], label: &str) -> [u8; MARK] {
        let label_length = (label.len() as u64).to_le_bytes();
        let inner = self.inner.clone().chain_update(label_length).chain_update(label).chain_update(code).finalize();
        self.outer.clone().chain_update(inner).finalize().into()
    }

    /// The mark and the code.
    pub(super) fn close(&self, code: &[u8], label: &str) -> Vec<u8> {
        [&self.mark(code, label), code].concat()
    }

    /// The code, if its mark is right.
    pub(super) fn open<'a>(&self, file: &'a [u8], label: &str) -> Option<&'a [u8]> {
        let (mark, code) = file.split_at_checked(MARK)?;
        let expected = self.mark(code, label);
        // Compared without an early end: a writer of files must not learn the mark byte by byte.
        let differs = mark.iter().zip(expected).fold(0, |differs, (a, b)| differs | (a ^ b));
        (differs == 0).then_some(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_file_under_its_own_name_and_secret_opens() {
        let seal = Seal::new([7; 32]);
        let file = seal.close(b"code", "a");
        assert_eq!(seal.open(&file, "a"), Some(b"code".as_slice()));
        assert_eq!(seal.open(&file, "b"), None);
        assert_eq!(Seal::new([8; 32]).open(&file, "a"), None);
        assert_eq!(seal.open(&file[..10], "a"), None);
        for place in 0..file.len() {
            let mut damaged = file.clone();
            damaged[place] ^= 1;
            assert_eq!(seal.open(&damaged, "a"), None, "byte {place}");
        }
    }
}
