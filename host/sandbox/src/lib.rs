//! Runs policies: wasmtime components with limits; WIT to domain and back.
