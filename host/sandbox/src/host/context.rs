//! `context`: what surrounds the subject, asked of the port and counted.

use plugdesk_domain::context::MOST_CONTEXT_CALLS;
use plugdesk_domain::{Context, Refusal, Scope};
use wasmtime::StoreContextMut;
use wasmtime::component::LinkerInstance;

use super::{CALL_FUEL, RECORD_FUEL, TEXT_FUEL, charge};
use crate::bindings::plugdesk::desk::context as wit;
use crate::convert::shown;
use crate::state::{State, read_context};

/// A policy may name so many fields at once, as the contract says: a record has no more.
const MOST_NAMES: usize = 256;
/// An id, a kind or a field's name has at most so many bytes here: the port keeps what was asked with the decision.
const MOST_WORD_BYTES: usize = 256;

pub(super) fn link(interface: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    interface.func_wrap("find-contact", |mut store: StoreContextMut<'_, State>, (): ()| {
        let found = one(&mut store, 0, |context| context.find_contact())?;
        Ok((found.map(|it| it.map(shown::contact)),))
    })?;
    interface.func_wrap("find-company", |mut store: StoreContextMut<'_, State>, (): ()| {
        let found = one(&mut store, 0, |context| context.find_company())?;
        Ok((found.map(|it| it.map(shown::company)),))
    })?;
    interface.func_wrap(
        "attributes-of",
        |mut store: StoreContextMut<'_, State>, (of, names): (String, Vec<String>)| {
            let asked = Words::of([&of]).and(&names);
            let found = many(&mut store, asked, |context| context.attributes_of(&of, &names))?;
            let pairs = |(name, value)| (name, shown::value(value));
            Ok((found.map(|list| list.into_iter().map(pairs).collect::<Vec<_>>()),))
        },
    )?;
    interface.func_wrap("entries", |mut store: StoreContextMut<'_, State>, (at_most,): (u32,)| {
        let found = many(&mut store, Words::NONE, |context| context.entries(at_most))?;
        Ok((found.map(|list| list.into_iter().map(shown::entry).collect::<Vec<_>>()),))
    })?;
    interface.func_wrap("tickets", |mut store: StoreContextMut<'_, State>, (scope, at_most): (wit::Scope, u32)| {
        let scope = match scope {
            wit::Scope::Contact => Scope::Contact,
            wit::Scope::Company => Scope::Company,
            wit::Scope::Desk => Scope::Desk,
        };
        let found = many(&mut store, Words::NONE, |context| context.tickets(scope, at_most))?;
        Ok((found.map(|list| list.into_iter().map(shown::digest).collect::<Vec<_>>()),))
    })?;
    interface.func_wrap("facts", |mut store: StoreContextMut<'_, State>, (of, kind): (String, Option<String>)| {
        let asked = Words::of([&of]).and(&kind);
        let found = many(&mut store, asked, |context| context.facts(&of, kind.as_deref()))?;
        Ok((found.map(|list| list.into_iter().map(shown::fact).collect::<Vec<_>>()),))
    })?;
    interface.func_wrap("signals", |mut store: StoreContextMut<'_, State>, (of, kind): (String, Option<String>)| {
        let asked = Words::of([&of]).and(&kind);
        let found = many(&mut store, asked, |context| context.signals(&of, kind.as_deref()))?;
        Ok((found.map(|list| list.into_iter().map(shown::signal).collect::<Vec<_>>()),))
    })
}

/// What a policy named.
#[derive(Clone, Copy)]
pub(super) struct Words {
    /// Whether they are as few and as short as the contract says.
    fit: bool,
    /// What it cost to take them over.
    fuel: u64,
}

impl Words {
    pub(super) const NONE: Self = Self { fit: true, fuel: 0 };

    fn of<'a>(words: impl IntoIterator<Item = &'a String>) -> Self {
        Self::NONE.and(words)
    }

    fn and<'a>(self, words: impl IntoIterator<Item = &'a String>) -> Self {
        let (mut count, mut all) = (0, self);
        for word in words {
            count += 1;
            all.fit &= word.len() <= MOST_WORD_BYTES && count <= MOST_NAMES;
            all.fuel = all.fuel.saturating_add(TEXT_FUEL).saturating_add(word.len() as u64);
        }
        all
    }
}

/// Asks the port for a list, and charges for what came.
pub(super) fn many<R>(
    store: &mut StoreContextMut<'_, State>,
    asked: Words,
    read: impl FnOnce(&dyn Context) -> Result<Vec<R>, Refusal>,
) -> wasmtime::Result<Result<Vec<R>, wit::Refusal>> {
    let found = one(store, asked.fuel, |context| if asked.fit { read(context) } else { Err(Refusal::TooMany) })?;
    let records = found.as_ref().map_or(0, Vec::len) as u64;
    charge(store, records.saturating_mul(RECORD_FUEL))?;
    Ok(found)
}

/// Asks the port, within the number of calls that the contract grants. `fuel` is charged beside the call.
fn one<R>(
    store: &mut StoreContextMut<'_, State>,
    fuel: u64,
    read: impl FnOnce(&dyn Context) -> Result<R, Refusal>,
) -> wasmtime::Result<Result<R, wit::Refusal>> {
    charge(store, CALL_FUEL.saturating_add(fuel))?;
    let state = store.data_mut();
    if state.preparing {
        return Ok(Err(wit::Refusal::NotGranted));
    }
    if state.context_calls >= MOST_CONTEXT_CALLS {
        return Ok(Err(wit::Refusal::TooMany));
    }
    state.context_calls += 1;
    Ok(match read_context(read) {
        Some(Ok(found)) => Ok(found),
        Some(Err(Refusal::TooMany)) => Err(wit::Refusal::TooMany),
        Some(Err(Refusal::NotGranted)) | None => Err(wit::Refusal::NotGranted),
    })
}
