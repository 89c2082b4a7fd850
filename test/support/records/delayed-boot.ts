import type { Diagnosed } from "../../../src/core/boot-record.ts";
import { diagnose } from "../../../src/diagnose/findings.ts";
import { aCourse } from "./log-course.ts";
import { aCaller, aWait } from "./waits.ts";
import { fullRecord, hostileNames, recordWithEverything } from "./full-record.ts";

const unit = (name: string, startedAt: number, doneAt: number | null, after: readonly string[] = []) => ({
  name,
  startedAt,
  doneAt,
  after,
});

/** PID 1 was blocked for 2 s, then a service for 20 s; two units are ordered after it, and one after those. */
export function delayedBoot(): Diagnosed {
  const caller = aCaller("libcrypto.so.3", {
    stack: [
      { file: "/usr/lib64/libc.so.6", function: "getrandom", offset: 0x10, buildId: null, byFramePointer: false },
      {
        file: "/usr/lib64/libcrypto.so.3",
        function: "RAND_bytes",
        offset: 0x2345,
        buildId: null,
        byFramePointer: false,
      },
    ],
  });
  return diagnose({
    ...fullRecord({
      waits: [
        aWait({ pid: 1, comm: "systemd", unit: "init.scope", from: 1, to: 3, ended: "returned", seconds: 2 }),
        aWait({
          pid: 500,
          comm: "ssh-keygen",
          unit: "sshd-keygen.service",
          from: 4,
          to: 24,
          ended: "returned",
          seconds: 20,
          caller,
        }),
      ],
    }),
    units: {
      silences: null,
      initrdAt: null,
      userspaceAt: 0.8,
      finishedAt: 27,
      units: [
        unit("local-fs.target", 3.2, 3.2),
        unit("sshd-keygen.service", 4, 24.5, ["local-fs.target"]),
        unit("quick.service", 4.2, 6, ["local-fs.target"]),
        unit("sshd.service", 24.5, 25.5, ["sshd-keygen.service"]),
        unit("sshd-forward.service", 24.6, 25, ["sshd-keygen.service"]),
        unit("multi-user.target", 25.5, 25.5, ["sshd.service"]),
      ],
    },
  });
}

/** The log is silent for 40 s, and names the waiters in words alone, one of them with a moment. */
export function wordsOnly(): Diagnosed {
  const everything = recordWithEverything();
  return {
    ...everything,
    waits: [],
    units: null,
    correctedBoot: null,
    verdict: {
      ...everything.verdict,
      waiters: [
        { name: "sshd-keygen", line: 9, seconds: 2.25 },
        { name: "haveged.service", line: null, seconds: null },
      ],
    },
    course: aCourse({ longestSilence: { from: { line: 10, at: 20 }, to: { line: 11, at: 60 } } }),
  };
}

/** Hostile names wherever the picture has names of units or of tasks that only the verdict names. */
export function hostileUnits(): Diagnosed {
  const everything = recordWithEverything();
  const [root = ""] = hostileNames;
  const units = hostileNames.map((name, index) => unit(name, 2 + index / 10, 5, index === 0 ? [] : [root]));
  return {
    ...everything,
    verdict: {
      ...everything.verdict,
      waiters: hostileNames.map((name) => ({ name: `${name} named`, line: null, seconds: 1 })),
    },
    units: { initrdAt: null, userspaceAt: 1, finishedAt: 9.5, units, silences: null },
    correctedBoot: {
      finishedAt: 9.5,
      withoutWaitsAt: 7.25,
      firstProcessSeconds: 0,
      delayed: hostileNames.map((name, index) => ({
        name,
        ownSeconds: index === 0 ? 1 : 0,
        heldSeconds: index === 0 ? 0 : 1,
        behind: index === 0 ? null : (hostileNames[index - 1] ?? null),
      })),
      chain: hostileNames.map((name, index) => ({ name, startedAt: index / 2, doneAt: index / 2 + 0.5 })),
      chainWithoutWaits: [],
    },
  };
}
