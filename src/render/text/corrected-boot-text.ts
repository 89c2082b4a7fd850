import { durationWords } from "../../core/base/duration-words.ts";
import type { ChainLink, CorrectedBoot, DelayedUnit } from "../../core/boot-units.ts";
import { escapeText } from "../escape.ts";

/** Of a long list the first are shown; the others are in the JSON. */
const [delayedShown, chainShown] = [10, 8];

/**
 * What the waits delayed, line by line: the boot's length with and without them, the units, and both critical chains.
 */
export function correctedBootLines(boot: CorrectedBoot): readonly string[] {
  const saved = boot.finishedAt - boot.withoutWaitsAt;
  const { delayed, chain, chainWithoutWaits } = boot;
  const more = delayed.length - delayedShown;
  return [
    `boot finished at ${at(boot.finishedAt)}; without the waits at ${at(boot.withoutWaitsAt)} (${at(saved)} earlier)`,
    ...(boot.firstProcessSeconds > 0
      ? [`PID 1 waited ${at(boot.firstProcessSeconds)}: everything after it was later by that`]
      : []),
    ...delayed.slice(0, delayedShown).map(delayedLine),
    ...(more > 0 ? [`and ${more} more`] : []),
    `critical chain:              ${chainWords(chain)}`,
    `critical chain without them: ${chainWords(chainWithoutWaits)}`,
  ];
}

function delayedLine({ name, ownSeconds, heldSeconds, behind }: DelayedUnit): string {
  const parts = [
    ownSeconds > 0 ? `its own tasks waited ${at(ownSeconds)}` : null,
    heldSeconds > 0
      ? `started ${at(heldSeconds)} later${behind === null ? "" : ` behind ${escapeText(behind)}`}`
      : null,
  ];
  return `${escapeText(name)}: ${parts.filter((part) => part !== null).join(", ")}`;
}

/** As systemd-analyze(1) prints it: when a unit was active after "@", how long it took after "+". */
function chainWords(chain: readonly ChainLink[]): string {
  const shown = chain.slice(0, chainShown).map(({ name, startedAt, doneAt }) => {
    const took = doneAt - startedAt;
    return `${escapeText(name)} @${doneAt.toFixed(3)}s${took >= 0.001 ? ` +${took.toFixed(3)}s` : ""}`;
  });
  return [...shown, ...(chain.length > chainShown ? ["…"] : [])].join(" ← ");
}

function at(seconds: number): string {
  return durationWords(seconds, 3);
}
