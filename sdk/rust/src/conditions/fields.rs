//! The custom fields that conditions read: collected while a configuration is prepared, read in one go for each record.

use serde::{Deserialize, Serialize};

use super::{Given, Hashes, hash};
use crate::desk::Desk;
use crate::types::{Refusal, Value};
use crate::words::fold;

/// Whose custom field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Of {
    /// The ticket, contact or company that the question is about.
    #[default]
    Subject,
    /// Who brought it.
    Contact,
    /// The company it is for.
    Company,
}

/// Which fields to read, and which texts in them say nothing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Fields {
    /// By [`Of`], each sorted by name: the name, and the number that `add` gave out.
    names: [Vec<String>; 3],
    numbers: [Vec<u16>; 3],
    blank: Hashes,
}

/// The contract's limit of names in one read.
const MOST_NAMES: usize = 256;

impl Fields {
    /// Texts that stand for an unanswered field, such as the `Select` of a drop-down list.
    pub fn blank(&mut self, texts: &[String]) {
        self.blank = Hashes::of(texts.iter().map(|text| hash(&fold(text))).collect());
    }

    /// The number of a field, the same for the same field: 0, 1, 2, … An error is a sentence.
    pub fn add(&mut self, of: Of, name: &str) -> Result<u16, String> {
        let next = self.count();
        let (names, numbers) = (&mut self.names[of as usize], &mut self.numbers[of as usize]);
        match names.binary_search_by(|known| known.as_str().cmp(name)) {
            Ok(place) => Ok(numbers[place]),
            Err(_) if names.len() >= MOST_NAMES => Err(format!("more than {MOST_NAMES} fields of one record")),
            Err(place) => {
                names.insert(place, name.to_owned());
                numbers.insert(place, next);
                Ok(next)
            }
        }
    }

    /// How many fields there are.
    pub fn count(&self) -> u16 {
        self.numbers.iter().map(|numbers| numbers.len() as u16).sum()
    }

    /// The name of a field.
    pub fn name(&self, number: u16) -> &str {
        let all = self.names.iter().zip(&self.numbers).flat_map(|(names, numbers)| names.iter().zip(numbers));
        all.into_iter().find(|(_, known)| **known == number).map_or("", |(name, _)| name)
    }

    /// Reads all of them, one read for each record that is there: the value of each field, by its number, as it stands
    /// and made ready; `None`: not set, or blank.
    pub fn read(
        &self,
        desk: &impl Desk,
        subject: &str,
        contact: Option<&str>,
        company: Option<&str>,
    ) -> Result<Vec<Option<(Value, Given)>>, Refusal> {
        let mut all: Vec<Option<(Value, Given)>> = (0..self.count()).map(|_| None).collect();
        let records = [Some(subject), contact, company];
        for ((names, numbers), record) in self.names.iter().zip(&self.numbers).zip(records) {
            let Some(record) = record.filter(|_| !names.is_empty()) else { continue };
            let mut next = 0;
            for (name, value) in desk.attributes(record, names)? {
                // Both are sorted, so mostly it is the one behind the last.
                let is_next = names.get(next) == Some(&name);
                let Ok(place) = (if is_next { Ok(next) } else { names.binary_search(&name) }) else { continue };
                next = place + 1;
                let given = Given::of(&value).filter(|given| !given.is_one_of(&self.blank));
                let slot = numbers.get(place).and_then(|&number| all.get_mut(usize::from(number)));
                if let (Some(slot), Some(given)) = (slot, given) {
                    *slot = Some((value, given));
                }
            }
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Pretend;

    #[test]
    fn all_fields_of_a_record_are_read_at_once_and_a_placeholder_is_no_answer() {
        let mut fields = Fields::default();
        fields.blank(&["Select".to_owned()]);
        let budget = fields.add(Of::Subject, "budget").unwrap();
        let city = fields.add(Of::Subject, "City").unwrap();
        let size = fields.add(Of::Company, "size").unwrap();
        assert_eq!(fields.add(Of::Subject, "budget"), Ok(budget));
        let desk = Pretend::desk()
            .with_attribute("t", "budget", Value::Text("SELECT".to_owned()))
            .with_attribute("t", "City", Value::Text("Pécs".to_owned()))
            .with_attribute("c", "size", Value::Integer(5));
        let read = fields.read(&desk, "t", None, Some("c")).unwrap();
        let there = |number: u16| read[usize::from(number)].is_some();
        assert_eq!((there(budget), there(city), there(size)), (false, true, true));
        assert_eq!((desk.reads(), fields.name(city), fields.name(size)), (2, "City", "size"));
    }
}
