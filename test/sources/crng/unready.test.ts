import { describe, expect, it } from "vitest";
import { rootsBelow } from "../../../src/platform/roots.ts";
import { showsReady } from "../../../src/sources/crng/unready.ts";
import { hostFolder } from "../../support/host/host-folder.ts";

describe("showsReady", () => {
  const readyBy = (figures: Readonly<Record<string, string>>): boolean =>
    showsReady(
      rootsBelow(
        hostFolder(
          Object.fromEntries(Object.entries(figures).map(([name, text]) => [`proc/sys/kernel/random/${name}`, text])),
        ),
      ),
    );

  it("reads the rewrite's 256 bits as ready, and nothing below", () => {
    expect(readyBy({ entropy_avail: "255\n", poolsize: "256\n" })).toBe(false);
    expect(readyBy({ entropy_avail: "256\n", poolsize: "256\n" })).toBe(true);
  });

  it("reads an old pool's 256 bits as ready, and does not know below", () => {
    expect(readyBy({ entropy_avail: "3000\n", poolsize: "4096\n" })).toBe(true);
    expect(readyBy({ entropy_avail: "128\n", poolsize: "4096\n" })).toBe(false);
  });

  it("is false where the figure cannot be read", () => {
    expect(readyBy({})).toBe(false);
    expect(readyBy({ entropy_avail: "many\n" })).toBe(false);
  });
});
