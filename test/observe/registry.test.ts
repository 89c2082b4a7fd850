import { describe, expect, it } from "vitest";
import { sources } from "../../src/observe/registry.ts";
import { hostOf } from "../support/host/host-folder.ts";

describe("the registry of sources", () => {
  it("names each once, with what it reads, what it needs and what is lost without it", () => {
    expect(new Set(sources.map(({ name }) => name)).size).toBe(sources.length);
    for (const { name, reads, needs, without } of sources) {
      expect(name).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
      for (const words of [reads, needs, without]) expect(words).toMatch(/\S/);
    }
  });

  it("reads the probe first, and the kernel log after every source that may show readiness", () => {
    const asked = sources.filter((source) => source.schedule !== "on-request").map(({ name }) => name);
    expect(asked[0]).toBe("getrandom");
    expect(asked.at(-1)).toBe("kmsg");
  });

  it("ends the daemon's own process last, which drops the capabilities that the others' ends may need", () => {
    const ended = sources.filter(({ finish }) => finish !== undefined).map(({ name }) => name);
    expect(ended.length).toBeGreaterThan(1);
    expect(ended.at(-1)).toBe("own-start");
  });

  it.each(sources.map((source) => [source.name, source] as const))(
    "'%s' finds nothing in an empty folder, and says so without an exception",
    async (_name, source) => {
      const { health, detail, evidence } = await source.observe(hostOf({}));
      expect(["ok", "absent"]).toContain(health);
      // Of a recorder that is not there, it is known that it is not.
      const facts = evidence.filter(({ kind }) => kind !== "recorder");
      if (health === "absent") expect({ facts, named: detail !== null }).toEqual({ facts: [], named: true });
    },
  );
});
