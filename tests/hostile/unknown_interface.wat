;; Wants an interface that the contract's package does not have.
(component
  (import "plugdesk:desk/storage@0.1.0" (instance
    (export "put" (func (param "key" string))))))
