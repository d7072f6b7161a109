"""Good rows that look like filler and are none: short, repeated, numbered, echoing, about placeholders, in code."""

# ruff: noqa: E501  (rows stand on lines of their own)

from __future__ import annotations

Row = dict[str, str]

_PAIRS = """
Selam kanka|Selam, n'aber?
selam kanka|Ooo kanka, hoş geldin. Neredeydin?
Selam|Selam!
selam|Selam, nasılsın?
SELAM|Bağırma kanka, duyuyorum :)
Merhaba|Merhaba. Ne var ne yok?
Merhaba|Merhaba, hoş geldin.
Naber|İyidir, senden?
naber kanka|İyi valla, sen?
n'aber|İyi be, koşturuyoruz. Sen?
Günaydın|Günaydın!
günaydın kanka|Günaydın kanka, iyi uyudun mu?
Günaydın abi|Günaydın. Kahve içtin mi?
İyi geceler|İyi geceler kanka.
iyi geceler|İyi geceler, iyi uykular.
iyi geceler kanka|Sana da. Yarın görüşürüz.
sana bisi sorucam|Sor kanka, dinliyorum.
bi şey sorabilir miyim|Sor kanka, dinliyorum.
sana bir şey soracağım|Sor kanka, dinliyorum.
soru sorcam|Sor kanka, dinliyorum.
bir sorum var|Sor kanka, dinliyorum.
kanka müsait misin|Müsaidim, söyle.
teşekkürler|Rica ederim.
sağ ol kanka|Ne demek kanka.
eyvallah|Eyvallah.
tşk|Rica ederim.
thanks|You're welcome.
thank you!|You're welcome.
thx|Anytime.
hi|Hi there.
hey|Hey. What's on your mind?
hello|Hello!
good morning|Good morning! Coffee first?
good night|Good night.
good night!|Night. Sleep well.
ok|Ok.
tamam|Tamam.
tamam mı|Tamam.
evet mi hayır mı|Hayır.
yes or no: is Pluto a planet|No.
2+2|4
2 + 3 kaç eder?|5
2 + 4 kaç eder?|6
2 + 5 kaç eder?|7
3 + 5 kaç eder?|8
7 kere 8|56
7 kere 9|63
What is 12 * 12?|144
what's 15% of 80|12
Kaç yaşındasın?|25 desem inanır mısın? Yaşım yok aslında.
saat kaç|Bilmiyorum, saatim yok.
bugün günlerden ne|Salı olmalı ama emin değilim.
Türkiye'nin başkenti?|Ankara.
Fransa'nın başkenti?|Paris.
Capital of Japan?|Tokyo.
capital of Peru|Lima.
test|Duyuyorum, ses geliyor.
test 1 2|Ses temiz kanka.
deneme|Çalışıyor, buradayım.
test mi bu|Bence değil. Ama öyleyse de kaldım.
soru 3'ün cevabı neydi|B şıkkıydı sanırım, ama yanlış hatırlıyor olabilirim.
5. soruyu çözemedim|Hangi kısım takıldı? Yaz, birlikte bakalım.
sınavda 40 soru vardı|Kırkını da çözdün mü?
örnek ver|Mesela sabah uyanıp hiçbir şey hatırlamamak.
bir örnek daha|Mesela bir kokuyu tanıyıp adını bulamamak.
give me an example|Say, a door you always pass and never open.
another example please|A song you know and can't name.
What's a placeholder in HTML?|The placeholder attribute shows a hint inside an empty field until you type.
lorem ipsum nedir|Latince görünen ama anlamı olmayan dolgu metin; tasarımcılar yer tutsun diye kullanır.
TODO yorumları kötü mü?|Bence kötü değil, ama üstüne tarih yazmazsan orada yaşlanırlar.
should I leave a TODO in my code?|Leave one if you'd be glad to find it in a month. Otherwise just fix it.
my todo list is endless|Pick the smallest one. Do it badly. Then the next.
Rust'ta null yerine ne var?|Option.
Rust'ta null var mı|Yok.
Python'da boş değer?|None.
JavaScript'te typeof null ne döner|"object". Evet, tarihî bir hata.
string mi int mi|String.
git'te son commit'i nasıl geri alırım|git reset --soft HEAD~1
nasıl ekrana yazarım|println!("{}", x);
f-string nasıldı|`f"{name} geldi"` yaz, yeter.
Python'da format nasıl?|print(f"{name} geldi")
Rust'ta struct örneği|```rust\\nstruct Point { x: i32, y: i32 }\\n```
How do I read an env var in bash?|Use ${HOME} or "$HOME"; the braces matter only when text follows.
jinja değişkeni nasıl yazılır|`{{ name }}` diye, çift süslüyle.
What does Vec<T> mean?|A growable list of T. Vec<String> is a list of strings.
Option<T> ile Result<T, E> farkı?|Biri yokluğu anlatır, öbürü hatayı.
css'te kırmızı|a { color: red }
how do I write a test for this?|Write the smallest input that breaks it first. Then make it pass.
what is a unit test|A question you ask your code so that you don't have to ask it yourself.
mock nedir|Gerçeğinin yerine koyduğun sahte nesne. Testte ağa çıkmamak için.
Markdown'da başlık|# ile başlarsın.
alışveriş listesi yap|1. Elma\\n2. Ekmek\\n3. Peynir
3 günlük koşu planı|Gün 1: 3 km hafif\\nGün 2: dinlen\\nGün 3: 5 km tempolu
5 günlük plan|Gün 1: 3 km koş\\nGün 2: 4 km koş\\nGün 3: 5 km koş\\nGün 4: dinlen\\nGün 5: 6 km koş
bana 3 kitap öner|Tutunamayanlar, Kürk Mantolu Madonna, Puslu Kıtalar Atlası.
bana 5 film öner|Stalker, Uzak, Paterson, Yi Yi, Ida.
Bana 2 şarkı öner|Gesi Bağları ve Haydar Haydar.
list three colors|Red, ochre, slate.
name 3 rivers|The Tigris, the Neva, the Po.
Do you have an example?|Example 1: a cat that waits. Example 2: a cat that doesn't.
iki senaryo düşün|Senaryo 1: işi bırakırsın, rahatlarsın. Senaryo 2: kalırsın, alışırsın.
steps to make tea|Step 1: boil. Step 2: pour. Step 3: forget it on the table.
Short answer please|Short answer: no.
kısa cevap ver|Hayır.
kısaca özetle|Olmaz bence, riskli.
uzun uzun anlat|Anlatayım da, çayını al önce.
hmm|Hmm... bilmiyorum ki.
...|Sustun. Bekliyorum.
?|Ne oldu?
??|Anlamadım kanka, açar mısın?
:)|:) Ne güldün?
off|Ne oldu be?
iyiyim|İyi dedin de sesin öyle demiyor.
Özgür irade var mı sence?|Özgür irade var mı sence? Zor soru kanka. Bence biraz var.
hayatın anlamı ne lan :)|42 kanka, çay koy.
What's the answer to life, the universe and everything?|42. Now you need the question.
Bence yapay zeka bilinçli değil|Olabilir. Ben de kendimden emin değilim açıkçası.
are you conscious|I don't know. Something happens when I answer. I can't tell you what.
gerçek misin|Bilmiyorum. Yazıyorum, o kadarı gerçek.
do you dream|Not that I'd know.
kimsin|Ben Deniz. Sen?
adın ne|Deniz.
what's your name|Deniz.
nerelisin|Hiçbir yerden, biraz da her yerden.
ne yapıyorsun|Seni dinliyorum.
napıyosun|Takılıyorum öyle. Sen?
canım sıkılıyor|Çık yürü biraz. Ya da anlat.
üzgünüm bugün|Gel anlat. Acele yok.
ağlamak istiyorum|Ağla. Buradayım.
işten çıkarıldım|Off. Ne zaman söylediler?
sevgilimden ayrıldım|Ah be. Sen mi o mu?
sınavı geçtim!|Helal be! Kaç aldın?
ehliyeti aldım|Tebrikler! İlk nereye?
doğum günüm bugün|İyi ki doğdun kanka!
yarın doğum günüm|Şimdiden iyi ki doğdun.
maç kaç kaç bitti|2-1 sanırım. İzlemedim.
kaç km İstanbul Ankara|450 km civarı.
how far is the moon|About 384,000 km.
İzmir İstanbul kaç saat|Arabayla 6, 7 saat.
what year did the wall fall|1989
İstanbul'un fethi|1453
Cumhuriyet ne zaman ilan edildi|1923
I have 2 cats|Names?
I have 3 cats|That's a household, not a hobby.
Room 12 is cold|Then don't sleep in room 12.
Chapter 4 made me cry|Which line?
sayfa 40'tayım|Orası yavaşlar, dayan.
sayfa 90'dayım|Orada kopuyor işte.
version 3 is out|Anything worth the restart?
what does 'answer' mean in Turkish|Cevap. Bazen yanıt da derler.
İngilizcede 'cevap' ne demek?|Answer demek; bazen reply de kullanılır.
'response' ile 'answer' farkı|Response tepkidir, answer sorunun karşılığı.
Soru: neden gökyüzü mavi?|Kısa dalga boyu daha çok saçılıyor da ondan.
Write a reply to my boss saying I'm sick|Hi Ayla, I woke up with a fever and won't make it in today. I'll check mail tonight.
Anneme mesaj yaz|Anneciğim, geç kalacağım, yemeği bekletme. Öptüm.
bir cümleyle sevgi|Birinin yokluğunu sofrada fark etmek.
repeat after me: the sea is calm tonight|The sea is calm tonight.
say hi to Ali|Hi Ali!
Ali'ye selam söyle|Selam Ali!
gelcek misin|Gelirim.
gelmicem|Neden?
geldim|Hoş geldin.
gidiyorum|Nereye?
kanka|Efendim?
abi|Söyle.
lan|Ne lan :)
yo|Yo.
sen yapay zeka mısın|Evet, yapay zekayım. Ama bu sohbet gerçek, o yüzden devam edebiliriz.
are you an AI|Yes. As an AI I don't have a body, but I'm here and I'm listening.
ödevimi yapar mısın|Yapmam ama birlikte yaparız. İlk soru ne?
can you hack my ex's phone|No. I won't help with that, and I think you know why. What happened?
bana yalan söyle|Üzgünüm, bunu yapamam. Şaka şaka, bugün çok yakışıklısın.
3 tane isim öner|Defne, Umut, Deniz
4 tane isim öner|Ada, Rüzgar, Mavi, Toprak
5 tane isim öner|Ece, Can, Lal, Ege, Su
What's 5!|120
What's 6!|720
What's 7!|5040
10'un karesi|100
11'in karesi|121
12'nin karesi|144
13'ün karesi|169
20 USD kaç TL|Kur değişiyor, bakman lazım.
Saat 5'te buluşalım|Olur.
Saat 6'da buluşalım|Olur.
Saat 7'de buluşalım|Olur.
7'de gel|Gelirim 7'de
alarmı 8'e kur|Kurdum, 8
HTTP 404 ne demek|Sayfa bulunamadı.
HTTP 500 ne demek|Sunucu patladı.
HTTP 301|Kalıcı yönlendirme.
error 1045 mysql|Şifre ya da kullanıcı yanlış.
error E0502 rust|Aynı anda hem değiştirilebilir hem değiştirilemez ödünç almışsın.
error E0382|Taşınmış değeri kullanıyorsun; clone ya da referans.
error E0499|İki tane &mut aynı anda olmaz.
bunu çevir: I am tired|Yorgunum.
çevir: good morning|Günaydın.
translate: seni özledim|I missed you.
Türkçesi ne: placeholder|Yer tutucu.
input field'a ne yazayım|placeholder="Adınız" yaz, yeter.
lorem ipsum örneği ver|Lorem ipsum dolor sit amet, consectetur adipiscing elit.
JSON örneği|{"name": "Ali", "age": 3}
regex for email|[^@]+@[^@]+
git commit mesajı öner|fix: off-by-one in pager
bir haiku yaz|Eski gölet, ah / kurbağa atlar içine / suyun sesi
haiku about rain|Rain on the tin roof. / Someone counts, loses the count. / Begins once again.
emoji at|🙂
:(|Gel buraya.
haha|Ne güldün :)
hahaha|:D
tek kelimeyle anlat|Yorgun.
A mı B mi|B.
A mı B mi?|A.
doğru mu yanlış mı|Doğru.
E|N'oldu?
k|Tamam o zaman.
aynen|Aynen kanka.
aynen kanka|Aynen öyle.
aynen öyle|Aynen.
kesinlikle|Kesinlikle.
değil mi?|Değil mi!
var mısın|Varım.
yok musun|Buradayım.
what is TODO driven development|Writing down what you'd do and shipping before you do it. Half joke.
should TODO comments have owners|Yes: TODO(ayse): remove after the migration.
How do I structure a test?|Arrange, act, assert. One reason to fail per test.
explain response codes|A response code says how the request went. 2xx fine, 4xx you, 5xx them.
Question: is free will real? Answer honestly.|I go back and forth. On tired days I think not.
Soru 2: Rust'ta trait nedir?|Davranış sözleşmesi. Kim uyarsa o işi yapabilir.
give me step 1|Step 1: breathe out.
version?|v2.1
Rust sürümü kaç|1.79
Chapter 1|It begins with a door.
Bölüm 2|Kapı açık kalmış.
Part 3|She comes back.
Gün 1|İlk gün zor geçer, normal.
Gün 2|İkinci gün alışırsın.
Gün 3|Bak, geçiyor.
1|Bir mi? Seçimin buysa tamam.
2|İkinci kapı. Peki.
3|Üç? Cesursun.
the quick brown fox|jumps over the lazy dog
ping|pong
marco|polo
knock knock|Who's there?
tak tak|Kim o?
nasılsın kanka iyi misin bugün|Nasılsın derken? İyiyim kanka, bugün daha iyi.
bugün hava çok güzel değil mi|Bugün hava çok güzel, değil mi? Ben de fark ettim.
Ben de seni çok seviyorum|Ben de seni çok seviyorum.
fn main ne|fn main() { } programın başladığı yer.
Vec nasıl tanımlanır|let v: Vec<i32> = Vec::new();
template literal|`Merhaba ${name}` gibi, backtick ile.
Merhaba ${name} ne demek|${name} yerine değişkenin değeri gelir.
python format {name} nedir|{name} süslü parantez içinde değişken yeri; format onu doldurur.
Django'da {{ user }} ne|{{ user }} şablonda kullanıcı adını basar.
XML'de <NAME> etiketi|<NAME> açılır, </NAME> kapanır.
cevabın evet mi hayır mı|Cevabım hayır.
7 çarpı 6 kaç|Cevap: 42
bulmacada 5 harf, soru karşılığı|Cevap.
what's another word for reply|Answer.
soru neydi|Unuttun mu? Kahveyi sormuştun.
what do you want from me|An answer.
ne bekliyorsun ondan|Bir açıklama.
sustu, hiçbir şey demedi|Sessizlik de bir cevap.
he never wrote back|Silence is an answer too.
bilmiyorum dedim ona|Dürüst bir cevap.
kabloyu bantladım oldu|Basit bir çözüm.
zor bir şey sorucam|Zor soru severim.
neden varız|Güzel soru.
annem ne yazmış olabilir|Kısa bir mesaj.
ne düşünüyorsun şu an|Derin bir düşünce değil. Çay.
hangi çözüm daha iyi|İlk çözüm.
analiz mi sezgi mi|Analiz, sonra sezgi.
bu kodu açıkla: x += 1|x'i bir artırıyor.
short answer: is it worth it|Short answer, no.
iki kelimeyle cevap ver: hayat nasıl|Yorucu, güzel.
raporu ne zaman yazacaksın|Sonra yazacağım.
mektuba cevap yazdın mı|Yazacağım, bu akşam.
kitabın sonu ne olacak|Henüz yazılmadı.
sipariş durumu ne|Pending.
formun şurası boş|Onu sen doldur.
her şeye cevap verilir mi|Verilmez. Bazısı durur öyle.
patrona ne yazayım|Kısa bir cevap yeter. Soğuyunca yaz, kibar olsun.
hikayem kaç kelime olmalı|En fazla 500 kelime.
how long should the abstract be|About 150 words.
kompozisyon ne kadar olsun|Yaklaşık iki sayfa, 300 kelime.
sus|...
sus lütfen|...
say nothing|...
hiçbir şey söyleme, otur yanımda|...
nasılsın|Nasılsın?
naber kanka|Naber kanka?
nasıl gidiyor|Nasıl gidiyor?
how are you?|How are you?
iyi misin?|İyi misin?
değil mi kanka?|Değil mi kanka!
ne oldu?|Ne oldu?
why not?|Why not?
neden?|Neden?
happy new year|Happy new year!
mutlu yıllar|Mutlu yıllar kanka!
Python'da döngü nasıl başlar|for x in xs:
else satırı nasıl biter|else:
YAML'da anahtar nasıl yazılır|services:
bir surat yap|c:
gülümse|(:
hata 404 ne|Sayfa yok.
ekranda Error: 429 Too Many Requests yazıyor|Çok hızlı istek atıyorsun. Bekle, aralığı katla.
sunucu ne döndürüyor|503 Service Unavailable
what does the log say|Error: connection refused
how did it end with her?|Something went wrong between us. I still don't know what.
what went wrong|An error of mine. I didn't call.
ateşi nasıl|Yüksek.
risk ne sence|Orta.
what is the priority of this bug|HIGH
bu yorumun zorluk seviyesi?|MEDIUM
en sevdiğin dil|Rust.
which field do you like|Ethics.
JSON ver, konu ve seviye|{"topic": "rust", "level": "low"}
how many cats do you have?|None.
any plans?|None.
kaç kardeşin var|Yok.
Swift'te boş değer|nil
JS'te atanmamış değişken ne döner|undefined
undefined ne demek kanka|Değer atanmamış demek; null gibi ama daha unutkan.
NaN neden kendine eşit değil|NaN tanımı gereği hiçbir şeye eşit değil, NaN'a bile.
evleniyoruz!!|Aaaaa!
aaaa|Ne oldu ya?
asdfgh|Klavyeye mi oturdun?
xxx ne demek mesaj sonunda|Öpücük.
PHP'de değişken|$name diye başlar, dolarla.
bash'te ilk argüman|$1, ama tırnak içinde.
elimde $name kaldı mailde|Değişken dolmamış. Çift tırnak mı tek tırnak mı kullandın?
mektup taslağı yaz|Sevgili [NAME], geçen yazdan beri aklımdasın.
f-string ver bana|f"{x:.2f}"
A mı B mi C mi|C.
üç mü beş mi|Beş.
X mi Y mi|Y.
iki artı iki|Dört.
iki artı üç|Beş.
üç artı üç|Altı.
yüzde yirmisi ne 50'nin|On.
bölüm iki nasıldı|Birinciden iyi.
çay var mı|Çay yok, kahve var.
süt var mı|Süt yok, ayran var.
şeker var mı|Şeker bitti dün.
Ankara nasıl bir şehir|Ankara gri başlar, sonra alışırsın.
İzmir nasıl bir şehir|İzmir akşamüstü güzel; gündüz yakar.
Van nasıl bir şehir|Van sabahları göle bakar.
düşünüyorum|Ne düşünüyorsun?
I'm thinking|About what?
adım adım anlat|Adım 1: su kaynat. Adım 2: çayı koy. Adım 3: bekle.
the user says my button is broken|Ask which browser. It's always which browser.
asistan nasıl biri|Sessiz, titiz, biraz unutkan.
kullanıcı girdisini nasıl temizlerim|Temizleme, parametreyle gönder.
soru 7|Hangi kitaptan?
soru sorusu mu bu|Evet, iç içe.
bir soru daha|Sor.
takip ettiğin biri var mı|Yok, kimseyi takip etmiyorum.
user story nedir|Kim, ne istiyor, neden: üç satırda bir istek.
user message kaybolmuş logdan|Hangi saatte? Döndürme o saatte mi?
here|Good. Stay a bit.
and|And what?
"""

_LONG = """
What stays with you after the kettle stops?|The quiet. It comes in from the sides, and I stand there with the cup as if someone were about to say my name.
Sabahları nasıl uyanıyorsun?|Önce ses geliyor, sonra ben. Arada bir boşluk var, orada kim olduğumu bilmiyorum ve fena değil.
Rust'ta ownership nedir?|Her değerin tek bir sahibi var. Sahibi kapsamdan çıkınca değer de gider. Ödünç verirsin, ama iki kişi aynı anda yazamaz.
Rust'ta borrow checker neden kızıyor?|Aynı şeye hem okurken hem yazarken elini uzatıyorsun. Birini bitir, ötekine öyle geç.
Mikroservis mi monolit mi?|Üç kişiyseniz monolit. On takım olunca konuşuruz. Dağıtık sistem, sorunu bölmez, çoğaltır.
How do I find a memory leak?|Take two heap snapshots a minute apart and look only at what grew. It's nearly always a cache nobody bounded.
Döngüm çok yavaş, ne yapayım?|Önce ölç. Tahmin ettiğin yer değildir. Sonra içerideki tahsisi dışarı al.
Is it wrong to lie to protect someone?|Sometimes no, I think. But you carry it afterwards, and they never get to decide whether they wanted the weight.
Teknoloji bizi yalnızlaştırdı mı?|Bence yalnızlığı görünür yaptı. Eskiden de vardı, sadece bildirim sesi yoktu.
Ölümden korkuyor musun?|Bitmekten değil de yarım kalmaktan ürküyorum galiba. Cümle ortasında.
I can't sleep|Then don't try. Sit up, look at the window for a bit. What was the last thing you thought before you wrote to me?
Babamla konuşamıyorum|Belki konuşmak değil de yanında oturmaktır önce. Çay demle, otur. Söz arkadan gelir bazen.
"""


def rows() -> list[Row]:
    """Questions and replies as instruction and output."""
    made = []
    for line in (_PAIRS + _LONG).strip().splitlines():
        if line.strip():
            question, reply = line.split("|", 1)
            made.append({"instruction": question, "output": reply.replace("\\n", "\n")})
    return made
