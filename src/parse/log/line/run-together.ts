/** The kernel's stamp, and its level in front of it. */
const stamp = /(?:<\d{1,3}>)?\[ *(\d{1,9}\.\d{6})\]/g;
/** Fewer on one line may be a quotation, or what the kernel printed into the midst of a program's line. */
const leastStamps = 3;
/** A program's name and process ID: what follows is that program's. */
const programTag = /[\w.-]\[\d{1,7}\]: /;
/** Stamps of several processors may run back by less. */
const disorderSeconds = 0.02;

/**
 * Lines of the kernel's that lost the line ends between them, as where a mail program or a web page folded a log: each
 * begins with its stamp, and the stamps rise. A line that is none of several stays as it is; so does one with a
 * quotation that is open where a stamp follows, since the kernel quotes what any user wrote.
 */
export function runTogether(text: string): readonly string[] {
  if (text.indexOf("[", text.indexOf("[") + 1) === -1) return [text];
  const stamps = [...text.matchAll(stamp)].filter(({ index }) => index === 0 || /\s/.test(text[index - 1] ?? ""));
  const [first] = stamps;
  if (first === undefined || stamps.length < leastStamps || programTag.test(text.slice(0, first.index))) return [text];
  let latest = 0;
  for (const { 1: seconds } of stamps) {
    if (Number(seconds) < latest - disorderSeconds) return [text];
    latest = Math.max(latest, Number(seconds));
  }
  const starts = [0, ...stamps.slice(1).map(({ index }) => index)];
  const lines = starts.map((start, place) => text.slice(start, starts[place + 1]).trimEnd());
  return lines.some((line) => line.split('"').length % 2 === 0) ? [text] : lines;
}
