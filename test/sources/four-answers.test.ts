import { describe, expect, it } from "vitest";
import { cpuRng } from "../../src/sources/supply/cpu-rng.ts";
import { devRandomPoll } from "../../src/sources/crng/dev-random-poll.ts";
import { fips } from "../../src/sources/host/fips.ts";
import { hwRandom } from "../../src/sources/supply/hw-random.ts";
import { kernelIdentity } from "../../src/sources/host/kernel-identity.ts";
import { kmsg } from "../../src/sources/crng/kmsg.ts";
import { randomSysctl } from "../../src/sources/crng/random-sysctl.ts";
import type { Source } from "../../src/sources/source.ts";
import { aFolder, denied, type Entry, hostOf, libcAnswering, whyNothingIsDenied } from "../support/host/host-folder.ts";

type Files = Readonly<Record<string, Entry>>;
interface FileSource {
  readonly source: Source;
  /** The file that it cannot do without, and what a good one holds. */
  readonly file: string;
  readonly good: string;
  /** What else it reads. */
  readonly beside?: Files;
  /** Texts that are no answer. */
  readonly broken: readonly string[];
}

const figures = "proc/sys/kernel/random";
const sources: readonly FileSource[] = [
  {
    source: randomSysctl,
    file: `${figures}/entropy_avail`,
    good: "256\n",
    beside: { [`${figures}/poolsize`]: "256\n" },
    broken: ["", "many\n", "-1\n", "2 56\n", "1e2\n"],
  },
  {
    source: randomSysctl,
    file: `${figures}/poolsize`,
    good: "4096\n",
    beside: { [`${figures}/entropy_avail`]: "12\n" },
    broken: ["", "big\n"],
  },
  { source: kernelIdentity, file: "proc/sys/kernel/osrelease", good: "6.11.4-301.fc41.x86_64\n", broken: [] },
  { source: cpuRng, file: "proc/cpuinfo", good: "processor : 0\nflags : fpu rdrand\n", broken: [""] },
  { source: fips, file: "proc/sys/crypto/fips_enabled", good: "1\n", broken: ["", "yes\n"] },
  { source: hwRandom, file: "sys/class/misc/hw_random/rng_current", good: "none\n", broken: [] },
  { source: kmsg, file: "dev/kmsg", good: "5,0,0,-;Linux version 6.1.0 (x) #1 SMP\n", broken: [] },
  { source: devRandomPoll, file: "dev/random", good: "", broken: [] },
];

describe.each(sources.map((one) => [one.source.name, one.file, one] as const))(
  "the source %s with '%s'",
  (_name, file, { source, good, beside, broken }) => {
    const answer = async (files: Files) => {
      // Only the wake-up needs a C library; the others then take the folder for this machine.
      const host = hostOf({ ...beside, ...files }, source === devRandomPoll ? libcAnswering(null) : null);
      return { host, ...(await source.observe(host)) };
    };

    it("is ok", async () => {
      expect(await answer({ [file]: good })).toMatchObject({ health: "ok", detail: null });
    });

    it("is absent where the file is", async () => {
      const { health, detail, evidence } = await answer({});
      expect({ health, evidence, named: detail !== null }).toEqual({ health: "absent", evidence: [], named: true });
    });

    it("is denied where we may not", async (context) => {
      if (whyNothingIsDenied !== null) return context.skip(whyNothingIsDenied);
      const { health, detail, evidence, host } = await answer({ [file]: denied });
      expect({ health, evidence }).toEqual({ health: "denied", evidence: [] });
      expect(detail).toContain(host.roots.top);
    });

    // The wake-up only opens its file.
    if (source !== devRandomPoll) {
      it("is failed where something else is in its place", async () => {
        const { health, detail, evidence, host } = await answer({ [file]: aFolder });
        expect({ health, evidence }).toEqual({ health: "failed", evidence: [] });
        expect(detail).toContain(host.roots.top);
      });
    }

    for (const text of broken) {
      it(`is failed where the text is no answer: ${JSON.stringify(text)}`, async () => {
        expect(await answer({ [file]: text })).toMatchObject({ health: "failed", evidence: [] });
      });
    }
  },
);
