//! The core: commands, the one path, joins, generations, packs.
