import { counted } from "../core/base/counted.ts";
import { reseedFacts } from "../core/kernel-message.ts";
import type { BootRecord } from "../core/boot-record.ts";
import type { GeneratorProcess } from "../core/evidence.ts";
import { remediesFor } from "./remedy/remedies.ts";
import { olderProcesses } from "./remedy/older-processes.ts";
import type { Rule } from "./rule.ts";

const namesShown = 5;

/** The virtual machine was cloned or restored: what keeps state from before has it in both copies. */
export const vmFork: Rule = {
  id: "vm-fork",
  severity: "info",
  find(record) {
    const forks = record.reseeds.filter(({ reason }) => reseedFacts[reason].cloned).length;
    if (forks === 0) return null;
    const older = olderProcesses(record);
    const times = forks === 1 ? "once" : `${forks} times`;
    const who =
      older.length === 0
        ? ""
        : `; ${older.length === 1 ? "one process that started earlier has a generator of its own" : `${older.length} processes that started earlier have generators of their own`}`;
    return {
      severity: older.length === 0 ? "info" : "warning",
      summary: `The CRNG was reseeded ${times} because this virtual machine was cloned or restored${who}`,
      detail: `Kernel random bytes differ from the other copy's from here on. Keys and seeds that programs made earlier exist in both copies. ${processWords(record, older)}`,
      remedies: remediesFor(record, "restart-generators", "new-host-keys"),
    };
  },
};

function processWords({ generators, covers }: BootRecord, older: readonly GeneratorProcess[]): string {
  if (generators === null)
    return `'crngwatch report'${covers === null ? "" : " on that machine"} names the processes that have a generator of their own`;
  const { unreadable } = generators;
  const hidden =
    unreadable === 0 ? "" : `; ${counted(unreadable, "process", "processes")} could not be read (run as root)`;
  if (older.length === 0) return `No process that started earlier has a generator of its own mapped${hidden}`;
  const shown = older.slice(0, namesShown).map(({ comm, pid, unit, generators: theirs }) => {
    const of = unit === null ? "" : ` of ${unit}`;
    return `${comm}[${pid}]${of} (${theirs.join(", ")})`;
  });
  const more = older.length > shown.length ? ` and ${older.length - shown.length} more` : "";
  return `Processes that started earlier, with a generator whose output may repeat in the copies: ${shown.join(", ")}${more}${hidden}`;
}
