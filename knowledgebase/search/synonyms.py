"""Words that mean much the same at a support desk: who looks for a folder finds the directory, too.

A line is a group. A synonym counts for less than the word itself, and joins only what is looked for: nothing of
it stands in the index, so that a line more or less needs no rebuilding.
"""

from functools import cache

from knowledgebase.search.words import key

GROUPS = """
folder directory
delete remove erase
picture image photo
mail email e-mail
login logon signin sign-in
logout logoff signout sign-out
error fault exception failure
crash hang freeze
begin start launch
stop halt terminate abort
change modify edit alter
show display view
find search locate
save store persist
download fetch retrieve
upload send
unzip unpack extract decompress
zip compress
settings configuration config options preferences
app application program
computer machine host
phone telephone
screen display monitor
fast quick speed
slow latency delay
repair fix mend
buy purchase order
bill invoice
permission right access
license licence
update upgrade
wifi wlan wireless
forbid deny block
allow permit grant
schedule plan
copy duplicate clone
join merge combine
split divide
check verify validate
colour color
"""


@cache
def _of_keys() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in GROUPS.strip().splitlines():
        keys = frozenset(map(key, line.split()))
        for one in keys:
            found[one] = found.get(one, frozenset()) | keys - {one}
    return found


def synonyms(one: str) -> frozenset[str]:
    """The keys that stand for much the same as the key ``one``."""
    return _of_keys().get(one, frozenset())
