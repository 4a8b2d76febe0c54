company-record = پروندهٔ یک شرکت است: { $found }
company-set = برای یک شرکت است: { $found }
membership = این شخص عضو یک شرکت است ({ $found })
free-mail = از { $found } می‌نویسد که هر کسی می‌تواند آنجا نشانی داشته باشد
own-mail = از { $found } می‌نویسد که دامنهٔ اختصاصی است
legal-form = نام دارای قالب حقوقی «{ $found }» است
known = این مخاطب پیش‌تر { $found ->
    [company] شرکت
   *[consumer] مصرف‌کننده
} شناخته شده است
nothing-else = هیچ نشانی از شرکت نیست
field = { $side ->
    [company] یک فیلد نشان شرکت است: { $found }
   *[consumer] یک فیلد نشان مصرف‌کننده است: { $found }
}
word = { $side ->
    [company] موضوع از شرکت می‌گوید: «{ $found }»
   *[consumer] موضوع از کاری شخصی می‌گوید: «{ $found }»
}
