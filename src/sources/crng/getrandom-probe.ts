import type { CallerProbe } from "../../core/evidence.ts";
import { type Host, type Observation, ok, type Source, unable } from "../source.ts";

/**
 * Asks the kernel, without waiting, whether a caller of getrandom(2) would wait. Changes nothing: nothing is credited
 * or logged.
 */
export const getrandomProbe: Source = {
  name: "getrandom",
  reads: "getrandom(buf, 1, GRND_NONBLOCK) through koffi",
  needs: "nothing",
  without: "whether a caller would block (if poolsize is 256, entropy_avail shows it instead)",
  schedule: "unready",
  observe: (host) => probe(host),
};

/** The probe as an observation, for every source that needs a confirmation. */
export function probe({ libc, libcProblem, now }: Host): Observation {
  if (libc === null) return unable("absent", libcProblem ?? "the host is a folder");
  const at = now();
  const errno = libc.getrandomNonblock();
  const answered = (answer: CallerProbe["answer"]): Observation => ok({ kind: "probe", at, answer });
  switch (errno) {
    case null:
      return answered("returned");
    case "EAGAIN":
      return answered("would-wait");
    case "ENOSYS":
      return { ...answered("unsupported"), detail: "this kernel has no getrandom(2)" };
    default:
      return unable(
        errno === "EPERM" ? "denied" : "failed",
        `getrandom answers ${errno}; a seccomp filter may do that`,
      );
  }
}
