named = { $company } is named
primary = { $company } is where the requester belongs first
