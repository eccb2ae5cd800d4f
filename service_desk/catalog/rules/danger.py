"""Words that mean a life may be in danger now: the page then shows whom to call before anything else.

It is not a triage: a false alarm costs one line of numbers on the page, a missed one may cost a life. So a phrase counts
when all its words are said, in any order and form.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from service_desk.catalog.words import forms, words

if TYPE_CHECKING:
    from collections.abc import Iterator

#: kind of danger → numbers to show first (100 police, 101 ambulance, 102 fire and rescue, 103 electricity, 1201 ERAN)
DANGER_NUMBERS = MappingProxyType(
    {
        "fire": ("102",),
        "medical": ("101",),
        "violence": ("100",),
        "electric": ("103", "102"),
        "trapped": ("102", "100"),
        "self_harm": ("1201", "101"),
        "explosive": ("100",),
    }
)

#: kind → phrases in five languages, parted by ";"
_PHRASES = {
    "fire": (
        "שריפה; שרפה; אש; להבות; עולה באש; באש; נשרף; בוער; בוערת; בוערים; דליקה; עשן; ריח גז; דליפת גז; נזילת גז; דולף גז; בלון גז",
        "حريق; حريقة; نار; دخان; يحترق; تحترق; احترق; لهب; رائحة غاز; تسرب غاز; ريحة غاز",
        "пожар; горит дом; горит квартира; горит машина; горит крыша; горит трава; горит кухня; горит балкон; горит лес; огонь; пламя; дым; задымление; пахнет газом; запах газа; утечка газа; возгорание; горит мусор; горит дерево; загорелся; загорелась; загорелось",
        "fire; flames; burning; smoke; smell gas; smells gas; smell of gas; gas leak; leaking gas; in flames",
        "እሳት; ጭስ; የጋዝ ሽታ; ጋዝ ይሸታል; እየተቃጠለ; ይቃጠላል; ቃጠሎ",
    ),
    "medical": (
        "פצוע; פצועה; פצועים; נפגעים; נפצע; נפצעה; נפצעו; מחוסר הכרה; חסר הכרה; חסרת הכרה; איבד הכרה; איבדה הכרה; לא נושם; לא נושמת; מדמם; מדממת; דימום; התקף לב; שבץ; טבע בבריכה; טובע; טובעת; נחנק; נחנקת; התעלף; התעלפה; נדרס; נדרסה; תאונה; תאונת דרכים; הרעלה; אמבולנס; גוסס; לא מגיב; לא מגיבה; לא עונה לדפיקות; בצקת; ילד נפל מגובה; נשוך מדמם; הוכש; הכיש; הכישה",
        "مصاب; مصابون; جريح; جرحى; فاقد الوعي; فقد الوعي; فقدت الوعي; لا يتنفس; لا تتنفس; ينزف; تنزف; نزيف; نوبة قلبية; جلطة; يغرق; تغرق; غرق طفل; يختنق; تختنق; اغمي عليه; دهس; حادث; اسعاف; تسمم; لا يستجيب; لدغته افعى",
        "ранен; раненый человек; раненые; пострадавшие; пострадавший; без сознания; потерял сознание; потеряла сознание; не дышит; кровь; кровотечение; истекает кровью; инфаркт; инсульт; сердечный приступ; тонет; утонул; задыхается; сбили человека; сбили ребенка; сбила машина; авария; дтп; скорая; отравление; упал с высоты; не отвечает на стук",
        "injured person; injured people; people hurt; someone hurt; child hurt; is hurt; casualties; unconscious; not breathing; bleeding; heart attack; stroke; drowning; choking; fainted; collapsed man; collapsed woman; run over; accident; crash; ambulance; poisoned; poisoning; overdose; not responding; can't breathe; cannot breathe; dying; snake bite; bitten by snake",
        "የተጎዳ ሰው; ቆስሏል; ራሱን ሳተ; ራሱን ስቶ; ራሷን ስታ; ራሱን ስቷል; አይተነፍስም; ይደማል; ደም; የልብ ድካም; ሰጠመ; አደጋ ደረሰ; የመኪና አደጋ; አምቡላንስ",
    ),
    "violence": (
        "אלימות; מכה אותי; מכה את; מרביץ; מרביצים; דקירה; דקר; נדקר; סכין; אקדח; נשק; ירי; יורים; יריות; יריה; שוד; שודד; פריצה עכשיו; פורץ; פורצים; אונס; תקיפה מינית; מאיים; מאיימים; קטטה; מחבל; פיגוע; חטיפה; חטפו; רצח; יהרוג; אהרוג; תקף אותי; ילד נעלם; ילדה נעלמה; ילד אבד; ילדה אבדה",
        "عنف; يضربني; يضرب; طعن; سكين; مسدس; سلاح; اطلاق نار; سطو; سرقة الان; اغتصاب; يهددني; تهديد; شجار; ارهابي; خطف; قتل; طفل مفقود; طفلة مفقودة",
        "насилие; бьет меня; избивают; избил; драка; ножом; нож; пистолет; оружие; стреляют; стрельба; выстрелы; ограбление; грабят; изнасилование; угрожает; террорист; теракт; похитили; убийство; убьет; убить; пропал ребенок; потерялся ребенок; взламывают",
        "violence; hits me; hitting me; beating; stabbed; stabbing; knife; gun; weapon; shooting; shots; robbery; burglar; breaking in; break in; rape; threatening; threatened; fight; terrorist; kidnapped; murder; kill me; missing child; child missing; lost child; attacked me; assault",
        "ይመታኛል; ይደበድባል; ይደበድበኛል; ይደበድባታል; ደበደበኝ; ድብደባ; ቢላዋ; ሽጉጥ; ጥቃት; ተኩስ; ዝርፊያ; ልጅ ጠፋ",
    ),
    "electric": (
        "התחשמל; התחשמלה; התחשמלות; התחשמלתי; מכת חשמל; מחשמל; חוט חשמל קרוע; חוט חשמל חשוף; חוטי חשמל; כבל חשמל; חוט חשמל; עמוד חשמל נפל; ניצוצות; ארון חשמל פתוח; חוטים חשופים; קו מתח",
        "صعقة كهرباء; كهربته; انكهرب; سلك كهرباء; اسلاك كهرباء; اسلاك مكشوفة; عمود كهرباء سقط; عامود كهرباء وقع; شرارة; شرر; كابل كهرباء",
        "ударило током; бьет током; оголенный провод; оголенные провода; оборван провод; провод искрит; искрит; искры; оборвался провод; упал столб; электрический провод; электропровод; открыт электрощит; провод висит; провод лежит",
        "electrocuted; electric shock; live wire; exposed wire; bare wire; power line; torn wire; electric wire; electrical wires; sparks; sparking; electric cable; exposed wires",
        "ኤሌክትሪክ ያዘው; የኤሌክትሪክ ሽቦ; የተበጠሰ ሽቦ; ብልጭታ ሽቦ",
    ),
    "trapped": (
        "לכוד; לכודה; לכודים; תקוע במעלית; תקועה במעלית; תקועים במעלית; תקועים ברכב; מעלית תקועה; ילד נעול ברכב; תינוק נעול ברכב; ילד ברכב נעול; תינוק ברכב; נשכח ברכב; נפל לבור; נפלה לבור; נפל לשוחה; נפל לבאר; קריסה; קריסת; קרס מבנה; קרס בניין; קרס בית; קרס קיר; קרס גג; קרסה תקרה; קרסה מרפסת; קרס פיגום; קרס עגורן; עומד לקרוס; עומד ליפול על; תקרה נפלה; תינוק נעול; ילד נעול; תקוע במים; נסחף; נסחפה; נסחפים; שיטפון",
        "محاصر; محاصرون; عالق في المصعد; عالقون في المصعد; طفل في السيارة مقفلة; طفل عالق; عالقون; وقع في حفرة; وقع في المنهول; سقط في حفرة; انهيار مبنى; مبنى انهار; على وشك الانهيار; جرفته المياه; تحت الانقاض; عالق تحت",
        "застрял в лифте; застряли в лифте; застряла в лифте; лифт застрял; под завалами; завалило; ребенок заперт в машине; ребенок в машине; упал в люк; упал в яму; провалился в люк; рухнул; рухнуло; обрушился; обрушение; обрушилось; вот-вот рухнет; уносит водой; человек заблокирован; заблокированы люди",
        "trapped; stuck in elevator; stuck in the lift; people stuck; child locked in car; baby in car; baby locked; child in hot car; fell into manhole; fell into hole; fell into a pit; building collapsed; building collapsing; about to collapse; swept away; under rubble; roof collapsed; wall collapsed; ceiling collapsed",
        "ተይዟል; በሊፍት ውስጥ; ልጅ በመኪና ውስጥ; ጉድጓድ ውስጥ ወደቀ; ሕንፃ ተደረመሰ",
    ),
    "self_harm": (
        "להתאבד; התאבדות; אובדני; אובדנית; רוצה למות; לא רוצה לחיות; לפגוע בעצמי; עומד לקפוץ; עומדת לקפוץ; לסיים את החיים; תתאבד; יתאבד",
        "انتحار; اريد ان اموت; ينتحر; انتحر; تنتحر; ايذاء نفسي; لا اريد ان اعيش",
        "самоубийство; суицид; хочу умереть; не хочу жить; покончить с собой; хочет прыгнуть; собирается прыгнуть; спрыгнуть с крыши; убить себя",
        "suicide; suicidal; kill myself; kill herself; kill himself; kill themselves; want to die; end my life; self harm; hurt myself; about to jump; going to jump",
        "ራሴን ማጥፋት; ራስን ማጥፋት; ራሱን ሊያጠፋ; ራሷን ልታጠፋ; መሞት እፈልጋለሁ",
    ),
    "explosive": (
        "פצצה; חפץ חשוד; רימון; מטען; תחמושת; נפל של טיל; טיל שלא התפוצץ; פיצוץ עז; פיצוץ חזק; קול נפץ; שמענו פיצוץ; טיל נפל; טיל; רקטה",
        "قنبلة; جسم مشبوه; متفجرات; قذيفة; صاروخ; عبوة ناسفة; انفجار قوي; ذخيرة",
        "бомба; подозрительный предмет; граната; взрывчатка; неразорвавшийся; взрыв; снаряд; ракета; боеприпас",
        "bomb; suspicious object; suspicious bag; grenade; explosive; explosion; unexploded; missile; rocket; ammunition",
        "ቦምብ; አጠራጣሪ ዕቃ; ፍንዳታ; ሚሳይል; ሮኬት",
    ),
}


def _own_forms(word: str) -> Iterator[str]:
    """Yield the word and its stem: a phrase here is written without prefixes, so none may be cut from it."""
    yield word
    yield from (form for form in forms(word) if form[0] == word[0] and len(form) >= 3)


def _index() -> dict[str, list[tuple[str, tuple[frozenset[str], ...]]]]:
    """Return each form of a phrase's first word → its kind and the forms of all its words."""
    index: dict[str, list[tuple[str, tuple[frozenset[str], ...]]]] = {}
    for kind, languages in _PHRASES.items():
        for phrase in (part for line in languages for part in line.split(";")):
            sets = tuple(frozenset(_own_forms(word)) for word in words(phrase))
            for form in sets[0]:
                index.setdefault(form, []).append((kind, sets))
    return index


_INDEX = _index()


def danger_kinds(text: str) -> frozenset[str]:
    """Return the kinds of danger to life that the text speaks of: keys of DANGER_NUMBERS; empty when it speaks of none."""
    said = {form for word in words(text) for form in forms(word)}
    return frozenset(
        kind for form in said for kind, sets in _INDEX.get(form, ()) if all(part & said for part in sets)
    )


def mentions_danger(text: str) -> bool:
    """Return whether the text speaks of danger to life, so that the emergency numbers are shown first."""
    return bool(danger_kinds(text))
