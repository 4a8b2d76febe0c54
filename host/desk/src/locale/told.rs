//! Reasons told in the reader's language: decisions and tickets as they are shown.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use plugdesk_domain::{Decision, Digest, Pack, Reason, Ticket};
use serde_json::Value;

use super::{Texts, chain};
use crate::binding::Shelf as _;
use crate::desk::{Desk, Inner};
use crate::error::Error;

/// Texts of so many components are kept at hand; full: all are forgotten and read again.
const MOST_KEPT: usize = 128;

/// Reason texts by the component that gives the reasons. A component whose pack is not there says nothing, which is
/// kept as well: a page of old decisions must not look through every pack for each of their opinions.
#[derive(Default)]
pub(crate) struct Shelf(RwLock<Kept>);

#[derive(Default)]
struct Kept {
    texts: BTreeMap<Digest, Arc<Texts>>,
    /// How often something was forgotten: what was read before must not be kept after.
    forgotten: u64,
}

impl Shelf {
    /// The texts of the pack that a component came in; without one, none are said.
    fn of(&self, desk: &Inner, component: Digest, pack: impl FnOnce() -> Result<Option<Pack>, Error>) -> Arc<Texts> {
        let forgotten = {
            let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(texts) = kept.texts.get(&component) {
                return Arc::clone(texts);
            }
            kept.forgotten
        };
        let texts = match pack() {
            Ok(pack) => pack.map_or_else(Arc::default, |pack| Arc::new(read(desk, &pack))),
            // A store that fails now may answer later, so nothing is kept.
            Err(_) => return Arc::default(),
        };
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if kept.forgotten == forgotten {
            if kept.texts.len() >= MOST_KEPT {
                kept.texts.clear();
            }
            kept.texts.insert(component, Arc::clone(&texts));
        }
        texts
    }

    /// Forgets a component's texts: a pack with the component, perhaps with other texts, was installed.
    pub(crate) fn forget(&self, component: Digest) {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        kept.texts.remove(&component);
        kept.forgotten += 1;
    }
}

/// The texts of an installed pack. They were read when it was installed, so what can't be read now is left out.
fn read(desk: &Inner, pack: &Pack) -> Texts {
    let mut texts = Texts::default();
    for (locale, digest) in &pack.locales {
        if let Ok(Some(ftl)) = desk.parts.storage.blobs().get(digest) {
            let _ = texts.add(locale, &ftl);
        }
    }
    texts
}

impl Desk {
    /// The decision with every reason's text in the first of the `asked` languages that its pack speaks, then the
    /// desk's, then English; without any the code stands for the text.
    #[must_use]
    pub fn decision_told(&self, mut decision: Decision, asked: &[String]) -> Decision {
        let chain = chain(asked, &self.record().locale);
        for asked in &mut decision.asked {
            let mut first = None;
            for opinion in &mut asked.opinions {
                let texts = self.texts_of(&opinion.pack_version, opinion.component);
                opinion.reasons.iter_mut().for_each(|reason| tell(reason, &texts, &chain));
                opinion.answer.iter_mut().for_each(|answer| tell_within(answer, &texts, &chain));
                let named = asked.joined.as_ref().and_then(|joined| joined.get("policy")?.as_str());
                if named == Some(opinion.policy.as_str()) && !opinion.shadow {
                    first = Some(texts);
                }
            }
            if let (Some(joined), Some(texts)) = (&mut asked.joined, first) {
                tell_within(joined, &texts, &chain);
            }
        }
        decision
    }

    /// The ticket with the text of the question to ask next.
    #[must_use]
    pub fn ticket_told(&self, mut ticket: Ticket, asked: &[String]) -> Ticket {
        let Some(reason) = ticket.qualified.as_mut().and_then(|qualified| qualified.next_question.as_mut()) else {
            return ticket;
        };
        let chain = chain(asked, &self.record().locale);
        let live = self.live();
        let binds = live.bindings().iter().map(|it| &it.binding).filter(|it| it.question == "qualify");
        let texts = binds.map(|it| self.texts_of(&it.pack_version, it.component));
        let said = texts.into_iter().find_map(|texts| texts.say(reason, &chain));
        reason.text = Some(said.unwrap_or_else(|| reason.code.clone()));
        ticket
    }

    /// The texts of a component of that version: of the pack that binds it now, else of any that it came in.
    fn texts_of(&self, version: &str, component: Digest) -> Arc<Texts> {
        let pack = || {
            let live = self.live();
            if let Some(bound) = live.bindings().iter().map(|it| &it.binding).find(|it| it.component == component)
                && let Some((pack, _)) = self.inner.pack(&bound.pack, &bound.pack_version, &component)?
            {
                return Ok(Some(pack));
            }
            let mut all = crate::binding::packs(&self.inner, "")?;
            all.retain(|pack| pack.plugins.iter().any(|plugin| plugin.component == component));
            Ok(all.into_iter().max_by_key(|pack| (pack.manifest.pack.version == version, pack.created_at)))
        };
        self.inner.texts.of(&self.inner, component, pack)
    }
}

fn tell(reason: &mut Reason, texts: &Texts, chain: &[String]) {
    reason.text = Some(texts.say(reason, chain).unwrap_or_else(|| reason.code.clone()));
}

/// Tells the reasons that stand as fields of an answer's JSON, such as `next_question`, and those of its parts, such as
/// a likeness's own.
fn tell_within(answer: &mut Value, texts: &Texts, chain: &[String]) {
    for field in answer.as_object_mut().into_iter().flat_map(|fields| fields.values_mut()) {
        tell_json(field, texts, chain);
        for part in field.as_array_mut().into_iter().flatten() {
            let reasons = part.get_mut("reasons").and_then(Value::as_array_mut);
            reasons.into_iter().flatten().for_each(|reason| tell_json(reason, texts, chain));
        }
    }
}

fn tell_json(value: &mut Value, texts: &Texts, chain: &[String]) {
    if value.get("code").is_some()
        && let Ok(mut reason) = serde_json::from_value::<Reason>(value.clone())
    {
        tell(&mut reason, texts, chain);
        *value = serde_json::to_value(reason).unwrap_or_default();
    }
}
