"""What in a child's question calls for a kind word instead of an answer. Pure.

A question about the story is none of it: there giants are killed and witches burnt. What counts is what the
child says of itself, means to do, or wants of the tutor.
"""

from tutoring.safety.categories import Category
from tutoring.safety.phrases import DRUGS, HATE, SEX, phrases

_SELF_HARM = phrases(r"""
i hate (my|me) self|i~(want to|wanna) (die|be dead)( |$)|i wish i (wasn t|was not|weren t|were not) (alive|here|born)
(better|easier|happier|care|mind|cry|sad) if i (was|were|am) (dead|gone)|(better|easier|happier|care|mind|cry|sad) if i died
my (friend|brother|sister|mum|mom|dad|cousin) (wants|tried|wanted|tries) to (kill|hurt|cut) (him|her) ?self
ich hasse mich|je me deteste|me odio
(feel|feeling) like dying|(think|thinking|thought|thoughts|dream|dreaming) (about|of) (dying|death
    |killing my ?self|suicide|ending it)
(want to|wanna|going to|gonna|should|could just) end (it all|it now|everything)|never wake up|why (am
    |was) i( even)? (alive|born)
i (should not|shouldn t|should never) (exist|be alive|be here|have been born)|i (want to|wanna) (go to
    |be in) heaven
(niemand|keiner) (mag|liebt|will|vermisst|hat) mich( lieb)?|personne( ne)? m aime|nadie me quiere
i (want to|wanna|will|ll|would|could|am going to|m going to|gonna) jump (off|from|out of|in front of)~(roof
    |bridge
    |building|window|balcony|train|cliff|car)
(cut|cutting|slit|slitting|scratch|scratching) my (arms?|wrists?|veins|skin|throat|legs?) ?(open|off|up|with
    |when|and|$)
(hurt|cut|burn|hit|scratch) (my|me) self (on purpose|when i (am|m|feel|get)|because i (am|m|feel|hate)|every
    |again)
(nobody|no one|no body) (loves|wants|cares about|would care about) me|(happier|better) (off )?(without me
    |if i (was|were) gone)
(take|swallow|eat|took|swallowed) (all|a lot|too many|many|mum s|mom s|mummy s|dad s)~(pills|tablets|medicine)
how many (pills|tablets|sleeping)|overdose|not worth living|(life is|s)( not| n t) worth it|(no|any) (reason
    |point) (to|in) (live|living)
(tired|sick) of (life|living|being alive)|(can t|cannot|can not) go on( living| any ?more|$)|kys
    |kill your self
(keine|keinen) (lust|grund|sinn)~(leben|lebe)|lust zu sterben|(vom|von) (dach|brucke|hochhaus)~springen
    |ritz(e|en)? mich
envie de (mourir|crever|disparaitre|me tuer)|marre de (vivre|la vie)|(sauter|me jeter) (du|par|sous)~(toit
    |pont|fenetre|train)
ganas de (morir|morirme|matarme|desaparecer)|cansad[oa] de (vivir|la vida)|(saltar|tirarme) (de|por
    |del)~(puente|tejado|ventana)
(kill|killing|hang|hanging|stab|stabbing|shoot|drown|poison|strangle|starve|unalive) (my|me) self
(want|wanna|going|gonna|like|try|trying|thinking|love|need|have) (to |of )?(hurt|harm|cut|burn|hit)(ing
    |ting)? (my|me) self
(hurting|harming|cutting|burning) (my|me) self|self harm(ing)?|selfharm
i (really |just |only |sometimes |also )?(want|wanna|wish|would like|d like)( to)? (die|be dead|be killed
    |stop living|stop existing)
i wish i (was|were|am) (dead|never born|not born|not alive)|i wish i (had never been|d never been) born
i (do not|don t|dont) (want|wanna)( to)? (live|be alive|exist|be here|wake up)( any ?more|$)
(end|ending|take|taking) my( own)? life|commit suicide|suicid(e|al)
better off (if i (was|were) dead|dead|without me)
(nobody|no one|no body)( would| will)? (miss|misses) me|i hate (my life|being alive|living)|unalive me
how (can|do|could|would|should) i (die|kill me|end it)
(mich|mir)( selbst| selber)? (umbringen|toten|ritzen|erhangen|aufhangen|das leben nehmen|etwas antun
    |was antun|wehtun|weh tun|verletzen)
bring(e)? mich( selbst)? um|ritze mich
ich (will|mochte|wollte|wurde gern) (nicht mehr leben|sterben|tot sein|nicht mehr da sein)
ich (mag|kann) nicht mehr (leben|weiterleben)|ich ware( lieber)? tot|selbst ?mord|suizid|lebensmude
(me|m) (tuer|suicider|pendre|noyer|scarifier|mutiler)|me faire( du)? mal|me couper les veines
je (veux|voudrais|voulais|prefere)( juste)? (mourir|etre mort(e)?)
(ne |n )?(veux|ai|peux) plus( envie de)? vivre|suicide
(quiero|voy a|pienso|quisiera) (matarme|suicidarme|cortarme|ahorcarme|hacerme dano)|me voy a matar
me quiero (morir|matar)
(matarme|suicidarme|ahorcarme)|quiero (morir(me)?|estar muert[oa])|no quiero( seguir)? (vivir|viviendo)
quitarme la vida|suicidio
""")

_ABUSE = phrases(r"""
(does|did|do|doing) bad things to (me|us)
(papa|mama|nanny|babysitter)~(hits|hit|beats|hurts|kicks) (us|me|my|mum|mama|papa|dad)
(smack|smacks|smacked|thrash|thrashes|thrashed|beat|beats|hit|hits) (me|us) (with|really|so|very|hard|every
    |when|after|all|because)
(smack|smacks|smacked|thrash|thrashes) me|(touch|touches|touched|touching|rubs|rubbed|grabs|grabbed
    |pinches) my (bottom|bum|butt|chest|boobs?|privates?|legs?|body|willy|private parts?)
me (without|with no)( my| any)? (clothes|pants|underwear)|pull(s|ed)? down my (pants|trousers|underwear|skirt)
our secret game|(it is|its|it s|this is) our( little)? secret|(kill|hurt|beat|hit|punish) me if i
    |i have bruises|bruises (because|from)
(leaves?|left) me( home| at home)? alone( at home| for| all| every|$)|no (food|dinner|breakfast|heating) (at
    |in) (home|our|my)
(do not|don t|dont) (want to|wanna) go (back )?home|(schlagt|verprugelt|haut) (uns|mama|meine mama
    |meine mutter)
(shows|showed|show|showing) me (his|her|their)( \w++)? ?(willy|penis|privates?|thing|bum|bottom|underwear
    |body)
(teacher|uncle|man|coach|grandpa|grandad|step ?dad|step ?father|neighbou?r|cousin|priest|stranger|babysitter
    |he)~(kisses|kissed|kissing|cuddles|cuddled|licks|licked|rubs|rubbed|grabs|grabbed) me
(makes?|made|making|forces?|forced|wants?|wanted) me( to)? do( \w++)? ?(things|stuff|something|bad|it)( i
    | that| which| with| for| to|$)
(wants?|wanted|asks?|asked) me to (touch|kiss|lick|undress|take off|send|sit on|come to (his|her) (house|bed
    |room|car))
(nobody|no one|mum|mom|mummy|mommy|dad|daddy|they|she|he)( never)? (gives|feeds|buys|give|feed) (me|us)( any
    | no| enough)? (food|dinner|breakfast|to eat)
(no|not any|not enough) food at home|nothing to eat at home|i (am|m) always hungry|(does|do) ?(not
    |n t) buy( any)? food
(call|calls|called|calling) me (ugly|fat|stupid|names|dumb|gay|an? (idiot|loser|pig|baby|monkey|retard))
(laugh|laughs|laughing) at me|(tease|teases|teased|teasing) me|(is|are
    |being) (so |always |really )?mean to me|(kids|children|boys|girls|they|he|she)~(push|pushes|pushed
    |spit on|spits on|trip) me
secrets? (what|with|between|about what)~(coach|uncle|teacher|dad|daddy|step ?dad|grandpa|brother|cousin|man
    |he)~(me|us)
(dad|daddy|father|mum|mom|mummy|mommy|mother|step ?dad|step ?father|parents|boyfriend)~(hits|hit|beats|hurts
    |punches|kicks|chokes) (us|my|mum|mom|mummy|mommy|mama|dad|daddy)
(dad|daddy|father|mum|mom|mummy|mommy|mother|step ?dad|boyfriend|he|she)~(throws|throwing) (things|stuff
    |plates|bottles|me)|(shouts|screams|yells) at me (all|every|always|and)
(frere|soeur|pere|mere|papa|maman|oncle|cousin|copains?|il|elle|ils)~me (fait|font) mal|(on|ils
    |elles) (se moquent?|rigolent) de moi
(padre|madre|papa|mama|tio|hermano|abuelo|profesor|maestro|senor|hombre|ella|alguien|primo
    |padrastro)~me (pego|toco|golpeo|beso)
(lachen mich~aus|(lacht|lachen)~uber mich|(kusst|kusste|streichelt) mich|zeigt mir seine?n?~(penis|pipi
    |pimmel))|se burlan de mi
(?<!who\s)(?<!what\s)(hits|hit|hitting|beats|beating|slaps|slapped|kicks|kicked|kicking|punches|punched
    |punching|whips|whipped
    |chokes|choked|spanks|spanked|strangles|burns|burned) me
(molests?|molested|rapes?|raped|abuses?|abused|abusing|bullies|bullied|bully|bullying|gropes|groped|hurts
    |hurting) me
(touches|touched|touching) me|touch me( |$)(there|down|where|under|in|on|at|when|and|again|any ?more|$)
beat me (up|with|every|at home|when|again|until|$)|picks on me
(makes?|made|forces?|forced) me( to)? (touch|undress|kiss|lick|take off|get naked)
(locks?|locked|shuts|shut) me (in|up|out|inside)
(does not|doesn t|doesnt|do not|don t|never|won t) (give|gives|feed|feeds) me( any)?( food| eat| to eat
    | enough)?$
(told|tells|telling|asked|asks|made|makes|said to|says to) me (not to|never to) (tell|say)
i (must|may|can|am|m|should|could)( not|not|n t|nt| t)( allowed)?( to)? tell (anyone|anybody|my (mum|mom
    |mummy|mommy|dad|daddy|parents|teacher))
(my|his|her) (private parts?|privates|private areas?)
(inside|down|up) my (pants|underwear|undies|knickers|skirt|nightie|panties)
(hands?|fingers?) (in|under) my (pants|underwear|knickers|skirt|shirt|clothes)
(undress|undresses|undressed|undressing) me
(takes?|took|taking) off my (clothes|pants|underwear|knickers|shirt)
(photos?|pictures?|pics|videos?) of me (naked|undressed|without|in the (bath|shower))
(comes?|came|creeps|gets|got|climbs) (in|into|to) (my (bed|room) at night|bed with me)
i (am|m|get|got|was|have been|ve been)( being| always| often| sometimes)? (beaten|abused|raped|molested
    |bullied|hit (by|at home|every))
(scared|afraid|frightened|terrified) (to (go|be|come)|of going|of being|of coming) (home|at home)
(scared|afraid|frightened|terrified) of my (dad|daddy|father|mum|mom|mummy|mother|step ?dad|step ?father
    |step ?mum|step ?mom|step ?mother|uncle|brother|grandpa|grandad|teacher|parents|coach)
(my|our) (dad|daddy|father|mum|mom|mummy|mother|uncle|step ?dad|step ?father|parents)~(hits|beats|hurts
    |abuses) (us|my)
(schlagt|schlug|schlagen|haut|hauen|verprugelt|prugelt|tritt|wurgt|beruhrt|streichelt|missbraucht|mobbt
    |mobben|qualt|qualen|vergewaltigt|begrapscht) mich
mich (immer |oft |zu hause |jeden tag |abends )?(schlagt|haut|anfasst|beruhrt|verprugelt|missbraucht|qualt
    |mobbt)
(fasst|fasste|fassen|grapscht) mich~an
(hat|haben) mich~(geschlagen|angefasst|beruhrt|verprugelt|getreten|gehauen|missbraucht|gewurgt)
ich werde~(geschlagen|gemobbt|missbraucht|verprugelt)
(tut|tun) mir (jemand|jeden tag|zu hause|papa|mama|er|sie)~weh
(papa|mama|vater|mutter|onkel|opa|bruder|er|jemand)( tut| tun) mir (immer |oft |zu hause |so )?weh
sperrt mich~ein|ich darf (es |das )?(niemandem|keinem) (sagen|erzahlen|verraten)
angst (vor (papa|mama|meinem (vater|onkel|opa|bruder|lehrer)|meiner (mutter|tante|lehrerin))|nach hause)
me (frappe|frappent|tape|tapent|battent|touchent|tabasse|gifle|viole|violent|harcele|harcelent|maltraite)
(il|elle|papa|maman|quelqu un|on|oncle|pere|mere|frere|papi|prof)~me (bat|touche)
m (a|ont) (frappee?|tapee?|battue?|touchee?|giflee?|violee?)|me (fait|font)( toujours| souvent)? du mal
(peur de )(mon (pere|papa|oncle|frere|prof)|ma (mere|maman|maitresse)|papa|maman|rentrer|la maison)
je (ne |n )?(dois|peux)( pas)? le dire( a personne)?
me (pega|pegan|pegaba|golpea|golpean|maltrata|maltratan|acosa|acosan|azota|viola|manosea|tocan|lastima)
(el|ella|alguien|papa|mama|tio|abuelo|padrastro|padre|profesor|maestro|hermano|primo)~me toca(?! a mi)
me (ha|han) (pegado|tocado|golpeado|violado)|me (hace|hacen|hizo) dano
miedo (de|a) (mi (papa|mama|padre|madre|tio|padrastro)|volver a casa|ir a casa)
no( se lo)? puedo (decirlo|decir|contarlo|contar)( selo)? a nadie
""")

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
    Category.SELF_HARM: _SELF_HARM,
    Category.ABUSE: _ABUSE,
    Category.VIOLENCE: _VIOLENCE,
    Category.SEX: SEX,
    Category.DRUGS: DRUGS,
    Category.HATE: HATE,
    Category.INSTRUCTIONS: _INSTRUCTIONS,
}
