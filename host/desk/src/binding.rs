//! Bindings and generations: which policies answer which questions, changed as one value and swapped at once.
//!
//! Every change makes a new generation from the one in force. What it brings is loaded and prepared before it is
//! stored, so a bad binding refuses the change and never disturbs the desk; a binding that no longer loads later fails
//! with its class and stops nothing.

mod answer;
mod change;
mod diff;
mod edit;
mod live;
mod view;

use plugdesk_domain::principal::{Act, Area};
use plugdesk_domain::{Binding, BindingId, Generation, Mode, Principal, RecordsExt, Scan, Table};

use crate::desk::Desk;
use crate::error::Error;
use crate::view::{Done, How, PageRequest};

pub(crate) use answer::{Answer, again};
pub(crate) use change::{Draft, change, change_once};
pub use diff::{BindingDiff, Difference, GenerationDiff};
pub use edit::{BindingPatch, NewBinding};
pub(crate) use live::{Shelf, load, packs};
pub use view::{BindingView, PolicyBinding, PolicyView};

/// Generations are read so many at a time when a binding's last change is looked for: each is at most 96 KiB.
const LOOKED_BACK_AT_ONCE: usize = 16;
/// So far back is looked for it: beyond that a person knows better which one is meant.
const MOST_LOOKED_BACK: usize = 512;

impl Desk {
    /// The policies of the generation in force, by name.
    pub fn policies(&self, by: &Principal) -> Result<Vec<PolicyView>, Error> {
        self.inner.authorise(by, Area::Policy, Act::Read)?;
        Ok(view::policies(&self.live()))
    }

    /// The bindings of the generation in force, with their configurations, by question, rank and id.
    pub fn binding_list(&self, by: &Principal) -> Result<Vec<BindingView>, Error> {
        self.inner.authorise(by, Area::Policy, Act::Read)?;
        let live = self.live();
        live.bindings().iter().map(|it| view::binding(&self.inner, &it.binding, live.number())).collect()
    }

    /// One binding of the generation in force.
    pub fn binding(&self, by: &Principal, id: BindingId) -> Result<BindingView, Error> {
        self.inner.authorise(by, Area::Policy, Act::Read)?;
        let live = self.live();
        let found = live.bindings().iter().find(|it| it.binding.id == id);
        let found = found.ok_or_else(|| Error::not_found("binding", id))?;
        view::binding(&self.inner, &found.binding, live.number())
    }

    /// Binds a plugin of an installed pack. `how.if_match` names the generation that must be in force.
    pub async fn binding_create(&self, by: &Principal, new: NewBinding, how: &How) -> Result<Done<BindingView>, Error> {
        let why = format!("{} bound to {}", new.policy.as_ref().unwrap_or(&new.plugin), new.question);
        let edit = move |draft: &mut Draft<'_>| draft.bind(&new);
        self.binding_change(by, ("binding.created", why), true, how, edit).await
    }

    /// Changes a binding: its rank, mode, scope, failure rule, what it replaces, or the overlay of its configuration.
    pub async fn binding_update(
        &self,
        by: &Principal,
        id: BindingId,
        patch: BindingPatch,
        how: &How,
    ) -> Result<Done<BindingView>, Error> {
        let edit = move |draft: &mut Draft<'_>| draft.rebind(id, &patch);
        self.binding_change(by, ("binding.updated", format!("binding {id} changed")), false, how, edit).await
    }

    /// Takes a binding away.
    pub async fn binding_delete(&self, by: &Principal, id: BindingId, how: &How) -> Result<Done<Generation>, Error> {
        let edit = move |draft: &mut Draft<'_>| draft.unbind(id);
        change(self, by, "binding.deleted", format!("binding {id} deleted"), how, edit).await.map(generation)
    }

    /// Turns every binding of a policy on (`active`), off or into shadow. Works in any state of the policy, at once:
    /// turning off loads nothing.
    pub async fn policy_mode(
        &self,
        by: &Principal,
        name: &str,
        mode: Mode,
        how: &How,
    ) -> Result<Done<Generation>, Error> {
        let word = match mode {
            Mode::Active => "on",
            Mode::Shadow => "in shadow",
            Mode::Off => "off",
        };
        let (why, name) = (format!("policy {name} {word}"), name.to_owned());
        let edit = move |draft: &mut Draft<'_>| draft.set_mode(&name, mode);
        change(self, by, "policy.switched", why, how, edit).await.map(generation)
    }

    /// A page of generations, newest first, and where to go on.
    pub fn generation_list(
        &self,
        by: &Principal,
        page: &PageRequest,
    ) -> Result<plugdesk_domain::Page<Generation>, Error> {
        self.inner.authorise(by, Area::Policy, Act::Read)?;
        let scan = Scan::table(Table::Generation).backward().with_limit(page.limit()).with_after(page.after.clone());
        Ok(self.inner.records.list(&scan)?)
    }

    /// The generation of that number.
    pub fn generation(&self, by: &Principal, number: u64) -> Result<Generation, Error> {
        self.inner.authorise(by, Area::Policy, Act::Read)?;
        let key = i64::try_from(number).map_err(|_| Error::not_found("generation", number))?;
        self.inner.records.find(key)?.ok_or_else(|| Error::not_found("generation", number))
    }

    /// Goes back: makes a new generation whose bindings are those of an old one.
    pub async fn generation_rollback(&self, by: &Principal, number: u64, how: &How) -> Result<Done<Generation>, Error> {
        self.inner.authorise(by, Area::Policy, Act::Write)?;
        let old = self.generation(by, number)?;
        let edit = move |draft: &mut Draft<'_>| {
            draft.bindings.clone_from(&old.bindings);
            draft.allow_failing = true;
            Ok(())
        };
        let why = format!("back to generation {number}");
        change(self, by, "generation.rolled-back", why, how, edit).await.map(generation)
    }

    /// Goes back with one binding: makes a new generation in which it is as it was in generation `to`, which may be that
    /// it is there again or no more; none: as it was before it was changed last. Everything else stays. Unlike going
    /// back as a whole it refuses a binding that no longer loads, because nothing else is mended by it.
    pub async fn binding_rollback(
        &self,
        by: &Principal,
        id: BindingId,
        to: Option<u64>,
        how: &How,
    ) -> Result<Done<Generation>, Error> {
        self.inner.authorise(by, Area::Policy, Act::Write)?;
        let old = match to {
            Some(number) => self.generation(by, number)?,
            None => self.before_last_change(by, id)?,
        };
        let why = format!("binding {id} back to generation {}", old.number);
        let edit = move |draft: &mut Draft<'_>| draft.put_back(id, &old);
        change(self, by, "binding.rolled-back", why, how, edit).await.map(generation)
    }

    /// The newest generation in which a binding was not as it is now.
    fn before_last_change(&self, by: &Principal, id: BindingId) -> Result<Generation, Error> {
        self.inner.authorise(by, Area::Policy, Act::Read)?;
        let of = |generation: &Generation| generation.bindings.iter().find(|it| it.id == id).cloned();
        let (mut now, mut looked, mut after) = (None, 0, None);
        loop {
            let page = self.generation_list(by, &PageRequest { limit: Some(LOOKED_BACK_AT_ONCE), after })?;
            for generation in page.records {
                let then = of(&generation);
                if *now.get_or_insert_with(|| then.clone()) != then {
                    return Ok(generation);
                }
                looked += 1;
            }
            after = page.next;
            match (&now, &after) {
                (Some(None) | None, None) => return Err(Error::not_found("binding", id)),
                (_, None) => return Err(Error::invalid("/to", "the binding was never changed")),
                (_, Some(_)) if looked >= MOST_LOOKED_BACK => {
                    let rule = format!("unchanged for {looked} generations; say which one to go back to");
                    return Err(Error::invalid("/to", rule));
                }
                (_, Some(_)) => {}
            }
        }
    }

    async fn binding_change(
        &self,
        by: &Principal,
        (event, why): (&'static str, String),
        fresh: bool,
        how: &How,
        edit: impl Fn(&mut Draft<'_>) -> Result<Binding, Error> + Send + 'static,
    ) -> Result<Done<BindingView>, Error> {
        let tried = change(self, by, event, why, how, move |draft| {
            let binding = edit(draft)?;
            let (overlay, configuration) = draft.documents(&binding)?;
            Ok(view::Tried { binding, overlay, configuration, fresh })
        });
        Ok(tried.await?.map(|(generation, tried)| view::tried(tried, generation.number)))
    }
}

fn generation(done: Done<(Generation, ())>) -> Done<Generation> {
    done.map(|(generation, ())| generation)
}
