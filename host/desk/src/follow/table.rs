//! Which commands a policy may ask for, by name. Each body is read as the type that the REST call of the same meaning
//! takes, with what it changes as `id`; unknown fields are refused. `docs/commands.md` lists them.

use plugdesk_domain::Principal;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::desk::Desk;
use crate::error::Error;
use crate::view::{Done, How};

/// Carries one out and gives back the id of what it made or changed.
pub(super) async fn carry(desk: &Desk, by: &Principal, how: &How, name: &str, body: Value) -> Result<String, Error> {
    let mut body = body;
    match name {
        "ticket.create" => told(desk.ticket_create(by, read(body)?, how).await, |it| it.id.to_string()),
        "ticket.update" => {
            let id = id(&mut body, "id")?;
            told(desk.ticket_update(by, id, read(body)?, how).await, |it| it.id.to_string())
        }
        "entry.add" => {
            let id = id(&mut body, "id")?;
            told(desk.entry_add(by, id, read(body)?, how).await, |it| it.id.to_string())
        }
        "ticket.assign" => {
            let id = id(&mut body, "id")?;
            told(desk.ticket_assign(by, id, read(body)?, how).await, |it| it.id.to_string())
        }
        "ticket.resolve" => {
            let id = id(&mut body, "id")?;
            told(desk.ticket_resolve(by, id, read(body)?, how).await, |it| it.id.to_string())
        }
        "ticket.reopen" => {
            let id = id(&mut body, "id")?;
            told(desk.ticket_reopen(by, id, read(body)?, how).await, |it| it.id.to_string())
        }
        "ticket.snooze" => {
            let id = id(&mut body, "id")?;
            told(desk.ticket_snooze(by, id, read(body)?, how).await, |it| it.id.to_string())
        }
        "ticket.escalate" => {
            let id = id(&mut body, "id")?;
            told(desk.ticket_escalate(by, id, read(body)?, how).await, |it| it.id.to_string())
        }
        "commitment.make" => {
            let id = id(&mut body, "id")?;
            told(desk.commitment_make(by, id, read(body)?, how).await, |it| it.id.to_string())
        }
        "contact.create" => told(desk.contact_create(by, read(body)?, how).await, |it| it.contact.id.to_string()),
        "contact.update" => {
            let id = id(&mut body, "id")?;
            told(desk.contact_update(by, id, read(body)?, how).await, |it| it.contact.id.to_string())
        }
        "company.create" => told(desk.company_create(by, read(body)?, how).await, |it| it.id.to_string()),
        "company.update" => {
            let id = id(&mut body, "id")?;
            told(desk.company_update(by, id, read(body)?, how).await, |it| it.id.to_string())
        }
        "membership.create" => told(desk.membership_create(by, read(body)?, how).await, |it| it.id.to_string()),
        _ => Err(Error::invalid("/name", format!("there is no command `{name}` for policies"))),
    }
}

fn told<T>(done: Result<Done<T>, Error>, id: impl Fn(&T) -> String) -> Result<String, Error> {
    done.map(|done| id(&done.value))
}

/// Takes the id out of a body.
fn id<T: std::str::FromStr<Err: std::fmt::Display>>(body: &mut Value, field: &str) -> Result<T, Error> {
    let found = body.as_object_mut().and_then(|body| body.remove(field));
    let text = found.as_ref().and_then(Value::as_str);
    let text = text.ok_or_else(|| Error::invalid(format!("/{field}"), "names what is to be changed"))?;
    text.parse().map_err(|error: T::Err| Error::invalid(format!("/{field}"), error.to_string()))
}

fn read<T: DeserializeOwned>(body: Value) -> Result<T, Error> {
    serde_json::from_value(body).map_err(|error| Error::invalid("", error.to_string()))
}
