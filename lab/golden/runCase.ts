// One golden case: parsed JSON in, comparisons out. It imports nothing of Node, so a browser test can run the same cases.
import { errorMessage } from "../../src/lib/errors";
import { runAdaptive } from "./adaptiveCase";
import { runHeadBudgets, runHeadSelect, runPyramidBudget } from "./budgetCases";
import type { CaseContext, RunCase } from "./caseParts";
import type { FieldComparison } from "./compare";
import { runEffivlm } from "./effivlmCase";
import { runDecodeLoop } from "./decodeLoopCase";
import { fieldOf, rootField } from "./field";
import { runGgufDequant, runGgufFile, runGgufHostile, runGgufQuantise } from "./ggufCases";
import { runFrames, runFrameStream } from "./frameCases";
import { runInfScore } from "./infScoreCase";
import { runAttentionWithVotes, runGqaMerge } from "./keepKvAttentionCases";
import { runPartner, runZipMerge } from "./keepKvCases";
import { runPublicLoop } from "./keepKvPublicCases";
import { runKeepKvScores } from "./keepKvScoreCases";
import { runAttentionLogits, runR1Kv, runSnapKv, runStreamingLlm } from "./rkvCases";
import { runStaticMasks, runStreamingUpdate, runWindowOverlap } from "./maskCases";
import { runBuildSparseMask, runExpandSparseMask, runSparseMaskFromHistory } from "./sparseMaskCases";
import { runAttend, runBasis, runSelect } from "./salsCases";
import { isSupportedPress, pressOf, runScorer, SCORER_KIND } from "./scorerCase";
import { FAIR_KIND, otherFairPolicy, runFairEviction } from "./fairCase";
import { runKeepRates, runRougeL, runWhitelist } from "./pitfallsCases";
import { runCam, runMerging } from "./mergingCases";
import { runBlock, runChunk, runChunkKv, runDecodingRatio, runRerotation } from "./selectionCases";
import { runSimLayer, runThink } from "./layerCases";
import { runMlxAffine } from "./mlxCases";
import { runQmeter } from "./qmeterCase";
import { runKivi, runTada } from "./storageCases";
import { runAttentionScores, runSimilarityKernel, runSimilarityRaw } from "./termCases";
import { runUpdateKv } from "./updateKvCase";
import { runValueNorms } from "./valueNormCase";

const runners: Readonly<Record<string, RunCase>> = {
  "gkv.attention_scores": runAttentionScores,
  "gkv.similarity_kernel": runSimilarityKernel,
  "gkv.similarity_raw": runSimilarityRaw,
  "gkv.update_kv": runUpdateKv,
  "gkv.decode_loop": runDecodeLoop,
  "gkv.streaming_update": runStreamingUpdate,
  "gkv.static_masks": runStaticMasks,
  "gkv.sparse_mask_from_history": runSparseMaskFromHistory,
  "gkv.build_sparse_mask": runBuildSparseMask,
  "gkv.expand_sparse_mask": runExpandSparseMask,
  "derived.window_overlap": runWindowOverlap,
  "kvpress.adakv": runAdaptive,
  "kvpress.criticaladakv": runAdaptive,
  "kvpress.pyramid_budget": runPyramidBudget,
  [SCORER_KIND]: runScorer,
  "rkv.attention_logits": runAttentionLogits,
  "rkv.r1kv": runR1Kv,
  "rkv.snapkv": runSnapKv,
  "rkv.streamingllm": runStreamingLlm,
  "kvpress.chunk": runChunk,
  "kvpress.chunkkv": runChunkKv,
  "kvpress.block": runBlock,
  "kvpress.rerotation": runRerotation,
  "kvpress.decoding_ratio": runDecodingRatio,
  "related.infinipot.tar": runFrames,
  "related.infinipot.compress": runFrames,
  "related.infinipot.van": runFrames,
  "related.infinipot.stream": runFrameStream,
  "related.infinipot.van_cv": runValueNorms,
  "kvpress.cam": runCam,
  "kvpress.merging": runMerging,
  "related.keepkv.attention_with_votes": runAttentionWithVotes,
  "related.keepkv.gqa_merge": runGqaMerge,
  "related.keepkv.partner": runPartner,
  "related.keepkv.public_loop": runPublicLoop,
  "related.keepkv.scores": runKeepKvScores,
  "related.keepkv.zip_merge": runZipMerge,
  "kvpress.think": runThink,
  "kvpress.simlayer": runSimLayer,
  "related.qmeter.metrics": runQmeter,
  "related.effivlm.metrics": runEffivlm,
  "related.tada.codec": runTada,
  "related.kivi.group_quant": runKivi,
  "related.pitfalls.keep_rates": runKeepRates,
  "related.pitfalls.whitelist": runWhitelist,
  "related.pitfalls.rouge_l": runRougeL,
  [FAIR_KIND]: runFairEviction,
  "related.gguf.dequant": runGgufDequant,
  "related.gguf.quantise": runGgufQuantise,
  "related.mlx.affine": runMlxAffine,
  "related.gguf.file": runGgufFile,
  "related.gguf.hostile": runGgufHostile,
  "related.sals.basis": runBasis,
  "related.sals.select": runSelect,
  "related.sals.attend": runAttend,
  "related.surface.infscore": runInfScore,
  "related.surface.head_budgets": runHeadBudgets,
  "related.surface.select": runHeadSelect,
};

export const caseKinds: readonly string[] = Object.keys(runners);

/** The kind that a parsed file declares; null if the file isn't a case. */
export function kindOf(json: unknown): string | null {
  const isCase = typeof json === "object" && json !== null && "kind" in json && typeof json.kind === "string";
  return isCase ? (json.kind as string) : null;
}

export function isSupportedKind(kind: string): boolean {
  return Object.hasOwn(runners, kind);
}

/** What nothing here runs: a kind, or a press of KVPress; null where the case can be run. */
export function skippedName(json: unknown): string | null {
  const kind = kindOf(json) ?? "";
  if (!isSupportedKind(kind)) return kind;
  const fairPolicy = kind === FAIR_KIND ? otherFairPolicy(json) : null;
  if (fairPolicy !== null) return `${kind} ${fairPolicy}`;
  const press = kind === SCORER_KIND ? pressOf(json) : null;
  return press === null || isSupportedPress(press) ? null : `${kind} ${press}`;
}

/** Compares every field of the case with what the probe and the policies compute. A case that cannot be read is one failure. */
export async function runCase(json: unknown, context: CaseContext): Promise<FieldComparison[]> {
  const kind = kindOf(json);
  try {
    const root = rootField(json);
    const run = runners[kind ?? ""];
    fieldOf(root, "schema");
    const comparisons = await run(root, context);
    return comparisons.length > 0 ? comparisons : [unreadable("the case holds nothing to compare")];
  } catch (error) {
    return [unreadable(errorMessage(error))];
  }
}

function unreadable(detail: string): FieldComparison {
  return { field: "case", isEqual: false, relativeError: Infinity, detail };
}
