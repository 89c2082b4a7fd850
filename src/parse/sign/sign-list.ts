import type { Gravity, Sign } from "../../core/sign.ts";

/** Kept of each gravity: the first ones, and the last. */
const most: Readonly<Record<Gravity, readonly [first: number, last: number]>> = {
  stops: [12, 4],
  breaks: [16, 8],
  warns: [6, 3],
  notes: [8, 8],
};
/** A report's own further lines: of one oops, "BUG: …" and "Oops: …" stand so close. */
const sameReportLines = 45;

/** What most signs have in common. */
export const plainSign = { name: null, inRandomCode: false, byTimeout: false } as const;

/** A pointer to a line, with the unit that it is about. */
export function note(
  kind: "silence" | "other",
  { line, unit }: { readonly line: number | null; readonly unit?: string },
  text: string,
): Sign {
  return { ...plainSign, kind, gravity: "notes", line, at: null, name: unit ?? null, text };
}

/** Signs of one boot, bounded: a log can repeat one fault for gigabytes. */
export class SignList {
  readonly #first = new Map<Gravity, Sign[]>();
  readonly #last = new Map<Gravity, Sign[]>();
  readonly #latest = new Map<string, number>();
  dropped = 0;

  add(sign: Sign): void {
    if (this.#belongsToReport(sign)) return;
    const [atFirst, atLast] = most[sign.gravity];
    const first = listOf(this.#first, sign.gravity);
    if (first.length < atFirst) {
      first.push(sign);
      return;
    }
    const last = listOf(this.#last, sign.gravity);
    last.push(sign);
    if (last.length <= atLast) return;
    last.shift();
    this.dropped++;
  }

  /** The latest sign of this kind, with what has been learned of it since; false: there is none. */
  amend(change: (sign: Sign) => Sign | null): boolean {
    for (const lists of [this.#last, this.#first]) {
      for (const list of lists.values()) {
        for (const [index, sign] of [...list.entries()].toReversed()) {
          const changed = change(sign);
          if (changed === null) continue;
          list[index] = changed;
          return true;
        }
      }
    }
    return false;
  }

  /** In the log's order. */
  list(): readonly Sign[] {
    return [...this.#first.values(), ...this.#last.values()].flat().toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
  }

  /** An oops prints several lines that each would be one; so does a panic that follows the same report. */
  #belongsToReport({ kind, line, gravity }: Sign): boolean {
    const grouped =
      kind === "oops" || kind === "panic" || kind === "rcu-stall" || (kind === "other" && gravity === "warns");
    if (!grouped || line === null) return false;
    const known = this.#latest.get(kind) ?? -Infinity;
    this.#latest.set(kind, line);
    return line > known && line - known <= sameReportLines;
  }
}

function listOf(lists: Map<Gravity, Sign[]>, gravity: Gravity): Sign[] {
  const list = lists.get(gravity) ?? [];
  lists.set(gravity, list);
  return list;
}

/** So often, up to the log's last lines, a device reports one fault where the log is about that. */
const [oftenTimes, lastLines] = [4, 3];

/** The signs, with one that a device reports again and again up to the log's end as graver than a single one. */
export function withRepeated(signs: readonly Sign[], lastLine: number | null): readonly Sign[] {
  const latest = signs.findLast(({ kind, gravity }) => kind === "device" && gravity === "notes");
  if (latest?.line == null || lastLine === null || lastLine - latest.line > lastLines) return signs;
  const said = withoutNumbers(latest.text);
  const same = signs.filter(({ kind, text }) => kind === "device" && withoutNumbers(text) === said);
  if (same.length < oftenTimes) return signs;
  const graver: Sign = { ...latest, gravity: "warns", text: `A device fails again and again: ${latest.text}` };
  return signs.map((sign) => (sign === latest ? graver : sign));
}

function withoutNumbers(text: string): string {
  return text.replace(/\d+/g, "#");
}
