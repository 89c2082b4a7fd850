import { fs, join } from "../../platform/builtins.ts";
import { attempt, type Read } from "../../platform/pseudo-file.ts";
import { probe } from "./getrandom-probe.ts";
import { isServedByFipsGenerator } from "./unready.ts";
import { type Follower, type Host, ok, type Source, unable } from "../source.ts";

/**
 * The wake-up: poll(2) on /dev/random becomes readable as the CRNG becomes ready, and polling makes the kernel gather
 * nothing. The descriptor is never read: O_NONBLOCK is ignored from 5.6 to 5.18, and the reader would wait.
 * Before 5.6 poll follows the old blocking pool, so its word is a hint, confirmed with getrandom(2).
 */
export const devRandomPoll: Source = {
  name: "dev-random-poll",
  reads: "poll() on /dev/random, never a read",
  needs: "koffi",
  without: "waking within milliseconds of readiness (one sample a second is taken instead)",
  schedule: "once",
  observe(host) {
    if (host.libc === null) return unable("absent", host.libcProblem ?? "the host is a folder");
    const opened = open(host);
    if (opened.kind !== "ok") return unable(opened.kind, `Cannot open '${join(host.roots.dev, "random")}'`);
    fs.closeSync(opened.value);
    return isServedByFipsGenerator(host) ? never : ok();
  },
  follow,
};

/** What it answers where poll(2) returns at once, whatever the CRNG's state. */
const never = unable(
  "absent",
  "/dev/random is always readable here, since the kernel's FIPS generator serves it: poll() does not show when the CRNG becomes ready",
);

function open({ roots }: Host): Read<number> {
  return attempt(() => fs.openSync(join(roots.dev, "random"), fs.constants.O_RDONLY | fs.constants.O_NONBLOCK));
}

function follow(host: Host): Follower | null {
  if (host.libc === null) return null;
  const opened = open(host);
  if (opened.kind !== "ok") return null;
  if (isServedByFipsGenerator(host)) {
    fs.closeSync(opened.value);
    return { first: never, fd: null, drain: () => ({ ...never, more: false }), close: () => undefined };
  }
  return {
    first: ok(),
    fd: opened.value,
    // Readable stays readable: after one wake-up there is nothing to wait for here, whatever the probe answers.
    drain: () => ({ ...probe(host), more: false }),
    close: () => fs.closeSync(opened.value),
  };
}
