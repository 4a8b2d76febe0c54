//! What an edit of a generation answers, and how a repeated request hears it again.

use plugdesk_domain::{Generation, RecordsExt, StoredAnswer};
use serde_json::{Value, json};

use super::live::Shelf;
use super::view::{Tried, lost};
use crate::desk::Inner;
use crate::error::Error;
use crate::idempotency;
use crate::view::Done;

/// What an edit answers beside the generation.
pub(crate) trait Answer: Sized + Send + 'static {
    /// The HTTP status of success.
    fn status(&self) -> u16;
    /// What is kept, so that it can be answered again.
    fn kept(&self) -> Value;
    /// The same answer from what was kept; none: what it names is not stored.
    fn again(desk: &Inner, generation: &Generation, kept: &Value) -> Result<Option<Self>, Error>;
}

impl Answer for () {
    fn status(&self) -> u16 {
        200
    }

    fn kept(&self) -> Value {
        Value::Null
    }

    fn again(_: &Inner, _: &Generation, _: &Value) -> Result<Option<Self>, Error> {
        Ok(Some(()))
    }
}

impl Answer for Tried {
    fn status(&self) -> u16 {
        if self.fresh { 201 } else { 200 }
    }

    fn kept(&self) -> Value {
        json!({ "binding": self.binding.id, "fresh": self.fresh })
    }

    /// As it stood in the generation that the first request made.
    fn again(desk: &Inner, generation: &Generation, kept: &Value) -> Result<Option<Self>, Error> {
        let id = kept["binding"].as_str().unwrap_or_default();
        let Some(binding) = generation.bindings.iter().find(|it| it.id.to_string() == id).cloned() else {
            return Ok(None);
        };
        let document = |digest| desk.document(&digest)?.ok_or_else(|| lost(&digest));
        Ok(Some(Self {
            overlay: binding.overlay.map(document).transpose()?,
            configuration: document(binding.configuration)?,
            fresh: kept["fresh"] == true,
            binding,
        }))
    }
}

/// What is kept of a generation that a request made or found.
pub(super) fn kept<T: Answer>(generation: &Generation, value: &T) -> Value {
    json!({ "generation": generation.number, "value": value.kept() })
}

/// The answer of an earlier request.
pub(crate) fn again<T: Answer>(desk: &Inner, stored: &StoredAnswer) -> Result<Done<(Generation, T)>, Error> {
    let lost = || idempotency::lost(stored);
    let body = stored.body.as_ref().ok_or_else(lost)?;
    let number = body["generation"].as_i64().ok_or_else(lost)?;
    let generation: Generation = desk.records.find(number)?.ok_or_else(lost)?;
    let value = T::again(desk, &generation, &body["value"])?.ok_or_else(lost)?;
    Ok(Done { value: (generation, value), decision: None, repeated: true })
}
