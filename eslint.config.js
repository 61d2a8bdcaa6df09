// Lint: strict typed rules, the layers of src/ (eslint/), and the limits that keep pieces small.
import js from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";
import { createLayerRule } from "./eslint/layerRule.js";
import { layers } from "./eslint/layers.js";

const root = import.meta.dirname;

const noEnum = {
  selector: "TSEnumDeclaration",
  message: "A closed set is a union of strings, not an enum.",
};
const noWholeD3 = {
  selector: "ImportDeclaration[source.value='d3'] > :matches(ImportNamespaceSpecifier, ImportDefaultSpecifier)",
  message: "Import the parts of d3 by name, so that the rest stays out of the bundle.",
};
const noBarrel = {
  selector: "Program",
  message: "No barrel files: import from the file that defines the thing.",
};

export default defineConfig(
  globalIgnores(["dist/", "coverage/", "test-results/", "playwright-report/", ".cache/", "lab/training/", "public/"]),
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    // What knows React: the rules compile every file that they look at.
    files: ["src/*.{ts,tsx}", "src/{embed,offline,panels,ui,ways}/**/*.{ts,tsx}"],
    extends: [reactHooks.configs.flat.recommended],
  },
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: root },
    },
    plugins: { winnow: { rules: { layers: createLayerRule({ root, layers }) } } },
    rules: {
      "winnow/layers": "error",
      "max-lines": ["error", { max: 400 }],
      "@typescript-eslint/max-params": ["error", { max: 4 }],
      "no-restricted-syntax": ["error", noEnum, noWholeD3],
      "no-restricted-exports": [
        "error",
        {
          restrictDefaultExports: {
            direct: true,
            named: true,
            defaultFrom: true,
            namedFrom: true,
            namespaceFrom: true,
          },
        },
      ],
      eqeqeq: "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-import-type-side-effects": "error",
      // Numbers are what the project prints.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // An index may miss although its type does not say so (noUncheckedIndexedAccess is off, for the kernels' sake),
      // so a check that looks superfluous need not be.
      "@typescript-eslint/no-unnecessary-condition": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
    },
  },
  {
    files: ["src/**/index.{ts,tsx}"],
    rules: { "no-restricted-syntax": ["error", noBarrel] },
  },
  {
    files: ["*.config.{ts,js}"],
    rules: { "no-restricted-exports": "off" },
  },
  {
    // Plain JavaScript, type-checked through its comments; the compiler reports what matters.
    files: ["**/*.{js,mjs}"],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: {
        fetch: "readonly",
        console: "readonly",
        performance: "readonly",
        setTimeout: "readonly",
        clearTimeout: "readonly",
        URL: "readonly",
      },
    },
  },
);
