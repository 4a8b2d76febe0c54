//! Who may do what: one row for each operation. The description (`x-roles`, and a sentence for people) is made of these
//! rows, and `tests/suite/rights` asks every cell of role, route and desk and compares what it hears with them.
//!
//! An operation without a row is described as nobody's, which that test refuses.

use plugdesk_domain::Role;
use plugdesk_domain::principal::{Act, Area};
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::Operation;

use Act::{Read, Write};
use Area::{Access, Policy, Process, Record, Transfer, Work};
use Right::{Known, Of, Open, Own};

/// What an operation asks of whoever wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Right {
    /// Nothing: it is open to all.
    Open,
    /// A key, or another proof of who it is.
    Known,
    /// To be allowed so in that area; a customer never is.
    Of(Area, Act),
    /// The same, and a customer in the customer's own matters.
    Own(Area, Act),
}

/// Every operation, by its `operationId`.
const RIGHTS: &[(Right, &[&str])] = &[
    (Open, &["live_view", "ready_view"]),
    (Known, &["me_view", "desk_list"]),
    (
        Own(Work, Read),
        &[
            "ticket_list",
            "ticket_view",
            "timeline_list",
            "action_list",
            "entry_list",
            "entry_view",
            "commitment_of_ticket",
            "contact_list",
            "contact_view",
        ],
    ),
    (Own(Work, Write), &["ticket_create", "entry_create"]),
    (
        Of(Work, Read),
        &[
            "agent_list",
            "agent_view",
            "calendar_due_view",
            "calendar_elapsed_view",
            "calendar_list",
            "calendar_view",
            "commitment_list",
            "company_account",
            "company_list",
            "company_memberships",
            "company_tickets",
            "company_tree",
            "company_view",
            "contract_list",
            "contract_view",
            "definition_list",
            "definition_view",
            "desk_view",
            "escalation_list",
            "escalation_view",
            "link_list",
            "link_view",
            "membership_list",
            "membership_view",
            "merge_list",
            "merge_view",
            "proposal_list",
            "proposal_view",
            "team_list",
            "team_view",
        ],
    ),
    (
        Of(Work, Write),
        &[
            "commitment_cancel",
            "commitment_make",
            "commitment_meet",
            "company_create",
            "company_update",
            "contact_create",
            "contact_update",
            "contract_create",
            "contract_end",
            "contract_update",
            "escalation_acknowledge",
            "link_create",
            "link_remove",
            "membership_create",
            "membership_update",
            "merge_create",
            "merge_undo",
            "presence_update",
            "proposal_accept",
            "proposal_reject",
            "ticket_assign",
            "ticket_escalate",
            "ticket_merge",
            "ticket_reopen",
            "ticket_resolve",
            "ticket_snooze",
            "ticket_take",
            "ticket_update",
            "ticket_wake",
        ],
    ),
    (
        Of(Record, Read),
        &[
            "decision_list",
            "decision_vector_view",
            "decision_view",
            "event_list",
            "reaction_list",
            "reaction_view",
            "report_list",
            "report_view",
            "ticket_reaction_list",
        ],
    ),
    (
        Of(Policy, Read),
        &[
            "binding_list",
            "binding_view",
            "generation_diff",
            "generation_list",
            "generation_view",
            "pack_list",
            "policy_list",
        ],
    ),
    (
        Of(Policy, Write),
        &[
            "binding_create",
            "binding_delete",
            "binding_rollback",
            "binding_update",
            "generation_rollback",
            "pack_install",
            "pack_remove",
            "policy_mode",
        ],
    ),
    (Of(Transfer, Read), &["import_list", "import_view"]),
    (Of(Transfer, Write), &["import_create", "import_file"]),
    (Of(Access, Read), &["audit_list", "delivery_list", "delivery_view", "key_list", "webhook_list", "webhook_view"]),
    (
        Of(Access, Write),
        &[
            "agent_create",
            "agent_update",
            "calendar_delete",
            "calendar_put",
            "definition_delete",
            "definition_put",
            "delivery_replay",
            "desk_update",
            "key_create",
            "key_revoke",
            "key_rotate",
            "team_put",
            "webhook_create",
            "webhook_delete",
            "webhook_rotate",
            "webhook_test",
            "webhook_update",
        ],
    ),
    (Of(Process, Read), &["backup_view", "export_view", "health_view", "hold_view", "metrics_view", "verify_run"]),
    (Of(Process, Write), &["desk_create", "export_restore", "hold_set"]),
];

impl Right {
    fn of(operation: &str) -> Option<Self> {
        RIGHTS.iter().find(|(_, names)| names.contains(&operation)).map(|(right, _)| *right)
    }

    /// Whether a principal of that role has it; of its desk, and of a customer the customer's own.
    fn is(self, role: Role) -> bool {
        match self {
            Open | Known => true,
            Of(area, act) => role != Role::Customer && role.may(area, act),
            Own(area, act) => role.may(area, act),
        }
    }
}

/// Writes into an operation's description whose it is.
pub(crate) fn describe(operation: &mut Operation) {
    let name = operation.operation_id.clone().unwrap_or_default();
    let right = Right::of(&name);
    if right == Some(Open) {
        return;
    }
    let roles: Vec<Role> = Role::ALL.into_iter().filter(|role| right.is_some_and(|right| right.is(*role))).collect();
    let names: Vec<String> = roles.iter().map(|role| role.name().to_owned()).collect();
    let own = matches!(right, Some(Own(..)));
    let sentence = match right {
        Some(Known) => "For every key.".to_owned(),
        _ if own => format!("For {}; a customer's own only.", names.join(", ")),
        _ => format!("For {}.", names.join(", ")),
    };
    let text = operation.description.take().filter(|text| !text.is_empty());
    operation.description = Some(text.map_or(sentence.clone(), |text| format!("{text}\n\n{sentence}")));
    let mut more = ExtensionsBuilder::new().add("x-roles", names);
    if own {
        more = more.add("x-customers", "own");
    }
    operation.extensions.get_or_insert_default().merge(more.build());
}
