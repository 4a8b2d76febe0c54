//! One policy that answers every question: each can be asked natively, and one component may export them all.

use crate::prelude::*;

const NOW: Instant = 1_790_000_000_000;

#[derive(Serialize, Deserialize)]
struct Everything {
    word: String,
}

impl Policy for Everything {}

impl Classify for Everything {
    fn classify(&self, _inquiry: &classify::Inquiry, desk: &impl Desk) -> Answer<Classification> {
        Ok(desk.ancestors()?.first().map(|_| Classification::new("company", 9_000)))
    }
}

impl Identify for Everything {
    fn identify(&self, inquiry: &identify::Inquiry, _desk: &impl Desk) -> Answer<Identification> {
        let same = |it: &&Candidate| it.contact.name == inquiry.contact.name && it.shared.is_empty();
        let likeness = |it: &Candidate| {
            Likeness::new(&*it.contact.id, Relation::Same, 9_500).because(Reason::new("same-name").seen_in("name"))
        };
        Ok(Some(Identification::new(inquiry.candidates.iter().filter(same).map(likeness).collect())))
    }
}

impl Merge for Everything {
    fn merge(&self, inquiry: &merge::Inquiry, _desk: &impl Desk) -> Answer<MergePlan> {
        match (&inquiry.winner, &inquiry.loser) {
            (RecordOf::Contact(_), RecordOf::Contact(loser)) if !loser.name.is_empty() => {
                Ok(Some(MergePlan::new().show("name", Side::Winner).show("name", Side::Loser)))
            }
            _ => Ok(Some(MergePlan::refuse(Reason::new("no-contacts")))),
        }
    }
}

impl Affiliate for Everything {
    fn affiliate(&self, inquiry: &affiliate::Inquiry, _desk: &impl Desk) -> Answer<Affiliation> {
        let primary = |it: &&Node| it.membership.as_ref().is_some_and(|it| it.primary);
        let nodes = inquiry.nodes.iter().filter(primary).map(|it| Confidence::new(&*it.company.id, 7_000));
        Ok(Some(Affiliation::new(nodes.collect())))
    }
}

impl Correlate for Everything {
    fn correlate(&self, inquiry: &correlate::Inquiry, _desk: &impl Desk) -> Answer<Correlation> {
        let alike = |it: &&Neighbour| it.text.contains(&self.word) && inquiry.text.contains(&self.word);
        let pairs = inquiry.neighbours.iter().filter(alike).map(|it| Pair::new(&*it.ticket, 8_000));
        Ok(Some(Correlation::new(pairs.collect())))
    }
}

impl Qualify for Everything {
    fn qualify(&self, inquiry: &qualify::Inquiry, _desk: &impl Desk) -> Answer<Qualification> {
        Ok(inquiry.lead.subject.contains(&self.word).then(|| Qualification::new(6_000, Grade::B)))
    }
}

impl Track for Everything {
    fn track(&self, inquiry: &track::Inquiry, _desk: &impl Desk) -> Answer<Tracking> {
        let risky = inquiry.text.contains(&self.word);
        Ok(Some(if risky { Tracking::new(TrackLevel::Special, 9_000) } else { Tracking::new(TrackLevel::Fast, 0) }))
    }
}

impl Promise for Everything {
    fn promise(&self, inquiry: &promise::Inquiry, desk: &impl Desk) -> Answer<Promised> {
        if desk.later("office", inquiry.circumstances.now, 60).is_none() {
            return Err(Fault::Missing("the calendar `office`".to_owned()));
        }
        let target = Target::new("first-response", 60, "office").pausing(&[Category::WaitingCustomer]).warning(15);
        Ok(Some(Promised::new(vec![target])))
    }
}

impl Escalate for Everything {
    fn escalate(&self, _inquiry: &escalate::Inquiry, desk: &impl Desk) -> Answer<Climb> {
        let late = desk.commitments()?.iter().any(|it| it.left_ms < 0);
        let deciders = desk.people()?.into_iter().filter(|it| it.role.as_deref() == Some("decider"));
        let facts =
            deciders.map(|it| NewFact { kind: "decider".into(), value: Value::Text(it.name), confidence: 10_000 });
        let mut climb = Climb::new(1, vec![Audience::Role("team-lead".to_owned())]);
        climb.facts = facts.take(1).collect();
        Ok(late.then_some(climb))
    }
}

impl React for Everything {
    fn react(&self, inquiry: &react::Inquiry, _desk: &impl Desk) -> Answer<Reacted> {
        #[derive(Deserialize)]
        struct Created {
            kind: String,
        }
        #[derive(Serialize)]
        struct Update<'a> {
            id: &'a str,
            tags: [&'a str; 1],
        }
        let Some(created) = inquiry.event.read::<Created>() else { return Ok(None) };
        let update = Update { id: &inquiry.event.subject, tags: [&created.kind] };
        Ok(Some(Reacted::new(vec![Wanted::new("ticket.update", &update)])))
    }
}

crate::plugin!(Everything: classify, identify, merge, affiliate, correlate, qualify, track, promise, escalate, react);

fn policy() -> Everything {
    Pretend::policy(r#"{"word":"leak"}"#).unwrap()
}

fn ticket() -> Ticket {
    Pretend::ticket("support", "a leak", NOW)
}

#[test]
fn who_is_who_is_asked_natively() {
    let circumstances = || Pretend::circumstances(NOW);
    let person = |id: &str, name: &str| Contact { id: id.to_owned(), ..Pretend::person(name, &[]) };
    let candidate = |id: &str, name: &str, shared: &[&str]| Candidate {
        contact: person(id, name),
        found_by: vec!["name".to_owned()],
        shared: shared.iter().map(|&it| it.to_owned()).collect(),
    };
    let inquiry = identify::Inquiry {
        circumstances: circumstances(),
        contact: person("contact", "Mina"),
        shared: vec![],
        candidates: vec![
            candidate("a", "Mina", &[]),
            candidate("b", "Mina", &["phone:+4922"]),
            candidate("c", "Eva", &[]),
        ],
    };
    let answer = policy().identify(&inquiry, &Pretend::desk()).unwrap().unwrap();
    let told: Vec<_> = answer.likenesses.iter().map(|it| (it.contact.as_str(), it.relation, it.score)).collect();
    assert_eq!(told, [("a", Relation::Same, 9_500)]);

    let (winner, loser) = (RecordOf::Contact(person("a", "")), RecordOf::Contact(person("b", "Mina")));
    let inquiry = merge::Inquiry { circumstances: circumstances(), winner, loser };
    let plan = policy().merge(&inquiry, &Pretend::desk()).unwrap().unwrap();
    assert_eq!((plan.refused, plan.fields), (false, vec![("name".to_owned(), Side::Loser)]));

    let membership = |primary| Membership { company: "x".to_owned(), role: None, aspect: None, primary };
    let node = |id: &str, primary| Node {
        company: Company { id: id.to_owned(), ..Pretend::firm(id) },
        found_by: vec!["membership".to_owned()],
        membership: Some(membership(primary)),
        recent_tickets: 0,
    };
    let nodes = vec![node("x", false), node("y", true)];
    let inquiry = affiliate::Inquiry { circumstances: circumstances(), ticket: ticket(), text: String::new(), nodes };
    let answer = policy().affiliate(&inquiry, &Pretend::desk()).unwrap().unwrap();
    assert_eq!(answer.nodes.iter().map(|it| it.company.as_str()).collect::<Vec<_>>(), ["y"]);
}

#[test]
fn what_a_ticket_is_about_is_asked_natively() {
    let circumstances = || Pretend::circumstances(NOW);
    let neighbour = |id: &str, text: &str| Neighbour {
        ticket: id.to_owned(),
        kind: "support".to_owned(),
        subject: String::new(),
        text: text.to_owned(),
        category: Category::Open,
        company: None,
        requester: None,
        lead: None,
        opened_at: NOW,
    };
    let neighbours = vec![neighbour("t1", "a leak too"), neighbour("t2", "a bill")];
    let text = "there is a leak".to_owned();
    let inquiry =
        correlate::Inquiry { circumstances: circumstances(), ticket: ticket(), text: text.clone(), neighbours };
    let answer = policy().correlate(&inquiry, &Pretend::desk()).unwrap().unwrap();
    assert_eq!(answer.pairs, [Pair::new("t1", 8_000)]);

    let inquiry = qualify::Inquiry { circumstances: circumstances(), lead: ticket() };
    assert_eq!(policy().qualify(&inquiry, &Pretend::desk()).unwrap().unwrap().grade, Grade::B);

    let inquiry = track::Inquiry { circumstances: circumstances(), ticket: ticket(), text, now: None };
    assert_eq!(policy().track(&inquiry, &Pretend::desk()).unwrap().unwrap().track, TrackLevel::Special);

    let subject = Subject::Ticket(ticket());
    let desk = Pretend::desk().with_ancestor(Pretend::firm("Holding"));
    let inquiry = classify::Inquiry { circumstances: circumstances(), subject };
    assert_eq!(policy().classify(&inquiry, &desk).unwrap().unwrap().segment, "company");
    assert!(policy().classify(&inquiry, &Pretend::desk().without("account")).is_err());
}

#[test]
fn what_is_owed_and_what_follows_is_asked_natively() {
    let circumstances = || Pretend::circumstances(NOW);
    let inquiry = promise::Inquiry {
        circumstances: circumstances(),
        ticket: ticket(),
        cause: "opened".to_owned(),
        track: None,
        grade: None,
        tier: None,
        contract: vec![],
    };
    assert!(matches!(policy().promise(&inquiry, &Pretend::desk()), Err(Fault::Missing(_))));
    let desk = Pretend::desk().with_calendar("office", &[1, 2, 3, 4, 5], 9..17);
    let promised = policy().promise(&inquiry, &desk).unwrap().unwrap();
    assert_eq!((promised.targets[0].minutes, promised.targets[0].warn_minutes), (60, Some(15)));
    // From a Monday at nine: the rest of that day, and two whole ones.
    let monday = 4 * DAY + 9 * 3_600_000;
    let within = |days| Target::within_working_days("resolution", days, "office", monday, &desk).map(|it| it.minutes);
    assert_eq!((within(2), within(0)), (Some(3 * 480), None));

    let inquiry = escalate::Inquiry {
        circumstances: circumstances(),
        ticket: ticket(),
        cause: "breached".to_owned(),
        metric: Some("resolution".to_owned()),
        level: 0,
        acknowledged: false,
        since: None,
        track: None,
        tier: None,
    };
    let desk = Pretend::desk()
        .with_commitment(Pretend::owed("resolution", NOW, -1))
        .with_person(Pretend::of_company("Omid", "decider"));
    let climb = policy().escalate(&inquiry, &desk).unwrap().unwrap();
    assert_eq!((climb.level, climb.facts[0].value.text()), (1, Some("Omid")));
    assert_eq!(policy().escalate(&inquiry, &Pretend::desk()).unwrap(), None);

    let event = Happened {
        sequence: 7,
        name: "ticket.created".to_owned(),
        subject: "ticket".to_owned(),
        at: NOW,
        by: "agent".to_owned(),
        depth: 0,
        data: r#"{"kind":"support"}"#.to_owned(),
    };
    let inquiry = react::Inquiry { circumstances: circumstances(), event, ticket: Some(ticket()) };
    let reacted = policy().react(&inquiry, &Pretend::desk()).unwrap().unwrap();
    assert_eq!(reacted.commands[0].body, r#"{"id":"ticket","tags":["support"]}"#);
}
