// The list of term families (termFamily.ts). The window's terms and the redundancy, which also record evidence, have their
// own places in eventTerms.ts.
import type { TermName } from "../../policy/policy";
import type { KernelCache } from "./kernelCache";
import { keyValueFamilies } from "./keyValueTerms";
import { instructionFamily } from "./instructionTerms";
import type { MatrixForm } from "./kernelSpec";
import { queryFamilies } from "./queryTerms";
import type { CreateFamily, FamilyShape, TermFamilySpec } from "./termFamily";

export interface CompiledFamily extends Pick<TermFamilySpec, "readsPositions"> {
  /** Those of its terms that were asked for. */
  readonly names: readonly TermName[];
  readonly create: CreateFamily;
}

const families: readonly TermFamilySpec[] = [...keyValueFamilies, ...queryFamilies, instructionFamily];

/** The families that some of these terms belong to. */
export function compileFamilies(
  terms: readonly TermName[],
  cache: KernelCache,
  shape: FamilyShape,
  outputForms: readonly MatrixForm[],
): Promise<CompiledFamily[]> {
  const asked = families
    .map((family) => ({ ...family, names: family.names.filter((name) => terms.includes(name)) }))
    .filter(({ names }) => names.length > 0);
  return Promise.all(
    asked.map(async ({ compile, ...family }) => ({ ...family, create: await compile(cache, shape, outputForms) })),
  );
}
