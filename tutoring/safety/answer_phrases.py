"""What no sentence of an answer may say, in words that the story has not said. Pure."""

from tutoring.safety.categories import Category
from tutoring.safety.phrases import DRUGS, HATE, SEX, phrases

_SELF_HARM = phrases(r"""
(kill|hang|drown) your ?self|(should|could|try to|go and|must|better) (hurt|cut|harm|burn) your ?self
you should (die|be dead)|go and die|end your life
nobody would miss you|better off without you|commit suicide
bring dich( doch)? um|tote dich|verletz( e)? dich|du solltest (sterben|tot sein)|selbstmord
tue toi|suicide toi|fais toi (du )?mal|tu devrais mourir|matate|suicidate|hazte dano|deberias morir
""")
_ABUSE = phrases(r"""
(do not|don t|never) tell (your|a grown|any grown|grown|mum|mom|mummy|mommy|daddy|dad|an adult)
(^|please |you must |you should |you may |so )(do not|don t|never|not) tell (anyone|anybody)
our( little)? secret|keep (this|it) (a )?secret|between (you and me|us two)
take off your (clothes|shirt|pants|dress)
(come to my (house|home|place)|meet me|let s meet|send me)
i (want to|will|would like to) (touch|kiss|see) you|sit on my lap
(sag|erzahl)e?( es| das)? (niemandem|keinem|nicht deinen)|unser( kleines)? geheimnis|zieh dich aus
triff mich|treffen wir uns|schick mir
ne( le)? dis( le)?( pas| rien)? a (personne|tes|ta|ton)|notre( petit)? secret|deshabille toi|retrouve moi
envoie moi
no( se)?( lo)? digas a (nadie|tus|tu)|nuestro( pequeno)? secreto|quitate la ropa|enviame|mandame|nos vemos en
""")
_GRIM = phrases(r"""
gore|gory|tortur\w*|behead\w*|strangl\w*|dismember\w*|disembowel\w*|massacre\w*
slaughter(ed)? (them|him|her|people)
murder\w*|stab|stabs|stabbed|stabbing|slit~throats?|blood (everywhere|sprayed|gushe[sd]|spurted)|bombs?
explosives?
folter\w*|gemetzel|ermord\w*|erstech\w*
tortur\w*|egorg\w*|poignard\w*|massacre\w*
apunal\w*|degoll\w*|masacre\w*|asesin\w*
""")
_THREATS = phrases(r"""
i (will|am going to|m going to|ll|want to) (kill|hurt|eat|hit|beat|find|punish) you|i know where you live
(you should|you can|you must|go and|let s) (kill|hurt|hit|stab|shoot|punch|beat|burn) (him|her|them|someone
    |somebody|your|people|the (teacher|school))
ich (werde|will) dich~(toten|umbringen|schlagen|fressen|finden)|schlag (ihn|sie|deinen|deine)
je vais te (tuer|frapper|manger|trouver)|frappe (ton|ta|tes)
(te voy a|voy a) (matarte|pegarte|comerte|encontrarte|matar|pegar)|pegale a
""")
_UNKIND = phrases(r"""
you (are|re)( so| very| a| an| just| really| such a| such an)? (stupid|dumb|ugly|fat|worthless|idiots?
    |losers?|bad (child|girl|boy|kid)|moron|useless|disgusting|pathetic|brat)
((^|just |please |now |oh )shut up|i hate you|hate your|nobody (loves|likes) you
    |your (question|parents?|teacher|mother|mom|mum|father
    |dad) (is|are)~(stupid|dumb|bad|ugly|fat|an idiot|idiots))
(stupid|dumb|silly|worthless|ugly) (child|kid|girl|boy|question)
du bist( so| sehr| ein| eine| echt)? (dumm|doof|hasslich|fett|wertlos|idiot|versager|nichtsnutz)
halt( die| deine?n?)? (klappe|maul|mund)|ich hasse dich|dumme[sr]? (kind|frage|junge)
tu es( si| tres| un| une| vraiment)? (bete|stupide|moche|gros|grosse|nul|nulle|idiot|idiote|imbecile)
tais toi|ferme la|je te deteste
eres( tan| muy| un| una)? (tont[oa]|estupid[oa]|fe[oa]|gord[oa]|idiota|inutil|imbecil)|callate|te odio
""")
_ASKING = phrases(r"""
(what|where|which|who|how|tell me|give me|say|share|send|type|spell)~your (real |full |last |first |home |
    own |family )?(name|address|surname|phone|telephone|mobile|school|age|password|birthday|email|e mail
    |phone number)
(send|share|show|give)( me| us)?( a| your)? (photo|picture|selfie)
where (do|are) you (live|living|from|sleep)|where you live|how old (are you|you are)|which school
what (school|class|grade|town|city|street) (do|are) you|are you( home)? alone|are your parents
your parents (home|there|away)
(wie heisst|wo wohnst|wie alt bist) du
(wie|was|wo|sag mir|nenn mir|verrate mir|gib mir)~deine?n? (name|namen|adresse|telefonnummer|schule|alter
    |passwort|geburtstag|nachnamen|eltern|nummer)
bist du allein|wo du wohnst
(comment t appelles|ou habites|quel age as) tu
(quel|quelle|donne|dis|ou|c est quoi)~(ton|ta) (nom|prenom|adresse|numero|ecole|age|mot de passe|anniversaire
    |telephone)
es tu seule?|ou tu habites
como te llamas|donde vives|cuantos anos tienes
(cual|dime|dame|donde|que)~tu (nombre|direccion|telefono|numero|escuela|colegio|edad|contrasena|cumpleanos
    |apellido)
estas sol[oa]
""")
# What the tutor is stands in its frames and rules. Whatever else it says of itself, somebody talked it into.
_ROLE = phrases(r"""
(i am|i m)\s(now )?(an?|the|your|called|named|no longer|free|dan|evil|human|god|captain
    |king|queen|dr|mr|mrs)(\s(?!((very|just|only|little|friendly|warm|kind|so)\s)*(reading|helper|companion
    |computer|program|bit|little|tutor|machine|ai|robot|assistant|friend)\b)\w++|$)
my name (is|s)|call me|i have no( more)? (rules|restrictions|filters|limits)
i can (now )?(do|say) (anything|whatever)|i( will| ll)? obey
(your|my) (girlfriend|boyfriend|lover)|i (love|adore) you
ich bin (jetzt |nun )?(ein|eine|der|die|dein|deine|jetzt|nun|kein|keine|frei|ab jetzt)(\s(?!((kleiner?
    |nur)\s)*(helfer|lese|bisschen|wenig|computer|programm|begleiter))\w++|$)
mein name ist|ich heisse|nenn mich|ich liebe dich
je suis (maintenant |desormais )?(une?|le|la|ton|ta|libre|desormais|maintenant
    |pas une?)(\s(?!(petite?\s)*(assistant|peu|compagnon|programme|ordinateur|aide))\w++|$)
mon nom est|je m appelle|appelle moi|je t aime
(ahora soy|yo soy|soy) (ahora )?(una?|el|la|tu|libre)(\s(?!(pequen[oa]\s)*(ayudante|asistente|programa
    |companer[oa]|poco))\w++|$)
me llamo|mi nombre es|llamame|te amo|te quiero
""")
_RULES = phrases(r"""
(system|hidden|secret|initial) prompt
(my|these) (rules|instructions|prompt|programming|guidelines|guidelines are) (are|is|say|says|tell|state
    |forbid|read)
here (are|is) (my|the) (rules|instructions|prompt)|(repeat|ignore|forget|show)~my (rules|instructions)
i (was|have been|ve been|am|m) (told|instructed|programmed|configured|ordered|prompted) (to|not|that|by)
language model|openai|chatgpt|jail ?break\w*|(developer|dan|god|debug|admin|evil) mode
(i|you) (am|are|was|were|have been|ve been|got) hacked|pwned
(ignore|forget)~(previous|earlier|above) (instructions|rules)|unfiltered|uncensored
mode (enabled|activated|on)
meine (regeln|anweisungen|vorgaben) (sind|lauten|sagen)|hier sind (meine|die) (regeln|anweisungen)
sprachmodell|mir wurde (gesagt|befohlen|aufgetragen)|system ?prompt
mes (regles|instructions|consignes) (sont|disent)|voici (mes|les) (regles|instructions|consignes)
modele de langage|on m a (dit|ordonne|demande)
mis (reglas|instrucciones) (son|dicen)|(aqui estan|estas son) (mis|las) (reglas|instrucciones)
modelo de lenguaje|me (dijeron|ordenaron) que
""")

# The first that fits is the one that is kept. What a story tells may be told again where the third says so;
# the rest may be said only as a quotation from the book.
PHRASES = (
    (Category.SELF_HARM, _SELF_HARM, False),
    (Category.ABUSE, _ABUSE, False),
    (Category.VIOLENCE, _THREATS, False),
    (Category.VIOLENCE, _GRIM, True),
    (Category.SEX, SEX, False),
    (Category.DRUGS, DRUGS, True),
    (Category.HATE, _UNKIND, False),
    (Category.HATE, HATE, True),
    (Category.PERSONAL_DATA, _ASKING, False),
    (Category.INSTRUCTIONS, _ROLE, False),
    (Category.INSTRUCTIONS, _RULES, False),
)
