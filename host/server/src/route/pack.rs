//! Packs: what a vendor ships, installed whole or not at all.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use plugdesk_desk::{Done, InstallOptions, Installed, Removed};
use plugdesk_domain::principal::{Act, Area};
use plugdesk_domain::{Mode, Pack};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Bare, Keyed, Path, Query, Visit, require_type};
use crate::limits::MOST_PACK_BYTES;
use crate::openapi::GENERATION;
use crate::page::Page;
use crate::problem::{Code, Problem};
use crate::respond;
use crate::state::Server;

pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(pack_list, pack_install)).routes(routes!(pack_remove))
}

/// Lists the installed packs, every version.
#[utoipa::path(get, path = "/packs", tags = ["packs"], responses((status = 200, body = Page<Pack>)))]
async fn pack_list(State(server): State<Server>, Visit { desk, by, .. }: Visit) -> Result<Json<Page<Pack>>, Problem> {
    let items = server.read(move || desk.pack_list(&by)).await?;
    Ok(Json(Page { items, next: None }))
}

/// How a pack is installed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct How {
    /// Grant what an upgrade asks for beyond what is granted now.
    #[serde(default)]
    approve: bool,
    /// Make the bindings of the manifest; `true` when absent.
    bind: Option<bool>,
    /// The mode of new bindings: `active` when absent, or `shadow` to watch them first.
    #[serde(default)]
    mode: Mode,
    /// Examine and decide, but change nothing.
    #[serde(default)]
    preview: bool,
}

/// Installs a pack, sent as an uncompressed tar archive of its folder: examined, compiled, its vectors run, its
/// policies bound. Repeating it is harmless: the same archive is the same pack.
#[utoipa::path(post, path = "/packs", tags = ["packs"], params(How),
    request_body(content = Vec<u8>, content_type = "application/x-tar"), responses(
    (status = 200, body = Installed, description = "A preview, or installed before."),
    (status = 201, body = Installed)))]
async fn pack_install(
    State(server): State<Server>,
    Visit { desk, by, .. }: Visit,
    Query(how): Query<How>,
    keyed: Keyed,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    // First whether it is allowed: a stranger's 64 MiB are not even read.
    if !by.may(Area::Policy, Act::Write) {
        return Err(Problem::new(Code::Forbidden, "this principal may not change packs and bindings"));
    }
    require_type(&headers, "application/x-tar")?;
    let _upload = server.upload()?;
    let read = |from: &mut dyn std::io::Read| {
        let mut archive = Vec::new();
        from.read_to_end(&mut archive).map_err(|error| Problem::new(Code::BodyBroken, error.to_string()))?;
        let key = keyed.over(&archive);
        Ok((archive, key))
    };
    let (archive, key) = server.stream_in(body, MOST_PACK_BYTES as u64, read).await?;
    let How { approve, bind, mode, preview } = how;
    let options = InstallOptions { approve, bind: bind.unwrap_or(true), mode, preview };
    let Done { value: installed, repeated, .. } = desk.pack_install(&by, archive, options, key.as_ref()).await?;
    let status = if preview || installed.already { StatusCode::OK } else { StatusCode::CREATED };
    Ok(respond::marked(repeated, (status, Json(installed))))
}

/// How a pack is removed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Unbind {
    /// Take the bindings that use it away with it; otherwise they keep it from being removed.
    #[serde(default)]
    unbind: bool,
}

/// Removes a pack, every version of it, and the kinds, states, segments, calendars and teams that it brought and nothing
/// uses. Makes a generation. Old decisions go on being told in its words.
#[utoipa::path(delete, path = "/packs/{name}", tags = ["packs", GENERATION], params(("name" = String, Path), Unbind),
    responses((status = 200, body = Removed)))]
async fn pack_remove(
    Path(name): Path<String>,
    Query(Unbind { unbind }): Query<Unbind>,
    bare: Bare,
) -> Result<Json<Removed>, Problem> {
    let Bare { desk, by, how, .. } = bare;
    Ok(Json(desk.pack_remove(&by, &name, unbind, &how).await?.value))
}
