//! Which contacts could be one person: keys that are alike for what is written in different ways. They find candidates
//! only; whether two are the same is the question `identify`.

/// A name gives at most so many keys: each is an index entry of every contact.
pub const MOST_MATCH_KEYS: usize = 3;

/// The keys under which a contact of that name is found, sorted; none for a name without letters.
pub fn match_keys(name: &str) -> Vec<String> {
    let folded: String = name.to_lowercase();
    let mut words: Vec<&str> =
        folded.split(|c: char| !c.is_alphanumeric()).filter(|it| it.chars().count() > 1).collect();
    words.sort_unstable();
    words.dedup();
    words.truncate(MOST_MATCH_KEYS);
    words.into_iter().map(|word| format!("n:{}", word.chars().take(24).collect::<String>())).collect()
}
