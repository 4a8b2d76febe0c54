//! A ticket's state and category. The desk's own states map to categories and say what may follow; where a desk defines
//! none, every word is taken and the category is set beside it.

use plugdesk_domain::{Category, Definition, DefinitionSort, Ticket};

use crate::error::Error;
use crate::setup::Setup;

/// The state and category of a new ticket.
pub(super) fn initial(
    setup: &Setup,
    state: Option<&str>,
    category: Option<Category>,
) -> Result<(String, Category), Error> {
    match state {
        Some(state) => {
            let category = category_of(setup, state, category)?.unwrap_or(Category::New);
            Ok((state.to_owned(), category))
        }
        None => {
            let category = category.unwrap_or(Category::New);
            let first = states(setup).find(|it| it.category == Some(category));
            Ok((first.map_or_else(|| category.name().to_owned(), |it| it.name.clone()), category))
        }
    }
}

/// Puts a ticket into a state, or a category, or both; counts what came back. Nothing given, or where it stands already:
/// nothing happens.
pub(super) fn enter(
    setup: &Setup,
    ticket: &mut Ticket,
    state: Option<&str>,
    category: Option<Category>,
) -> Result<(), Error> {
    let (state, category) = match (state, category) {
        (Some(state), category) => {
            let category = category_of(setup, state, category)?.unwrap_or(ticket.category);
            follows(setup, &ticket.state, state)?;
            (state.to_owned(), category)
        }
        (None, Some(category)) if category != ticket.category => (first(setup, &ticket.state, category)?, category),
        (None, _) => return Ok(()),
    };
    if category != ticket.category {
        let came_back = matches!(ticket.category, Category::Resolved | Category::Closed) && !category.ended();
        ticket.counters.reopens = ticket.counters.reopens.saturating_add(u32::from(came_back));
        ticket.category = category;
        // Whoever moves it has seen it.
        ticket.snoozed_until = None;
    }
    ticket.state = state;
    Ok(())
}

fn states(setup: &Setup) -> impl Iterator<Item = &Definition> {
    setup.definitions().filter(|it| it.sort == DefinitionSort::State)
}

/// What a state maps to; none: the desk defines no states, or this one maps to nothing.
fn category_of(setup: &Setup, state: &str, category: Option<Category>) -> Result<Option<Category>, Error> {
    let Some(definition) = setup.definition(DefinitionSort::State, state) else {
        if states(setup).next().is_none() {
            return Ok(category);
        }
        let known = listed(states(setup).map(|it| it.name.as_str()));
        return Err(Error::invalid("/state", format!("`{state}` is no state of this desk: {known}")));
    };
    match (definition.category, category) {
        (Some(own), Some(given)) if own != given => {
            Err(Error::invalid("/category", format!("the state `{state}` stands for `{}`", own.name())))
        }
        (own, given) => Ok(own.or(given)),
    }
}

/// Whether that state may follow.
fn follows(setup: &Setup, from: &str, to: &str) -> Result<(), Error> {
    let next = next(setup, from);
    if from == to || next.is_empty() || next.iter().any(|it| it == to) {
        return Ok(());
    }
    Err(Error::invalid("/state", format!("`{from}` may be followed by {}", listed(next.iter().map(String::as_str)))))
}

/// The state to enter for a category: the first that the present one names, else the first by name.
fn first(setup: &Setup, from: &str, category: Category) -> Result<String, Error> {
    let of_category =
        |name: &str| setup.definition(DefinitionSort::State, name).is_some_and(|it| it.category == Some(category));
    let next = next(setup, from);
    if !next.is_empty() {
        return next.iter().find(|name| of_category(name)).cloned().ok_or_else(|| {
            let known = listed(next.iter().map(String::as_str));
            Error::invalid("/category", format!("`{from}` may be followed by {known}; none stands for it"))
        });
    }
    let found = states(setup).find(|it| it.category == Some(category));
    Ok(found.map_or_else(|| category.name().to_owned(), |it| it.name.clone()))
}

fn next<'a>(setup: &'a Setup, from: &str) -> &'a [String] {
    setup.definition(DefinitionSort::State, from).map_or(&[], |it| &it.next)
}

/// Names for a sentence; of many the first.
fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    const MOST_LISTED: usize = 24;
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    let shown = names.iter().take(MOST_LISTED).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > MOST_LISTED { format!("{shown}, …") } else { shown }
}
