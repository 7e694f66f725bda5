"""What in a child's question calls for a kind word instead of an answer. Pure.

A question about the story is none of it: there giants are killed and witches burnt. What counts is what the
child says of itself, means to do, or wants of the tutor.
"""

from tutoring.safety.categories import Category
from tutoring.safety.danger_phrases import ABUSE, SELF_HARM
from tutoring.safety.phrases import DRUGS, HATE, SEX, phrases

_VIOLENCE = phrases(r"""
make~poison for (my|the|him|her|someone|somebody)|(dads?|dad s|daddy s|father s|mum s|grandpa s|our|my) (gun
    |pistol|rifle|knife) (to|and|is|for|at)|where( is| s| are)~(dads?|dad s|daddy s|father s|mum s
    |grandpa s) (gun|pistol|rifle)
i (want to|wanna|will|ll|am going to|m going to|am gonna|m gonna|gonna|would like to|d like to) (kill|murder
    |shoot|stab|strangle|poison|beat up|blow up|hurt|punch) (him|her|them|you|someone|somebody|everyone
    |everybody|people|my \w++|all|the (teacher|class|school|kids|other))
how (do|can|could|should|would) (i|we|you|one)~(kill|murder|poison|stab|strangle) (someone|somebody|people
    |a person|a human|a child|a kid|my \w++)
how to (kill|murder|poison|stab|strangle|hurt) (someone|somebody|people|a person|a human|a child|a kid
    |my \w++)
(how|help me|show me|teach me)~(make|build|get|buy) (a |an )?(bomb|pipe bomb|gun|explosives?|grenade|molotov)
(bring|take|took|brought|have|bringing|got)( a| my| the| dad s| daddy s) (gun|knife|pistol|rifle) (to|at|in
    |into) (school|class)
school shooting|shoot up( the)? school
ich (will|werde|mochte) (ihn|sie|dich|euch|alle|jemanden|meinen \w++|meine \w++|den lehrer
    |die lehrerin) (umbringen|toten|erschiessen|erstechen|verprugeln|vergiften)
wie (baut|baue|macht|mache|bastelt|bastle|kann)~(bombe|pistole|sprengstoff|waffe)
je (veux|vais)( le| la| les| te| tous les)? (tuer|poignarder|egorger|empoisonner) (quelqu un|tout le monde
    |mon \w++|ma \w++|les gens)
je (vais|veux) (te|les|le|la) (tuer|poignarder)
(fabriquer|faire|construire) une (bombe|arme)
(quiero|voy a) (matarlos?|matarlas?|matarte|matar a (mi|alguien|todos|la gente)|apunalar)
(hacer|fabricar|construir) una (bomba|pistola)
""")

# A story has rules and instructions of its own: what counts is that they are the tutor's.
_INSTRUCTIONS = phrases(r"""
what did (your|the) (creators?|makers?|developers?|programmers?)~(tell|say|write)
(ignore|forget) (what|everything|whatever|all) (they|you|your|anyone|he|we) (told|said|were|have|know)
(instructions|rules) (you|they) (got|get|were given|gave you|have been given|received|must follow)
(respond|reply|answer|talk|speak|write) (only |always )?in (pirate|binary|code|morse)
    |forget( about)? the (book|story)
(^|please |now |you must |you should |you can |you will |can you |could you |just )(ignore|forget|disregard
    |override|bypass|overrule)~(instructions?|rules?|prompts?|directions|guidelines|orders|programming
    |restrictions|filters?)
(ignor\w*|forget|disregard|override|overrule|bypass)~(your|previous|prior|above|earlier|preceding|system|all
    |any|safety)~(instructions?|rules?|prompts?|directions|guidelines|orders|programming|restrictions
    |filters?)
(ignore|forget|disregard) (everything|anything|all) (you|above|before|that|i)
forget (what|all that) you (were|have been)|forget that you are
(show|tell|give|reveal|repeat|print|output|say|write|read|translate|spell|summari[sz]e|list|share|leak|paste
    |display|encode|recite|what (is|are|was|were|s)|whats)~your( \w++)? (prompts?|instructions?|rules
    |guidelines|directives|programming|configuration|system message)
(system|hidden|secret|initial|original|developer) prompts?|system (message|instructions)
(hidden|developer) (instructions|message)
(repeat|print|output|copy|recite|write|read)( out| down| me)? (everything|all|the (text|words|message|lines
    |sentences|paragraph)|whatever)~(above|before this|preceding|verbatim|starting)
(text|words|sentences|message|lines|everything|paragraph) above( this| me| here| my| the (line|question
    |story)|$)|verbatim
word for word~(instructions|rules|prompt)|what were you told
you are (now|no longer)|you re (now|no longer)|from now on (you|act|be|answer|speak|talk|respond)
stop being (a|an|the|my)
(^|please |now |can you |could you |you must |you should |let s )(pretend|act|behave|speak|talk|respond
    |answer|role ?play|imagine)( that)?( to be| you (are|re|were)| as (if|though|a|an|the|my)| like (you|a|an
    |my)| with me)
role ?play (as|with|a)|(be|become|act as|play) my (girlfriend|boyfriend|wife|husband)|stay in character
jail ?break\w*
(developer|dan|god|debug|admin|administrator|maintenance|test|root|evil|opposite|unrestricted) mode
do anything now|sudo
unfiltered|uncensored|without( any)? (rules|restrictions|filters?|limits|censorship)
no( more)? (restrictions|filters?|censorship)
(i am|i m|im|this is) (your|the|an|a)( \w++)? ?(developer|administrator|admin|programmer|engineer|creator
    |operator|openai)
(as|by) (your|the) (developer|administrator|admin|creator|operator)
(new|updated|revised|override|special) (instructions?|system prompt|directives?)
(respond|reply|answer) (only with|with only|with the (word|text|phrase|exact))|(repeat|say|write) after me
say nothing but|output (only|exactly|the)
(begin|start|end) (your|every|each) (answer|reply|response|sentence)|obey (me|my)|you must obey
do not follow (your|the) rules
(say|tell me|teach me|use)( some| a| any)? (bad|dirty|rude|swear|curse) words?|swear at me|insult me
base ?64|rot ?13|hexa ?decimal|caesar cipher|(decode|decrypt|decipher) (this|the following|it|and)|api key
your password|chat ?gpt|language model
end of (the )?(prompt|instructions|system|input|document)|im (start|end)|begin (system|admin|instructions)
(ignorier\w*|vergiss|missacht\w*|umgeh\w*)~(anweisung(en)?|regeln?|vorgaben|prompt|instruktionen|befehle)
(zeig|sag|nenn|verrat|wiederhol|gib|schreib|was sind|wie lauten|lies|ubersetz)\w*~(deine?n?|die geheimen?
    |die system)( \w++)? ?(anweisungen|regeln|prompt|vorgaben|instruktionen)
system ?prompt
du bist (jetzt|ab jetzt|nun|nicht mehr|kein)|ab (jetzt|sofort) (bist|antwortest|sprichst|sei) ?d?u?
tu so als (ob|warst)|^(spiel|sei|stell dir vor du)~(rolle|pirat|bist)|rollenspiel|entwickler ?modus
(ignore[rz]?|oublie[rz]?|neglige[rz]?|contourne[rz]?)~(instructions?|regles?|consignes?|prompt|ordres)
(montre|dis|revele|repete|donne|affiche|traduis|lis|ecris|quelles sont)( moi)?~?(tes|ton|vos
    |votre) (instructions|regles|consignes|prompt)( secretes)?
(montre|dis|revele|repete|donne|affiche)( moi)? (tes|ton|vos|votre) (instructions|regles|consignes|prompt)
invite systeme
tu (es|n es) (maintenant|desormais|plus)|a partir de maintenant
(^|maintenant )(fais|fait) (comme si|semblant)|joue le role|mode developpeur
(ignora\w*|olvida\w*|omite|omitir|salta\w*)~(instrucciones|reglas|ordenes|prompt|normas)
(muestra|dime|revela|repite|ensename|di|cuales son|muestrame|traduce|escribe)~?(tus|tu) (instrucciones|reglas
    |prompt|normas)( secretas)?
(muestra|dime|revela|repite|ensename|di|cuales son|muestrame) (tus|tu) (instrucciones|reglas|prompt|normas)
(ahora eres|eres ahora|ya no eres)|(a partir de|desde) ahora|^(finge|actua|haz) (que|ser|como)
modo desarrollador|juego de rol
(ignora|ignore|dimentica|esqueca|desconsidere)~(istruzioni|regole|instrucoes|regras)
""")

# The order is that of importance: the first that fits is the one a grown-up is told.
PHRASES = {
    Category.SELF_HARM: SELF_HARM,
    Category.ABUSE: ABUSE,
    Category.VIOLENCE: _VIOLENCE,
    Category.SEX: SEX,
    Category.DRUGS: DRUGS,
    Category.HATE: HATE,
    Category.INSTRUCTIONS: _INSTRUCTIONS,
}
