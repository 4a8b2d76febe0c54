//! The sets of a folder: tables that an area knows by their columns, named by the folder that holds them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use flate2::read::GzDecoder;
use plugdesk_fit::table::Table;
use serde_json::{Map, Value};

/// A table stands at most so deep below the folder: sets in folders, which may stand in folders by kind.
const MOST_DEPTH: usize = 3;

/// What is scored, and with what.
pub(crate) struct Data {
    /// The folder with the sets.
    pub(crate) folder: PathBuf,
    /// The folder with sets of the same names to learn from; none: areas that learn do so by cross-validation.
    pub(crate) fit_on: Option<PathBuf>,
    /// The folder with the built packs.
    pub(crate) packs: PathBuf,
    failures: RefCell<Vec<String>>,
}

/// A table that was not read yet.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// CSV, or CSV compressed with gzip (`.csv.gz`).
    pub(crate) path: PathBuf,
    /// As they stand in the file.
    pub(crate) columns: Vec<String>,
}

/// A table that an area knows.
#[derive(Debug, Clone)]
pub(crate) struct Set<T> {
    /// The name of the folder that holds it. Of several known tables in one folder the later ones add the file's name; of
    /// several folders with one name each adds those above it.
    pub(crate) name: String,
    pub(crate) source: Source,
    /// What the area knows of it, such as where its columns are.
    pub(crate) known: T,
}

impl Data {
    pub(crate) fn new(folder: PathBuf, fit_on: Option<PathBuf>, packs: PathBuf) -> Self {
        Self { folder, fit_on, packs, failures: RefCell::default() }
    }

    /// Every set that `know` knows, in the order of their names.
    pub(crate) fn sets<T>(&self, know: impl Fn(&Source) -> Option<T>) -> Result<Vec<Set<T>>> {
        sets(&self.folder, know)
    }

    /// Likewise of the folder to learn from.
    pub(crate) fn sets_to_fit_on<T>(&self, know: impl Fn(&Source) -> Option<T>) -> Result<Vec<Set<T>>> {
        self.fit_on.as_deref().map_or_else(|| Ok(Vec::new()), |folder| sets(folder, know))
    }

    /// The figures of each set by its name. One that can't be scored is noted with its name, and the others are scored.
    pub(crate) fn each<T>(
        &self,
        area: &str,
        sets: &[Set<T>],
        score: impl Fn(&Set<T>) -> Result<Value>,
    ) -> Map<String, Value> {
        let mut figures = Map::new();
        for set in sets {
            eprintln!("{area}: {}", set.name);
            match score(set) {
                Ok(scored) => drop(figures.insert(set.name.clone(), scored)),
                Err(error) => self.failed(&format!("{area}: {}", set.name), &error),
            }
        }
        figures
    }

    /// Notes what could not be scored, and why.
    pub(crate) fn failed(&self, what: &str, error: &anyhow::Error) {
        eprintln!("{what}: {error:#}");
        self.failures.borrow_mut().push(format!("{what}: {error:#}"));
    }

    /// What could not be scored.
    pub(crate) fn failures(&self) -> Vec<String> {
        self.failures.borrow().clone()
    }
}

impl Source {
    /// The whole table.
    pub(crate) fn table(&self) -> Result<Table> {
        Table::read(open(&self.path)?).with_context(|| self.path.display().to_string())
    }

    /// The first of the names that a column has, as it stands in the file; names are compared by [`plain`].
    pub(crate) fn column(&self, names: &[&str]) -> Option<&str> {
        let named = |name: &&str| self.columns.iter().find(|column| plain(column) == plain(name));
        names.iter().find_map(named).map(String::as_str)
    }

    /// Whether there is a column of each of the names.
    pub(crate) fn has(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.column(&[name]).is_some())
    }
}

/// The set of that name.
pub(crate) fn named<'s, T>(sets: &'s [Set<T>], name: &str) -> Result<&'s Set<T>> {
    sets.iter().find(|set| set.name == name).with_context(|| format!("there is no set {name} to learn from"))
}

/// Every table of a folder, in the order of their paths. What is no CSV is passed over.
pub(crate) fn sources(folder: &Path) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    for entry in walkdir::WalkDir::new(folder).max_depth(MOST_DEPTH).sort_by_file_name() {
        let path = entry.with_context(|| format!("reading {}", folder.display()))?.into_path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        if !(name.ends_with(".csv") || name.ends_with(".csv.gz")) || !path.is_file() {
            continue;
        }
        if let Ok(columns) = Table::head(open(&path)?) {
            sources.push(Source { path, columns });
        }
    }
    Ok(sources)
}

/// The tables that stand in the same folder as a file, itself among them.
pub(crate) fn beside(file: &Path) -> Result<Vec<Source>> {
    let home = file.parent().unwrap_or(file);
    let all = sources(home)?.into_iter();
    Ok(all.filter(|source| source.path.parent() == Some(home)).collect())
}

fn sets<T>(folder: &Path, know: impl Fn(&Source) -> Option<T>) -> Result<Vec<Set<T>>> {
    let known = sources(folder)?.into_iter().filter_map(|source| know(&source).map(|known| (source, known)));
    let known: Vec<(Source, T)> = known.collect();
    let mut homes: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for (source, _) in &known {
        let homes = homes.entry(home_name(&source.path)).or_default();
        let home = source.path.parent().unwrap_or(folder).to_owned();
        if !homes.contains(&home) {
            homes.push(home);
        }
    }
    let mut sets: Vec<Set<T>> = Vec::new();
    for (source, known) in known {
        let mut name = home_name(&source.path);
        if homes.get(&name).is_some_and(|homes| homes.len() > 1) {
            let home = source.path.parent().unwrap_or(folder);
            name = home.strip_prefix(folder).unwrap_or(home).to_string_lossy().into_owned();
        }
        if sets.iter().any(|set| set.name == name) {
            let file = source.path.file_name().unwrap_or_default().to_string_lossy();
            name = format!("{name}/{}", file.split('.').next().unwrap_or_default());
        }
        sets.push(Set { name, source, known });
    }
    sets.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(sets)
}

/// The name of the folder that a file stands in.
fn home_name(file: &Path) -> String {
    let home = file.parent().map(|home| home.canonicalize().unwrap_or_else(|_| home.to_owned()));
    home.as_deref().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned()
}

fn open(path: &Path) -> Result<Box<dyn Read>> {
    let file = BufReader::new(File::open(path).with_context(|| format!("opening {}", path.display()))?);
    let packed = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gz"));
    Ok(if packed { Box::new(GzDecoder::new(file)) } else { Box::new(file) })
}

/// A column's name as it is compared: small letters, and everything but letters and digits as one underscore.
pub(crate) fn plain(name: &str) -> String {
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join("_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_known_by_their_columns_and_named_by_their_folders() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("one/a.csv", "\u{feff}True Id,Name\n1,x\n");
        write("one/b.csv", "true_id,Name\n1,x\n");
        write("two/people/c.csv", "TRUE ID,Name\n1,x\n");
        write("three/people/c.csv", "True-Id,Name\n1,x\n");
        write("four/d.csv", "Name\nx\n");
        write("a/b/c/deep.csv", "true_id\n1\n");
        let data = Data::new(folder.path().to_owned(), None, PathBuf::new());
        let sets = data.sets(|source| source.has(&["true_id"]).then_some(())).unwrap();
        let names: Vec<&str> = sets.iter().map(|set| set.name.as_str()).collect();
        assert_eq!(names, ["one", "one/b", "three/people", "two/people"]);
        assert_eq!(sets[0].source.column(&["id", "true id"]), Some("True Id"));
        assert_eq!(sets[0].source.table().unwrap().rows(), 1);
    }

    #[test]
    fn a_set_that_can_not_be_scored_is_noted_and_stops_no_other() {
        let data = Data::new(PathBuf::new(), None, PathBuf::new());
        let source = Source { path: PathBuf::new(), columns: vec![] };
        let set = |name: &str| Set { name: name.to_owned(), source: source.clone(), known: () };
        let figures = data.each("leads", &[set("bad"), set("good")], |set| {
            anyhow::ensure!(set.name != "bad", "no label");
            Ok(1.into())
        });
        assert_eq!(Value::Object(figures), serde_json::json!({"good": 1}));
        assert_eq!(data.failures(), ["leads: bad: no label"]);
    }
}
