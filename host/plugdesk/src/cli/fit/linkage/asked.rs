//! What a desk asked about each contact that came in, with everything that the policy read: of a desk's decisions, or of
//! a table that is brought into a desk in memory.

use std::path::Path;
use std::sync::Arc;

use plugdesk::SystemClock;
use plugdesk::trial::{Error, Trial};
use plugdesk_desk::transcript::Exchange;
use plugdesk_desk::{Clock, PageRequest, Vector};
use plugdesk_domain::Ask;
use plugdesk_domain::question::Inquiry;
use plugdesk_domain::question::identify::Inquiry as Identify;
use serde_json::Value;

use super::QUESTION;
use crate::cli::archive::archive;
use crate::cli::file::{document, table};
use crate::cli::text::{cell, items, segment};
use crate::cli::{Exit, Failure, Global, connected};

/// One question, and what the policy read for it.
pub(super) struct Asked {
    pub(super) inquiry: Identify,
    pub(super) context: Vec<Exchange>,
}

/// What a desk in memory asks when the rows of a table come in, and how many rows there are.
pub(super) async fn of_table(
    ask: Arc<dyn Ask>,
    pack: &Path,
    csv: &Path,
    map: &Path,
) -> Result<(Vec<Asked>, usize), Failure> {
    let mut mapping = document(map)?;
    // A map for `eval` says who is who besides; nothing is learned from that.
    mapping.as_object_mut().and_then(|fields| fields.remove("truth"));
    let table = table(csv)?;
    let trial = Trial::begin(ask, SystemClock::default().now()).await.map_err(|error| failed(&error))?;
    let read = asked_by(&trial, archive(pack)?, &table, &mapping).await.map_err(|error| failed(&error));
    trial.end().await.map_err(|error| failed(&error))?;
    Ok((read?, table.rows()))
}

async fn asked_by(
    trial: &Trial,
    pack: Vec<u8>,
    table: &plugdesk_fit::table::Table,
    mapping: &Value,
) -> Result<Vec<Asked>, Error> {
    trial.install(pack).await?;
    trial.bring_rows(table, 0..table.rows(), mapping).await?;
    let mut asked = Vec::new();
    let mut page = PageRequest { limit: Some(PageRequest::MOST), after: None };
    loop {
        let found = trial.desk().decisions(trial.by(), None, &page)?;
        for decision in &found.records {
            let capture = trial.desk().capture(trial.by(), decision.id)?;
            asked.extend(capture.into_iter().flat_map(|capture| capture.calls).filter_map(|call| {
                let Inquiry::Identify(inquiry) = call.inquiry else { return None };
                Some(Asked { inquiry, context: call.context })
            }));
        }
        match found.next {
            Some(next) => page.after = Some(next),
            None => return Ok(asked),
        }
    }
}

/// What a desk asked lately, as far as it was kept.
pub(super) async fn of_desk(global: &Global, policy: &str, most: u32) -> Result<Vec<Asked>, Failure> {
    connected(global, async |connection| {
        let desk = connection.at_desk().await?;
        let mut asked = Vec::new();
        for decision in desk.pages("/v1/decisions", most as usize).await? {
            let questions = decision.get("asked").cloned().unwrap_or_default();
            if !items_of(&questions).iter().any(|it| cell(it, "question") == QUESTION) {
                continue;
            }
            let id = cell(&decision, "id");
            let path = format!("/v1/decisions/{}/vector?policy={}", segment(&id), segment(policy));
            let vector = match desk.get(&path).await {
                Ok(vector) => vector,
                // What was told to the policy is kept for a while only.
                Err(failure) if failure.exit == Exit::NotFound => continue,
                Err(failure) => return Err(failure),
            };
            let vector = Vector::parse(vector.to_string().as_bytes());
            let read = vector.and_then(|vector| Ok((vector.inquiry()?, vector.context)));
            let (inquiry, context) =
                read.map_err(|error| Failure::new(Exit::Refused, format!("decision {id}: {error}")))?;
            if let Inquiry::Identify(inquiry) = inquiry {
                asked.push(Asked { inquiry, context });
            }
        }
        Ok(asked)
    })
    .await
}

fn items_of(list: &Value) -> Vec<Value> {
    list.as_array().cloned().unwrap_or_else(|| items(list).to_vec())
}

fn failed(error: &Error) -> Failure {
    Failure::new(Exit::Refused, error.to_string())
}
