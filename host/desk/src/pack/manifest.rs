//! `pack.toml`: read, and held against what this host knows, before anything of the pack is compiled.

use plugdesk_domain::manifest::{Manifest, PluginEntry};
use plugdesk_domain::question::QUESTIONS;
use plugdesk_domain::{BindingScope, Limits, Scope};
use semver::{Version, VersionReq};

use super::{Files, problem};
use crate::error::PackProblem;

/// The version that a pack's `plugdesk = ">=0.1, <1"` is held against.
pub const HOST_VERSION: &str = env!("CARGO_PKG_VERSION");

const MANIFEST: &str = "pack.toml";
/// A pack carries at most so many plugins, and binds at most so often: a generation has 64 bindings in all.
const MOST_PLUGINS: usize = 16;
/// See [`MOST_PLUGINS`].
const MOST_PACK_BINDINGS: usize = 32;
/// A line of text in a manifest, in bytes.
const MOST_LINE_BYTES: usize = 300;
/// A manifest has at most so many bytes as JSON: with what its plugins are granted, which may be as much again, and what
/// was found in its files, the pack is one stored value of 96 KiB. The longest shipped has 3 KiB.
const MOST_MANIFEST_BYTES: usize = 24 << 10;

/// Reads and checks the manifest.
pub(super) fn read(files: &Files) -> Result<Manifest, Vec<PackProblem>> {
    let refuse = |message: String| vec![problem(MANIFEST, message)];
    let bytes = files.get(MANIFEST).ok_or_else(|| refuse("the pack has no `pack.toml`".to_owned()))?;
    let text = std::str::from_utf8(bytes).map_err(|_| refuse("is not UTF-8".to_owned()))?;
    let manifest: Manifest = toml::from_str(text).map_err(|e| {
        let line = e.span().and_then(|span| text.get(..span.start)).map(|before| before.matches('\n').count() + 1);
        refuse(line.map_or_else(|| e.message().to_owned(), |line| format!("line {line}: {}", e.message())))
    })?;
    let mut problems = Vec::new();
    check(&manifest, files, &mut |message| problems.push(problem(MANIFEST, message)));
    let kept = serde_json::to_vec(&manifest).map_or(usize::MAX, |bytes| bytes.len());
    if kept > MOST_MANIFEST_BYTES {
        let rule = format!("at most {MOST_MANIFEST_BYTES} are kept");
        problems.push(problem(MANIFEST, format!("{kept} bytes as JSON, without comments; {rule}")));
    }
    if problems.is_empty() { Ok(manifest) } else { Err(problems) }
}

fn check(manifest: &Manifest, files: &Files, say: &mut dyn FnMut(String)) {
    let head = &manifest.pack;
    plain_name("pack.name", &head.name, say);
    if let Err(e) = Version::parse(&head.version) {
        say(format!("pack.version: `{}` is not a version of SemVer 2.0: {e}", head.version));
    }
    match (VersionReq::parse(&head.plugdesk), Version::parse(HOST_VERSION)) {
        (Err(e), _) => say(format!("pack.plugdesk: `{}` is not a range of versions: {e}", head.plugdesk)),
        (Ok(range), Ok(host)) if !range.matches(&host) => {
            say(format!("pack.plugdesk: it runs on `{}`, this host is {HOST_VERSION}", head.plugdesk));
        }
        (Ok(_), _) => {}
    }
    let lines = [
        ("version", Some(&head.version)),
        ("plugdesk", Some(&head.plugdesk)),
        ("publisher", Some(&head.publisher)),
        ("licence", Some(&head.licence)),
    ];
    let more = [("support", head.support.as_ref()), ("description", head.description.as_ref())];
    for (field, line) in lines.into_iter().chain(more) {
        if line.is_some_and(|line| line.is_empty() || line.len() > MOST_LINE_BYTES) {
            say(format!("pack.{field}: has 1 to {MOST_LINE_BYTES} bytes"));
        }
    }
    if manifest.plugins.len() > MOST_PLUGINS || manifest.bindings.len() > MOST_PACK_BINDINGS {
        return say(format!("at most {MOST_PLUGINS} plugins and {MOST_PACK_BINDINGS} bindings are taken"));
    }
    for (place, plugin) in manifest.plugins.iter().enumerate() {
        check_plugin(plugin, files, say);
        if manifest.plugins[..place].iter().any(|earlier| earlier.name == plugin.name) {
            say(format!("plugin `{}` stands twice", plugin.name));
        }
    }
    check_bindings(manifest, files, say);
}

fn check_plugin(plugin: &PluginEntry, files: &Files, say: &mut dyn FnMut(String)) {
    let at = format!("plugin `{}`", plugin.name);
    plain_name("plugin.name", &plugin.name, say);
    let named = [Some(&plugin.component), plugin.configuration.as_ref(), plugin.schema.as_ref()];
    for file in named.into_iter().flatten().filter(|file| files.get(file).is_none()) {
        say(format!("{at}: the pack has no file `{file}`"));
    }
    if plugin.questions.is_empty() {
        say(format!("{at}: names no question"));
    }
    for (place, question) in plugin.questions.iter().enumerate() {
        if !QUESTIONS.contains(&question.as_str()) {
            say(format!("{at}: this host knows no question `{question}`; it knows {}", QUESTIONS.join(", ")));
        }
        if plugin.questions[..place].contains(question) {
            say(format!("{at}: question `{question}` stands twice"));
        }
    }
    let most = plugdesk_domain::manifest::MOST_LIST;
    if plugin.needs.entries > most {
        say(format!("{at}: needs.entries: {}, at most {most} are shown", plugin.needs.entries));
    }
    for (scope, &count) in &plugin.needs.tickets {
        if ![Scope::Contact, Scope::Company, Scope::Desk].iter().any(|known| known.name() == scope) {
            say(format!("{at}: needs.tickets.{scope}: the scopes are contact, company and desk"));
        }
        if count > most {
            say(format!("{at}: needs.tickets.{scope}: {count}, at most {most} are shown"));
        }
    }
    let host = Limits::default();
    if plugin.limits.and_then(|l| l.fuel).is_some_and(|fuel| fuel == 0 || fuel > host.fuel) {
        say(format!("{at}: limits.fuel: a pack may ask for 1 to {}, the host's own limit", host.fuel));
    }
    let mib = host.memory_bytes >> 20;
    if plugin.limits.and_then(|l| l.memory_mib).is_some_and(|asked| asked == 0 || u64::from(asked) > mib) {
        say(format!("{at}: limits.memory-mib: a pack may ask for 1 to {mib}, the host's own limit"));
    }
}

fn check_bindings(manifest: &Manifest, files: &Files, say: &mut dyn FnMut(String)) {
    let mut seen = Vec::new();
    for binding in &manifest.bindings {
        let policy = binding.policy.as_ref().unwrap_or(&binding.plugin);
        let at = format!("binding of `{policy}` to `{}`", binding.question);
        if !QUESTIONS.contains(&binding.question.as_str()) {
            say(format!("{at}: this host knows no such question; it knows {}", QUESTIONS.join(", ")));
        }
        plain_name("binding.policy", policy, say);
        if let Some(file) = binding.overlay.as_ref().filter(|file| files.get(file).is_none()) {
            say(format!("{at}: the pack has no file `{file}`"));
        }
        let own = binding.pack.as_ref().is_none_or(|pack| *pack == manifest.pack.name);
        match manifest.plugins.iter().find(|plugin| plugin.name == binding.plugin) {
            _ if !own => {
                plain_name("binding.pack", binding.pack.as_deref().unwrap_or_default(), say);
                plain_name("binding.plugin", &binding.plugin, say);
            }
            None => say(format!("{at}: the pack has no plugin `{}`", binding.plugin)),
            Some(plugin) if !plugin.questions.contains(&binding.question) => {
                say(format!("{at}: plugin `{}` does not answer it", plugin.name));
            }
            Some(_) => {}
        }
        if let Err(rule) = scope_fits(&binding.question, &binding.scope) {
            say(format!("{at}: {rule}"));
        }
        let place = (policy, &binding.question, &binding.scope);
        if seen.contains(&place) {
            say(format!("{at}: stands twice in the same scope"));
        }
        seen.push(place);
        for name in &binding.replaces {
            plain_name("binding.replaces", name, say);
        }
    }
}

/// Whether a question may be bound in that scope. `classify` finds the segment, so it can't depend on it: it binds at
/// desk scope only.
pub(crate) fn scope_fits(question: &str, scope: &BindingScope) -> Result<(), String> {
    match (question, scope) {
        ("classify", BindingScope::Desk) => Ok(()),
        ("classify", _) => Err("`classify` binds at desk scope only".to_owned()),
        (_, BindingScope::Segment(word) | BindingScope::Kind(word)) => {
            plugdesk_domain::question::shown::check_name("scope", word)
        }
        (_, BindingScope::Desk | BindingScope::Company(_)) => Ok(()),
    }
}

/// A pack's, plugin's or policy's name: it stands in addresses, on command lines and in keys.
pub(crate) fn is_plain_name(name: &str) -> bool {
    let plain = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '-');
    (1..=64).contains(&name.len()) && name.chars().all(plain) && !name.starts_with('-')
}

fn plain_name(field: &str, name: &str, say: &mut dyn FnMut(String)) {
    if !is_plain_name(name) {
        let shown: String = name.chars().take(80).collect();
        say(format!("{field}: `{shown}` is not 1 to 64 lower-case letters, digits and hyphens"));
    }
}

/// What a plugin's calls may use: the host's limits, lowered where the pack lowers them.
pub fn limits(plugin: &PluginEntry, host: &Limits) -> Limits {
    let asked = plugin.limits.unwrap_or_default();
    let memory = asked.memory_mib.map_or(host.memory_bytes, |mib| u64::from(mib) << 20);
    Limits {
        fuel: asked.fuel.unwrap_or(host.fuel).min(host.fuel),
        memory_bytes: memory.min(host.memory_bytes),
        ..*host
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[pack]\nname = 'p'\nversion = '1.0.0'\npublisher = 'us'\nlicence = 'MIT'\nplugdesk = '>=0.1, <1'\n\
        [[plugin]]\nname = 'q'\ncomponent = 'q.wasm'\nquestions = ['qualify']\n\
        [[binding]]\nplugin = 'q'\nquestion = 'qualify'\nrank = 10\n";

    fn read_text(text: &str) -> Result<Manifest, String> {
        let mut files = Files::default();
        files.insert("pack.toml", text.as_bytes().to_vec()).unwrap();
        files.insert("q.wasm", vec![0]).unwrap();
        read(&files).map_err(|problems| problems.iter().map(|p| p.problem.clone()).collect::<Vec<_>>().join("\n"))
    }

    #[test]
    fn every_wrong_line_of_a_manifest_is_told_by_name() {
        assert!(read_text(GOOD).is_ok());
        let cases = [
            ("name = 'p'", "name = 'P p'", "pack.name: `P p` is not"),
            ("'1.0.0'", "'1.0'", "pack.version: `1.0` is not a version"),
            (">=0.1, <1", ">=7", "pack.plugdesk: it runs on `>=7`, this host is"),
            ("licence = 'MIT'", "licence = 'MIT'\nlicense = 'x'", "line 6: unknown field `license`"),
            ("'q.wasm'", "'r.wasm'", "the pack has no file `r.wasm`"),
            ("['qualify']", "['qualifie']", "no question `qualifie`; it knows classify, identify"),
            ("rank = 10", "rank = 10\nscope = { segment = 'a b' }", "scope: `a b` is not a name"),
            ("plugin = 'q'", "plugin = 'z'", "the pack has no plugin `z`"),
            ("component = 'q.wasm'", "component = 'q.wasm'\nlimits = { fuel = 99999999999 }", "limits.fuel"),
            ("component = 'q.wasm'", "component = 'q.wasm'\nneeds = { tickets.all = 3 }", "needs.tickets.all"),
        ];
        for (good, bad, told) in cases {
            let problems = read_text(&GOOD.replacen(good, bad, 1)).unwrap_err();
            assert!(problems.contains(told), "{bad}: {problems}");
        }
    }

    #[test]
    fn a_manifest_that_would_not_fit_the_pack_s_record_is_refused_before_anything_is_compiled() {
        let names = |count: usize| (0..count).map(|n| format!("'ticket.a{n}'")).collect::<Vec<_>>().join(", ");
        let wants = |count: usize| {
            let needs = format!("component = 'q.wasm'\nneeds = {{ events = [{}] }}", names(count));
            read_text(&GOOD.replacen("component = 'q.wasm'", &needs, 1))
        };
        assert!(wants(1_000).is_ok());
        assert!(wants(5_000).unwrap_err().contains("at most 24576 are kept"));
        let long = GOOD.replacen("'1.0.0'", &format!("'1.0.0-{}'", "a".repeat(400)), 1);
        assert_eq!(read_text(&long), Err("pack.version: has 1 to 300 bytes".to_owned()));
    }

    #[test]
    fn a_segment_is_found_before_segments_count_so_classify_binds_everywhere() {
        assert!(scope_fits("classify", &BindingScope::Segment("company".into())).is_err());
        assert!(scope_fits("classify", &BindingScope::Desk).is_ok());
        assert!(scope_fits("qualify", &BindingScope::Segment("company".into())).is_ok());
    }
}
