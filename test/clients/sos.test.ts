import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { BootRecord } from "../../src/core/boot-record.ts";
import { temporaryFolder } from "../support/host/host-folder.ts";
import { crngwatch, run } from "../support/running/program.ts";
import { whyMissing } from "../support/running/programs.ts";

const missing = whyMissing("sos", "xz") ?? (process.getuid?.() === 0 ? null : "sos collects as root only");
if (missing !== null) console.warn(`Skipped: ${missing}`);

/** The last boot of a document. */
const recordOf = (text: string): BootRecord | undefined =>
  (JSON.parse(text) as { readonly boots: readonly BootRecord[] }).boots.at(-1);

describe.skipIf(missing !== null)("a real sos report of this machine", () => {
  it("is one machine's, of the same boot and moment as the kernel's own log", async () => {
    const folder = temporaryFolder();
    const words = ["report", "--batch", "--quiet", "--tmp-dir", folder, "--only-plugins", "kernel,logs,host"];
    const collected = await run("sos", words, { env: { ...process.env, HOME: folder } });
    expect({ code: collected.code, said: collected.stderr }).toMatchObject({ code: 0 });
    const [archive = ""] = readdirSync(folder).filter((name) => /\.tar\.\w+$/.test(name));
    const { code, stdout, stderr } = await crngwatch(["analyze", "--json", join(folder, archive)]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [theirs, ours] = [recordOf(stdout), recordOf((await crngwatch(["report", "--json"])).stdout)];
    expect(theirs?.kernel.release).toBe(ours?.kernel.release);
    // Where the ring of the kernel log has lost the line, or is denied here, only the probe knows that it is ready.
    if (ours?.readiness.evidence === "kernel-log") expect(theirs?.readiness.readyAt).toBe(ours.readiness.readyAt);
  }, 120_000);
});
