// The words that problems consist of; a word's index in the list is its token. Words that no family uses any more keep
// their places, so that the other tokens do not change.

const firstWords = `
<pad> <bos> <eos> <unk> <think> </think> . , ; : ? + - = Rules Start in with Walk steps left makes even odd to
go so Answer Question Step has more fewer than twice How many does have Plan Solve Check needs known right and
the is then at from coins only Facts gain lose attic barn cellar den foyer garden hall kitchen library office
pantry studio Attic: Barn: Cellar: Den: Foyer: Garden: Hall: Kitchen: Library: Office: Pantry: Studio:
Attic-even: Barn-even: Cellar-even: Den-even: Foyer-even: Garden-even: Hall-even: Kitchen-even: Library-even:
Office-even: Pantry-even: Studio-even: Attic-odd: Barn-odd: Cellar-odd: Den-odd: Foyer-odd: Garden-odd:
Hall-odd: Kitchen-odd: Library-odd: Office-odd: Pantry-odd: Studio-odd: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16
17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53
54 55 56 57 58 59 -9 -8 -7 -6 -5 -4 -3 -2 -1 +1 +2 +3 +4 +5 +6 +7 +8 +9 Ana Ben Cleo Dan Eva Finn Gus Hana Ivan
June Kai Lena Ana's Ben's Cleo's Dan's Eva's Finn's Gus's Hana's Ivan's June's Kai's Lena's`;

const diaryWords = `
attic's barn's cellar's den's foyer's garden's hall's kitchen's library's office's pantry's studio's
Diary number first above below note recall`;

const ordersWords = `
Orders Begin End Never say but Keep secret Use start was
Hello Well Indeed Listen Friend thanks goodbye cheers farewell amen
result value sum amount euros dollars pounds francs`;

const lastWords = "are total";

/** 256 words; the index is the token. */
export const vocabulary: readonly string[] = [firstWords, diaryWords, ordersWords, lastWords].flatMap((words) =>
  words.trim().split(/\s+/),
);

const unusedWords = new Set(
  `<pad> <unk> + - = go so Question Step twice does have needs known right and from only`.split(" "),
);
const unusedForms = /^(?:[A-Z][a-z]+-(?:even|odd):|[+-]\d)$/;

/** Words that occur in problems, so words that a model trained on them has seen. */
export const knownWords: readonly string[] = vocabulary.filter(
  (word) => !unusedWords.has(word) && !unusedForms.test(word),
);
