import type { BootRecord } from "../../core/boot-record.ts";
import type { VerdictWaiter } from "../../core/verdict.ts";
import { isOpen, type Wait } from "../../core/wait.ts";
import { escapeText } from "../escape.ts";
import { seconds } from "../verdict.ts";
import { openWaitText, waiterName, waitText } from "../wait-text.ts";
import type { Lane, Mark } from "./lane.ts";

/** More rows of waiters than this hide the picture, and do not print on one page; the table has all of them. */
const waitersDrawn = 12;
/** Of waiters that are known by the log's words alone. */
const reportedDrawn = 4;

/** PID 1 first, then the longest. */
export function byWeight(a: Wait, b: Wait): number {
  return Number(b.pid === 1) - Number(a.pid === 1) || (b.seconds ?? 0) - (a.seconds ?? 0);
}

/** A row for each waiter, PID 1 first, then the longest; the waits of one unit stand together. */
export function waitLanes({ waits, covers, dropped }: BootRecord, end: number): readonly Lane[] {
  const sorted = waits.toSorted(byWeight);
  const first = sorted.slice(0, waitersDrawn);
  const place = (wait: Wait): number =>
    first.findIndex((one) => one === wait || (wait.unit !== null && one.unit === wait.unit));
  const drawn = first.toSorted((a, b) => place(a) - place(b)).map((wait) => waitLane(wait, covers === null, end));
  const others = sorted.slice(waitersDrawn);
  const count = others.length + dropped.waits;
  if (count === 0) return drawn;
  const label = `${count} more waits, see the table`;
  return [...drawn, { label, title: label, marks: others.flatMap((wait) => waitMarks(wait, covers === null, end)) }];
}

function waitLane(wait: Wait, live: boolean, end: number): Lane {
  const { seconds: lasted, unit, caller } = wait;
  const parts = [
    lasted === null ? "blocked" : `${lasted.toFixed(3)} s`,
    waiterName(wait),
    unit === null ? null : escapeText(unit),
    caller?.library == null ? null : `via ${escapeText(caller.library)}`,
  ];
  return {
    label: parts.filter((part) => part !== null).join("  "),
    title: waitTitle(wait, live),
    marks: waitMarks(wait, live, end),
    unit,
  };
}

function waitTitle(wait: Wait, live: boolean): string {
  return live && isOpen(wait) ? openWaitText(wait, wait.seconds ?? 0) : waitText(wait);
}

function waitMarks(wait: Wait, live: boolean, end: number): readonly Mark[] {
  const { pid, polls, from, to, seenAt, seconds: lasted } = wait;
  const until = to ?? (live && isOpen(wait) ? end : seenAt);
  const since = from ?? (until !== null && lasted !== null ? Math.max(0, until - lasted) : until);
  if (since === null) return [];
  const tone = pid === 1 && !polls ? "first" : "wait";
  return [{ tone, from: since, to: until !== null && until > since ? until : null, title: waitTitle(wait, live) }];
}

/** A row for each waiter that the verdict names by the log's words alone: no wait of it is recorded. */
export function reportedLanes({ verdict, waits, reportedWaits }: BootRecord): readonly Lane[] {
  const known = (waiter: VerdictWaiter): boolean =>
    waits.some(
      ({ line, unit, comm, pid }) =>
        (line !== null && line === waiter.line) || [unit, comm, `PID ${pid}`].includes(waiter.name),
    );
  const unknown = verdict.waiters.filter((waiter) => !known(waiter));
  const drawn = unknown.slice(0, reportedDrawn).map((waiter): Lane => {
    const { name, line, seconds: lasted } = waiter;
    const report = reportedWaits.find((one) => one.line === line && line !== null) ?? null;
    const took = lasted === null ? "blocked" : `${lasted.toFixed(3)} s`;
    const where = line === null ? "" : ` (line ${line})`;
    const at = report?.at ?? null;
    const title = `${escapeText(name)}: ${took}, by the log's words${where}`;
    const mark: Mark = {
      tone: "wait",
      from: at ?? 0,
      to: null,
      title: `${seconds(at ?? 0)}: the log reports the wait`,
    };
    return {
      label: `${took}  ${escapeText(name)}  by the log's words`,
      title,
      marks: at === null ? [] : [mark],
      unit: name,
    };
  });
  const more = unknown.length - drawn.length;
  const label = `${more} more that the log names`;
  return more > 0 ? [...drawn, { label, title: label, marks: [] }] : drawn;
}
