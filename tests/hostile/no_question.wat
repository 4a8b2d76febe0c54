;; Is a component, and answers nothing.
(component)
