//! The lead of both benches: natively here, and in the sandbox's `question_bench`.

/// What the lead answered.
pub(crate) const ANSWERS: [(&str, &str); 12] = [
    ("budget", "Approved"),
    ("horizon", "This quarter"),
    ("price_asked", "yes"),
    ("visits", "6"),
    ("minutes", "35"),
    ("interest", "Heat pump"),
    ("seats", "12"),
    ("current_supplier", "another"),
    ("source", "recommended by a friend"),
    ("do_not_call", "no"),
    ("industry", "Hotels"),
    ("region", "North"),
];
