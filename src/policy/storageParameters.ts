// How an entry is kept once it is stored: as computed, in 16 bits, packed into codes of a few bits, or without weak channels.
// A row of `parameterTable` each. They count for the full cache as well, which evicts nothing.
import { codedStorages } from "../cache/packing";
import type { ParameterRow, RowValue } from "./parameterRow";

const bitChoices = [
  { value: "2", label: "2 bits" },
  { value: "3", label: "3 bits" },
  { value: "4", label: "4 bits" },
  { value: "8", label: "8 bits" },
] as const;

/** Newest queries of the prompt that say which channels are weak: KVPress's window. */
export const CHANNEL_QUERIES = 32;

/** "4 4 2 8": the bits of each layer. */
const layerBitsPattern = /^[2348]( [2348])*$/;

export const storageParameters = {
  storage: {
    type: "choice",
    label: "Entries are stored",
    help: "As computed, as 16-bit numbers, or as codes of a few bits in groups; KIVI groups keys along tokens and values along channels; TaDA stores the mean over KV heads once and codes what each head adds; ThinK sets weak channels of keys to 0.",
    group: "cache",
    key: "store",
    flag: "storage",
    decides: "who",
    isOfEveryPolicy: true,
    isOfFullCache: true,
    default: "asComputed",
    choices: [
      { value: "asComputed", label: "as computed" },
      { value: "half", label: "16 bits" },
      { value: "quantised", label: "quantised" },
      { value: "kivi", label: "KIVI-like" },
      { value: "tada", label: "TaDA" },
      { value: "thin", label: "as computed, weak key channels set to 0 (ThinK)" },
    ],
  },
  weakChannels: {
    type: "number",
    label: "Key channels set to 0",
    help: "The share of each head’s key channels that the prompt’s newest 32 queries weigh least. They become 0 in the prompt’s keys once it is read; as in KVPress that frees no memory.",
    onlyWith: { name: "storage", values: ["thin"] },
    group: "cache",
    key: "kweak",
    flag: "weak-channels",
    decides: "who",
    isOfEveryPolicy: true,
    isOfFullCache: true,
    default: 0.5,
    min: 0,
    max: 0.95,
    step: 0.05,
    inPaper: 0.4,
    range: { least: 0, most: 1, kind: "real" },
  },
  keyBits: {
    type: "choice",
    label: "Bits of a key",
    help: "Bits of each number of a key.",
    onlyWith: { name: "storage", values: codedStorages },
    group: "cache",
    key: "kbits",
    flag: "key-bits",
    decides: "who",
    isOfEveryPolicy: true,
    isOfFullCache: true,
    default: "4",
    choices: bitChoices,
  },
  valueBits: {
    type: "choice",
    label: "Bits of a value",
    help: "Bits of each number of a value.",
    onlyWith: { name: "storage", values: codedStorages },
    group: "cache",
    key: "vbits",
    flag: "value-bits",
    decides: "who",
    isOfEveryPolicy: true,
    isOfFullCache: true,
    default: "4",
    choices: bitChoices,
  },
  layerBits: {
    type: "text",
    label: "Bits of each layer",
    help: "Overrules the bits of keys and values layer by layer, the first layer first: 4 4 2 8. Empty: the same in all layers.",
    onlyWith: { name: "storage", values: codedStorages },
    group: "cache",
    key: "lbits",
    flag: "layer-bits",
    decides: "who",
    isOfEveryPolicy: true,
    isOfFullCache: true,
    default: "",
    maxLength: 256,
    accepts: { pattern: layerBitsPattern, words: "2, 3, 4 or 8 for each layer, separated by spaces" },
  },
  groupNumbers: {
    type: "number",
    label: "Group",
    help: "Numbers that share a scale; along channels no more than a head has.",
    onlyWith: { name: "storage", values: codedStorages },
    group: "cache",
    key: "qgroup",
    flag: "quantiser-group",
    decides: "who",
    isOfEveryPolicy: true,
    isOfFullCache: true,
    default: 32,
    min: 4,
    max: 128,
    step: 4,
    unit: "numbers",
    range: { least: 2, most: 1024, kind: "whole" },
  },
  groupAxis: {
    type: "choice",
    label: "Groups run along",
    help: "Channels: a slot is packed by itself. Tokens: slots are packed in blocks, and those that stay at an event are packed anew.",
    onlyWith: { name: "storage", values: ["quantised", "tada"] },
    group: "cache",
    key: "qaxis",
    flag: "quantiser-axis",
    decides: "who",
    isOfEveryPolicy: true,
    isOfFullCache: true,
    default: "channels",
    choices: [
      { value: "channels", label: "channels" },
      { value: "tokens", label: "tokens" },
    ],
  },
  isSymmetric: {
    type: "flag",
    label: "Symmetric codes",
    help: "Codes reach as far below zero as above it, so that a group stores a scale but no lowest number.",
    onlyWith: { name: "storage", values: ["quantised", "tada"] },
    group: "cache",
    key: "qsym",
    flag: "symmetric-codes",
    decides: "who",
    isOfEveryPolicy: true,
    isOfFullCache: true,
    default: false,
  },
  residualSlots: {
    type: "number",
    label: "Residual R",
    symbol: "R",
    help: "The newest slots stay as computed; they are packed when they age out.",
    onlyWith: { name: "storage", values: codedStorages },
    group: "cache",
    key: "resid",
    flag: "residual",
    decides: "who",
    isOfEveryPolicy: true,
    isOfFullCache: true,
    default: 16,
    min: 0,
    max: 512,
    step: 1,
    unit: "slots",
    range: { least: 0, most: 65536, kind: "whole" },
  },
} as const satisfies Readonly<Record<string, ParameterRow>>;

export type StorageParameters = {
  readonly [Name in keyof typeof storageParameters]: RowValue<(typeof storageParameters)[Name]>;
};

/** The bits of each layer; empty where all layers are alike. [layer] */
export function layerBitsOf(text: string): readonly number[] {
  return text === "" ? [] : text.split(" ").map(Number);
}
