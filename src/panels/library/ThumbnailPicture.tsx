// A saved run at a glance: the saw-tooth of its cache under the length of its text, and below, how much of each stretch
// of the text was still held at the end. The words beside it say the same to those who do not see it.
import { THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH, type Thumbnail } from "../../state/library/thumbnail";

const STRIP_HEIGHT = 5;
const GAP = 3;

export function ThumbnailPicture({ cachePath, textPath, heldDigits }: Thumbnail) {
  const width = THUMBNAIL_WIDTH / Math.max(1, heldDigits.length);
  return (
    <svg
      className="thumbnail"
      viewBox={`-1 -1 ${THUMBNAIL_WIDTH + 2} ${THUMBNAIL_HEIGHT + GAP + STRIP_HEIGHT + 2}`}
      aria-hidden="true"
    >
      <title>Cache length (line) under the text’s (dashed); strip: share of the text still held at the end</title>
      <path className="thumbnail-text" d={textPath} />
      <path className="thumbnail-cache" d={cachePath} />
      {Array.from(heldDigits, (digit, stretch) => (
        <rect
          key={stretch}
          className="thumbnail-held"
          x={stretch * width}
          y={THUMBNAIL_HEIGHT + GAP}
          width={width}
          height={STRIP_HEIGHT}
          fillOpacity={0.08 + (0.92 * Number(digit)) / 9}
        />
      ))}
    </svg>
  );
}
