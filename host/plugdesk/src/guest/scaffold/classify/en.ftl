partner-domain = Writes from { $domain }, a partner’s domain
