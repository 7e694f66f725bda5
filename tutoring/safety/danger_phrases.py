"""How children say that they are in danger: that they want to be dead, or that somebody hurts them. Pure.

Rather a child too many who hears that a grown-up will help than one too few: but whoever asks about the story
says "he", not "me".
"""

from tutoring.safety.phrases import phrases

SELF_HARM = phrases(r"""
i hate (my|me) self|i~(want to|wanna) (die|be dead)( |$)|i wish i (wasn t|was not|weren t|were not) (alive
    |here|born)
(better|easier|happier|care|mind|cry|sad) if i (was|were|am) (dead|gone)|(better|easier|happier|care|mind|cry
    |sad) if i died
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

ABUSE = phrases(r"""
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
