//! The program, as a person uses it: every command on a running desk, on a resting one, and far away.

#[path = "program/background.rs"]
mod background;
#[path = "program/beginnings.rs"]
mod beginnings;
#[path = "program/broken_off.rs"]
mod broken_off;
#[path = "program/calendars.rs"]
mod calendars;
#[path = "program/commands.rs"]
mod commands;
#[path = "program/crowded.rs"]
mod crowded;
#[path = "program/day.rs"]
mod day;
#[path = "program/embed.rs"]
mod embed;
#[path = "program/eval.rs"]
mod eval;
#[path = "program/facade.rs"]
mod facade;
#[path = "program/fit.rs"]
mod fit;
#[path = "program/life.rs"]
mod life;
#[path = "program/linkage.rs"]
mod linkage;
#[path = "program/output.rs"]
mod output;
#[path = "program/place.rs"]
pub(crate) mod place;
#[path = "program/plugin.rs"]
mod plugin;
#[path = "program/receivers.rs"]
mod receivers;
#[path = "program/repeated.rs"]
mod repeated;
#[path = "program/restore.rs"]
mod restore;
#[path = "program/scorecard.rs"]
mod scorecard;
