import { parseTraceLine, type TraceLine } from "./trace-line.ts";

/** What the line before allows behind it: more of a header, or frames of a stack. */
type Inside = "header" | "stack" | null;

/** The lines of a trace, told from others that look like them by where they stand. */
export class TraceLines {
  #inside: Inside = null;

  /** What the next line says; null: it is none of a trace. */
  take(text: string): TraceLine | null {
    const parsed = parseTraceLine(text);
    const inside = parsed === null ? undefined : insideAfter(parsed, this.#inside);
    this.#inside = inside ?? null;
    return inside === undefined ? null : parsed;
  }
}

/** Undefined: what the line looks like belongs to a trace only where it does not stand. */
function insideAfter(line: TraceLine, before: Inside): Inside | undefined {
  switch (line.kind) {
    case "header":
    case "loss":
      return "header";
    case "event":
      return line.text.endsWith("stack trace>") ? "stack" : null;
    case "legend":
      return before === "header" ? before : undefined;
    case "stack":
      return before === "stack" ? before : undefined;
  }
}
