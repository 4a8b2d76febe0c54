//! Answers qualify: a scorecard from configuration.
