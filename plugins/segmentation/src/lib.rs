//! Answers classify: consumer, company or mixed.
