;; Is WebAssembly, but not a component: what `cargo build --target wasm32-unknown-unknown` leaves.
(module
  (memory (export "memory") 1)
  (func (export "plugdesk:desk/classify@0.1.0#classify") (param i32) (result i32) (i32.const 1024)))
