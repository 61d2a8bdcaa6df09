// The build: static files that work from any sub-path of any host, under a strict Content-Security-Policy.
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { downloadHosts, offersDownloads } from "./src/hub/hubs.ts";
import { offlineCopy } from "./vite.offline.ts";

/** `hosts`: what the document reaches beside its own server. */
const contentSecurityPolicy = (hosts: readonly string[]): string =>
  [
    "default-src 'none'",
    // Policy for the engine too, whose matrix products are WebAssembly; it allows no eval of text.
    "script-src 'self' 'wasm-unsafe-eval'",
    // The engine's worker starts from a blob, which is how it inherits this policy (src/lib/moduleWorker.ts).
    "worker-src 'self' blob:",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    ["connect-src 'self' blob:", ...hosts].join(" "),
    // The page shows its embedded self as a preview.
    "frame-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");

/** Only in the build: the dev server needs inline scripts for hot reloading. */
function strictContentSecurityPolicy(): Plugin {
  return {
    name: "winnow:content-security-policy",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler: (_, { path }) => [
        {
          tag: "meta",
          attrs: {
            "http-equiv": "Content-Security-Policy",
            // Only the document that downloads models reaches the hubs of the list.
            content: contentSecurityPolicy(path.endsWith("fetch.html") ? downloadHosts() : []),
          },
          injectTo: "head-prepend",
        },
      ],
    },
  };
}

export default defineConfig(({ mode }) => ({
  base: "./",
  // What `npm start` shows is always what was built last.
  plugins: [react(), strictContentSecurityPolicy(), ...offlineCopy(mode === "production")],
  worker: { format: "es" },
  build: {
    target: "es2022",
    // The polyfill is an inline script, which the policy forbids; every browser with WebGPU does without it.
    modulePreload: { polyfill: false },
    // Assets stay files: the policy allows no data: URL but for images.
    assetsInlineLimit: 0,
    // What a visit loads is held by e2e/weight.spec.ts; page and engine are one file each.
    chunkSizeWarningLimit: 650,
    rolldownOptions: { input: offersDownloads ? ["index.html", "fetch.html"] : ["index.html"] },
  },
}));
