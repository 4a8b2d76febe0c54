track-fast = Your request takes the short way: few checks, a small team
track-standard = Your request takes the usual way, with the usual checks
track-special = Your request is looked at with particular care, by more people and with more checks
missing = To decide we still need: { $what }
because = We look more closely because { $what }
speaks-for-you = It counts in your favour that { $what }
checked = We also check { $what }
takes-part = Also taking part: { $what }
