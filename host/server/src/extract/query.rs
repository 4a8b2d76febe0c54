//! Query parameters. Which ones an address knows is checked before any handler, by [`crate::layer::parameters`].

use axum::extract::FromRequestParts;
use http::Uri;
use http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::problem::{Code, Problem};
use crate::state::Server;

/// Parameters that are not the handler's own, but of everything at a desk, or of every write.
pub(crate) mod on_behalf {
    /// The desk that an operator means.
    pub(crate) const DESK: &str = "desk";
    /// Whether to store nothing.
    pub(crate) const PREVIEW: &str = "preview";
}

/// A handler's own parameters.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<Server> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Server) -> Result<Self, Problem> {
        let own = |pair: &&str| !matches!(name(pair), on_behalf::DESK | "");
        let query: Vec<_> = parts.uri.query().unwrap_or_default().split('&').filter(own).collect();
        parse(&query.join("&")).map(Self)
    }
}

fn name(pair: &str) -> &str {
    pair.split('=').next().unwrap_or(pair)
}

fn parse<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    let wrong = |text: String| Problem::new(Code::InvalidParameter, text);
    let uri: Uri = format!("/?{query}").parse().map_err(|_| wrong("the query can't be read".to_owned()))?;
    let parsed = axum::extract::Query::<T>::try_from_uri(&uri);
    parsed.map(|query| query.0).map_err(|rejection| {
        let text = rejection.body_text();
        let rule = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(&text);
        let duplicate = || rule.strip_prefix("duplicate field `")?.split_once('`');
        // Only what was sent is named: the text is serde's.
        let sent = |wanted: &str| query.split('&').any(|pair| name(pair) == wanted);
        let missing = rule.strip_prefix("missing field `").and_then(|rest| rest.split_once('`'));
        if let Some((name, _)) = missing {
            return Problem::parameter(Code::InvalidParameter, name, "it must be there");
        }
        match rule.split_once(": ").or_else(duplicate).map(|(name, _)| name) {
            Some(name) if sent(name) => Problem::parameter(Code::InvalidParameter, name, rule),
            _ => wrong(rule.to_owned()),
        }
    })
}

/// The value of one parameter, which may stand there once.
pub(super) fn single(query: &str, wanted: &str) -> Result<Option<String>, Problem> {
    #[derive(Deserialize)]
    struct Value {
        v: String,
    }
    let mut found = None;
    for pair in query.split('&').filter(|pair| name(pair) == wanted) {
        if found.is_some() {
            return Err(Problem::parameter(Code::InvalidParameter, wanted, "it stands there twice"));
        }
        let value = pair.split_once('=').map_or("", |(_, value)| value);
        found = Some(parse::<Value>(&format!("v={value}"))?.v);
    }
    Ok(found)
}

/// A parameter that is `true` or `false`.
pub(super) fn flag(query: &str, wanted: &str) -> Result<bool, Problem> {
    match single(query, wanted)?.as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Problem::parameter(Code::InvalidParameter, wanted, "it is `true` or `false`")),
    }
}

/// A record's id in another system, as `system:id`.
pub(crate) fn external(text: &str) -> Result<(String, String), Problem> {
    let wrong = || Problem::parameter(Code::InvalidParameter, "external", "it is `system:id`");
    let (system, id) =
        text.split_once(':').filter(|(system, id)| !system.is_empty() && !id.is_empty()).ok_or_else(wrong)?;
    Ok((system.to_owned(), id.to_owned()))
}
