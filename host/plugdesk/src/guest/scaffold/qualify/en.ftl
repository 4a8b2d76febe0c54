wanted-word = The subject asks for “{ $word }”
