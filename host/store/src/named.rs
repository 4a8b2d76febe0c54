//! Which files a record names. A text that merely reads like a file's name, in a custom field or a message, names none:
//! whoever may write such a text must not be handed the file.

use plugdesk_domain::{Digest, Record};

/// The files that a record names.
pub(crate) fn files(record: &Record) -> Vec<Digest> {
    match record {
        Record::Entry(entry) => entry.file.into_iter().collect(),
        Record::Import(import) => import.file.into_iter().collect(),
        Record::Generation(generation) => generation.bindings.iter().map(|binding| binding.component).collect(),
        Record::Pack(pack) => {
            let of_plugins = pack.plugins.iter().flat_map(|plugin| [Some(plugin.component), plugin.schema]);
            of_plugins.flatten().chain(pack.locales.values().copied()).collect()
        }
        // Their digests are of a secret, a request, a document or a captured input: none of them is a file.
        Record::ApiKey(_) | Record::StoredAnswer(_) | Record::Configuration(_) | Record::Decision(_) => Vec::new(),
        Record::Desk(_)
        | Record::Contact(_)
        | Record::Identity(_)
        | Record::Company(_)
        | Record::Membership(_)
        | Record::Ticket(_)
        | Record::Findings(_)
        | Record::Link(_)
        | Record::Merge(_)
        | Record::Contract(_)
        | Record::Calendar(_)
        | Record::Agent(_)
        | Record::Team(_)
        | Record::Proposal(_)
        | Record::Escalation(_)
        | Record::Definition(_)
        | Record::Webhook(_)
        | Record::Delivery(_)
        | Record::Reaction(_)
        | Record::Cursor(_)
        | Record::Report(_)
        | Record::Posting(_)
        | Record::Process(_) => Vec::new(),
    }
}
