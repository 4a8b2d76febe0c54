same-trouble = Others report “{ $word }” too
