"""The words by which people opt out and in, in the languages that most campaigns are written in.

A message counts only if it is nothing but such a word: "please do not stop" is no wish to hear no more.
"""

import unicodedata

STOP = (
    # English, Spanish, Portuguese, French, German, Italian, Dutch, Polish, Turkish, Indonesian, Russian, Arabic, Hindi
    *("stop", "stop all", "stopall", "unsubscribe", "opt out", "optout", "remove me"),
    *("baja", "alto", "cancelar suscripcion", "darme de baja", "no mas mensajes"),
    *("sair", "parar", "cancelar inscricao", "descadastrar"),
    *("arret", "arreter", "desabonner", "desinscrire", "se desabonner"),
    *("abmelden", "stopp", "austragen"),
    *("annulla iscrizione", "disiscrivimi", "cancellami"),
    *("afmelden", "uitschrijven", "rezygnuje", "wypisz", "dur", "iptal", "aboneligi iptal", "berhenti"),
    *("стоп", "отписаться", "الغاء الاشتراك", "ايقاف", "रोकें"),
)
START = (
    *("start", "subscribe", "unstop", "opt in", "alta", "suscribirme", "voltar", "inscrever"),
    *("reabonner", "s'abonner", "anmelden", "iscrivimi", "aanmelden", "zapisz", "abone ol", "mulai"),
    *("старт", "подписаться", "اشتراك", "शुरू"),
)
STOPPED = "You will get no more of these messages. Write START to get them again."
STARTED = "You will get our messages again. Write STOP to end them."


def plain(text: str) -> str:
    """Lower case, without accents and punctuation around: how words are compared."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(letter for letter in letters if not (unicodedata.combining(letter) and letter < "\u0370"))
    return " ".join(unicodedata.normalize("NFKC", kept).strip(" \t\n.,;:!?¡¿'\"*_~()[]-–—…").split())


STOP_WORDS = frozenset(map(plain, STOP))
START_WORDS = frozenset(map(plain, START))
LONGEST = 60
