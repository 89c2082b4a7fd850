import { emptyRecord, type BootRecord } from "../../core/boot-record.ts";
import { isInitialised } from "../../core/fold/claims.ts";
import { fold } from "../../core/fold/fold.ts";
import { follow } from "../../observe/follow.ts";
import { sources } from "../../observe/registry.ts";
import { aborted } from "../../platform/aborted.ts";
import { readinessLine } from "../../render/verdict.ts";
import { hostAt } from "../host.ts";
import { complain, print } from "../print.ts";
import { secondsOption } from "../seconds-option.ts";
import type { InvocationOf } from "../options.ts";
import { exit, type ExitCode } from "../verb.ts";

/** `crngwatch wait`: waits by poll(2), which never makes the kernel gather entropy. */
export async function wait(invocation: InvocationOf<"wait">): Promise<ExitCode> {
  const { roots, given } = invocation;
  const limit = secondsOption(invocation, "timeout");
  const enough = given.callers === true ? callersReturn : isInitialised;
  const stop = new AbortController();
  const timer = limit === null ? null : setTimeout(() => stop.abort(), limit * 1000);
  let record = emptyRecord();
  const following = await follow({ host: hostAt(roots), sources, role: "waiter" }, (evidence) => {
    ({ record } = fold(record, evidence));
    if (enough(record)) stop.abort();
    return record;
  });
  await aborted(stop.signal);
  if (timer !== null) clearTimeout(timer);
  await following.stop();
  const code = enough(record) ? exit.ok : exit.notReady;
  if (given.quiet === true) return code;
  if (code === exit.ok) print(`${readinessLine(record)}\n`);
  else complain(`Gave up after ${limit} s: ${readinessLine(record)}`);
  return code;
}

/** Callers of getrandom(2) return, whichever generator serves them. */
function callersReturn({ callers }: BootRecord): boolean {
  return callers.getrandom === false;
}
