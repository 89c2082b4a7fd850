import { layOut, type Terminal, type TextTone } from "./layout.ts";

/** Each line of a status begins with words of ours, which give it its tone, also where a daemon sent it. */
const tones: readonly (readonly [start: RegExp, tone: TextTone, toned: number | null])[] = [
  [/^(?:Blocked|Likely blocked) on the CRNG: /, "critical", null],
  [/^(?:Not the CRNG|Likely not the CRNG|The CRNG delayed nothing|The CRNG likely delayed nothing): /, "good", null],
  [/^Undecided whether the CRNG delayed this boot: /, "warning", null],
  [/^critical:/, "critical", "critical:".length],
  [/^warning:/, "warning", "warning:".length],
];

/** The text of `status` for a terminal: coloured and wrapped. */
export function tonedStatus(text: string, terminal: Terminal): string {
  const lines = text.replace(/\n$/, "").split("\n");
  return layOut(
    lines.map((line) => {
      const [, tone = null, toned = null] = tones.find(([start]) => start.test(line)) ?? [];
      return { text: line, tone, ...(toned === null ? {} : { toned }), unbroken: /^ {4}/.test(line) };
    }),
    terminal,
  );
}
