// Between a document and the worker that writes models into this browser's storage (keepWorker.ts).

import type { NamedBlob } from "../model/source/blobSource";
import type { ModelFacts } from "./inspectModel";
import type { WantedModel } from "./keptModels";

export type KeepCommand =
  | { readonly type: "download"; readonly wanted: WantedModel; readonly hub: string; readonly token: string }
  /** Copies files from disk. In the order of wanted.files. */
  | { readonly type: "copy"; readonly wanted: WantedModel; readonly files: readonly Blob[] }
  /** Reads the headers of a model's files, and digests its weights where they lie unless the model's digest is known. */
  | { readonly type: "inspect"; readonly files: readonly NamedBlob[]; readonly sha256: string | null }
  | { readonly type: "cancel" };

export type KeepPhase = "asking" | "getting" | "checking";

export type KeepEvent =
  | { readonly type: "progress"; readonly phase: KeepPhase; readonly bytes: number; readonly totalBytes: number }
  | { readonly type: "notice"; readonly message: string }
  | { readonly type: "kept"; readonly key: string }
  | { readonly type: "inspected"; readonly facts: ModelFacts; readonly sha256: string }
  | { readonly type: "cancelled" }
  /** `missingBytes`: room that the browser does not give; absent where something else failed. */
  | { readonly type: "failed"; readonly message: string; readonly missingBytes?: number };
