// A device refuses buffers without a word to whoever asked: only an error scope hears of it in time.

export interface Allocated<Made> {
  readonly made: Made;
  /** Why the device has no room for it, in its own words; null where it has. */
  readonly refusal: string | null;
}

/** Makes buffers and what binds them. A buffer beyond a limit of the device is no lack of memory but not valid: both count. */
export async function allocate<Made>(device: GPUDevice, make: () => Made): Promise<Allocated<Made>> {
  device.pushErrorScope("validation");
  device.pushErrorScope("out-of-memory");
  const pop = (): Promise<(GPUError | null)[]> => Promise.all([device.popErrorScope(), device.popErrorScope()]);
  let made: Made;
  try {
    made = make();
  } catch (error) {
    await pop();
    throw error;
  }
  const [found] = (await pop()).filter((error) => error !== null);
  return { made, refusal: found?.message ?? null };
}
