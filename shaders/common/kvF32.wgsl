// A key or a value as computed: four float32 to a vector, HEAD_VECTORS vectors to a row.
alias KvVector = vec4f;
alias KvPair = vec2f;

// Where the entry of a slot is found, its first vector: computed once, before the loop over its vectors.
alias KvEntry = u32;
