//! A disk that is full, or whose fsync fails, when a test says so: the real files otherwise. And a server over it.

use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use plugdesk::desk::NewDesk;
use plugdesk::domain::Principal;
use plugdesk::store::{Files, Options, Output, RealFiles, Store};
use plugdesk::{Listener, Plugdesk};
use tempfile::TempDir;
use tokio::sync::oneshot;

use crate::http::wire::{Reply, raw, request};

/// What is wrong with the disk.
#[derive(Default)]
pub(crate) struct Moods {
    /// It has 4 KiB left.
    pub(crate) full: AtomicBool,
    /// fsync answers EIO of a file into which that was written: of one write alone, because timers and followers write too
    /// and whichever came first would meet it.
    failing: Mutex<Option<String>>,
}

impl Moods {
    /// Lets the write fail in which that stands, or none from now on.
    pub(crate) fn fail(&self, what: Option<&str>) {
        *self.failing.lock().unwrap() = what.map(str::to_owned);
    }

    fn fails(&self, written: &[u8]) -> bool {
        let failing = self.failing.lock().unwrap();
        failing.as_ref().is_some_and(|what| written.windows(what.len()).any(|it| it == what.as_bytes()))
    }
}

struct Moody(Arc<Moods>);

struct MoodyOutput {
    output: Box<dyn Output>,
    moods: Arc<Moods>,
    /// Whether what must fail stands among what was not synced yet.
    fails: bool,
}

impl Write for MoodyOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.fails |= self.moods.fails(bytes);
        self.output.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}

impl Output for MoodyOutput {
    fn sync(&mut self) -> io::Result<()> {
        match std::mem::take(&mut self.fails) {
            true => Err(io::Error::from_raw_os_error(5)),
            false => self.output.sync(),
        }
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.output.truncate(length)
    }
}

impl Moody {
    fn output(&self, output: Box<dyn Output>) -> Box<dyn Output> {
        Box::new(MoodyOutput { output, moods: Arc::clone(&self.0), fails: false })
    }
}

impl Files for Moody {
    fn create_folder(&self, path: &Path) -> io::Result<()> {
        RealFiles.create_folder(path)
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        RealFiles.list(path)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn Output>> {
        Ok(self.output(RealFiles.create(path)?))
    }

    fn append(&self, path: &Path) -> io::Result<Box<dyn Output>> {
        Ok(self.output(RealFiles.append(path)?))
    }

    fn read(&self, path: &Path) -> io::Result<Box<dyn Read + Send>> {
        RealFiles.read(path)
    }

    fn length(&self, path: &Path) -> io::Result<Option<u64>> {
        RealFiles.length(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        RealFiles.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        RealFiles.remove(path)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        RealFiles.sync_folder(path)
    }

    fn free_bytes(&self, path: &Path) -> io::Result<u64> {
        if self.0.full.load(SeqCst) { Ok(4 << 10) } else { RealFiles.free_bytes(path) }
    }
}

/// A server over a real folder on a moody disk, with a desk `main`.
pub(crate) struct Stand {
    pub(crate) moods: Arc<Moods>,
    pub(crate) plugdesk: Plugdesk,
    address: SocketAddr,
    operator: String,
    folder: TempDir,
    stop: Option<oneshot::Sender<()>>,
}

impl Stand {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let stand = Self::over(folder).await;
        let me = Principal::operator();
        stand.plugdesk.desks().desk_create(&me, NewDesk::named("main"), None).await.unwrap();
        stand.with_key().await
    }

    async fn over(folder: TempDir) -> Self {
        let moods = Arc::new(Moods::default());
        let files: Arc<dyn Files> = Arc::new(Moody(Arc::clone(&moods)));
        let store = Store::open(&Options { files, ..Options::new(folder.path()) }).unwrap();
        let plugdesk = Plugdesk::builder().storage(store).background(true).build().unwrap();
        let listener = Listener::tcp(([127, 0, 0, 1], 0).into()).await.unwrap();
        let address = listener.address().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = plugdesk.clone();
        tokio::spawn(async move { serving.serve(listener, async move { drop(stopped.await) }).await });
        Self { moods, plugdesk, address, operator: String::new(), folder, stop: Some(stop) }
    }

    async fn with_key(mut self) -> Self {
        let new = plugdesk::desk::NewKey {
            desk: None,
            label: "test".into(),
            role: plugdesk::domain::Role::Operator,
            contact: None,
            agent: None,
            expires_at: None,
        };
        let made = self.plugdesk.desks().key_create(&Principal::operator(), new, None).await.unwrap();
        self.operator = made.value.secret.unwrap().to_string();
        self
    }

    /// Ends it, and opens the same folder on a disk in good mood.
    pub(crate) async fn restarted(mut self) -> Self {
        drop(self.stop.take());
        // A store that failed does not close in peace; that is said, and is no reason not to open it again.
        let _ = self.plugdesk.shutdown().await;
        Self { operator: self.operator, ..Self::over(self.folder).await }
    }

    pub(crate) async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let bearer = format!("Bearer {}", self.operator);
        let mut all = vec![("authorization", bearer.as_str()), ("plugdesk-desk", "main")];
        if !body.is_empty() {
            all.push(("content-type", "application/json"));
        }
        all.extend_from_slice(headers);
        raw(self.address, &request(method, path, &all, body.as_bytes())).await
    }
}
