# Что говорят несколько причин: сколько времени и о чём речь.
duration = { $unit ->
    [minutes] { $amount } мин
    [hours] { $amount } ч
   *[days] { $amount } дн.
}
metric = { $metric ->
    [first-response] Первый ответ
    [first-contact] Первый звонок
    [next-response] Следующий ответ
    [resolution] Решение
   *[other] «{ $metric }»
}

late = { metric }: опоздание { duration }; { $source ->
    [contract] так обещал договор
    [desk] так обещала служба поддержки
   *[other] так обещает { $source }
}
at-risk = { metric }: осталось { duration }
breach-likely = Вероятно опоздание: из похожих обращений опоздали { $percent } %
breach-signs = На это указывает: { $signs }
nobody-took-it = На уровне { $level } никто этого не взял; прошло { duration }
reopened = { $times ->
    [one] Вернулось после решения { $times } раз
    [few] Вернулось после решения { $times } раза
   *[other] Вернулось после решения { $times } раз
}
handed-off = { $times ->
    [one] Передано из рук в руки { $times } раз
    [few] Передано из рук в руки { $times } раза
   *[other] Передано из рук в руки { $times } раз
}
cause = { $cause ->
    [executive] Это принёс руководитель клиента
    [stuck] Застряло
    [signal] Сигнал требует внимания
    [requested] Кто-то попросил об этом
   *[other] Причина: { $cause }
}
tier = Уровень клиента: { $tier }
worth = На кону: { $company }, ценность { $value } в год
rung = Уровень { $level }: { $who }
sleeps = Тихие часы: уровень { $level }, { $who }, будет извещён через { duration }
promised = { metric }: срок { duration } ({ $for })
