//! The HTTP face: axum routes, problems, OpenAPI, server-sent events.
