calls-for-care = We take more care where “{ $word }” is spoken of
nothing-risky = Nothing here calls for special care
