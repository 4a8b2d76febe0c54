//! The changing parts of a path. What can't be an id there is not found, like an id that nobody has.

use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;
use std::str::FromStr;

use crate::problem::{Code, Problem};
use crate::state::Server;

/// The only changing part of a path.
pub(crate) struct Path<T>(pub(crate) T);

impl<T: FromStr<Err: std::fmt::Display>> FromRequestParts<Server> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Problem> {
        let params = RawPathParams::from_request_parts(parts, server).await;
        let params = params.map_err(|error| Problem::new(Code::InvalidParameter, error.to_string()))?;
        // The last one: an embedder may have changing parts in the prefix.
        let Some((_, text)) = params.iter().last() else { return Err(Problem::internal("a path without a parameter")) };
        text.parse().map(Self).map_err(|error: T::Err| Problem::new(Code::NotFound, error.to_string()))
    }
}
