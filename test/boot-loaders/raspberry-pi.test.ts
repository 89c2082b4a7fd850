import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { raspberryPi } from "../../src/boot-loaders/raspberry-pi.ts";
import { backEndOf, commandLineTool } from "../../src/boot-loaders/registry.ts";
import { hostFolder } from "../support/host/host-folder.ts";
import { actingHost, arm, contentsOf, disarm } from "./acting-host.ts";

describe("the back end for the Raspberry Pi's firmware", () => {
  it.each(["boot/firmware/", "boot/"])("changes the one line of cmdline.txt in %s, and restores it", async (folder) => {
    const line = "console=serial0,115200 root=PARTUUID=1-02 rootwait\n";
    const top = hostFolder({ [`${folder}cmdline.txt`]: line, [`${folder}config.txt`]: "" });
    const host = actingHost(top);
    const before = contentsOf(top);
    expect(backEndOf(host)).toBe(raspberryPi);
    expect(commandLineTool(host)).toMatchObject({ command: null, file: `/${folder}cmdline.txt` });
    expect(await arm(raspberryPi, host)).toEqual([]);
    const armed = readFileSync(join(top, folder, "cmdline.txt"), "utf8");
    expect(armed.startsWith(line.trimEnd())).toBe(true);
    expect(armed).toMatch(/^[^\n]*wait_for_random_bytes[^\n]*\n$/);
    expect(await raspberryPi.nextBoot(host)).toEqual({ armed: "kprobes", problem: null });
    await disarm(raspberryPi, host);
    expect(contentsOf(top)).toEqual(before);
  });

  it("is not recognised on a host with another cmdline.txt", () => {
    expect(backEndOf(actingHost(hostFolder({ "boot/cmdline.txt": "quiet\n" })))).toBeNull();
  });
});
