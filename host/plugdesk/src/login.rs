//! The embedder's own login: a function from a request's head to our principal.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use http::request::Parts;
use plugdesk_domain::Principal;
use plugdesk_server::Authenticated;

/// Who sent a request; none: look for an API key, as without a login.
pub(crate) type Login = Arc<dyn Fn(&Parts) -> Option<Principal> + Send + Sync>;

/// Asks the login before every request.
pub(crate) fn layer(router: Router, login: Login) -> Router {
    router.layer(from_fn(move |request: Request, next: Next| {
        let login = Arc::clone(&login);
        async move {
            let (mut parts, body) = request.into_parts();
            // Whoever comes through the socket, or in process, is known already.
            if parts.extensions.get::<Authenticated>().is_none()
                && let Some(principal) = login(&parts)
            {
                parts.extensions.insert(Authenticated(principal));
            }
            next.run(Request::from_parts(parts, body)).await
        }
    }))
}
