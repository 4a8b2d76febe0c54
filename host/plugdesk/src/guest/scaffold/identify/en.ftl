same-address = Both use { $address }
same-name = Both are called { $name }
