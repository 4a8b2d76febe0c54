company-record = Это запись компании: { $found }
company-set = Это для компании: { $found }
membership = Человек относится к компании ({ $found })
free-mail = Пишет с { $found }, где адрес может завести любой
own-mail = Пишет с { $found }, собственного домена
legal-form = В названии есть правовая форма «{ $found }»
known = Контакт известен как { $found ->
    [company] компания
   *[consumer] потребитель
}
nothing-else = На компанию ничто не указывает
field = { $side ->
    [company] Поле указывает на компанию: { $found }
   *[consumer] Поле указывает на потребителя: { $found }
}
word = { $side ->
    [company] Тема говорит о компании: «{ $found }»
   *[consumer] Тема говорит о личном деле: «{ $found }»
}
