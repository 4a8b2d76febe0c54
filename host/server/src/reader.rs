//! The reader of the API's description at `/docs`, compiled in with the feature `reader`.

use axum::Router;

use crate::state::Server;

#[cfg(not(feature = "reader"))]
pub(crate) fn routes() -> Router<Server> {
    Router::new()
}

#[cfg(feature = "reader")]
pub(crate) fn routes() -> Router<Server> {
    use std::sync::Arc;

    use axum::extract::Path;
    use axum::routing::get;
    use utoipa_swagger_ui::Config;

    // Relative, so that it is found under an embedder's prefix too.
    let config = Arc::new(Config::new(["../openapi.json"]));
    let front = Arc::clone(&config);
    Router::new()
        .route("/docs", get(|| async { (http::StatusCode::TEMPORARY_REDIRECT, [(http::header::LOCATION, "docs/")]) }))
        .route("/docs/", get(move || file("index.html".to_owned(), front)))
        .route("/docs/{*file}", get(move |Path(name): Path<String>| file(name, config)))
}

#[cfg(feature = "reader")]
async fn file(
    name: String,
    config: std::sync::Arc<utoipa_swagger_ui::Config<'static>>,
) -> Result<axum::response::Response, crate::Problem> {
    use axum::response::IntoResponse;

    match utoipa_swagger_ui::serve(&name, config) {
        Ok(Some(file)) => {
            Ok(([(http::header::CONTENT_TYPE, file.content_type)], file.bytes.into_owned()).into_response())
        }
        Ok(None) => Err(crate::Problem::not_found("file", name)),
        Err(error) => Err(crate::Problem::internal(error)),
    }
}
