//! One value on its way from a row to a field: missing words, value maps, lists, dates.

mod date;

use std::borrow::Cow;
use std::collections::BTreeMap;

use plugdesk_domain::{Attributes, Instant};
use serde_json::Value;

use super::mapping::{Columns, Custom, Flag, Mapping, Rule, Source};

/// A row as it was read: column → value. CSV has texts only, JSON lines anything.
pub(super) type Cells = BTreeMap<String, Value>;

/// Why a value can't be taken: the column, or where none is at fault the field, and the rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) field: String,
    pub(super) reason: String,
}

/// Reads values of one row by the mapping's rules.
pub(super) struct Reading<'a> {
    pub(super) mapping: &'a Mapping,
    pub(super) cells: &'a Cells,
}

impl Reading<'_> {
    /// The value as text; none: missing.
    pub(super) fn text(&self, source: Option<&Source>) -> Result<Option<String>, Wrong> {
        let Some(source) = source else { return Ok(None) };
        let rule = match source {
            Source::Column(column) => return self.cell(column, &[]),
            Source::Rule(rule) => rule.as_ref(),
        };
        let found = match (&rule.column, &rule.constant, &rule.template) {
            (Some(column), _, _) => self.cell(column, &rule.missing)?,
            (_, Some(constant), _) => Some(constant.clone()),
            (_, _, Some(template)) => self.template(template, &rule.missing)?,
            (None, None, None) => None,
        };
        Ok(found.map(|text| change(rule, text)).or_else(|| rule.default.clone()))
    }

    /// The value as a list: cut where the rule says, members that are empty left out.
    pub(super) fn list(&self, source: Option<&Source>) -> Result<Vec<String>, Wrong> {
        let Some(text) = self.text(source)? else { return Ok(Vec::new()) };
        let split = match source {
            Some(Source::Rule(rule)) => rule.split.clone(),
            Some(Source::Column(_)) | None => None,
        };
        let members: Vec<&str> =
            split.as_ref().map_or_else(|| vec![text.as_str()], |at| text.split(at.as_str()).collect());
        Ok(members.into_iter().map(str::trim).filter(|m| !m.is_empty()).map(ToOwned::to_owned).collect())
    }

    /// The value as one of a few words.
    pub(super) fn word<T: serde::de::DeserializeOwned>(&self, source: Option<&Source>) -> Result<Option<T>, Wrong> {
        let Some(text) = self.text(source)? else { return Ok(None) };
        let word = text.trim().to_lowercase();
        let parsed = serde_json::from_value(Value::String(word));
        parsed.map(Some).map_err(|e| self.wrong(source, format!("`{}`: {e}", short(&text))))
    }

    /// The value as yes or no; missing: no.
    pub(super) fn flag(&self, flag: &Flag) -> Result<bool, Wrong> {
        let source = match flag {
            Flag::Constant(flag) => return Ok(*flag),
            Flag::From(source) => source,
        };
        let Some(text) = self.text(Some(source))? else { return Ok(false) };
        match text.trim().to_lowercase().as_str() {
            "yes" | "true" | "1" => Ok(true),
            "no" | "false" | "0" => Ok(false),
            _ => {
                Err(self
                    .wrong(Some(source), format!("`{}` is neither yes nor no; `values` may say which", short(&text))))
            }
        }
    }

    /// The objects of a list that a JSON line holds; of a row without it none. Without `each` the row itself.
    pub(super) fn members(&self, each: Option<&str>) -> Result<Vec<Cow<'_, Cells>>, Wrong> {
        let Some(each) = each else { return Ok(vec![Cow::Borrowed(self.cells)]) };
        let wrong = || Wrong { field: each.to_owned(), reason: "a list of objects is wanted here".to_owned() };
        let list = match self.cells.get(each) {
            None | Some(Value::Null) => return Ok(Vec::new()),
            Some(Value::Array(list)) => list,
            Some(_) => return Err(wrong()),
        };
        let object = |it: &Value| match it {
            Value::Object(fields) => Ok(Cow::Owned(fields.clone().into_iter().collect())),
            _ => Err(wrong()),
        };
        list.iter().map(object).collect()
    }

    /// The value as a point in time.
    pub(super) fn date(&self, source: Option<&Source>) -> Result<Option<Instant>, Wrong> {
        let Some(text) = self.text(source)? else { return Ok(None) };
        let own = match source {
            Some(Source::Rule(rule)) => rule.dates.as_slice(),
            Some(Source::Column(_)) | None => &[],
        };
        let formats = own.iter().chain(&self.mapping.dates);
        let zone = self.mapping.time_zone.as_deref().unwrap_or("UTC");
        date::parse(text.trim(), formats.map(String::as_str), zone)
            .map(Some)
            .ok_or_else(|| self.wrong(source, format!("`{}` is a date in none of the formats", short(&text))))
    }

    /// The custom fields that the row's columns become.
    pub(super) fn custom(&self, custom: Option<&Custom>) -> Result<Attributes, Wrong> {
        let Some(custom) = custom else { return Ok(Attributes::new()) };
        let mut attributes = Attributes::new();
        for column in self.custom_columns(custom) {
            let value = match self.cells.get(column) {
                Some(Value::String(_)) => match self.cell(column, &[])? {
                    Some(text) if custom.texts.iter().any(|text| text == column) => Value::String(text),
                    Some(text) => number(&text).unwrap_or(Value::String(text)),
                    None => continue,
                },
                Some(Value::Null) | None => continue,
                Some(other) => other.clone(),
            };
            let name = custom.rename.get(column).map_or(column, String::as_str);
            if attributes.insert(name.to_owned(), value).is_some() {
                return Err(Wrong {
                    field: column.to_owned(),
                    reason: format!("another column is named `{name}` too"),
                });
            }
        }
        Ok(attributes)
    }

    /// Whether every column that the mapping reads is missing: a spreadsheet's empty line. Constants and defaults don't
    /// make it a row. Where the mapping reads no column, any value does.
    pub(super) fn is_blank(&self) -> bool {
        let missing = |column: &str, also: &[String]| matches!(self.cell(column, also), Ok(None));
        let (sources, customs) = (self.mapping.sources(), self.mapping.customs());
        let mut reads = false;
        let own = self.mapping.external_id.iter().map(|external| external.column.as_str());
        for column in own.chain(customs.iter().flat_map(|(_, custom)| self.custom_columns(custom))) {
            reads = true;
            if !missing(column, &[]) {
                return false;
            }
        }
        for (_, list) in self.mapping.lists() {
            reads = true;
            let empty = |it: &Value| it.as_array().is_some_and(Vec::is_empty);
            if !missing(list, &[]) && !self.cells.get(list).is_some_and(empty) {
                return false;
            }
        }
        for (_, source) in sources {
            let also = match source {
                Source::Rule(rule) => rule.missing.as_slice(),
                Source::Column(_) => &[],
            };
            let columns = source.columns();
            reads |= !columns.is_empty();
            if !columns.into_iter().all(|column| missing(column, also)) {
                return false;
            }
        }
        reads || self.cells.keys().all(|column| missing(column, &[]))
    }

    fn custom_columns<'c>(&'c self, custom: &'c Custom) -> impl Iterator<Item = &'c str> {
        let columns: Vec<&String> = match &custom.columns {
            Columns::Named(columns) => columns.iter().collect(),
            Columns::All(_) => self.cells.keys().collect(),
        };
        columns.into_iter().filter(|column| !custom.except.contains(column)).map(String::as_str)
    }

    /// A column's text; none: empty, or a word that means so.
    fn cell(&self, column: &str, also_missing: &[String]) -> Result<Option<String>, Wrong> {
        let text = match self.cells.get(column) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(text)) => text.trim(),
            Some(Value::Bool(flag)) => return Ok(Some(flag.to_string())),
            Some(Value::Number(number)) => return Ok(Some(number.to_string())),
            Some(Value::Array(_) | Value::Object(_)) => {
                let reason = "a list or an object; only custom fields take one".to_owned();
                return Err(Wrong { field: column.to_owned(), reason });
            }
        };
        let means_missing = |word: &String| word.trim().to_lowercase() == text.to_lowercase();
        let missing = text.is_empty() || self.mapping.missing.iter().chain(also_missing).any(means_missing);
        Ok((!missing).then(|| text.to_owned()))
    }

    fn template(&self, template: &str, missing: &[String]) -> Result<Option<String>, Wrong> {
        let mut parts = template.split('{');
        let mut text = parts.next().unwrap_or_default().to_owned();
        let mut found = !template.contains('{');
        for part in parts {
            let (column, rest) = part.split_once('}').unwrap_or((part, ""));
            if let Some(value) = self.cell(column, missing)? {
                found = true;
                text.push_str(&value);
            }
            text.push_str(rest);
        }
        Ok(found.then(|| text.split_whitespace().collect::<Vec<_>>().join(" ")))
    }

    pub(super) fn wrong(&self, source: Option<&Source>, reason: String) -> Wrong {
        let column = source.and_then(|source| source.columns().first().map(|c| (*c).to_owned()));
        Wrong { field: column.unwrap_or_default(), reason }
    }
}

fn change(rule: &Rule, text: String) -> String {
    let mapped = rule.values.get(&text).or(rule.otherwise.as_ref().filter(|_| !rule.values.is_empty()));
    let text = mapped.cloned().unwrap_or(text);
    if rule.lower { text.to_lowercase() } else { text }
}

/// A text that is plainly a number: no leading zeros, no sign but `-`, at most 15 digits, so that nothing is lost.
pub(super) fn number(text: &str) -> Option<Value> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, decimals) = digits.split_once('.').map_or((digits, None), |(whole, decimals)| (whole, Some(decimals)));
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let leading = whole.len() > 1 && whole.starts_with('0');
    if !plain(whole) || leading || decimals.is_some_and(|d| !plain(d)) || digits.len() > 15 {
        return None;
    }
    match decimals {
        // 5.0 is what spreadsheets write for 5.
        Some(decimals) if decimals.bytes().any(|b| b != b'0') => text.parse::<f64>().ok().map(Value::from),
        _ => text.split('.').next()?.parse::<i64>().ok().map(Value::from),
    }
}

fn short(text: &str) -> String {
    text.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn mapping(json: &Value) -> Mapping {
        Mapping::read(json).unwrap()
    }

    fn reading<T>(rule: &Value, cells: &Value, read: impl Fn(&Reading<'_>, &Source) -> T) -> T {
        let base =
            json!({"kind": "lead", "missing": ["Select", "n/a"], "dates": ["%d.%m.%Y"], "time-zone": "Europe/Warsaw"});
        let (mapping, cells) = (mapping(&base), serde_json::from_value(cells.clone()).unwrap());
        let source: Source = serde_json::from_value(rule.clone()).unwrap();
        read(&Reading { mapping: &mapping, cells: &cells }, &source)
    }

    #[test]
    fn a_word_that_means_nothing_was_chosen_is_nothing() {
        let text = |rule: Value, cells: Value| reading(&rule, &cells, |r, s| r.text(Some(s)).unwrap());
        assert_eq!(text(json!("a"), json!({"a": " select "})), None);
        assert_eq!(text(json!("a"), json!({"a": " Selected "})).as_deref(), Some("Selected"));
        assert_eq!(text(json!({"column": "a", "default": "none"}), json!({"a": "N/A"})).as_deref(), Some("none"));
        let priority = json!({"column": "a", "values": {"1": "urgent"}, "otherwise": "normal"});
        assert_eq!(text(priority.clone(), json!({"a": "1"})).as_deref(), Some("urgent"));
        assert_eq!(text(priority, json!({"a": "7"})).as_deref(), Some("normal"));
        let name = json!({"template": "{first} {last}"});
        assert_eq!(text(name.clone(), json!({"first": "Parisa", "last": ""})).as_deref(), Some("Parisa"));
        assert_eq!(text(name, json!({"first": "Select", "last": ""})), None);
    }

    #[test]
    fn dates_are_read_in_their_own_format_and_zone() {
        let date = |rule: Value, text: &str| {
            reading(&rule, &json!({"a": text}), |r, s| r.date(Some(s)).map(|d| d.map(|d| d.to_string())))
        };
        assert_eq!(date(json!("a"), "22.11.2026").unwrap().as_deref(), Some("2026-11-21T23:00:00.000Z"));
        assert_eq!(date(json!("a"), "2026-11-22T09:30:00+01:00").unwrap().as_deref(), Some("2026-11-22T08:30:00.000Z"));
        let own = json!({"column": "a", "dates": ["%m/%d/%Y %H:%M"]});
        assert_eq!(date(own, "07/01/2026 10:00").unwrap().as_deref(), Some("2026-07-01T08:00:00.000Z"));
        let wrong = date(json!("a"), "yesterday").unwrap_err();
        assert_eq!(
            (wrong.field.as_str(), wrong.reason.as_str()),
            ("a", "`yesterday` is a date in none of the formats")
        );
    }

    #[test]
    fn a_number_becomes_one_only_if_nothing_is_lost() {
        let cases = [("5", json!(5)), ("-7", json!(-7)), ("5.0", json!(5)), ("2.5", json!(2.5)), ("0", json!(0))];
        for (text, expected) in cases {
            assert_eq!(number(text), Some(expected), "{text}");
        }
        for text in ["007", "1e9", "+5", "", "-", "1.", ".5", "12345678901234567", "1,5", "02.Medium", "NaN"] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn all_columns_become_custom_fields_but_those_excepted() {
        let base = mapping(&json!({"kind": "lead", "missing": ["Select"]}));
        let cells =
            serde_json::from_value(json!({"a": "5", "b": "Select", "zip": "01234", "no": "x", "c": "7"})).unwrap();
        let custom = json!({"columns": "*", "except": ["no"], "rename": {"a": "visits"}, "texts": ["c"]});
        let custom: Custom = serde_json::from_value(custom).unwrap();
        let attributes = Reading { mapping: &base, cells: &cells }.custom(Some(&custom)).unwrap();
        assert_eq!(json!(attributes), json!({"visits": 5, "zip": "01234", "c": "7"}));
    }
}
