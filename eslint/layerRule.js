// The ESLint rule `winnow/layers`: a file in src/ imports its own layer and what layers.js allows, nothing else.
// It follows every way to name a module: import, export from, import(), type imports, new URL(…, import.meta.url).
import path from "node:path";

/** @typedef {Readonly<Record<string, readonly string[]>>} LayerTable */

/**
 * @param {{ root: string, layers: LayerTable }} options `root` is the folder that holds src/
 * @returns {import("eslint").Rule.RuleModule}
 */
export function createLayerRule({ root, layers }) {
  return {
    meta: {
      type: "problem",
      schema: [],
      messages: {
        forbidden: "The layer {{ from }} may not import {{ to }}; it may import: {{ allowed }} (see eslint/layers.js).",
        testing: "A test helper (*.testing.ts) is for tests; what the page ships may not import it.",
        unknown: "The folder src/{{ from }} is not in the table of layers (see eslint/layers.js).",
      },
    },
    create(context) {
      const file = relativePath(root, context.filename);
      const from = layerOfFile(file);
      if (from === undefined) return {};
      const allowed = layers[from];
      if (allowed === undefined) {
        return {
          Program: (node) => context.report({ node, messageId: "unknown", data: { from } }),
        };
      }

      /** @param {any} source the node that names the module, if it is a plain string */
      const check = (source) => {
        if (typeof source?.value !== "string" || !source.value.startsWith(".")) return;
        const to = targetName(path.posix.join(path.posix.dirname(file), withoutQuery(source.value)));
        if (to.endsWith(".testing")) context.report({ node: source, messageId: "testing" });
        if (isAllowed({ from, to, allowed })) return;
        const list = allowed.length === 0 ? "nothing" : allowed.join(", ");
        context.report({ node: source, messageId: "forbidden", data: { from, to, allowed: list } });
      };

      /** @param {any} node */
      const checkSource = (node) => check(node.source);
      return {
        ImportDeclaration: checkSource,
        ExportNamedDeclaration: checkSource,
        ExportAllDeclaration: checkSource,
        ImportExpression: checkSource,
        TSImportType: (/** @type {any} */ node) => check(node.source ?? node.argument?.literal),
        NewExpression: (/** @type {any} */ node) => {
          if (node.callee.name === "URL" && node.arguments.length === 2) check(node.arguments[0]);
        },
      };
    },
  };
}

/** @param {{ from: string, to: string, allowed: readonly string[] }} edge */
function isAllowed({ from, to, allowed }) {
  const [layer = ""] = to.split("/");
  return layer === from || allowed.includes(layer) || allowed.includes(to);
}

/**
 * The layer whose rules a file obeys; undefined for what may import anything.
 * @param {string} file
 */
function layerOfFile(file) {
  const [top, layer, ...rest] = file.split("/");
  const isTest = /\.(test|testing)\.tsx?$/.test(file);
  return top !== "src" || layer === undefined || rest.length === 0 || isTest ? undefined : layer;
}

/**
 * `src/engine/client` becomes `engine/client`; what lies outside src/ keeps its path, `shaders/gemv.wgsl`.
 * @param {string} target
 */
function targetName(target) {
  return target.replace(/^src\//, "").replace(/\.[jt]sx?$/, "");
}

/** @param {string} specifier such as `./gemv.wgsl?raw` */
function withoutQuery(specifier) {
  return specifier.replace(/[?#].*$/, "");
}

/**
 * @param {string} root
 * @param {string} file
 */
function relativePath(root, file) {
  return path.relative(root, file).split(path.sep).join("/");
}
