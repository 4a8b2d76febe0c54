;; Was built for the next contract.
(component
  (import "plugdesk:desk/settings@0.2.0" (instance
    (export "bytes" (func (result (list u8)))))))
