import { closeSync, constants, openSync } from "node:fs";
import { join } from "node:path";
import { attempt } from "../platform/pseudo-file.ts";
import { probe } from "./getrandom-probe.ts";
import { type Follower, type Host, ok, type Source, unable } from "./source.ts";

/**
 * The wake-up: poll(2) on /dev/random becomes readable as the CRNG becomes ready, and polling makes the kernel gather
 * nothing. The descriptor is never read: O_NONBLOCK is ignored from 5.6 to 5.18, and the reader would wait.
 * Before 5.6 poll follows the old blocking pool, so its word is a hint, confirmed with getrandom(2).
 */
export const devRandomPoll: Source = {
  name: "dev-random-poll",
  reads: "poll() on /dev/random, never a read",
  needs: "koffi",
  without: "waking within milliseconds; one sample a second stands in",
  asked: "once",
  observe: ({ libc, libcProblem }) => (libc === null ? unable("absent", libcProblem ?? "the host is a folder") : ok()),
  follow,
};

function follow(host: Host): Follower | null {
  if (host.libc === null) return null;
  const opened = attempt(() => openSync(join(host.roots.dev, "random"), constants.O_RDONLY | constants.O_NONBLOCK));
  if (opened.is !== "ok") return null;
  return {
    first: ok(),
    fd: opened.value,
    // Readable stays readable: after one wake-up there is nothing to wait for here, whatever the probe says.
    drain: () => ({ ...probe(host), more: false }),
    close: () => closeSync(opened.value),
  };
}
