//! Plugdesk to embed, and behind the feature cli the program.
