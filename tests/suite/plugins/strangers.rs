//! What strangers write, as long and as unlike as the desk takes it, never uses up what a question may cost: a policy that
//! runs out is soon held back for everybody.

use plugdesk_domain::question::Inquiry;
use plugdesk_domain::question::affiliate::{MOST_NODES, Node};
use plugdesk_domain::question::correlate::{MOST_NEIGHBOURS, Neighbour};
use plugdesk_domain::question::identify::{Candidate, MOST_CANDIDATES};
use plugdesk_domain::question::shown::{ShownContact, ShownIdentity};
use plugdesk_domain::{Ask as _, Limits, OutcomeClass};
use plugdesk_sandbox::{Options, Sandbox};
use plugdesk_sdk::types::cut;
use plugdesk_tests::shelf::pretend::{Any, Desk, ask_at, company, contact, inquiry};
use serde_json::{Value, json};

/// A contact's name, in characters.
const NAME: usize = 256;
/// An identity, in bytes, and how many a contact has.
const IDENTITY: usize = 254;
const IDENTITIES: usize = 16;
/// A custom field, in characters.
const FIELD: usize = 8 << 10;
/// All custom fields of a record, in bytes.
const FIELDS: usize = 40 << 10;
/// A ticket's subject, in characters.
const SUBJECT: usize = 512;
/// What was said with a neighbour, and with the ticket, in bytes.
const BEGINNING: usize = 512;
const SAID: usize = 2_048;

/// How a stranger's text is made: its letters, and how many of them a word has.
#[derive(Clone, Copy, Debug)]
struct Hand {
    letters: &'static str,
    word: usize,
    end: &'static str,
    /// One of so many letters is by chance, the others are the same in all texts: such words differ by slips.
    chance: usize,
}

const HANDS: [Hand; 17] = [
    Hand { letters: "ab", word: 1, end: "", chance: 1 },
    Hand { letters: "აბგდევზთიკლმნ", word: 7, end: "", chance: 1 },
    Hand { letters: "가나다라마바사아자차카타파하", word: 3, end: "", chance: 1 },
    Hand { letters: "༠༡༢༣༤༥", word: 6, end: "", chance: 1 },
    Hand { letters: "אבגדהוזחטיכל", word: 8, end: "", chance: 2 },
    Hand { letters: "ạảấầẩẫậắằẳẵặẹẻẽế", word: 5, end: " JSC", chance: 1 },
    Hand { letters: "aeiorst", word: 2, end: "", chance: 1 },
    Hand { letters: "aeiorst", word: 9, end: "", chance: 1 },
    Hand { letters: "ab", word: 20, end: "", chance: 1 },
    Hand { letters: "aeiorst", word: 38, end: "", chance: 1 },
    Hand { letters: "aeiorst", word: 24, end: " GmbH", chance: 1 },
    Hand { letters: "aeioustrn", word: 38, end: "", chance: 5 },
    Hand { letters: "aeiousptr", word: 9, end: " GmbH", chance: 4 },
    Hand { letters: "щюяжч", word: 12, end: "", chance: 1 },
    Hand { letters: "Щюäß", word: 24, end: " ООО", chance: 1 },
    Hand { letters: "王小明李", word: 2, end: "", chance: 1 },
    Hand { letters: "0123456789-", word: 9, end: "", chance: 1 },
];

impl Hand {
    /// A text of so many characters, or bytes where `bytes` says so; another one for every `n`.
    fn writes(self, n: usize, most: usize, bytes: bool) -> String {
        let letters: Vec<char> = self.letters.chars().collect();
        let mut dice = 0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(n as u64 + 1);
        let (mut text, mut length) = (String::new(), self.end.len());
        for place in 0.. {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let drawn = if place % self.chance == 0 { (dice >> 33) as usize } else { place * place };
            let letter = if place % (self.word + 1) == self.word { ' ' } else { letters[drawn % letters.len()] };
            length += if bytes { letter.len_utf8() } else { 1 };
            if length > most {
                break;
            }
            text.push(letter);
        }
        text + self.end
    }

    fn contact(self, n: usize) -> ShownContact {
        let identity = |k: usize| {
            let local = Hand { word: 63, end: "", ..self }.writes(n * IDENTITIES + k, 60, true).replace(' ', "");
            // Hosts that are nearly one.
            let host = Hand { letters: "aeiou", word: 60, end: ".example", chance: 20 }.writes(n + k, 60, true);
            let value =
                if k.is_multiple_of(2) { format!("{local}@{host}") } else { format!("+4420{:09}", n * 131 + k) };
            assert!(value.len() <= IDENTITY);
            let kind = if k.is_multiple_of(2) { "email" } else { "phone" };
            ShownIdentity { kind: kind.into(), value, verified: false }
        };
        let identities = (0..IDENTITIES).map(identity).collect();
        ShownContact { id: format!("contact_{n}"), name: self.writes(n, NAME, false), identities, ..contact() }
    }

    /// As much under each name as a record may have together; where a word is one letter, in lists of them.
    fn fields(self, of: &str, names: &[String]) -> Vec<(String, Value)> {
        let record = of.bytes().fold(0, |all, byte| all * 3 + usize::from(byte) % 97);
        let room = FIELDS / names.len().max(1);
        let value = |k: usize| {
            let text = self.writes(record * 7 + k, FIELD, false);
            let text = cut(&text, room);
            if self.word > 1 {
                return json!(text);
            }
            // Quotes and commas count too.
            text.split(' ').take(text.len() / 4).collect()
        };
        names.iter().enumerate().map(|(k, name)| (name.clone(), value(k))).collect()
    }

    /// The largest inquiry of that question.
    fn asks(self, question: &str) -> Inquiry {
        let mut inquiry = inquiry(question);
        match &mut inquiry {
            Inquiry::Identify(it) => {
                let of = |n| Candidate {
                    contact: self.contact(n),
                    found_by: vec!["name".into()],
                    shared: (0..IDENTITIES).map(|k| format!("email:{k}.office@example.com")).collect(),
                };
                it.contact = self.contact(0);
                it.shared = of(0).shared;
                it.candidates = (1..=MOST_CANDIDATES).map(of).collect();
            }
            Inquiry::Affiliate(it) => {
                it.ticket.subject = self.writes(0, SUBJECT, false);
                it.text = self.writes(1, SAID, true);
                let of = |n: usize| {
                    let mut company = company();
                    company.id = format!("company_{n}");
                    company.name = self.writes(n, NAME, false);
                    company.domains = (0..IDENTITIES).map(|k| format!("a{n}.b{k}.example")).collect();
                    Node { company, found_by: vec!["name".into()], membership: None, recent_tickets: 50 }
                };
                it.nodes = (1..=MOST_NODES).map(of).collect();
            }
            Inquiry::Correlate(it) => {
                it.ticket.subject = self.writes(0, SUBJECT, false);
                it.text = self.writes(1, SAID, true);
                let first = it.neighbours[0].clone();
                let of = |n: usize| Neighbour {
                    ticket: format!("ticket_{n}"),
                    subject: self.writes(2 * n, SUBJECT, false),
                    text: self.writes(2 * n + 1, BEGINNING, true),
                    ..first.clone()
                };
                it.neighbours = (2..2 + MOST_NEIGHBOURS).map(of).collect();
            }
            Inquiry::Track(it) => {
                it.ticket.subject = self.writes(0, SUBJECT, false);
                it.text = self.writes(1, SAID, true);
            }
            Inquiry::Qualify(it) => it.lead.subject = self.writes(0, SUBJECT, false),
            _ => {}
        }
        inquiry
    }
}

#[test]
fn nothing_that_strangers_write_uses_up_what_a_question_may_cost() {
    let sandbox = Sandbox::new(Options::default()).unwrap();
    let limits = Limits::default();
    for pack in ["contact-merging", "escalation", "lead-qualification", "risk-track", "segmentation"] {
        let folder = plugdesk_tests::pack(pack);
        let plugin = sandbox.load(&std::fs::read(folder.join(format!("{pack}.wasm"))).unwrap()).unwrap();
        let settings = plugin.prepare(&std::fs::read_to_string(folder.join("config.json")).unwrap(), &limits).unwrap();
        for hand in HANDS {
            let any = Any(Box::new(move |of, names| hand.fields(of, names)));
            let desk = Desk { any: Some(any), ..Desk::default() };
            for question in plugin.questions() {
                let verdict = ask_at(&*plugin, &desk, &hand.asks(question), &settings, &limits);
                let class = verdict.outcome.class();
                assert_eq!(class, OutcomeClass::Ok, "{pack}, {question}, {hand:?}: {:?}", verdict.outcome);
            }
        }
    }
}
