// Small JSON files next to a model's weights that say what was measured of them: roles.json, filters.json.
import * as v from "valibot";
import { errorMessage, type InputError } from "../lib/errors";

interface Measured {
  /** The weights that were measured. */
  readonly model: { readonly digest: string };
}

/** What the file says, of the weights with this digest. Throws what `refuse` makes of the fault. */
export function parseMeasuredFile<Fields extends Measured>(
  schema: v.GenericSchema<unknown, Fields>,
  fileText: string,
  digest: string,
  refuse: (what: string) => InputError,
): Fields {
  let fields: unknown;
  try {
    fields = JSON.parse(fileText);
  } catch (error) {
    throw refuse(`expected JSON (${errorMessage(error)})`);
  }
  const parsed = v.safeParse(schema, fields);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw refuse(`${v.getDotPath(issue) ?? "the file"}: ${issue.message}`);
  }
  const { model } = parsed.output;
  if (model.digest !== digest) {
    const [found, expected] = [model.digest, digest].map((text) => text.slice(0, 8) || "nothing");
    throw refuse(`model.digest: expected ${expected}, the weights next to it, found ${found}`);
  }
  return parsed.output;
}
