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
        let params = params(parts, server).await?;
        part(&params, 0).map(Self)
    }
}

/// The last two changing parts of a path.
pub(crate) struct PathPair<A, B>(pub(crate) A, pub(crate) B);

impl<A, B> FromRequestParts<Server> for PathPair<A, B>
where
    A: FromStr<Err: std::fmt::Display>,
    B: FromStr<Err: std::fmt::Display>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Problem> {
        let params = params(parts, server).await?;
        Ok(Self(part(&params, 1)?, part(&params, 0)?))
    }
}

async fn params(parts: &mut Parts, server: &Server) -> Result<RawPathParams, Problem> {
    let params = RawPathParams::from_request_parts(parts, server).await;
    params.map_err(|error| Problem::new(Code::InvalidParameter, error.to_string()))
}

/// A part, counted from the end: an embedder may have changing parts in the prefix.
fn part<T: FromStr<Err: std::fmt::Display>>(params: &RawPathParams, back: usize) -> Result<T, Problem> {
    let all: Vec<&str> = params.iter().map(|(_, text)| text).collect();
    let Some(text) = all.iter().rev().nth(back) else { return Err(Problem::internal("a path without its parameter")) };
    text.parse().map_err(|error: T::Err| Problem::new(Code::NotFound, error.to_string()))
}
