//! Carrying out what policies asked for: each command of a [`Reaction`] through the same call as everybody's, with the
//! rights of whoever caused the event, once, in order. What came of it is written back (lesson 16).

use plugdesk_domain::{
    ApiKey, CommandOutcome, Digest, Instant, KeyId, Mode, Principal, REACTION_BY_NEXT, ROOT_DESK, Reaction,
    ReactionCommand, ReactionId, RecordsExt, Scan,
};

use super::{by_itself, itself, pause, react, table};
use crate::desk::{Desk, Inner};
use crate::draft::Draft;
use crate::error::Error;
use crate::json;
use crate::path::Command;
use crate::view::{Actor, How, Idempotency};

/// Reactions carried out at a time, before others of the desk's work get their turn.
const AT_A_TIME: usize = 32;
/// A command that meets a conflict or a full queue is tried so often, over some hours.
const MOST_ATTEMPTS: u32 = 12;
const FIRST_PAUSE_MS: i64 = 1_000;
const LONGEST_PAUSE_MS: i64 = 3_600_000;
/// A message has at most so many bytes as JSON: eight of them stand beside 48 KiB of bodies in one stored value of 96 KiB.
const MOST_MESSAGE_BYTES: usize = 1 << 10;

impl Desk {
    /// Carries out what policies asked for and is due by now. Gives back when the next is due; none: nothing waits.
    /// Harmless to repeat: each command bears a key made of event, binding and place.
    pub async fn react_due(&self) -> Result<Option<Instant>, Error> {
        let now = self.inner.now();
        let waiting = Scan::index(REACTION_BY_NEXT, Vec::new()).with_limit(AT_A_TIME);
        let found: Vec<Reaction> = self.inner.records.list(&waiting)?.records;
        let mut failed = None;
        for reaction in found.into_iter().filter(|it| react::due(it, now)) {
            // One that can't be noted does not hold up the others.
            failed = self.carry_out(reaction).await.err().or(failed);
        }
        if let Some(error) = failed {
            return Err(error);
        }
        let next = Scan::index(REACTION_BY_NEXT, Vec::new()).with_limit(1);
        Ok(self.inner.records.list::<Reaction>(&next)?.records.pop().and_then(|it| it.next_attempt_at))
    }

    async fn carry_out(&self, reaction: Reaction) -> Result<(), Error> {
        let by = Principal {
            desk: Some(self.id()),
            role: reaction.role,
            name: reaction.by.clone(),
            key: None,
            contact: reaction.contact,
            agent: None,
        };
        let last = reaction.attempts.saturating_add(1) >= MOST_ATTEMPTS;
        let mut commands = reaction.commands.clone();
        for (place, command) in commands.iter_mut().enumerate() {
            if command.outcome != CommandOutcome::Queued {
                continue;
            }
            if let Some(why) = self.no_longer(&reaction, &command.name)? {
                command.outcome = CommandOutcome::Refused;
                command.message = Some(why);
                continue;
            }
            let how = how(&reaction, place, command);
            match table::carry(self, &by, &how, &command.name, command.body.clone()).await {
                Ok(subject) => {
                    command.outcome = CommandOutcome::Done;
                    command.subject = Some(subject);
                }
                Err(error) if passing(&error) && !last => {
                    // What comes behind it waits too: a policy's commands are carried out in its order.
                    command.message = Some(words(&error));
                    break;
                }
                Err(error) => {
                    let given_up = passing(&error);
                    command.outcome = if given_up { CommandOutcome::Failed } else { CommandOutcome::Refused };
                    command.message = Some(words(&error));
                }
            }
        }
        let note = Note { id: reaction.id, version: reaction.version, commands };
        match self.submit(&itself(&self.inner), &by_itself(&self.inner), note).await {
            // Somebody was faster, and did the same.
            Ok(_) | Err(Error::Conflict(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Why a command that waits may not be carried out any more: what held when it was asked for may have ended since.
    fn no_longer(&self, reaction: &Reaction, command: &str) -> Result<Option<String>, Error> {
        let live = self.live();
        let bound = live.bindings().iter().find(|it| it.binding.id == reaction.binding);
        let Some(bound) = bound.filter(|it| it.binding.mode == Mode::Active) else {
            return Ok(Some("the policy was switched off since".to_owned()));
        };
        if !plugdesk_domain::event::matches(&bound.granted.commands, command) {
            return Ok(Some(format!("the policy is no longer granted `{command}`")));
        }
        let Ok(key) = reaction.by.parse::<KeyId>() else { return Ok(None) };
        let key: Option<ApiKey> = self.inner.parts.storage.records(ROOT_DESK).find(key)?;
        let revoked = key.is_some_and(|it| it.revoked_at.is_some_and(|at| at <= self.inner.now()));
        Ok(revoked.then(|| "the key that caused it was revoked since".to_owned()))
    }
}

/// How a command of a reaction is carried out.
fn how(reaction: &Reaction, place: usize, command: &ReactionCommand) -> How {
    let key = Digest::of(format!("{}/{}/{place}", reaction.event, reaction.binding).as_bytes()).to_string();
    // No header holds the arrow, so nobody can take the key first.
    let key = format!("reaction→{key}");
    let request = Digest::of(format!("{} {}", command.name, command.body).as_bytes());
    How {
        idempotency: Some(Idempotency { key, request }),
        actor: Actor::Policy,
        depth: reaction.depth,
        policy: Some(reaction.policy.clone()),
        origin: Some(reaction.id.to_string()),
        ..How::default()
    }
}

/// Whether trying again may help.
fn passing(error: &Error) -> bool {
    match error {
        Error::Conflict(_)
        | Error::IdempotencyInFlight
        | Error::Busy(_)
        | Error::ReadOnly(_)
        | Error::Held(_)
        | Error::NoSpace(_)
        | Error::Unknown(_)
        | Error::Damaged(_)
        | Error::Internal(_) => true,
        Error::NotFound { .. }
        | Error::Invalid(_)
        | Error::Forbidden(_)
        | Error::Exists { .. }
        | Error::VersionMismatch { .. }
        | Error::IdempotencyReused
        | Error::Refused { .. }
        | Error::Declined { .. }
        | Error::Pack(_)
        | Error::Cursor
        | Error::TooLarge { .. } => false,
    }
}

fn words(error: &Error) -> String {
    json::line_of(&error.to_string(), MOST_MESSAGE_BYTES)
}

/// Writes back what came of a reaction.
struct Note {
    id: ReactionId,
    version: u64,
    commands: Vec<ReactionCommand>,
}

impl Command for Note {
    type Value = ();
    const NAME: &'static str = "reaction.note";
    const STATUS: u16 = 200;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<(), Error> {
        draft.subject = self.id.to_string();
        let found: Option<Reaction> = draft.find(self.id)?;
        let Some(reaction) = found.filter(|it| it.version == self.version) else { return Ok(()) };
        let attempts = reaction.attempts.saturating_add(1);
        let waits = self.commands.iter().any(|it| it.outcome == CommandOutcome::Queued);
        let again = draft.now.plus_millis(pause(attempts, FIRST_PAUSE_MS, LONGEST_PAUSE_MS));
        let next_attempt_at = waits.then_some(again);
        draft.change(Reaction { commands: self.commands.clone(), attempts, next_attempt_at, ..reaction });
        Ok(())
    }

    fn again(&self, _desk: &Inner, _subject: &str) -> Result<(), Error> {
        Ok(())
    }
}
