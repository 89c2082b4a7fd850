import type { PrintingTask } from "./prefix.ts";

/** printk's caller; Samsung's "[0:  init:  1]"; MediaTek's "[1:init]"; "[pid:1,cpu4,init]", "(CPU:0-pid:1:init)". */
const forms: readonly RegExp[] = [
  /^\[ {0,8}T(?<pid>\d{1,8})\]/,
  /^\[ {0,4}\d{1,4}: {0,16}(?<comm>\S(?:[^[\]]{0,13}\S)?): {0,8}(?<pid>\d{1,8})\]/,
  /^\[(?<pid>\d{1,8}):(?<comm>[^[\]]{1,16})\]/,
  /^[[(](?:CPU:\d{1,4}-)?pid:(?<pid>\d{1,8})[,:](?:cpu\d{1,4},)?(?<comm>[^[\]()]{1,16})[\])]/,
];

/**
 * The task that a prefix names as the one that printed. Null: it names none, or what printed was an interrupt
 * ("I[0: init: 1]"), which comes while any task runs.
 */
export function printingTask(prefix: string): PrintingTask | null {
  const text = prefix.trimStart();
  for (const form of forms) {
    const { pid, comm } = form.exec(text)?.groups ?? {};
    if (pid !== undefined) return { pid: Number(pid), comm: comm ?? null };
  }
  return null;
}
