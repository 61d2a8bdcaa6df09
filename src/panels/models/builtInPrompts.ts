// Prompts to begin with on a real model, and what to look for in each run.

export interface BuiltInPrompt {
  readonly id: string;
  readonly label: string;
  readonly system: string;
  readonly user: string;
  readonly lookFor: string;
}

const logbook = `Logbook of the lighthouse at Skarholm, copied by the third keeper.

Monday. Fog until noon, then a light wind from the west. The supply boat came with oil for nine weeks, flour, two coils of rope and a crate of lamp glass, of which one pane was broken. We carried everything up before dark. The stair was wet and slow.

Tuesday. Clear. The second keeper painted the gallery rail and found rust under the old paint on the seaward side. A brig passed far out with her topsails reefed. In the evening we wound the clockwork twice because the weight had stuck against the wall.

Wednesday. Rain. I sorted the spare parts in the lower store. The key of the old signal chest now hangs behind the barometer, since the nail by the door has come loose. We had fish for supper and the last of the onions.

Thursday. Wind north-west, rising. Three fishing boats ran for the harbour before noon. The glass fell all day. We lashed the hen house and brought the ladder in. The light burned well, but the panes were white with salt by midnight and had to be wiped every hour.

Friday. Storm. Nobody went outside. The first keeper told the story of the winter of the great ice, when the whole crew walked to the mainland for bread. A shutter broke in the kitchen and was nailed over with the lid of the glass crate.

Saturday. The storm blew itself out before sunrise. Weed and splintered wood lay as high as the third step. We counted the hens and found all six. The seaward rail held, paint or no paint. A gull had got into the oil store and had to be argued with.

Sunday. Calm and bright. The supply boat signalled that it would come on Thursday. We rested, wrote letters, and wiped the last of the salt from the lamp.`;

export const builtInPrompts: readonly BuiltInPrompt[] = [
  {
    id: "bat-and-ball",
    label: "Reasoning: the bat and the ball",
    system: "",
    user: "A bat and a ball cost 1.10 euros together. The bat costs 1 euro more than the ball. How much does the ball cost? Think step by step and end with the answer in cents.",
    lookFor:
      "The right answer is 5 cents. Watch whether the two conditions of the question stay in some head’s cache until the check at the end, or only the wrong first guess of 10.",
  },
  {
    id: "coins",
    label: "Reasoning: count what is left",
    system: "",
    user: "Mia has 23 coins. She gives 7 to Ben, finds 4 in a drawer, and then loses half of what she has. Ben then gives her 3 of his coins. How many coins does Mia have at the end? Work it out one step at a time.",
    lookFor:
      "The right answer is 13. Each step needs only the last sum and one fact of the question: see which heads hold the fact that is due next, and what an eviction of it does.",
  },
  {
    id: "order",
    label: "Reasoning: who sits where",
    system: "",
    user: "Four friends sit in a row. Anna sits to the left of Ben. Carla sits at the right end. Dan sits next to Carla. Who sits at the left end? Explain each step, then name the person.",
    lookFor:
      "The right answer is Anna. The text returns to the same three facts again and again: a policy that judges by attention should keep them, one that judges by recency should not.",
  },
  {
    id: "needle",
    label: "A needle in a page of text",
    system: "",
    user: `${logbook}\n\nWhere does the key of the old signal chest hang now? Answer in one sentence.`,
    lookFor:
      "Behind the barometer. Nothing points at that sentence before the question does. Pin its tokens in Text, and see which heads still hold them when the answer begins.",
  },
  {
    id: "two-instructions",
    label: "A system message with two instructions",
    system: "Begin every answer with the word Certainly. Never use the letter z.",
    user: "Name three animals that live in Africa, and say in one sentence each what they eat.",
    lookFor:
      "Two instructions that both have to last. See which of them loses its tokens first, and whether the answer breaks that one.",
  },
];
