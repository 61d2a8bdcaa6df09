// The browser's GPU, but for one thing that its adapters or devices do otherwise.

interface Alteration {
  /** Instead of what the adapter offers. */
  readonly features?: readonly GPUFeatureName[];
  readonly limits?: Readonly<Record<string, number>>;
  /** Called with every device as soon as it is there. */
  readonly alter?: (device: GPUDevice) => void;
}

export function alteredGpu({ features, limits, alter }: Alteration): GPU {
  const requestAdapter: GPU["requestAdapter"] = async (options) => {
    const adapter = await navigator.gpu.requestAdapter(options);
    if (adapter === null) return null;
    const requestDevice = adapter.requestDevice.bind(adapter);
    const own: Partial<Record<keyof GPUAdapter, unknown>> = {
      ...(features && { features: new Set(features) }),
      ...(limits && {
        limits: new Proxy(adapter.limits, { get: (all, name) => limits[String(name)] ?? Reflect.get(all, name) }),
      }),
      requestDevice: async (descriptor?: GPUDeviceDescriptor) => {
        const device = await requestDevice(descriptor);
        alter?.(device);
        return device;
      },
    };
    for (const [name, value] of Object.entries(own)) Object.defineProperty(adapter, name, { value });
    return adapter;
  };
  return { requestAdapter } as GPU;
}

/** Buffers of this label are larger than the device allows. */
export function withoutRoomFor(label: string): Alteration {
  return {
    alter: (device) => {
      const createBuffer = device.createBuffer.bind(device);
      device.createBuffer = (wanted) =>
        createBuffer(wanted.label === label ? { ...wanted, size: 2 * device.limits.maxBufferSize } : wanted);
    },
  };
}

/** A kernel whose source says something else; throws if it does not say what is to be replaced. */
export function withKernel(name: string, found: string, instead: string): Alteration {
  return {
    alter: (device) => {
      const createShaderModule = device.createShaderModule.bind(device);
      device.createShaderModule = (wanted) => {
        if (wanted.label !== name) return createShaderModule(wanted);
        if (!wanted.code.includes(found)) throw new Error(`${name} does not say ${found}`);
        return createShaderModule({ ...wanted, code: wanted.code.replaceAll(found, instead) });
      };
    },
  };
}
