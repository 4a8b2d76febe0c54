company-record = It is a company’s record: { $found }
company-set = It is for a company: { $found }
membership = The person belongs to a company ({ $found })
free-mail = Writes from { $found }, where anybody may have an address
own-mail = Writes from { $found }, a domain of its own
legal-form = The name has the legal form “{ $found }”
known = The contact is known as a { $found }
nothing-else = Nothing speaks for a company
field = { $side ->
    [company] A field speaks for a company: { $found }
   *[consumer] A field speaks for a consumer: { $found }
}
word = { $side ->
    [company] The subject speaks of a company: “{ $found }”
   *[consumer] The subject speaks of a private matter: “{ $found }”
}
