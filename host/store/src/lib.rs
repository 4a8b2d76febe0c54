//! The record layer over sled with a write-ahead journal, or over memory.
