import type { BootRecord } from "../../core/boot-record.ts";
import { earlyUseDevice } from "../../core/kernel-message.ts";
import { escapeText } from "../escape.ts";
import { readinessLine, seconds } from "../verdict.ts";
import type { Lane, Mark, Tone } from "./lane.ts";

/** The CRNG's own state over time, and its entropy where it was sampled. */
export function crngLane(record: BootRecord, end: number): Lane {
  const { readiness, earlyInit, reseeds, observed } = record;
  const { level, notBefore, notAfter, readyAt, exact } = readiness;
  const readyFrom = level === "ready" ? (readyAt ?? notAfter) : null;
  const unreadyUntil = exact && readyAt !== null ? readyAt : (notBefore ?? null);
  const earlyFrom = earlyInit?.at ?? null;
  const marks: Mark[] = [];
  const stretch = (tone: Tone, from: number, to: number, title: string): void => {
    if (to > from) marks.push({ tone, from, to, title });
  };
  if (unreadyUntil !== null) {
    const split = earlyFrom !== null && earlyFrom < unreadyUntil ? earlyFrom : unreadyUntil;
    stretch("unready", 0, split, `Not ready until ${seconds(split)}`);
    stretch("early", split, unreadyUntil, `Partly initialised ("fast init") from ${seconds(split)}`);
  }
  const known = unreadyUntil ?? 0;
  stretch("unknown", known, readyFrom ?? end, `State unknown after ${seconds(known)}`);
  if (readyFrom !== null) stretch("ready", readyFrom, end, `Ready no later than ${seconds(readyFrom)}`);
  for (const { at, reason } of reseeds)
    if (at !== null) marks.push({ tone: "reseed", from: at, to: null, title: `${seconds(at)}: reseeded (${reason})` });
  const curve = observed.pool?.curve ?? [];
  return {
    label: readinessLine(record),
    title: `${readinessLine(record)}, cause: ${readiness.cause}`,
    marks,
    ...(observed.pool === null || curve.length < 2 ? {} : { curve: { points: curve, most: observed.pool.poolBits } }),
  };
}

/** Requests before the CRNG was ready that did not block. */
export function earlyUseLanes({ earlyUses, dropped }: BootRecord): readonly Lane[] {
  const lane = (isOfKernel: boolean, name: string): readonly Lane[] => {
    const uses = earlyUses.filter(({ kind }) => (earlyUseDevice[kind] === null) === isOfKernel);
    if (uses.length === 0) return [];
    const label = `${name}: ${uses.length}${dropped.earlyUses > 0 ? " or more" : ""}`;
    const marks = uses.flatMap(({ at, name: who, bytes }): readonly Mark[] =>
      at === null
        ? []
        : [
            {
              tone: "use",
              from: at,
              to: null,
              title: `${seconds(at)}: ${escapeText(who)}${bytes === null ? "" : `, ${bytes} bytes`}`,
            },
          ],
    );
    return [{ label, title: label, marks }];
  };
  return [...lane(true, "Kernel's own early uses"), ...lane(false, "Early reads of /dev/urandom")];
}
