//! Answers are kept for a week: longer than anybody repeats a request, and not for ever, because there is one for each.

use std::sync::{Mutex, PoisonError};

use plugdesk_domain::record::Stored;
use plugdesk_domain::{Instant, RecordsExt, Scan, StoredAnswer, Table};

use crate::desk::{Desk, Inner};
use crate::draft::Draft;
use crate::error::Error;
use crate::follow::{by_itself, itself};
use crate::path::Command;

/// An answer is kept so long. The draft of the header leaves it open; clients give up within three days, and a program
/// that stood still over a weekend is still answered as before.
pub const ANSWERS_KEPT_MS: i64 = 7 * 24 * 3_600_000;
/// Answers looked at in one go: a short command.
const AT_A_TIME: usize = 256;
/// Between two such looks, so that a desk with a million of them is gone through in about an hour beside its work.
const BETWEEN_MS: i64 = 1_000;
/// After all were looked at, this is when it begins again.
const REST_MS: i64 = 6 * 3_600_000;
/// The rows of an import keep theirs: by them a file that is imported again is known, whenever that is.
const OF_IMPORTS: &str = "import/";

/// How far the answers were looked at.
#[derive(Default)]
pub(crate) struct Walk(Mutex<Option<Vec<u8>>>);

/// Deletes answers that are too old.
struct Expire(Vec<StoredAnswer>);

impl Command for Expire {
    type Value = ();
    const NAME: &'static str = "answer.expire";
    const STATUS: u16 = 200;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<(), Error> {
        "answers".clone_into(&mut draft.subject);
        for answer in &self.0 {
            draft.note(Table::StoredAnswer, &answer.key(), answer.version);
            draft.delete(answer);
        }
        Ok(())
    }

    fn again(&self, _desk: &Inner, _subject: &str) -> Result<(), Error> {
        Ok(())
    }
}

fn is_old(answer: &StoredAnswer, now: Instant) -> bool {
    let key = answer.name.split_once('/').map_or("", |(_, key)| key);
    answer.created_at.plus_millis(ANSWERS_KEPT_MS) < now && !key.starts_with(OF_IMPORTS)
}

impl Desk {
    /// Deletes some of the answers that were kept for long enough, and says when to call again.
    pub async fn answers_expire(&self) -> Result<Instant, Error> {
        let walk = &self.inner.answers;
        let after = walk.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let scan = Scan::table(Table::StoredAnswer).with_limit(AT_A_TIME).with_after(after);
        let page = self.inner.records.list::<StoredAnswer>(&scan)?;
        let now = self.inner.now();
        let old: Vec<_> = page.records.into_iter().filter(|it| is_old(it, now)).collect();
        // A store that takes no writes is not asked for one that changes nothing.
        if !old.is_empty() {
            self.submit(&itself(&self.inner), &by_itself(&self.inner), Expire(old)).await?;
        }
        let pause = if page.next.is_some() { BETWEEN_MS } else { REST_MS };
        *walk.0.lock().unwrap_or_else(PoisonError::into_inner) = page.next;
        Ok(now.plus_millis(pause))
    }
}
