//! Which company node a ticket is for.

use plugdesk_sdk::affiliate::Inquiry;
use plugdesk_sdk::prelude::*;

use super::policy;

/// From here on the desk takes the node that alone has the highest confidence.
const SURE: u16 = 6_000;

fn node(id: &str, name: &str) -> Node {
    let company = Company { id: id.to_owned(), ..Pretend::firm(name) };
    Node { company, found_by: vec!["membership".to_owned()], membership: None, recent_tickets: 0 }
}

fn member(id: &str, name: &str, primary: bool) -> Node {
    let membership = Membership { company: id.to_owned(), role: None, aspect: None, primary };
    Node { membership: Some(membership), ..node(id, name) }
}

fn below(mut node: Node, parent: &str) -> Node {
    node.company.parent = Some(parent.to_owned());
    node
}

fn ask(subject: &str, nodes: Vec<Node>, from: &str) -> Affiliation {
    let desk = Pretend::desk().with_contact(Pretend::person("Eva", &[from]));
    let ticket = Pretend::ticket("support", subject, 0);
    let inquiry = Inquiry { circumstances: Pretend::circumstances(0), ticket, text: String::new(), nodes };
    policy().affiliate(&inquiry, &desk).unwrap().unwrap()
}

/// What the desk would take.
fn taken(answer: &Affiliation) -> Option<&str> {
    let most = answer.nodes.iter().map(|it| it.confidence).max()?;
    let mut surest = answer.nodes.iter().filter(|it| it.confidence == most);
    let first = surest.next()?;
    (most >= SURE && surest.next().is_none()).then_some(first.company.as_str())
}

#[test]
fn the_only_company_of_a_person_is_taken_and_of_two_equal_ones_somebody_is_asked() {
    assert_eq!(taken(&ask("Hello", vec![member("a", "Acme", false)], "eva@gmail.com")), Some("a"));
    let two = ask("Hello", vec![member("a", "Acme", false), member("b", "Borea", false)], "eva@gmail.com");
    assert_eq!((taken(&two), two.nodes[0].confidence), (None, two.nodes[1].confidence));
}

#[test]
fn the_primary_company_is_assumed_unless_the_ticket_names_another() {
    let nodes = || vec![member("a", "Acme Ltd", true), member("b", "Borea Kft.", false)];
    assert_eq!(taken(&ask("Printer", nodes(), "eva@gmail.com")), Some("a"));
    let named = ask("A boreai nyomtató", nodes(), "eva@gmail.com");
    assert_eq!(taken(&named), Some("b"), "with the ending of another language");
    let named = ask("Printer at Borea", nodes(), "eva@gmail.com");
    assert_eq!(taken(&named), Some("b"), "{named:?}");
    assert!(named.reasons.iter().any(|reason| reason.code == "node-named" && reason.evidence == ["b"]));
}

#[test]
fn the_domain_counts_and_a_mail_host_that_anybody_may_use_does_not() {
    let with = |domain: &str| {
        let mut one = node("a", "Acme");
        one.company.domains = vec![domain.to_owned()];
        one.found_by = vec!["domain".to_owned()];
        vec![one]
    };
    assert_eq!(taken(&ask("Hello", with("acme.example"), "eva@acme.example")), Some("a"));
    assert_eq!(taken(&ask("Hello", with("gmail.com"), "eva@gmail.com")), None);
    let sub = ask("Hello", with("acme.example"), "eva@leeds.acme.example");
    assert!(sub.reasons.iter().any(|reason| reason.code == "node-domain"), "{sub:?}");
}

#[test]
fn the_most_specific_node_that_the_ticket_names_is_meant() {
    let tree = || {
        vec![
            member("group", "Northgate", false),
            below(node("leeds", "Northgate Leeds"), "group"),
            below(node("york", "Northgate York"), "group"),
        ]
    };
    assert_eq!(taken(&ask("Heating fails at Northgate in Leeds", tree(), "eva@gmail.com")), Some("leeds"));
    let site = |subject: &str| {
        let mut nodes = tree();
        nodes[1] = below(member("leeds", "Northgate Leeds", false), "group");
        ask(subject, nodes, "eva@gmail.com")
    };
    assert_eq!(taken(&site("Heating fails at Northgate in Leeds")), Some("leeds"));
    assert_eq!(taken(&site("The contract of the Northgate group")), Some("group"));
    assert_eq!(taken(&site("Heating fails")), None, "two that are as likely");
}

#[test]
fn a_person_who_answers_for_security_at_one_company_asks_about_security_for_it() {
    let mut secure = member("b", "Borea", false);
    secure.membership = secure.membership.map(|it| Membership { aspect: Some("security".to_owned()), ..it });
    let nodes = vec![member("a", "Acme", false), secure];
    let answer = ask("Phishing mails since Monday", nodes, "eva@gmail.com");
    assert_eq!(taken(&answer), Some("b"), "{answer:?}");
    assert!(answer.reasons.iter().any(|reason| reason.code == "node-aspect"));
}

#[test]
fn where_the_person_asked_before_leans_but_does_not_decide_by_one_ticket() {
    let nodes = |recent| {
        let mut nodes = vec![member("a", "Acme", false), member("b", "Borea", false)];
        nodes[1].recent_tickets = recent;
        nodes
    };
    assert_eq!(taken(&ask("Hello", nodes(1), "eva@gmail.com")), None);
    assert_eq!(taken(&ask("Hello", nodes(9), "eva@gmail.com")), Some("b"));
    assert_eq!(taken(&ask("Hello", nodes(u32::MAX), "eva@gmail.com")), Some("b"));
}
