//! Letters of other alphabets as Latin ones, near enough to hear a name by.

/// What a word is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// Latin letters and digits.
    Latin,
    /// Arabic and Hebrew, which leave most vowels out.
    Vowelless,
    /// Chinese, Japanese and Korean, which do not tell l and r apart.
    Eastern,
    /// Any other.
    Other,
}

/// The script of a word: that of its first letter.
pub fn script_of(word: &str) -> Script {
    match word.chars().next() {
        Some('\u{0590}'..='\u{06ff}') => Script::Vowelless,
        Some('\0'..='\u{024f}' | '\u{1e00}'..='\u{1eff}') => Script::Latin,
        Some('\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{faff}') => Script::Eastern,
        _ => Script::Other,
    }
}

/// A folded letter in Latin as names are spelt abroad; `None`: it is Latin, or of a script whose usual romanisation serves.
pub(super) fn latin(c: char) -> Option<&'static str> {
    if c.is_ascii() {
        return None;
    }
    Some(match c {
        // Cyrillic, with Ukrainian, Belarusian and Serbian.
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' | 'ґ' | 'ѓ' => "g",
        'д' => "d",
        'ђ' | 'џ' => "dj",
        'е' | 'є' | 'э' => "e",
        'ж' => "zh",
        'з' => "z",
        'ѕ' => "dz",
        'и' | 'і' | 'ї' | 'й' | 'ј' | 'ы' => "i",
        'к' | 'ќ' => "k",
        'л' => "l",
        'љ' => "l",
        'м' => "m",
        'н' | 'њ' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'ћ' => "ch",
        'у' | 'ў' => "u",
        'ф' => "f",
        'х' => "h",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "shch",
        'ъ' | 'ь' => "",
        'ю' => "yu",
        'я' => "ya",
        // Greek.
        'α' | 'ά' => "a",
        'β' => "v",
        'γ' => "g",
        'δ' => "d",
        'ε' | 'έ' => "e",
        'ζ' => "z",
        'η' | 'ή' => "i",
        'θ' => "th",
        'ι' | 'ί' | 'ϊ' | 'ΐ' => "i",
        'κ' => "k",
        'λ' => "l",
        'μ' => "m",
        'ν' => "n",
        'ξ' => "x",
        'ο' | 'ό' => "o",
        'π' => "p",
        'ρ' => "r",
        'σ' | 'ς' => "s",
        'τ' => "t",
        'υ' | 'ύ' | 'ϋ' | 'ΰ' => "y",
        'φ' => "f",
        'χ' => "h",
        'ψ' => "ps",
        'ω' | 'ώ' => "o",
        // Arabic and Persian; what sounds like z in Persian is written as z.
        'ا' | 'ع' | 'ء' => "a",
        'ب' => "b",
        'پ' => "p",
        'ت' | 'ط' => "t",
        'ث' | 'س' | 'ص' => "s",
        'ج' => "j",
        'چ' => "ch",
        'ح' | 'ه' => "h",
        'خ' => "kh",
        'د' => "d",
        'ذ' | 'ز' | 'ض' | 'ظ' => "z",
        'ر' => "r",
        'ژ' => "zh",
        'ش' => "sh",
        'غ' | 'ق' => "gh",
        'ف' => "f",
        'ک' => "k",
        'گ' => "g",
        'ل' => "l",
        'م' => "m",
        'ن' => "n",
        'و' => "v",
        'ی' => "i",
        // Hebrew.
        'א' | 'ע' => "a",
        'ב' => "b",
        'ג' => "g",
        'ד' => "d",
        'ה' | 'ח' => "h",
        'ו' => "v",
        'ז' => "z",
        'ט' | 'ת' => "t",
        'י' => "i",
        'כ' | 'ך' | 'ק' => "k",
        'ל' => "l",
        'מ' | 'ם' => "m",
        'נ' | 'ן' => "n",
        'ס' | 'ש' => "s",
        'פ' | 'ף' => "p",
        'צ' | 'ץ' => "ts",
        'ר' => "r",
        _ => return None,
    })
}
