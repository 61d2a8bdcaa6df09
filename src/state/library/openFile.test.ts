// Files that come from a person: runs open, everything else is refused by name; names of files to save are safe everywhere.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawTrace } from "../../trace/drawTrace.testing";
import { encodeRunFile } from "../../trace/file/runFile";
import type { ParameterValue, Trace } from "../../trace/trace";
import { openRunFile, runFileName } from "./openFile";

const trace = drawTrace({ prompt: "The cat sat" }, "on\nthe   evicts The | cat\nmat");

describe("openRunFile", () => {
  it("gives the run of a file", async () => {
    const file = new File([(await encodeRunFile(trace)) as Uint8Array<ArrayBuffer>], "run.winnow");
    expect(await openRunFile(file)).toEqual(trace);
  });

  it("names the file that is not a run, or is cut short", async () => {
    await expect(openRunFile(new File(["%PDF-1.7 and so on"], "paper.pdf"))).rejects.toThrow(
      "paper.pdf is not a run of Winnow",
    );
    const cut = (await encodeRunFile(trace)).slice(0, -5);
    await expect(openRunFile(new File([cut], "cut.winnow"))).rejects.toThrow(/^cut\.winnow.*cut short/);
    await expect(openRunFile(new File([], ""))).rejects.toThrow("The file is not a run");
  });

  it("refuses a file that is too large before it reads it", async () => {
    const huge = { name: "film.mkv", size: 2 ** 32, arrayBuffer: () => expect.unreachable("was read") };
    await expect(openRunFile(huge)).rejects.toThrow("film.mkv has 4294967296 bytes");
  });

  it("says so when a file cannot be read", async () => {
    const moved = () => Promise.reject(new DOMException("moved", "NotReadableError"));
    const file = { name: "x".repeat(200), size: 10, arrayBuffer: moved };
    await expect(openRunFile(file)).rejects.toThrow(/^x{80}… cannot be read/);
  });
});

describe("runFileName", () => {
  it("says problem, policy and budget", () => {
    const named = withHeader({ parameters: { budgetSlots: 64 } });
    expect(runFileName(named, "walk-5x20-1")).toBe("winnow-walk-5x20-1-gkv-B64.winnow");
    expect(runFileName(named, null, "trace.json")).toBe("winnow-prompt-gkv-B64.trace.json");
  });

  it("leaves out a budget that means nothing, and says the seed of a run that was drawn by chance", () => {
    const full = withHeader({ policyId: "fullCache", parameters: { budgetSlots: 64 } });
    expect(runFileName(full, "walk-5x20-1")).toBe("winnow-walk-5x20-1-fullCache.winnow");
    const drawn = withHeader({ sampling: { ...trace.header.sampling, temperature: 0.7 } });
    expect(runFileName(drawn, null)).toBe("winnow-prompt-gkv-seed7.winnow");
  });

  it("is safe on any disk, whatever a run file from elsewhere calls things", () => {
    const value = fc.oneof(fc.integer(), fc.string(), fc.boolean());
    fc.assert(
      fc.property(fc.string(), fc.string(), value, (problemId, policyId, budgetSlots: ParameterValue) => {
        const name = runFileName(withHeader({ policyId, parameters: { budgetSlots } }), problemId);
        expect(name).toMatch(/^winnow[\w.-]{0,200}\.winnow$/);
        expect(name).not.toMatch(/\.\.[\\/]|[\\/:*?"<>|]/);
      }),
    );
  });
});

function withHeader(change: Partial<Trace["header"]>): Trace {
  return { ...trace, header: { ...trace.header, ...change } };
}
