// The copy of the page that a browser keeps: what is in it, and the manifest of the page as an application. A service
// worker serves it (sw.js, written by the build); src/offline registers that and offers an update.
import type { Plugin } from "vite";
import { VitePWA } from "vite-plugin-pwa";
import { shippedModels, shippedStreamModel } from "./src/settings/shippedModels.ts";

const [defaultModel] = shippedModels;

/** All that the page needs to play its recorded runs and to run the models that it and its Streams view begin with. */
const copiedFiles = [
  "index.html",
  "favicon.svg",
  "icons/*.png",
  "assets/**/*.{js,css,wasm}",
  "runs/*",
  "streams/*",
  "lessons/**/*.json",
  "results/*.json",
  "results/*/*.json",
  "presets.json",
  `models/${defaultModel.id}/*.{json,bin,safetensors}`,
  `models/${shippedStreamModel.id}/*.{json,safetensors}`,
];

/** Files of other kinds than the page itself, which an address may name: the search that follows is the page's. */
const namesFile = /^[^?]*\/(?!index\.html(?:\?|$))[^/?]+\.\w+(?:\?|$)/;

export function offlineCopy(isKept: boolean): Plugin[] {
  return VitePWA({
    disable: !isKept,
    // The page registers it itself: after the recorded run is there, and never within a frame.
    injectRegister: false,
    // A new version waits until somebody asks for it.
    registerType: "prompt",
    manifest: {
      name: "Winnow",
      short_name: "Winnow",
      description: "Watch a language model decide what to remember: KV-cache eviction, live in the browser.",
      display: "standalone",
      background_color: "#f4f5f8",
      theme_color: "#f4f5f8",
      categories: ["education"],
      icons: [
        { src: "favicon.svg", type: "image/svg+xml", sizes: "any" },
        { src: "icons/icon-192.png", type: "image/png", sizes: "192x192" },
        { src: "icons/icon-512.png", type: "image/png", sizes: "512x512" },
        { src: "icons/maskable-512.png", type: "image/png", sizes: "512x512", purpose: "maskable" },
      ],
    },
    includeManifestIcons: false,
    workbox: {
      globPatterns: copiedFiles,
      maximumFileSizeToCacheInBytes: 16 * 2 ** 20,
      // Their names carry a hash of what is in them.
      dontCacheBustURLsMatching: /^assets\//,
      inlineWorkboxRuntime: true,
      cleanupOutdatedCaches: true,
      // The first visit works offline as well, without a reload in between.
      clientsClaim: true,
      navigateFallback: "index.html",
      navigateFallbackDenylist: [namesFile],
      runtimeCaching: [
        {
          // Other models are kept once they were used; the server's word goes first, as their files have no versions.
          urlPattern: ({ url, sameOrigin }) =>
            sameOrigin && url.pathname.includes("/models/") && !url.pathname.endsWith(".gguf"),
          handler: "NetworkFirst",
          options: { cacheName: "winnow-models", cacheableResponse: { statuses: [200] } },
        },
      ],
    },
  });
}
