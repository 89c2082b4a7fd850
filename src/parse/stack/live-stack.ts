import type { Wait } from "../../core/wait.ts";
import type { WaitInterface } from "./frame-meanings.ts";
import { parseFrames, StackReading } from "./stack-frames.ts";

/** What the stack of a living task shows, as /proc/PID/stack shows it (proc_pid_stack() of fs/proc/base.c). */
export type LiveStack =
  /** `unlessRunning`: in a function that both sleeps and works; state R, put aside for others, it does not wait. */
  | {
      readonly kind: "waiting";
      readonly interface: WaitInterface;
      readonly generator: Wait["generator"];
      readonly gatheredJitter: boolean;
      readonly unlessRunning: boolean;
    }
  /** It sleeps in poll(2), select(2) or epoll_wait(2); only its open files show on what. */
  | { readonly kind: "polling" }
  | { readonly kind: "other" };

/** No stack that matters lacks all of these; nearly all others do, and are not examined further. */
const worthReading = /random|entropy|drbg|jent_/;
/** fs/select.c and fs/eventpoll.c; the names vary by build (docs/kernel.md, "How a task that blocks looks"). */
const polling = /\b(?:do_(?:sys_)?poll|do_select|core_sys_select|poll_schedule_timeout|ep_poll|do_epoll_p?wait)\b/;

/** Reads /proc/PID/stack. */
export function parseLiveStack(text: string): LiveStack {
  if (worthReading.test(text)) {
    const reading = new StackReading();
    for (const line of text.split("\n")) for (const frame of parseFrames(line, { bare: false })) reading.take(frame);
    const waitsIn = reading.verdict(null);
    if (waitsIn !== null)
      return {
        kind: "waiting",
        interface: waitsIn,
        generator: reading.generator,
        gatheredJitter: text.includes("try_to_generate_entropy"),
        unlessRunning: reading.verdict("R") === null,
      };
  }
  return { kind: polling.test(text) ? "polling" : "other" };
}
