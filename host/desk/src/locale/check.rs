//! What a locale's file may hold: a stranger wrote it, and both parsing and saying it go down into it by recursion.

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement};

/// A message has at most so many bytes: a sentence in six plural forms has a fourth of them. Messages name each other,
/// a hundred times at most, so this bounds what saying one may take.
const MOST_MESSAGE_BYTES: usize = 8 << 10;
/// A message has at most so many `{` and `(`, which is as many placeables as are ever said of one. The parser goes down
/// into each; how deep they stand can't be told without parsing, how many there are can.
const MOST_OPENED: usize = 100;

/// Whether the file may be parsed.
pub(super) fn source(source: &str) -> Result<(), String> {
    let (mut bytes, mut opened) = (0, 0);
    for (at, line) in source.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
        if begins_message(line) {
            (bytes, opened) = (0, 0);
        }
        bytes += line.len() + 1;
        opened += line.matches(['{', '(']).count();
        if bytes > MOST_MESSAGE_BYTES {
            return Err(format!("line {}: a message has at most {MOST_MESSAGE_BYTES} bytes", at + 1));
        }
        if opened > MOST_OPENED {
            return Err(format!("line {}: a message has at most {MOST_OPENED} `{{` and `(`", at + 1));
        }
    }
    Ok(())
}

/// Whether the line is a name and `=`. Nothing else will do: within a placeable a line may begin with a name, but `=`
/// ends what the parser takes there.
fn begins_message(line: &str) -> bool {
    let name = line.strip_prefix('-').unwrap_or(line);
    let behind = name.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && behind.trim_start_matches(' ').starts_with('=')
}

/// Whether what was parsed may be said. Placeables within variants are counted while a text is said, those that stand
/// directly in another or in a call are not, and no function is there to be called.
pub(super) fn resource(resource: &FluentResource) -> Result<(), Vec<String>> {
    let mut wrong = Vec::new();
    for entry in resource.entries() {
        let (name, value, attributes) = match entry {
            Entry::Message(message) => (message.id.name, message.value.as_ref(), &message.attributes),
            Entry::Term(term) => (term.id.name, Some(&term.value), &term.attributes),
            _ => continue,
        };
        let patterns = value.into_iter().chain(attributes.iter().map(|attribute| &attribute.value));
        wrong.extend(patterns.filter_map(|it| pattern(it).err()).map(|why| format!("message `{name}`: {why}")));
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

fn pattern(pattern: &Pattern<&str>) -> Result<(), String> {
    pattern.elements.iter().try_for_each(|element| match element {
        PatternElement::TextElement { .. } => Ok(()),
        PatternElement::Placeable { expression: Expression::Inline(it) } => inline(it),
        PatternElement::Placeable { expression: Expression::Select { selector, variants } } => {
            inline(selector)?;
            variants.iter().try_for_each(|variant| self::pattern(&variant.value))
        }
    })
}

fn inline(it: &InlineExpression<&str>) -> Result<(), String> {
    match it {
        InlineExpression::FunctionReference { id, .. } => Err(format!("there is no function `{}`", id.name)),
        InlineExpression::Placeable { .. } => Err("a placeable stands directly in another".to_owned()),
        InlineExpression::TermReference { id, arguments: Some(given), .. } if !plain(given) => {
            Err(format!("`-{}` is given something that is no named text or number", id.name))
        }
        _ => Ok(()),
    }
}

fn plain(given: &CallArguments<&str>) -> bool {
    let literal = |it: &InlineExpression<&str>| {
        matches!(it, InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. })
    };
    given.positional.is_empty() && given.named.iter().all(|argument| literal(&argument.value))
}

#[cfg(test)]
mod tests {
    use plugdesk_domain::Reason;

    use super::super::Texts;

    fn refused(ftl: &str) -> String {
        Texts::default().add("en", ftl.as_bytes()).unwrap_err().remove(0)
    }

    #[test]
    fn a_file_that_would_exhaust_the_stack_is_refused() {
        let opened = "at most 100 `{` and `(`";
        assert!(refused(&format!("a = {}\n", "{".repeat(1_000))).contains(opened));
        assert!(refused(&format!("a = {{ {}\n", "F(".repeat(1_000))).contains(opened));
        // A name at the beginning of a line begins no message, and what stands in a string closes nothing.
        assert!(refused(&format!("a = {}\n", "{\nF(\"}\") ->\n *[o] ".repeat(300))).contains(opened));
        assert_eq!(
            refused(&format!("a = b\n{}c =\n  {}\n", "# d\n".repeat(5_000), "x".repeat(9_000))),
            "line 5003: a message has at most 8192 bytes"
        );
    }

    #[test]
    fn a_text_calls_nothing_and_hides_nothing() {
        assert_eq!(refused("a = { NUMBER($b) }\n"), "message `a`: there is no function `NUMBER`");
        assert_eq!(refused("-a = { { $b } }\n"), "message `a`: a placeable stands directly in another");
        let told = "message `a`: `-t` is given something that is no named text or number";
        assert_eq!(refused("-t = x\na = { $b ->\n *[o] { -t(F()) }\n }\n"), told);
        let sound =
            "-t = { $case ->\n *[o] x\n } (y)\na = { -t(case: \"o\") } ({ $b })\n .c = { -t.d ->\n *[o] x\n }\n";
        Texts::default().add("en", sound.as_bytes()).unwrap();
    }

    #[test]
    fn the_deepest_text_that_is_taken_is_said_on_an_ordinary_stack() {
        let chain = (0..120).map(|n| format!("m{n} = {{ $a ->\n *[o] {{ m{} }}\n }}\n", n + 1)).collect::<String>();
        let selects = format!("s = {}x{}\n", "{ $a ->\n *[o] ".repeat(100), "\n }".repeat(100));
        let mut texts = Texts::default();
        texts.add("en", format!("{chain}{selects}").as_bytes()).unwrap();
        for code in ["m0", "s"] {
            let reason = Reason { code: code.into(), params: [].into(), evidence: vec![], text: None };
            assert!(texts.say_in(&reason, "en").is_some());
        }
    }
}
