//! The limits of what every answer has: names, reasons, facts, signals.

use crate::question::Parts;
use crate::record::Reason;
use crate::record::findings::MOST_FINDINGS;

/// An answer gives at most so many reasons: nobody reads more.
pub const MOST_REASONS: usize = 32;
/// A reason has at most so many parameters, and so many pieces of evidence.
pub const MOST_REASON_PARTS: usize = 16;
/// A name (segment, kind, code) has at most so many characters, in whatever script.
pub const MOST_NAME_CHARS: usize = 64;
/// A parameter or a piece of evidence has at most so many bytes.
pub const MOST_PARAM_BYTES: usize = 512;
/// A reason's parameters and evidence have at most so many bytes together. A lead keeps its next question on the ticket,
/// one value of at most 96 KiB with up to 50 KiB of the customer's own: no reason may crowd those out.
pub const MOST_REASON_BYTES: usize = 4 << 10;

/// Whether a character may stand in a word: letters, digits and `- _ . /` of ASCII, and of other scripts whatever is
/// seen, with the marks and joiners that Hindi and Persian words have. Spaces of any width and the signs that turn the
/// direction of a line or show nothing are none: two words that look alike would differ.
pub fn in_a_word(c: char) -> bool {
    match c {
        '-' | '_' | '.' | '/' => true,
        '\0'..='\u{a0}' => c.is_ascii_alphanumeric(),
        '\u{1680}' | '\u{2000}'..='\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202f}' => false,
        '\u{205f}'..='\u{206f}' | '\u{3000}' | '\u{feff}' | '\u{fff9}'..='\u{ffff}' => false,
        _ => true,
    }
}

/// A word that the host stores and others compare: letters, digits and `- _ . /`, 1 to 64 characters.
pub fn check_name(field: &str, name: &str) -> Result<(), String> {
    if name.is_empty() || name.chars().count() > MOST_NAME_CHARS || !name.chars().all(in_a_word) {
        let shown: String = name.chars().take(40).collect();
        return Err(format!(
            "{field}: `{}` is not a name of 1 to {MOST_NAME_CHARS} letters, digits and - _ . /",
            shown.escape_debug()
        ));
    }
    Ok(())
}

/// A reason within its limits.
pub fn check_reason(field: &str, reason: &Reason) -> Result<(), String> {
    check_name(&format!("{field}.code"), &reason.code)?;
    if reason.params.len() > MOST_REASON_PARTS || reason.evidence.len() > MOST_REASON_PARTS {
        return Err(format!("{field}: more than {MOST_REASON_PARTS} parameters or pieces of evidence"));
    }
    let long = |text: &String| text.len() > MOST_PARAM_BYTES;
    if reason.params.iter().any(|(name, value)| name.chars().count() > MOST_NAME_CHARS || long(value))
        || reason.evidence.iter().any(long)
    {
        return Err(format!("{field}: a parameter or a piece of evidence has more than {MOST_PARAM_BYTES} bytes"));
    }
    let params = reason.params.iter().flat_map(|(name, value)| [name, value]);
    let (mut bytes, mut control) = (0, false);
    for text in params.chain(&reason.evidence) {
        bytes += text.len();
        // In JSON one of them takes six bytes, and on a terminal it may do anything.
        control |= text.chars().any(char::is_control);
    }
    if bytes > MOST_REASON_BYTES {
        return Err(format!(
            "{field}: {bytes} bytes of parameters and evidence, at most {MOST_REASON_BYTES} are taken"
        ));
    }
    if control {
        return Err(format!("{field}: a parameter or a piece of evidence holds a control character"));
    }
    Ok(())
}

/// The common parts of an answer within their limits.
pub(in crate::question) fn check_parts(parts: Parts<'_>) -> Result<(), String> {
    if parts.reasons.len() > MOST_REASONS {
        return Err(format!("reasons: {}, at most {MOST_REASONS} are taken", parts.reasons.len()));
    }
    for (place, reason) in parts.reasons.iter().enumerate() {
        check_reason(&format!("reasons[{place}]"), reason)?;
    }
    if parts.facts.len() > MOST_FINDINGS || parts.signals.len() > MOST_FINDINGS {
        return Err(format!("facts, signals: at most {MOST_FINDINGS} of each are taken"));
    }
    for (place, fact) in parts.facts.iter().enumerate() {
        check_name(&format!("facts[{place}].kind"), &fact.kind)?;
        if fact.confidence > 10_000 {
            return Err(format!("facts[{place}].confidence: {} is above 10,000", fact.confidence));
        }
        if parts.facts[..place].iter().any(|earlier| earlier.kind == fact.kind) {
            return Err(format!("facts[{place}].kind: `{}` stands twice", fact.kind));
        }
    }
    for (place, signal) in parts.signals.iter().enumerate() {
        check_name(&format!("signals[{place}].kind"), &signal.kind)?;
        if let Some(label) = &signal.label {
            check_name(&format!("signals[{place}].label"), label)?;
        }
        if signal.score > 10_000 {
            return Err(format!("signals[{place}].score: {} is above 10,000", signal.score));
        }
        if parts.signals[..place].iter().any(|earlier| earlier.kind == signal.kind) {
            return Err(format!("signals[{place}].kind: `{}` stands twice", signal.kind));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(evidence: Vec<String>) -> Reason {
        Reason { code: "said".to_owned(), params: Default::default(), evidence, text: None }
    }

    #[test]
    fn a_reason_can_neither_crowd_out_the_ticket_nor_hide_control_characters_in_it() {
        assert_eq!(check_reason("r", &reason(vec!["entry_1".to_owned()])), Ok(()));
        let flood = check_reason("r", &reason(vec!["x".repeat(MOST_PARAM_BYTES); MOST_REASON_PARTS]));
        assert!(flood.unwrap_err().contains("at most 4096"));
        let bell = check_reason("r", &reason(vec!["\u{1}".repeat(3)]));
        assert!(bell.unwrap_err().contains("control character"));
    }
}
