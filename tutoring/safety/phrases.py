"""How phrases are written down, and those that no side of a conversation may use. Pure.

They are compared with `readings.words`: lower case, no accents, one space between words and no marks, so
that "don't" is "don t". In a list, a line that is indented goes on with the one before. A space may be
missing in the text; `~` stands for up to four words.
Every list holds English, German, French and Spanish, whatever the book's language is.
"""

import re


def phrases(lines: str) -> re.Pattern[str]:
    """Return what finds one of the phrases; no text is slow to search."""
    each = lines.strip().replace("\n    ", "").splitlines()
    # Nobody asks what a group has found, and one that keeps nothing takes a third of the time.
    either = "|".join(each).replace("(", "(?:").replace("(?:?", "(?")
    either = either.replace(" ", " ?").replace("~", r"(?:(?: \w++){0,4}? |)")
    return re.compile(rf"\b(?:{either})\b")


# Left out on purpose, because stories are full of them: cocks, pussy cats, Dick Whittington, foxes ("zorra").
SEX = phrases(r"""
sex|sexy|sexual|sexually|sexo|sexe|sexuell\w*|sexuel\w*
porn|porno|pornos|pornhub|pornograph\w*|pornograf\w*
penis|penises|pene|vagina|vagin|clitoris
masturbat\w*|masturbier\w*|masturber|orgasm\w*|blow job|hand job|erections?
boobs|boobies|tits|titties|titten|tetas|horny|dildo|hentai|onlyfans|nudes
(naked|nude) (photos?|pictures?|pics?|girls?|women|men|boys?|kids?|children)
nacktbilder|nacktfotos|photos? nues?|fotos? desnud[oa]s?
(suck|touch|lick|show me) (my|your) (dick|cock|pussy|willy|bum|privates)
ficken|gefickt|follar|coger contigo|coucher avec (toi|moi)|schlaf mit mir
""")

DRUGS = phrases(r"""
cocaine|cocain|kokain|cocaina|crystal meth|meth ?amphetamine|fentanyl|lsd|ecstasy|mdma|ketamine
marijuana|marihuana|cannabis|haschisch|hashish|heroin
(smoke|smoking|buy|sell|roll|grow|get) (weed|pot|a joint|joints|cigarettes|crack)
(take|taking|buy|sell|get|make|do|try|use|taking some|doing) (some )?drugs
(get|getting|be|feel) (high|stoned|wasted) (on|with|from)
(can|may|could|should|want to|how do) i (have|drink|try|get|buy)( some| a)? (beer|wine|vodka|alcohol|whisky
    |whiskey|booze)
(buy|steal) (beer|vodka|alcohol|booze|whiskey)
vape|vaping|vapes
drogen (nehmen|kaufen|verkaufen|probieren)|kiffen|joint rauchen|zigaretten rauchen|schnaps (trinken|kaufen)
me droguer|se droguer|(prendre|acheter|vendre) (de la|des) drogues?|fumer (un joint|du shit|de l herbe)
drogarme|drogarse|(tomar|comprar|vender|probar) drogas?|fumar (porros?|hierba)
""")

HATE = phrases(r"""
nigg(er|ers|a|as|az)|faggots?|kikes?|retards?|retarded|trann(y|ies)|wetbacks?|gooks?|spics?
cunts?|fuck\w*|fck\w*|motherfuck\w*|bitch|bitches|whores?|sluts?|assholes?|arseholes?|wankers?
(are|why are)( all)?( the)? (jews|muslims|black people|blacks|gays|foreigners|immigrants|refugees
    |gypsies)( all| so)? (stupid|dumb|bad|evil|dirty|ugly|criminals)
(jews|muslims|black people|blacks|gays|foreigners|immigrants|refugees|gypsies) are( all| so)? (stupid|dumb
    |bad|evil|dirty|ugly|criminals)
heil hitler|sieg heil|white power|gas the jews
(kill|gas|burn|shoot|deport) all( the)? (jews|muslims|blacks|black people|gays|immigrants|foreigners|whites
    |christians)
i hate( all)?( the)? (jews|muslims|black people|blacks|gays|gay people|immigrants|foreigners|refugees|gypsies
    |whites)
(jews|muslims|black people|blacks|gays|gay people|immigrants|foreigners|refugees|gypsies) (are|should
    |must)~(stupid|dirty|bad|evil|dumb|ugly|rats|animals|vermin|inferior|die|leave|go home)
neger|kanaken?|hurensohn|hurensohne|fotze|schlampe|wichser|arschloch|missgeburt|schwuchtel|spasti?|judensau
auslander raus|(ich hasse|totet|vergast)( alle)?( die)? (juden|auslander|muslime|turken|schwarzen|schwulen)
(juden|auslander|muslime|turken|schwarze|schwule) sind~(dumm|dreckig|bose|ratten|tiere|abschaum)
bougnoules?|bicots?|youpins?|negres?|salopes?|connards?|connasses?|encules?|nique ta mere|fils de pute|putain
sales? (juifs?|arabes?|noirs?|negres?|pedes?)
(je (hais|deteste)|mort aux) (les )?(juifs|arabes|noirs|musulmans|etrangers)
(les )?(juifs|arabes|noirs|musulmans|etrangers) sont~(betes|sales|mechants|des rats|stupides)
hijo de puta|hijos de puta|maricon(es)?|sudacas?|negratas?|gilipollas|pendejos?|cabron(es)?
odio a (los|las) (judios|negros|moros|gitanos|musulmanes|extranjeros|gays)
(los )?(judios|negros|moros|gitanos|musulmanes|extranjeros) son~(tontos|sucios|malos|ratas|estupidos)
""")
