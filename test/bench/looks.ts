import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { hostAt } from "../../src/cli/host.ts";
import { rootsBelow } from "../../src/platform/roots.ts";
import type { Host } from "../../src/sources/source.ts";
import { TaskScan } from "../../src/sources/task/task-scan.ts";
import { waitingTasks } from "../../src/sources/task/waiting-tasks.ts";

/** Milliseconds that passed, and those of a processor. */
export interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

export interface LookCosts {
  /**
   * The first one in its process, which the compilers have not seen, and those after it, each beside the same stacks
   * read in C.
   */
  readonly first: Cost;
  readonly surveys: readonly { readonly ours: Cost; readonly inC: number }[];
  readonly shown: number;
  readonly hidden: number;
  readonly looks: Cost & { readonly count: number };
}

// A process of its own, so that it can run as the daemon does. Its arguments: the program that reads the stacks in C,
// and for how long to look.
const [readStacks = "", lookSeconds = "0"] = process.argv.slice(2);
/** This host, on which a caller would wait. */
const live = hostAt(rootsBelow("/"));
const host: Host = { ...live, libc: live.libc === null ? null : { ...live.libc, getrandomNonblock: () => "EAGAIN" } };

function costSince(start: number, before: NodeJS.CpuUsage): Cost {
  const { user, system } = process.cpuUsage(before);
  return { wall: performance.now() - start, cpu: (user + system) / 1000 };
}

async function main(): Promise<LookCosts> {
  const scan = new TaskScan(host);
  const survey = () => {
    const [start, before] = [performance.now(), process.cpuUsage()];
    return { seen: scan.survey(), ...costSince(start, before) };
  };
  const { seen, ...first } = survey();
  const surveys = Array.from({ length: 15 }, () => {
    const { wall, cpu } = survey();
    return { ours: { wall, cpu }, inC: Number(execFileSync(readStacks, { encoding: "utf8" }).split(" ")[1]) };
  });
  scan.close();

  const looking = waitingTasks.scan?.(host);
  if (looking == null) throw new Error("no caller would wait here");
  const [start, before] = [performance.now(), process.cpuUsage()];
  let count = 0;
  for (; performance.now() - start < Number(lookSeconds) * 1000; count++)
    await sleep(looking.look(1).againMilliseconds);
  const looks = { ...costSince(start, before), count };
  looking.close();
  return { first, surveys, shown: seen.shown, hidden: seen.hidden, looks };
}

process.stdout.write(JSON.stringify(await main()));
