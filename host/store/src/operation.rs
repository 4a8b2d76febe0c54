//! What a commit does to the engine in the end: keys set and keys removed. The journal and backups hold these bytes.

/// One key set or removed. Doing it twice is the same as doing it once, which is what makes replay simple.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Operation {
    /// The key.
    pub(crate) key: Vec<u8>,
    /// Its new value; none: the key is removed.
    pub(crate) value: Option<Vec<u8>>,
}

/// Stands for a removal where a value's length stands.
const REMOVED: u32 = u32::MAX;

impl Operation {
    /// Sets a key.
    pub(crate) fn put(key: Vec<u8>, value: Vec<u8>) -> Self {
        Self { key, value: Some(value) }
    }

    /// Removes a key.
    pub(crate) fn remove(key: Vec<u8>) -> Self {
        Self { key, value: None }
    }

    /// How many bytes [`Self::write`] appends.
    pub(crate) fn bytes(&self) -> usize {
        6 + self.key.len() + self.value.as_ref().map_or(0, Vec::len)
    }

    /// Appends it: the key's length (2 bytes), the value's (4; all ones: removed), little-endian, the key, the value.
    pub(crate) fn write(&self, to: &mut Vec<u8>) {
        write(to, &self.key, self.value.as_deref());
    }
}

pub(crate) fn write(to: &mut Vec<u8>, key: &[u8], value: Option<&[u8]>) {
    // Keys are at most 1 KiB and values at most 96 KiB and an envelope; the record layer sees to it.
    to.extend_from_slice(&(key.len() as u16).to_le_bytes());
    to.extend_from_slice(&value.map_or(REMOVED, |v| v.len() as u32).to_le_bytes());
    to.extend_from_slice(key);
    to.extend_from_slice(value.unwrap_or_default());
}

/// The operations in those bytes; none: they were not written by [`Operation::write`].
pub(crate) fn read(mut bytes: &[u8]) -> Option<Vec<Operation>> {
    let mut operations = Vec::new();
    while !bytes.is_empty() {
        let (key_length, rest) = bytes.split_first_chunk::<2>()?;
        let (value_length, rest) = rest.split_first_chunk::<4>()?;
        let (key, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes(*key_length)))?;
        let value_length = u32::from_le_bytes(*value_length);
        let (value, rest) = match value_length {
            REMOVED => (None, rest),
            length => {
                let (value, rest) = rest.split_at_checked(length as usize)?;
                (Some(value.to_vec()), rest)
            }
        };
        operations.push(Operation { key: key.to_vec(), value });
        bytes = rest;
    }
    Some(operations)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_read_back_and_a_cut_is_noticed_unless_it_falls_between_two() {
        let operations = vec![Operation::put(b"a".to_vec(), b"value".to_vec()), Operation::remove(b"bb".to_vec())];
        let mut bytes = Vec::new();
        operations.iter().for_each(|operation| operation.write(&mut bytes));
        assert_eq!(bytes.len(), operations.iter().map(Operation::bytes).sum::<usize>());
        assert_eq!(read(&bytes), Some(operations.clone()));
        for end in (1..bytes.len()).filter(|end| *end != operations[0].bytes()) {
            assert_eq!(read(&bytes[..end]), None, "cut at {end}");
        }
    }
}
