// Models that the visitor brought in this visit: from disk, from this browser's storage, or from beside the page. Written by
// the sheet Models and by what is dropped on the page. A link may name one that is not here; nothing runs in its place.
import type { ModelReference } from "../engine/protocol";
import type { Speech } from "../hub/speech";
import { broughtLabel, parseBroughtId } from "../settings/broughtModels";
import { settingsOfLanes } from "../settings/lanes";
import type { ChoiceActions, ChosenState } from "./choices";

export interface Brought {
  /** As settings and links name it (settings/broughtModels.ts). */
  readonly id: string;
  readonly label: string;
  readonly reference: ModelReference;
  readonly speech: Speech;
}

export interface BroughtState {
  readonly brought: readonly Brought[];
  /** A model that a run needs and that is not here: the sheet Models opens to say how to get it. */
  readonly missingModel: string | null;
}

export const initialBrought: BroughtState = { brought: [], missingModel: null };

export interface BroughtActions {
  /**
   * Makes a model one of those to choose from. It is chosen, unless the settings name it already: then they, and the proof of
   * their link, stay as they are. A run that waited for it starts.
   */
  readonly bring: (model: Brought) => void;
  /** Its files are gone. */
  readonly leaveBehind: (id: string) => void;
  readonly askForModel: (id: string | null) => void;
}

interface Page {
  readonly set: (change: Partial<BroughtState>) => void;
  readonly get: () => BroughtState &
    ChosenState &
    Pick<ChoiceActions, "choose"> & { readonly run: (mode: "run") => void };
}

/** `models`: all that the engines may load; brought ones are put among them. */
export function broughtActions(models: ModelReference[], { set, get }: Page): BroughtActions {
  const without = (id: string): void => {
    const place = models.findIndex((model) => model.id === id);
    if (place >= 0) models.splice(place, 1);
  };
  return {
    bring(model) {
      without(model.id);
      models.push(model.reference);
      const isAwaited = get().missingModel === model.id;
      set({ brought: [...get().brought.filter(({ id }) => id !== model.id), model], missingModel: null });
      if (!namedModels(get()).includes(model.id)) get().choose("model", model.id);
      else if (isAwaited) get().run("run");
    },
    leaveBehind(id) {
      without(id);
      set({ brought: get().brought.filter((model) => model.id !== id) });
    },
    askForModel: (missingModel) => set({ missingModel }),
  };
}

/** The models that the settings of all lanes name. [lane] */
export function namedModels({ choices, comparison }: ChosenState): readonly string[] {
  return settingsOfLanes(choices, comparison).map(({ settings }) => settings.model);
}

/** What the engine loads for the model of a setting; one that is not here has no files, and the engine refuses it. */
export function referenceOf(modelId: string, models: readonly ModelReference[]): ModelReference {
  const known = models.find(({ id }) => id === modelId);
  if (known !== undefined) return known;
  const brought = parseBroughtId(modelId);
  return brought === null ? models[0] : { ...broughtReference(modelId, broughtLabel(brought)), files: [] };
}

/** The same for the model of a run: a run file may come from one that the page has never had. */
export function referenceOfRun(
  { id, label }: { readonly id: string; readonly label: string },
  models: readonly ModelReference[],
): ModelReference {
  return models.find((model) => model.id === id) ?? { ...broughtReference(id, label), files: [] };
}

/** `files` are added to it where the model is here. */
export function broughtReference(id: string, label: string): ModelReference {
  const digest = parseBroughtId(id)?.sha256;
  return { id, label, address: `brought:${id}`, ...(digest !== undefined && { digest }) };
}

export const MODEL_MISSING = "The model is not in this browser. Open Models to bring it.";

export function isMissing({ files }: ModelReference): boolean {
  return files?.length === 0;
}
