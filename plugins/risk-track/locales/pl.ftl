track-fast = Państwa sprawa idzie krótką drogą: mało kontroli, mały zespół
track-standard = Państwa sprawa idzie zwykłą drogą, ze zwykłymi kontrolami
track-special = Państwa sprawę rozpatrujemy ze szczególną starannością: więcej osób i więcej kontroli
missing = Do decyzji potrzebujemy jeszcze: { $what }
because = Przyglądamy się dokładniej, ponieważ { $what }
speaks-for-you = Na Państwa korzyść przemawia to, że { $what }
checked = Dodatkowo sprawdzamy: { $what }
takes-part = Uczestniczy też: { $what }
