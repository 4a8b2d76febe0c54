//! ASCII folded eight bytes at a time: most text is, and in a sandbox every step counts.

/// ASCII letters and digits folded; a space: what stands between words.
const FOLDED: [u8; 128] = {
    let mut table = [b' '; 128];
    let mut byte = 0;
    while byte < 128 {
        let letter = byte as u8;
        if letter.is_ascii_alphanumeric() {
            table[byte] = letter.to_ascii_lowercase();
        }
        byte += 1;
    }
    table
};

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Folds the ASCII that a text begins with onto `out`, and says how much that was. `open`: whether a word is still being
/// written; spaces are written once.
pub(super) fn fold(out: &mut Vec<u8>, text: &[u8], open: &mut bool) -> usize {
    let mut at = 0;
    while let Some(bytes) = text.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let block = u64::from_le_bytes(*bytes);
        if block & HIGHS != 0 {
            break;
        }
        let (folded, gaps) = fold_eight(block);
        // A gap behind a gap is left out, which only the slow way below can do.
        let behind = gaps << 8 | if *open { 0 } else { 0x80 };
        if gaps & behind == 0 {
            out.extend_from_slice(&folded.to_le_bytes());
            *open = gaps >> 63 == 0;
        } else {
            bytes.iter().for_each(|&byte| fold_one(out, byte, open));
        }
        at += 8;
    }
    while let Some(&byte) = text.get(at).filter(|byte| byte.is_ascii()) {
        fold_one(out, byte, open);
        at += 1;
    }
    at
}

fn fold_one(out: &mut Vec<u8>, byte: u8, open: &mut bool) {
    let letter = FOLDED[usize::from(byte & 0x7f)];
    let inside = letter != b' ';
    if inside || *open {
        out.push(letter);
    }
    *open = inside;
}

/// Eight ASCII bytes folded, and the highest bit of each that is no letter and no digit.
fn fold_eight(block: u64) -> (u64, u64) {
    // As all bytes are below 128, adding can't carry into the next: the highest bit says "at least that".
    let least = |bytes: u64, byte: u8| bytes + (ONES * u64::from(0x80 - byte));
    let upper = least(block, b'A') & !least(block, b'Z' + 1) & HIGHS;
    let lower = block | upper >> 2;
    let letter = least(lower, b'a') & !least(lower, b'z' + 1);
    let digit = least(lower, b'0') & !least(lower, b'9' + 1);
    let gaps = !(letter | digit) & HIGHS;
    // 0xff where a gap is.
    let mask = (gaps >> 7) * 0xff;
    (lower & !mask | (ONES * u64::from(b' ')) & mask, gaps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_at_a_time_and_one_by_one_agree() {
        let text: Vec<u8> = (0..4_096_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 25) as u8).collect();
        for length in 0..64 {
            for start in (0..text.len() - 64).step_by(61) {
                let piece = &text[start..start + length];
                let (mut fast, mut slow, mut a, mut b) = (Vec::new(), Vec::new(), false, false);
                assert_eq!(fold(&mut fast, piece, &mut a), length);
                piece.iter().for_each(|&byte| fold_one(&mut slow, byte, &mut b));
                assert_eq!((fast, a), (slow, b), "{piece:?}");
            }
        }
    }
}
