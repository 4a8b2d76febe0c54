//! The disk of a power cut: the store's own crash runs have it, and the same pieces serve both.

#[path = "../../../../host/store/examples/crash/image.rs"]
pub(super) mod image;
#[path = "../../../../host/store/examples/crash/recording.rs"]
pub(super) mod recording;
