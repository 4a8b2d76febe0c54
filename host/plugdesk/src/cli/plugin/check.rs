//! `plugdesk plugin check`: everything that can be known of a pack without a desk: what its components answer and read,
//! what they may use and do use, and what a careful author would still mend.

mod lint;

use std::fs;
use std::path::{Path, PathBuf};

use plugdesk_desk::pack::{Examined, ExaminedPlugin, Files, examine, limits};
use plugdesk_domain::{Ask, Limits};
use serde_json::{Value, json};

use crate::cli::archive::{archive, files};
use crate::cli::text::bytes;
use crate::cli::{Exit, Failure, Output};
use lint::Remark;

/// Check a built pack, or a component alone.
#[derive(Debug, clap::Args)]
pub(crate) struct Check {
    /// A pack's folder or archive, or a component
    pack: PathBuf,
    /// Remarks count as problems too
    #[arg(long)]
    strict: bool,
}

impl Check {
    pub(super) fn run(&self, output: &Output) -> Result<(), Failure> {
        if is_component(&self.pack)? {
            return self.component(output);
        }
        let files = pack_files(&self.pack)?;
        let examined = examine(&files, super::sandbox()?.as_ref(), &Limits::default())
            .map_err(|problems| super::test::refused(&problems))?;
        let remarks = lint::pack(&files, &examined);
        output.value(&json!({
            "pack": self.pack,
            "name": examined.manifest.pack.name,
            "version": examined.manifest.pack.version,
            "plugins": examined.plugins.iter().map(facts).collect::<Vec<_>>(),
            "remarks": remarks,
        }))?;
        for plugin in &examined.plugins {
            self.show(plugin, output)?;
        }
        self.end(&examined, &remarks, output)
    }

    fn component(&self, output: &Output) -> Result<(), Failure> {
        let component = fs::read(&self.pack).map_err(|error| Failure::file(&self.pack, "read", &error))?;
        let refused = |text: String| Failure::new(Exit::Refused, text);
        let plugin = super::sandbox()?.load(&component).map_err(|fault| refused(fault.to_string()))?;
        let answer = json!({
            "component": self.pack,
            "digest": plugin.digest(),
            "bytes": component.len(),
            "questions": plugin.questions(),
            "imports": plugin.imports(),
        });
        output.value(&answer)?;
        output.head(&format!("{} ({})", self.pack.display(), bytes(component.len() as u64)))?;
        output.say(format!("  answers  {}", listed(plugin.questions())))?;
        output.say(format!("  imports  {}", listed(plugin.imports())))
    }

    fn show(&self, plugin: &ExaminedPlugin, output: &Output) -> Result<(), Failure> {
        let host = limits(&plugin.entry, &Limits::default());
        let most = plugin.vectors.iter().map(|(_, ran)| ran.fuel).max().unwrap_or(0);
        output.head(&format!("{} ({})", plugin.entry.name, bytes(plugin.component.len() as u64)))?;
        output.say(format!("  answers  {}", listed(plugin.plugin.questions())))?;
        output.say(format!("  imports  {}", listed(plugin.plugin.imports())))?;
        output.say(format!("  may use  {} fuel, {} of memory", host.fuel, bytes(host.memory_bytes)))?;
        output.say(format!("  vectors  {}, with at most {most} fuel", plugin.vectors.len()))
    }

    fn end(&self, examined: &Examined, remarks: &[Remark], output: &Output) -> Result<(), Failure> {
        for remark in remarks {
            let file = if remark.file.is_empty() { "pack" } else { &remark.file };
            output.say(format!("  · {file}: {}", remark.remark))?;
        }
        let name = &examined.manifest.pack.name;
        output.say(format!("{name} can be installed; {} remarks", remarks.len()))?;
        if self.strict && !remarks.is_empty() { Err(Failure::said(Exit::Refused)) } else { Ok(()) }
    }
}

/// What is known of a plugin, for machines.
fn facts(plugin: &ExaminedPlugin) -> Value {
    let host = limits(&plugin.entry, &Limits::default());
    let vectors: Vec<Value> = plugin
        .vectors
        .iter()
        .map(|(file, ran)| json!({ "file": file, "about": ran.about, "fuel": ran.fuel, "micros": ran.micros }))
        .collect();
    json!({
        "name": plugin.entry.name,
        "component": plugin.entry.component,
        "digest": plugin.plugin.digest(),
        "bytes": plugin.component.len(),
        "questions": plugin.plugin.questions(),
        "imports": plugin.plugin.imports(),
        "needs": plugin.entry.needs,
        "limits": { "fuel": host.fuel, "memory_bytes": host.memory_bytes, "cpu_ms": host.cpu_ms },
        "vectors": vectors,
    })
}

/// What every WebAssembly file begins with.
const MAGIC: [u8; 4] = *b"\0asm";

fn is_component(path: &Path) -> Result<bool, Failure> {
    let unread = |error| Failure::file(path, "read", &error);
    if fs::metadata(path).map_err(unread)?.is_dir() {
        return Ok(false);
    }
    let mut begin = [0; MAGIC.len()];
    let mut file = fs::File::open(path).map_err(unread)?;
    Ok(std::io::Read::read_exact(&mut file, &mut begin).is_ok() && begin == MAGIC)
}

fn pack_files(pack: &Path) -> Result<Files, Failure> {
    if pack.is_dir() {
        return files(pack);
    }
    Files::from_tar(&archive(pack)?).map_err(|problems| super::test::refused(&problems))
}

fn listed(words: &[String]) -> String {
    if words.is_empty() { "nothing".to_owned() } else { words.join(", ") }
}
