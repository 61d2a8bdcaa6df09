import { describe, expect, it } from "vitest";
import { decodeLink, encodeLink } from "./link";
import { emptyLink, type StreamTexts } from "./linkContent";
import { parseStreamTexts, streamTexts, type StreamLinked } from "./streamLink";
import { countingRows, firstStream, laneInForce, readAsked, streamChoicesOf, writeAsked } from "./streamSettings";

const linked: StreamLinked = {
  chosen: {
    shared: {
      stream: "stream-64x2-pans-7",
      asked: writeAsked([
        { moment: 40, words: "where lay the parcel last" },
        { moment: 64, words: "who carried the parcel" },
      ]),
    },
    lanes: [{}, { policyId: "window", capFrames: 4 }, { pooling: "7-5-3-1", isRenumbered: false }],
  },
  revision: "0123abcd",
  proofs: ["1.A.0123456789abcdef.0.1..0123456789abcdef", ""],
  place: { seen: 40, lane: 1, head: null },
};

const throughLink = (texts: StreamTexts) => {
  const link = decodeLink(`#${encodeLink({ stream: texts })}`);
  expect(link.complaints).toEqual([]);
  if (link.stream === null) throw new Error("no stream");
  return parseStreamTexts(link.stream);
};

describe("a stream in a link", () => {
  it("comes back as it was", () => {
    expect(throughLink(streamTexts(linked))).toEqual({ ...linked, complaints: [] });
    const plain = { chosen: firstStream, revision: null, proofs: [], place: { seen: 3, lane: 0, head: null } };
    expect(throughLink(streamTexts(plain))).toEqual({ ...plain, complaints: [] });
    expect(encodeLink({ way: "streams", stream: streamTexts({ ...plain, place: null }) })).toBe("v4&view=streams");
  });

  it("reads as what it says", () => {
    const fragment = encodeLink({ stream: streamTexts({ ...linked, revision: null, proofs: [] }) });
    expect(fragment).toContain("streamLane=policy:window,M:4&streamLane=pool:7-5-3-1,renumber:0&streamAt=40,lane:2");
    expect(fragment).toContain("stream=id:stream-64x2-pans-7,ask:40+where+lay+the+parcel+last");
  });

  it("may name a moment alone, and four lanes at most", () => {
    expect(decodeLink("#v4&streamAt=40").stream).toEqual({ stream: "", lanes: [], proofs: [], at: "40" });
    const { stream, complaints } = decodeLink(`#v4${"&streamLane=M:4".repeat(5)}`);
    expect(stream?.lanes).toHaveLength(4);
    expect(complaints).toEqual([expect.stringContaining("The link has 5 lanes")]);
  });

  it("is not there in other links, which stay as they are", () => {
    expect(decodeLink("#v4&policy=snapKv").stream).toBeNull();
    expect(encodeLink(emptyLink)).toBe("");
  });

  it("lists what cannot be used and keeps the rest", () => {
    const { chosen, complaints, place } = parseStreamTexts({
      stream: "id:walk-5x20-1,questions:99,colour:red,ask:when",
      lanes: ["policy:none,M:3", "M:four"],
      ...{ proofs: [], at: "soon" },
    });
    expect(chosen).toEqual({ shared: { questionCount: 15 }, lanes: [{ capFrames: 3 }, {}] });
    expect(place).toBeNull();
    expect(complaints).toHaveLength(7);
  });
});

describe("the numbers of a lane", () => {
  const choices = (lane: Parameters<typeof laneInForce>[0]) => streamChoicesOf(laneInForce(lane), 26);

  it("follow the pilot’s: |M| 8, |C| 6, blocks of 2", () => {
    expect(choices({})).toMatchObject({ rule: "tarVan", capFrames: 8, keepFrames: 6, blockFrames: 2 });
    expect(choices({ capFrames: 4 })).toMatchObject({ capFrames: 4, keepFrames: 3, blockFrames: 1 });
    expect(choices({ capFrames: 2, keepShare: 0.95, blockFrames: 9 })).toMatchObject({ keepFrames: 1, blockFrames: 1 });
    expect(choices({ policyId: "full" })).toMatchObject({ capFrames: null });
    expect(choices({ pooling: "7-1" }).poolingWidths).toEqual([7, 1]);
  });

  it("count where a policy reads them", () => {
    expect(countingRows["tar+van"]).toContain("temporalShare");
    expect(countingRows.window).not.toContain("recentShare");
  });
});

it("writes questions of one’s own with their moments", () => {
  expect(readAsked("")).toEqual([]);
  expect(readAsked("40 who carried the parcel")).toEqual([{ moment: 40, words: "who carried the parcel" }]);
  expect(readAsked("who carried the parcel")).toBeNull();
});
