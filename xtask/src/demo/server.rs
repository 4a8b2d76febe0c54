//! The demo's server: a process of its own, so that it can be killed and come back.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::client::Client;
use crate::{run, test};

/// Where a running demo says that it runs: its process and its address.
const NOTE: &str = "running.json";
/// A started server must answer within this time; a cold one takes about a second.
const PATIENCE: Duration = Duration::from_secs(60);

/// A desk being served.
pub struct Server {
    child: Child,
    started: Instant,
    folder: PathBuf,
    listen: String,
    /// Asks it.
    pub client: Client,
}

/// Ends or refuses a demo that still runs, and clears what an earlier one left.
pub fn make_way(folder: &Path, replace: bool) -> Result<()> {
    let note = fs::read_to_string(folder.join(NOTE)).unwrap_or_default();
    let note: Value = serde_json::from_str(&note).unwrap_or_default();
    if let (Some(pid), Some(url)) = (note["pid"].as_u64(), note["url"].as_str())
        && Client::alive(url)
    {
        if !replace {
            bail!(
                "a demo is still running: process {pid} serves {url}\n  \
                 end it with Ctrl-C where it runs, or begin anew with `cargo xtask demo --replace`"
            );
        }
        println!("ending the demo that runs as process {pid}");
        run::succeeds(Command::new("kill").arg(pid.to_string()));
        let begun = Instant::now();
        while Client::alive(url) {
            if begun.elapsed() > PATIENCE {
                bail!("process {pid} does not end; end it by hand");
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }
    if folder.exists() {
        println!("clearing what an earlier demo left in {}", folder.display());
        fs::remove_dir_all(folder).with_context(|| format!("{} can't be cleared", folder.display()))?;
    }
    Ok(())
}

impl Server {
    /// A new desk with the shipped packs, served on that port or, if it is used, on another.
    pub fn start(folder: &Path, port: u16) -> Result<Self> {
        let data = folder.join("desk");
        let mut init = run::plugdesk();
        init.args(["init", "--name", "demo", "--title", "Demo", "--json", "--folder"]).arg(&data);
        for name in test::PACKS {
            init.arg("--pack").arg(run::target().join("packs").join(name));
        }
        println!("$ {}", run::shown(&init));
        let made: Value = serde_json::from_str(&run::output(&mut init)?).context("init answers in JSON")?;
        let key = made["key"]["secret"].as_str().context("init shows the key")?.to_owned();
        let listen = match TcpListener::bind(("127.0.0.1", port)) {
            Ok(_) => format!("127.0.0.1:{port}"),
            Err(_) => {
                println!("port {port} is used; taking another");
                "127.0.0.1:0".to_owned()
            }
        };
        let (child, url) = serve(folder, &listen)?;
        let listen = url.trim_start_matches("http://").to_owned();
        Ok(Self { child, started: Instant::now(), folder: folder.to_owned(), listen, client: Client::new(url, key) })
    }

    /// Seconds since this process was started.
    pub fn uptime(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    /// Whether this process still runs.
    pub fn alive(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// The server's process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The desk's folder.
    pub fn data(&self) -> PathBuf {
        self.folder.join("desk")
    }

    /// The demo's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// SIGKILL: no chance to write anything down.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// The same folder on the same port again.
    pub fn again(&mut self) -> Result<()> {
        (self.child, _) = serve(&self.folder, &self.listen)?;
        self.started = Instant::now();
        Ok(())
    }

    /// Ends it cleanly.
    pub fn end(mut self) -> Result<()> {
        run::succeeds(Command::new("kill").arg(self.pid().to_string()));
        self.child.wait()?;
        drop(fs::remove_file(self.folder.join(NOTE)));
        Ok(())
    }

    /// Until somebody ends it.
    pub fn wait(mut self) -> Result<()> {
        self.child.wait()?;
        drop(fs::remove_file(self.folder.join(NOTE)));
        Ok(())
    }
}

impl Drop for Server {
    /// A story that breaks off leaves no server behind.
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn serve(folder: &Path, listen: &str) -> Result<(Child, String)> {
    let mut serve = run::plugdesk();
    serve.args(["serve", "--json", "--log", "warn", "--listen", listen, "--folder"]).arg(folder.join("desk"));
    println!("$ {}", run::shown(&serve));
    let mut child = serve.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("the server can't be started")?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().context("its output")?).read_line(&mut line)?;
    let said: Value = serde_json::from_str(&line).unwrap_or_default();
    let Some(url) = said["listening"].as_str().map(str::to_owned) else {
        drop(child.kill());
        bail!("the server did not start: {}", child.wait()?);
    };
    let note = serde_json::json!({ "pid": child.id(), "url": url });
    fs::write(folder.join(NOTE), note.to_string())?;
    Ok((child, url))
}
