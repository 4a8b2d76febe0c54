//! `plugdesk init`: a folder, its first desk, its first key, and the packs it is to begin with.

use std::path::{Path, PathBuf};

use plugdesk::Plugdesk;
use serde_json::{Value, json};

use super::connection::Connection;
use super::desk::NewDesk;
use super::stream::durable;
use super::text::{cell, items, segment};
use super::transport::{Transport, UNFINISHED, allowed, running, unfinished};
use super::{Exit, Failure, Global, Output};

/// Make a folder with a desk.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  plugdesk init\n  plugdesk init --name shop --title 'Shop' \
                        --pack packs/segmentation --pack packs/lead-qualification")]
pub(crate) struct Init {
    /// The desk's short name: lower-case letters, digits, hyphens
    #[arg(long, default_value = "main")]
    name: String,
    /// What people read; else the name
    #[arg(long)]
    title: Option<String>,
    /// The language of reasons where nothing says otherwise (BCP 47)
    #[arg(long, default_value = "en")]
    locale: String,
    /// The time zone of its people (IANA)
    #[arg(long, default_value = "UTC")]
    time_zone: String,
    /// A pack to install at once: a folder or a tar archive; may be given several times
    #[arg(long, value_name = "PACK")]
    pack: Vec<PathBuf>,
}

impl Init {
    pub(crate) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        let folder = &global.folder;
        if let Some(url) = &global.url {
            return Err(Failure::new(Exit::Usage, format!("init makes a folder here, not at {url}"))
                .with_help("a desk on a running Plugdesk is made with `plugdesk desk create`"));
        }
        let goes_on = unfinished(folder);
        if !goes_on && plugdesk::is_desk_folder(folder) || running(folder).await {
            return Err(Failure::new(Exit::Conflict, format!("{} holds a desk already", folder.display())).with_help(
                "serve it with `plugdesk serve`, make a key with `plugdesk key create`, or add a desk with `plugdesk \
                 desk create NAME`",
            ));
        }
        allowed(folder)?;
        // Packs are read first: a typing error in their names must not leave half a desk behind.
        let archives = self.pack.iter().map(|pack| super::archive::archive(pack)).collect::<Result<Vec<_>, _>>()?;
        self.rehearse().await?;
        begin(folder)?;
        let connection = self.connection(Plugdesk::builder().folder(folder))?;
        let made = self.make(&connection, archives, output).await;
        let closed = connection.transport.close().await;
        let made = made.and_then(|made| closed.map(|()| made))?;
        end(folder)?;
        output.value(&made)?;
        output.say(format!("desk {} is made in {}", self.name, folder.display()))?;
        output.say(format!("its admin key, shown only now:\n\n  {}\n", cell(&made, "key.secret")))?;
        output.say(format!("serve it:\n\n  plugdesk serve{}", at(global)))
    }

    /// Makes the desk in memory first: one that is refused must not leave a folder behind that holds none.
    async fn rehearse(&self) -> Result<(), Failure> {
        let connection = self.connection(Plugdesk::builder().storage(plugdesk::store::Store::memory()))?;
        let made = connection.post("/v1/desks", &self.body()).await;
        let closed = connection.transport.close().await;
        made.and(closed)
    }

    fn connection(&self, builder: plugdesk::Builder) -> Result<Connection, Failure> {
        let plugdesk = builder.background(false).build().map_err(Failure::from)?;
        let router = plugdesk.router();
        let transport = Transport::Resting { plugdesk: Box::new(plugdesk), router };
        Ok(Connection::over(transport, Some(self.name.clone())))
    }

    fn body(&self) -> Value {
        let new = NewDesk {
            name: self.name.clone(),
            title: self.title.clone(),
            locale: self.locale.clone(),
            time_zone: self.time_zone.clone(),
        };
        new.body()
    }

    /// The desk that an `init` which broke off made; none: it made none.
    async fn half_made(&self, connection: &Connection) -> Result<Option<Value>, Failure> {
        let desks = connection.get("/v1/desks").await?;
        let desks = desks.get("items").cloned().unwrap_or_default();
        let name = |desk: &Value| cell(desk, "name");
        match items(&desks) {
            [] => Ok(None),
            [only] if name(only) == self.name => Ok(Some(only.clone())),
            others => {
                let names: Vec<String> = others.iter().map(name).collect();
                let text = format!("the `init` that broke off here made another desk: {}", names.join(", "));
                let help = format!("run it again with --name {}, or in another folder", names.join(", "));
                Err(Failure::new(Exit::Conflict, text).with_help(help))
            }
        }
    }

    async fn make(&self, connection: &Connection, archives: Vec<Vec<u8>>, output: &Output) -> Result<Value, Failure> {
        let made = match self.half_made(connection).await? {
            Some(made) => made,
            None => connection.post("/v1/desks", &self.body()).await?,
        };
        let desk = connection.at_desk().await?;
        let unseen = desk.get("/v1/keys").await?;
        for key in items(&unseen).iter().filter(|key| key.get("revoked_at").is_none_or(Value::is_null)) {
            // An `init` that broke off made it; nobody saw its secret.
            desk.delete(&format!("/v1/keys/{}", segment(&cell(key, "id")))).await?;
        }
        let key = desk.post("/v1/keys", &json!({ "role": "admin", "label": "made by init" })).await?;
        let mut packs = Vec::new();
        for (path, archive) in self.pack.iter().zip(archives) {
            let installed = super::pack::install(&desk, archive, false).await?;
            super::pack::tell(path, &installed, output)?;
            packs.push(installed);
        }
        Ok(json!({ "desk": made, "key": key, "packs": packs }))
    }
}

/// Makes the folder for its owner alone, because what a desk knows is nobody else's business, and notes in it that there
/// is more to come: whatever ends this process meanwhile, nobody takes what it leaves for a desk, and the next `init`
/// goes on with it.
fn begin(folder: &Path) -> Result<(), Failure> {
    let note = folder.join(UNFINISHED);
    let made = plugdesk_store::make_folder(folder).and_then(|()| std::fs::File::create(&note)).map(drop);
    made.and_then(|()| durable(&note)).map_err(|error| Failure::file(folder, "made", &error))
}

fn end(folder: &Path) -> Result<(), Failure> {
    let note = folder.join(UNFINISHED);
    let done = std::fs::remove_file(&note).and_then(|()| durable(&note));
    done.map_err(|error| Failure::file(&note, "removed", &error))
}

/// The `--folder` to repeat, where it is not the usual one.
fn at(global: &Global) -> String {
    if global.folder.as_os_str() == "plugdesk-data" {
        String::new()
    } else {
        format!(" --folder {}", global.folder.display())
    }
}
