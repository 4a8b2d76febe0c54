;; Wants a function that is in no interface.
(component
  (import "now" (func (result u64))))
