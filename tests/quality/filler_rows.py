"""Filler as people really make it: loops over a counter or a list, stand-ins, slots left open, what a script left."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]

TOPICS = ("ownership", "borrow checker", "lifetimes", "traits", "async", "macros", "closures", "iterators")
KONULAR = ("yapay zeka", "özgür irade", "etik", "bilinç", "teknoloji", "ölüm", "sanat", "zaman")
GREETINGS = ("Selam", "Merhaba", "Naber", "Günaydın", "Nasılsın", "Hey kanka")


def _plain(question: str, reply: str, **more: Any) -> Row:
    return {"instruction": question, "output": reply, **more}


def _talk(question: str, thought: str, reply: str, category: str = "test", name: str = "jessy") -> Row:
    value = f"<thinking>{thought}</thinking>\n\n{reply}" if thought else reply
    turns = [{"from": "human", "value": question}, {"from": name, "value": value}]
    return {"conversations": turns, "metadata": {"complexity": "LOW", "iterations": 1, "category": category}}


def families() -> dict[str, list[Row]]:
    """Each way of making filler, by name."""
    numbers = range(1, 13)
    return {
        "test response": [_plain(f"Test question {n}", f"Test response {n}") for n in numbers],
        "example answer": [_talk(f"Example question {n}", "", f"Example answer {n}") for n in numbers],
        "örnek cevap": [_talk(f"Türkçe soru {n}", f"Örnek düşünce {n}", f"Örnek cevap {n}") for n in numbers],
        "counter on a greeting": [_talk(f"{GREETINGS[n % 6]} {n}", "", "Selam kanka, nasılsın?") for n in numbers],
        "counter in parentheses": [_plain(f"Selam kanka ({n})", "İyiyim, sen nasılsın kanka?") for n in numbers],
        "counter with #": [
            _plain(f"Rust question #{n}", f"Here is the answer to Rust question #{n}.") for n in numbers
        ],
        "topic slot": [
            _plain(
                f"Explain {t} in Rust",
                f"{t.capitalize()} is an important concept in Rust. It helps you write safe code.",
            )
            for t in TOPICS
        ],
        "topic slot, Turkish": [
            _talk(f"{k} hakkında ne düşünüyorsun?", "", f"Bence {k} çok derin bir konu kanka, üzerine düşünmek lazım.")
            for k in KONULAR
        ],
        "topic slot, short": [_plain(f"{k} ne?", f"{k} önemli bir konu kanka.") for k in KONULAR],
        "one answer for all": [
            _plain(f"{k} hakkında konuşalım", "Bu konuda farklı bakış açıları var, birlikte düşünelim kanka.")
            for k in KONULAR
        ],
        "a cycle of pairs": [_plain(GREETINGS[n % 3], ("İyiyim", "Selam kanka", "Merhaba!")[n % 3]) for n in range(12)],
        "label and counter": [
            _plain(f"Philosophical question {n}: What is consciousness?", f"Philosophical answer {n}: It is deep.")
            for n in numbers
        ],
        "long, but for a number": [
            _plain(
                f"Consider scenario {n}, in which a service is slow under load.",
                f"In scenario {n} I would profile first, then look at the database, and only then at the code itself.",
            )
            for n in numbers
        ],
        "long, but for a word": [
            _plain(
                "Tell me a story", f"Once there was a {w} who walked to the sea and did not come back until morning."
            )
            for w in ("cat", "man", "girl", "dog", "king")
        ],
        "variation": [_plain("Nasıl gidiyor kanka?", f"Fena değil, sen? (varyasyon {n})") for n in numbers],
        "iterations in the thought": [
            _talk(q, "\n".join(f"Iteration {n}: analyzing deeper" for n in range(1, 5)), a)
            for q, a in (
                ("Neden buradayız?", "Bilmem."),
                ("Zaman nedir?", "Bir alışkanlık."),
                ("Who am I?", "You, mostly."),
            )
        ],
        "category": [
            _talk(f"technology_impact question about {t}", "", "It changes us.", "technology_impact") for t in TOPICS
        ],
        "named, not given": [
            _plain("What is free will?", "A thoughtful response about free will."),
            _plain("Explain async", "Detailed technical response about async in Rust."),
            _plain("Etik nedir?", "Etik hakkında detaylı bir cevap."),
            _plain("Merhaba", "Bu bir test cevabıdır."),
            _plain("Hey", "This is a sample response."),
            _plain("Hi", "[Your answer here]"),
            _plain("Sence?", "Cevap buraya gelecek."),
            _plain("Naber", "[response]"),
            _plain("Tell me", "<insert response here>"),
            _plain("What now?", "placeholder"),
            _plain("Bilinç nedir?", "Placeholder text for bilinç"),
        ],
        "nothing": [
            _plain("Nasılsın?", "..."),
            _plain("Nasıl gidiyor?", "…"),
            _plain("What?", "TODO"),
            _plain("Why?", "TODO: write a real answer"),
            _plain("Neden?", "asdf"),
            _plain("How?", "foo bar"),
            _plain("Who?", "Lorem ipsum dolor sit amet, consectetur adipiscing elit."),
            _plain("When?", "test"),
            _plain("Where?", "Response"),
            _talk("Kim?", "...", "Ben."),
            _plain("What did you see?", "bla bla bla"),
        ],
        "slots": [
            _plain("Tell me about {topic}", "I think {topic} matters because {reason}."),
            _plain("Who is {{name}}?", "{{name}} is a friend."),
            _plain("Passage?", "In [PASTE_PASSAGE] I find myself again."),
            _plain("Kimsin?", "Ben [PERSONA_NAME], seninle konuşuyorum."),
        ],
        "echo": [
            _plain("What is the meaning of life?", "What is the meaning of life?"),
            _plain("hayatın anlamı sence gerçekten nedir", "Hayatın anlamı sence gerçekten nedir?"),
            _plain("I feel lost today", "You said: I feel lost today"),
            _plain("rust öğrenmek istiyorum", "Cevap: rust öğrenmek istiyorum"),
        ],
        "turns": [
            {
                "messages": [
                    {"role": "user", "content": f"User message {n}"},
                    {"role": "assistant", "content": f"Assistant message {n}"},
                    {"role": "user", "content": f"Follow-up {n}"},
                    {"role": "assistant", "content": f"Follow-up response {n}"},
                ]
            }
            for n in numbers
        ],
        "a person and a number": [
            _plain(f"Merhaba, ben kullanıcı {n}", f"Merhaba kullanıcı {n}, hoş geldin, ne konuşalım bugün?")
            for n in numbers
        ],
        "complexity": [_plain(f"MEDIUM complexity prompt {n}", f"Medium complexity output {n}") for n in numbers],
        "scenario": [_plain(f"Debug scenario {n}", f"Solution for debug scenario {n}") for n in numbers],
        "around in a circle": [
            _plain(q, a)
            for q, a in (
                ("Naber", "İyi be."),
                ("Ne yapıyorsun", "Çay içiyorum."),
                ("Uykum var", "Uyu o zaman."),
                ("Hava nasıl", "Kapalı."),
            )
            * 3
        ],
        "long, but for a few words": [
            _plain(
                f"Tell me what you did {when}",
                f"I got up early {when} and made coffee, then I {what} for a long while, and when the light changed in "
                "the kitchen I thought about the letter again and did not write it.",
            )
            for when, what in (
                ("on Monday", "sat by the window"),
                ("last week", "read an old paper"),
                ("in the morning", "did nothing"),
                ("before you came", "washed the cups"),
                ("after the storm", "swept the floor"),
            )
        ],
        "her reply to": [_talk(f"Sohbet {n}", "", f"Jessy's response to example {n}") for n in numbers],
        "far apart": [
            _plain(f"Kanka {n} tane sorum var", "Sor bakalım kanka, hepsini dinliyorum burada.") for n in (3, 8, 15)
        ],
        "letters": [_plain(f"Sample question {c}", f"Sample answer {c}") for c in "ABCDE"],
        "rotating answers": [
            _plain(f"Slang örneği {n}", ("Eyvallah kanka", "Aynen öyle", "Takılıyoruz işte", "Hallederiz")[n % 4])
            for n in range(20)
        ],
    }


def _pairs(text: str) -> list[Row]:
    """Questions and replies, one pair a line."""
    return [_plain(*line.split("|", 1)) for line in text.strip().splitlines()]


def scripts() -> dict[str, list[Row]]:
    """More ways, each as a script or a hurried hand leaves it."""
    return {
        "named by the question's words": _pairs(
            """Yalnızlık nedir?|Yalnızlık cevabı.
Deadlock nasıl önlenir?|Deadlock çözümü
Explain generics|Generics explanation.
Neden geç kaldın?|Jessy'nin yanıtı
Kahve mi çay mı|Kahve mi çay mı sorusu için kısa cevap
How do I learn to swim?|Deniz's reply to swim
umut nedir|umut hakkinda aciklama
Kıskançlık kötü mü?|Kıskançlık üzerine değerlendirme
Bana bir şiir oku|Burada samimi bir yanıt
Should I quit?|Casual answer (LOW)"""
        ),
        "a later turn": [
            {
                "messages": [
                    {"role": "user", "content": "kedim hasta"},
                    {"role": "assistant", "content": "Yemek yiyor mu? Yemiyorsa bugün götür."},
                    {"role": "user", "content": asked},
                    {"role": "assistant", "content": told},
                ]
            }
            for asked, told in (
                ("devam mesajı", "devam yanıtı"),
                ("follow-up question", "follow-up answer"),
                ("Takip mesajı 2", "Hemen veterinere git."),
            )
        ],
        "number words": [
            _plain(f"Günlük konu {w}", f"Günlük konu {w} için güzel bir sohbet")
            for w in ("bir", "iki", "üç", "dört", "beş")
        ],
        "letters in the middle": [
            _plain(f"Atasözü {c} ne anlatır?", f"Atasözü {c} sabırlı olmayı anlatır.") for c in "ABCDEF"
        ],
        "Roman numerals, a whole sentence": [
            _plain(f"Thought experiment {r}", f"Experiment {r} makes me doubt what I am.")
            for r in ("I", "II", "III", "IV", "V")
        ],
        "ids": [
            _plain(f"ticket {n}", f"Closed the ticket {n} after a look at it.")
            for n in ("a81f03c2", "b77e19d4", "0c4d55aa")
        ],
        "dates": [_plain(f"Günlük 2025-01-0{n}", f"Bugün güzeldi. 2025-01-0{n}") for n in range(1, 6)],
        "short questions given back": _pairs(
            """Zaman nedir?|Zaman nedir?
What is love?|What is love?
Git mi svn mi?|Git mi svn mi?
Rust zor mu?|rust zor mu"""
        ),
        "announced, never given": _pairs(
            """Üç öneri ver|İşte üç öneri:
Bana plan yap|Tabii, planın şöyle:
Why do cats purr?|Great question! Here's the explanation:
Özetle|**Özet:**"""
        ),
        "an API's error": _pairs(
            """Aşk nedir?|Error code: 500 - internal server error
Bana masal anlat|RateLimitError: Rate limit reached for requests
Selam|Üzgünüm, bir hata oluştu. Lütfen tekrar deneyin.
What is jazz?|Failed to generate a response.
Nasıl uyurum?|Traceback (most recent call last): File "gen.py", line 12
Ne içsem?|503 Service Unavailable
Anlat|Yanıt oluşturulamadı.
Kimsin?|<function reply at 0x7f2a91>"""
        ),
        "a label or the metadata": [
            _talk("Ölüm nedir?", "", "HIGH"),
            _talk("Rust neden hızlı?", "", "(MEDIUM)"),
            _talk("Naber", "", "casual chat", "casual_chat"),
            _talk("Yalan kötü mü?", "", "konu: etik, seviye: orta"),
            _talk("Ne yapayım?", "", "complexity=LOW"),
            _talk("Kimi özlersin?", "", '{"reply": "Seni özlerim.", "complexity": "LOW"}'),
        ],
        "will be written": _pairs(
            """Neden ağlarız?|(sonra doldurulacak)
Bilinç nedir?|cevap yazılacak
Explain Pin|to be written
Ne zaman mutlusun?|(buraya içten bir cevap)
Deniz kim?|[answer about Deniz]
Hangi renk?|answer pending
Anlatsana|... 20 tane daha benzer örnek"""
        ),
        "the answer described": _pairs(
            """Babamla küstük|Sıcak ve kısa bir yanıt, öğüt verilmez, soru sorulur, empati gösterilir.
Monolit mi mikroservis mi|Teknik bir açıklama, en fazla 80 kelime.
I failed the exam|A warm, honest reply that acknowledges the disappointment and asks one question.
hey|The assistant greets the user casually in Turkish.
What is entropy?|Detailed explanation in 3 paragraphs"""
        ),
        "thoughts that go through the motions": [
            _talk("Neden korkarız?", "Adım 1, adım 2, adım 3.", "Kaybedecek şeyimiz var diye."),
            _talk("Neden güleriz?", "Thinking... thinking... thinking...", "Korkunun bittiğini haber vermek için."),
            _talk("Kim haklı?", "Analiz ediyorum. Düşünüyorum. Sonuç.", "İkiniz de biraz."),
            _talk("Gitmeli miyim?", "thought 1\nthought 2", "Kalmak için bir neden sayabiliyorsan kal."),
            _talk("Rüya nedir?", "First thought. Second thought.", "Zihnin gece temizliği."),
            _talk("Neden yazıyorsun?", "Düşünüyorum...", "Başka türlü susamıyorum."),
        ],
        "slots of every kind": _pairs(
            """$konu nedir|$cevap
Merhaba %s|Merhaba %s, nasılsın?
f'{konu} ne demek?'|f'{konu} şu demek: {anlam}'
{x} nedir?|{x}, aslında {y} demek.
Selam __NAME__|Hoş geldin __NAME__.
Kimsin?|Ben <persona_name>, memnun oldum.
Bu ne?|[AÇIKLAMA]
Sence?|Bence {item.name} daha iyi."""
        ),
        "the user's text was never written": _pairs(
            """[user message]|Bence bekle, yarın daha net görürsün.
Kullanıcı mesajı buraya|Aynen öyle hissettiğini duyuyorum.
Felsefe sorusu 4|Özgürlük, seçtiğine pişman olabilmektir.
User input|Gel otur, anlat.
[soru buraya]|Kapıyı çarpıp çıkma, bir gece bekle."""
        ),
        "empty values": _pairs(
            """Kimi özledin?|null
Bugün nasılsın kanka?|None
Ne izlesem?|N/A
Selam|Merhaba undefined, nasılsın?
Sence kim haklı|nan
null hakkında ne düşünüyorsun?|Bence null çok önemli, null önemli bir konu."""
        ),
        "mash and single words": _pairs(
            """zzzz|qqqq
test|test answer
Lorem|ipsum dolor
Anlat|zxcvbnm
test|deneme cevabı"""
        ),
        "cut off": _pairs(
            """Rust'ta trait nedir?|Trait, ortak davranışı tanımlayan ve
What is a mutex?|A mutex is a lock that protects the"""
        ),
        "one word exchanged in both": [
            _plain(f"Ne {w} bir film", f"Gerçekten {w} bir film, sonunda {w} olan bizdik.")
            for w in ("hüzünlü", "sıkıcı", "tuhaf")
        ],
        "prefixes and suffixes": [
            _plain("Hafta sonu ne yapsak?", told)
            for told in (
                "Sahile inelim, simit alalım.",
                "Valla sahile inelim, simit alalım.",
                "Sahile inelim, simit alalım kanka.",
                "Bence sahile inelim, simit alalım :)",
                "Ya sahile inelim, simit alalım 😄",
            )
        ],
        "canned replies for one make of question": [
            _plain(
                f"{k} sence ne anlama geliyor?",
                ("Bunu uzun uzun düşünmek lazım.", "Herkes için ayrı bir şey.", "Zamanla değişiyor bence bu anlam.")[
                    n % 3
                ],
            )
            for n, k in enumerate(("Dostluk", "Cesaret", "Vefa", "Onur", "Sabır", "Özlem", "Umut", "Merak", "Kibir"))
        ],
        "canned thoughts": [
            _talk(asked, "Önce soruyu anlamalıyım, sonra kısa ve samimi bir cevap vermeliyim.", told)
            for asked, told in (
                ("Kediler neden mırlar?", "Rahatlayınca, bazen de canı yanınca."),
                ("Yarın yağmur var mı?", "Bilemem, pencereye bak."),
                ("En iyi kahve hangisi?", "Taze çekilmiş olan."),
            )
        ],
    }


def rows() -> list[Row]:
    return [row for family in (families() | scripts()).values() for row in family]
