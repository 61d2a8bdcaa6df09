// The worker's thin edge: messages in, messages out.
export {};
