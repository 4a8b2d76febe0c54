//! Who brings leads, and what they say: people at known companies, no two messages alike, the same at every run.
//!
//! A desk that hears the same sentence a thousand times, from people who share a name, links everything with everything
//! and measures that. So names, subjects and messages are drawn from lists by the lead's number.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::json;

/// Companies that the desk knows, each with a mail domain and one person: every lead comes from one of them, so that
/// all five shipped policies have something to say about it. Two thousand customers who each bring some leads a year, not
/// a hundred who each bring thousands of people nobody knew.
static COMPANIES: AtomicU64 = AtomicU64::new(2_000);
/// In the short form, where bringing them in would take longer than what is measured.
const FEW_COMPANIES: u64 = 100;
/// Tickets are handed to so many agents.
pub(crate) const AGENTS: u64 = 20;
/// The columns of [`row`].
pub(crate) const COLUMNS: [&str; 19] = [
    "Lead",
    "Received",
    "Name",
    "Email",
    "Subject",
    "Agent",
    "Channel",
    "Interest",
    "Budget",
    "Horizon",
    "Visits",
    "Minutes",
    "Price asked",
    "Source",
    "Seats",
    "Industry",
    "Region",
    "Supplier",
    "Message",
];
/// How those columns become leads.
pub(crate) const MAP: &str = r#"kind = "lead"
external-id = { system = "bench", column = "Lead" }

[ticket]
subject = "Subject"
channel = "Channel"
assignee = "Agent"
created-at = "Received"
custom = { columns = ["Interest", "Budget", "Horizon", "Visits", "Minutes", "Price asked", "Source", "Seats", "Industry", "Region", "Supplier"], rename = { "Interest" = "interest", "Budget" = "budget", "Horizon" = "horizon", "Visits" = "visits", "Minutes" = "minutes", "Price asked" = "price_asked", "Source" = "source", "Seats" = "seats", "Industry" = "industry", "Region" = "region", "Supplier" = "current_supplier" } }

[contact]
name = "Name"
email = "Email"

[[entry]]
text = "Message"
from-customer = true
kind = "reply"
"#;

const GIVEN: [&str; 40] = [
    "Aleksandra",
    "Amelia",
    "Anahita",
    "Bence",
    "Carla",
    "Dariusz",
    "Dorottya",
    "Ebba",
    "Elias",
    "Emeka",
    "Farida",
    "Gabor",
    "Greta",
    "Hamid",
    "Hanna",
    "Ilona",
    "Ingrid",
    "Jasper",
    "Joana",
    "Kaveh",
    "Kinga",
    "Lars",
    "Leila",
    "Marek",
    "Milena",
    "Nadia",
    "Niels",
    "Olga",
    "Oskar",
    "Parisa",
    "Pavel",
    "Rania",
    "Roman",
    "Sanna",
    "Tamas",
    "Teresa",
    "Viktor",
    "Wanda",
    "Yusuf",
    "Zita",
];
const BEGIN: [&str; 30] = [
    "Bar", "Bel", "Cor", "Dan", "Dor", "Fal", "Gar", "Hal", "Hor", "Jan", "Kal", "Kor", "Lin", "Mar", "Mel", "Nor",
    "Obe", "Pal", "Per", "Qua", "Ros", "Sal", "Sten", "Tar", "Tor", "Ul", "Val", "Wen", "Yar", "Zel",
];
const MIDDLE: [&str; 12] = ["a", "e", "i", "o", "u", "ber", "den", "go", "li", "mo", "ri", "va"];
const END: [&str; 16] = [
    "bach", "czyk", "dal", "fi", "gren", "hazi", "ishi", "kova", "land", "man", "nek", "pour", "rup", "sen", "tos",
    "wicz",
];
const THING: [&str; 24] = [
    "Heat pump",
    "Solar roof",
    "Charging points",
    "Ventilation",
    "Boiler house",
    "Cold store",
    "Battery storage",
    "Meter room",
    "Lighting",
    "Insulation",
    "Air curtain",
    "Process steam",
    "Server cooling",
    "Waste heat",
    "Wind mast",
    "Pool heating",
    "Greenhouse climate",
    "Lift modernisation",
    "Fire doors",
    "Water softening",
    "Biogas engine",
    "Roof windows",
    "Floor heating",
    "Building controls",
];
const PLACE: [&str; 24] = [
    "a bakery",
    "two schools",
    "the harbour office",
    "a sawmill",
    "an old cinema",
    "the clinic's east wing",
    "a printing works",
    "forty flats",
    "the town library",
    "a dairy",
    "the tram depot",
    "a hotel by the lake",
    "the swimming hall",
    "a brewery",
    "the court house",
    "three warehouses",
    "a nursing home",
    "the market hall",
    "an observatory",
    "the ferry terminal",
    "a vineyard",
    "a car park",
    "the concert hall",
    "an airfield",
];
const SAID: [&str; 32] = [
    "We compare three suppliers and want seasonal figures.",
    "Please send warranty terms in writing.",
    "The total cost over fifteen years decides.",
    "Our architect asks for drawings at one to fifty.",
    "Noise at night must stay below thirty decibels.",
    "The crane can only come on a Sunday.",
    "Half of the money is a grant that ends in June.",
    "The cellar was flooded twice last autumn.",
    "Somebody should look at the pipes first.",
    "The board meets on the second Tuesday.",
    "A neighbour recommended you at the fair.",
    "We have had bad luck with the last fitter.",
    "Is there a service technician nearby?",
    "The electricity contract runs out in March.",
    "How much room does the outdoor unit take?",
    "We need an offer without the scaffolding as well.",
    "The monument office has to agree.",
    "Forty guests must not be without hot water.",
    "Our caretaker speaks Polish only.",
    "Could it be leased instead of bought?",
    "The transformer has sixty kilowatts to spare.",
    "We would rather wait for the smaller model.",
    "An energy audit was made in spring.",
    "The tender closes at noon on Friday.",
    "Please call the site manager, not the office.",
    "Two of the old units are still under guarantee.",
    "What happens to the refrigerant afterwards?",
    "The roof carries no more than a light frame.",
    "Payment in three parts would suit us.",
    "We want to begin after the harvest.",
    "A photograph of the meter cupboard is attached.",
    "The tenants have been told already.",
];
const BUDGET: [&str; 5] = ["Approved", "Own savings", "Requested", "Loan", "unknown"];
const HORIZON: [&str; 4] = ["This week", "This month", "This quarter", "Next year"];

/// A number that looks drawn, the same for the same lead and purpose (the finaliser of splitmix64).
pub(crate) fn drawn(number: u64, purpose: u64) -> u64 {
    let mut x = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(purpose.wrapping_mul(0xd1b5_4a32_d192_ed03));
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

fn pick<const N: usize>(list: [&'static str; N], number: u64, purpose: u64) -> &'static str {
    list[usize::try_from(drawn(number, purpose) % N as u64).unwrap_or(0)]
}

/// For the short form.
pub(crate) fn know_few() {
    COMPANIES.store(FEW_COMPANIES, Ordering::Relaxed);
}

/// So many companies the desk knows.
pub(crate) fn companies() -> u64 {
    COMPANIES.load(Ordering::Relaxed)
}

/// The company that a lead comes from.
pub(crate) fn company(number: u64) -> u64 {
    drawn(number, 1) % companies()
}

/// A company's mail domain.
pub(crate) fn domain(company: u64) -> String {
    format!("firm{company}.example")
}

/// Given and family name; some ten thousand families.
pub(crate) fn name(number: u64) -> String {
    let (begin, middle, end) = (pick(BEGIN, number, 3), pick(MIDDLE, number, 4), pick(END, number, 5));
    format!("{} {begin}{middle}{end}", pick(GIVEN, number, 2))
}

fn email(number: u64) -> String {
    format!("{}.{number}@{}", name(number).to_lowercase().replace(' ', "."), domain(company(number)))
}

fn subject(number: u64) -> String {
    format!("{} for {}", pick(THING, number, 6), pick(PLACE, number, 7))
}

/// Some sentences about it.
pub(crate) fn message(number: u64) -> String {
    (8..12).map(|purpose| pick(SAID, number, purpose)).collect::<Vec<_>>().join(" ")
}

/// A lead of about 900 bytes: twelve answers and one message, from a person not seen before at a company that is known:
/// people of that company and its other matters are looked at, so all five shipped policies are asked.
pub(crate) fn lead(number: u64) -> String {
    lead_of(number, &email(number))
}

/// The same from a consumer, whom nobody knows and who belongs to no company: the policy that merges contacts is asked
/// only where another has such a name.
pub(crate) fn consumer(number: u64) -> String {
    lead_of(number, &format!("{}.{number}@gmail.com", name(number).to_lowercase().replace(' ', ".")))
}

fn lead_of(number: u64, email: &str) -> String {
    json!({
        "kind": "lead", "channel": "web", "subject": subject(number),
        "contact": { "name": name(number), "identities": [{ "kind": "email", "value": email }] },
        "custom": {
            "interest": pick(THING, number, 6), "budget": pick(BUDGET, number, 12), "horizon": pick(HORIZON, number, 13),
            "visits": drawn(number, 14) % 12, "minutes": drawn(number, 15) % 60, "price_asked": "yes", "region": "North",
            "source": "search", "industry": "Property", "seats": drawn(number, 16) % 40, "current_supplier": "another",
            "do_not_call": false,
        },
        "entries": [{ "text": message(number) }],
    })
    .to_string()
}

/// The same as a row of a file, handed to one of the agents.
pub(crate) fn row(number: u64) -> [String; COLUMNS.len()] {
    let (day, month) = (drawn(number, 17) % 28 + 1, drawn(number, 18) % 12 + 1);
    [
        format!("L-{number}"),
        format!("{}-{month:02}-{day:02}T{:02}:00:00Z", 2024 + drawn(number, 19) % 2, drawn(number, 20) % 24),
        name(number),
        email(number),
        subject(number),
        agent(drawn(number, 21)),
        "web".to_owned(),
        pick(THING, number, 6).to_owned(),
        pick(BUDGET, number, 12).to_owned(),
        pick(HORIZON, number, 13).to_owned(),
        (drawn(number, 14) % 12).to_string(),
        (drawn(number, 15) % 60).to_string(),
        "yes".to_owned(),
        "search".to_owned(),
        (drawn(number, 16) % 40).to_string(),
        "Property".to_owned(),
        "North".to_owned(),
        "another".to_owned(),
        message(number),
    ]
}

/// One of the agents.
pub(crate) fn agent(number: u64) -> String {
    format!("agent-{}", number % AGENTS)
}
