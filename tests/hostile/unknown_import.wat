;; Wants to send mail.
(component
  (import "acme:mail/sender@1.0.0" (instance
    (export "send" (func (param "to" string))))))
