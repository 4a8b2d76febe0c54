//! Query parameters, headers and the changing parts of paths.

use plugdesk_domain::Category;
use serde_json::{Value, json};

use super::{SPACES, email_core, handle_core, phone_core};
use crate::limits::{DEFAULT_PAGE, MOST_BUSINESS_TIME, MOST_IDEMPOTENCY_BYTES, MOST_PAGE};

/// The rule of a parameter, by the operation's id and the parameter's name.
pub(in crate::openapi) fn parameter(operation: &str, name: &str) -> Option<Value> {
    let words = |words: &[&str]| json!({ "enum": words });
    Some(match (operation, name) {
        (_, "limit") => json!({ "minimum": 1, "maximum": MOST_PAGE, "default": DEFAULT_PAGE }),
        // Of events it is a sequence.
        ("event_list", "after") => return None,
        (_, "after") => json!({ "maxLength": 2048, "pattern": "^[A-Za-z0-9_-]*$" }),
        ("ticket_list", "status") => {
            let names: Vec<_> = std::iter::once("open").chain(Category::ALL.iter().map(|it| it.name())).collect();
            let mut names = names;
            names.dedup();
            names.sort_unstable();
            names.dedup();
            words(&names)
        }
        ("ticket_list", "sort") => words(&["due", "-created", "created", "score"]),
        ("ticket_list", "q") => json!({ "minLength": 1, "maxLength": 256, "pattern": "\\S" }),
        ("ticket_view", "include") => {
            let one = "(contact|company|entries|decisions|findings|presence)";
            json!({ "pattern": format!("^{SPACES}{one}{SPACES}(,{SPACES}{one}{SPACES})*$") })
        }
        ("commitment_list", "state") => words(&["pending", "at-risk", "breached"]),
        ("contact_list", "identity") => {
            let (email, phone, handle) = (email_core(), phone_core(), handle_core());
            let forms = format!("email:{SPACES}{email}{SPACES}|phone:{SPACES}{phone}{SPACES}|handle:{handle}");
            json!({ "maxLength": 261, "pattern": format!("^({forms})$") })
        }
        (_, "external") => json!({ "pattern": "^[^:]+:[\\s\\S]+$" }),
        ("merge_list" | "proposal_list", "of") => {
            json!({ "pattern": "^(contact|company|ticket)_[0-7][0-9a-hjkmnp-tv-z]{25}$" })
        }
        ("report_view", "name") => words(&["conversion", "calibration", "commitments"]),
        ("calendar_put", "name") => {
            let mut word = super::word();
            super::merge(&mut word, &json!({ "not": { "const": plugdesk_domain::ALWAYS } }));
            word
        }
        ("calendar_due_view", "amount") => json!({ "minimum": 1, "maximum": MOST_BUSINESS_TIME }),
        ("definition_put" | "team_put", "name") => super::word(),
        (_, "Plugdesk-Desk" | "desk") => {
            json!({ "pattern": "^([a-z0-9-]{1,63}|desk_[0-7][0-9a-hjkmnp-tv-z]{25})$" })
        }
        (_, "Idempotency-Key") => {
            let most = MOST_IDEMPOTENCY_BYTES;
            let pattern = format!("^(\"[!-~]{{1,{most}}}\"|[!#-~][!-~]{{0,{}}})$", most - 1);
            json!({ "pattern": pattern })
        }
        (_, "If-Match") => json!({ "pattern": "^(\\*|\"[0-9]{1,19}\")$" }),
        _ => return None,
    })
}
