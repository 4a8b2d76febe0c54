//! Every test of the product in one binary: one link, one place to look.

mod access;
mod crash;
mod desk;
mod docs;
mod http;
mod imports;
mod locales;
mod operating;
mod packs;
mod plugins;
mod program;
mod promises;
mod rights;
mod sandbox;
mod setup;
mod store;
mod stories;
mod tidy;
