import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultEmbedOptions, embedControls, embedPanels, parseEmbedQuery } from "./embedQuery";

describe("the query of an embedded page", () => {
  it("is none without embed", () => {
    expect(parseEmbedQuery("")).toBeNull();
    expect(parseEmbedQuery("?theme=dark")).toBeNull();
  });

  it("takes the defaults where it says nothing", () => {
    expect(parseEmbedQuery("?embed")).toEqual({ options: defaultEmbedOptions, complaints: [] });
  });

  it("reads every option", () => {
    const search =
      "?embed&theme=dark&panels=text,score,timeline&mode=interactive&hide=run,policy&start=paused&step=40" +
      "&run=diary-gkv&lesson=alpha:2&allow=https://course.example,http://localhost:8000/";
    expect(parseEmbedQuery(search)).toEqual({
      options: {
        theme: "dark",
        panels: ["text", "score", "timeline"],
        mode: "interactive",
        hidden: ["run", "policy"],
        start: "paused",
        step: 40,
        recordedId: "diary-gkv",
        allowedOrigins: ["https://course.example", "http://localhost:8000"],
        lesson: { lesson: "alpha", part: 1 },
      },
      complaints: [],
    });
  });

  it("names what it cannot use and goes on without", () => {
    const parsed = parseEmbedQuery("?embed&theme=pink&panels=text,sound&hide=everything&step=-1&colour=red&mode=write");
    expect(parsed?.options).toEqual({ ...defaultEmbedOptions, panels: ["text"] });
    expect(parsed?.complaints).toEqual([
      expect.stringMatching(/^“colour” isn’t an option of an embedded page; there are theme, panels, /),
      expect.stringMatching(/^panels: “sound” isn’t one of .*text, map, /),
      "theme: “pink” isn’t one of system, light, dark; system is used.",
      "mode: “write” isn’t one of read, interactive; read is used.",
      expect.stringMatching(/^hide: “everything” isn’t one of run, /),
      "step: “-1” is not a step of a run, such as 128.",
    ]);
  });

  it("lets nobody drive a page whose list of origins names none", () => {
    const parsed = parseEmbedQuery("?embed&allow=*");
    expect(parsed?.options.allowedOrigins).toEqual([]);
    expect(parsed?.complaints).toEqual(["allow: “*” is not an origin such as https://course.example."]);
  });

  it("shows each panel once, and the usual ones where it names none", () => {
    expect(parseEmbedQuery("?embed&panels=map,map&panels=text")?.options.panels).toEqual(["map", "text"]);
    expect(parseEmbedQuery("?embed&panels=")?.options.panels).toEqual(defaultEmbedOptions.panels);
  });

  it("stays within its own words whatever it is given", () => {
    const pair = fc.tuple(
      fc.oneof(fc.constantFrom("theme", "panels", "mode", "hide", "start", "step", "run", "allow"), fc.string()),
      fc.oneof(fc.string(), fc.constantFrom("text,map", "dark", "9".repeat(40), "https://a.example", "%", ",,")),
    );
    fc.assert(
      fc.property(fc.array(pair), (pairs) => {
        const parsed = parseEmbedQuery(`?embed&${new URLSearchParams(pairs).toString()}`);
        if (parsed === null) throw new Error("embed was there");
        const { panels, hidden, step, allowedOrigins } = parsed.options;
        expect(panels.length).toBeGreaterThan(0);
        expect(panels.every((panel) => embedPanels.includes(panel))).toBe(true);
        expect(hidden.every((control) => embedControls.includes(control))).toBe(true);
        expect(step === null || Number.isSafeInteger(step)).toBe(true);
        expect(allowedOrigins?.every((origin) => new URL(origin).origin === origin) ?? true).toBe(true);
      }),
    );
  });
});
