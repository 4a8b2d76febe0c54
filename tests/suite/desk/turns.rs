//! Desks of one process take turns: a busy one holds up no other, and leaves room in what waits.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Poll, Waker};

use plugdesk_desk::generation::Live;
use plugdesk_desk::{Desk, Error, How, NewDesk, Options};
use plugdesk_domain::{Outcome, Principal};

use super::stand::{Policy, Stand, lead, start, wait};

/// A desk on one thread whose policy waits, and a quiet desk beside it.
struct Busy {
    stand: Stand,
    quiet: Desk,
    /// Calls of the busy desk's policy that began.
    began: Arc<AtomicU32>,
    begun: mpsc::Receiver<()>,
    let_go: mpsc::Sender<()>,
}

fn busy(queue: usize) -> Busy {
    let (tell, begun) = mpsc::channel();
    let (let_go, go) = mpsc::channel::<()>();
    let (go, began) = (Mutex::new(go), Arc::new(AtomicU32::new(0)));
    let counted = Arc::clone(&began);
    let policy = Policy::new("slow", "classify", 1, move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        let _ = tell.send(());
        let _ = go.lock().unwrap().recv();
        Outcome::Answered(None)
    });
    let stand = Stand::with(&[policy], Options { workers: 1, queue, ..Options::default() });
    let record = wait(stand.desks.desk_create(&Principal::operator(), NewDesk::named("quiet"), None)).unwrap().value;
    let quiet = stand.desks.desk(record.id).unwrap();
    Busy { stand, quiet, began, begun, let_go }
}

/// What is answered without waiting; none: it waits.
fn at_once<T>(asked: impl Future<Output = T>) -> Option<T> {
    match std::pin::pin!(asked).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => Some(answer),
        Poll::Pending => None,
    }
}

#[test]
fn a_desk_with_slow_policies_holds_up_no_other_beyond_one_command() {
    let Busy { stand, quiet, began, begun, let_go } = busy(64);
    let before = Arc::new(AtomicU32::new(0));
    let (seen, counted) = (Arc::clone(&before), Arc::clone(&began));
    let policy = Policy::new("looking", "classify", 1, move |_| {
        seen.store(counted.load(Ordering::SeqCst), Ordering::SeqCst);
        Outcome::Answered(None)
    });
    quiet.swap(Live::new(1, vec![policy.bound()], None));
    let (by, how) = (stand.agent(), How::default());
    let mut many: Vec<_> = (0..9).map(|_| Box::pin(stand.desk.ticket_create(&by, lead("slow"), &how))).collect();
    assert!(many.iter_mut().all(|one| !start(one.as_mut())));
    begun.recv().unwrap();
    let theirs = Principal { desk: Some(quiet.id()), ..stand.agent() };
    let mut one = Box::pin(quiet.ticket_create(&theirs, lead("quick"), &how));
    assert!(!start(one.as_mut()), "the only thread is at work");
    drop(let_go);
    wait(one).unwrap();
    assert_eq!(before.load(Ordering::SeqCst), 2, "the one under way, and the busy desk's turn");
    many.into_iter().for_each(|one| drop(wait(one).unwrap()));
    assert_eq!(began.load(Ordering::SeqCst), 9, "and the busy desk loses nothing");
}

#[test]
fn a_busy_desk_leaves_room_among_what_waits() {
    let Busy { stand, quiet, begun, let_go, .. } = busy(8);
    let (by, how) = (stand.agent(), How::default());
    let mut first = Box::pin(stand.desk.ticket_create(&by, lead("slow"), &how));
    assert!(!start(first.as_mut()));
    begun.recv().unwrap();
    let mut waiting: Vec<_> = (0..6).map(|_| Box::pin(stand.desk.ticket_create(&by, lead("slow"), &how))).collect();
    assert!(waiting.iter_mut().all(|one| !start(one.as_mut())), "three times as many as there are places free");
    let refused = at_once(stand.desk.ticket_create(&by, lead("slow"), &how));
    assert!(matches!(&refused, Some(Err(Error::Busy(why))) if why.contains("this desk")), "{refused:?}");
    let theirs = Principal { desk: Some(quiet.id()), ..stand.agent() };
    let mut others: Vec<_> = (0..2).map(|_| Box::pin(quiet.ticket_create(&theirs, lead("quick"), &how))).collect();
    assert!(others.iter_mut().all(|one| !start(one.as_mut())), "another desk is let in");
    let refused = at_once(quiet.ticket_create(&theirs, lead("quick"), &how));
    assert!(matches!(&refused, Some(Err(Error::Busy(why))) if why.contains("all desks")), "{refused:?}");
    drop(let_go);
    wait(first).unwrap();
    waiting.into_iter().for_each(|one| drop(wait(one).unwrap()));
    others.into_iter().for_each(|one| drop(wait(one).unwrap()));
}
