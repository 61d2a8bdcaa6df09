// WebGPU in Node, through Dawn (the npm package `webgpu`), for the golden runner and the commands. Without a GPU driver it
// uses the software adapter that comes with Chromium: its Vulkan loader and driver.
import { existsSync, realpathSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { openDevice, type OpenedDevice } from "../src/engine/gpu/openDevice";
import { InputError } from "../src/lib/errors";
import { findChromium } from "./findChromium.mjs";

const DRIVER_FILE = "vk_swiftshader_icd.json";
const LOADER_FILE = "libvulkan.so.1";

const driverFolders = ["/usr/share/vulkan/icd.d", "/usr/local/share/vulkan/icd.d", "/etc/vulkan/icd.d"];

/** Dawn lives as long as the object that stands for `navigator.gpu`; when that is collected, the process crashes. */
const instances: GPU[] = [];

/** A device of the best adapter there is. Throws an InputError that says what to install if there is none. */
export async function openNodeGpu(): Promise<OpenedDevice> {
  const folder = softwareDriverFolder();
  // We could ask Dawn first, but it prints a warning if Vulkan is missing.
  const isBare = process.platform === "linux" && !driverFolders.some((driver) => existsSync(driver));
  if (isBare && folder !== null) loadSoftwareDriver(folder);
  let opened = await openInstance();
  if (opened === null && !isBare && folder !== null) {
    loadSoftwareDriver(folder);
    opened = await openInstance();
  }
  if (opened !== null) return opened;
  throw new InputError(
    "no WebGPU adapter in Node: install a Vulkan driver for the GPU, or Chromium (its software driver serves: " +
      `${DRIVER_FILE}, named by VK_ICD_FILENAMES or next to the browser)`,
  );
}

async function openInstance(): Promise<OpenedDevice | null> {
  const { create, globals } = await import("webgpu");
  Object.assign(globalThis, globals);
  const gpu = create([]);
  instances.push(gpu);
  return openDevice(gpu);
}

/** Chromium's folder, if the software driver is in it. */
function softwareDriverFolder(): string | null {
  const chromium = findChromium();
  const browserFolder = chromium === undefined ? [] : [path.dirname(realpathSync(chromium))];
  const folders = [...browserFolder, "/usr/lib/chromium", "/opt/google/chrome"];
  return folders.find((folder) => existsSync(path.join(folder, DRIVER_FILE))) ?? null;
}

/**
 * Points the Vulkan loader at the driver. Both steps take effect within this process: assigning to process.env sets
 * the C environment, which the loader reads when Dawn first calls it.
 */
function loadSoftwareDriver(folder: string): void {
  process.env.VK_ICD_FILENAMES ??= path.join(folder, DRIVER_FILE);
  const loader = path.join(folder, LOADER_FILE);
  if (!existsSync(loader)) return;
  // A machine without Vulkan lacks the loader as well. Once it is in memory, Dawn finds it by its name: load it as if it
  // were a Node module, which it is not, and keep it from being unloaded when Node finds that out (RTLD_NODELETE).
  const keepLoaded = 0x1000;
  try {
    process.dlopen({ exports: {} }, loader, os.constants.dlopen.RTLD_NOW | keepLoaded);
  } catch {
    // "Module did not self-register": expected, the library stays in memory.
  }
}
