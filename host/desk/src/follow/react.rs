//! `reaction/<binding>`: each policy that is bound to `react` reads the log at its own place. What it wants done is kept
//! as a [`Reaction`], in one change with its decision and its cursor.

use std::sync::Arc;

use plugdesk_domain::question::react::Wanted;
use plugdesk_domain::{
    ApiKey, Binding, Change, CommandOutcome, ContactId, Cursor, Event, Instant, KeyId, Mode, ROOT_DESK, Reaction,
    ReactionCommand, ReactionId, RecordsExt, Role,
};
use serde_json::Value;

use super::Follower;
use crate::desk::Inner;
use crate::draft::{Cause, Draft};
use crate::error::Error;
use crate::generation::{Bound, Live};
use crate::question::react::{Heard, event as ask, hears};

/// The bodies of one reaction have together at most so many bytes of JSON: it is one stored value of 96 KiB.
const MOST_BODIES_BYTES: usize = 48 << 10;

pub(super) struct React(Arc<Bound>);

/// Every binding of a generation that follows the log.
pub(super) fn bound(live: &Live) -> Vec<React> {
    let asked = live.bindings().iter().filter(|it| follows(&it.binding));
    asked.map(|it| React(Arc::clone(it))).collect()
}

fn follows(binding: &Binding) -> bool {
    binding.question == crate::question::REACT && binding.mode != Mode::Off
}

fn cursor_name(binding: &Binding) -> String {
    format!("reaction/{}", binding.id)
}

/// Puts the cursors of bindings that did not follow the log before, and do now, at its head: nobody reacts to what
/// happened while it was away.
pub(crate) fn heads(desk: &Inner, before: &[Binding], now: &[Binding], change: &mut Change) -> Result<(), Error> {
    let followed = |it: &Binding| before.iter().any(|old| old.id == it.id && follows(old));
    let fresh: Vec<&Binding> = now.iter().filter(|it| follows(it) && !followed(it)).collect();
    if fresh.is_empty() {
        return Ok(());
    }
    let (head, at) = (desk.records.last_event()?, desk.now());
    for binding in fresh {
        let name = cursor_name(binding);
        match desk.records.find::<Cursor>(name.as_str())? {
            None => change.create(super::made(name, head, at)),
            Some(mut cursor) => {
                cursor.sequence = head;
                plugdesk_domain::record::Stored::touch(&mut cursor, at);
                change.update(cursor);
            }
        }
    }
    Ok(())
}

impl Follower for React {
    const NAME: &'static str = "reaction.decide";

    fn name(&self) -> String {
        cursor_name(&self.0.binding)
    }

    fn reads_whole_log(&self) -> bool {
        false
    }

    /// Up to the first event that it has something to say about: each is a decision of its own.
    fn follow(&self, draft: &mut Draft<'_>, events: &[Event]) -> Result<usize, Error> {
        for (place, event) in events.iter().enumerate().filter(|(_, event)| hears(&self.0, event)) {
            // What the host tells meanwhile, such as a failure, follows from the event.
            let depth = event.depth.saturating_add(1);
            draft.cause = Cause { by: event.by.clone(), role: event.role, depth };
            draft.subject.clone_from(&event.subject);
            match ask(draft, self.0.binding.id, event)? {
                Heard::Nothing => {}
                Heard::Wants(wanted) => {
                    self.keep(draft, event, wanted)?;
                    return Ok(place + 1);
                }
            }
        }
        Ok(events.len())
    }
}

impl React {
    fn keep(&self, draft: &mut Draft<'_>, event: &Event, wanted: Vec<Wanted>) -> Result<(), Error> {
        if wanted.is_empty() {
            return Ok(());
        }
        let mut bytes = 0;
        let commands = wanted.into_iter().map(|it| self.command(it, &mut bytes)).collect::<Vec<_>>();
        for command in &commands {
            let verb = if command.outcome == CommandOutcome::Queued { "queued" } else { "refused" };
            draft.effect(format!("{} is {verb}", command.name));
        }
        let waits = commands.iter().any(|it| it.outcome == CommandOutcome::Queued);
        let (now, role) = (draft.now, event.role.unwrap_or(Role::Agent));
        draft.create(Reaction {
            id: ReactionId::new(now, draft.desk.bits()),
            version: 1,
            created_at: now,
            updated_at: now,
            binding: self.0.binding.id,
            policy: self.0.binding.policy.clone(),
            event: event.sequence,
            subject: event.subject.clone(),
            depth: draft.cause.depth,
            by: event.by.clone(),
            role,
            contact: if role == Role::Customer { customer(draft.desk, &event.by)? } else { None },
            decision: draft.decision,
            commands,
            attempts: 0,
            next_attempt_at: waits.then_some(now),
        });
        Ok(())
    }

    /// The command as kept: refused at once where the binding was not granted it.
    fn command(&self, wanted: Wanted, bytes: &mut usize) -> ReactionCommand {
        let refused = |name, message: String| {
            let (outcome, message) = (CommandOutcome::Refused, Some(message));
            ReactionCommand { name, body: Value::Null, outcome, message, subject: None }
        };
        if !plugdesk_domain::event::matches(&self.0.granted.commands, &wanted.name) {
            let message = format!("the policy was not granted `{}`", wanted.name);
            return refused(wanted.name, message);
        }
        *bytes += wanted.body.to_string().len();
        if *bytes > MOST_BODIES_BYTES {
            let message = format!("the bodies have together more than {MOST_BODIES_BYTES} bytes");
            return refused(wanted.name, message);
        }
        let Wanted { name, body } = wanted;
        ReactionCommand { name, body, outcome: CommandOutcome::Queued, message: None, subject: None }
    }
}

/// The contact on whose behalf a customer's event happened: it is named itself, or by its key.
fn customer(desk: &Inner, by: &str) -> Result<Option<ContactId>, Error> {
    if let Ok(contact) = by.parse::<ContactId>() {
        return Ok(Some(contact));
    }
    let Ok(key) = by.parse::<KeyId>() else { return Ok(None) };
    let found: Option<ApiKey> = desk.parts.storage.records(ROOT_DESK).find(key)?;
    Ok(found.filter(|key| key.desk == Some(desk.record.id)).and_then(|key| key.contact))
}

/// When a reaction is due.
pub(super) fn due(reaction: &Reaction, now: Instant) -> bool {
    reaction.next_attempt_at.is_some_and(|at| at <= now)
}
