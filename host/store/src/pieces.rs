//! A file that comes in pieces, from a backup or an export: one at a time, so that no stream holds more than one in
//! memory.

use plugdesk_domain::Digest;

use crate::blobs::MOST_BLOB_BYTES;

/// The file whose last piece has not come yet.
#[derive(Default)]
pub(crate) struct Pieces(Option<(Digest, Vec<u8>)>);

impl Pieces {
    /// Adds a piece. With its last one the file is whole, and matches its name; an error says what is wrong with it.
    pub(crate) fn add(&mut self, digest: Digest, last: bool, piece: &[u8]) -> Result<Option<Vec<u8>>, String> {
        let (open, mut bytes) = self.0.take().unwrap_or_else(|| (digest, Vec::new()));
        if open != digest {
            return Err(format!("begins before the end of file {open}"));
        }
        if bytes.len().saturating_add(piece.len()) > MOST_BLOB_BYTES {
            return Err("is larger than any file".to_owned());
        }
        bytes.extend_from_slice(piece);
        if !last {
            self.0 = Some((digest, bytes));
            return Ok(None);
        }
        match Digest::of(&bytes) == digest {
            true => Ok(Some(bytes)),
            false => Err("does not match its name".to_owned()),
        }
    }

    /// The file that lacks its end.
    pub(crate) fn open(&self) -> Option<Digest> {
        self.0.as_ref().map(|(digest, _)| *digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_is_open_at_a_time_and_is_what_its_name_says() {
        let (one, two) = (Digest::of(b"one"), Digest::of(b"two"));
        let mut pieces = Pieces::default();
        assert_eq!(pieces.add(two, true, b"two"), Ok(Some(b"two".to_vec())));
        assert_eq!(pieces.add(one, false, b"on"), Ok(None));
        assert_eq!(pieces.open(), Some(one));
        assert_eq!(pieces.add(one, true, b"e"), Ok(Some(b"one".to_vec())));
        assert_eq!(pieces.open(), None);
        assert!(pieces.add(one, true, b"two").is_err());
        assert_eq!(pieces.add(one, false, b"o"), Ok(None));
        assert!(pieces.add(two, true, b"two").is_err());
        assert_eq!(pieces.open(), None);
        assert_eq!(pieces.add(one, false, &vec![0; MOST_BLOB_BYTES]), Ok(None));
        assert!(pieces.add(one, true, b"0").is_err());
    }
}
