//! Business time by a calendar of the desk: when an amount of it has passed, and how much of it lies between two moments.

use plugdesk_domain::calendar::Schedule;
use plugdesk_domain::{Day, Instant, PersianDate, Principal};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

use crate::desk::Desk;
use crate::error::Error;

const MINUTE_MS: i64 = 60_000;

/// What an amount of business time is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum TimeUnit {
    /// Minutes in which the calendar is open.
    #[default]
    Minutes,
    /// Days on which it opens; the last is over when it closes.
    WorkingDays,
}

/// When an amount of business time has passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DueView {
    /// From when on it was counted.
    pub start: Instant,
    /// What it was counted in.
    pub unit: TimeUnit,
    /// When it has passed; none: the calendar opens too little within ten years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Instant>,
    /// The same as the clocks of the calendar's time zone show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<String>,
    /// Its day in the Persian calendar, for readers of Persian.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persian_date: Option<String>,
    /// Years within of which the calendar names no holidays, although it names some of others: what falls into them may
    /// be due too early.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub years_unknown: Vec<i16>,
}

/// How much business time lies between two moments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ElapsedView {
    /// From.
    pub start: Instant,
    /// To.
    pub end: Instant,
    /// Milliseconds in which the calendar was open, negative where the end is earlier.
    pub millis: i64,
    /// Whole minutes of them.
    pub minutes: i64,
    /// Working days after the day of the start, that of the end included, negative where the end is earlier; days are
    /// those of the calendar's time zone.
    pub working_days: i64,
    /// Years within of which the calendar names no holidays, although it names some of others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub years_unknown: Vec<i16>,
}

impl Desk {
    /// When `amount` of a calendar's time has passed since `start`; none: since now. Not for customers.
    pub fn calendar_due(
        &self,
        by: &Principal,
        name: &str,
        start: Option<Instant>,
        (amount, unit): (u32, TimeUnit),
        languages: &[String],
    ) -> Result<DueView, Error> {
        let schedule = self.schedule(by, name)?;
        let start = start.unwrap_or_else(|| self.inner.now());
        let due_at = match unit {
            TimeUnit::Minutes => schedule.add(start, i64::from(amount) * MINUTE_MS),
            TimeUnit::WorkingDays => schedule.closing(start, amount),
        };
        let current = self.current();
        let language = languages.first().map_or(current.locale.as_str(), String::as_str);
        let persian = language.split('-').next().is_some_and(|it| it.eq_ignore_ascii_case("fa"));
        let day = due_at.and_then(|due| schedule.day_of(due)).filter(|_| persian);
        Ok(DueView {
            start,
            unit,
            due_at,
            local: due_at.map(|due| schedule.local(due)),
            persian_date: day.map(|day: Day| PersianDate::of(day).to_string()),
            years_unknown: due_at.map(|due| schedule.years_unknown(start, due)).unwrap_or_default(),
        })
    }

    /// How much of a calendar's time lies between two moments; the end none: until now. Not for customers.
    pub fn calendar_elapsed(
        &self,
        by: &Principal,
        name: &str,
        start: Instant,
        end: Option<Instant>,
    ) -> Result<ElapsedView, Error> {
        let schedule = self.schedule(by, name)?;
        let end = end.unwrap_or_else(|| self.inner.now());
        let millis = schedule.between(start, end);
        let days = schedule.day_of(start).zip(schedule.day_of(end));
        Ok(ElapsedView {
            start,
            end,
            millis,
            minutes: millis / MINUTE_MS,
            working_days: days.map_or(0, |(start, end)| schedule.working_days_between(start, end)),
            years_unknown: schedule.years_unknown(start, end),
        })
    }

    /// The calendar of that name, `always` included.
    fn schedule(&self, by: &Principal, name: &str) -> Result<Arc<Schedule>, Error> {
        self.served(by)?;
        let setup = self.inner.setup.load_full();
        setup.schedule(name).map(Arc::clone).ok_or_else(|| Error::not_found("calendar", name))
    }
}
