//! Links: reversible relations between two records of a desk.

use serde::{Deserialize, Serialize};

use super::stored;
use crate::id::{DecisionId, LinkId};
use crate::key::{Index, Key, Table};
use crate::time::Instant;

/// The links that begin at a record, standing ones and removed ones, oldest first.
pub const LINK_BY_FROM: Index = Index { table: Table::Link, code: 1, name: "from", unique: false };
/// The links that end at a record, likewise.
pub const LINK_BY_TO: Index = Index { table: Table::Link, code: 2, name: "to", unique: false };

/// What the first record is to the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum LinkKind {
    /// Says the same.
    DuplicateOf,
    /// Is a part of it.
    ChildOf,
    /// Reports the same problem; the second is the lead ticket (practices 33, 34).
    SameProblem,
    /// Came of it.
    CausedBy,
    /// Serves that goal.
    ServesGoal,
}

/// A reversible relation. Removing it leaves it in the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Link {
    /// Its id.
    pub id: LinkId,
    /// Grows by one per write.
    pub version: u64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// What.
    pub kind: LinkKind,
    /// The id of the first record.
    pub from: String,
    /// The id of the second.
    pub to: String,
    /// How sure, 0 to 10,000; none: a person made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<u16>,
    /// Who made it: a person's name or key, or a policy's name.
    pub by: String,
    /// The decision behind it.
    #[serde(default, alias = "decision", skip_serializing_if = "Option::is_none")]
    pub decision_id: Option<DecisionId>,
    /// When it was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed_at: Option<Instant>,
    /// By whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed_by: Option<String>,
}

stored!(
    Link,
    personal: [],
    key: |l| Key::from(l.id),
    indexes: |l| vec![LINK_BY_FROM.entry(vec![l.from.as_str().into()]), LINK_BY_TO.entry(vec![l.to.as_str().into()])],
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_of_an_older_version_still_names_its_decision() {
        let id = DecisionId::new(Instant::from_millis(1), 7);
        let link = serde_json::json!({
            "id": LinkId::new(Instant::from_millis(2), 8), "version": 1, "created_at": Instant::from_millis(2),
            "updated_at": Instant::from_millis(2), "kind": "caused-by", "from": "a", "to": "b", "by": "correlate",
            "decision": id,
        });
        let read: Link = serde_json::from_value(link).expect("it is read");
        let written = serde_json::to_value(&read).expect("it is JSON");
        assert_eq!((read.decision_id, written["decision_id"].clone()), (Some(id), serde_json::json!(id)));
        assert_eq!(written.get("decision"), None);
    }
}
