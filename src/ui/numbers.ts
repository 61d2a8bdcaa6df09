// Numbers as the page writes them: few digits, a true minus sign, units spelled.

/** About three significant digits; scientific only below 0.00001. */
export function writtenNumber(value: number): string {
  if (Number.isNaN(value)) return "–";
  if (value === Infinity) return "∞";
  if (value === -Infinity) return "−∞";
  const size = Math.abs(value);
  const digits = size === 0 || size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.001 ? 3 : 5;
  const text = size > 0 && size < 0.00001 ? size.toExponential(1) : size.toFixed(Number.isInteger(value) ? 0 : digits);
  return value < 0 ? `−${text}` : text;
}

/** With an explicit sign. */
export function signedNumber(value: number): string {
  return value > 0 ? `+${writtenNumber(value)}` : writtenNumber(value);
}

/** 1024-based bytes: 812 B, 38.5 KiB, 1.6 MiB. */
export function writtenBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}

/** A share in per cent: 25 %, 0.4 %; NaN, a share of nothing, is a dash. */
export function writtenShare(share: number): string {
  if (Number.isNaN(share)) return "–";
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return "< 0.1 %";
  return `${percent > 0 && percent < 1 ? percent.toFixed(1) : Math.round(percent)} %`;
}

/** Milliseconds: 0.42 ms, 38 ms, 1.2 s. */
export function writtenMs(elapsedMs: number): string {
  if (elapsedMs >= 1000) return `${(elapsedMs / 1000).toFixed(elapsedMs >= 10000 ? 0 : 1)} s`;
  return `${elapsedMs >= 10 || elapsedMs === 0 ? Math.round(elapsedMs) : elapsedMs.toFixed(elapsedMs >= 1 ? 1 : 2)} ms`;
}

/** "0.91 ± 0.03", "1.45× ± 0.05": with one standard error, unless that rounds to 0 or is not known. */
export function writtenEstimate(
  { value, error }: { readonly value: number; readonly error: number },
  written: (value: number) => string,
): string {
  if (!(error > 0) || written(error) === written(0)) return written(value);
  return `${written(value)} ± ${written(error).replace("×", "")}`;
}
