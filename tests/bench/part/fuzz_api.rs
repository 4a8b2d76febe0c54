//! The API against its own description, seen from outside: schemathesis, with every check, on the real server.
//!
//! The walk in the tests is what stays; this is the second opinion, of somebody who did not write the API.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value, json};

use super::fields;
use crate::Bench;
use crate::cast::lead;
use crate::desk::Desk;

/// What is installed from PyPI; another version finds other things.
const PACKAGES: [&str; 2] = ["schemathesis==4.32.5", "openapi-spec-validator==0.9.0"];
/// The same requests in every run.
const SEED: &str = "2026";
/// At least so many requests.
const CASES: u64 = 20_000;
/// Fuzzed requests for each operation, beside those that cover its schema and those that follow links.
const EXAMPLES: u64 = 120;
/// Records that stand in the desk before.
const LEADS: u64 = 20;
/// Says everything that is wrong with a description of OpenAPI 3.1, a line each.
const VALIDATE: &str = "import json, sys\n\
    from openapi_spec_validator import OpenAPIV31SpecValidator\n\
    api = json.load(open(sys.argv[1]))\n\
    faults = [str(error.message)[:300] for error in OpenAPIV31SpecValidator(api).iter_errors()]\n\
    print('\\n'.join(faults)); sys.exit(bool(faults))";

pub(super) fn run(bench: &Bench) -> Result<Map<String, Value>> {
    let tools = tools()?;
    let folder = bench.folder()?;
    let desk = Desk::create(bench, &folder.path().join("desk"))?;
    for number in 0..LEADS {
        desk.post("/v1/tickets", &serde_json::from_str(&lead(number))?)?;
    }
    let api = folder.path().join("openapi.json");
    std::fs::write(&api, desk.get("/openapi.json")?.to_string())?;
    let checked = Command::new(tools.join("python")).args(["-c", VALIDATE]).arg(&api).output()?;
    ensure!(checked.status.success(), "no valid OpenAPI 3.1:\n{}", String::from_utf8_lossy(&checked.stdout));
    let report = folder.path().join("report.json");
    let told = fuzzed(bench, &tools, &desk, &report)?;
    let text = std::fs::read(&report).unwrap_or_default();
    let report: Value = serde_json::from_slice(&text).with_context(|| format!("it broke off: {told}"))?;
    let cases = report["test_cases"]["generated"].as_u64().context("the report counts cases")?;
    ensure!(bench.short || cases >= CASES, "{cases} requests, at least {CASES} are wanted");
    let failures = report["failures"].as_array().cloned().unwrap_or_default();
    let count = |server: bool| -> u64 {
        let of = |it: &&Value| (it["type"] == "ServerError") == server;
        failures.iter().filter(of).filter_map(|it| it["count"].as_u64()).sum()
    };
    if !failures.is_empty() {
        // The report counts; what was sent and what came back stands in the text.
        eprint(&told);
    }
    let errors = report["errors"].as_array().map_or(0, Vec::len);
    Ok(fields(json!({ "api": {
        "cases": cases, "server_errors": count(true), "schema_breaks": count(false), "errors": errors,
        "failures": failures,
    } })))
}

/// The programs, in a folder beside what cargo builds; made when it is not there.
fn tools() -> Result<PathBuf> {
    let built = std::env::current_exe()?;
    let target = built.parent().and_then(Path::parent).context("it stands in a target folder")?;
    let (folder, mark) = (target.join("schemathesis"), PACKAGES.join("\n"));
    let (programs, made) = (folder.join("bin"), folder.join("packages.txt"));
    if std::fs::read_to_string(&made).is_ok_and(|text| text == mark) {
        return Ok(programs);
    }
    let help = "Python 3.10 or newer with venv is needed: on Debian `apt-get install python3 python3-venv`, on Fedora \
                `dnf install python3`";
    let venv = Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder).stdout(Stdio::null()).status();
    ensure!(venv.is_ok_and(|status| status.success()), help);
    let pip =
        Command::new(programs.join("python")).args(["-m", "pip", "install", "--quiet"]).args(PACKAGES).status()?;
    ensure!(pip.success(), "pip could not install {}", PACKAGES.join(" "));
    std::fs::write(made, mark)?;
    Ok(programs)
}

/// Runs it, and answers with what it prints.
fn fuzzed(bench: &Bench, tools: &Path, desk: &Desk, report: &Path) -> Result<String> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let examples = bench.count(EXAMPLES, 1).to_string();
    let mut fuzz = Command::new(tools.join("schemathesis"));
    fuzz.arg("--config-file").arg(own.join("schemathesis.toml"));
    fuzz.args(["run", "--checks", "all", "--no-color", "--seed", SEED, "--max-examples", &examples]);
    fuzz.args(["--continue-on-failure", "--no-shrink", "--workers", "1", "--report", "json", "--report-json-path"]);
    fuzz.arg(report);
    // How many tries it takes to make hours that stand in order says nothing of the API. It would end the operation.
    fuzz.args(["--suppress-health-check", "filter_too_much"]);
    if bench.short {
        fuzz.args(["--phases", "examples,fuzzing"]);
    }
    fuzz.arg("--header").arg(format!("Authorization: {}", desk.bearer().unwrap_or_default()));
    fuzz.arg(format!("http://{}/openapi.json", desk.address));
    fuzz.env("SCHEMATHESIS_HOOKS", own.join("hooks.py")).env("PLUGDESK_FUZZ_KEY_ID", own_key(desk)?);
    // It keeps what it learns of an API in the folder where it stands.
    fuzz.current_dir(report.parent().context("the report stands in a folder")?);
    let output = fuzz.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The id of the key that asks: it must not be taken away while it does.
fn own_key(desk: &Desk) -> Result<String> {
    let me = desk.get("/v1/me")?;
    Ok(me["key"].as_str().context("a key asks")?.to_owned())
}

#[expect(clippy::print_stderr, reason = "the report is the answer; this is for whoever looks into a failure")]
fn eprint(text: &str) {
    eprintln!("{text}");
}
