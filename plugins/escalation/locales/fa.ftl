# آنچه چند دلیل می‌گویند: چه مدت، و دربارهٔ چه.
duration = { $amount } { $unit ->
    [minutes] دقیقه
    [hours] ساعت
   *[days] روز
}
metric = { $metric ->
    [first-response] نخستین پاسخ
    [first-contact] نخستین تماس
    [next-response] پاسخ بعدی
    [resolution] حل مسئله
   *[other] «{ $metric }»
}

late = { metric } { duration } دیر شده است؛ { $source ->
    [contract] در قرارداد
    [desk] از سوی میز خدمت
   *[other] از سوی { $source }
} وعده داده شده بود
at-risk = { metric } تا { duration } دیگر باید انجام شود
breach-likely = احتمال دیرکرد: { $percent }٪ از درخواست‌های مشابه دیر شده‌اند
breach-signs = نشانه‌ها: { $signs }
nobody-took-it = در سطح { $level } به مدت { duration } کسی آن را نپذیرفت
reopened = پس از حل شدن { $times } بار بازگشته است
handed-off = { $times } بار دست‌به‌دست شده است
cause = { $cause ->
    [executive] یکی از مدیران مشتری آن را آورده است
    [stuck] متوقف مانده است
    [signal] نشانه‌ای هشدار می‌دهد
    [requested] درخواست شده است
   *[other] علت: { $cause }
}
tier = ردهٔ مشتری: { $tier }
worth = در خطر: { $company }، با ارزش سالانهٔ { $value }
rung = سطح { $level }: { $who }
sleeps = ساعات سکوت: به { $who } (سطح { $level }) تا { duration } دیگر خبر داده می‌شود
promised = { metric } ظرف { duration } ({ $for })
