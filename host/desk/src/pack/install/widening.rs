//! What an upgrade may do was granted when the bound version was installed; more needs a new approval.

use plugdesk_domain::{Needs, Pack};

use crate::binding::Draft;
use crate::error::Error;
use crate::pack::problem;

/// What the bound version may read was granted when it was installed. More needs to be granted anew.
pub(super) fn refuse_widening(draft: &Draft<'_>, pack: &Pack) -> Result<(), Error> {
    use crate::binding::Shelf as _;
    let mut wider = Vec::new();
    for binding in draft.bindings.iter().filter(|it| it.pack == pack.manifest.pack.name) {
        let Some((_, old)) = draft.pack(&binding.pack, &binding.pack_version, &binding.component)? else { continue };
        let Some(new) = pack.plugins.iter().find(|plugin| plugin.name == binding.plugin) else { continue };
        let more = beyond(&new.granted, &old.granted);
        if !more.is_empty() {
            let (version, more) = (&binding.pack_version, more.join(", "));
            let text = format!(
                "plugin `{}` asks for more than version {version} was granted: {more}; install it with `approve` to grant that",
                new.name
            );
            wider.push(problem("pack.toml", text));
        }
    }
    wider.dedup();
    if wider.is_empty() { Ok(()) } else { Err(Error::Pack(wider)) }
}

/// What `new` may do beyond `old`, in the manifest's words.
fn beyond(new: &Needs, old: &Needs) -> Vec<String> {
    // Field by field, so that a new need breaks the build and nobody forgets to ask for it.
    let Needs {
        contact,
        company,
        attributes,
        entries,
        tickets,
        facts,
        signals,
        calendar,
        commitments,
        account,
        events,
        commands,
    } = new;
    let flags = [
        ("contact", *contact, old.contact),
        ("company", *company, old.company),
        ("attributes", *attributes, old.attributes),
        ("facts", *facts, old.facts),
        ("signals", *signals, old.signals),
        ("calendar", *calendar, old.calendar),
        ("commitments", *commitments, old.commitments),
        ("account", *account, old.account),
    ];
    let mut more: Vec<String> =
        flags.iter().filter(|(_, new, old)| *new && !old).map(|(word, _, _)| (*word).to_owned()).collect();
    if *entries > old.entries {
        more.push(format!("entries = {entries}"));
    }
    let granted = |scope: &String| old.tickets.get(scope).copied().unwrap_or(0);
    more.extend(tickets.iter().filter(|(s, n)| **n > granted(s)).map(|(s, n)| format!("tickets.{s} = {n}")));
    let fresh = |new: &[String], old: &[String]| new.iter().filter(|it| !old.contains(it)).cloned().collect::<Vec<_>>();
    more.extend(fresh(events, &old.events).into_iter().map(|name| format!("events = {name}")));
    more.extend(fresh(commands, &old.commands).into_iter().map(|name| format!("commands = {name}")));
    more
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_that_may_do_more_says_each_thing() {
        let old = Needs { commands: vec!["entry.add".into()], ..Needs::default() };
        let commands = vec!["entry.add".into(), "ticket.update".into()];
        let new = Needs { account: true, events: vec!["*".into()], commands, ..Needs::default() };
        assert_eq!(beyond(&new, &old), ["account", "events = *", "commands = ticket.update"]);
        assert_eq!(beyond(&old, &new), Vec::<String>::new());
    }
}
