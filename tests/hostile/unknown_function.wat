;; Wants a function that an interface of the contract does not have.
(component
  (import "plugdesk:desk/context@0.1.0" (instance
    (export "delete-everything" (func)))))
