"""Why a difference between airworthy and another tool is no error of airworthy.

Each rule names the tool and the facts that it is about, tells exactly which differences it explains, and says how a third
tool showed who is right. What no rule explains is a failure.
"""
import collections
import dataclasses


@dataclasses.dataclass
class Difference:
    """One fact of one part of a file, of which airworthy and `tool` say different things."""

    path: str
    part: str
    fact: str
    tool: str
    ours: object
    theirs: object
    readings: dict

    def reading(self, tool, fact=None):
        """What another tool says of this fact, or of another one."""
        return self.readings.get(tool, {}).get(self.part, {}).get(fact or self.fact)

    def surplus(self):
        """(what only airworthy lists, what only the other tool lists), as multisets."""
        ours, theirs = collections.Counter(map(str, self.ours)), collections.Counter(map(str, self.theirs))
        return ours - theirs, theirs - ours


RULES = []


def rule(tool, *facts, reason):
    def add(predicate):
        RULES.append((tool, facts, predicate, reason))
        return predicate
    return add


def reason(difference):
    """The words of the first rule that explains it, or None."""
    for tool, facts, predicate, words in RULES:
        if tool == difference.tool and difference.fact in facts and predicate(difference):
            return words
    return None


@rule("LIEF", "defined", reason="LIEF 1.0.0 reads the 64-bit words of s390x's DT_HASH as 32-bit ones, takes the number of buckets for that of symbols, and lists names that begin "
      "behind the symbol table; readelf, by the section headers, lists what airworthy does")
def wide_hash_words(difference):
    ours, theirs = difference.surplus()
    is_noise = all(name == "" or name.startswith("@") for name in theirs)
    return difference.reading("LIEF", "machine") == 22 and not ours and is_noise and difference.reading("readelf") == difference.ours


@rule("ar", "members", reason="GNU ar turns the backslashes of Windows' member names into slashes; llvm-ar prints the names as they are stored, as airworthy does")
def backslashes(difference):
    return difference.theirs == [[name.replace("\\", "/"), count] for name, count in difference.ours] and any("\\" in name for name, _ in difference.ours)
