"""Filler as people really make it: loops over a counter or a list, stand-ins, slots left open."""

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


def rows() -> list[Row]:
    return [row for family in families().values() for row in family]
