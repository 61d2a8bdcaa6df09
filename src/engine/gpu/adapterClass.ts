// Whether an adapter is a GPU at all: the choice between kernel shapes hangs on it, and the page names it.

type AdapterInfo = Pick<GPUAdapterInfo, "vendor" | "architecture" | "description">;

/** Vendor, architecture and description, as far as the browser tells. */
export function adapterText(info: AdapterInfo): string {
  const parts = [info.vendor, info.architecture, info.description].filter((part) => part !== "");
  return parts.length === 0 ? "unnamed GPU" : parts.join(", ");
}

/** A GPU in name only, emulated on the CPU. Browsers flag a fallback adapter; older ones tell only its name. */
export function isSoftwareAdapter(info: AdapterInfo & { readonly isFallbackAdapter?: boolean }): boolean {
  return info.isFallbackAdapter === true || /swiftshader|llvmpipe|lavapipe|basic render/i.test(adapterText(info));
}

/** The same of an open device; false where the browser does not tell. */
export function isSoftwareDevice(device: GPUDevice): boolean {
  const info = device.adapterInfo as GPUAdapterInfo | undefined;
  return info !== undefined && isSoftwareAdapter(info);
}
