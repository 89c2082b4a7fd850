import { jsonText } from "../json-text.ts";
import { blockedOf, longestOf, type Wait } from "../../core/wait.ts";
import { type BootRecord, bootsSchema, type Level } from "../../core/boot-record.ts";
import { waitTotals } from "../../core/fold/cost.ts";
import { answerWords, undecided } from "../../core/verdict.ts";
import { escapeText } from "../escape.ts";
import { waiterName } from "../wait-text.ts";
import { layOut, plain, type Terminal } from "./layout.ts";

/** A boot as `crngwatch boots` lists it. */
export interface BootOfList {
  readonly index: number;
  readonly firstEntryAt: string | null;
  readonly record: BootRecord;
  readonly describedBy: "crngwatch" | "kernel-log" | null;
}

/** How a boot differs from the one before it. Null: one of the two is not known. */
export interface BootChange {
  /** How many seconds later it was ready; negative: sooner. */
  readonly readySeconds: number | null;
  /** It runs another kernel build. */
  readonly kernel: boolean | null;
}

/** Moments that differ by less are the same for a person. */
export const sameSeconds = 0.05;

function changeFrom(before: BootRecord | null, { readiness, kernel }: BootRecord): BootChange {
  const [was, is] = [before === null ? null : readyBy(before), readyBy({ readiness })];
  const [build, built] = [before === null ? null : buildOf(before), buildOf({ kernel })];
  return {
    readySeconds: was === null || is === null ? null : Math.round((is - was) * 1e6) / 1e6,
    kernel: build === null || built === null ? null : build !== built,
  };
}

/** The columns of a list of boots. */
export const bootListHead: readonly string[] = [
  "boot",
  "first entry (UTC)",
  "kernel",
  "verdict",
  "ready",
  "change",
  "waits",
  "longest wait",
  "source",
];

/** The cells of a list of boots, escaped, a row for each boot, the earliest first. */
export function bootListRows(boots: readonly BootOfList[]): readonly (readonly string[])[] {
  return boots.map((boot, index) => cells(boot, boots[index - 1]?.record ?? null));
}

/** Where a row that is longer than the terminal continues. */
const hang = 6;

/** A table with a line for each boot, the earliest first. */
export function bootListText(
  boots: readonly BootOfList[],
  { legend = true, terminal = plain }: { readonly legend?: boolean; readonly terminal?: Terminal } = {},
): string {
  const table = [...(legend ? [bootListHead] : []), ...bootListRows(boots)];
  const widths = bootListHead.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "));
  return layOut(
    lines.map((line) => ({ text: line.trimEnd(), hang })),
    terminal,
  );
}

/** The boot records, with what is of the list. */
export function bootListJson(boots: readonly BootOfList[]): string {
  return `${jsonText({ schema: bootsSchema, boots: listedRecords(boots) }, 2)}\n`;
}

/** Each boot's record with what the list adds to it. */
export function listedRecords(boots: readonly BootOfList[]): readonly object[] {
  return boots.map(({ record, ...boot }, index) => ({
    ...record,
    ...boot,
    change: changeFrom(boots[index - 1]?.record ?? null, record),
  }));
}

function cells({ index, firstEntryAt, record, describedBy }: BootOfList, before: BootRecord | null): readonly string[] {
  const { waits, kernel } = record;
  return [
    String(index),
    firstEntryAt?.replace("T", " ").replace("Z", "") ?? "?",
    escapeText(kernel.release ?? "?"),
    verdictWords(record),
    readyWords(record),
    changeWords(changeFrom(before, record)),
    // The kernel's log shows a wait only where a hung task's report does.
    String(waitTotals(record).count ?? "?"),
    longestWords(waits),
    describedBy ?? "-",
  ];
}

/** Whether the CRNG delayed the boot; "?" where it was not judged. */
function verdictWords({ verdict }: BootRecord): string {
  return verdict.rule === undecided.rule ? "?" : answerWords(verdict);
}

const notReadyWords: Readonly<Record<Exclude<Level, "ready">, string>> = {
  unknown: "?",
  unseeded: "not seen",
  early: "not seen",
};

function readyWords({ readiness }: BootRecord): string {
  const at = readyBy({ readiness });
  if (readiness.level !== "ready") return notReadyWords[readiness.level];
  if (at === null) return "ready";
  return readiness.exact ? `${at.toFixed(3)} s` : `by ${at.toFixed(3)} s`;
}

function changeWords({ readySeconds, kernel }: BootChange): string {
  const time =
    readySeconds === null
      ? []
      : [
          Math.abs(readySeconds) < sameSeconds
            ? "same"
            : `${readySeconds > 0 ? "+" : "-"}${Math.abs(readySeconds).toFixed(1)} s`,
        ];
  return [...time, ...(kernel === true ? ["new kernel"] : [])].join(", ");
}

function longestWords(waits: readonly Wait[]): string {
  const longest = longestOf(blockedOf(waits));
  if (longest === null) return "";
  const time = longest.seconds === null ? "" : ` ${longest.seconds.toFixed(1)} s`;
  return `${waiterName(longest)}${time}`;
}

/** When it was ready at the latest. */
export function readyBy({ readiness }: Pick<BootRecord, "readiness">): number | null {
  return readiness.level === "ready" ? (readiness.readyAt ?? readiness.notAfter) : null;
}

/** The kernel build; null: not known. */
export function buildOf({ kernel }: Pick<BootRecord, "kernel">): string | null {
  return kernel.release === null ? null : `${kernel.release} ${kernel.version}`;
}
