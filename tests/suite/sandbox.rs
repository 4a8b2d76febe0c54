//! The sandbox: what policies can do, and what they cannot.
