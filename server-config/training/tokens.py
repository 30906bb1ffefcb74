"""CLIP's byte-pair encoding, as far as plain lower-case English needs it."""
import re
from pathlib import Path

VOCABULARY = 49408
START, END = VOCABULARY - 2, VOCABULARY - 1
MERGES = Path(__file__).parents[2] / "ejb-worker/diffusion/src/main/resources/org/comfyee/diffusion/text/clip-merges.txt"


class Tokenizer:
    def __init__(self):
        merges = [tuple(line.split(" ")) for line in MERGES.read_text(encoding="utf-8").splitlines()]
        self.rank = {pair: i for i, pair in enumerate(merges)}
        printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
        symbols = [chr(b) for b in printable] + [chr(256 + i) for i in range(256 - len(printable))]
        vocabulary = symbols + [s + "</w>" for s in symbols] + ["".join(pair) for pair in merges]
        self.ids = {symbol: i for i, symbol in enumerate(vocabulary)}
        self.known = {}

    def _word(self, word):
        parts = [*word[:-1], word[-1] + "</w>"]
        while len(parts) > 1:
            pair = min(zip(parts, parts[1:]), key=lambda p: self.rank.get(p, 1 << 30))
            if pair not in self.rank:
                break
            i = next(i for i, p in enumerate(zip(parts, parts[1:])) if p == pair)
            parts[i:i + 2] = ["".join(pair)]
        return [self.ids[p] for p in parts]

    def __call__(self, text):
        ids = []
        for word in re.findall(r"[a-z]+|[0-9]|[^\sa-z0-9]+", text.lower()):
            if word not in self.known:
                self.known[word] = self._word(word)
            ids += self.known[word]
        ids = [START, *ids[:75], END]
        return ids + [END] * (77 - len(ids))
