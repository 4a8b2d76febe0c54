//! Webhooks: what is delivered, in which order, how often it is tried, and when a receiver is given up.

use plugdesk_desk::follow::{MOST_WAITING, Sending, Sent};
use plugdesk_desk::{Error, How, NewCompany, NewWebhook, TicketPatch, WebhookPatch, WebhookView};
use plugdesk_domain::{
    DELIVERY_BY_NEXT, Delivery, DeliveryState, Principal, RecordsExt, Role, Scan, Storage, TicketId,
};

use super::reactions::stand;
use super::stand::{Stand, lead, wait};

const HOUR: i64 = 3_600_000;

fn hook(stand: &Stand, events: &[&str]) -> WebhookView {
    let events = events.iter().map(|&it| it.to_owned()).collect();
    let new = NewWebhook { title: "warehouse".into(), url: "https://hooks.example.com/in".into(), events };
    wait(stand.desk.webhook_create(&stand.admin(), new, &How::default())).unwrap().value
}

fn ticket(stand: &Stand, subject: &str) -> TicketId {
    wait(stand.desk.ticket_create(&stand.agent(), lead(subject), &How::default())).unwrap().value.id
}

fn due(stand: &Stand) -> Vec<Sending> {
    wait(stand.desk.deliveries_due(&[])).unwrap().0
}

fn answered(stand: &Stand, sending: &Sending, status: u16) {
    wait(stand.desk.delivery_sent(sending.delivery, Sent { answer: Ok(status), took_ms: 7 })).unwrap();
}

fn deliveries(stand: &Stand, hook: &WebhookView, state: Option<DeliveryState>) -> Vec<Delivery> {
    stand.desk.delivery_list(&stand.admin(), hook.id, state, &Default::default()).unwrap().records
}

fn body(sending: &Sending) -> serde_json::Value {
    serde_json::from_str(&sending.body).unwrap()
}

#[test]
fn a_receiver_hears_what_it_asked_for_in_the_order_of_the_log() {
    let stand = stand(&[]);
    ticket(&stand, "before");
    hook(&stand, &["ticket.*"]);
    let made: Vec<String> = ["a", "b", "c"].iter().map(|subject| ticket(&stand, subject).to_string()).collect();
    stand.work_off();
    let mut heard = Vec::new();
    while let [sending] = due(&stand).as_slice() {
        let body = body(sending);
        assert_eq!(body["type"], "ticket.created");
        heard.push(body["data"]["subject"].as_str().unwrap().to_owned());
        answered(&stand, sending, 204);
    }
    assert_eq!(heard, made, "what happened before the webhook was there is not sent");
}

#[test]
fn a_body_holds_nobodys_name_and_no_words() {
    let stand = stand(&[]);
    hook(&stand, &[]);
    let new = plugdesk_desk::NewTicket {
        contact: Some(super::stand::person("Ann Secret", "ann@secret.example")),
        entries: vec![plugdesk_desk::NewEntry::reply("my secret words")],
        ..lead("secret subject")
    };
    wait(stand.desk.ticket_create(&stand.agent(), new, &How::default())).unwrap();
    stand.work_off();
    let mut seen = 0;
    while let [sending] = due(&stand).as_slice() {
        assert!(!sending.body.to_lowercase().contains("secret"), "{}", sending.body);
        assert!(!sending.body.contains("anna"), "{}", sending.body);
        answered(&stand, sending, 200);
        seen += 1;
    }
    assert!(seen >= 2, "{seen}");
}

#[test]
fn a_failed_attempt_follows_the_schedule_and_keeps_its_id() {
    let stand = stand(&[]);
    let hook = hook(&stand, &["ticket.created"]);
    ticket(&stand, "a");
    stand.work_off();
    let first = due(&stand).pop().unwrap();
    answered(&stand, &first, 500);
    assert!(due(&stand).is_empty(), "not at once");
    stand.clock.turn(5_000);
    let second = due(&stand).pop().expect("after five seconds");
    assert_eq!(second.delivery, first.delivery, "the receiver must know a repetition");
    assert!(second.failing);
    answered(&stand, &second, 302);
    stand.clock.turn(5 * 60_000);
    let third = due(&stand).pop().expect("after five minutes");
    answered(&stand, &third, 200);
    let done = deliveries(&stand, &hook, Some(DeliveryState::Delivered)).pop().unwrap();
    assert_eq!(done.attempts.iter().map(|it| it.status.unwrap()).collect::<Vec<_>>(), [500, 302, 200]);
    assert!(done.attempts[1].error.as_deref().unwrap().contains("redirects are not followed"));
    assert_eq!(stand.desk.webhook(&stand.admin(), hook.id).unwrap().failing_since, None);
}

#[test]
fn a_receiver_that_fails_a_third_of_the_time_hears_in_the_order_of_the_log() {
    let stand = stand(&[]);
    hook(&stand, &["ticket.created"]);
    for subject in 0..40 {
        ticket(&stand, &subject.to_string());
    }
    stand.work_off();
    let (mut taken, mut dice) = (Vec::new(), 7_u64);
    for _ in 0..2_000 {
        while let [sending] = due(&stand).as_slice() {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let fails = (dice >> 33) % 3 == 0;
            if !fails {
                taken.push(body(sending)["data"]["sequence"].as_u64().unwrap());
            }
            answered(&stand, sending, if fails { 503 } else { 200 });
        }
        stand.clock.turn(60_000);
    }
    assert_eq!(taken.len(), 40);
    assert!(taken.is_sorted(), "{taken:?}");
}

#[test]
fn a_delivery_that_a_receiver_never_takes_steps_aside_at_once_if_it_is_refused_and_after_hours_if_it_fails() {
    for (status, minutes) in [(422, 0), (500, 156), (429, 156)] {
        let stand = stand(&[]);
        hook(&stand, &["ticket.created"]);
        ticket(&stand, "poison");
        ticket(&stand, "behind it");
        stand.work_off();
        let poison = due(&stand).pop().unwrap().delivery;
        let mut waited = 0;
        while waited < 1_000 {
            match due(&stand).pop() {
                Some(sending) if sending.delivery == poison => answered(&stand, &sending, status),
                Some(_) => break,
                None => {
                    stand.clock.turn(60_000);
                    waited += 1;
                }
            }
        }
        assert_eq!(waited, minutes, "{status}");
    }
}

#[test]
fn ten_attempts_are_enough_and_a_receiver_that_fails_for_days_is_disabled() {
    let stand = stand(&[]);
    let hook = hook(&stand, &["ticket.created"]);
    ticket(&stand, "a");
    stand.work_off();
    let mut attempts = 0;
    for _ in 0..200 {
        while let Some(sending) = due(&stand).pop() {
            wait(stand.desk.delivery_sent(sending.delivery, Sent { answer: Err("no answer".into()), took_ms: 10_000 }))
                .unwrap();
            attempts += 1;
        }
        stand.clock.turn(HOUR);
    }
    assert_eq!(attempts, 10);
    assert_eq!(deliveries(&stand, &hook, Some(DeliveryState::Failed)).len(), 1);
    let now = stand.desk.webhook(&stand.admin(), hook.id).unwrap();
    assert!(!now.active && now.disabled.as_deref().unwrap().starts_with("the receiver failed for 7"), "{now:?}");
    assert_eq!(stand.events().iter().filter(|event| *event == "webhook.disabled").count(), 1);
}

#[test]
fn a_receiver_that_is_gone_is_sent_no_more_and_can_be_switched_on_again() {
    let stand = stand(&[]);
    let hook = hook(&stand, &["ticket.created"]);
    ticket(&stand, "a");
    ticket(&stand, "b");
    stand.work_off();
    answered(&stand, &due(&stand).pop().unwrap(), 410);
    assert!(due(&stand).is_empty());
    let failed = deliveries(&stand, &hook, Some(DeliveryState::Failed));
    assert_eq!(failed.len(), 2, "what waited is given up with it");
    ticket(&stand, "while it was off");
    stand.work_off();
    let patch = WebhookPatch { active: Some(true), ..WebhookPatch::default() };
    let on = wait(stand.desk.webhook_update(&stand.admin(), hook.id, patch, &How::default())).unwrap().value;
    assert!(on.active && on.disabled.is_none());
    let id = ticket(&stand, "c").to_string();
    stand.work_off();
    let sending = due(&stand).pop().unwrap();
    assert_eq!(body(&sending)["data"]["subject"], id, "what happened while it was off is not sent");
    answered(&stand, &sending, 200);
    // What was given up can be sent again by hand, under its id.
    let again = failed[0].id;
    wait(stand.desk.delivery_replay(&stand.admin(), hook.id, again, &How::default())).unwrap();
    let sending = due(&stand).pop().unwrap();
    assert_eq!(sending.delivery, again);
    answered(&stand, &sending, 200);
    assert_eq!(stand.desk.delivery(&stand.admin(), hook.id, again).unwrap().state, DeliveryState::Delivered);
}

#[test]
fn a_slow_receiver_does_not_delay_another() {
    let stand = stand(&[]);
    let slow = hook(&stand, &["ticket.created"]);
    let quick = hook(&stand, &["ticket.created"]);
    for subject in ["a", "b", "c"] {
        ticket(&stand, subject);
    }
    stand.work_off();
    for _ in 0..3 {
        let (sendings, _) = wait(stand.desk.deliveries_due(&[slow.id])).unwrap();
        assert_eq!(sendings.iter().map(|it| it.webhook).collect::<Vec<_>>(), [quick.id]);
        answered(&stand, &sendings[0], 200);
    }
    assert_eq!(deliveries(&stand, &slow, Some(DeliveryState::Pending)).len(), 3);
}

#[test]
fn however_much_happens_few_deliveries_wait_and_none_is_lost() {
    let stand = stand(&[]);
    let (slow, quick) = (hook(&stand, &["company.created"]), hook(&stand, &["company.created"]));
    let many = 2 * MOST_WAITING + 50;
    for number in 0..many {
        let new = NewCompany { name: format!("company {number}"), ..NewCompany::default() };
        wait(stand.desk.company_create(&stand.agent(), new, &How::default())).unwrap();
    }
    // Those that have no room are asked again, which is no failure.
    stand.try_to_work_off();
    let waiting = |hook: &WebhookView| {
        let all = Scan::index(DELIVERY_BY_NEXT, vec![hook.id.into()]).with_limit(Scan::MOST);
        stand.store.records(stand.desk.id()).list::<Delivery>(&all).unwrap().records.len()
    };
    assert_eq!((waiting(&slow), waiting(&quick)), (MOST_WAITING, MOST_WAITING));
    let again = wait(stand.desk.follow()).unwrap();
    assert!(!again.more && again.again.is_some(), "nobody is kept busy by it: {again:?}");
    let mut heard = Vec::new();
    while heard.len() < many {
        let Some(sending) = due(&stand).into_iter().find(|it| it.webhook == quick.id) else {
            stand.clock.turn(100);
            stand.try_to_work_off();
            continue;
        };
        heard.push(body(&sending)["data"]["sequence"].as_u64().unwrap());
        answered(&stand, &sending, 200);
    }
    assert!(heard.is_sorted() && heard.windows(2).all(|two| two[0] < two[1]), "each once, in the order of the log");
    assert_eq!((waiting(&slow), waiting(&quick)), (MOST_WAITING, 0), "the slow one is where it was");
}

#[test]
fn a_webhook_can_be_tried_out_and_only_it_hears() {
    let stand = stand(&[]);
    let tried = hook(&stand, &["company.created"]);
    hook(&stand, &[]);
    stand.work_off();
    while let Some(sending) = due(&stand).pop() {
        answered(&stand, &sending, 200);
    }
    wait(stand.desk.webhook_test(&stand.admin(), tried.id, &How::default())).unwrap();
    stand.work_off();
    let sendings = due(&stand);
    assert_eq!(sendings.iter().map(|it| it.webhook).collect::<Vec<_>>(), [tried.id]);
    assert_eq!(body(&sendings[0])["type"], "webhook.tested");
}

#[test]
fn each_event_is_delivered_once_wherever_the_process_dies() {
    for commits in 0..8 {
        for stored in [false, true] {
            let stand = stand(&[]);
            let hook = hook(&stand, &["ticket.created"]);
            ticket(&stand, "a");
            let id = ticket(&stand, "b");
            let patch = TicketPatch { add_tags: vec!["x".into()], ..TicketPatch::default() };
            wait(stand.desk.ticket_update(&stand.agent(), id, patch, &How::default())).unwrap();
            stand.seen.die_after(commits, stored);
            stand.try_to_work_off();
            let stand = stand.restarted(&[]);
            stand.work_off();
            let all = deliveries(&stand, &hook, None);
            assert_eq!(all.len(), 2, "died after {commits} commits, the last one stored: {stored}");
        }
    }
}

#[test]
fn the_key_is_shown_once_and_webhooks_are_an_admins() {
    let stand = stand(&[]);
    let made = hook(&stand, &[]);
    assert!(made.secret.as_ref().unwrap().0.starts_with("whsec_"));
    let later = stand.desk.webhook_list(&stand.admin()).unwrap();
    assert!(later[0].secret.is_none());
    ticket(&stand, "for its sending");
    stand.work_off();
    let sending = due(&stand).pop().unwrap();
    let secret = &made.secret.as_ref().unwrap().0["whsec_".len()..];
    assert_eq!(sending.keys, made.secret.clone().into_iter().collect::<Vec<_>>());
    // What is printed by mistake, in a panic or a log, shows neither the key nor the address.
    let printed = format!("{made:?} {sending:?} {:?}", sending.keys);
    assert!(!printed.contains(secret) && !format!("{sending:?}").contains("hooks.example.com"), "{printed}");
    answered(&stand, &sending, 204);
    for role in [Role::Agent, Role::Customer, Role::Author] {
        let by = Principal { role, ..stand.agent() };
        assert!(matches!(stand.desk.webhook_list(&by), Err(Error::Forbidden(_))), "{role:?}");
        let refused = wait(stand.desk.webhook_delete(&by, made.id, &How::default()));
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{role:?}");
    }
    wait(stand.desk.webhook_delete(&stand.admin(), made.id, &How::default())).unwrap();
    ticket(&stand, "a");
    stand.work_off();
    assert!(due(&stand).is_empty());
}
