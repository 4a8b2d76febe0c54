track-fast = Kérése a rövid úton halad: kevés ellenőrzés, kis csapat
track-standard = Kérése a szokásos úton halad, a szokásos ellenőrzésekkel
track-special = Kérését különös gonddal vizsgáljuk: több kolléga és több ellenőrzés
missing = A döntéshez még szükségünk van erre: { $what }
because = Alaposabban megnézzük, mert { $what }
speaks-for-you = Ön mellett szól, hogy { $what }
checked = Ezt is ellenőrizzük: { $what }
takes-part = Részt vesz még: { $what }
