import { kernelPartWithin } from "./kernel-part.ts";
import { withoutMarks } from "./line-marks.ts";
import type { LogLine } from "./log-line.ts";
import { takePrefixes } from "./take-prefixes.ts";

/** Reads one line: whatever prefixes it has, in whatever order, and what they say. `raw` has no line end. */
export function parseLogLine(raw: string): LogLine {
  const text = withoutMarks(raw);
  const indent = raw.search(/\S|$/);
  const line = parsePrefixes(text, indent);
  // What a structured log or a sentence holds has no stamp in front that the grammar knows.
  const within = line.at === null && line.seq === null ? kernelPartWithin(line) : null;
  if (within === null) return line;
  const part = parsePrefixes(within.text, indent);
  if (part.at === null && part.text !== within.text.trim()) return line;
  const { wall, wallForm } = part.wall === null ? line : part;
  return { ...part, wall, wallForm, quoted: within.quoted, front: within.front };
}

function parsePrefixes(whole: string, indent: number): LogLine {
  const reading = takePrefixes(whole);
  const { origin, at, storedAt, wall, wallForm, seq, typed, marked, tag, task, prompt } = reading;
  const text = reading.text.trim();
  const column = indent + whole.length - reading.text.trimStart().length;
  const [bootId, quoted] = [null, false];
  const isClocked = wall !== null && origin === "unsaid" && at === null && !reading.tagged;
  const line = {
    origin,
    at,
    storedAt,
    wall,
    wallForm,
    seq,
    bootId,
    tag,
    indent: isClocked ? reading.text.search(/\S|$/) : indent,
    typed,
    quoted,
    marked,
    column,
    text,
  };
  const said = task === null ? line : { ...line, task };
  return prompt === null ? said : { ...said, front: prompt };
}
