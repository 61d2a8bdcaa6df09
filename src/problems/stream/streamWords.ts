// The words of a frame stream: patches in brackets, one token each, and the plain words of questions and answers. A word's index in
// the vocabulary is its token. A vocabulary of its own: no text family shares it.

/** Lamp and door stand in every room, for the questions that count. */
export const countedPieces = ["lamp", "door"] as const;
export type CountedPiece = (typeof countedPieces)[number];

const otherPieces = "bed table desk plant stove shelf clock sofa piano window chest mirror".split(" ");
/** What a place is named after. */
export const pieceNames: readonly string[] = [...countedPieces, ...otherPieces];

const thingColours = "red blue green white".split(" ");
const thingKinds = "key ball book cup".split(" ");
/** A thing's patch: red-key. */
export const thingNames: readonly string[] = thingColours.flatMap((colour) =>
  thingKinds.map((kind) => `${colour}-${kind}`),
);

export const personNames = "Ana Bob Cleo Dan Eva Finn Gus Hana".split(" ");
export const PARCEL = "parcel";

export const groundNames = "wall floor tiles grass rug".split(" ");
export const PICTURE_COUNT = 40;
export const countWords = "none one two three four".split(" ");

export const FRAME_WORD = "[frame]";

/** The patch that shows a lit lamp or an open door. */
export const activeNames: Readonly<Record<CountedPiece, string>> = { lamp: "lamp-on", door: "door-open" };

export function carryingName(person: string): string {
  return `${person}-${PARCEL}`;
}

/** What each patch of a frame shows, without brackets. */
export const patchNames: readonly string[] = [
  ...groundNames,
  ...pieceNames,
  ...Object.values(activeNames),
  ...thingNames,
  PARCEL,
  ...personNames,
  ...personNames.map(carryingName),
  ...Array.from({ length: PICTURE_COUNT }, (_, picture) => `tv${picture + 1}`),
];

const questionWords = "? : what who where lay stood by the first last how many times was lit did open carried".split(
  " ",
);

/** The index is the token. */
export const streamVocabulary: readonly string[] = [
  ...["<pad>", "<bos>", "<eos>", "<unk>", FRAME_WORD],
  ...patchNames.map((name) => `[${name}]`),
  ...questionWords,
  ...pieceNames,
  ...thingColours,
  ...thingKinds,
  ...personNames,
  PARCEL,
  ...countWords,
];

/** red-key as an answer says it: red key. */
export function spoken(name: string): string {
  return name.replace("-", " ");
}

/** The piece that a patch shows, whether the lamp is lit or not; null where it shows none. */
export function pieceShown(patch: string): string | null {
  const active = countedPieces.find((piece) => activeNames[piece] === patch);
  if (active !== undefined) return active;
  return pieceNames.includes(patch) ? patch : null;
}
