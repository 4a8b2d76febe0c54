//! The shipped policies through the desk's API: real components, a clock turned by hand.

#[path = "plugins/stand.rs"]
mod stand;

#[path = "plugins/clinic.rs"]
mod clinic;
#[path = "plugins/escalation.rs"]
mod escalation;
#[path = "plugins/fitted.rs"]
mod fitted;
#[path = "plugins/risk_track.rs"]
mod risk_track;
#[path = "plugins/strangers.rs"]
mod strangers;
