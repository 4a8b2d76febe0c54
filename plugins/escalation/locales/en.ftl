# What several reasons say: how long, and of what.
duration = { $unit ->
    [minutes] { $amount ->
        [one] one minute
       *[other] { $amount } minutes
    }
    [hours] { $amount ->
        [one] one hour
       *[other] { $amount } hours
    }
   *[days] { $amount ->
        [one] one day
       *[other] { $amount } days
    }
}
metric = { $metric ->
    [first-response] The first answer
    [first-contact] The first call
    [next-response] The next answer
    [resolution] The solution
   *[other] “{ $metric }”
}

late = { metric } is { duration } late, as { $source ->
    [contract] the contract promised
    [desk] the desk promised
   *[other] { $source } promised
} it
at-risk = { metric } is due in { duration }
breach-likely = Likely to be late: of tickets like this one { $percent } % were
breach-signs = What speaks for it: { $signs }
nobody-took-it = Nobody took it at level { $level } for { duration }
reopened = { $times ->
    [one] It came back after it was solved
   *[other] It came back { $times } times after it was solved
}
handed-off = { $times ->
    [one] It went from one person to another
   *[other] It went from person to person { $times } times
}
cause = { $cause ->
    [executive] An executive of the customer brought it
    [stuck] It is stuck
    [signal] A signal asks for attention
    [requested] Somebody asked for it
   *[other] Cause: { $cause }
}
tier = The customer’s tier: { $tier }
worth = At stake: { $company }, worth { $value } a year
rung = Level { $level }: { $who }
sleeps = Quiet hours: level { $level }, { $who }, is called in { duration }
promised = { metric } within { duration } ({ $for })
