//! `plugdesk init`: a folder, its first desk, its first key, and the packs it is to begin with.

use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use plugdesk::Plugdesk;
use serde_json::{Value, json};

use super::connection::Connection;
use super::desk::NewDesk;
use super::text::cell;
use super::transport::{Transport, allowed, running};
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
        if plugdesk::is_desk_folder(folder) || running(folder).await {
            return Err(Failure::new(Exit::Conflict, format!("{} holds a desk already", folder.display()))
                .with_help("serve it with `plugdesk serve`, or add a desk with `plugdesk desk create NAME`"));
        }
        allowed(folder)?;
        // Packs are read first: a typing error in their names must not leave half a desk behind.
        let archives = self.pack.iter().map(|pack| super::archive::archive(pack)).collect::<Result<Vec<_>, _>>()?;
        self.rehearse().await?;
        private(folder)?;
        let connection = self.connection(Plugdesk::builder().folder(folder))?;
        let made = self.make(&connection, archives, output).await;
        let closed = connection.transport.close().await;
        let made = made.and_then(|made| closed.map(|()| made))?;
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

    async fn make(&self, connection: &Connection, archives: Vec<Vec<u8>>, output: &Output) -> Result<Value, Failure> {
        let made = connection.post("/v1/desks", &self.body()).await?;
        let desk = connection.at_desk().await?;
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

/// Makes the folder for its owner alone; what a desk knows is nobody else's business.
fn private(folder: &Path) -> Result<(), Failure> {
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| Failure::file(folder, "made", &error))
}

/// The `--folder` to repeat, where it is not the usual one.
fn at(global: &Global) -> String {
    if global.folder.as_os_str() == "plugdesk-data" {
        String::new()
    } else {
        format!(" --folder {}", global.folder.display())
    }
}
