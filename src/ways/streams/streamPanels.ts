// What the panels of a stream are called, and what their menus explain.
import type { PanelHeading } from "../../ui/Panel";

export const streamPanels = {
  streamPlayer: {
    title: "Player",
    explanation: {
      text:
        "The stream frame by frame. A patch is as bright as the share of KV heads whose cache still holds it after the frames seen; a " +
        "frame that has just come is bright all over. The filmstrip has every frame, a row for each lane.",
    },
  },
  streamQuestions: {
    title: "Questions",
    explanation: {
      text:
        "Each question is asked behind the cache as it is at that moment and taken back, so it leaves no trace. The right answer comes " +
        "from the frames alone; an answer is right if every word is, and its end. Attention is that of the queries which wrote the answer.",
    },
  },
  streamSlots: {
    title: "Memory against length",
    explanation: {
      text:
        "Slots in use in every KV head. Before the next block would not fit under |M|, the cache is compressed to |C|. A cache that keeps " +
        "everything grows by 26 slots a frame.",
      formula: "bytes = slots × layers × KV heads × 2 × head size × bytes a number",
    },
  },
  streamHeat: {
    title: "What decides a compression",
    explanation: {
      text:
        "TaR is high where a patch has changed since; VaN is the length of a patch’s value. The newest r frames and TaR’s picks take the " +
        "share α of |C|, the largest values the rest. All are measured in every lane, whether its rule uses them or not.",
      formula: "TaR = −mean cosine(key, keys of the newest r frames at the same patch); VaN = |value|",
    },
  },
} as const satisfies Record<string, Omit<PanelHeading, "name">>;

export type StreamPanelName = keyof typeof streamPanels;
export const streamPanelNames = Object.keys(streamPanels) as StreamPanelName[];

export function isStreamPanel(name: string): name is StreamPanelName {
  return Object.hasOwn(streamPanels, name);
}
