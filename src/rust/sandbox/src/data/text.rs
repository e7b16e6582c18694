//! The words of a Russian sales department. All people, firms and numbers
//! are made up.

use crate::data::Rng;
use crate::data::content::Address;

#[rustfmt::skip]
const NAMES: [(&str, &str); 16] = [
    ("Алексей", "alexey"), ("Наталья", "natalya"), ("Сергей", "sergey"), ("Елена", "elena"),
    ("Андрей", "andrey"), ("Татьяна", "tatyana"), ("Михаил", "mikhail"), ("Юлия", "yulia"),
    ("Артём", "artem"), ("Ирина", "irina"), ("Владимир", "vladimir"), ("Светлана", "svetlana"),
    ("Рустам", "rustam"), ("Ксения", "ksenia"), ("Фёдор", "fedor"), ("Гульнара", "gulnara"),
];
#[rustfmt::skip]
const FAMILIES: [&str; 14] = [
    "Кравченко", "Черных", "Дубинко", "Мороз", "Шевчук", "Седых", "Белых", "Ткаченко", "Гринь",
    "Долгих", "Юрченко", "Щерба", "Ким", "Цой",
];
/// Things in the plural, whose nominative and accusative are the same word.
#[rustfmt::skip]
const GOODS: [&str; 8] = [
    "тёплые панели", "окна ПВХ", "рольставни", "стеклопакеты", "ворота для склада",
    "входные группы", "перегородки", "светопрозрачные навесы",
];
#[rustfmt::skip]
const TIMES: [&str; 7] = [
    "завтра утром", "в понедельник", "после обеда", "в конце недели", "через две недели",
    "после 15:00", "15 числа",
];
#[rustfmt::skip]
const POINTS: [&str; 5] = [
    "прислать образцы и сертификаты", "пересчитать смету с учётом доставки",
    "согласовать график платежей с бухгалтерией", "уточнить у производства срок изготовления",
    "показать готовый объект в области",
];
const DOMAINS: [&str; 4] =
    ["stroymir.example", "teplodom.example", "mail.example", "okna-plus.example"];

/// A full name, first name first.
fn person(rng: &mut Rng) -> String {
    let (name, _) = NAMES[rng.index(NAMES.len())];
    format!("{name} {}", rng.pick(&FAMILIES))
}

/// The name of a firm.
pub fn company(rng: &mut Rng) -> String {
    let family = rng.pick(&FAMILIES);
    let trade = rng.pick(&["Строй", "Тепло", "Окна", "Монтаж", "Проект"]);
    match rng.below(9) {
        0 => format!("ООО \"{trade}-{family}\""),
        1 => format!("ИП {family}"),
        2 => format!("{trade} & Ко / филиал № {}", rng.between(1, 9)),
        3 => format!("АО «{trade}инвест»"),
        4 => "Название не указано".to_owned(),
        5 => format!("{trade}Сервис 🔥"),
        _ => format!("ООО «{trade}{}»", rng.pick(&["мир", "град", "торг", "плюс"])),
    }
}

/// What people call themselves in messengers and forms.
pub fn nickname(rng: &mut Rng) -> String {
    let odd = ["Мария 🌸", "Виктор \\ прораб", "\"Саныч\"", "79720004455", "Снабжение/склад", "1"];
    rng.pick(&odd).to_owned()
}

/// What a lead is called.
pub fn deal(rng: &mut Rng) -> String {
    let goods = rng.pick(&GOODS);
    match rng.below(9) {
        0 => "Заявка с сайта".to_owned(),
        1 => format!("{goods} / {}", rng.pick(&FAMILIES)),
        2 => format!("Звонок от {}", phone(rng)),
        3 => format!("Тендер \"{goods}\""),
        4 => format!("🔥 {goods}, срочно"),
        5 => "NA".to_owned(),
        6 => format!("{goods}: {} м²", rng.between(12, 900)),
        7 => format!("{} <ещё раз> & доставка", person(rng)),
        _ => format!("Поставка — {goods}"),
    }
}

/// A client's name and address.
pub fn correspondent(rng: &mut Rng) -> Address {
    let (name, mailbox) = NAMES[rng.index(NAMES.len())];
    Address {
        email: format!("{mailbox}{}@{}", rng.below(90), rng.pick(&DOMAINS)),
        name: format!("{name} {}", rng.pick(&FAMILIES)),
    }
}

/// A mobile number, in one of the spellings that people use. The codes 972
/// to 976 belong to no operator that we know of, so it should ring nowhere.
pub fn phone(rng: &mut Rng) -> String {
    let code = rng.between(972, 976);
    let (a, b, c) = (rng.below(1000), rng.below(100), rng.below(100));
    match rng.below(10) {
        0 => format!("+7 ({code}) {a:03}-{b:02}-{c:02}"),
        1 | 2 => format!("7{code}{a:03}{b:02}{c:02}"),
        3 => format!("8{code}{a:03}{b:02}{c:02}"),
        _ => format!("+7{code}{a:03}{b:02}{c:02}"),
    }
}

/// A sum of money such as `184 500`, rounded to hundreds.
fn sum(rng: &mut Rng) -> String {
    format!("{} {:03}", rng.between(12, 980), rng.below(10) * 100)
}

/// What a manager writes down about a client.
pub fn remark(rng: &mut Rng) -> String {
    let goods = rng.pick(&GOODS);
    let time = rng.pick(&TIMES);
    match rng.below(25) {
        0 => format!("Просит перезвонить {time}"),
        1 => format!("Нужны {goods}, сравнивает с другими. Бюджет до {} ₽", sum(rng)),
        2 => format!("{} просит скидку 7%, вернуться с ответом {time}", person(rng)),
        3 => format!("Отправил КП на {} руб., ждёт решения", sum(rng)),
        4 => "Не дозвонился, написал в мессенджер".to_owned(),
        5 => format!("Замер {time}, адрес: {}", address(rng)),
        6 => format!("Интересуют:\n- {goods}\n- доставка\n- монтаж"),
        7 => "Сказал: \"подумаю\" — возражение по цене".to_owned(),
        8 => format!("ООО «{}» — договор на согласовании у юриста", rng.pick(&FAMILIES)),
        9 => "Дорого; просит рассрочку на 3 месяца".to_owned(),
        10 => format!("Встреча {time} 🤝"),
        11 => "Клиент доволен 👍 готов дать отзыв".to_owned(),
        12 | 23 => odd_remark(rng),
        13 => format!("Лид с выставки, визитка: {}", person(rng)),
        14 => format!("ЛПР — {}, тел. {}", person(rng), phone(rng)),
        15 => "Закупка через тендер, срок подачи — 10 дней".to_owned(),
        16 => format!("Оплата {time}, предоплата 50/50"),
        17 => "Повторное обращение (брал в прошлом году)".to_owned(),
        18 => format!("Размеры: {}x{} мм", rng.between(6, 30) * 100, rng.between(6, 30) * 100),
        19 => "Просил не звонить до конца месяца!!!".to_owned(),
        20 => format!("Уточнить по складу: {goods}. См. https://sandbox.example/a?b=1&c=2"),
        21 => format!("Договорились: {} ₽ с доставкой", sum(rng)),
        22 => "Сравнивает нас с конкурентами\r\nСрок решения — 2 недели".to_owned(),
        _ => long_remark(rng),
    }
}

/// The cells that break careless readers.
fn odd_remark(rng: &mut Rng) -> String {
    let odd = [
        "NA",
        "",
        "0012",
        "1e5",
        "TRUE",
        "  пробелы по краям  ",
        "<b>Срочно</b> &amp; важно",
        "C:\\Договоры\\2025\\скан.pdf",
        "a;b,c\t\"d\"",
        "🙂",
        "👩‍💼👨‍👩‍👧 семья",
        "'; -- \\",
        "№\u{a0}7 — «ёлочки» „лапки“",
        "NULL",
        "-",
        "строка\n\nчерез строку",
    ];
    rng.pick(&odd).to_owned()
}

fn long_remark(rng: &mut Rng) -> String {
    let head = format!("Созвонились. Участник: {}.\n", person(rng));
    let foot = format!("Итог: следующий контакт {}", rng.pick(&TIMES));
    let many = rng.between(3, 9);
    let points = (1..=many).map(|number| format!("{number}. {};", rng.pick(&POINTS)));
    let points: Vec<String> = points.collect();
    [head, points.join("\n"), foot].join("\n")
}

/// What somebody is to do.
pub fn task(rng: &mut Rng) -> String {
    match rng.below(6) {
        0 => format!("Перезвонить {}", rng.pick(&TIMES)),
        1 => format!("Отправить КП на {}", rng.pick(&GOODS)),
        2 => format!("Замер: {}", address(rng)),
        3 => "Связаться".to_owned(),
        4 => format!("Нужно {}", rng.pick(&POINTS)),
        _ => format!("Проверить оплату, {} ₽", sum(rng)),
    }
}

/// What was reached when a task was done.
pub fn task_result(rng: &mut Rng) -> String {
    match rng.below(10) {
        0 => "Дозвонился, отправляю КП".to_owned(),
        1 => "не берёт трубку".to_owned(),
        2 => format!("Встреча перенесена, теперь {}", rng.pick(&TIMES)),
        3 => "Выслал договор".to_owned(),
        4 => format!("Оплата подтверждена: {} ₽", sum(rng)),
        5 => "ок".to_owned(),
        6 => format!("Замер подтверждён: {}", person(rng)),
        7 => "Отказ: нашли дешевле".to_owned(),
        8 => String::new(),
        _ => format!("Образцы отправлены, {}", rng.pick(&GOODS)),
    }
}

/// What clients and managers write on their phones.
pub fn message(rng: &mut Rng) -> String {
    match rng.below(10) {
        0 => format!("Здравствуйте! Сколько стоят {}?", rng.pick(&GOODS)),
        1 => "Добрый день, заказ готов к отгрузке".to_owned(),
        2 => format!("Ваш менеджер перезвонит {}", rng.pick(&TIMES)),
        3 => format!("Код подтверждения: {:04}", rng.below(10_000)),
        4 => "Спасибо! 🙏".to_owned(),
        5 => format!("Заказ №{} передан в доставку", rng.between(1000, 99_999)),
        6 => "А можно фото?".to_owned(),
        7 => format!("Подтвердите замер {}", rng.pick(&TIMES)),
        8 => "да".to_owned(),
        _ => "Перезвоните, пожалуйста".to_owned(),
    }
}

/// The subject of an email.
pub fn subject(rng: &mut Rng) -> String {
    let number = rng.between(100, 9999);
    match rng.below(6) {
        0 => format!("Коммерческое предложение №{number}"),
        1 => format!("Re: Счёт {number}"),
        2 => "Запрос цены".to_owned(),
        3 => format!("Fwd: Договор поставки № {number}/25"),
        4 => String::new(),
        _ => format!("Заявка: {}", rng.pick(&GOODS)),
    }
}

/// The first lines of an email.
pub fn summary(rng: &mut Rng) -> String {
    match rng.below(4) {
        0 => "Добрый день! Во вложении счёт на оплату.".to_owned(),
        1 => format!("Здравствуйте, прошу рассчитать {} на объект…", rng.pick(&GOODS)),
        2 => "Спасибо, получили. Вернёмся с ответом".to_owned(),
        _ => format!(
            "Коллеги, подтверждаю встречу {}.\nС уважением, {}",
            rng.pick(&TIMES),
            person(rng)
        ),
    }
}

/// The name of an integration.
pub fn service(rng: &mut Rng) -> &'static str {
    rng.pick(&["Формы сайта", "Коллтрекинг", "1С:Обмен", "Робот продаж", "telegram_bot"])
}

/// What an integration reports.
pub fn service_message(rng: &mut Rng) -> String {
    match rng.below(6) {
        0 => format!("Заявка с сайта: {}", rng.pick(&GOODS)),
        1 => "utm_source=yandex&utm_medium=cpc&utm_campaign=okna".to_owned(),
        2 => format!("Документ РТУ-{:06} проведён", rng.below(1_000_000)),
        3 => "Пропущенный звонок, создана задача".to_owned(),
        4 => format!("Форма «Обратный звонок»\nИмя: {}\nТелефон: {}", person(rng), phone(rng)),
        _ => "Робот отправил письмо по шаблону \"Знакомство\"".to_owned(),
    }
}

/// What the till shows.
pub fn cashier_message(rng: &mut Rng) -> String {
    format!("Скидка постоянному клиенту: {} ₽", sum(rng))
}

/// The tags of the account.
pub const TAGS: [&str; 6] = ["VIP", "Повторный", "Дилер", "Выставка", "Горячий", "Без НДС"];

/// One to three tags.
pub fn tags(rng: &mut Rng) -> Vec<&'static str> {
    let first = rng.index(TAGS.len());
    let many = 1 + rng.index(3);
    TAGS.into_iter().cycle().skip(first).take(many).collect()
}

/// The outcome of a call in words; most managers write none.
pub fn call_result(status: u64, rng: &mut Rng) -> &'static str {
    if rng.percent(60) {
        return "";
    }
    match status {
        4 => {
            rng.pick(&["Договорились о встрече", "Выслать КП", "Думает", "Отказ", "Оплатит завтра"])
        }
        2 => "Перезвонить позже",
        5 => "Не тот номер",
        1 => "Оставил сообщение",
        _ => "Не дозвонился",
    }
}

/// The address of a recording.
pub fn recording(uniq: &str) -> String {
    format!("https://pbx.sandbox.example/rec/{uniq}.mp3")
}

/// A page that a client looked at.
pub fn url(rng: &mut Rng) -> String {
    let page = rng.pick(&["catalog", "price", "about", "delivery"]);
    format!("https://sandbox.example/{page}?from=mail&n={}", rng.below(1000))
}

/// A street address.
pub fn address(rng: &mut Rng) -> String {
    let street = rng.pick(&["ул. Лесная", "пр-т Мира", "ш. Энтузиастов", "наб. Речная"]);
    format!("{street}, д. {}, стр. {}", rng.between(1, 120), rng.between(1, 4))
}

/// The name of a file.
pub fn file_name(rng: &mut Rng) -> String {
    let number = rng.between(1, 999);
    match rng.below(5) {
        0 => format!("КП_{number}.pdf"),
        1 => format!("Договор № {number}.docx"),
        2 => format!("scan{number:04}.jpg"),
        3 => format!("Смета {number}.xlsx"),
        _ => format!("price-{number}.pdf"),
    }
}
