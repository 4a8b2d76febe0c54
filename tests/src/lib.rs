//! One binary with the tests of the whole product.
