//! A contact and as many candidates as a desk ever shows, each with an address, a telephone, a date of birth and a home:
//! a third bear its surname, a third its first name, and every seventh differs from it by slips only.

use std::sync::LazyLock;

use plugdesk_domain::question::Circumstances;
use plugdesk_domain::question::identify::{Candidate, Inquiry, MOST_CANDIDATES};
use plugdesk_domain::question::shown::{ShownContact, ShownIdentity};
use serde_json::{Value, json};

use crate::NOW;

const FIRST: [&str; 9] = ["Grace", "Piotr", "Maryam", "Katalin", "Oleg", "Ирина", "Robert", "Emma", "محمد"];
const LAST: [&str; 8] = ["Lindqvist", "Zieliński", "Karimi", "Szabó", "Sidorov", "Волкова", "Van der Berg", "O'Neill"];
const STREETS: [&str; 5] = ["Mill Lane", "North Central Ave", "ul. Długa", "Station Road", "Andrássy út"];
/// Ids are numbered behind this.
const ID: &str = "contact_01h455vb4pex5vsknk084s";

/// Who that is, if it is one of them; the contact itself is number 0.
pub(crate) fn number_of(id: &str) -> Option<usize> {
    id.strip_prefix(ID)?.parse().ok()
}

/// What the desk asks.
pub(crate) fn inquiry(circumstances: Circumstances) -> Inquiry {
    let candidate = |n| Candidate { contact: contact(n), found_by: vec!["name".into()], shared: vec![] };
    let candidates = (1..=MOST_CANDIDATES).map(candidate).collect();
    Inquiry { circumstances, contact: contact(0), shared: vec![], candidates }
}

/// The custom fields of everybody, made up once.
static KNOWN: LazyLock<Vec<[(String, Value); 4]>> = LazyLock::new(|| (0..=MOST_CANDIDATES).map(fields).collect());

/// The custom fields of those names.
pub(crate) fn attributes(n: usize, names: &[String]) -> Vec<(String, Value)> {
    let known = KNOWN.get(n).into_iter().flatten();
    known.filter(|(name, _)| names.contains(name)).cloned().collect()
}

fn fields(n: usize) -> [(String, Value); 4] {
    let n = if is_alike(n) { 0 } else { n };
    let all = [
        ("dob", format!("{}-{:02}-{:02}", 1950 + n * 7 % 50, 1 + n * 5 % 12, 1 + n * 11 % 28)),
        ("street", format!("{} {}", 1 + n * 13 % 90, STREETS[n % STREETS.len()])),
        ("postcode", format!("{:05}", 20_000 + n % 20 * 17)),
        ("city", ["Leeds", "Łódź", "Shiraz", "Pécs"][n % 4].to_owned()),
    ];
    all.map(|(name, value)| (name.to_owned(), json!(value)))
}

fn is_alike(n: usize) -> bool {
    n.is_multiple_of(7)
}

fn contact(n: usize) -> ShownContact {
    let (first, last) = match n % 3 {
        0 => (FIRST[0], LAST[n % LAST.len()]),
        1 => (FIRST[n % FIRST.len()], LAST[0]),
        _ => (FIRST[n % FIRST.len()], LAST[n % LAST.len()]),
    };
    let name = if n > 0 && is_alike(n) { "Grcae Lindquist".to_owned() } else { format!("{first} {last}") };
    let identity = |kind: &str, value: String| ShownIdentity { kind: kind.into(), value, verified: false };
    ShownContact {
        id: format!("{ID}{n:02}"),
        name,
        segment: None,
        locale: Some("en".into()),
        time_zone: None,
        identities: vec![
            identity("email", format!("person.{n}@company{}.example", n % 11)),
            identity("phone", format!("+4420794{:05}", n * 37)),
        ],
        memberships: vec![],
        created_at: NOW,
    }
}
