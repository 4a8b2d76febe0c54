//! `plugdesk plugin run`: one question to one component.

use std::fs;
use std::path::{Path, PathBuf};

use plugdesk_desk::transcript::{Exchange, Replayer};
use plugdesk_desk::vector::{Expect, expectation};
use plugdesk_domain::manifest::Manifest;
use plugdesk_domain::question::Inquiry;
use plugdesk_domain::question::join::canonical;
use plugdesk_domain::{Ask, Call, Limits, Verdict};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cli::text::{cell, plain};
use crate::cli::{Exit, Failure, Output};

/// Ask a plugin once.
#[derive(Debug, clap::Args)]
pub(crate) struct Run {
    /// The component, or a pack with one plugin
    component: PathBuf,
    /// A vector, or a question and its inquiry
    file: PathBuf,
    /// The configuration; else the vector's, else the pack's, else an empty one
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// What both kinds of file have; a vector has more.
#[derive(Deserialize)]
struct Case {
    question: String,
    inquiry: Value,
    #[serde(default)]
    configuration: Option<Value>,
    #[serde(default)]
    context: Vec<Exchange>,
}

impl Run {
    pub(super) fn run(&self, output: &Output) -> Result<(), Failure> {
        let case: Case = parse(&self.file)?;
        let inquiry = json!({ "question": case.question, "inquiry": case.inquiry });
        let inquiry: Inquiry = serde_json::from_value(inquiry)
            .map_err(|error| Failure::new(Exit::Refused, format!("{}: inquiry: {error}", self.file.display())))?;
        let (component, packed) = self.component()?;
        let configuration = match (&self.config, case.configuration) {
            (Some(file), _) => parse(file)?,
            (None, Some(own)) => own,
            (None, None) => packed,
        };
        let refused = |text: String| Failure::new(Exit::Refused, text);
        let plugin = super::sandbox()?.load(&component).map_err(|fault| refused(fault.to_string()))?;
        let limits = Limits::default();
        let settings = plugin
            .prepare(&canonical(&configuration), &limits)
            .map_err(|fault| refused(format!("the configuration: {fault}")))?;
        let context = Replayer::new(&case.context);
        let verdict = plugin.ask(&Call { inquiry: &inquiry, settings: &settings, context: &context, limits: &limits });
        for stranger in context.missing() {
            output.note(&format!("it asked for what the file does not tell: {stranger}"));
        }
        show(&verdict, output)
    }

    /// The component's bytes, and the default configuration that lies beside it in its pack.
    fn component(&self) -> Result<(Vec<u8>, Value), Failure> {
        let path = &self.component;
        if !path.is_dir() {
            return Ok((read(path)?, json!({})));
        }
        let wrong = |text: String| Failure::new(Exit::Refused, format!("{}: {text}", path.join("pack.toml").display()));
        let text = String::from_utf8(read(&path.join("pack.toml"))?).map_err(|error| wrong(error.to_string()))?;
        let manifest: Manifest = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        let [entry] = manifest.plugins.as_slice() else {
            return Err(wrong(format!("it has {} plugins; name the component's file", manifest.plugins.len())));
        };
        let configuration = match &entry.configuration {
            Some(file) => parse(&path.join(file))?,
            None => json!({}),
        };
        Ok((read(&path.join(&entry.component))?, configuration))
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| Failure::file(path, "read", &error))
}

fn parse<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, Failure> {
    serde_json::from_slice(&read(path)?)
        .map_err(|error| Failure::new(Exit::Refused, format!("{}: {error}", path.display())))
}

fn show(verdict: &Verdict, output: &Output) -> Result<(), Failure> {
    let expect = expectation(&verdict.outcome);
    let micros = verdict.cpu.as_micros() as u64;
    let class = verdict.outcome.class();
    output.value(&json!({
        "outcome": class.name(),
        "expect": expect,
        "fuel": verdict.fuel,
        "micros": micros,
        "log": verdict.log,
        "log_dropped": verdict.log_dropped,
    }))?;
    output.head(&format!("{} ({} fuel, {micros} µs)", class.name(), verdict.fuel))?;
    for line in &verdict.log {
        output.say(format!("  [{}] {}", line.level, line.message))?;
    }
    match &expect {
        Expect::None(_) => output.say("no opinion"),
        Expect::Answer(answer) => answer_show(answer, output),
        Expect::Failed { message, .. } => {
            output.say(message.as_deref().unwrap_or_default())?;
            Err(Failure::said(Exit::Refused))
        }
    }
}

fn answer_show(answer: &Value, output: &Output) -> Result<(), Failure> {
    for (name, value) in answer.as_object().into_iter().flatten() {
        if !value.is_null() && name != "reasons" {
            output.say(format!("{name}: {}", plain(value)))?;
        }
    }
    for reason in answer.get("reasons").and_then(Value::as_array).into_iter().flatten() {
        let params = cell(reason, "params");
        output.say(format!("  · {} {params}", cell(reason, "code")))?;
    }
    Ok(())
}
