import { readFileSync } from "node:fs";
import { hostAt } from "../../src/cli/host.ts";
import { parseProcessStat } from "../../src/parse/proc/proc-stat.ts";
import { rootsBelow } from "../../src/platform/roots.ts";
import { CallStacks } from "../../src/sources/program/call-stacks.ts";

/** Milliseconds of a processor for the stack of each process, in order, and what was found. */
export interface UnwoundStacks {
  readonly milliseconds: readonly number[];
  readonly libraries: readonly (string | null)[];
  readonly frames: number;
}

// A process of its own, so that it can run as the daemon does. Its arguments: the numbers of processes that sleep.
const stacks = new CallStacks(hostAt(rootsBelow("/")));
const unwound = process.argv.slice(2).map((word) => {
  const pid = Number(word);
  const startTicks = parseProcessStat(readFileSync(`/proc/${pid}/stat`, "utf8"))?.startTicks ?? 0;
  const before = process.cpuUsage();
  const caller = stacks.callOfSleeper({ pid, tid: pid, startTicks })?.caller ?? null;
  const { user, system } = process.cpuUsage(before);
  return { milliseconds: (user + system) / 1000, caller };
});
const found: UnwoundStacks = {
  milliseconds: unwound.map(({ milliseconds }) => milliseconds),
  libraries: unwound.map(({ caller }) => caller?.library ?? null),
  frames: unwound[0]?.caller?.stack.length ?? 0,
};
process.stdout.write(JSON.stringify(found));
